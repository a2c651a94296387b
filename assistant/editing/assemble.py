"""The program's own slots: title, metadata, open questions, references; and the assembled whole."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.editing import place
from assistant.editing.write import edit_block, make_bullets
from assistant.markdown.document import Document, parse_document
from assistant.markdown.edit import Edit, apply_edits
from assistant.markdown.elements import fold_name
from assistant.markdown.escape import escape_all
from assistant.template.align import Alignment, align_document
from assistant.template.fields import Field, ListItems
from assistant.template.pairing import SectionMatch
from assistant.template.parts import NUMBER_WORD, Role, Slot, find_inner_role, wrap_value
from assistant.template.template import Template
from assistant.template.unwritten import NOT_APPLICABLE

NOTHING_OPEN = "None known."
NO_REFERENCES = "None yet."
_LEAST_SHARED = 3  # words that two questions have in common to be one
_SHARED = 0.75  # and which part they are of the shorter one
_URL = re.compile(r"https?://[^\s<>()\[\]\"'`]+[^\s<>()\[\]\"'`.,;:!?]")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What the program itself knows of a document; dates are ISO dates.

    `references` are items for its list of references, as Markdown.
    """

    title: str
    author: str
    date: str
    slug: str
    references: tuple[str, ...] = ()

    def value(self, slot: Slot) -> str:
        """Return what a slot of the program's is to hold; nothing if the program does not know.

        Words that the template has around a placeholder stay around the value.
        """
        value = self._own(slot)
        return wrap_value(_strip_quotes(slot), value) if value else ""

    def _own(self, slot: Slot) -> str:
        """Return the program's value for the slot's role, without the words around it."""
        values: dict[Role, str] = {
            "status": next(iter(slot.choices), ""),
            "author": self.author,
            "created": self.date,
            "updated": self.date,
            "title": self._title(slot),
        }
        return values.get(slot.role, "")

    def _title(self, slot: Slot) -> str:
        """Return the title, or its slug where the template has a slug's example."""
        if re.search(r"`[a-z]+(?:_[a-z]+)+`", slot.text):
            return f"`{self.slug}`"
        return self.title


def _strip_quotes(slot: Slot) -> str:
    """Return a placeholder without the quotes that a value of YAML may stand in."""
    text = slot.text.strip()
    quoted = slot.kind == "yaml" and text[:1] in ("'", '"') and text.endswith(text[:1])
    return text[1:-1] if quoted else text


def _claim_field(field: Field) -> Field:
    """Return the field as the program's if its placeholder, in people's words, is one it knows."""
    role = find_inner_role(field.slot.text) if field.slot.owner == "people" else ""
    if role not in ("title", "author", "created", "updated"):
        return field
    return replace(field, slot=replace(field.slot, role=role, owner="program"))


def edit_metadata(alignment: Alignment, facts: DocumentFacts) -> Iterator[Edit]:
    """Yield the edits that write status, author, title and dates where they are unwritten."""
    for field in alignment.front.fields:
        if isinstance(field, ListItems) or field.written:
            continue
        known = _claim_field(field)
        if known.slot.owner == "program":
            yield from _edit_yaml(known, facts)
    for match in alignment.matches:
        for field in match.body.fields:
            if isinstance(field, ListItems) or field.written:
                continue
            known = _claim_field(field)
            value = facts.value(known.slot) if known.slot.owner == "program" else ""
            if value and known.slot.kind in ("text", "cell"):
                yield _edit_line(match, known, value)
            elif value and known.slot.kind == "prose":
                yield edit_block(match, known, value)


def _edit_line(match: SectionMatch, field: Field, value: str) -> Edit:
    """Return the edit that writes a value on a label's line, or in a table's cell."""
    base = match.section.body_start
    text = f" {place.render_line(value) if field.slot.role != 'title' else value} "
    if field.slot.kind == "text":
        text = text.rstrip()
    else:
        # The table keeps its columns' width where the value has room in it.
        text = f" {place.render_cell(value)} ".ljust(len(field.content))
        if not match.section.body.startswith("|", field.end):
            text = text.rstrip()
    return Edit(start=base + field.start, end=base + field.end, text=text)


def _edit_yaml(field: Field, facts: DocumentFacts) -> Iterator[Edit]:
    """Yield the edit of a front matter value in the template's shape: on its line, or as a list."""
    listed = re.search(r"\n(?P<bullet>[ \t]*-[ \t]+)", field.content)
    if field.slot.role == "references":
        yield Edit(start=field.start, end=field.end, text=" []" if listed else "")
        return
    value = facts.value(field.slot)
    if field.slot.role == "title":
        value = (
            facts.slug.replace("_", "-") if re.fullmatch(r"\s*[a-z-]+", field.content) else value
        )
    if not value:
        return
    quoted = value if re.fullmatch(r"[\w][\w .@-]*", value) else _quote_yaml(value)
    text = f"\n{listed['bullet']}{quoted}" if listed else f" {quoted}"
    yield Edit(start=field.start, end=field.end, text=text)


def _quote_yaml(value: str) -> str:
    """Return a text as a string of YAML in double quotes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def put_number(template: Template, text: str, digits: str) -> str:
    """Return a document's text with its number where the template's title has a word for it."""
    title = template.title
    if title is None or not NUMBER_WORD.search(title.title):
        return text
    match = align_document(template, parse_document(text)).title
    found = NUMBER_WORD.search(match.section.heading) if match else None
    if match is None or found is None:
        return text
    own = str(int(digits)) if found[0] == "NUMBER" else digits.zfill(len(found[0]))
    start = match.section.start + found.start()
    return apply_edits(text, [Edit(start=start, end=start + len(found[0]), text=own)])


def edit_list(alignment: Alignment, role: Role, texts: Sequence[str], none: str) -> Iterator[Edit]:
    """Yield the edits that write a list of the program's where it is unwritten.

    What says only that there is `none` gives way to what there is.
    """
    for match in alignment.matches:
        for field in match.body.fields:
            if isinstance(field, ListItems) or field.slot.role != role:
                continue
            if field.written and not (texts and says_only(field, none)):
                continue
            if field.slot.kind == "prose":
                text = "\n".join(f"- {place.render_item(text)}" for text in texts) or none
                yield edit_block(match, field, text)
            elif field.slot.kind == "items":
                written = make_bullets(
                    field.slot, [place.render_item(text) for text in texts] or [none]
                )
                base = match.section.body_start
                lead = "\n" if field.start == 0 else ""
                if field.content.strip():
                    yield Edit(start=base + field.start, end=base + field.end, text=lead + written)
                else:  # where no list is, the slot reaches to the next heading
                    yield edit_block(match, field, written)


def says_only(field: Field, none: str) -> bool:
    """Whether a list holds the program's own words for an empty one."""
    return bool(re.fullmatch(rf"\s*(?:[-*+][ \t]+)?{re.escape(none)}\s*", field.content))


def find_given_links(description: str) -> tuple[str, ...]:
    """Return the links that the person gave, in order, without repeats."""
    return tuple(dict.fromkeys(f"<{found}>" for found in _URL.findall(description)))


def drop_repeated_questions(texts: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return questions, given as `(text, section)`, each once, its section named behind it."""
    seen: list[set[str]] = []
    result: list[str] = []
    for text, section in texts:
        own = set(re.findall(r"\w{3,}", fold_name(text)))
        if not text.strip() or any(_is_same_question(own, other) for other in seen):
            continue
        seen.append(own)
        result.append(
            f"{place.render_line(text)} ({section})" if section else place.render_line(text)
        )
    return tuple(result)


def _is_same_question(one: set[str], other: set[str]) -> bool:
    """Whether two questions have most of their words in common."""
    both = len(one & other)
    # Three words at least: two short questions share two of them by chance. By judgement.
    enough = both >= _LEAST_SHARED
    return one == other or (enough and both / max(1, min(len(one), len(other))) >= _SHARED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What the template has and the assembled text lacks, or has more of."""

    section: str
    what: str


def find_damage(template: Template, before: Document, after: Document) -> tuple[Damage, ...]:
    """Return how the outline or a section's anchors changed, which no answer may do."""
    if before.outline != after.outline:
        return (Damage(section="", what="the headings changed"),)
    found: list[Damage] = []
    old = {m.index: m for m in align_document(template, before).matches}
    for match in align_document(template, after).matches:
        was = old.get(match.index)
        if was is None or len(match.body.missing) <= len(was.body.missing):
            continue
        if not match.section.body.strip().startswith(NOT_APPLICABLE):
            found.append(Damage(section=match.section.title, what=match.body.missing[0].text))
    return tuple(found)


def assemble_document(
    template: Template, document: Document, edits: Sequence[tuple[str, Sequence[Edit]]]
) -> tuple[str, tuple[str, ...]]:
    """Return the document with all edits made, and the sections whose answers were left out.

    `edits` are grouped by section. Should an answer change the structure after all, it is put in
    as plain words; should even that, it is left out.
    """
    everything = [edit for _, group in edits for edit in group]
    text = apply_edits(document.text, everything, document.newline)
    if not find_damage(template, document, parse_document(text)):
        return text, ()
    kept: list[Edit] = []
    lost: list[str] = []
    for section, group in edits:
        for candidate in (tuple(group), tuple(_escape_edit(edit) for edit in group)):
            attempt = apply_edits(document.text, [*kept, *candidate], document.newline)
            if not find_damage(template, document, parse_document(attempt)):
                kept.extend(candidate)
                break
        else:
            lost.append(section)
    return apply_edits(document.text, kept, document.newline), tuple(lost)


def _escape_edit(edit: Edit) -> Edit:
    """Return the edit with its text as plain words, the space around them kept."""
    lead = re.match(r"\s*", edit.text)
    space = lead[0] if lead else ""
    trail = edit.text[len(edit.text.rstrip()) :]
    return Edit(start=edit.start, end=edit.end, text=space + escape_all(edit.text.strip()) + trail)
