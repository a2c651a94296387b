"""Rules about links: the file is there, and the heading in it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from assistant import disk
from assistant.document import load
from assistant.errors import DraftError
from assistant.finding import Finding
from assistant.folder import About
from assistant.link import Link, anchors, links, prose
from assistant.mark import section_marks
from assistant.nearest import nearest
from assistant.number import parse
from assistant.subject import Spot, found

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//?")
_MARKDOWN = (".md", ".markdown", ".mdx", ".mkd")
_LINE = re.compile(r"l\d+(?:-l\d+)?")
_LOOKED_AT = 200  # anchors that are compared with one that is not there
_HINTED = 50  # broken links of a document whose nearest heading is looked for
_SHOWN = 100  # characters of what is not there


def linked(about: About) -> Iterator[Finding]:
    """Relative links that lead to no file or to no heading; no other is looked at."""
    for link in links(about.text):
        if not _SCHEME.match(link.target):
            yield from _link(about, link)


def _link(about: About, link: Link) -> Iterator[Finding]:
    spot = Spot(offset=link.start, width=link.end - link.start)
    file, _, anchor = unquote(link.target).partition("#")
    file = file.partition("?")[0]
    if not link.target:
        yield found(about.places, "D503", spot, "this link leads nowhere: give its target.")
        return
    target = about.path.parent / file if file else about.path
    if file and not _is_here(about, target):
        message = f'there is no file "{file[:_SHOWN]}".{instead(about, target)}'
        yield found(about.places, "D503", spot, message)
        return
    known = _anchors(about, target) if file else about.anchors
    if anchor and known is not None and not _is_known(anchor, known):
        where = f' in "{file[:_SHOWN]}"' if file else ""
        message = (
            f'there is no heading for "#{anchor[:_SHOWN]}"{where}.{_meant(about, anchor, known)}'
        )
        yield found(about.places, "D504", spot, message)


def _meant(about: About, anchor: str, known: frozenset[str]) -> str:
    """A sentence that names the nearest anchor, or nothing; after many it is nothing."""
    about.hints += 1
    if about.hints > _HINTED:
        return ""
    near = nearest(anchor, sorted(known)[:_LOOKED_AT])
    return f' Did you mean "#{near}"?' if near else ""


def _is_here(about: About, target: Path) -> bool:
    """Whether a link's target is there; what is outside the repository is not ours to judge."""
    root = about.folder.root
    outside = root is not None and not Path(os.path.abspath(target)).is_relative_to(root)  # noqa: PTH100  links are not followed
    return outside or os.path.exists(target)  # noqa: PTH110  says no where pathlib raises


def instead(about: About, target: Path) -> str:
    """A sentence about the document that has the number of one that is not there, or nothing."""
    entry = parse(target.name)
    same = [one.name for one in about.folder.numbers.get(entry.number, ())] if entry else []
    return f" Number {int(entry.digits)} is {same[0]}." if entry and same else ""


def _is_known(anchor: str, known: frozenset[str]) -> bool:
    folded = anchor.casefold().removeprefix("user-content-")
    return folded in known or folded == "top" or bool(_LINE.fullmatch(folded))


def _anchors(about: About, target: Path) -> frozenset[str] | None:
    """What can be named in another Markdown file; None where that is not to be known."""
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
