"""The Tab key: offer what may stand at a place of the command line.

The kind of a place is the word in capitals that help has for it. Nothing here writes, and nothing
loads what counts tokens or talks to a server; what reads Markdown is loaded where it is needed.
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

from assistant import files, settings
from assistant.config import CHECK_FORMATS, LIST_COLUMNS
from assistant.folder.numbers import NumberedEntry, list_entries
from assistant.repo import git
from assistant.settings import SettingOptions, Settings

if TYPE_CHECKING:
    from assistant.markdown.document import Document

PathKind = Literal["", "files", "folders"]

# Documents whose titles are read from their files; of the others the name is shown. By judgement:
# a person waits at the Tab key.
_MAX_TITLES_READ = 400
_TITLE_BYTES = 4096  # of a file, in which its title stands: a long front matter may come before it
_TITLE_LINE = re.compile(r"^# +(.+?)[ #]*$", re.MULTILINE)
_FRONT_MATTER = re.compile(r"---\r?\n.*?^---\r?$", re.MULTILINE | re.DOTALL)
_MAX_HEADINGS_ABOVE = 3  # that are named beside a title that stands twice; by judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What may be typed, and a few words about it."""

    value: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorPlace:
    """A place of the command line, and what else stands on the line.

    `kind` is the place's word in capitals, `typed` what is typed of its word so far, and `document`
    the DOC that was named, if any.
    """

    kind: str
    typed: str = ""
    dir: str | None = None
    template: str | None = None
    document: str = ""
    cwd: Path = field(default_factory=Path)
    environ: Mapping[str, str] = field(default_factory=dict)

    def resolve_settings(self) -> Settings:
        """Return the settings that would hold; a key has no part in this."""
        environ = {name: value for name, value in self.environ.items() if name != "OPENAI_API_KEY"}
        options = SettingOptions(dir=self.dir, template=self.template)
        return settings.resolve_settings(options, environ, self.cwd)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a place takes: candidates in their order, or names of files or of folders."""

    candidates: tuple[Candidate, ...] = ()
    paths: PathKind = ""


def offer_candidates(place: CursorPlace) -> Offer:
    """Return what may stand at a place and begins with what is typed; else an empty offer."""
    if place.kind in ("FILE", "DIR"):
        return Offer(paths="files" if place.kind == "FILE" else "folders")
    if place.kind in ("DOC", "MODEL") and place.typed and not place.typed.isdecimal():
        return Offer(paths="files")
    found = _OFFERS_BY_KIND.get(place.kind, _offer_nothing)(place)
    return Offer(candidates=tuple(filter_candidates(found, place.typed)))


def filter_candidates(candidates: Iterable[Candidate], typed: str) -> Iterator[Candidate]:
    """Yield the candidates that begin with what was typed, in any case, and are visible text."""
    start = typed.casefold()
    return (
        candidate
        for candidate in candidates
        if candidate.value.isprintable() and candidate.value.casefold().startswith(start)
    )


def _offer_nothing(_place: CursorPlace) -> Iterator[Candidate]:
    return iter(())


def _offer_documents(place: CursorPlace) -> Iterator[Candidate]:
    """Yield the numbers of the documents, the latest first, each with its title."""
    folder = place.resolve_settings().dir
    entries = [entry for entry in list_entries(folder) if entry.suffix and not entry.folder]
    shared = Counter(entry.number for entry in entries)
    for at, entry in enumerate(reversed(entries)):
        about = _read_title(folder, entry) if at < _MAX_TITLES_READ else _split_slug(entry)
        if shared[entry.number] > 1:  # the number names none of them
            yield Candidate(value=os.path.relpath(folder / entry.name, place.cwd), about=about)
        else:
            written = entry.digits if place.typed.startswith("0") else str(entry.number)
            yield Candidate(value=written, about=about)


def _read_title(folder: Path, entry: NumberedEntry) -> str:
    """Return a document's title without its number; the words of its name if it has none."""
    with suppress(OSError), (folder / entry.name).open("rb") as file:
        text = file.read(_TITLE_BYTES).decode("utf-8", "replace").removeprefix("\ufeff")
        found = _TITLE_LINE.search(text.replace("\r\n", "\n"), _find_end_of_front_matter(text))
        if found:
            return re.sub(rf"^0*{entry.number}(?:\s*[-:.\u2013\u2014]\s*|\s+)", "", found[1])
    return _split_slug(entry)


def _find_end_of_front_matter(text: str) -> int:
    found = _FRONT_MATTER.match(text)
    return found.end() if found else 0


def _split_slug(entry: NumberedEntry) -> str:
    return " ".join(re.split(r"[-_.\s]+", entry.slug))


def _offer_statuses(place: CursorPlace) -> Iterator[Candidate]:
    from assistant.template.template import load_template  # noqa: PLC0415

    template = load_template(place.resolve_settings().template)
    return (Candidate(value=status) for status in template.statuses())


def _offer_headings(place: CursorPlace) -> Iterator[Candidate]:
    """Yield the headings of the document that was named, else of the template; not its title.

    A heading that stands there twice is named with those above it.
    """
    from assistant.folder import store  # noqa: PLC0415
    from assistant.markdown.document import load_document  # noqa: PLC0415
    from assistant.shipped import read_template_bytes  # noqa: PLC0415

    found = place.resolve_settings()
    if place.document:
        path = store.resolve_document(found.dir, place.document)
        data = files.read_document_bytes(place.cwd / path)
    else:
        data = read_template_bytes(found.template)
    document = load_document(data, place.document)
    unwritten = _find_unwritten_starts(document, found.template) if place.document else frozenset()
    left = [one for one in document.sections if one.level and one.title]
    if left and left[0].level < min((one.level for one in left[1:]), default=0):
        del left[0]
    for depth in range(1, _MAX_HEADINGS_ABOVE + 1):
        named = [(one, " > ".join(one.path[-depth:])) for one in left]
        times = Counter(name.casefold() for _, name in named)
        for section, name in named:
            if times[name.casefold()] == 1:
                about = "unwritten" if section.start in unwritten else f"line {section.line}"
                yield Candidate(value=name, about=about)
        left = [section for section, name in named if times[name.casefold()] > 1]


def _find_unwritten_starts(document: "Document", template: Path | None) -> frozenset[int]:
    """Return the offsets of the sections with something unwritten that a model would write."""
    from assistant.editing import prepare  # noqa: PLC0415
    from assistant.template import align, unwritten  # noqa: PLC0415
    from assistant.template.template import load_template  # noqa: PLC0415

    made = load_template(template)
    if not template and not prepare.fits_template(made, document):
        return frozenset()
    starts: set[int] = set()
    for slot in unwritten.find_unwritten_slots(align.align_document(made, document)):
        if slot.group:  # each of its examples stands for it
            starts.update(document.sections[index].start for index in slot.group.indexes)
        elif slot.match and slot.asked:
            starts.add(slot.match.section.start)
    return frozenset(starts)


def _offer_rules(place: CursorPlace) -> Iterator[Candidate]:
    """Yield the rules by code; by name if no code begins with what was typed."""
    from assistant.lint.registry import RULES  # noqa: PLC0415

    codes = tuple(Candidate(value=r.code, about=f"{r.name}: {r.about}") for r in RULES.values())
    names = tuple(Candidate(value=r.name, about=f"{r.code}: {r.about}") for r in RULES.values())
    return iter(codes if any(filter_candidates(codes, place.typed)) else names)


def _offer_languages(_place: CursorPlace) -> Iterator[Candidate]:
    from assistant.prompting.language import get_language_codes  # noqa: PLC0415

    return (Candidate(value=name, about=code) for name, code in get_language_codes().items())


def _offer_revisions(place: CursorPlace) -> Iterator[Candidate]:
    yield Candidate(value="HEAD", about="the last commit")
    position = git.find_position(place.cwd)
    if position and git.keeps_refs_in_files(position.common):
        for name in git.list_branches(position.common):
            yield Candidate(value=git.shorten_branch(name))


def _offer_fixed(*values: str) -> Callable[[CursorPlace], Sequence[Candidate]]:
    return lambda _place: [Candidate(value=value) for value in values]


_OFFERS_BY_KIND: Mapping[str, Callable[[CursorPlace], Iterable[Candidate]]] = MappingProxyType(
    {
        "DOC": _offer_documents,
        "STATUS": _offer_statuses,
        "HEADING": _offer_headings,
        "RULE": _offer_rules,
        "COLUMN": _offer_fixed(*LIST_COLUMNS),
        "FORMAT": _offer_fixed(*CHECK_FORMATS),
        "LANGUAGE": _offer_languages,
        "REV": _offer_revisions,
        "-": _offer_fixed("-"),
    }
)
