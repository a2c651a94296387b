"""A document's links and the places that links can lead to, as GitHub makes them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.markdown.comments import find_comments
from assistant.markdown.document import Document
from assistant.markdown.elements import Mark
from assistant.markdown.headings import make_fragment, make_fragments

_VISIBLE = re.compile(r"[^\r\n]+")
_BACKTICKS = re.compile(r"`+")
_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)")


def blank_spans(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with white space in the place of what `spans` enclose; line endings stay."""
    parts: list[str] = []
    position = 0
    for start, end in sorted(spans):
        if end > position:
            first = max(start, position)
            parts += (text[position:first], _VISIBLE.sub(_spaces, text[first:end]))
            position = end
    return "".join((*parts, text[position:]))


def _spaces(found: re.Match[str]) -> str:
    return " " * (found.end() - found.start())


def find_code_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where each code span begins and ends in a text of paragraphs, its backticks included."""
    if "`" not in text:
        return ()
    return tuple(
        span for start, end in _split_paragraphs(text) for span in _pair_backticks(text, start, end)
    )


def _split_paragraphs(text: str) -> Iterator[tuple[int, int]]:
    position = 0
    for gap in _BLANK_LINE.finditer(text):
        yield position, gap.start()
        position = gap.end()
    yield position, len(text)


def _pair_backticks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The code spans of a paragraph: from a run of backticks to the next one as long."""
    runs = [(run.start(), run.end()) for run in _BACKTICKS.finditer(text, start, end)]
    later: dict[int, list[int]] = {}
    for number in range(len(runs) - 1, -1, -1):
        later.setdefault(runs[number][1] - runs[number][0], []).append(number)
    number = 0
    while number < len(runs):
        first, last = runs[number]
        same = later[last - first]
        while same and same[-1] <= number:
            same.pop()
        if first and text[first - 1] == "\\":
            number += 1
        elif same:
            yield first, runs[same[-1]][1]
            number = same[-1] + 1
        else:
            number += 1


_LINK_END = re.compile(
    r"""\]\([ \t]*
    (?P<target><[^<>\r\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)
    (?:[ \t\r\n]+(?:"[^"]*"|'[^']*'|\([^()]*\)))?[ \t]*\)""",
    re.VERBOSE,
)
_DEFINITION = re.compile(r"[ ]{0,3}\[[^\]\n]+\]:[ \t]*(?P<target><[^<>\r\n]*>|\S+)")
_BRACKET = re.compile(r"\\[\[\]\\]|[\[\]]")
_ENDED = re.compile(r"(?:\r\n|\n|\r)[ \t]*(?=\r|\n)")  # a blank line ends the paragraph
_NAMED_TAG = re.compile(r"<[a-z][^<>]*?\b(?:id|name)\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_HEADING_LINE = re.compile(r"^[ \t>*+-]*(?:\d+[.)][ \t]+)?#{1,6}[ \t]+(.+)$", re.MULTILINE)
_HTML_HEADING = re.compile(r"<h[1-6][^<>]*>([^\r\n]*?)</h[1-6]>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a link leads, as it is written, and where in the text that stands."""

    target: str
    start: int
    end: int


def blank_all_but_prose(document: Document, marks: Sequence[Sequence[Mark]]) -> str:
    """The document's text with front matter, code and comments blanked; offsets stay."""
    pieces = [" " * len(document.front)]
    for section, own in zip(document.sections, marks, strict=True):
        code = [(mark.start, mark.stop) for mark in own if mark.kind in ("fence", "code")]
        body = blank_spans(section.body, code)
        pieces += (
            section.heading,
            blank_spans(body, (*find_comments(body), *find_code_spans(body))),
        )
    return "".join(pieces)


def find_links(text: str) -> Iterator[Link]:
    """The inline links, images and definitions in a document's `prose`."""
    for found in (*_match_inline_links(text), *_match_definitions(text)):
        target = found["target"]
        if target.startswith("<"):
            yield Link(target=target[1:-1], start=found.start("target") + 1,
                       end=found.end("target") - 1)  # fmt: skip
        else:
            yield Link(target=target, start=found.start("target"), end=found.end("target"))


def _match_inline_links(text: str) -> Iterator[re.Match[str]]:
    """What stands in parentheses behind brackets that belong together."""
    start = 0
    for end in (*(gap.start() for gap in _ENDED.finditer(text)), len(text)):
        # Most paragraphs have no link: they are not read by their brackets.
        if text.find("](", start, end) >= 0:
            yield from _in_paragraph(text, start, end)
        start = end


def _in_paragraph(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    depth = 0
    for mark in _BRACKET.finditer(text, start, end):
        if mark[0] == "[":
            depth += 1
        elif mark[0] == "]":
            found = _LINK_END.match(text, mark.start()) if depth else None
            depth = max(depth - 1, 0)
            if found:
                yield found


def _match_definitions(text: str) -> Iterator[re.Match[str]]:
    for line in re.finditer(r"^[ ]{0,3}\[", text, re.MULTILINE):
        found = _DEFINITION.match(text, line.start())
        if found and not found[0].lstrip().startswith("[^"):
            yield found


def find_fragments(document: Document, text: str) -> frozenset[str]:
    """What `#...` can name in a document: headings, and `id` or `name` of HTML; `text` is prose.

    Folded, since whether case counts differs between browsers and sites. Headings in lists and
    quotes are no sections, but have anchors.
    """
    titles = [section.title for section in document.sections if section.level]
    found: set[str] = set(make_fragments(titles))
    found |= {make_fragment(title.rstrip(" \t\r#")) for title in _HEADING_LINE.findall(text)}
    found |= {make_fragment(_TAG.sub("", title)) for title in _HTML_HEADING.findall(text)}
    found |= set(_NAMED_TAG.findall(text))
    return frozenset(anchor.casefold() for anchor in found)
