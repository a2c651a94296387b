"""Makes a model's words harmless: what they say stays, what they would do to a document does not.

Headings, HTML, comments, reference definitions and unclosed fences become text. Letters and digits
are never dropped; characters that cannot be seen are (controls, bidirectional marks).
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from assistant.document import lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_AUTOLINK = re.compile(r"<(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w.-]+)>")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_PREFIX = re.compile(r"(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*")
_DEFINITION = re.compile(r"\[(?:[^\]\\]|\\.)*\]:", re.DOTALL)
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~=:])")
_ROUNDS = 200


def clean(text: str) -> str:
    """The text with line feeds only, without terminal escapes and characters that can't be seen."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    text = text.replace("\u2029", "\n").replace("\x0c", "\n").replace("\x0b", "\n")
    text = _UNSEEN.sub("", _ESCAPES.sub("", text))
    text = text.encode("utf-8", "replace").decode("utf-8", "replace")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def inline(text: str) -> str:
    """The text with every HTML tag and comment outside code spans shown instead of obeyed."""
    result: list[str] = []
    at = 0
    runs = _backticks(text)
    while at < len(text):
        character = text[at]
        if character == "\\" and at + 1 < len(text) and not text[at + 1].isalnum():
            result.append(text[at : at + 2])
            at += 2
        elif character == "`":
            end = runs[at]
            result.append(text[at:end])
            at = end
        elif character == "<" and _TAG.match(text, at):
            link = _AUTOLINK.match(text, at)
            result.append(link[0] if link else "\\<")
            at = link.end() if link else at + 1
        else:
            result.append(character)
            at += 1
    return "".join(result)


def _backticks(text: str) -> dict[int, int]:
    """For each run of backticks where its code span ends, or where the run ends if it opens none."""
    found = [(run.start(), run.end()) for run in re.finditer("`+", text)]
    closers: dict[int, list[tuple[int, int]]] = {}
    for start, end in reversed(found):
        closers.setdefault(end - start, []).append((start, end))
    spans: dict[int, int] = {}
    for start, end in found:
        same = closers[end - start]
        while same and same[-1][0] <= start:
            same.pop()
        spans[start] = same[-1][1] if same else end
        # An escaped first backtick leaves a run that is one shorter.
        for shorter in range(start + 1, end):
            spans[shorter] = end
    return spans


def definitions(text: str) -> str:
    """A paragraph's text with reference definitions in it shown instead of obeyed."""
    found = lines(text)
    for number, line in enumerate(found):
        start = _PREFIX.match(line)
        at = start.end() if start else 0
        rest = "".join((line[at:], *found[number + 1 :]))
        if _DEFINITION.match(rest):
            found[number] = line[:at] + "\\" + line[at:]
    return "".join(found)


@cache
def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415

    parser = MarkdownIt("commonmark").enable("table")
    parser.block.ruler.disable("reference")
    return parser


def blocks(text: str) -> str:
    """Markdown text that stays inside the section it is put in, whatever it holds."""
    for _ in range(_ROUNDS):
        mended = _mend(text)
        if mended == text:
            break
        text = mended
    text = _texts(text)
    return text if _is_harmless(text) else literal(text)


def literal(text: str) -> str:
    """The text as plain words: everything that could mean something to Markdown is escaped."""
    return "\n".join(_PUNCTUATION.sub(r"\\\1", line.strip()) for line in text.split("\n"))


def _mend(text: str) -> str:
    """The text with the first thing that is structure made harmless."""
    source = text.split("\n")
    tokens = _reader().parse(text)
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.map:
            first, last = token.map
            return "\n".join(_heading(source, first, last, tokens[index + 1], token))
        if token.type == "html_block" and token.map:
            return "\n".join(_tag(source, token.map[0]))
        if token.type == "fence" and token.map and token.level == 0 and not _closed(source, token):
            return f"{text}\n{token.markup}"
    return text


def _heading(
    source: "Sequence[str]", first: int, last: int, words: "Token", token: "Token"
) -> "Iterable[str]":
    changed = list(source)
    title = words.content.strip()
    if not token.markup.startswith("#"):
        changed[last - 1] = _escaped(changed[last - 1], "=-")
    elif token.level or not title or re.search(r"[*_`\\]", title):
        changed[first] = _escaped(changed[first], "#")
    else:
        changed[first] = f"\n**{title}**\n"
    return changed


def _escaped(line: str, marks: str) -> str:
    """The line with a backslash before the first of `marks`."""
    at = next((i for i, character in enumerate(line) if character in marks), 0)
    # A list's own dash comes before the underline's.
    start = _PREFIX.match(line)
    if start and start.end() < len(line) and line[start.end()] in marks:
        at = start.end()
    return f"{line[:at]}\\{line[at:]}"


def _tag(source: "Sequence[str]", number: int) -> "Iterable[str]":
    changed = list(source)
    changed[number] = changed[number].replace("<", "\\<", 1)
    return changed


def _closed(source: "Sequence[str]", token: "Token") -> bool:
    first, last = token.map or [0, 0]
    end = source[last - 1].strip()
    return last - first > 1 and end.startswith(token.markup) and not end.strip(token.markup[0])


def _texts(text: str) -> str:
    """The text with HTML and reference definitions escaped in its paragraphs and tables."""
    source = text.split("\n")
    tokens = _reader().parse(text)
    for index, token in enumerate(tokens):
        if token.type != "inline" or not token.map:
            continue
        first, last = token.map
        if tokens[index - 1].type in ("th_open", "td_open"):
            source[first] = re.sub(r"(?<!\\)<(?=[A-Za-z/!?])", r"\\<", source[first])
        else:
            own = definitions(inline("\n".join(source[first:last])))
            source[first:last] = own.split("\n")
    return "\n".join(source)


def _is_harmless(text: str) -> bool:
    """Whether a whole CommonMark reading finds nothing that could leave the section."""
    for token in _reader().parse(text):
        if token.type in ("heading_open", "html_block"):
            return False
        if any(child.type == "html_inline" for child in token.children or ()):
            return False
    return "<!--" not in re.sub(r"\\<|`[^`]*`", "", _without_fences(text))


def _without_fences(text: str) -> str:
    source = text.split("\n")
    for token in _reader().parse(text):
        if token.type in ("fence", "code_block") and token.map:
            first, last = token.map
            source[first:last] = [""] * (last - first)
    return "\n".join(source)
