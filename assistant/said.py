"""Rules about what a document says: risks and their mitigations, options, questions."""

import re
from collections.abc import Iterator, Sequence

from assistant.align import not_applicable
from assistant.document import Section, lines
from assistant.field import Items
from assistant.finding import Finding
from assistant.mark import Mark, fold, without_comments
from assistant.slot import is_placeholder, role_of
from assistant.subject import Spot, Subject, found
from assistant.table import cells
from assistant.unwritten import unwritten_fields

_RISK = re.compile(r"\brisks?\b|\bthreats?\b")
_AGAINST = re.compile(r"\bmitigations?\b|\bcountermeasures?\b")
_OPTIONS = re.compile(r"(?:considered |possible )?options(?: considered)?")
_CHOSEN = re.compile(
    r"\b(?:recommend\w*|decisions?|decided|conclusions?|outcome|chosen|choice|verdict|selected)\b"
)
_NONE = re.compile(
    r"(?:none|no|nil|n/?a|nothing|not applicable|all (?:\w+ ){0,4}(?:resolved|answered|closed))\b"
)
_NEAR = 20  # sections behind the options in which a decision may stand
_CLOSED = re.compile(r"\b(?:resolved|answered|decided|closed)\b", re.IGNORECASE)


def said(subject: Subject) -> Iterator[Finding]:
    """What is begun and not finished, by what it says."""
    for index, (section, marks) in enumerate(subject.bodies()):
        if not_applicable(section):
            continue
        for mark in marks:
            if mark.kind == "table":
                yield from _risks(subject, section, mark)
        if role_of(section.title) == "questions" and not _is_unwritten(subject, index):
            yield from _questions(subject, section, marks)
    yield from _options(subject)
    if subject.settled:
        yield from _left(subject)


def _risks(subject: Subject, section: Section, mark: Mark) -> Iterator[Finding]:
    """Rows of a table with risks and mitigations that have the one and not the other."""
    source = lines(section.body[mark.start : mark.stop])
    head = [fold(cell) for cell in cells(source[0])]
    against = next((i for i, name in enumerate(head) if _AGAINST.search(name)), -1)
    risk = next((i for i, n in enumerate(head) if i != against and _RISK.search(n)), -1)
    if risk < 0 or against < 0:
        return
    offset = section.body_start + mark.start
    for number, line in enumerate(source):
        row = cells(line)
        name = row[risk] if risk < len(row) else ""
        answer = row[against] if against < len(row) else ""
        if number > 1 and _is_text(name) and not _is_text(answer):
            yield found(
                subject, "D601", Spot(offset=offset, width=len(line.rstrip())),
                f'"{name[:60]}" has no mitigation: say what is done against it, or that it is '
                "accepted.", section=section.title,
            )  # fmt: skip
        offset += len(line)


def _is_text(cell: str) -> bool:
    """Whether a cell says something; a dash and the template's hint do not."""
    return bool(re.search(r"\w", cell)) and not re.fullmatch(r"\[[^\]]*\]", cell)


def _questions(subject: Subject, section: Section, marks: Sequence[Mark]) -> Iterator[Finding]:
    """Blank items among open questions."""
    items = [m for m in marks if m.depth and m.kind in ("item", "check", "label")]
    for mark in (m for m in items if _is_blank(section, m)):
        offset = section.body_start + mark.start
        width = len(section.body[mark.start : mark.stop].rstrip())
        message = "this question has no text: write it or delete it."
        yield found(
            subject, "D603", Spot(offset=offset, width=width), message, section=section.title
        )  # fmt: skip


def _is_unwritten(subject: Subject, index: int) -> bool:
    """Whether a section has a slot of which it is said already that nothing is in it."""
    return index in subject.known and bool(unwritten_fields(subject.known[index]))


def _is_blank(section: Section, mark: Mark) -> bool:
    own = section.body[mark.end if mark.kind != "check" else mark.start : mark.reach]
    text = re.sub(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])?[ \t]*(?:\[[ xX]\])?", "", without_comments(own))
    return not re.search(r"\w", text)


def _options(subject: Subject) -> Iterator[Finding]:
    """Lists of options with nothing that says which of them it is to be."""
    for index, (section, marks) in enumerate(subject.bodies()):
        named = [m for m in marks if m.kind == "label" and not m.depth]
        begun = next((m for m in named if _OPTIONS.fullmatch(m.key)), None)
        if begun is None or not _listed(marks, begun) or _is_chosen(subject, index, named):
            continue
        spot = Spot(offset=section.body_start + begun.start, width=begun.end - begun.start)
        message = "these options have no recommendation: say which one, and why."
        yield found(subject, "D602", spot, message, section=section.title)


def _listed(marks: Sequence[Mark], label: Mark) -> bool:
    """Whether two options or more are named behind a label."""
    options = 0
    for mark in marks:
        if mark.start < label.stop:
            continue
        if not mark.depth and mark.kind == "label":
            break
        options += mark.depth == 1 and mark.kind in ("label", "item")
    return options > 1


def _is_chosen(subject: Subject, index: int, labels: Sequence[Mark]) -> bool:
    """Whether a section says what is chosen, or one that follows does."""
    section = subject.document.sections[index]
    fields = subject.known[index].body.fields if index in subject.known else ()
    if any(isinstance(field, Items) and not field.written for field in fields):
        return True  # the options themselves are not written yet
    ends = [*(mark.start for mark in labels[1:]), len(section.body)]
    for mark, end in zip(labels, ends, strict=True):
        text = without_comments(section.body[mark.end : end])
        if _CHOSEN.search(mark.key) and not is_placeholder(text):
            return True
    if any(_CHOSEN.search(mark.key) for mark in labels):
        return False
    for below in subject.document.sections[index + 1 : index + 1 + _NEAR]:
        if below.level < section.level:
            break
        if _CHOSEN.search(fold(below.title)):
            return True
    prose = (m for m in subject.marks[index] if m.kind == "prose")
    return any(_CHOSEN.search(fold(section.body[m.start : m.stop])) for m in prose)


def _left(subject: Subject) -> Iterator[Finding]:
    """Questions that an approved document still asks."""
    for section, marks in subject.bodies():
        if role_of(section.title) != "questions" or not_applicable(section):
            continue
        top = [mark for mark in marks if mark.depth == 1]
        if top:
            count = sum(_is_open(section, mark) for mark in top)
        else:
            text = fold(without_comments(section.body))
            count = int(bool(text) and not _NONE.match(text) and not _CLOSED.search(text))
        if count:
            what = "an open question" if count == 1 else f"{count} open questions"
            message = f"this document is {subject.status} and has {what}: answer or move them."
            at = max(section.heading.find(section.title), 0)
            spot = Spot(offset=section.start + at, width=len(section.title))
            yield found(subject, "D604", spot, message, section=section.title)


def _is_open(section: Section, mark: Mark) -> bool:
    text = section.body[mark.start : mark.reach]
    bare = re.sub(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]*", "", text)
    done = bare.startswith(("[x]", "[X]", "~~")) or _CLOSED.search(bare)
    return bool(re.search(r"\w", bare)) and not done and not _NONE.fullmatch(fold(bare).rstrip("."))
