"""D505: a document is named by a number that no document has."""

import os
import re
from bisect import bisect_right
from collections.abc import Iterator

from assistant.lint.neighbours import PlacedDocument, hint_number, list_front_values
from assistant.lint.rule import Example, Hit, NeighbourRule
from assistant.lint.subject import Spot

_FILE_NAME = re.compile(r"(?<![\w.-])\d{1,7}[-_][\w-]+\.md(?![\w-]|\.\w)")
_FOLDERS_BEFORE = re.compile(r"(?<![\w/.:-])(?:[\w.-]+/)*\Z")
_MAX_FOLDERS = 400  # characters of the folders before a file's name
_RELATION_KEY = re.compile(
    r"supersed\w+(?:[- ]by)?|replace[sd]?(?:[- ]by)?|relates?[- ]to|related|amends"
)
_NUMBER_LIST = re.compile(r"\[?#?\d{1,7}(?:[ \t]*,[ \t]*#?\d{1,7})*\]?")
_SERIES_TITLE = re.compile(r"(?P<prefix>[A-Z]{2,8})-(?P<number>\d{1,7})\b")


def _check(about: PlacedDocument) -> Iterator[Hit]:
    yield from _find_file_names(about)
    yield from _find_series_numbers(about)
    yield from _find_related_numbers(about)


def _find_file_names(about: PlacedDocument) -> Iterator[Hit]:
    """Yield documents that are named by a file's name that no file has."""
    if ".md" not in about.text:
        return
    targets = sorted((link.start, link.end) for link in about.links)
    for match in _FILE_NAME.finditer(about.text):
        above = _FOLDERS_BEFORE.search(
            about.text, max(0, match.start() - _MAX_FOLDERS), match.start()
        )
        if above is None:
            continue
        start, path, name = above.start(), above[0] + match[0], match[0]
        place = bisect_right(targets, (start, len(about.text))) - 1
        if place >= 0 and start < targets[place][1]:
            continue
        starts = (about.path.parent, about.folder.path, about.folder.root or about.path.parent)
        if not any(os.path.exists(start / path) for start in starts):  # noqa: PTH110
            message = f'there is no document "{path}".{hint_number(about, name)}'
            yield Hit(spot=Spot(offset=start, width=len(path)), message=message)


def _find_series_numbers(about: PlacedDocument) -> Iterator[Hit]:
    """Yield documents named as this one's own title is: `ADR-012` under `ADR-007: ...`."""
    entry, title = about.entry, about.title
    own = _SERIES_TITLE.match(title.title) if title else None
    if entry is None or own is None or int(own["number"]) != entry.number:
        return
    for match in re.finditer(rf"\b{own['prefix']}-(\d{{1,7}})\b", about.text):
        if int(match[1]) not in about.folder.numbers:
            spot = Spot(offset=match.start(), width=len(match[0]))
            yield Hit(spot=spot, message=f"there is no document {match[0]}.")


def _find_related_numbers(about: PlacedDocument) -> Iterator[Hit]:
    """Yield numbers behind `supersedes` and its kin that no document has."""
    values = list(list_front_values(about.document))
    for section, own in zip(about.document.sections, about.marks, strict=True):
        for mark in own:
            if mark.kind == "label":
                text = section.body[mark.end : mark.stop]
                at = section.body_start + mark.end + len(text) - len(text.lstrip())
                values.append((mark.key, text.strip(), at))
    for name, value, at in values:
        if (
            about.entry is None
            or not _RELATION_KEY.fullmatch(name)
            or not _NUMBER_LIST.fullmatch(value)
        ):
            continue
        for match in re.finditer(r"\d+", value):
            if int(match[0]) not in about.folder.numbers:
                spot = Spot(offset=at + match.start(), width=len(match[0]))
                yield Hit(spot=spot, message=f"there is no document {match[0]}.")


RULE = NeighbourRule(
    code="D505",
    name="no-such-document",
    severity="warning",
    about="A document is named by a number that no document has.",
    why="What it refers to was renumbered, removed, or never written.",
    mend="Mend the number. `draft list` shows those that there are.",
    example=Example(
        fails="It goes on where 099_login.md ended.\n",
        passes="It goes on where 007_login.md ended.\n",
        name="008_tokens.md",
        beside=(("007_login.md", "# Login\n\nWho logs in.\n"),),
    ),
    check=_check,
)
