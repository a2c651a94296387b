"""D602: options are listed, and none is chosen."""

import re
from collections.abc import Iterator, Sequence

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.comments import strip_comments
from assistant.markdown.elements import Mark, fold_name
from assistant.template.fields import ListItems
from assistant.template.parts import is_placeholder

_OPTIONS_LABEL = re.compile(r"(?:considered |possible )?options(?: considered)?")
_CHOICE_WORD = re.compile(
    r"\b(?:recommend\w*|decisions?|decided|conclusions?|outcome|chosen|choice|verdict|selected)\b"
)
_MAX_BELOW = 20  # sections after the options in which a decision may stand, by judgement


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for index, (section, marks) in enumerate(subject.bodies()):
        named = [m for m in marks if m.kind == "label" and not m.depth]
        begun = next((m for m in named if _OPTIONS_LABEL.fullmatch(m.key)), None)
        if begun is None or not _are_listed(marks, begun) or _is_chosen(subject, index, named):
            continue
        spot = Spot(offset=section.body_start + begun.start, width=begun.end - begun.start)
        message = "these options have no recommendation: say which one, and why."
        yield Hit(spot=spot, message=message, section=section.title)


def _are_listed(marks: Sequence[Mark], label: Mark) -> bool:
    """Whether two options or more are named after a label."""
    options = 0
    for mark in marks:
        if mark.start < label.stop:
            continue
        if not mark.depth and mark.kind == "label":
            break
        options += mark.depth == 1 and mark.kind in ("label", "item")
    return options > 1


def _is_chosen(subject: CheckedDocument, index: int, labels: Sequence[Mark]) -> bool:
    """Whether a section says what is chosen, or one that follows does."""
    section = subject.document.sections[index]
    fields = subject.known[index].body.fields if index in subject.known else ()
    if any(isinstance(field, ListItems) and not field.written for field in fields):
        return True  # the options themselves are not written yet
    ends = [*(mark.start for mark in labels[1:]), len(section.body)]
    for mark, end in zip(labels, ends, strict=True):
        text = strip_comments(section.body[mark.end : end])
        if _CHOICE_WORD.search(mark.key) and not is_placeholder(text):
            return True
    if any(_CHOICE_WORD.search(mark.key) for mark in labels):
        return False
    for below in subject.document.sections[index + 1 : index + 1 + _MAX_BELOW]:
        if below.level < section.level:
            break
        if _CHOICE_WORD.search(fold_name(below.title)):
            return True
    prose = (m for m in subject.marks[index] if m.kind == "prose")
    return any(_CHOICE_WORD.search(fold_name(section.body[m.start : m.stop])) for m in prose)


RULE = DocumentRule(
    code="D602",
    name="no-recommendation",
    severity="warning",
    about="Options are listed, and none is chosen.",
    why="Readers of a list of options want to know which was taken, and why.",
    mend="Name one of them, with the reason that decides.",
    example=Example(
        template="## Decision\n",
        fails="## Decision\n\n**Options:**\n- Redis\n- Postgres\n\n**Recommendation:**\n",
        passes=(
            "## Decision\n"
            "\n"
            "**Options:**\n"
            "- Redis\n"
            "- Postgres\n"
            "\n"
            "**Recommendation:** Postgres, which is there.\n"
        ),
    ),
    check=_check,
)
