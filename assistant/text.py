"""Text as a terminal shows it: its columns, lines cut to them, tables, excerpts; and dates.

Nothing that a document holds reaches a terminal as a command to it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

DEFAULT_COLUMNS = 100  # columns of a line that are shown where nobody says how many there are
# Latin, Greek and Cyrillic letters, dashes and quotation marks: most texts that are not ASCII.
_ONE_COLUMN_EACH = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0377\u0391-\u03a1\u03a3-\u03ff"
    "\u0400-\u0482\u048a-\u052f\u2010-\u2027]*"
)
_COLUMN_GAP = "  "
_MIN_TITLE_COLUMNS = 24  # columns in which a title can be read; by judgement, four words
# What an excerpt shows: by judgement, a few words before the place, and most of the line after it.
_MIN_COLUMNS = 20  # columns in which a place can be found again
_COLUMNS_BEFORE = 30  # columns left of the place that are shown where a line is cut
_BEFORE_SHARE = 3  # and at most this part of all columns, so that a narrow terminal shows the place
_MAX_CLUSTER = 8  # characters that a column may take: a joined emoji of a family has seven
_TAB_COLUMNS = 4
_CUT_MARK = "..."
_REPLACEMENT = "\ufffd"
# Controls, halves of characters, separators of lines, and marks that turn the order of writing
# around, so that a line looks like another.
_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_LINE_CONTENT = re.compile(r"[^\n\t]+")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})(?P<mark>[-/.])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})")
_DAY_PATTERN = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_MONTH_PATTERN = r"(?P<m>[A-Za-z]{3,9})\.?"
_NAMED_MONTHS = (
    re.compile(rf"{_DAY_PATTERN}[ -]{_MONTH_PATTERN},?[ -](?P<y>\d{{4}})"),
    re.compile(rf"{_MONTH_PATTERN} {_DAY_PATTERN},? (?P<y>\d{{4}})"),
    re.compile(rf"(?P<y>\d{{4}})[ -]{_MONTH_PATTERN}[ -]{_DAY_PATTERN}"),
)


def measure_width(text: str) -> int:
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


def cut_to_width(text: str, most: int) -> str:
    """Return the text in at most so many columns; an ellipsis says that there was more."""
    if measure_width(text) <= most:
        return text
    kept, used = 0, 0
    for cluster, columns in split_clusters(text):
        used += columns
        if used > most - 1:
            break
        kept += len(cluster)
    return text[:kept] + "\u2026"


def make_harmless(text: str) -> str:
    """Return the text with what could command a terminal, or is no character, shown as unknown."""
    return _HARMFUL.sub(_REPLACEMENT, text)


def make_lines_harmless(text: str) -> str:
    """Return a text of several lines likewise; it keeps its line breaks and tabs."""
    return _LINE_CONTENT.sub(lambda line: make_harmless(line[0]), text)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLayout:
    """How columns behave: those in `right` end below each other, the others begin so.

    Where a line would be wider than `most`, the column `flexible` gives way; before it has less
    than it needs to be read, those in `spare` are left out, in this order. 0 is no limit.
    """

    right: tuple[int, ...] = ()
    flexible: int = 0
    spare: tuple[int, ...] = ()
    most: int = 0


def format_grid(rows: Sequence[Sequence[str]], layout: GridLayout) -> tuple[str, ...]:
    """Return the rows as lines whose columns line up."""
    columns = dict(enumerate(zip(*rows, strict=True)))
    wide = {at: _measure_widest(column) for at, column in columns.items()}
    flexible = layout.flexible
    for at in layout.spare if layout.most else ():
        if _measure_room(wide, layout) >= min(wide[flexible], _MIN_TITLE_COLUMNS):
            break
        del wide[at]
    if layout.most and _measure_room(wide, layout) < wide[flexible]:
        wide[flexible] = max(_measure_room(wide, layout), 1)
        columns[flexible] = tuple(cut_to_width(cell, wide[flexible]) for cell in columns[flexible])
    padded = [_pad_column(columns[at], wide[at], right=at in layout.right) for at in wide]
    return tuple(map(str.rstrip, map(_COLUMN_GAP.join, zip(*padded, strict=True))))


def _measure_room(wide: Mapping[int, int], layout: GridLayout) -> int:
    """Return the columns that the others leave to the flexible one."""
    others = sum(size + len(_COLUMN_GAP) for at, size in wide.items() if at != layout.flexible)
    return layout.most - others


def _measure_widest(column: Sequence[str]) -> int:
    plain = "".join(column).isascii()
    return max(map(len if plain else measure_width, column))


def _pad_column(column: Sequence[str], size: int, *, right: bool) -> list[str]:
    if "".join(column).isascii():
        return [cell.rjust(size) if right else cell.ljust(size) for cell in column]
    blanks = (" " * (size - measure_width(cell)) for cell in column)
    return [
        blank + cell if right else cell + blank for cell, blank in zip(column, blanks, strict=True)
    ]


def format_excerpt(
    line: str, column: int, length: int = 0, most: int = DEFAULT_COLUMNS
) -> tuple[str, str]:
    """Return a line as it can be shown in `most` columns, and the marks to stand under it.

    `column` counts the line's characters from 1, `length` says how many are meant, 0 the rest of
    them. A long line is cut around the place. Both are empty where the line is blank.
    """
    if not line or line.isspace():
        return "", ""
    # Of a line as it mostly is, nothing is copied: many findings may be about a long one.
    text = line.rstrip("\r\n") if line[-1] in "\r\n" else line
    text = text.removeprefix("\ufeff")
    if not text or text.isspace():
        return "", ""
    most = max(most, _MIN_COLUMNS)
    start = min(max(column, 1) - 1, len(text))
    end = min(start + length, len(text)) if length else len(text.rstrip())
    end = max(end, min(start + 1, len(text)))
    # What is far away is not looked at: a line may be a megabyte long.
    far = _MAX_CLUSTER * most
    first, last = max(0, start - far), min(len(text), start + far)
    cells, widths = _render_cells(text[first:last])
    place = start - first
    begin = _find_window_start(widths, place, most, cut=first > 0)
    before = _CUT_MARK if first + begin > 0 else ""
    stop = _find_window_end(widths, begin, most - len(before), cut=last < len(text))
    after = _CUT_MARK if first + stop < len(text) else ""
    shown = before + "".join(cells[begin:stop]) + after
    indent = len(before) + sum(widths[begin:place])
    marked = sum(widths[place : min(end - first, stop)])
    return shown.rstrip(), " " * indent + "^" * max(1, marked)


def _render_cells(text: str) -> tuple[list[str], list[int]]:
    """Return what each character is shown as, and how many columns that takes.

    Of characters that are shown as one, such as an emoji's, the first has the columns of all.
    """
    if text.isascii() and text.isprintable():
        return list(text), [1] * len(text)
    cells: list[str] = []
    widths: list[int] = []
    position = 0
    for cluster, columns in split_clusters(text):
        blank = " " * (_TAB_COLUMNS - position % _TAB_COLUMNS) if cluster == "\t" else ""
        shown = [blank] if blank else [make_harmless(character) for character in cluster]
        taken = len(blank) or columns
        cells += shown
        widths += [taken, *[0] * (len(shown) - 1)]
        position += taken
    return cells, widths


def _find_window_start(widths: Sequence[int], place: int, most: int, *, cut: bool) -> int:
    """Return the index of the first character to show, so that the place is in the window."""
    if not cut and sum(widths) <= most:
        return 0
    begin, room = place, min(_COLUMNS_BEFORE, most // _BEFORE_SHARE)
    while begin > 0 and room >= widths[begin - 1]:
        begin -= 1
        room -= widths[begin]
    while begin < place and not widths[begin]:  # the rest of what begins further left
        begin += 1
    return begin


def _find_window_end(widths: Sequence[int], begin: int, most: int, *, cut: bool) -> int:
    """Return the index after the last character to show."""
    if not cut and sum(widths[begin:]) <= most:
        return len(widths)
    stop, room = begin, most - len(_CUT_MARK)
    while stop < len(widths) and room >= widths[stop]:
        room -= widths[stop]
        stop += 1
    return stop


def normalize_date(text: str) -> str:
    """Return the date that `text` is, as `2026-11-24`; nothing if it is none or could be another.

    A year that comes first is followed by month and day, and a month in English is no other;
    `03/04/2026` is the third of April to some and the fourth of March to others.
    """
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return _format_date(int(found["y"]), int(found["m"]), int(found["d"]))
    for pattern in _NAMED_MONTHS:
        found = pattern.fullmatch(text)
        if found:
            return _format_date(int(found["y"]), _month_number(found["m"]), int(found["d"]))
    return ""


def _month_number(name: str) -> int:
    """Return the number of an English month, in full or short; 0 for other words."""
    word = name.lower()
    known = [n for n, month in enumerate(_MONTHS, 1) if word in (month, month[:3])]
    return known[0] if known else 9 if word == "sept" else 0


def _format_date(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
