"""D801: a path is named that is not in the repository, and not said to be proposed."""

from collections.abc import Iterator

from assistant.lint.neighbours import PlacedDocument
from assistant.lint.rule import Example, Hit, NeighbourRule
from assistant.lint.subject import Spot


def _check(placed: PlacedDocument) -> Iterator[Hit]:
    around = placed.around
    if not placed.mentions or not around.knows_paths:
        return
    for one in placed.mentions:
        if one.kind != "path" or around.has_path(one.text):
            continue
        begins = around.begins_path(one.text)
        if begins:
            alike = around.similar_path(one.text)
            hint = f"There is `{alike}`." if alike else "Mend the path, or say that it is proposed."
            message = f"`{one.text}` is not in the repository. {hint}"
        else:
            message = f"`{one.text}` is not in this repository, nor anything that begins like it."
        spot = Spot(offset=placed.places.offset(one.line, one.column), width=len(one.text))
        yield Hit(spot=spot, message=message, section=one.section, doubtful=not begins)


RULE = NeighbourRule(
    code="D801",
    name="path-not-found",
    severity="warning",
    doubtful="note",
    about="A path is named that is not in the repository, and not said to be proposed.",
    why="A reader looks for a file that was moved, or never was.",
    mend="Correct the path, or say that it is new: `(proposed)`.",
    example=Example(
        fails="The limit is set in `src/logn/limits.py`.\n",
        passes="The limit is set in `src/login/limits.py`.\n",
        beside=(("src/login/limits.py", "LIMIT = 5\n"),),
    ),
    check=_check,
)
