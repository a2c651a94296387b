"""A table of contents: a list of links to a document's own headings."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from assistant.markdown.blocks import split_lines
from assistant.markdown.links import make_fragment, strip_links

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ENTRY = re.compile(
    r"""(?P<indent>[ \t]*) (?P<mark>[-*+]|\d{1,9}[.)]) (?P<space>[ \t]+)
    \[(?P<words>(?:(?!\]\().)+)\] \(\#(?P<fragment>[^\s()]*)\) (?P<end>[ \t]*[\r\n]*)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsHeading:
    """A heading that a table of contents can name.

    `origin` counts the template's headings: it is that of the heading which this one is made
    after. `group` is the key of the heading group it belongs to, or empty.
    """

    title: str
    fragment: str
    origin: int
    group: str = ""


def is_contents(rows: Sequence[str]) -> bool:
    """Whether a list's lines are links to headings that are called as the links say."""
    listed = False
    for row in rows:
        entry = _ENTRY.fullmatch(row)
        if entry is None and row.strip():
            return False
        if entry is not None:
            if not _names_its_heading(entry):
                return False
            listed = True
    return listed


def _names_its_heading(entry: re.Match[str]) -> bool:
    fragment, own = _entry_fragment(entry), make_fragment(entry["words"])
    # The second heading of a name is counted.
    return fragment == own or re.sub(r"-\d+\Z", "", fragment) == own


def _entry_fragment(entry: re.Match[str]) -> str:
    return unquote(entry["fragment"]).lower()


def fit_contents(text: str, old: Sequence[ContentsHeading], new: Sequence[ContentsHeading]) -> str:
    """Return a template's table of contents for a document that has other headings.

    `old` are the template's headings, `new` the document's. Each entry is the template's, in its
    place and with its bullet: a group's entries give way to those of its items, whatever is
    renamed has its new name, and all else stays. A list of which nothing would be left stays too.
    """
    rows = split_lines(text)
    result = list(_fit_rows(rows, old, new))
    if result == rows or not "".join(result).strip():
        return text
    numbers = [found["mark"] for found in _match_entries(rows) if found["mark"][0].isdigit()]
    if len(set(numbers)) > 1:
        result = list(_renumber_rows(result, int(numbers[0][:-1])))
    return _join_rows(result, rows)


def _match_entries(rows: Iterable[str]) -> Iterator[re.Match[str]]:
    return (found for found in map(_ENTRY.fullmatch, rows) if found)


def _fit_rows(
    rows: Sequence[str], old: Sequence[ContentsHeading], new: Sequence[ContentsHeading]
) -> Iterator[str]:
    known = {heading.fragment: heading for heading in old}
    entries = {
        known[_entry_fragment(entry)].origin: entry
        for entry in _match_entries(reversed(rows))
        if _entry_fragment(entry) in known
    }
    done: set[str] = set()
    for row in rows:
        entry = _ENTRY.fullmatch(row)
        was = known.get(_entry_fragment(entry)) if entry else None
        if entry is None or was is None:
            yield row
        elif not was.group:
            made = (heading for heading in new if heading.origin == was.origin)
            yield from (_render_entry(entry, was, heading) for heading in made)
        elif was.group not in done:
            done.add(was.group)
            yield from _group_entries(was.group, entries, old, new)


def _group_entries(
    group: str,
    entries: Mapping[int, re.Match[str]],
    old: Sequence[ContentsHeading],
    new: Sequence[ContentsHeading],
) -> Iterator[str]:
    """Yield the entries of a group's items, and of those below them that the template lists."""
    before = {heading.origin: heading for heading in old}
    for heading in new:
        if heading.group == group and heading.origin in entries:
            yield _render_entry(entries[heading.origin], before[heading.origin], heading)


def _render_entry(entry: re.Match[str], was: ContentsHeading, heading: ContentsHeading) -> str:
    words = entry["words"] if heading.title == was.title else strip_links(heading.title)
    own = entry["fragment"] if heading.fragment == was.fragment else heading.fragment
    return f"{entry['indent']}{entry['mark']}{entry['space']}[{words}](#{own}){entry['end']}"


def _renumber_rows(rows: Sequence[str], first: int) -> Iterator[str]:
    """Yield the rows with the numbers of each list going on from `first`."""
    above: list[tuple[int, int]] = []
    for row in rows:
        entry = _ENTRY.fullmatch(row)
        if entry is None or not entry["mark"][0].isdigit():
            yield row
            continue
        indent = len(entry["indent"].expandtabs(4))
        while above and above[-1][0] > indent:
            above.pop()
        number = above.pop()[1] + 1 if above and above[-1][0] == indent else first
        above.append((indent, number))
        yield f"{entry['indent']}{number}{row[entry.end('mark') - 1 :]}"


def _join_rows(rows: Sequence[str], before: Sequence[str]) -> str:
    """Return the rows as a text that ends as `before` does, with line endings between them."""
    ending = next(
        (row[len(row.rstrip("\r\n")) :] for row in before if row.endswith(("\n", "\r"))), ""
    )
    own = [row if row.endswith(("\n", "\r")) else row + (ending or "\n") for row in rows]
    text = "".join(own)
    return text if before[-1].endswith(("\n", "\r")) else text.rstrip("\r\n")
