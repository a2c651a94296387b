"""D506: a file's name has characters that links and shells trip over."""

import re
from collections.abc import Iterator
from pathlib import Path

from assistant.folder.numbers import NameStyle, slugify_title
from assistant.lint.neighbours import PlacedDocument
from assistant.lint.rule import Example, Hit, NeighbourRule
from assistant.lint.subject import Spot


def _check(placed: PlacedDocument) -> Iterator[Hit]:
    entry = placed.entry
    if entry and entry.slug and re.search(r"[^\w.-]|[\x00-\x1f]", entry.slug):
        style = placed.around.style
        right = slugify_title(entry.slug, style.joiner, lower=style.lower)
        wanted = f"{entry.digits}{style.separator}{right}{entry.suffix}"
        message = f'the name "{entry.name}" would be easier to link to as "{wanted}".'
        yield Hit(spot=Spot(offset=0), message=message)


def _fix(path: Path, style: NameStyle) -> Path:
    """Return the path with its name as a slug in the folder's style."""
    from assistant.folder.renumber import make_proper_path  # noqa: PLC0415  hardly ever needed

    return make_proper_path(path, style)


RULE = NeighbourRule(
    code="D506",
    name="name-is-no-slug",
    severity="note",
    about="A file's name has characters that links and shells trip over.",
    why="Blanks and other marks have to be written as %20 and the like in each link.",
    mend="Rename the file; `draft check --fix` does, and mends the links to it.",
    example=Example(
        fails="Who logs in.\n",
        passes="Who logs in.\n",
        name="007_login & logout (final).md",
        renamed="007_login_logout_final.md",
    ),
    check=_check,
    fix=_fix,
)
