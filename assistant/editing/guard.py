"""Guards a document: where it may change, and that it changed nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.editing.assemble import find_damage, says_only
from assistant.editing.prepare import (
    SectionKey,
    find_unbegun_groups,
    is_untitled,
    make_section_keys,
)
from assistant.errors import DraftError, Exit
from assistant.markdown.document import Document
from assistant.template.align import Alignment, align_document, find_untouched_examples
from assistant.template.fields import Field, ListItems
from assistant.template.pairing import is_untouched
from assistant.template.parts import Role
from assistant.template.template import Template
from assistant.template.unwritten import find_askable_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class FillScope:
    """How much of a document is to be filled.

    `chosen` are the sections to write, none for all; `forced` those whose text is to be written
    anew; `missing` says that headings which it lacks are added.
    """

    chosen: tuple[SectionKey, ...] = ()
    forced: frozenset[SectionKey] = frozenset()
    missing: bool = False

    def wanted(self, key: SectionKey) -> bool:
        """Whether a section is to be written: itself, or one that it stands under, was chosen."""
        return not self.chosen or any(key[: len(one)] == one for one in self.chosen)


def find_open_lists(alignment: Alignment, role: Role, none: str) -> list[tuple[int, int]]:
    """Return where lists of the program's stand that nobody began; a section whole if it is all."""
    spans: list[tuple[int, int]] = []
    left = find_untouched_examples(alignment)
    for match in alignment.matches:
        section, base = match.section, match.section.body_start
        for field in match.body.fields:
            if not isinstance(field, Field) or field.slot.role != role or match.index in left:
                continue
            if field.written and not says_only(field, none):
                continue
            whole = field.slot.kind == "prose" and section.body.strip() == field.content.strip()
            spans.append((base, section.end) if whole else (base + field.start, base + field.end))
    return spans


def find_writable_spans(
    scope: FillScope, template: Template, document: Document
) -> list[tuple[int, int]]:
    """Return where a document may change: unwritten slots, and what is to be rewritten."""
    alignment, names = align_document(template, document), make_section_keys(document)
    spans = list(find_unbegun_groups(alignment, scope.wanted).values())
    left = find_untouched_examples(alignment)
    if not scope.chosen:
        spans += [(f.start, f.end) for f in alignment.front.fields if _is_open_for_program(f)]
    if scope.missing:
        spans += [(len(document.front),) * 2, *((s.end, s.end) for s in document.sections)]
    for match in alignment.matches:
        if not scope.wanted(names[match.index]) or match.index in left:
            continue
        section, base = match.section, match.section.body_start
        if match.spec is template.title and is_untitled(alignment):
            spans.append((section.start, base))
        whole = (
            names[match.index] in scope.forced or is_untouched(match) or not section.body.strip()
        )
        if whole:
            spans.append((base, section.end))
            continue
        # Slots that the template calls optional are written in sections that somebody named.
        asked = find_askable_fields(match, optional=bool(scope.chosen))
        for field in (*asked, *(f for f in match.body.fields if _is_open_for_program(f))):
            fenced = isinstance(field, Field) and field.fence
            start = field.opening[0] if isinstance(field, Field) and fenced else field.start
            end = field.closing[1] if isinstance(field, Field) and fenced else field.end
            spans.append((base + start, base + end))
    return sorted(spans)


def _is_open_for_program(field: Field | ListItems) -> bool:
    """Whether a field is the program's and unwritten."""
    return isinstance(field, Field) and field.slot.owner == "program" and not field.written


def check_untouched(
    template: Template,
    ready: Document,
    after: Document,
    before: Document,
    spans: Sequence[tuple[int, int]],
) -> None:
    """Raise DraftError where more changed than what stood in `spans` of the document `before`.

    `ready` is the document as it was got ready, whose headings and anchors `after` has to have.
    """
    _check_headings(before, after, spans)
    found = find_damage(template, ready, after)
    if found:
        where = f'"{found[0].section}": ' if found[0].section else ""
        raise make_merge_error(where + found[0].what)
    pieces: list[str] = []
    position, old = 0, before.text
    for start, end in spans:
        if start >= position:
            pieces.append(old[position:start])
        position = max(position, end)
    pieces.append(old[position:])
    at, text = 0, after.text
    for number, piece in enumerate(pieces):
        if number == len(pieces) - 1:
            at = len(text) - len(piece) if len(text) - len(piece) >= at else len(text) + 1
        found_at = text.find(piece, at) if at <= len(text) else -1
        if found_at < 0 or (number == 0 and found_at > 0):
            shown = " ".join(piece.split())[:60]
            raise make_merge_error(f'this text would not have stayed as it is: "{shown}"')
        at = found_at + len(piece)


def _check_headings(before: Document, after: Document, spans: Sequence[tuple[int, int]]) -> None:
    """Raise DraftError where a heading outside of the spans is no heading any more."""
    left = iter(after.outline)
    for section in before.sections:
        inside = any(start <= section.start < end for start, end in spans)
        if section.level and not inside and (section.level, section.title) not in left:
            raise make_merge_error(f'"{section.title}" would no longer be a heading')


def make_merge_error(what: str) -> DraftError:
    """Return the error for answers that can't be put into a document without harm to it."""
    return DraftError(
        f"nothing was written, for more would have changed than what is unwritten: {what}",
        code="not-merged",
        exit_code=Exit.FILE,
    )
