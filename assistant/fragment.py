"""Fragments: what stands behind `#` in a link to a heading, as GitHub makes it of the title."""

import html
import re
from collections.abc import Sequence

_LINK = re.compile(r"!?\[(?P<text>[^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")
_NESTED = 3  # a link holds an image, and that may hold brackets
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_EMPHASIS = re.compile(r"(?<![^\W_])_+(?=\S)|(?<=\S)_+(?![^\W_])")


def unlinked(title: str) -> str:
    """A title with each link's own text in the link's place."""
    for _ in range(_NESTED):
        title = _LINK.sub(lambda found: found["text"], title)
    return title


def slug(title: str) -> str:
    """A heading's fragment, the first of its name."""
    code = unlinked(title).split("`")
    text = "".join(part if n % 2 else _plain(part) for n, part in enumerate(code))
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def _plain(text: str) -> str:
    """Words without tags, escapes, entities and the marks of emphasis."""
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", _EMPHASIS.sub("", _TAG.sub("", text)))
    return html.unescape(text)


def fragments(titles: Sequence[str]) -> tuple[str, ...]:
    """The fragment of each heading of a document; the second of a name ends in `-1`."""
    seen: dict[str, int] = {}
    found: list[str] = []
    for own in map(slug, titles):
        count = seen.get(own, -1) + 1
        seen[own] = count
        found.append(f"{own}-{count}" if count else own)
    return tuple(found)
