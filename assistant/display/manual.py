"""What a rule is about, in the manner of a manual's page; and all rules, one a line."""

from collections.abc import Iterable, Iterator, Sequence

from assistant.errors import DraftError, Exit, Json
from assistant.lint.registry import RULES, find_rule_code
from assistant.lint.rule import Example, Rule
from assistant.template.similar import find_nearest_name
from assistant.terminal.style import wrap_line

_HOW_TO_CONFIGURE = (
    "How bad it is, or that it is not to be reported, a project says in its configuration; a "
    "comment says it of one place, on its line, alone before it, or under a heading:"
)
_MIN_SENTENCE_COLUMNS = 24  # columns below which a sentence is better off on lines of its own
_INDENT = 6  # of a sentence below its rule, where it has no room beside it


def find_rule(name: str) -> Rule:
    """Return the rule of this code or name. Raises DraftError (exit code 2) if there is none."""
    code = find_rule_code(name)
    if code:
        return RULES[code]
    near = find_nearest_name(name, (*RULES, *(known.name for known in RULES.values())))
    hint = f"Did you mean {near}? " if near else _hint_at_family(name)
    raise DraftError(
        f"there is no rule `{name}`.",
        code="no-such-rule",
        exit_code=Exit.USAGE,
        where="--explain",
        hint=f"{hint}`draft check --list` shows them all.",
    )


def _hint_at_family(name: str) -> str:
    """Return the codes that begin as a wrong code does, as the end of a sentence."""
    kind = name.strip().upper()[:2]
    alike = [code for code in RULES if code.startswith(kind)] if len(kind) > 1 else []
    return f"There are {', '.join(alike)}. " if alike else ""


def format_rule_page(rule: Rule, most: int = 0) -> str:
    """Return all that there is to know about a rule, as text of at most so many columns."""
    example = rule.example
    parts = [
        [f"# {rule.name} ({rule.code})"],
        [_describe_severity(rule)],
        wrap_line(rule.about, most),
        [
            *_format_paragraph("Why", rule.why, most),
            *_format_paragraph("What to do", rule.mend, most),
        ],
        *_format_lines("Where the template has:", example.template),
        *_format_lines(_format_example_title("For example", example), example.fails),
        *_format_files_beside(example.beside),
        *_format_branches(example),
        *_format_mended(example),
        wrap_line(_HOW_TO_CONFIGURE, most),
        *([f"    {line}"] for line in _format_settings(rule)),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _describe_severity(rule: Rule) -> str:
    """Return how bad a rule's findings are, what makes them so, and whether it is asked."""
    said: str = rule.severity
    if rule.approved:
        said += f" in a draft, {rule.approved} once it is approved"
    if rule.doubtful:
        said += f", {rule.doubtful} where it may well be meant"
    mark = ";" if said != rule.severity else ","
    return f"{said}{mark} {'on' if rule.on else 'off'} by default"


def _format_example_title(title: str, example: Example) -> str:
    """Return a title, with the name of the document where that matters."""
    matters = example.renamed or example.name != "007_login.md" or example.beside
    return f"{title}, in {example.name}:" if matters else f"{title}:"


def _format_files_beside(files: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    """Yield files beside an example, each under its name; one that is empty only has that."""
    for name, text in files:
        yield from _format_lines(f"Beside it {name}:", text)


def _format_branches(example: Example) -> list[list[str]]:
    return [[f"On another branch: {name}"] for name in example.elsewhere]


def _format_mended(example: Example) -> Iterator[list[str]]:
    """Yield what a mended example is: its text, its name, or what is beside it."""
    if example.passes != example.fails:
        yield from _format_lines("Mended:", example.passes)
    elif example.renamed:
        yield ["Mended:", "", f"    {example.name} -> {example.renamed}"]
    elif example.mended:
        (name, text), *_ = example.mended
        yield from _format_lines("Mended:", f"{name}\n\n{text}")
    else:
        yield ["Mended:", "", *(f"    {name} is gone" for name, _ in example.beside)]


def _format_lines(title: str, text: str) -> list[list[str]]:
    """Return a title and lines as they stand in a document; nothing where there are none."""
    lines = [f"    {line}".rstrip() for line in text.splitlines()]
    return [[title, "", *lines]] if lines else []


def _format_paragraph(title: str, text: str, most: int) -> list[str]:
    return wrap_line(f"{title}: {text}", most, len(title) + 2)


def _format_settings(rule: Rule) -> tuple[str, str]:
    return (
        f'[tool.draft.check]\n    {rule.code} = "{"warning" if not rule.on else "off"}"',
        f"<!-- draft: ignore {rule.code} -->",
    )


def format_rule_table(rules: Sequence[Rule], most: int = 0) -> str:
    """Return rules as lines: code, name, how bad it is, what it is about.

    Where a terminal has at most so many columns, what they are about goes on below its beginning.
    """
    width = max(len(rule.name) for rule in rules)
    return "".join(f"{line}\n" for rule in rules for line in _format_rule_rows(rule, width, most))


def _format_rule_rows(rule: Rule, width: int, most: int) -> Iterator[str]:
    """Yield the lines of a rule in the table."""
    lead = f"{rule.code}  {rule.name:{width}}  {rule.severity if rule.on else 'off':7}  "
    room = most - len(lead)
    if most and room < _MIN_SENTENCE_COLUMNS:
        yield lead.rstrip()
        yield from (f"{' ' * _INDENT}{line}" for line in wrap_line(rule.about, most - _INDENT))
        return
    first, *rest = wrap_line(rule.about, room if most else 0)
    yield lead + first
    yield from (" " * len(lead) + line for line in rest)


def build_rule_fields(rule: Rule) -> dict[str, Json]:
    """Return a rule as the fields of a JSON object."""
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity,
        "about": rule.about,
        "on": rule.on,
    }
