"""A document's links and the places that links can lead to, as GitHub makes them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.codespan import blanked, code_spans
from assistant.document import Document
from assistant.fragment import fragments, slug
from assistant.mark import Mark, comment_spans

_TARGET = re.compile(
    r"""\]\([ \t]*
    (?P<target><[^<>\r\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)
    (?:[ \t\r\n]+(?:"[^"]*"|'[^']*'|\([^()]*\)))?[ \t]*\)""",
    re.VERBOSE,
)
_DEFINED = re.compile(r"[ ]{0,3}\[[^\]\n]+\]:[ \t]*(?P<target><[^<>\r\n]*>|\S+)")
_BRACKET = re.compile(r"\\[\[\]\\]|[\[\]]|(?:\r\n|\n|\r)[ \t]*(?=\r|\n)")
_NAMED = re.compile(r"<[a-z][^<>]*?\b(?:id|name)\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_HEADING = re.compile(r"^[ \t>*+-]*(?:\d+[.)][ \t]+)?#{1,6}[ \t]+(.+)$", re.MULTILINE)
_HTML_HEADING = re.compile(r"<h[1-6][^<>]*>([^\r\n]*?)</h[1-6]>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a link leads, as it is written, and where in the text that stands."""

    target: str
    start: int
    end: int


def prose(document: Document, marks: Sequence[Sequence[Mark]]) -> str:
    """The document's text with front matter, code and comments blanked; offsets stay."""
    pieces = [" " * len(document.front)]
    for section, own in zip(document.sections, marks, strict=True):
        code = [(mark.start, mark.stop) for mark in own if mark.kind in ("fence", "code")]
        body = blanked(section.body, code)
        pieces += (section.heading, blanked(body, (*comment_spans(body), *code_spans(body))))
    return "".join(pieces)


def links(text: str) -> Iterator[Link]:
    """The inline links, images and definitions in a document's `prose`."""
    for found in (*_inline(text), *_definitions(text)):
        target = found["target"]
        if target.startswith("<"):
            yield Link(target=target[1:-1], start=found.start("target") + 1,
                       end=found.end("target") - 1)  # fmt: skip
        else:
            yield Link(target=target, start=found.start("target"), end=found.end("target"))


def _inline(text: str) -> Iterator[re.Match[str]]:
    """What stands in parentheses behind brackets that belong together."""
    depth = 0
    for mark in _BRACKET.finditer(text):
        if mark[0] == "[":
            depth += 1
        elif mark[0] == "]":
            found = _TARGET.match(text, mark.start()) if depth else None
            depth = max(depth - 1, 0)
            if found:
                yield found
        elif mark[0][0] != "\\":
            depth = 0  # a blank line ends the paragraph


def _definitions(text: str) -> Iterator[re.Match[str]]:
    for line in re.finditer(r"^[ ]{0,3}\[", text, re.MULTILINE):
        found = _DEFINED.match(text, line.start())
        if found and not found[0].lstrip().startswith("[^"):
            yield found


def anchors(document: Document, text: str) -> frozenset[str]:
    """What `#...` can name in a document: headings, and `id` or `name` of HTML; `text` is prose.

    Folded, since whether case counts differs between browsers and sites. Headings in lists and
    quotes are no sections, but have anchors.
    """
    titles = [section.title for section in document.sections if section.level]
    found: set[str] = set(fragments(titles))
    found |= {slug(title.rstrip(" \t\r#")) for title in _HEADING.findall(text)}
    found |= {slug(_TAG.sub("", title)) for title in _HTML_HEADING.findall(text)}
    found |= set(_NAMED.findall(text))
    return frozenset(anchor.casefold() for anchor in found)
