"""Where a text names a numbered document by its path: links, definitions, plain paths, anywhere.

A name is the whole of it, number, slug and suffix, so that what only looks alike is none of it. It
is found as it can be written in Markdown: plain, percent-encoded, with escaped punctuation. What
gives way to another number is its digits; every other byte of a reference stays.
"""

import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from assistant.number import Entry

_REACH = 400  # characters before a name in which its folders stand

# A name neither goes on with these nor follows them. Other scripts write without spaces.
_WORD = r"A-Za-z0-9_\-\u00c0-\u024f"
_BEFORE = rf"(?<![{_WORD}.%])"
_AFTER = rf"(?![{_WORD}~]|\.[A-Za-z0-9]|/)"
_FOLDERS = re.compile(r"[^\s()<>\[\]{}\"'`|,;=*]*/\Z")
_POINTED = re.compile(r"(?:\]\(|\]:)[ \t]*<([^<>\n]*)\Z")
_DESTINATION = re.compile(r"(?:\]\([ \t]*<?|\]:[ \t]*<?|\[\[)[^\s()<>\[\]]*\Z")
_FOREIGN = re.compile(r"[^\x00-\x7f]*")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A document that others refer to: its path from the root, and its name's parts."""

    path: str
    entry: Entry

    @property
    def folder(self) -> str:
        """The path of its folder from the root."""
        return dirname(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The digits of a document's number, from `start` to `end`, in a name that ends at `stop`.

    `address` says that it is another place's: a URL may be this repository's or anybody's.
    """

    start: int
    end: int
    stop: int
    address: bool = False


def references(text: str, where: str, target: Target, known: Collection[str]) -> list[Reference]:
    """Every place in a text at which the target is named by its path, in order.

    `where` is the text's own path from the root, `known` are the paths of all Markdown files there.
    """
    found: list[Reference] = []
    for match in _pattern(target.entry).finditer(text):
        before = text[max(0, match.start() - _REACH) : match.start()]
        if not match["suffix"] and not _DESTINATION.search(before):
            continue
        pointed = _POINTED.search(before)
        folders = _FOLDERS.search(before)
        written = pointed[1] if pointed else folders[0] if folders else ""
        address = "://" in written or written.startswith("//")
        if address or _is(written, before, where, target, known):
            start = match.start()
            end = start + len(target.entry.digits)
            found.append(Reference(start=start, end=end, stop=match.end(), address=address))
    return found


def _pattern(entry: Entry) -> re.Pattern[str]:
    rest = "".join(map(_written, f"{entry.separator}{entry.slug}"))
    suffix = "".join(map(_written, entry.suffix))
    return re.compile(f"{_BEFORE}{entry.digits}{rest}(?P<suffix>{suffix})?{_AFTER}")


def _written(character: str) -> str:
    """A pattern for all ways in which Markdown writes a character of a path."""
    ways = [re.escape(character)]
    encoded = "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))
    ways.append(f"(?i:{encoded})")
    if character.isascii() and not character.isalnum() and character != " ":
        ways.append(re.escape(f"\\{character}"))
    if html.escape(character) != character:
        ways.append(re.escape(html.escape(character)))
    return f"(?:{'|'.join(ways)})"


def _is(written: str, before: str, where: str, target: Target, known: Collection[str]) -> bool:
    """Whether a path means the target: from its own file, else from the root, else by its end."""
    if target.folder and before.endswith(f"{target.folder}/"):  # the folder's name may hold spaces
        head = before[-len(target.folder) - 2 : -len(target.folder) - 1]
        if not head or head in " \t\n\"'`(<[|":
            return True
    folders = unquote(_ESCAPE.sub(r"\1", html.unescape(written)), errors="surrogateescape")
    return any(
        _resolves(f"{folders[cut:]}{target.entry.name}", where, target, known)
        for cut in dict.fromkeys((0, _FOREIGN.match(folders).end()))  # type: ignore[union-attr]
    )


def _resolves(path: str, where: str, target: Target, known: Collection[str]) -> bool:
    own = normpath(join(dirname(where), path)) if not path.startswith("/") else ""
    if own == target.path:
        return True
    if own in known:
        return False
    path = path.lstrip("/").removeprefix("./")
    if ".." in path.split("/"):
        return False
    ends = {one for one in known if one == path or one.endswith(f"/{path}")}
    return ends <= {target.path} and f"/{target.path}".endswith(f"/{path}")


def link_text(text: str, start: int) -> tuple[int, int]:
    """The span of the words that link to the path which `start` stands in; empty without any.

    Those of a reference definition are its label.
    """
    head = max(0, start - _REACH)
    before = text[head:start]
    close = max(before.rfind("]("), before.rfind("]:"))
    if close < 0 or re.search(r"\)|\n[ \t]*\n", before[close + 2 :]):
        return start, start
    depth, at = 0, close
    while at >= 0:
        if before[at] == "]":
            depth += 1
        elif before[at] == "[":
            depth -= 1
            if not depth:
                return head + at + 1, head + close
        at -= 1
    return start, start


def lines_of(text: str, offsets: Collection[int]) -> Iterator[int]:
    """The line, from 1, of each offset; offsets go upward."""
    line, position = 1, 0
    for offset in offsets:
        line += len(re.findall(r"\r\n|\n|\r", text[position:offset]))
        position = offset
        yield line
