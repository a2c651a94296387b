"""Headings as several rules see them: where one is pointed at, and the edits that change one."""

import re
from collections.abc import Iterator

from assistant.lint.rule import Fix, Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.blocks import split_lines
from assistant.markdown.document import Section
from assistant.template.parts import ASIDE, Spec
from assistant.template.similar import reduce_to_letters

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
