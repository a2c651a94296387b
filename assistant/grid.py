"""Columns that line up on a terminal, whatever script their words are in."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_GAP = "  "
_LEAST = 24  # columns in which a title can be read
# Latin, Greek and Cyrillic letters, dashes and quotation marks: most texts that are not ASCII.
_ONE_COLUMN_EACH = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0377\u0391-\u03a1\u03a3-\u03ff"
    "\u0400-\u0482\u048a-\u052f\u2010-\u2027]*"
)


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes.

    An emoji of several characters takes those of one; marks and what joins letters take none.
    """
    if text.isascii() or _ONE_COLUMN_EACH.fullmatch(text):
        return len(text)
    return sum(columns for _, columns in split_clusters(text))


def split_clusters(text: str) -> Iterator[tuple[str, int]]:
    """Yield the characters that a reader sees, each whole, with the columns that it takes."""
    if text.isascii() or _ONE_COLUMN_EACH.fullmatch(text):
        yield from ((character, 1) for character in text)
        return
    # Its tables are loaded for the texts that need them alone.
    from wcwidth import iter_graphemes, wcswidth  # noqa: PLC0415

    for cluster in iter_graphemes(text):
        columns = wcswidth(cluster)
        # Less than none stands for a control, which `harmless` shows in one column.
        yield cluster, columns if columns >= 0 else len(cluster)


def cut(text: str, most: int) -> str:
    """The text in at most so many columns; an ellipsis says that there was more."""
    if width(text) <= most:
        return text
    kept, used = 0, 0
    for cluster, columns in split_clusters(text):
        used += columns
        if used > most - 1:
            break
        kept += len(cluster)
    return text[:kept] + "\u2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How columns behave: those in `right` end below each other, the others begin so.

    Where a line would be wider than `most`, the column `flexible` gives way; before it has less
    than it needs to be read, those in `spare` are left out, in this order. 0 is no limit.
    """

    right: tuple[int, ...] = ()
    flexible: int = 0
    spare: tuple[int, ...] = ()
    most: int = 0


def grid(rows: Sequence[Sequence[str]], layout: Layout) -> tuple[str, ...]:
    """The rows as lines whose columns line up."""
    columns = dict(enumerate(zip(*rows, strict=True)))
    wide = {at: _widest(column) for at, column in columns.items()}
    flexible = layout.flexible
    for at in layout.spare if layout.most else ():
        if _room(wide, layout) >= min(wide[flexible], _LEAST):
            break
        del wide[at]
    if layout.most and _room(wide, layout) < wide[flexible]:
        wide[flexible] = max(_room(wide, layout), 1)
        columns[flexible] = tuple(cut(cell, wide[flexible]) for cell in columns[flexible])
    padded = [_padded(columns[at], wide[at], right=at in layout.right) for at in wide]
    return tuple(map(str.rstrip, map(_GAP.join, zip(*padded, strict=True))))


def _room(wide: Mapping[int, int], layout: Layout) -> int:
    """What the other columns leave to the flexible one."""
    others = sum(size + len(_GAP) for at, size in wide.items() if at != layout.flexible)
    return layout.most - others


def _widest(column: Sequence[str]) -> int:
    plain = "".join(column).isascii()
    return max(map(len if plain else width, column))


def _padded(column: Sequence[str], size: int, *, right: bool) -> list[str]:
    if "".join(column).isascii():
        return [cell.rjust(size) if right else cell.ljust(size) for cell in column]
    blanks = (" " * (size - width(cell)) for cell in column)
    return [
        blank + cell if right else cell + blank for cell, blank in zip(column, blanks, strict=True)
    ]
