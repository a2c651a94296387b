"""How bad a project holds each finding to be: `[tool.draft.check]`, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from assistant.errors import DraftError, Exit
from assistant.finding import Severity
from assistant.lint.registry import RULES
from assistant.nearest import nearest

OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The severities that a project sets, by code; `off` are the codes it does not want to hear."""

    severities: tuple[tuple[str, Severity], ...] = ()
    off: frozenset[str] = frozenset()

    def of(self, code: str) -> Severity | None:
        """The severity that the project sets for a code, or None."""
        return next((severity for known, severity in self.severities if known == code), None)

    def hears(self, code: str) -> bool:
        """Whether findings of a code are wanted."""
        if code in self.off:
            return False
        return RULES[code].on or self.of(code) is not None


DEFAULT = Ruling()


def ruling(table: Mapping[str, object], where: str) -> Ruling:
    """What a project's table says: a severity or `off` for codes or names.

    Raises `DraftError` (exit code 2) for a rule that does not exist, one that is named twice, and
    a value that is no severity; `where` is the file that the table stands in.
    """
    severities: dict[str, Severity] = {}
    off: set[str] = set()
    for key, value in table.items():
        code = code_of(key)
        if not code:
            raise _wrong(f'there is no rule "{key}"', where, _meant(key))
        if code in severities or code in off:
            message = f"{code} stands here twice, as {code} and as {RULES[code].name}"
            raise _wrong(message, where)
        known = next((name for name in get_args(Severity) if name == value), None)
        if known is not None:
            severities[code] = known
        elif value == OFF:
            off.add(code)
        else:
            allowed = ", ".join(f'"{name}"' for name in (*get_args(Severity), OFF))
            raise _wrong(f"{key} must be one of {allowed}, not {value!r}", where)
    return Ruling(severities=tuple(sorted(severities.items())), off=frozenset(off))


def code_of(text: str) -> str:
    """The code of a rule that is called by its code or its name; empty where there is none."""
    folded = text.strip().replace("_", "-")
    if folded.upper() in RULES:
        return folded.upper()
    return next((r.code for r in RULES.values() if r.name == folded.lower()), "")


def _meant(key: str) -> str:
    near = nearest(key, (*RULES, *(rule.name for rule in RULES.values())))
    return f"Did you mean {near}?" if near else "`draft check` prints the code of each finding."


def _wrong(message: str, where: str, hint: str = "") -> DraftError:
    return DraftError(
        f"[check] {message}.", code="bad-configuration", exit_code=Exit.USAGE, where=where,
        hint=hint,
    )  # fmt: skip
