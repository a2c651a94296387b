"""Links between a new document and those that it supersedes or relates to, in both directions."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from assistant import files
from assistant.editing import place, prepare
from assistant.editing import status as standing
from assistant.editing.assemble import NO_REFERENCES, edit_list
from assistant.errors import DraftError, Exit
from assistant.folder import numbers, store
from assistant.folder.summary import find_own_title
from assistant.markdown.blocks import Block, read_blocks, split_lines
from assistant.markdown.document import (
    Document,
    Section,
    decode_text,
    encode_text,
    load_document,
    parse_document,
)
from assistant.markdown.edit import Edit, apply_edits
from assistant.markdown.elements import fold_name
from assistant.template.align import align_document
from assistant.template.parts import find_role
from assistant.template.template import Template

RelationKind = Literal["supersedes", "relates"]

_LINK_WORDS: dict[RelationKind, tuple[str, str]] = {
    "supersedes": ("Supersedes", "Superseded by"),
    "relates": ("Relates to", "Related to"),
}
_ITEM_MARKER = re.compile(
    r"(?P<lead>[ \t]*)(?:(?P<bullet>[-*+])|(?P<number>\d{1,9})(?P<end>[.)]))[ \t]+"
)
_UNSAFE_IN_LINK = re.compile(r"[\x00-\x20()<>%\"\\?#\x7f\udc80-\udcff]+")
_DIRECTED_HEADING = re.compile(r"(?:(?P<back>superseded)|replaces|supersedes)\b", re.IGNORECASE)
_ENDED_STATUS = re.compile(r"(?:superseded|replaced|obsoleted?)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRelation:
    """An existing document, what a link calls it, and what a new one is to it."""

    path: Path
    kind: RelationKind
    title: str

    def item(self, folder: Path) -> str:
        """Return the words for the new document's list of references; it will stand in `folder`."""
        return _make_link(_LINK_WORDS[self.kind][0], self.title, self.path, folder)

    def back(self, new: Path, title: str) -> str:
        """Return the words for the existing document's list."""
        return _make_link(_LINK_WORDS[self.kind][1], title, new, self.path.parent)


def _make_link(words: str, title: str, path: Path, folder: Path) -> str:
    """Return a list item that links to a document from a folder."""
    start = os.path.realpath(folder)
    relative = os.path.relpath(Path(os.path.realpath(path.parent)) / path.name, start)
    safe = re.sub(r"(?<!\\)([\[\]])", r"\\\1", title.rstrip("\\"))
    target = _UNSAFE_IN_LINK.sub(
        lambda found: quote(os.fsencode(found[0])), relative.replace(os.sep, "/")
    )
    return place.render_item(f"{words} [{safe}]({target})")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkBackResult:
    """What came of an existing document: why it was not linked back, and what else to say of it."""

    problem: str = ""
    note: str = ""


def find_related(
    folder: Path, supersedes: Sequence[str], relates: Sequence[str], template: Template
) -> tuple[DocumentRelation, ...]:
    """Return the documents that are named, each once. Raises DraftError if one is not writable."""
    found: dict[str, DocumentRelation] = {}
    kinds: tuple[tuple[RelationKind, Sequence[str]], ...] = (
        ("supersedes", supersedes),
        ("relates", relates),
    )
    for kind, names in kinds:
        for name in names:
            path = store.resolve_document(folder, name)
            document = load_document(
                files.read_document_bytes(path, store.NAME_ONE_HINT), str(path)
            )
            if not os.access(path, os.W_OK):
                raise DraftError(
                    "the link back can't be written: this file is read-only.",
                    code="not-permitted",
                    exit_code=Exit.FILE,
                    where=str(path),
                    hint="Nothing was sent.",
                )
            relation = DocumentRelation(
                path=path, kind=kind, title=make_link_title(document, path, template)
            )
            found.setdefault(os.path.realpath(path), relation)
    return tuple(found.values())


def make_link_title(document: Document, path: Path, template: Template) -> str:
    """Return what a link calls a document: its number and title, else its file's name.

    A title that begins with the number has it already; the template's own words are left out.
    """
    title = find_own_title(align_document(template, document))
    entry = numbers.parse_name(path.name)
    if not title:
        return path.stem
    if entry is None or numbers.strip_number(title, entry) != title:
        return title
    return f"{entry.digits}: {title}"


def link_back(
    relation: DocumentRelation, new: Path, text: str, template: Template, today: str
) -> LinkBackResult:
    """Write the link to a new document into an existing one, and its status if it is superseded.

    Nothing but one item of its references, its status and that one's date changes, and what
    somebody writes meanwhile stays.
    """
    item = relation.back(new, make_link_title(parse_document(text), new, template))

    def change(before: bytes) -> tuple[bytes, LinkBackResult]:
        after = add_reference(decode_text(before), item, template)
        problem = "" if after is not None else "has no section for references"
        ended, note = decode_text(before) if after is None else after, ""
        if relation.kind == "supersedes":
            ended, note = mark_superseded(ended, template, today)
        new = encode_text(ended)
        if new == before and problem:
            problem += "; it was left as it is"
        return new, LinkBackResult(problem=problem, note=note)

    try:
        return store.update_file(relation.path, change)
    except DraftError as error:
        return LinkBackResult(problem=f"was not linked back: {error.message}")


def mark_superseded(text: str, template: Template, today: str) -> tuple[str, str]:
    """Return a document's text with the status of a replaced one, and what there is to say."""
    document = parse_document(text)
    status = next((one for one in template.statuses() if _ENDED_STATUS.match(fold_name(one))), "")
    if not status:
        return text, "keeps its status: the template lists none for superseded documents"
    try:
        move = standing.change_status(align_document(template, document), status, today)
    except DraftError as error:
        return text, f"keeps its status: {error.message}"
    if not move.edits:
        return text, ""
    said = f"{move.before or 'no status'} -> {move.after}"
    return apply_edits(text, move.edits, document.newline), said


def refer_to(path: Path, item: str, template: Template) -> None:
    """Add a reference to a document that has a place for it and lacks it."""
    with suppress(files.FileChanged):  # somebody is at work on it: they see what is said of it
        before = files.read_document_bytes(path)
        after = add_reference(decode_text(before), item, template)
        if after is not None and encode_text(after) != before:
            store.replace_file(path, before, encode_text(after))


def has_reference(text: str, item: str) -> bool:
    """Whether a text has this reference, whatever the other document is called by now."""
    words, _, rest = item.partition("[")
    target = rest.rpartition("](")[2]
    return any(words in line and f"]({target}" in line for line in text.splitlines())


def add_reference(text: str, item: str, template: Template) -> str | None:
    """Return a document's text with one more reference, or None if it has no place for one."""
    if has_reference(text, item):
        return text
    document = parse_document(text)
    for edit in _propose_edits(document, item, template):
        after = apply_edits(text, [edit], document.newline)
        if _is_listed(document, parse_document(after), item):
            return after
    return None


def _propose_edits(document: Document, item: str, template: Template) -> Iterator[Edit]:
    """Yield ways to add a reference, the best one first."""
    if prepare.fits_template(template, document):
        yield from edit_list(
            align_document(template, document), "references", (item,), NO_REFERENCES
        )
    named = [one for one in document.sections if one.level and find_role(one.title) == "references"]
    for section in sorted(named, key=lambda one: _DIRECTED_HEADING.match(one.title) is not None):
        directed = _DIRECTED_HEADING.match(section.title)
        if not directed or (directed["back"] and item.startswith(_LINK_WORDS["supersedes"][1])):
            yield _append_item(section, item)


def _append_item(section: Section, item: str) -> Edit:
    """Return the edit that adds an item behind what a section holds, in its last list's manner."""
    body = section.body
    nothing = re.fullmatch(rf"\s*(?:[-*+][ \t]+)?({re.escape(NO_REFERENCES)})\s*", body)
    if nothing:
        whole = body.strip()
        start = section.body_start + body.index(whole)
        return Edit(start=start, end=start + len(whole), text=f"- {item}")
    end = section.body_start + len(body.rstrip())
    if not body.strip():
        # Between the heading and the blank lines in front of the next one.
        end = section.body_start
        lead = "\n" if section.heading.endswith(("\n", "\r")) else "\n\n"
        return Edit(start=end, end=end, text=f"{lead}- {item}" + ("\n" if lead == "\n" else ""))
    last = read_blocks(body)[-1:]
    if last and last[0].kind == "list":
        return Edit(start=end, end=end, text=f"\n{_make_marker(last[0], body)}{item}")
    return Edit(start=end, end=end, text=f"\n\n- {item}")


def _make_marker(found: Block, body: str) -> str:
    """Return what begins the next item of a list."""
    source = split_lines(body)
    last = _ITEM_MARKER.match(source[found.children[-1].first])
    if last is None:
        return "- "
    if last["bullet"]:
        return last[0]
    return f"{last['lead']}{int(last['number']) + 1}{last['end']} "


def _is_listed(before: Document, after: Document, item: str) -> bool:
    """Whether the headings stayed, and the item became one in a list of some references."""
    if before.outline != after.outline:
        return False
    for section in after.sections:
        blocks = section.blocks if item in section.body else ()
        for block in blocks:
            source = split_lines(section.body)
            starts = (source[one.first] for one in block.children if block.kind == "list")
            if any(_ITEM_MARKER.sub("", line, count=1).strip() == item for line in starts):
                return True
    return False
