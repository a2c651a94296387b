"""D501: another document in the folder has the same number."""

from collections.abc import Iterator

from assistant.lint.neighbours import PlacedDocument
from assistant.lint.rule import Example, Hit, NeighbourRule
from assistant.lint.subject import Spot

_MAX_NAMED = 5  # documents that share a number; more names nobody reads in a message


def _check(placed: PlacedDocument) -> Iterator[Hit]:
    entry = placed.entry
    same = placed.around.numbered(entry.number) if entry else ()
    if entry and len(same) > 1:
        others = ", ".join(name for name in same[:_MAX_NAMED] if name != entry.name)
        message = f"{others} has the number {entry.number} too: `draft renumber` gives another."
        yield Hit(spot=Spot(offset=0), message=message)


RULE = NeighbourRule(
    code="D501",
    name="number-used-twice",
    severity="error",
    about="Another document in the folder has the same number.",
    why="`see 007` then means either of them.",
    mend="`draft renumber DOC` gives one of them another number, in every reference to it too.",
    example=Example(
        fails="Who logs in.\n",
        passes="Who logs in.\n",
        renamed="008_login.md",
        beside=(("007_logout.md", "# Logout\n\nWho logs out.\n"),),
    ),
    check=_check,
)
