"""What a rule is about, in the manner of a manual's page; and all rules, one a line."""

from collections.abc import Sequence

from assistant.errors import DraftError, Exit
from assistant.finding import RULES, Rule
from assistant.nearest import nearest
from assistant.report import Json
from assistant.ruling import code_of


def rule(name: str) -> Rule:
    """The rule that is called by its code or its name. Raises DraftError (exit code 2)."""
    code = code_of(name)
    if code:
        return RULES[code]
    near = nearest(name, (*RULES, *(known.name for known in RULES.values())))
    hint = f"Did you mean {near}? " if near else ""
    raise DraftError(
        f"there is no rule `{name}`.", code="no-such-rule", exit_code=Exit.USAGE,
        where="--explain", hint=f"{hint}`draft check --list` shows them all.",
    )  # fmt: skip


def page(rule: Rule) -> str:
    """What there is to know about a rule, as text."""
    state = "on by default" if rule.on else "off by default"
    return (
        f"# {rule.name} ({rule.code})\n\n"
        f"{rule.severity}, {state}\n\n"
        f"{rule.about}\n\n"
        "How bad it is, or that it is not to be reported, a project says under "
        "`[tool.draft.check]`;\nfor one place a comment does: "
        f"<!-- draft: ignore {rule.code} -->\n"
    )


def table(rules: Sequence[Rule]) -> str:
    """Rules, one a line: code, name, how bad it is, what it is about."""
    width = max(len(rule.name) for rule in rules)
    return "".join(
        f"{rule.code}  {rule.name:{width}}  {rule.severity if rule.on else 'off':7}  {rule.about}\n"
        for rule in rules
    )


def fields(rule: Rule) -> dict[str, Json]:
    """A rule as the fields of a JSON object."""
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "about": rule.about,
        "on": rule.on,
    }
