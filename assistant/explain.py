"""What a rule is about, in the manner of a manual's page; and all rules, one a line."""

from collections.abc import Iterator, Sequence

from assistant.errors import DraftError, Exit, Json
from assistant.finding import APPROVED, RULES, Rule
from assistant.manual import MANUAL
from assistant.nearest import nearest
from assistant.ruling import code_of
from assistant.style import wrap

_ELSEWHERE = (
    "How bad it is, or that it is not to be reported, a project says in its configuration; a "
    "comment says it of one place, on its line, alone before it, or under a heading:"
)
_READABLE = 24  # columns below which a sentence is better off on lines of its own
_INDENT = 6


def rule(name: str) -> Rule:
    """The rule that is called by its code or its name. Raises DraftError (exit code 2)."""
    code = code_of(name)
    if code:
        return RULES[code]
    near = nearest(name, (*RULES, *(known.name for known in RULES.values())))
    hint = f"Did you mean {near}? " if near else _kin(name)
    raise DraftError(
        f"there is no rule `{name}`.", code="no-such-rule", exit_code=Exit.USAGE,
        where="--explain", hint=f"{hint}`draft check --list` shows them all.",
    )  # fmt: skip


def _kin(name: str) -> str:
    """Return the codes that begin as a code does that is none, as the end of a sentence."""
    kind = name.strip().upper()[:2]
    alike = [code for code in RULES if code.startswith(kind)] if len(kind) > 1 else []
    return f"There are {', '.join(alike)}. " if alike else ""


def page(rule: Rule, most: int = 0) -> str:
    """What there is to know about a rule, as text; on a terminal of so many columns no wider."""
    state = "on by default" if rule.on else "off by default"
    advice = MANUAL[rule.code]
    severity: str = rule.severity
    if rule.code in APPROVED:
        severity = f"{severity} in a draft, {APPROVED[rule.code]} once it is approved"
    parts = [
        [f"# {rule.name} ({rule.code})"],
        [f"{severity}; {state}" if rule.code in APPROVED else f"{severity}, {state}"],
        wrap(rule.about, most),
        [*_titled("Why", advice.why, most), *_titled("What to do", advice.mend, most)],
        *_shown("For example:", advice.example),
        *_shown("Mended:", advice.mended),
        wrap(_ELSEWHERE, most),
        *([f"    {line}"] for line in _settings(rule)),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _shown(title: str, text: str) -> list[list[str]]:
    """Return a title and lines as they stand in a document; nothing where there are none."""
    lines = [f"    {line}".rstrip() for line in text.splitlines()]
    return [[title, "", *lines]] if lines else []


def _titled(title: str, text: str, most: int) -> list[str]:
    return wrap(f"{title}: {text}", most, len(title) + 2)


def _settings(rule: Rule) -> tuple[str, str]:
    return (
        f'[tool.draft.check]\n    {rule.code} = "{"warning" if not rule.on else "off"}"',
        f"<!-- draft: ignore {rule.code} -->",
    )


def table(rules: Sequence[Rule], most: int = 0) -> str:
    """Rules, one a line: code, name, how bad it is, what it is about.

    Where a terminal has at most so many columns, what they are about goes on below its beginning.
    """
    width = max(len(rule.name) for rule in rules)
    return "".join(f"{line}\n" for rule in rules for line in _rows(rule, width, most))


def _rows(rule: Rule, width: int, most: int) -> Iterator[str]:
    lead = f"{rule.code}  {rule.name:{width}}  {rule.severity if rule.on else 'off':7}  "
    room = most - len(lead)
    if most and room < _READABLE:
        yield lead.rstrip()
        yield from (f"{' ' * _INDENT}{line}" for line in wrap(rule.about, most - _INDENT))
        return
    first, *rest = wrap(rule.about, room if most else 0)
    yield lead + first
    yield from (" " * len(lead) + line for line in rest)


def fields(rule: Rule) -> dict[str, Json]:
    """A rule as the fields of a JSON object."""
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "about": rule.about,
        "on": rule.on,
    }
