"""Markdown that stays inside the section it is put in, whatever it holds.

Headings, HTML, comments, reference definitions and unclosed fences become text. What a reader with
tables sees and what one without them sees are both made harmless.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from assistant.markdown.blocks import split_lines
from assistant.markdown.tables import CONTAINER_MARKS

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_LINE_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_TERMINAL_ESCAPE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)")
_AUTOLINK = re.compile(r"<(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w.-]+)>", re.ASCII)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_DEFINITION = re.compile(r"\[(?:[^\[\]\\]|\\.)*\]:", re.DOTALL)
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~=:&])")
_MAX_LABEL = 1000  # a reference definition's label is shorter, by CommonMark
_UNDERLINE = re.compile(r"(?P<lead>[ \t>]*)(?P<line>=+|-+)[ \t]*")
_MAX_ROUNDS = 12  # by judgement: what is not harmless after so many becomes plain words
_MAX_LEVEL = 16  # a reader stops at 20 levels, and sees nothing of what is below


def clean_text(text: str) -> str:
    """Return the text with line feeds only, without terminal escapes and unseen characters."""
    text = _INVISIBLE.sub("", _TERMINAL_ESCAPE.sub("", _LINE_BREAK.sub("\n", text)))
    text = text.encode("utf-8", "replace").decode("utf-8", "replace")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def escape_inline(text: str, *, closed: bool = False) -> str:
    """Return the text with every HTML tag and comment outside code spans shown, not obeyed.

    With `closed`, backticks that open no code span are shown too, for text whose paragraph goes on.
    """
    return "".join(_inline_pieces(text, closed=closed))


def _inline_pieces(text: str, *, closed: bool) -> Iterator[str]:
    spans = _CodeSpans(text)
    at = 0
    while at < len(text):
        end = at + 1
        character = text[at]
        if character == "\\" and at + 1 < len(text) and not text[at + 1].isalnum():
            end = at + 2
            yield text[at:end]
        elif character == "`":
            run, end = spans.ends(at)
            opens = end > run
            yield text[at:end] if opens or not closed else "\\`" * (end - at)
        elif character == "<" and _TAG.match(text, at):
            link = _AUTOLINK.match(text, at)
            end = link.end() if link else end
            yield link[0] if link else "\\<"
        else:
            yield character
        at = end


class _CodeSpans:
    """Where code spans end: at the next run of exactly as many backticks."""

    def __init__(self, text: str) -> None:
        self._ends: dict[int, int] = {}
        self._starts: dict[int, list[int]] = {}
        for run in re.finditer("`+", text):
            self._ends |= dict.fromkeys(range(run.start(), run.end()), run.end())
            self._starts.setdefault(run.end() - run.start(), []).append(run.start())

    def ends(self, at: int) -> tuple[int, int]:
        """Return the end of the run of backticks at `at`, and of its code span or the same.

        An escaped first backtick leaves a run that is shorter, so `at` may be inside of one.
        """
        run = self._ends[at]
        same = self._starts.get(run - at, [])
        index = bisect_left(same, run)
        return run, same[index] + run - at if index < len(same) else run


def escape_definitions(text: str) -> str:
    """Return a paragraph's text with reference definitions in it shown, not obeyed."""
    found = split_lines(text)
    for number, line in enumerate(found):
        start = CONTAINER_MARKS.match(line)
        at = start.end() if start else 0
        if line[at : at + 1] == "[" and _DEFINITION.match(_label_text(found, number, at)):
            found[number] = f"{line[:at]}\\{line[at:]}"
    return "".join(found)


def _label_text(source: list[str], number: int, at: int) -> str:
    """Return what follows offset `at` of a line, as far as a definition's label can reach."""
    text = source[number][at : at + _MAX_LABEL]
    while len(text) < _MAX_LABEL and "]" not in text and (number := number + 1) < len(source):
        text += source[number]
    return text


def escape_all(text: str) -> str:
    """Return the text as plain words: all that could mean something to Markdown is escaped."""
    return "\n".join(_PUNCTUATION.sub(r"\\\1", line.strip()) for line in text.split("\n"))


@cache
def _block_readers() -> tuple["MarkdownIt", ...]:
    """Return readers of blocks, one with tables, to which a definition is a paragraph."""
    found = tuple(_make_reader(tables) for tables in (True, False))
    for reader in found:
        reader.block.ruler.disable("reference")
        reader.core.ruler.enableOnly(["normalize", "block"])
    return found


@cache
def _full_readers() -> tuple["MarkdownIt", ...]:
    return tuple(_make_reader(tables) for tables in (True, False))


def _make_reader(tables: bool) -> "MarkdownIt":  # noqa: FBT001
    from markdown_it import MarkdownIt  # noqa: PLC0415  loaded by the first answer, not by --help

    reader = MarkdownIt("commonmark")
    return reader.enable("table") if tables else reader


def contain_text(text: str) -> str:
    """Return the text so that nothing leaves its section; unchanged if it is harmless already."""
    for _ in range(_MAX_ROUNDS):
        before = text
        for reader in _block_readers():
            tokens = reader.parse(text)
            if any(token.level > _MAX_LEVEL for token in tokens):
                return escape_all(text)
            text = _escape_structure(text, tokens)
        if text == before:
            break
    return text if is_harmless(text) else escape_all(text)


def is_harmless(text: str) -> bool:
    """Whether a whole reading finds nothing in the text that could leave its section."""
    for reader in _full_readers():
        env: dict[str, object] = {}
        for token in reader.parse(text, env):
            if token.type in ("heading_open", "html_block") or token.level > _MAX_LEVEL:
                return False
            if any(child.type == "html_inline" for child in token.children or ()):
                return False
        if env.get("references"):
            return False
    return True


def _escape_structure(text: str, tokens: Sequence["Token"]) -> str:
    """Return the text with everything that `tokens` show to be structure made harmless."""
    source = text.split("\n")
    end = ""
    # From the bottom up: an edit may add lines, which moves only what is below it.
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if not token.map:
            continue
        first, last = token.map
        if token.type == "heading_open":
            source[first:last] = _flatten_heading(
                source[first:last], tokens[index + 1].content, token
            )
            _escape_underlines(source, last)
        elif token.type == "html_block":
            source[first:last] = [_escape_tag(line) for line in source[first:last]]
        elif token.type == "inline":
            source[first:last] = _escape_paragraph(source[first:last], tokens[index - 1].type)
        elif token.type == "fence" and not _is_closed(source[first:last], token):
            if token.level:  # an item or a quote ends it too, but no reader of lines sees that
                while last > first + 1 and not source[last - 1].strip("> \t"):
                    last -= 1
                source.insert(last, _make_closing_line(source[first], token.markup))
            else:
                end = f"\n{token.markup}"
    return "\n".join(source) + end


def _escape_paragraph(source: list[str], parent: str) -> list[str]:
    """Return the lines of a paragraph or of a table's row with HTML and definitions shown."""
    if parent in ("th_open", "td_open"):
        # A code span ends with its cell.
        pieces = re.split(r"(?<!\\)(\|)", source[0])
        return ["".join(escape_inline(piece) for piece in pieces), *source[1:]]
    if parent == "heading_open":
        return source
    return escape_definitions(escape_inline("\n".join(source))).split("\n")


def _flatten_heading(source: list[str], words: str, token: "Token") -> list[str]:
    title = words.strip()
    if not token.markup.startswith("#"):
        return [*source[:-1], _escape_first(source[-1], "=-")]
    if token.level or not title or re.search(r"[*_`\\<\[\]]", title):
        return [_escape_first(source[0], "#"), *source[1:]]
    return ["", f"**{title}**", ""]


def _escape_underlines(source: list[str], number: int) -> None:
    """Escape what would become a heading's underline once the lines above it are none."""
    while number < len(source) and (found := _UNDERLINE.fullmatch(source[number])):
        source[number] = f"{found['lead']}\\{source[number][len(found['lead']) :]}"
        number += 1


def _escape_first(line: str, marks: str) -> str:
    """Return the line with a backslash before the first of `marks` that is no list's own."""
    start = CONTAINER_MARKS.match(line)
    at = start.end() if start else 0
    while at < len(line) and line[at] not in marks:
        at += 1
    return f"{line[:at]}\\{line[at:]}"


def _escape_tag(line: str) -> str:
    """Return a line of an HTML block with the tag that it begins with shown."""
    start = CONTAINER_MARKS.match(line)
    at = start.end() if start else 0
    return f"{line[:at]}\\{line[at:]}" if re.match(r"<[A-Za-z/!?]", line[at:]) else line


def _make_closing_line(opening: str, markup: str) -> str:
    """Return the line that closes a fence while its item or its quote still goes on."""
    start = CONTAINER_MARKS.match(opening)
    return re.sub(r"[^ \t>]", " ", opening[: start.end() if start else 0]) + markup


def _is_closed(source: Sequence[str], token: "Token") -> bool:
    """Whether a fence's last line closes it; one that is indented as code is of its content."""
    end = source[-1].strip()
    if token.level:
        end = end.lstrip("> \t")
    content = token.content
    inner = content.count("\n") + (not content.endswith("\n") and content != "")
    marked = end.startswith(token.markup) and not end.strip(token.markup[0])
    return marked and len(source) == inner + 2  # both fences
