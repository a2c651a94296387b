"""How messages to people look: their kind in front, in colour, wrapped at words.

`error:`, `warning:`, `note:` and `hint:` stand before what they are, as ruff and uv have it; what
has none of them is progress, or a figure. The program's name stands before nothing.
"""

import os
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from assistant.text import make_harmless, make_lines_harmless, measure_width

TextKind = Literal[
    "", "error", "warning", "note", "hint", "head", "faint", "added", "removed", "place"
]

_RESET = "\x1b[0m"
# As `draft check` has them, bold where they stand alone before a sentence.
_COLOURS = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "note": "\x1b[1;36m",
    "hint": "\x1b[1;32m",
    "head": "\x1b[1m",
    "faint": "\x1b[2m",
    "added": "\x1b[32m",
    "removed": "\x1b[31m",
    "place": "\x1b[36m",
}
_LABELLED_KINDS = ("error", "warning", "note", "hint")  # the others are known by their colour
_MAX_INDENT_SHARE = 6  # of a line, what its hanging indent takes at most: 40 columns stay readable
_TAB_COLUMNS = 4  # of a tab, in lines that are wrapped
_WORD = re.compile(r"( *)([^ ]+)")
_ARGUMENT = re.compile(r"""(?:"[^"]*"|'[^']*'|[^\s"'])+""")
# A line may end before any wide character, as these scripts part no words; but a full stop, a
# closing bracket or a mark of length goes with what it follows.
_FOLLOWING_CATEGORIES = ("Po", "Pe", "Pf", "Lm")

_UNQUOTED_WORD = re.compile(r"[\w@%+=:,./-]+")
_QUOTABLE_WORD = re.compile(r'[^"$`\\!]*')
_KIND_BY_DIFF_MARK: dict[str, TextKind] = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLook:
    """How a stream takes text: the columns to wrap at, 0 for none, and whether in colour."""

    columns: int = 0
    colour: bool = False


def choose_look(stream: TextIO | None, environ: Mapping[str, str]) -> StreamLook:
    """Return how text looks on a stream: wrapped on a terminal, in colour if that is welcome."""
    return StreamLook(
        columns=measure_columns(stream, environ), colour=is_colour_wanted(stream, environ)
    )


def is_colour_wanted(stream: TextIO | None, environ: Mapping[str, str]) -> bool:
    """Return whether colours are welcome on a stream.

    NO_COLOR speaks first, then FORCE_COLOR and CLICOLOR_FORCE, as in uv; else a terminal has to be
    there, and be able to.
    """
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return is_terminal(stream) and environ.get("TERM") != "dumb" and environ.get("CLICOLOR") != "0"


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is a terminal; one that is closed or missing is none."""
    if stream is None:
        return False
    with suppress(ValueError, OSError):
        return stream.isatty()
    return False


def measure_columns(stream: TextIO | None, environ: Mapping[str, str]) -> int:
    """Return the columns at which to wrap what goes to a stream; 0 if it is no terminal.

    One less than there are: some terminals break a line that fills the last one.
    """
    if stream is None or not is_terminal(stream):
        return 0
    with suppress(ValueError):
        return max(int(environ.get("COLUMNS", "")) - 1, 0) or _ask_for_columns(stream)
    return _ask_for_columns(stream)


def _ask_for_columns(stream: TextIO) -> int:
    """Return the columns that a terminal says it has, less one; 79 if it does not know."""
    # Not shutil's: it asks stdout, which is often a pipe where stderr is a terminal.
    with suppress(OSError, ValueError):
        return max(os.get_terminal_size(stream.fileno()).columns - 1, 0) or 79
    return 79


def lay_out_message(text: str, look: StreamLook, kind: TextKind = "", before: str = "") -> str:
    """Return a text as it is shown: with its kind in front, and no line wider than the stream.

    Its line ends and indentation stay; nothing in it commands a terminal. `before` stands before
    the kind, such as an indentation or a line's number.
    """
    label = f"{kind}: " if kind in _LABELLED_KINDS else ""
    first, *rest = make_lines_harmless(text).split("\n")
    lines = wrap_line(before + label + first, look.columns, len(before.lstrip(" ") + label))
    shown = [*lines, *(line for text in rest for line in wrap_line(text, look.columns))]
    if label:
        end = len(before) + len(label) - 1
        shown[0] = before + paint_words(label.rstrip(), kind, look) + shown[0][end:]
    elif kind:
        shown = [paint_words(line, kind, look) for line in shown]
    return "\n".join(shown)


def paint_words(words: str, kind: TextKind, look: StreamLook) -> str:
    """Return words in the colour of a kind, if the stream has colours."""
    return f"{_COLOURS[kind]}{words}{_RESET}" if look.colour and kind and words else words


def wrap_line(text: str, most: int, hang: int = 0) -> list[str]:
    """Return one line as lines of at most `most` columns, the second and later ones indented.

    It ends between words only: one that is wider than a line, such as a path or an address, stays
    whole. 0 is no limit.
    """
    if not most or measure_width(text) <= most:
        return [text]
    text = text.expandtabs(_TAB_COLUMNS)
    own = len(text) - len(text.lstrip(" "))
    indent = " " * min(own + hang, max(most // _MAX_INDENT_SHARE, min(own, most // 2)))
    made, line, used = list[str](), "", 0
    for blanks, word in _WORD.findall(text):
        for number, piece in enumerate(_split_word(word)):
            gap = "" if number else blanks
            taken = len(gap) + measure_width(piece)
            if line.strip() and used + taken > most:
                made.append(line)
                line, used, gap = indent, len(indent), ""
                taken = measure_width(piece)
            line += gap + piece
            used += taken
    return [*made, line]


def wrap_command(text: str, most: int) -> list[str]:
    """Return a command line as lines that a shell takes for one: it ends between arguments."""
    if not most or measure_width(text) <= most:
        return [text]
    own = len(text) - len(text.lstrip(" "))
    first, *rest = _ARGUMENT.findall(text)
    made = [" " * own + first]
    for argument in rest:
        if measure_width(f"{made[-1]} {argument}") + 2 <= most:
            made[-1] += f" {argument}"
        else:
            made[-1] += " \\"
            made.append(" " * (own + 2) + argument)
    return made


def _split_word(word: str) -> Iterator[str]:
    """Yield the parts of a word between which a line may end: one, but for wide characters."""
    if word.isascii():
        yield word
        return
    piece, before = "", 0
    for character in word:
        own = measure_width(character)
        if (
            piece
            and max(own, before) > 1
            and unicodedata.category(character) not in _FOLLOWING_CATEGORIES
        ):
            yield piece
            piece = ""
        piece += character
        before = own
    yield piece


def paint_diff(changes: str, look: StreamLook) -> str:
    """Return a diff of one file as a terminal shows it; elsewhere it stays as it is."""
    if not (look.colour or look.columns):
        return changes
    from assistant.markdown.blocks import split_lines  # noqa: PLC0415  who has a diff has read documents

    said: list[str] = []
    head = True  # what is removed may begin with `--`: only what stands above is the head
    for line in split_lines(changes):
        text = make_harmless(line.rstrip("\r\n"))
        head = head and not text.startswith("@@ ")
        said.append(
            paint_words(text, "head" if head else _KIND_BY_DIFF_MARK.get(text[:1], ""), look) + "\n"
        )
    return "".join(said)


def format_path(path: Path) -> str:
    """Return a path as a person here would type it."""
    with suppress(ValueError, OSError):  # on another drive, or from nowhere
        return os.path.relpath(path)
    return str(path)


def quote_word(word: str) -> str:
    """Return a word as a shell takes it, in the quotes that people type if it needs any."""
    if _UNQUOTED_WORD.fullmatch(word):
        return word
    if _QUOTABLE_WORD.fullmatch(word):
        return f'"{word}"'
    import shlex  # noqa: PLC0415  most words need none of it

    return shlex.quote(word)


def pluralize_noun(number: int, thing: str) -> str:
    """Return the word for a thing as it stands after a number."""
    return thing if number == 1 else f"{thing}s"


def format_count(number: int, thing: str) -> str:
    """Return a number of things in words, written as numbers of tokens are."""
    return f"{number:,} {pluralize_noun(number, thing)}"
