"""What begins and ends a block of Markdown, line by line, by CommonMark's rules.

Each pattern is matched at the first character of a line that is no space or tab. Lines have no line
endings. Tables are GitHub's.
"""

import re
from collections.abc import Iterator
from itertools import chain

# A line that begins with none of these neither interrupts a paragraph nor underlines a heading.
SPECIAL = frozenset("`~>*-_+<#=0123456789")

FENCE = re.compile(r"`{3,}(?=[^`]*\Z)|~{3,}")
HEADING = re.compile(r"(#{1,6})(?=[ \t]|\Z)")
ITEM = re.compile(r"(?:[-+*]|(?P<number>[0-9]{1,9})[.)])(?=[ \t]|\Z)")
RULE = re.compile(r"([-_*])[ \t]*+(?:\1[ \t]*+){2,}+\Z")
UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*\Z")
_CLOSE = re.compile(r"(`{3,}|~{3,})[ \t]*\Z")

# What JavaScript's trim() takes away, which is what decides whether a table's cell is empty.
SPACES = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_DELIMITERS = re.compile(r"(?:[|:][-:| \t]|-[-:|])[-:| \t]*\Z")
_COLUMN = re.compile(r":?-+:?")
_BORDER = re.compile(r"(?<!\\)\|")

_NAMES = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|"
    "dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h1|h2|h3|h4|h5|h6|"
    "head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|"
    "p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
_ATTRIBUTE = r"""(?:\s+[a-zA-Z_:][a-zA-Z0-9:._-]*
    (?:\s*=\s*(?:[^"'=<>`\x00-\x20]+|'[^']*'|"[^"]*"))?)"""
# How each kind of HTML block begins and ends, and whether it interrupts a paragraph. One without an
# end ends at a blank line.
_HTML: tuple[tuple[re.Pattern[str], re.Pattern[str] | None, bool], ...] = (
    (
        re.compile(r"<(?ai:script|pre|style|textarea)(?=\s|>|\Z)"),
        re.compile(r"</(?ai:script|pre|style|textarea)>"),
        True,
    ),
    (re.compile(r"<!--"), re.compile(r"-->"), True),
    (re.compile(r"<\?"), re.compile(r"\?>"), True),
    (re.compile(r"<![A-Za-z]"), re.compile(r">"), True),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>"), True),
    (re.compile(rf"</?(?ai:{_NAMES})(?=\s|/?>|\Z)"), None, True),
    (
        re.compile(
            rf"(?:<[A-Za-z][A-Za-z0-9\-]*{_ATTRIBUTE}*\s*/?>|</[A-Za-z][A-Za-z0-9\-]*\s*>)\s*\Z",
            re.VERBOSE,
        ),
        None,
        False,
    ),
)

_LABEL = re.compile(r"(?:[^\[\]\\]|\\.|\\\Z)*+(?P<end>\]:?|\[)?", re.DOTALL)
_REFERENCE = re.compile(
    r"""\[[^\[\]\\]*[^\[\]\\\s][^\[\]\\]*\]:
    [ \t]*(?!(?i:vbscript|javascript|file|data):)[A-Za-z0-9_/:?\#@!$&*+,=%.~-]+
    (?P<title>[ \t]+(?:"[^"\\]*"|'[^'\\]*'))?[ \t]*\Z""",
    re.VERBOSE,
)
_NO_REFERENCE = re.compile(r"\[[^\[\]\\]*\]:[ \t]*[^\s<]\S*[ \t]+[^ \t\"'(]")


def closes(fence: str, text: str, at: int) -> bool:
    """Whether a line closes the fence that `fence` opened."""
    found = _CLOSE.match(text, at)
    return found is not None and found[1].startswith(fence)


def html(text: str, at: int) -> tuple[re.Pattern[str] | None, bool] | None:
    """How the HTML block ends that a line begins, and whether it interrupts a paragraph.

    The end is None for one that ends at a blank line; where no block begins there is no answer.
    """
    rest = text[at:]
    return next(((end, cuts) for begin, end, cuts in _HTML if begin.match(rest)), None)


def columns(text: str, at: int) -> int:
    """How many columns a table's delimiter row has; 0 where a line is none."""
    if not _DELIMITERS.match(text, at):
        return 0
    cells = [cell.strip(" \t") for cell in text[at:].split("|")]
    inner = [cell for place, cell in enumerate(cells) if cell or 0 < place < len(cells) - 1]
    return len(inner) if all(_COLUMN.fullmatch(cell) for cell in inner) else 0


def cells(row: str) -> int:
    """How many cells a table's row has; `row` is trimmed and not empty."""
    borders = len(_BORDER.findall(row)) if "\\" in row else row.count("|")
    ends = row.endswith("|") and not row.endswith("\\|")
    return borders + 1 - row.startswith("|") - ends


def reference(lines: Iterator[str], following: str) -> bool | None:
    """Whether a block that begins with `[` begins with a reference definition of one line.

    `lines` are its lines up to the next blank one at least, read as far as needed; `following` is
    the second one's first character. None: neither plainly one nor plainly none.
    """
    first = next(lines)
    simple = _REFERENCE.match(first)
    if simple:
        return True if simple["title"] or following not in ("'", '"', "(") else None
    if _NO_REFERENCE.match(first):
        return False
    for text in chain((first[1:],), lines):
        label = _LABEL.match(text)
        if label and label["end"]:
            return None if label["end"] == "]:" else False
    return False
