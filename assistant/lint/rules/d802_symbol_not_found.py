"""D802: a symbol is named that occurs in no code of the repository."""

from collections.abc import Iterator

from assistant.lint.neighbours import PlacedDocument
from assistant.lint.rule import Example, Hit, NeighbourRule
from assistant.lint.subject import Spot


def _check(placed: PlacedDocument) -> Iterator[Hit]:
    symbols = [one for one in placed.mentions if one.kind == "symbol"]
    words = {word for one in symbols for word in one.words}
    absent = placed.around.absent(words) if words else frozenset[str]()
    for one in symbols:
        missing = [word for word in one.words if word in absent]
        if missing:
            what = "" if missing[0] == one.text.rstrip("()") else f" (`{missing[0]}`)"
            message = f"`{one.text}`{what} occurs in no code of the repository."
            spot = Spot(offset=placed.places.offset(one.line, one.column), width=len(one.text))
            yield Hit(spot=spot, message=message, section=one.section)


RULE = NeighbourRule(
    code="D802",
    name="symbol-not-found",
    severity="note",
    on=False,
    about="A symbol is named that occurs in no code of the repository.",
    why="A name that is in no code is misspelled, or of another version.",
    mend="Write it as the code does, or say that it is new.",
    example=Example(
        fails="The page calls `open_sesion()`.\n",
        passes="The page calls `open_session()`.\n",
        beside=(("src/session.py", "def open_session(): ...\n"),),
    ),
    check=_check,
)
