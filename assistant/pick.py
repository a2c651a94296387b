"""Which sections of a document a person means by `--section`."""

from collections.abc import Sequence

from assistant.align import align
from assistant.document import Document, Section
from assistant.errors import DraftError, Exit
from assistant.example import items
from assistant.mark import fold
from assistant.pairing import untouched
from assistant.shape import Key, asks, keys
from assistant.template import Template

_SHOWN = 12


def picked(document: Document, names: Sequence[str], template: Template) -> tuple[Key, ...]:
    """The keys of the sections that are named; an example of a heading group stands for the group.

    Raises DraftError (exit code 2) for a name that no section has, or several have.
    """
    known = keys(document)
    alignment = align(template, document)
    found: list[Key] = []
    for name in names:
        index = _one(document, name, template)
        grouped = {
            item.first
            for group in template.groups
            if not any(one.touched for one in items(alignment, group))
            for item in items(alignment, group)
        }
        found.append(known[index][:-1] if index in grouped else known[index])
    return tuple(found)


def _one(document: Document, name: str, template: Template) -> int:
    parts = [fold(part.strip().lstrip("#")) for part in name.split(" > ")]
    named = [(i, s) for i, s in enumerate(document.sections) if s.level]
    exact = [i for i, s in named if _ends(s, parts, whole=True)]
    begun = exact or [i for i, s in named if _ends(s, parts, whole=False)]
    if len(begun) == 1:
        return begun[0]
    where = f'--section "{name}"'
    if begun:
        shown = "; ".join(" > ".join(document.sections[i].path[-3:]) for i in begun[:_SHOWN])
        raise DraftError(
            f"{len(begun)} sections are called so: {shown}.",
            code="ambiguous-section", exit_code=Exit.USAGE, where=where,
            hint='Name one by its path: --section "Rollout Plan > Rollback Plan"',
        )  # fmt: skip
    lacking = any(fold(spec.title) == parts[-1] for spec in template.specs)
    titles = "; ".join(section.title for _, section in named[:_SHOWN])
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    raise DraftError(
        f"no section is called so; the document has: {titles or 'no headings'}{more}.",
        code="no-such-section", exit_code=Exit.USAGE, where=where,
        hint="The template has it: --add-missing adds it." if lacking else "",
    )  # fmt: skip


def _ends(section: Section, parts: Sequence[str], *, whole: bool) -> bool:
    own = [fold(title) for title in section.path[-len(parts) :]]
    if len(own) < len(parts) or not all(parts):
        return False
    pairs = zip(own, parts, strict=True)
    return all(a == b if whole else a.startswith(b) for a, b in pairs)


def rewritable(document: Document, chosen: Sequence[Key], template: Template) -> frozenset[Key]:
    """The chosen sections whose text a model can write anew."""
    known = keys(document)
    return frozenset(
        known[match.index]
        for match in align(template, document).matches
        if any(known[match.index][: len(key)] == key for key in chosen)
        and asks(match)
        and not untouched(match)
    )
