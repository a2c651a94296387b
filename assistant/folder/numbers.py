"""Names of documents: their numbers, their slugs, and the habits of the folder they stand in.

A name has a number when it starts with one to seven ASCII digits that end, or are followed by `-`,
`_`, `.` or a space: `001_x.md`, `0001-x.md`, `7-x.md`, `1000_x.md`, `12.md`, `001 - x.md`. It must
belong to a document (`.md` and its kin) or have no suffix, or be a folder. A date is no number:
`2024-01-01-notes.md`, `2024_01_01.md` and `20240101-notes.md` (eight digits) do not count. A year
alone does (`2024-roadmap.md`), since Rust's RFCs have reached it.
"""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Literal, TypeVar

from assistant.errors import DraftError, Exit

_T = TypeVar("_T")
Capitals = Literal["", "words", "all"]

LARGEST_NUMBER = 9_999_999  # eight digits are a date

# Of a slug: what a listing shows on one line, and what leaves room for suffixes in the 255 bytes of
# a name, in scripts of three bytes a letter too. By judgement.
_MOST_CHARACTERS = 60
_MOST_BYTES = 150
_SAMPLED_NAMES = 1000  # so many names tell a folder's habits; parsing all of them takes longest
_DEFAULT_WIDTH = 3  # of numbers, with zeros in front

_DOCUMENT_SUFFIXES = frozenset({"md", "markdown", "mdx", "mkd", "rst", "adoc", "txt"})
_OWN_NUMBER = re.compile(
    r"(?P<label>(?:[A-Z]{2,10}[- ]?)?#?)(?P<digits>[0-9]{1,7})(?![\w.][0-9]|\w)"
)
_AFTER_NUMBER = re.compile(r"[.:)]\s+|\s+[-\u2013\u2014:|]\s+")
_DATE = r"[0-9]{4}[-_.][0-9]{2}[-_.][0-9]{2}(?![0-9])"
_NUMBERED_NAME = re.compile(rf"(?!{_DATE})([0-9]{{1,7}})(?:([-_. ]+)(.*))?", re.DOTALL)
# The same for most names of a large folder at once; a date is looked for where it is cheap.
_PLAIN_NAMES = re.compile(
    r"\0([0-9]{1,7})(?=[-_. ])"
    r"(?!(?=[-_.][0-9]{2}[-_.][0-9]{2}(?![0-9]))(?<=\0[0-9]{4}))"
    r"[^\0]*\.md(?=\0)"
)
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_RESERVED_NAME = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
# Letters and marks that nobody sees: fillers, joiners, variation selectors.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedEntry:
    """A numbered name: `0007-use_x.md` is number 7, written `0007`, separator `-`, slug `use_x`."""

    name: str
    number: int
    digits: str
    separator: str
    slug: str
    suffix: str
    folder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NameStyle:
    """How a folder writes its names: `number separator word joiner word`.

    Where they are not all `lower`, `capitals` says what every title gets: `all` for `TWO_WORDS`,
    `words` for `Two_Words`; without it a title keeps its own.
    """

    separator: str = "_"
    joiner: str = "_"
    width: int = _DEFAULT_WIDTH
    lower: bool = True
    capitals: Capitals = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSurvey:
    """What one pass over a folder tells: its highest number, and its style."""

    highest: int
    style: NameStyle


def slugify_title(title: str, separator: str = "_", *, lower: bool = True) -> str:
    """Return `title` as a part of a file name: letters and digits of any script, never empty.

    At most 60 characters and 150 bytes of UTF-8; all else is the separator, once, never at an end.
    """
    text = unicodedata.normalize("NFKC", title)
    if lower:
        text = unicodedata.normalize("NFKC", text.lower())
    words: list[str] = []
    inside = False
    for character in _INVISIBLE.sub("", text):
        kind = unicodedata.category(character)[0]
        keep = kind in "LN" or (kind == "M" and inside)  # a mark needs a letter to stand on
        if keep and inside:
            words[-1] += character
        elif keep:
            words.append(character)
        inside = keep
    cut = _cut_slug(unicodedata.normalize("NFKC", separator.join(words)), separator)
    if _RESERVED_NAME.fullmatch(cut):  # names that Windows keeps for devices
        return f"{cut}{separator}file"
    return cut or "untitled"


def _cut_slug(text: str, separator: str) -> str:
    """Return the beginning of `text` that fits, cut behind a word if that costs less than half."""
    head = text[:_MOST_CHARACTERS].encode()[:_MOST_BYTES].decode(errors="ignore")
    if len(head) == len(text) or not separator:
        return head
    if not text.startswith(separator, len(head)):
        boundary = head.rfind(separator)
        head = head[:boundary] if boundary * 2 >= len(head) else head
    return head.strip(separator)


def parse_name(name: str, *, folder: bool = False) -> NumberedEntry | None:
    """Return the number and the slug in a name, or None if it has no number."""
    stem, _, suffix = name.rpartition(".")
    if suffix.lower() not in _DOCUMENT_SUFFIXES:
        stem, suffix = name, ""
    found = _NUMBERED_NAME.fullmatch(stem)
    if found is None or not (folder or suffix or "." not in stem):  # `003_diagram.png`
        return None
    digits, separator, words = found.groups(default="")
    return NumberedEntry(
        name=name,
        number=int(digits),
        digits=digits,
        separator=separator,
        slug=words,
        suffix=f".{suffix}" if suffix else "",
        folder=folder,
    )


def strip_number(title: str, entry: NumberedEntry | None) -> str:
    """Return a title less the document's own number before it: `7. Use it`, `ADR-007: Use it`.

    A number that is part of what the title says (`7 days`, `7-day`) stays.
    """
    if entry is None:
        return title
    found = _OWN_NUMBER.match(title)
    if found is None or int(found["digits"]) != entry.number:
        return title
    padded = found["digits"] == entry.digits and entry.digits.startswith("0")
    behind = title[found.end() :]
    counted = _AFTER_NUMBER.match(behind)
    if counted is None and (found["label"] or padded):
        counted = re.match(r"\s+", behind)
    rest = behind[counted.end() :] if counted else ""
    return rest if any(character.isalnum() for character in rest) else title


def make_no_folder_error(folder: Path) -> DraftError:
    """Return the error for a folder of documents that is not there."""
    return DraftError(
        "there is no such folder.",
        code="no-folder",
        exit_code=Exit.FILE,
        where=str(folder),
        hint='`draft "..."` makes it with the first document; --dir names another.',
    )


def list_entries(folder: Path) -> tuple[NumberedEntry, ...]:
    """Return a folder's numbered entries, by number and name; folders and symlinks among them."""
    with os.scandir(folder) as scan:
        found = [
            entry
            for item in scan
            if "0" <= item.name[0] <= "9"
            and (entry := parse_name(item.name, folder=item.is_dir(follow_symlinks=False)))
        ]
    return tuple(sorted(found, key=lambda entry: (entry.number, entry.name)))


def survey_folder(folder: Path) -> FolderSurvey:
    """Return a folder's highest number and its style, from one pass over its names.

    Of 100,000 names that takes twice the time of listing them.
    """
    names = os.listdir(folder)  # noqa: PTH208  # names are enough, and no objects are made
    joined = "\0".join(["", *names, ""])
    others = [
        entry.number
        for name in names
        if name[-3:] != ".md" and "0" <= name[0] <= "9" and (entry := _find_entry(folder, name))
    ]
    entries = (_find_entry(folder, name) for name in names if "0" <= name[0] <= "9")
    return FolderSurvey(
        highest=max(chain(map(int, _PLAIN_NAMES.findall(joined)), others), default=0),
        style=detect_style(islice((entry for entry in entries if entry), _SAMPLED_NAMES)),
    )


def _find_entry(folder: Path, name: str) -> NumberedEntry | None:
    """Return a name's number and slug; a folder may have a dot in its name, and is looked at."""
    entry = parse_name(name) or parse_name(name, folder=True)
    needs_look = entry is not None and not entry.suffix and "." in name
    return None if needs_look and not (folder / name).is_dir() else entry


def detect_style(entries: Iterable[NumberedEntry]) -> NameStyle:
    """Return the most common separator, width and casing; `001_two_words` if nothing tells.

    Only a leading zero, or a single digit, tells a width: `1000` fits three digits as well as four.
    """
    entries = tuple(entries)
    separator = _find_commonest((entry.separator for entry in entries if entry.separator), "_")
    joiner = _find_commonest(
        (mark for entry in entries for mark in "_- " if mark in entry.slug),
        next((mark for mark in separator if mark in "_- "), "-"),
    )
    padded = Counter(
        len(entry.digits)
        for entry in entries
        if len(entry.digits) == 1 or entry.digits.startswith("0")
    )
    if padded:
        width = max(padded, key=lambda size: (padded[size], size))
    else:
        width = min((len(entry.digits) for entry in entries), default=_DEFAULT_WIDTH)
    cased = (entry.slug == entry.slug.lower() for entry in entries if entry.slug)
    lower = _find_commonest(cased, default=True)
    return NameStyle(
        separator=separator,
        joiner=joiner,
        width=width if padded else min(width, _DEFAULT_WIDTH),
        lower=lower,
        capitals="" if lower else _detect_capitals(entry.slug for entry in entries),
    )


def _detect_capitals(slugs: Iterable[str]) -> Capitals:
    """Return what the names with capitals agree on; single words may be in any style."""
    found: Counter[Capitals] = Counter()
    for text in slugs:
        words = [word for word in _WORD.findall(text) if word.lower() != word.upper()]
        if text.isupper() and len(text) > 1:
            found["all"] += 1
        elif len(words) > 1 and text != text.lower():
            found["words" if all(word[0] != word[0].lower() for word in words) else ""] += 1
    return max(("", "words", "all"), key=lambda style: found[style])


def _find_commonest(values: Iterable[_T], default: _T) -> _T:
    """Return the most common value, of several the greatest, so that order does not count."""
    counted = Counter(values)
    return max(counted, key=lambda value: (counted[value], str(value)), default=default)


def make_file_name(number: int, title: str, style: NameStyle) -> str:
    """Return the name of a new document. Raises `DraftError` beyond seven digits."""
    if number > LARGEST_NUMBER:
        raise DraftError(
            f"the folder has used up its numbers ({number - 1} is taken)",
            code="no-number-left",
            exit_code=Exit.FILE,
            hint="Rename the document that has that number.",
        )
    if style.capitals == "all":
        title = title.upper()
    elif style.capitals == "words":
        title = _WORD.sub(lambda word: word[0][:1].upper() + word[0][1:], title)
    words = slugify_title(title, style.joiner, lower=style.lower)
    return f"{number:0{style.width}}{style.separator}{words}.md"
