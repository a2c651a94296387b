"""Which sections of a document a person means by the names that were given, and may rewrite."""

from collections.abc import Sequence

from assistant.editing.guard import FillScope
from assistant.editing.prepare import SectionKey, asks_model, make_own_template, make_section_keys
from assistant.errors import DraftError, Exit
from assistant.markdown.document import Document, Section
from assistant.markdown.elements import fold_name
from assistant.template.align import align_document, find_group_items
from assistant.template.pairing import is_untouched
from assistant.template.template import Template

_MAX_SHOWN_TITLES = 12  # in an error; by judgement, a message of a few lines


def select_sections(
    document: Document, names: Sequence[str], template: Template
) -> tuple[SectionKey, ...]:
    """Return the keys of the sections that are named.

    An example of a heading group that nobody began stands for the whole group. Raises DraftError
    (exit code 2) for a name that no section has, or several have.
    """
    known = make_section_keys(document)
    alignment = align_document(template, document)
    groups = (find_group_items(alignment, group) for group in template.groups)
    examples = {
        item.first for items in groups if not any(one.touched for one in items) for item in items
    }
    found: list[SectionKey] = []
    for name in names:
        index = _find_section(document, name, template)
        found.append(known[index][:-1] if index in examples else known[index])
    return tuple(found)


def _find_section(document: Document, name: str, template: Template) -> int:
    """Return the index of the only section of this name, or else of this beginning of a name."""
    parts = [fold_name(part.strip().lstrip("#")) for part in name.split(" > ")]
    titled = [(index, section) for index, section in enumerate(document.sections) if section.level]
    exact = [index for index, section in titled if _path_ends_with(section, parts, whole=True)]
    found = exact or [
        index for index, section in titled if _path_ends_with(section, parts, whole=False)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        paths = [" > ".join(document.sections[index].path[-3:]) for index in found]
        raise _make_ambiguous_error(name, paths)
    lacking = any(fold_name(spec.title) == parts[-1] for spec in template.specs)
    raise _make_unknown_error(name, [section.title for _, section in titled], lacking=lacking)


def _path_ends_with(section: Section, parts: Sequence[str], *, whole: bool) -> bool:
    """Return whether a section's last titles are these names, or at least begin with them."""
    own = [fold_name(title) for title in section.path[-len(parts) :]]
    if len(own) < len(parts) or not all(parts):
        return False
    pairs = zip(own, parts, strict=True)
    return all(a == b if whole else a.startswith(b) for a, b in pairs)


def _make_ambiguous_error(name: str, paths: Sequence[str]) -> DraftError:
    shown = "; ".join(paths[:_MAX_SHOWN_TITLES])
    return DraftError(
        f"{len(paths)} sections are called so: {shown}.",
        code="ambiguous-section",
        exit_code=Exit.USAGE,
        where=f'--section "{name}"',
        hint='Name one by its path: --section "Rollout Plan > Rollback Plan"',
    )


def _make_unknown_error(name: str, titles: Sequence[str], *, lacking: bool) -> DraftError:
    """Return the error for a name that no section has; `lacking` says that the template has it."""
    shown = "; ".join(titles[:_MAX_SHOWN_TITLES]) or "no headings"
    hidden = len(titles) - _MAX_SHOWN_TITLES
    more = f" and {hidden} more" if hidden > 0 else ""
    return DraftError(
        f"no section is called so; the document has: {shown}{more}.",
        code="no-such-section",
        exit_code=Exit.USAGE,
        where=f'--section "{name}"',
        hint="The template has it: --add-missing adds it." if lacking else "",
    )


def find_rewritable_sections(
    document: Document, chosen: Sequence[SectionKey], template: Template
) -> frozenset[SectionKey]:
    """Return the chosen sections whose text a model can write anew."""
    known = make_section_keys(document)
    return frozenset(
        known[match.index]
        for match in align_document(template, document).matches
        if any(known[match.index][: len(key)] == key for key in chosen)
        and asks_model(match)
        and not is_untouched(match)
    )


def require_rewritable_sections(
    document: Document, chosen: tuple[SectionKey, ...], template: Template | None
) -> frozenset[SectionKey]:
    """Return the chosen sections that a model can rewrite. Raises DraftError where there is none.

    `template` is None for a document without one: its own headings are its template then.
    """
    wanted = FillScope(chosen=chosen).wanted
    found = find_rewritable_sections(
        document, chosen, template or make_own_template(document, wanted)
    )
    if not found:
        raise DraftError(
            "none of these sections is one that a model writes.",
            code="not-rewritable",
            exit_code=Exit.USAGE,
            where="--force",
            hint="Metadata, open questions and references are the program's; what the template "
            "does not know is yours.",
        )
    return found
