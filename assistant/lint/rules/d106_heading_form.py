"""D106: a heading has the template's words in another case, markup or punctuation."""

from collections.abc import Iterator

from assistant.lint.analyses.headings import (
    change_words,
    find_reworded_headings,
    fix_misspelled_headings,
    point_at_heading,
)
from assistant.lint.rule import DocumentRule, Example, Fix, Hit
from assistant.lint.subject import CheckedDocument
from assistant.template.headings import fold_title
from assistant.template.parts import ASIDE


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for section, wanted, level in find_reworded_headings(subject, same=True):
        message = f'write "{section.title}" as the template has it: "{wanted}"{level}.'
        yield point_at_heading(section, message)
    for match in subject.alignment.matches:
        spec, section = match.spec, match.section
        if spec.group or spec.open or not section.level or spec is subject.template.title:
            continue
        wanted, title = _strip_aside(spec.title), _strip_aside(section.title)
        if title != wanted and fold_title(title) == fold_title(wanted):
            message = f'write "{title}" as the template has it: "{wanted}".'
            yield point_at_heading(section, message)


def _strip_aside(title: str) -> str:
    return " ".join(ASIDE.sub(" ", title).split())


def _fix(subject: CheckedDocument) -> Iterator[Fix]:
    """Yield the template's words for a heading that differs in case, markup or level only."""
    for match in subject.alignment.matches:
        section, spec = match.section, match.spec
        if not section.level or spec.group or spec.open:
            continue
        change = (
            change_words(section, spec)
            if fold_title(section.title) == fold_title(spec.title)
            else None
        )
        if change:
            start, end, text = change
            yield Fix(start=start, end=end, text=text, lines=(section.line,))
    yield from fix_misspelled_headings(subject)


RULE = DocumentRule(
    code="D106",
    name="heading-form",
    severity="warning",
    about="A heading has the template's words in another case, markup or punctuation.",
    why="People search for the template's words, and links to a heading are made of them.",
    mend="Write it as the template does. `draft check --fix` does.",
    example=Example(
        template="## Goals\n",
        fails="## GOALS\n\nNobody is logged out unasked.\n",
        passes="## Goals\n\nNobody is logged out unasked.\n",
    ),
    structure=True,
    measures=True,
    check=_check,
    fix=_fix,
)
