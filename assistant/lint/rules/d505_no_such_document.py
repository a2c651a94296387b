"""D505: a document is named by a number that no document has."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from assistant.lint.neighbours import PlacedDocument
from assistant.lint.rule import Example, Hit, NeighbourRule
from assistant.lint.subject import Spot

# A numbered document by its file's name, `007_login.md`, and the folders before that.
_FILE_NAME = re.compile(r"(?<![\w.-])\d{1,7}[-_][\w-]+\.md(?![\w-]|\.\w)")
_FOLDERS_BEFORE = re.compile(r"(?<![\w/.:-])(?:[\w.-]+/)*\Z")
_MAX_FOLDERS = 400  # characters of those folders: the search behind each name stays short
# Keys and labels whose values are numbers of documents, and such values: `7`, `[#7, #12]`.
_RELATION_KEY = re.compile(
    r"supersed\w+(?:[- ]by)?|replace[sd]?(?:[- ]by)?|relates?[- ]to|related|amends"
)
_NUMBER_LIST = re.compile(r"\[?#?\d{1,7}(?:[ \t]*,[ \t]*#?\d{1,7})*\]?")
# A title by which a document names its series: `ADR-007: ...`.
_SERIES_TITLE = re.compile(r"(?P<prefix>[A-Z]{2,8})-(?P<number>\d{1,7})\b")


def _check(placed: PlacedDocument) -> Iterator[Hit]:
    yield from _find_file_names(placed)
    yield from _find_series_numbers(placed)
    yield from _find_related_numbers(placed)


def _find_file_names(placed: PlacedDocument) -> Iterator[Hit]:
    """Yield documents that are named by a file's name that no file has."""
    if ".md" not in placed.text:
        return
    targets = sorted((link.start, link.end) for link in placed.document.links)
    for match in _FILE_NAME.finditer(placed.text):
        above = _FOLDERS_BEFORE.search(
            placed.text, max(0, match.start() - _MAX_FOLDERS), match.start()
        )
        if above is None:
            continue
        start, path, name = above.start(), above[0] + match[0], match[0]
        place = bisect_right(targets, (start, len(placed.text))) - 1
        if place >= 0 and start < targets[place][1]:
            continue
        if not placed.around.is_document(path):
            message = f'there is no document "{path}".{placed.hint_at_number(name)}'
            yield Hit(spot=Spot(offset=start, width=len(path)), message=message)


def _find_series_numbers(placed: PlacedDocument) -> Iterator[Hit]:
    """Yield documents named as this one's own title is: `ADR-012` under `ADR-007: ...`."""
    entry, title = placed.entry, placed.title
    own = _SERIES_TITLE.match(title.title) if title else None
    if entry is None or own is None or int(own["number"]) != entry.number:
        return
    for match in re.finditer(rf"\b{own['prefix']}-(\d{{1,7}})\b", placed.text):
        if not placed.around.numbered(int(match[1])):
            spot = Spot(offset=match.start(), width=len(match[0]))
            yield Hit(spot=spot, message=f"there is no document {match[0]}.")


def _find_related_numbers(placed: PlacedDocument) -> Iterator[Hit]:
    """Yield numbers after `supersedes` and its kin that no document has."""
    values = list(placed.front_values())
    for section in placed.document.sections:
        for mark in section.marks:
            if mark.kind == "label":
                text = section.body[mark.end : mark.stop]
                at = section.body_start + mark.end + len(text) - len(text.lstrip())
                values.append((mark.key, text.strip(), at))
    for name, value, at in values:
        if (
            placed.entry is None
            or not _RELATION_KEY.fullmatch(name)
            or not _NUMBER_LIST.fullmatch(value)
        ):
            continue
        for match in re.finditer(r"\d+", value):
            if not placed.around.numbered(int(match[0])):
                spot = Spot(offset=at + match.start(), width=len(match[0]))
                yield Hit(spot=spot, message=f"there is no document {match[0]}.")


RULE = NeighbourRule(
    code="D505",
    name="no-such-document",
    severity="warning",
    about="A document is named by a number that no document has.",
    why="What it refers to was renumbered, removed, or never written.",
    mend="Correct the number; `draft list` shows those that there are.",
    example=Example(
        fails="It goes on where 099_login.md ended.\n",
        passes="It goes on where 007_login.md ended.\n",
        name="008_tokens.md",
        beside=(("007_login.md", "# Login\n\nWho logs in.\n"),),
    ),
    check=_check,
)
