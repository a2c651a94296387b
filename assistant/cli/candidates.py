"""What may stand at a place of the command line: what a shell offers at the Tab key.

The kind of a place is the word in capitals that help has for it. Nothing here writes, and nothing
loads what counts tokens or talks to a server.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from assistant import settings
from assistant.config import COLUMNS, FORMATS
from assistant.folder.numbers import Entry, listing
from assistant.settings import Options, Settings

if TYPE_CHECKING:
    from assistant.markdown.document import Document

Paths = Literal["", "files", "folders"]

_READ = 400  # documents whose titles are read from their files; of the others the name is shown
_HEAD = 4096  # bytes of a file in which its title stands
_TITLE = re.compile(r"^# +(.+?)[ #]*$", re.MULTILINE)
_FRONT = re.compile(r"---\r?\n.*?^---\r?$", re.MULTILINE | re.DOTALL)
_ABOVE = 3  # headings above one that are named where its own title is not enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What may be typed, and a few words about it."""

    value: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What stands on the command line around the place: `typed` of the word so far.

    `kind` is the place's word in capitals, `document` the DOC that was named, if any.
    """

    kind: str
    typed: str = ""
    dir: str | None = None
    template: str | None = None
    document: str = ""
    cwd: Path = field(default_factory=Path)
    environ: Mapping[str, str] = field(default_factory=dict)

    def resolved(self) -> Settings:
        """Return the settings that would hold; a key has no part in this."""
        environ = {name: value for name, value in self.environ.items() if name != "OPENAI_API_KEY"}
        return settings.resolve(Options(dir=self.dir, template=self.template), environ, self.cwd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a place takes: candidates, in their order, or the names of files or folders."""

    candidates: tuple[Candidate, ...] = ()
    paths: Paths = ""


def offer(place: Place) -> Offer:
    """Return what may stand at a place, of which `typed` is the beginning; else nothing."""
    if place.kind in ("FILE", "DIR"):
        return Offer(paths="files" if place.kind == "FILE" else "folders")
    if place.kind in ("DOC", "MODEL") and place.typed and not place.typed.isdecimal():
        return Offer(paths="files")
    found = _KINDS.get(place.kind, _nothing)(place)
    return Offer(candidates=tuple(fitting(found, place.typed)))


def fitting(candidates: Iterable[Candidate], typed: str) -> Iterator[Candidate]:
    """Yield what begins with what was typed, in any case, and is one line of visible text."""
    start = typed.casefold()
    return (
        candidate
        for candidate in candidates
        if candidate.value.isprintable() and candidate.value.casefold().startswith(start)
    )


def _nothing(_place: Place) -> Iterator[Candidate]:
    return iter(())


def _documents(place: Place) -> Iterator[Candidate]:
    """Yield the numbers of the documents, the latest first, each with its title."""
    folder = place.resolved().dir
    entries = [entry for entry in listing(folder) if entry.suffix and not entry.folder]
    shared = Counter(entry.number for entry in entries)
    for at, entry in enumerate(reversed(entries)):
        about = _title(folder, entry) if at < _READ else _words(entry)
        if shared[entry.number] > 1:  # the number names none of them
            yield Candidate(value=os.path.relpath(folder / entry.name, place.cwd), about=about)
        else:
            written = entry.digits if place.typed.startswith("0") else str(entry.number)
            yield Candidate(value=written, about=about)


def _title(folder: Path, entry: Entry) -> str:
    """Return a document's title without its number; the words of its name where it has none."""
    with suppress(OSError), (folder / entry.name).open("rb") as file:
        text = file.read(_HEAD).decode("utf-8", "replace").removeprefix("\ufeff")
        found = _TITLE.search(text.replace("\r\n", "\n"), _end_of_front(text))
        if found:
            return re.sub(rf"^0*{entry.number}(?:\s*[-:.\u2013\u2014]\s*|\s+)", "", found[1])
    return _words(entry)


def _end_of_front(text: str) -> int:
    front = _FRONT.match(text)
    return front.end() if front else 0


def _words(entry: Entry) -> str:
    return " ".join(re.split(r"[-_.\s]+", entry.slug))


def _statuses(place: Place) -> Iterator[Candidate]:
    from assistant.template import template as builtin  # noqa: PLC0415  reads Markdown

    template = builtin.chosen(place.resolved().template)
    return (Candidate(value=status) for status in template.statuses())


def _headings(place: Place) -> Iterator[Candidate]:
    """Yield the headings of the document that was named, else of the template; not its title.

    One that stands there twice is named with those above it.
    """
    from assistant import files  # noqa: PLC0415  reads Markdown
    from assistant.folder import store  # noqa: PLC0415  reads Markdown
    from assistant.markdown.document import load  # noqa: PLC0415
    from assistant.template import template as builtin  # noqa: PLC0415  reads Markdown

    found = place.resolved()
    if place.document:
        data = files.read(place.cwd / store.resolve(found.dir, place.document))
    else:
        data = builtin.source(found.template)
    document = load(data, place.document)
    unwritten = _unwritten(document, found.template) if place.document else frozenset()
    left = [one for one in document.sections if one.level and one.title]
    if left and left[0].level < min((one.level for one in left[1:]), default=0):
        del left[0]
    for depth in range(1, _ABOVE + 1):
        named = [(one, " > ".join(one.path[-depth:])) for one in left]
        times = Counter(name.casefold() for _, name in named)
        for section, name in named:
            if times[name.casefold()] == 1:
                about = "unwritten" if section.start in unwritten else f"line {section.line}"
                yield Candidate(value=name, about=about)
        left = [section for section, name in named if times[name.casefold()] > 1]


def _unwritten(document: "Document", template: Path | None) -> frozenset[int]:
    """Return where the sections begin that have something unwritten which a model writes."""
    from assistant.editing import prepare  # noqa: PLC0415
    from assistant.template import align, unwritten  # noqa: PLC0415
    from assistant.template import template as builtin  # noqa: PLC0415

    made = builtin.chosen(template)
    if not template and not prepare.fits(made, document):
        return frozenset()
    starts: set[int] = set()
    for slot in unwritten.unwritten_slots(align.align(made, document)):
        if slot.group:  # each of its examples stands for it
            starts.update(document.sections[index].start for index in slot.group.indexes)
        elif slot.match and slot.asked:
            starts.add(slot.match.section.start)
    return frozenset(starts)


def _rules(place: Place) -> Iterator[Candidate]:
    """Yield the rules by code; by name where what was typed begins no code."""
    from assistant.lint.registry import RULES  # noqa: PLC0415

    codes = tuple(Candidate(value=r.code, about=f"{r.name}: {r.about}") for r in RULES.values())
    names = tuple(Candidate(value=r.name, about=f"{r.code}: {r.about}") for r in RULES.values())
    return iter(codes if any(fitting(codes, place.typed)) else names)


def _languages(_place: Place) -> Iterator[Candidate]:
    from assistant.prompting.language import known  # noqa: PLC0415

    return (Candidate(value=name, about=code) for name, code in known().items())


def _revisions(place: Place) -> Iterator[Candidate]:
    from assistant.repo import git  # noqa: PLC0415

    yield Candidate(value="HEAD", about="the last commit")
    position = git.position(place.cwd)
    if position and git.is_files(position.common):
        yield from (Candidate(value=git.short(name)) for name in git.branches(position.common))


def _said(*values: str) -> Callable[[Place], Sequence[Candidate]]:
    return lambda _place: [Candidate(value=value) for value in values]


_KINDS: Mapping[str, Callable[[Place], Iterable[Candidate]]] = MappingProxyType(
    {
        "DOC": _documents,
        "STATUS": _statuses,
        "HEADING": _headings,
        "RULE": _rules,
        "COLUMN": _said(*COLUMNS),
        "FORMAT": _said(*FORMATS),
        "LANGUAGE": _languages,
        "REV": _revisions,
        "-": _said("-"),
    }
)
