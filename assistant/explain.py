"""What a rule is about, in the manner of a manual's page; and all rules, one a line."""

from difflib import get_close_matches

from assistant.errors import DraftError, Exit
from assistant.finding import RULES, Rule


def explained(name: str) -> str:
    """What there is to know about a rule, by its code or its name. Raises DraftError (code 2)."""
    wanted = name.strip().casefold()
    for rule in RULES.values():
        if wanted in (rule.code.casefold(), rule.name):
            return _page(rule)
    names = {known.casefold(): known for rule in RULES.values() for known in (rule.code, rule.name)}
    near = get_close_matches(wanted, names, n=1)
    known = f"Did you mean {names[near[0]]}? " if near else ""
    raise DraftError(
        f"there is no rule `{name}`.", code="no-such-rule", exit_code=Exit.USAGE,
        where="--explain", hint=f"{known}`draft check --list` shows them all.",
    )  # fmt: skip


def _page(rule: Rule) -> str:
    state = "on by default" if rule.on else "off by default"
    return (
        f"# {rule.name} ({rule.code})\n\n"
        f"{rule.severity}, {state}\n\n"
        f"{rule.about}\n\n"
        "How bad it is, or that it is not to be reported, a project says under "
        "`[tool.draft.check]`;\nfor one place a comment does: "
        f"<!-- draft: ignore {rule.code} -->\n"
    )


def listed() -> str:
    """All rules, one a line: code, name, how bad it is, what it is about."""
    width = max(len(rule.name) for rule in RULES.values())
    return "".join(
        f"{rule.code}  {rule.name:{width}}  {rule.severity if rule.on else 'off':7}  {rule.about}\n"
        for rule in RULES.values()
    )
