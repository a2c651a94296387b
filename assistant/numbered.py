"""Rules about numbers: used once, the same in name and title, and there where they are named."""

import os
import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from assistant.document import Document
from assistant.finding import Finding
from assistant.folder import About
from assistant.link import links
from assistant.linked import instead
from assistant.number import slug
from assistant.slot import Anchor, Slot
from assistant.subject import Spot, found
from assistant.template import front_parts

# How a title gives its document's number: `ADR-007: x`, `7. x`, `007 x`, `RFC 7 - x`.
_ENDS = r"(?=[:.)](?:[ \t]|$)|[ \t]+[-\u2013\u2014][ \t]|$)"
_NUMBERED = re.compile(
    r"(?:(?:M?ADR|RFC|DDR?|DR|[KPDT]?EP|DIP|Design(?: Document)?|Decision)[ \t]*[-#]?[ \t]*)?"
    rf"(?P<number>\d{{1,7}}){_ENDS}|(?P<padded>0\d{{1,6}})\b",
    re.IGNORECASE,
)
_FILE = re.compile(r"(?<![\w.-])\d{1,7}[-_][\w-]+\.md(?![\w-]|\.\w)")
_ABOVE = re.compile(r"(?<![\w/.:-])(?:[\w.-]+/)*\Z")
_LONGEST = 400  # characters of the folders before a file's name
_RELATED = re.compile(
    r"supersed\w+(?:[- ]by)?|replace[sd]?(?:[- ]by)?|relates?[- ]to|related|amends"
)
_LISTED = re.compile(r"\[?#?\d{1,7}(?:[ \t]*,[ \t]*#?\d{1,7})*\]?")
_SHOWN = 5  # names of documents that share a number
_OWN = re.compile(r"(?P<prefix>[A-Z]{2,8})-(?P<number>\d{1,7})\b")


def numbered(about: About) -> Iterator[Finding]:
    """What is wrong with a document's number, and with those of others that it names."""
    yield from _name(about)
    yield from _files(about)
    yield from _series(about)
    yield from _keys(about)


def _name(about: About) -> Iterator[Finding]:
    """What is wrong with a document's name: its number taken, another in its title, its letters."""
    entry = about.entry
    if entry is None:
        return
    same = [one.name for one in about.folder.numbers[entry.number]]
    if len(same) > 1:
        others = ", ".join(name for name in same[:_SHOWN] if name != entry.name)
        message = f"{others} has the number {entry.number} too: `draft renumber` gives another."
        yield found(about.places, "D501", Spot(offset=0), message)
    for number, spot in _numbers(about):
        if number != entry.number:
            message = f"this says {number}, the file is called {entry.name}: mend one of the two."
            yield found(about.places, "D502", spot, message)
    style = about.folder.style
    right = slug(entry.slug, style.joiner, lower=style.lower)
    if entry.slug and re.search(r"[^\w.-]|[\x00-\x1f]", entry.slug):
        wanted = f"{entry.digits}{style.separator}{right}{entry.suffix}"
        message = f'the name "{entry.name}" would be easier to link to as "{wanted}".'
        yield found(about.places, "D506", Spot(offset=0), message)


def _numbers(about: About) -> Iterator[tuple[int, Spot]]:
    """The numbers that a document gives itself: in its title, and in its front matter."""
    title = about.title
    match = _NUMBERED.match(title.title) if title else None
    if title and match:
        at = max(title.heading.find(title.title), 0)
        spot = Spot(offset=title.start + at, width=match.end())
        yield int(match["number"] or match["padded"]), spot
    for name, value, offset in _front(about.document):
        if name in ("number", "adr", "rfc", "kep-number", "adr-number") and value.isdecimal():
            yield int(value), Spot(offset=offset, width=len(value))


def _front(document: Document) -> Iterator[tuple[str, str, int]]:
    """Each key of the front matter with its value, and where that begins."""
    position, key = 0, ""
    for part in front_parts(document.front):
        if isinstance(part, Anchor):
            key = part.key
        elif isinstance(part, Slot):
            value = part.text.strip()
            yield key, value.strip("\"'"), position + max(part.text.find(value), 0)
        position += len(part.text)


def _files(about: About) -> Iterator[Finding]:
    """Documents that are named by a file's name that no file has."""
    targets = sorted((link.start, link.end) for link in links(about.text))
    for match in _FILE.finditer(about.text):
        above = _ABOVE.search(about.text, max(0, match.start() - _LONGEST), match.start())
        if above is None:
            continue
        start, path, name = above.start(), above[0] + match[0], match[0]
        place = bisect_right(targets, (start, len(about.text))) - 1
        if place >= 0 and start < targets[place][1]:
            continue
        starts = (about.path.parent, about.folder.path, about.folder.root or about.path.parent)
        if not any(os.path.exists(start / path) for start in starts):  # noqa: PTH110
            spot = Spot(offset=start, width=len(path))
            message = f'there is no document "{path}".{instead(about, Path(name))}'
            yield found(about.places, "D505", spot, message)


def _series(about: About) -> Iterator[Finding]:
    """Documents that are named as this one's own title is: `ADR-012` under `ADR-007: ...`."""
    entry, title = about.entry, about.title
    own = _OWN.match(title.title) if title else None
    if entry is None or own is None or int(own["number"]) != entry.number:
        return
    known = about.folder.numbers
    for match in re.finditer(rf"\b{own['prefix']}-(\d{{1,7}})\b", about.text):
        if int(match[1]) not in known:
            spot = Spot(offset=match.start(), width=len(match[0]))
            yield found(about.places, "D505", spot, f"there is no document {match[0]}.")


def _keys(about: About) -> Iterator[Finding]:
    """Numbers behind `supersedes` and its kin that no document has."""
    known = about.folder.numbers
    values = list(_front(about.document))
    for section, own in zip(about.document.sections, about.marks, strict=True):
        for mark in own:
            if mark.kind == "label":
                text = section.body[mark.end : mark.stop]
                at = section.body_start + mark.end + len(text) - len(text.lstrip())
                values.append((mark.key, text.strip(), at))
    for name, value, at in values:
        if about.entry is None or not _RELATED.fullmatch(name) or not _LISTED.fullmatch(value):
            continue
        for match in re.finditer(r"\d+", value):
            if int(match[0]) not in known:
                spot = Spot(offset=at + match.start(), width=len(match[0]))
                yield found(about.places, "D505", spot, f"there is no document {match[0]}.")
