"""What a model is given to read of a document that people began."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.editing import prepare
from assistant.editing.prepare import SectionKey, asks_model, make_section_keys
from assistant.errors import DraftError, Exit
from assistant.llm.connect import Connection
from assistant.llm.tokens import TokenCounter, shorten_to_fit
from assistant.markdown.document import Document, Section
from assistant.markdown.elements import fold_name
from assistant.prompting import prompts
from assistant.prompting.language import guess_language, name_language
from assistant.prompting.prompts import DocumentSubject
from assistant.template import template as builtin
from assistant.template.align import Alignment, align_document, find_group_items
from assistant.template.pairing import is_untouched
from assistant.template.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class FillBasis:
    """The description that a document was drafted from, if it was, a hint, and what is written."""

    description: str
    kind: str
    language: str
    hint: str
    text: str

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to go by."""
        said = (self.description, self.hint, self.text)
        return not any(character.isalnum() for part in said for character in part)


def extract_written_text(alignment: Alignment) -> str:
    """What people wrote in a document: the template's own text left out."""
    matches = {match.index: match for match in alignment.matches}
    found: list[str] = []
    for index, section in enumerate(alignment.document.sections):
        match = matches.get(index)
        if match is None:
            found.append(section.heading + section.body)
            continue
        renamed = fold_name(section.title) != fold_name(match.spec.title)
        if is_untouched(match):
            if renamed:
                found.append(section.heading)
            continue
        body = section.body
        for start, end in reversed(match.body.guidance):
            body = body[:start] + body[end:]
        found.append(section.heading + body)
    return "\n".join(part.strip() for part in found).strip()


def make_fill_subject(
    reading: FillBasis, room: int, counter: TokenCounter, language: str
) -> DocumentSubject:
    """The subject of all requests, in at most `room` tokens."""
    description, text = reading.description, reading.text
    if not counter.is_within(description + text, room):
        description = shorten_to_fit(description, room // 3, counter)
        text = shorten_to_fit(text, max(128, room - counter.count(description)), counter)
    said = name_language(language or reading.language)
    guess = guess_language((reading.description or reading.text)[:4000])
    return DocumentSubject(
        description=prompts.write_begun_document(description, reading.hint, text),
        kind=reading.kind,
        language=said or guess.name,
        foreign=not said and not guess.english,
        hint=reading.hint,
    )


def fit_fill_subject(reading: FillBasis, connection: Connection, language: str) -> DocumentSubject:
    """The subject, cut to what the model can read beside all the rest."""
    return make_fill_subject(
        reading, max(256, connection.window // 2), connection.counter, language
    )


def match_template(document: Document, named_by: Path | None) -> Template | None:
    """The template that was named, or the built-in one where the headings fit it, or none."""
    made = builtin.load_template(named_by)
    return made if named_by or prepare.fits_template(made, document) else None


_MAX_SHOWN_TITLES = 12


def select_sections(
    document: Document, names: Sequence[str], template: Template
) -> tuple[SectionKey, ...]:
    """The keys of the sections that are named; an example of a heading group stands for the group.

    Raises DraftError (exit code 2) for a name that no section has, or several have.
    """
    known = make_section_keys(document)
    alignment = align_document(template, document)
    found: list[SectionKey] = []
    for name in names:
        index = _find_section(document, name, template)
        grouped = {
            item.first
            for group in template.groups
            if not any(one.touched for one in find_group_items(alignment, group))
            for item in find_group_items(alignment, group)
        }
        found.append(known[index][:-1] if index in grouped else known[index])
    return tuple(found)


def _find_section(document: Document, name: str, template: Template) -> int:
    parts = [fold_name(part.strip().lstrip("#")) for part in name.split(" > ")]
    named = [(i, s) for i, s in enumerate(document.sections) if s.level]
    exact = [i for i, s in named if _path_ends_with(s, parts, whole=True)]
    begun = exact or [i for i, s in named if _path_ends_with(s, parts, whole=False)]
    if len(begun) == 1:
        return begun[0]
    where = f'--section "{name}"'
    if begun:
        shown = "; ".join(
            " > ".join(document.sections[i].path[-3:]) for i in begun[:_MAX_SHOWN_TITLES]
        )
        raise DraftError(
            f"{len(begun)} sections are called so: {shown}.",
            code="ambiguous-section", exit_code=Exit.USAGE, where=where,
            hint='Name one by its path: --section "Rollout Plan > Rollback Plan"',
        )  # fmt: skip
    lacking = any(fold_name(spec.title) == parts[-1] for spec in template.specs)
    titles = "; ".join(section.title for _, section in named[:_MAX_SHOWN_TITLES])
    more = f" and {len(named) - _MAX_SHOWN_TITLES} more" if len(named) > _MAX_SHOWN_TITLES else ""
    raise DraftError(
        f"no section is called so; the document has: {titles or 'no headings'}{more}.",
        code="no-such-section", exit_code=Exit.USAGE, where=where,
        hint="The template has it: --add-missing adds it." if lacking else "",
    )  # fmt: skip


def _path_ends_with(section: Section, parts: Sequence[str], *, whole: bool) -> bool:
    own = [fold_name(title) for title in section.path[-len(parts) :]]
    if len(own) < len(parts) or not all(parts):
        return False
    pairs = zip(own, parts, strict=True)
    return all(a == b if whole else a.startswith(b) for a, b in pairs)


def find_rewritable_sections(
    document: Document, chosen: Sequence[SectionKey], template: Template
) -> frozenset[SectionKey]:
    """The chosen sections whose text a model can write anew."""
    known = make_section_keys(document)
    return frozenset(
        known[match.index]
        for match in align_document(template, document).matches
        if any(known[match.index][: len(key)] == key for key in chosen)
        and asks_model(match)
        and not is_untouched(match)
    )
