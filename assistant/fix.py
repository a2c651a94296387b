"""What could be wrong in a document and has one right answer: the edits that would mend it.

An edit is a suggestion: `amend` keeps those that make a finding go away and bring no other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.align import Match, name_of
from assistant.document import Section, lines
from assistant.field import Field, Items
from assistant.iso import iso
from assistant.mark import fold
from assistant.slot import OPTIONAL, Anchor
from assistant.subject import Subject

_NEAR = 0.8  # how alike two names of a column are that is spelled wrong
_ATX = re.compile(r"[ ]{0,3}(?P<marks>#{1,6})(?=[ \t]|$)[ \t]*")
_UNDERLINE = re.compile(r"[ ]{0,3}(?P<marks>=+|-+)[ \t]*$")
_CELL = re.compile(r"(?:\\.|[^|\\\r\n])+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """An edit: `text` in the place of what stands from `start` to `end` in the document.

    `lines` are those in which the finding that it mends may stand; `section` is the index of the
    section whose level it changes, -1 where it changes none.
    """

    start: int
    end: int
    text: str
    lines: tuple[int, ...]
    section: int = -1


def fixes(subject: Subject) -> tuple[Fix, ...]:
    """All edits that might mend something, in the order of their places, none over another."""
    found = sorted(_fixes(subject), key=lambda fix: (fix.start, fix.end))
    apart: list[Fix] = []
    for fix in found:
        if not apart or fix.start >= apart[-1].end:
            apart.append(fix)
    return tuple(apart)


def applied(text: str, chosen: Sequence[Fix]) -> str:
    """The text with edits made; every other byte is as it was."""
    pieces: list[str] = []
    position = 0
    for fix in sorted(chosen, key=lambda one: one.start):
        pieces += (text[position : fix.start], fix.text)
        position = fix.end
    return "".join((*pieces, text[position:]))


def _fixes(subject: Subject) -> Iterator[Fix]:
    alignment = subject.alignment
    for match in alignment.matches:
        if match.section.level and not match.spec.group:
            yield from _level(match)
            yield from _title(match)
        yield from _tables(match, subject)
        yield from _dates(match.body.fields, match.section.body_start, subject)
    yield from _dates(alignment.front.fields, 0, subject)


def _level(match: Match) -> Iterator[Fix]:
    """The template's level for a heading at another."""
    section, level = match.section, match.spec.level
    if section.level == level:
        return
    opening = _ATX.match(section.heading)
    if opening:
        start = section.start + opening.start("marks")
        yield Fix(
            start=start, end=start + len(opening["marks"]), text="#" * level,
            lines=(section.line,), section=match.index,
        )  # fmt: skip
        return
    last = lines(section.heading)[-1]
    underline = _UNDERLINE.match(last.rstrip("\r\n"))
    if underline and level <= 2:  # noqa: PLR2004  there are two kinds of underline
        start = section.body_start - len(last) + underline.start("marks")
        size = len(underline["marks"])
        yield Fix(
            start=start, end=start + size, text="=-"[level - 1] * size, lines=(section.line,),
            section=match.index,
        )  # fmt: skip


def _title(match: Match) -> Iterator[Fix]:
    """The template's words for a heading that differs in case or marks only."""
    section, spec = match.section, match.spec
    own, right = _bare(section.title), _bare(spec.title)
    if spec.open or own == right or not own or name_of(section.title) != name_of(spec.title):
        return
    opening = _ATX.match(section.heading)
    at = section.heading.find(own, opening.end() if opening else 0)
    if at >= 0:
        start = section.start + at
        yield Fix(start=start, end=start + len(own), text=right, lines=(section.line,))


def _bare(title: str) -> str:
    return OPTIONAL.sub(" ", title).strip()


def _tables(match: Match, subject: Subject) -> Iterator[Fix]:
    """The template's header for a table whose columns are the same but for their spelling."""
    heads = [
        part for part in match.spec.parts
        if isinstance(part, Anchor) and part.kind == "table" and not part.name
    ]  # fmt: skip
    tables = [mark for mark in subject.marks[match.index] if mark.kind == "table"]
    if len(heads) != 1 or len(tables) != 1:  # which is which would be a guess
        return
    base = match.section.body_start + tables[0].start
    line = lines(subject.text[base : match.section.end])[0]
    right = [text for _, _, text in _cells(lines(heads[0].text)[0])]
    own = list(_cells(line))
    if not _same([text for _, _, text in own], right):
        return
    wrong = [cell for cell, wanted in zip(own, right, strict=True) if cell[2] != wanted]
    if not wrong:
        return
    # One edit for the whole of it: half a header mends nothing.
    start, end = wrong[0][0], wrong[-1][1]
    text = line[:end]
    for (first, last, _), wanted in reversed(list(zip(own, right, strict=True))):
        if start <= first < end:
            text = text[:first] + wanted + text[last:]
    number, _ = subject.place(base)
    yield Fix(
        start=base + start, end=base + end, text=text[start:],
        lines=(number, match.section.line),
    )  # fmt: skip


def _cells(line: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and text of the cells of a table's row that hold anything."""
    for found in _CELL.finditer(line):
        text = found[0].strip()
        if text:
            start = found.start() + found[0].index(text)
            yield start, start + len(text), text


def _same(own: Sequence[str], right: Sequence[str]) -> bool:
    """Whether two rows name the same columns in the same order, spelling mistakes allowed."""
    a, b = [fold(text) for text in own], [fold(text) for text in right]
    if len(a) != len(b) or not a:
        return False
    return all(
        one == other
        or (one not in b and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _NEAR)
        for one, other in zip(a, b, strict=True)
    )


def _dates(fields: Sequence[Field | Items], base: int, subject: Subject) -> Iterator[Fix]:
    """ISO's form for a date in the metadata that is written in another."""
    for field in fields:
        if not isinstance(field, Field) or field.slot.role not in ("created", "updated"):
            continue
        bare = field.content.strip().strip("\"'`*_ \t")
        right = iso(bare)
        if right and right != bare:
            start = base + field.start + field.content.index(bare)
            line, _ = subject.place(start)
            yield Fix(start=start, end=start + len(bare), text=right, lines=(line,))


def parents(sections: Sequence[Section]) -> tuple[int, ...]:
    """For each section the index of the one above it, or -1."""
    found: list[int] = []
    stack: list[int] = []
    for index, section in enumerate(sections):
        while stack and sections[stack[-1]].level >= section.level:
            stack.pop()
        found.append(stack[-1] if stack and section.level else -1)
        if section.level:
            stack.append(index)
    return tuple(found)
