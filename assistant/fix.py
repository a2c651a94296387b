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
from assistant.nearest import form
from assistant.slot import ASIDE, Anchor, Spec
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
    yield from _misspelled(subject)
    yield from _dates(alignment.front.fields, 0, subject)


def _level(match: Match) -> Iterator[Fix]:
    """The template's level for a heading at another."""
    section, level = match.section, match.spec.level
    change = _marks(section, level) if section.level != level else None
    if change:
        start, end, text = change
        yield Fix(start=start, end=end, text=text, lines=(section.line,), section=match.index)


def _title(match: Match) -> Iterator[Fix]:
    """The template's words for a heading that differs in case or markup only."""
    section, spec = match.section, match.spec
    if not spec.open and name_of(section.title) == name_of(spec.title):
        change = _words(section, spec)
        if change:
            start, end, text = change
            yield Fix(start=start, end=end, text=text, lines=(section.line,))


def _misspelled(subject: Subject) -> Iterator[Fix]:
    """Level and words for a heading with the letters of one that is missing, and of no other."""
    missing: dict[str, list[Spec]] = {}
    unknown: dict[str, list[int]] = {}
    for spec in subject.alignment.missing:
        missing.setdefault(form(spec.title), []).append(spec)
    known = {match.index for match in subject.alignment.matches}
    for index, section in enumerate(subject.document.sections):
        if section.level and index not in known:
            unknown.setdefault(form(section.title), []).append(index)
    for letters, specs in missing.items():
        places = unknown.get(letters, ())
        if letters and len(specs) == len(places) == 1 and not specs[0].open:
            yield from _whole(subject.document.sections[places[0]], specs[0], places[0])


def _whole(section: Section, spec: Spec, index: int) -> Iterator[Fix]:
    changes = [_words(section, spec)]
    if section.level != spec.level:
        changes.append(_marks(section, spec.level))
    made = sorted(change for change in changes if change)
    if len(made) < len(changes):
        return
    start, end = made[0][0], made[-1][1]
    text, at = "", start
    for first, last, new in made:
        text += section.heading[at - section.start : first - section.start] + new
        at = last
    yield Fix(start=start, end=end, text=text, lines=(section.line,), section=index)


def _marks(section: Section, level: int) -> tuple[int, int, str] | None:
    """The edit that gives a heading another level; None where its form knows no such level."""
    opening = _ATX.match(section.heading)
    if opening:
        start = section.start + opening.start("marks")
        return start, start + len(opening["marks"]), "#" * level
    last = lines(section.heading)[-1]
    underline = _UNDERLINE.match(last.rstrip("\r\n"))
    if underline is None or level > 2:  # noqa: PLR2004  there are two kinds of underline
        return None
    start = section.body_start - len(last) + underline.start("marks")
    size = len(underline["marks"])
    return start, start + size, "=-"[level - 1] * size


def _words(section: Section, spec: Spec) -> tuple[int, int, str] | None:
    """The edit that gives a heading the template's words; None where it has them."""
    own, right = (ASIDE.sub(" ", title).strip() for title in (section.title, spec.title))
    opening = _ATX.match(section.heading)
    at = section.heading.find(own, opening.end() if opening else 0)
    if own in ("", right) or at < 0:
        return None
    return section.start + at, section.start + at + len(own), right


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
