"""D502: the number in the title is not the number in the file's name."""

import re
from collections.abc import Iterator

from assistant.lint.neighbours import PlacedDocument
from assistant.lint.rule import Example, Hit, NeighbourRule
from assistant.lint.subject import Spot

# How a title gives its document's number: `ADR-007: x`, `7. x`, `007 x`, `RFC 7 - x`.
_NUMBER_END = r"(?=[:.)](?:[ \t]|$)|[ \t]+[-\u2013\u2014][ \t]|$)"
_NUMBERED_TITLE = re.compile(
    r"(?:(?:M?ADR|RFC|DDR?|DR|[KPDT]?EP|DIP|Design(?: Document)?|Decision)[ \t]*[-#]?[ \t]*)?"
    rf"(?P<number>\d{{1,7}}){_NUMBER_END}|(?P<padded>0\d{{1,6}})\b",
    re.IGNORECASE,
)
# Keys of the front matter by which families of documents give their number.
_NUMBER_KEYS = ("number", "adr", "rfc", "kep-number", "adr-number")


def _check(placed: PlacedDocument) -> Iterator[Hit]:
    entry = placed.entry
    for number, spot in _list_numbers(placed) if entry else ():
        if entry and number != entry.number:
            message = f"this says {number}, the file is called {entry.name}: mend one of the two."
            yield Hit(spot=spot, message=message)


def _list_numbers(placed: PlacedDocument) -> Iterator[tuple[int, Spot]]:
    """Yield the numbers that a document gives itself: in its title, and in its front matter."""
    title = placed.title
    match = _NUMBERED_TITLE.match(title.title) if title else None
    if title and match:
        at = max(title.heading.find(title.title), 0)
        spot = Spot(offset=title.start + at, width=match.end())
        yield int(match["number"] or match["padded"]), spot
    for name, value, offset in placed.front_values():
        if name in _NUMBER_KEYS and value.isdecimal():
            yield int(value), Spot(offset=offset, width=len(value))


RULE = NeighbourRule(
    code="D502",
    name="number-and-name",
    severity="error",
    about="The number in the title is not the number in the file's name.",
    why="References go by the number, and one of the two is wrong.",
    mend="Correct the title, or give the file the number: `draft renumber DOC NUMBER`.",
    example=Example(
        fails="# 007 - Login\n\nWho logs in.\n",
        passes="# 008 - Login\n\nWho logs in.\n",
        name="008_login.md",
    ),
    check=_check,
)
