"""The rules there are, and what a project's `[tool.draft.check]` sets for each.

The rules are found by listing the modules of the package that holds one in each file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pkgutil import iter_modules
from typing import get_args

from assistant.errors import DraftError, Exit
from assistant.lint import rules as package
from assistant.lint.rule import SYMBOL_NOT_FOUND, Rule, Severity

# What a project writes in the place of a severity for a rule that it does not want.
OFF = "off"


class RuleRegistry(Mapping[str, Rule]):
    """The rules by their codes, in the order of the codes; each is loaded when it is asked for."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    @cached_property
    def _modules(self) -> dict[str, str]:
        """The module of each code: `d104_heading_level` has the rule D104."""
        names = sorted(module.name for module in iter_modules(package.__path__))
        return {name.partition("_")[0].upper(): name for name in names}

    def __getitem__(self, code: str) -> Rule:
        if code not in self._rules:
            module = import_module(f"{package.__name__}.{self._modules[code]}")
            self._rules[code] = module.RULE
        return self._rules[code]

    def __contains__(self, code: object) -> bool:
        return code in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)

    def name(self, code: str) -> str:
        """Return the name of a rule, which its module has too: no rule is loaded for it."""
        return self._modules[code].partition("_")[2].replace("_", "-")


RULES = RuleRegistry()


def find_rule_code(text: str) -> str:
    """Return the code of the rule that is called by its code or its name; empty if none is."""
    folded = text.strip().replace("_", "-")
    if folded.upper() in RULES:
        return folded.upper()
    return next((rule.code for rule in RULES.values() if rule.name == folded.lower()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleConfig:
    """The severities that a project sets, by code; `off` are the codes that it does not want."""

    severities: tuple[tuple[str, Severity], ...] = ()
    off: frozenset[str] = frozenset()

    def severity_of(self, code: str) -> Severity | None:
        """Return the severity that the project sets for a code, or None."""
        return next((severity for known, severity in self.severities if known == code), None)

    def is_enabled(self, code: str) -> bool:
        """Whether findings of a code are wanted."""
        if code in self.off:
            return False
        return RULES[code].on or self.severity_of(code) is not None

    @property
    def wants_symbols(self) -> bool:
        """Whether symbols are looked for: only where a project asks, and nothing is loaded else."""
        return self.severity_of(SYMBOL_NOT_FOUND) is not None


DEFAULT_CONFIG = RuleConfig()


def parse_rule_config(table: Mapping[str, object], where: str) -> RuleConfig:
    """Return what a project's table sets: a severity or `off` for codes or names.

    Raises `DraftError` (exit code 2) for a rule that does not exist, one that is named twice, and
    a value that is no severity; `where` is the file that the table stands in.
    """
    severities: dict[str, Severity] = {}
    off: set[str] = set()
    for key, value in table.items():
        code = find_rule_code(key)
        if not code:
            raise _build_config_error(f'there is no rule "{key}"', where, _suggest_rule(key))
        if code in severities or code in off:
            message = f"{code} stands here twice, as {code} and as {RULES[code].name}"
            raise _build_config_error(message, where)
        known = next((name for name in get_args(Severity) if name == value), None)
        if known is not None:
            severities[code] = known
        elif value == OFF:
            off.add(code)
        else:
            allowed = ", ".join(f'"{name}"' for name in (*get_args(Severity), OFF))
            raise _build_config_error(f"{key} must be one of {allowed}, not {value!r}", where)
    return RuleConfig(severities=tuple(sorted(severities.items())), off=frozenset(off))


def _suggest_rule(key: str) -> str:
    from assistant.template.similar import find_nearest_name  # noqa: PLC0415  most keys are right

    near = find_nearest_name(key, (*RULES, *(rule.name for rule in RULES.values())))
    return f"Did you mean {near}?" if near else "`draft check` prints the code of each finding."


def _build_config_error(message: str, where: str, hint: str = "") -> DraftError:
    return DraftError(
        f"[check] {message}.",
        code="bad-configuration",
        exit_code=Exit.USAGE,
        where=where,
        hint=hint,
    )
