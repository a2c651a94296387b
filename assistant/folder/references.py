"""Where a text names a numbered document: by its path, anywhere, or by its number in words.

A name is the whole of it, number, slug and suffix, so that one which only looks alike is not meant.
It is found as it can be written in Markdown: plain, percent-encoded, with escaped punctuation. What
gives way to another number is its digits; every other byte of a reference stays.
"""

import html
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from assistant.folder.numbers import NumberedEntry
from assistant.markdown.document import parse_document
from assistant.markdown.links import make_fragment

# Characters before a name in which its folders, or the words of its link, are looked for: a bound,
# so that a line of a megabyte is read in linear time.
_LOOK_BACK = 400

# A name neither goes on with these nor follows them. Other scripts write without spaces.
_NAME_CHARACTERS = r"A-Za-z0-9_\-\u00c0-\u024f"
_NAME_START = rf"(?<![{_NAME_CHARACTERS}.%])"
_NAME_END = rf"(?![{_NAME_CHARACTERS}~]|\.[A-Za-z0-9]|/)"
_FOLDER_PATH = re.compile(r"[^\s()<>\[\]{}\"'`|,;=*]*/\Z")
_ANGLED_DESTINATION = re.compile(r"(?:\]\(|\]:)[ \t]*<([^<>\n]*)\Z")
_LINK_DESTINATION = re.compile(r"(?:\]\([ \t]*<?|\]:[ \t]*<?|\[\[)[^\s()<>\[\]]*\Z")
_FOREIGN_PREFIX = re.compile(r"[^\x00-\x7f]*")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


# One file is asked for its title, its keys, its relations and each form of its number in a row.
parse_once = lru_cache(maxsize=1)(parse_document)

# How numbers are written in words, and the lines that relate a document to others by them.
_NUMBER_LABEL = r"(?:[A-Z]{2,10}[- ]?)?#?"
_RELATION_LINE = re.compile(
    r"^[ \t>]*(?:[-*+][ \t]+|\|[ \t]*)?[*_]*"
    r"(?:supersedes?|superseded[- ]?by|relate[sd](?:[- ]to)?|related[- ](?:documents?|decisions?)"
    r"|replaces?|replaced[- ]?by|amends?|amended[- ]?by|depends[- ]on|clarifies|refines|links|see)"
    r"\b[*_: \t|]*(?P<rest>[^\r\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_OWN_KEY = r"(?:number|id|adr|rfc)[ \t]*:[ \t]*[\"']?"
_RELATION_KEY = re.compile(
    r"^(?:supersedes|superseded[-_ ]by|relates[-_ ]to|related|replaces|replaced[-_ ]by|amends"
    r"|amended[-_ ]by|depends[-_ ]on|links|see[-_ ]also)[ \t]*:(?P<rest>[^\r\n]*)"
    r"(?P<items>(?:\r?\n(?:[ \t]+|-[ \t])[^\r\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_FRONT_ITEM = re.compile(r"^[ \t]*-[ \t]+(?:target[ \t]*:)?(?P<rest>[^\r\n]*)", re.MULTILINE)
_NUMBER_GAP = r"(?:[\s\[\]\"',;&.]|and\b)"
_LISTED_NUMBER = r"(?:[A-Z]{2,10}[- ]?)?#?[0-9]+"
_NUMBER_LIST = re.compile(
    rf"{_NUMBER_GAP}*{_LISTED_NUMBER}(?:{_NUMBER_GAP}+{_LISTED_NUMBER})*{_NUMBER_GAP}*"
)
_OTHER_SERIES = re.compile(r"\b[A-Z]{2,10}[- ]?#?\Z")  # another one's numbers, as in RFC 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceTarget:
    """A document that others refer to: its path from the root, and its name's parts."""

    path: str
    entry: NumberedEntry

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


def find_references(
    text: str, where: str, target: ReferenceTarget, known: Collection[str]
) -> list[Reference]:
    """Return every place in a text at which the target is named by its path, in order.

    `where` is the text's own path from the root, `known` are the paths of all Markdown files there.
    """
    found: list[Reference] = []
    for match in _compile_name(target.entry).finditer(text):
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        if not match["suffix"] and not _LINK_DESTINATION.search(before):
            continue
        pointed = _ANGLED_DESTINATION.search(before)
        folders = _FOLDER_PATH.search(before)
        written = pointed[1] if pointed else folders[0] if folders else ""
        address = "://" in written or written.startswith("//")
        if address or _means_target(written, before, where, target, known):
            start = match.start()
            end = start + len(target.entry.digits)
            found.append(Reference(start=start, end=end, stop=match.end(), address=address))
    return found


def _compile_name(entry: NumberedEntry) -> re.Pattern[str]:
    """Return the pattern of a document's name, its suffix optional, in any way it is written."""
    rest = "".join(map(_spell_character, f"{entry.separator}{entry.slug}"))
    suffix = "".join(map(_spell_character, entry.suffix))
    return re.compile(f"{_NAME_START}{entry.digits}{rest}(?P<suffix>{suffix})?{_NAME_END}")


def _spell_character(character: str) -> str:
    """Return a pattern for all ways in which Markdown writes a character of a path."""
    ways = [re.escape(character)]
    encoded = "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))
    ways.append(f"(?i:{encoded})")
    if character.isascii() and not character.isalnum() and character != " ":
        ways.append(re.escape(f"\\{character}"))
    if html.escape(character) != character:
        ways.append(re.escape(html.escape(character)))
    return f"(?:{'|'.join(ways)})"


def _means_target(
    written: str, before: str, where: str, target: ReferenceTarget, known: Collection[str]
) -> bool:
    """Whether a path means the target: from its own file, else from the root, else by its end."""
    if target.folder and before.endswith(f"{target.folder}/"):  # the folder's name may hold spaces
        head = before[-len(target.folder) - 2 : -len(target.folder) - 1]
        if not head or head in " \t\n\"'`(<[|":
            return True
    folders = unquote(_ESCAPED.sub(r"\1", html.unescape(written)), errors="surrogateescape")
    return any(
        _resolves_to_target(f"{folders[cut:]}{target.entry.name}", where, target, known)
        for cut in dict.fromkeys((0, _FOREIGN_PREFIX.match(folders).end()))  # type: ignore[union-attr]
    )


def _resolves_to_target(
    path: str, where: str, target: ReferenceTarget, known: Collection[str]
) -> bool:
    """Whether a path leads to the target from its file, or else by its end to no other."""
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


def find_link_text(text: str, start: int) -> tuple[int, int]:
    """Return the span of the words that link to the path which `start` stands in, or an empty one.

    Those of a reference definition are its label.
    """
    head = max(0, start - _LOOK_BACK)
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


def number_lines(text: str, offsets: Collection[int]) -> Iterator[int]:
    """Yield the line, from 1, of each offset; offsets go upward."""
    line, position = 1, 0
    for offset in offsets:
        line += len(re.findall(r"\r\n|\n|\r", text[position:offset]))
        position = offset
        yield line


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedTitle:
    """The number in a document's own title.

    `form` is how it is written when that is a name (`ADR-007`), else empty; `anchor` is the title's
    own, and `at` where in it the number stands.
    """

    start: int
    end: int
    form: str
    anchor: str
    at: int


def find_title_number(text: str, entry: NumberedEntry) -> NumberedTitle | None:
    """Return the number in the title of the document itself, or None if the title has none."""
    first = next((one for one in parse_once(text).sections if one.level == 1), None)
    if first is None:
        return None
    begins = re.match(r"\s*#*[ \t]*", first.heading)
    at = begins.end() if begins else 0
    number = re.compile(rf"(?P<label>{_NUMBER_LABEL})(?P<digits>0*{entry.number})(?!\d)")
    found = number.match(first.heading, at)
    if found is None:
        return None
    behind = first.heading[found.end() :]
    named = bool(found["label"])
    if re.match(r"[\w.]\d|\w", behind) or not (named or _is_series_number(found, behind, entry)):
        return None
    own = make_fragment(first.title)
    start = first.start + found.start("digits")
    inside = re.search(rf"(?<!\d){found['digits']}(?!\d)", own)
    form = found[0] if named and found["label"] != "#" else ""
    return NumberedTitle(
        start=start,
        end=first.start + found.end(),
        form=form,
        anchor=own,
        at=inside.start() if inside else -1,
    )


def _is_series_number(found: re.Match[str], behind: str, entry: NumberedEntry) -> bool:
    """Whether a number at the beginning of words is one of a series, and not a part of a sentence.

    `7. Use it`, `7: Use it`, `7 - Use it` and `007 Use it` are, `7 days` and `7-day` are not.
    """
    padded = found["digits"] == entry.digits and entry.digits.startswith("0")
    after = r"[.:)](?:\s|\Z)|\s*\Z|[ \t]+[-\u2013\u2014:|][ \t]"
    return padded or re.match(after, behind) is not None


def find_own_keys(text: str, entry: NumberedEntry) -> Iterator[tuple[int, int]]:
    """Yield where the document's own front matter says its number."""
    front = parse_once(text).front
    key = rf"^{_OWN_KEY}{_NUMBER_LABEL}(0*{entry.number})[\"']?[ \t]*\r?$"
    for found in re.finditer(key, front, re.IGNORECASE | re.MULTILINE):
        yield found.span(1)


def find_link_numbers(
    text: str, entry: NumberedEntry, found: Sequence[Reference]
) -> tuple[list[tuple[int, int]], set[str]]:
    """Return the numbers in words that link to the document, and the forms that name it there."""
    spans: list[tuple[int, int]] = []
    forms: set[str] = set()
    number = re.compile(
        rf"\A[*_`\s]*(?P<form>{_NUMBER_LABEL}(?P<digits>0*{entry.number}))(?![\w]|\.\d)"
    )
    for reference in found:
        start, end = find_link_text(text, reference.start)
        words = number.match(text[start:end])
        if words and words["form"].lstrip("#") == words["digits"]:
            # A definition's label is not seen, and other links go by it.
            defines = text.startswith("]:", end)
            if not defines and _is_series_number(words, text[start:end][words.end() :], entry):
                spans.append((start + words.start("digits"), start + words.end("digits")))
        elif words:
            forms.add(words["form"])
    return spans, forms


def find_forms(text: str, forms: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield the digits of each of these forms outside code, paths and addresses."""
    if not any(form in text for form in forms):
        return
    code = parse_once(text).code
    for form in forms:
        digits = len(form) - len(form.rstrip("0123456789"))
        for found in re.finditer(rf"(?<![\w/#.-]){re.escape(form)}(?![\w/]|-\w|\.\w)", text):
            if not any(start <= found.start() < end for start, end in code):
                yield found.end() - digits, found.end()


def find_relation_numbers(text: str, entry: NumberedEntry, label: str) -> Iterator[tuple[int, int]]:
    """Yield the number in lines that say what the document supersedes, relates to, and the like.

    `label` is what numbers of the folder are called with, as `ADR` in `ADR-7`.
    """
    found = [
        *(
            (span, False)
            for line in _RELATION_LINE.finditer(text)
            for span in _find_in_line(line, entry, label)
        ),
        *(
            (span, True)
            for line in _find_front_lines(text)
            for span in _find_in_line(line, entry, label)
        ),
    ]
    if not found:
        return
    document = parse_once(text)
    front, code = len(document.front), document.code
    for (start, end), yaml in found:
        fenced = any(first <= start < last for first, last in code)
        if yaml == (start < front) and (yaml or not fenced):
            yield start, end


def _find_front_lines(text: str) -> Iterator[re.Match[str]]:
    """Yield what follows the keys of a front matter that name other documents."""
    if not text.startswith(("---", "\ufeff---")):
        return
    for block in _RELATION_KEY.finditer(text):
        yield block
        yield from _FRONT_ITEM.finditer(text, block.start("items"), block.end("items"))


def _find_in_line(
    line: re.Match[str], entry: NumberedEntry, label: str
) -> Iterator[tuple[int, int]]:
    """Yield the document's number among those that a relation names, outside links."""
    rest, base = line["rest"], line.start("rest")
    bare = re.sub(r"\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])", lambda found: " " * len(found[0]), rest)
    only = _NUMBER_LIST.fullmatch(bare.strip())
    number = rf"(?<![\w/.#-])((?:{re.escape(label)}[- ]?)?#?)(0*{entry.number})(?![\w/-]|\.\d)"
    for found in re.finditer(number, bare):
        if _OTHER_SERIES.search(bare, 0, found.start()):
            continue
        padded = found[2] == entry.digits and entry.digits.startswith("0")
        if only or found[1] or padded:
            yield base + found.start(2), base + found.end(2)
