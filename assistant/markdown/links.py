"""Links, and the fragments that they can lead to, as GitHub makes them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LINK_END = re.compile(
    r"""\]\([ \t]*
    (?P<target><[^<>\r\n]*>|[^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)
    (?:[ \t\r\n]+(?:"[^"]*"|'[^']*'|\([^()]*\)))?[ \t]*\)""",
    re.VERBOSE,
)
_DEFINITION = re.compile(r"[ ]{0,3}\[[^\]\n]+\]:[ \t]*(?P<target><[^<>\r\n]*>|\S+)")
_DEFINITION_START = re.compile(r"^[ ]{0,3}\[", re.MULTILINE)
_BRACKET = re.compile(r"\\[\[\]\\]|[\[\]]")
_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r)[ \t]*(?=\r|\n)")
_NAMED_TAG = re.compile(r"<[a-z][^<>]*?\b(?:id|name)\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_HEADING_LINE = re.compile(r"^[ \t>*+-]*(?:\d+[.)][ \t]+)?#{1,6}[ \t]+(.+)$", re.MULTILINE)
_HTML_HEADING = re.compile(r"<h[1-6][^<>]*>([^\r\n]*?)</h[1-6]>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_LINK = re.compile(r"!?\[(?P<text>[^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")
_MAX_NESTED = 3  # a link holds an image, and that may hold brackets
_EMPHASIS = re.compile(r"(?<![^\W_])_+(?=\S)|(?<=\S)_+(?![^\W_])")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a link leads, as it is written, and where in the text that stands."""

    target: str
    start: int
    end: int


def find_links(prose: str) -> Iterator[Link]:
    """Yield the inline links, images and definitions in a text without code and comments."""
    for found in (*_match_inline_links(prose), *_match_definitions(prose)):
        target = found["target"]
        start, end = found.span("target")
        if target.startswith("<"):
            yield Link(target=target[1:-1], start=start + 1, end=end - 1)
        else:
            yield Link(target=target, start=start, end=end)


def _match_inline_links(prose: str) -> Iterator[re.Match[str]]:
    """Yield what stands in parentheses after brackets that belong together."""
    start = 0
    for end in (*(gap.start() for gap in _BLANK_LINE.finditer(prose)), len(prose)):
        # Most paragraphs have no link: they are not read by their brackets.
        if prose.find("](", start, end) >= 0:
            yield from _match_in_paragraph(prose, start, end)
        start = end


def _match_in_paragraph(prose: str, start: int, end: int) -> Iterator[re.Match[str]]:
    depth = 0
    for mark in _BRACKET.finditer(prose, start, end):
        if mark[0] == "[":
            depth += 1
        elif mark[0] == "]":
            found = _LINK_END.match(prose, mark.start()) if depth else None
            depth = max(depth - 1, 0)
            if found:
                yield found


def _match_definitions(prose: str) -> Iterator[re.Match[str]]:
    for line in _DEFINITION_START.finditer(prose):
        found = _DEFINITION.match(prose, line.start())
        # `[^1]: ...` is a footnote: what follows is its text and no target.
        if found and not found[0].lstrip().startswith("[^"):
            yield found


def find_fragments(titles: Iterable[str], prose: str) -> frozenset[str]:
    """Return what `#...` can name in a document: its headings, and `id` or `name` of HTML.

    `titles` are those of its sections, `prose` its text without code and comments. Fragments are
    folded, since whether case counts differs between browsers and sites. Headings in lists and
    quotes are no sections, but have fragments.
    """
    found: set[str] = set(make_fragments(titles))
    found |= {make_fragment(title.rstrip(" \t\r#")) for title in _HEADING_LINE.findall(prose)}
    found |= {make_fragment(_TAG.sub("", title)) for title in _HTML_HEADING.findall(prose)}
    found |= set(_NAMED_TAG.findall(prose))
    return frozenset(fragment.casefold() for fragment in found)


def make_fragments(titles: Iterable[str]) -> tuple[str, ...]:
    """Return the fragment of each heading of a document; the second of a name ends in `-1`."""
    seen: dict[str, int] = {}
    found: list[str] = []
    for own in map(make_fragment, titles):
        count = seen.get(own, -1) + 1
        seen[own] = count
        found.append(f"{own}-{count}" if count else own)
    return tuple(found)


def make_fragment(title: str) -> str:
    """Return a heading's fragment, as the first of its name has it."""
    code = strip_links(title).split("`")
    text = "".join(part if n % 2 else _strip_markup(part) for n, part in enumerate(code))
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def strip_links(title: str) -> str:
    """Return a title with each link's own text in the link's place."""
    for _ in range(_MAX_NESTED):
        title = _LINK.sub(lambda found: found["text"], title)
    return title


def _strip_markup(text: str) -> str:
    """Return words without tags, escapes, entities and the marks of emphasis."""
    text = _ESCAPED.sub(r"\1", _EMPHASIS.sub("", _TAG.sub("", text)))
    if "&" not in text:
        return text
    import html  # noqa: PLC0415  knows two thousand names, and few headings have one

    return html.unescape(text)
