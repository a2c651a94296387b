"""Headings as several rules see them: where one is pointed at, and the edits that change one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assistant.lint.rule import Fix, Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.document import Section, split_lines
from assistant.template.fields import Field
from assistant.template.parts import ASIDE, Spec
from assistant.template.similar import reduce_to_letters
from assistant.template.status import clean_value

HeadingChange = tuple[int, int, str]

_ATX_HEADING = re.compile(r"[ ]{0,3}(?P<marks>#{1,6})(?=[ \t]|$)[ \t]*")
_UNDERLINE = re.compile(r"[ ]{0,3}(?P<marks>=+|-+)[ \t]*$")


def point_at_heading(section: Section, message: str) -> Hit:
    """Return a hit about a heading, which points at its title."""
    at = section.heading.find(section.title) if section.title else 0
    spot = Spot(offset=section.start + max(at, 0), width=len(section.title.split("\n")[0]))
    return Hit(spot=spot, message=message, section=section.title)


def find_reworded_headings(
    subject: CheckedDocument, *, same: bool
) -> Iterator[tuple[Section, str, str]]:
    """Yield the headings that stand for one of the template's which is missing.

    Each with the template's words and, where its level is another, words that say so. `same` asks
    for those with the same letters, else for the others.
    """
    for one in subject.alignment.reworded:
        spec, section = one.spec, one.section
        if (reduce_to_letters(spec.title) == reduce_to_letters(section.title)) is same:
            level = f" at level {spec.level}" if spec.level != section.level else ""
            yield section, ASIDE.sub(" ", spec.title).strip(), level


def fix_misspelled_headings(subject: CheckedDocument) -> Iterator[Fix]:
    """Yield level and words for a heading with the letters of one missing, and of no other."""
    missing: dict[str, list[Spec]] = {}
    unknown: dict[str, list[int]] = {}
    for spec in subject.alignment.missing:
        missing.setdefault(reduce_to_letters(spec.title), []).append(spec)
    known = {match.index for match in subject.alignment.matches}
    for index, section in enumerate(subject.document.sections):
        if section.level and index not in known:
            unknown.setdefault(reduce_to_letters(section.title), []).append(index)
    for letters, specs in missing.items():
        places = unknown.get(letters, ())
        if letters and len(specs) == len(places) == 1 and not specs[0].open:
            yield from _change_heading(subject.document.sections[places[0]], specs[0], places[0])


def _change_heading(section: Section, spec: Spec, index: int) -> Iterator[Fix]:
    changes = [change_words(section, spec)]
    if section.level != spec.level:
        changes.append(change_level(section, spec.level))
    made = sorted(change for change in changes if change)
    if len(made) < len(changes):
        return
    start, end = made[0][0], made[-1][1]
    text, at = "", start
    for first, last, new in made:
        text += section.heading[at - section.start : first - section.start] + new
        at = last
    yield Fix(start=start, end=end, text=text, lines=(section.line,), section=index)


def change_level(section: Section, level: int) -> HeadingChange | None:
    """Return the edit that gives a heading another level; None where its form knows none such."""
    opening = _ATX_HEADING.match(section.heading)
    if opening:
        start = section.start + opening.start("marks")
        return start, start + len(opening["marks"]), "#" * level
    last = split_lines(section.heading)[-1]
    underline = _UNDERLINE.match(last.rstrip("\r\n"))
    if underline is None or level > 2:  # noqa: PLR2004  there are two kinds of underline
        return None
    start = section.body_start - len(last) + underline.start("marks")
    size = len(underline["marks"])
    return start, start + size, "=-"[level - 1] * size


def change_words(section: Section, spec: Spec) -> HeadingChange | None:
    """Return the edit that gives a heading the template's words; None where it has them."""
    own, right = (ASIDE.sub(" ", title).strip() for title in (section.title, spec.title))
    opening = _ATX_HEADING.match(section.heading)
    at = section.heading.find(own, opening.end() if opening else 0)
    if own in ("", right) or at < 0:
        return None
    return section.start + at, section.start + at + len(own), right


_DATE = re.compile(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d\d)(?P=mark)(?P<day>\d\d)(?!\d)")


def find_values(subject: CheckedDocument) -> tuple[tuple[int, Field], ...]:
    """Return the written values, each with the offset that its own offsets count from."""
    return tuple(_list_values(subject))


def _list_values(subject: CheckedDocument) -> Iterator[tuple[int, Field]]:
    bodies = [(0, subject.alignment.front)]
    bodies += [(m.section.body_start, m.body) for m in subject.alignment.matches]
    for base, body in bodies:
        for field in body.fields:
            kinds = ("text", "cell", "yaml")
            if isinstance(field, Field) and field.written and field.slot.kind in kinds:
                yield base, field


def spot_value(base: int, field: Field) -> Spot:
    """Return where the words of a value stand."""
    words = field.content.strip()
    first = words.split("\n")[0].rstrip()
    return Spot(offset=base + field.start + max(field.content.find(words), 0), width=len(first))


def parse_date(text: str) -> date | None:
    """Return the date that a value begins with, year first; None where it begins with none."""
    match = _DATE.match(clean_value(text))
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"])) if match else None
    except ValueError:
        return None


_CLOSING_LINE = re.compile(r"[ \t>]*(?P<mark>`{3,}|~{3,})[ \t]*")
_LINE_ENDING = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFence:
    """A fence that is no example of the template's.

    `start` is where it begins in the document and `inside` where its code does; `starts` are the
    offsets in the code at which a line begins, `rows` is how many lines are ended.
    """

    section: Section
    language: str
    start: int
    inside: int
    code: str
    starts: tuple[int, ...]
    rows: int
    closed: bool


def find_fences(subject: CheckedDocument) -> tuple[WrittenFence, ...]:
    """Return a document's fences but for the template's own examples, which need not parse."""
    examples = {
        match.section.body_start + field.opening[0]
        for match in subject.alignment.matches
        for field in match.body.fields
        if isinstance(field, Field) and field.slot.kind == "code" and not field.written
    }
    found: list[WrittenFence] = []
    for section, marks in subject.bodies():
        for mark in marks:
            if mark.kind != "fence" or section.body_start + mark.start in examples:
                continue
            inner = section.body[mark.end : mark.stop]
            ends = [ending.end() for ending in _LINE_ENDING.finditer(inner)]
            last = ends[-1] if ends else 0
            fence = WrittenFence(
                section=section,
                language=mark.key,
                start=section.body_start + mark.start,
                inside=section.body_start + mark.end,
                code=_LINE_ENDING.sub("\n", inner[:last]),  # parsers count lines by line feeds
                starts=(0, *ends),
                rows=len(ends),
                closed=bool(_CLOSING_LINE.fullmatch(inner[last:])),
            )
            found.append(fence)
    return tuple(found)
