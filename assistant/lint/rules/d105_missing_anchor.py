"""D105: a label, table or fence of the template is not in its section."""

from collections.abc import Iterator

from assistant.lint.analyses.slots import find_missing_parts
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument, Spot

_MAX_SHOWN = 60  # characters of a line of the template, which may be a whole table


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for missing in subject.once(find_missing_parts):
        # A person's text without any of the labels is another way to write it, and one finding.
        for anchor in missing.others[:1]:
            count = len(missing.others) - 1
            more = f" (and {count} more)" if count else ""
            shown = (anchor.name or anchor.text.strip().split("\n")[0])[:_MAX_SHOWN]
            section = missing.match.section
            title = section.title or "the preamble"
            message = f'"{shown}"{more} of the template is missing under "{title}".'
            yield Hit(spot=Spot(offset=section.start), message=message, section=section.title)


RULE = DocumentRule(
    code="D105",
    name="missing-anchor",
    severity="warning",
    about="A label, table or fence of the template is not in its section.",
    why="A label, a table or a fence is where a program and a reader look for the value.",
    mend="Put it back as the template has it. Where it does not apply, say so after it.",
    example=Example(
        template="## Decision\n\n**Recommendation:** <!-- Which one, and why? -->\n",
        fails="## Decision\n\nPostgres, which is there.\n",
        passes="## Decision\n\n**Recommendation:** Postgres, which is there.\n",
    ),
    structure=True,
    measures=True,
    check=_check,
)
