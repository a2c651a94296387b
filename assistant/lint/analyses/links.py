"""The relative links of a document that lead nowhere."""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from assistant.errors import DraftError
from assistant.lint.neighbours import PlacedDocument
from assistant.lint.subject import Spot
from assistant.markdown.document import load_document

# Characters of a target that a message shows: a path is longer only by accident.
MAX_TARGET = 100
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//?")
_MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdx", ".mkd")
_LINE_ANCHOR = re.compile(r"l\d+(?:-l\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLink:
    """A relative link that leads nowhere: to `file`, or to `anchor` of those `known` in it.

    Where `known` is None the file is missing; where both `file` and `anchor` are empty, the link's
    target is.
    """

    spot: Spot
    file: str
    anchor: str = ""
    known: frozenset[str] | None = None


def find_dead_links(placed: PlacedDocument) -> tuple[DeadLink, ...]:
    """Return the relative links that lead to no file or to no heading; no other is looked at."""
    found: list[DeadLink] = []
    for link in placed.document.links:
        if _SCHEME.match(link.target):
            continue
        spot = Spot(offset=link.start, width=link.end - link.start)
        file, _, anchor = unquote(link.target).partition("#")
        file = file.partition("?")[0]
        target = placed.path.parent / file if file else placed.path
        if not link.target or (file and not placed.around.is_there(target)):
            found.append(DeadLink(spot=spot, file=file if link.target else ""))
            continue
        known = _read_anchors(placed, target) if file else placed.document.fragments
        if anchor and known is not None and not _is_known_anchor(anchor, known):
            found.append(DeadLink(spot=spot, file=file, anchor=anchor, known=known))
    return tuple(found)


def _is_known_anchor(anchor: str, known: frozenset[str]) -> bool:
    """Whether a link to an anchor leads somewhere: GitHub knows `#top` and lines of code, too."""
    folded = anchor.casefold().removeprefix("user-content-")
    return folded in known or folded == "top" or bool(_LINE_ANCHOR.fullmatch(folded))


def _read_anchors(placed: PlacedDocument, target: Path) -> frozenset[str] | None:
    """Return what can be named in another Markdown file; None where that is not to be known."""
    if target.suffix.lower() not in _MARKDOWN_SUFFIXES:
        return None
    return placed.around.known_anchors(target, partial(_find_anchors, where=str(target)))


def _find_anchors(data: bytes, where: str) -> frozenset[str] | None:
    try:
        return load_document(data, where).fragments
    except DraftError:
        return None
