"""Relative links as several rules see them: what they lead to, and whether it is there."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from assistant import disk
from assistant.document import load
from assistant.errors import DraftError
from assistant.folder import About
from assistant.link import anchors, links, prose
from assistant.mark import section_marks
from assistant.subject import Spot

SHOWN = 100  # characters of what is not there: a path is longer only by accident
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//?")
_MARKDOWN = (".md", ".markdown", ".mdx", ".mkd")
_LINE = re.compile(r"l\d+(?:-l\d+)?")


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


def find_dead_links(about: About) -> tuple[DeadLink, ...]:
    """Return the relative links that lead to no file or to no heading; no other is looked at."""
    found: list[DeadLink] = []
    for link in links(about.text):
        if _SCHEME.match(link.target):
            continue
        spot = Spot(offset=link.start, width=link.end - link.start)
        file, _, anchor = unquote(link.target).partition("#")
        file = file.partition("?")[0]
        target = about.path.parent / file if file else about.path
        if not link.target or (file and not _is_here(about, target)):
            found.append(DeadLink(spot=spot, file=file if link.target else ""))
            continue
        known = _anchors(about, target) if file else about.anchors
        if anchor and known is not None and not _is_known(anchor, known):
            found.append(DeadLink(spot=spot, file=file, anchor=anchor, known=known))
    return tuple(found)


def _is_here(about: About, target: Path) -> bool:
    """Whether a link's target is there; what is outside the repository is not ours to judge."""
    root = about.folder.root
    outside = root is not None and not Path(os.path.abspath(target)).is_relative_to(root)  # noqa: PTH100  links are not followed
    return outside or os.path.exists(target)  # noqa: PTH110  says no where pathlib raises


def _is_known(anchor: str, known: frozenset[str]) -> bool:
    folded = anchor.casefold().removeprefix("user-content-")
    return folded in known or folded == "top" or bool(_LINE.fullmatch(folded))


def _anchors(about: About, target: Path) -> frozenset[str] | None:
    """Return what can be named in another Markdown file; None where that is not to be known."""
    if target.suffix.lower() not in _MARKDOWN or not target.is_file():
        return None
    key = os.path.realpath(target)
    if key not in about.folder.known:
        try:
            document = load(disk.read(target), str(target))
        except DraftError:
            return None
        own = tuple(section_marks(section) for section in document.sections)
        about.folder.known[key] = anchors(document, prose(document, own))
    return about.folder.known[key]
