"""A document's links and the places that links can lead to, as GitHub makes them."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.codespan import blanked, code_spans
from assistant.document import Document
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
_LINK_TEXT = re.compile(r"!?\[(?P<text>[^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")
_NESTED = 3  # a link holds an image, and that may hold brackets
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPHASIS = re.compile(r"(?<![^\W_])_+(?=\S)|(?<=\S)_+(?![^\W_])")


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


def slug(title: str) -> str:
    """A heading's anchor on GitHub, the first of its name."""
    text = title
    for _ in range(_NESTED):
        text = _LINK_TEXT.sub(lambda found: found["text"], text)
    code = text.split("`")
    text = "".join(part if n % 2 else _plain(part) for n, part in enumerate(code))
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def _plain(text: str) -> str:
    """Words without tags, escapes, entities and the marks of emphasis."""
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", _EMPHASIS.sub("", _TAG.sub("", text)))
    return html.unescape(text)


def anchors(document: Document, text: str) -> frozenset[str]:
    """What `#...` can name in a document: headings, and `id` or `name` of HTML; `text` is prose.

    Folded, since whether case counts differs between browsers and sites. Headings in lists and
    quotes are no sections, but have anchors.
    """
    titles = [section.title for section in document.sections if section.level]
    found: set[str] = set(_numbered(slug(title) for title in titles))
    found |= {slug(title.rstrip(" \t\r#")) for title in _HEADING.findall(text)}
    found |= {slug(_TAG.sub("", title)) for title in _HTML_HEADING.findall(text)}
    found |= set(_NAMED.findall(text))
    return frozenset(anchor.casefold() for anchor in found)


def _numbered(slugs: Iterator[str]) -> Iterator[str]:
    """The slugs, of which the second of a name ends in `-1`."""
    seen: dict[str, int] = {}
    for one in slugs:
        count = seen.get(one, -1) + 1
        seen[one] = count
        yield f"{one}-{count}" if count else one
