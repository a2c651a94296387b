"""Headings that a document lacks, added where its template has them."""

import re
from collections.abc import Sequence

from assistant.align import Match, align
from assistant.difference import Edit, apply
from assistant.document import Document, parse
from assistant.errors import DraftError, Exit
from assistant.example import below
from assistant.slot import Spec
from assistant.template import Template

_ENDINGS = re.compile(r"\r\n|\r")


def completed(template: Template, document: Document) -> Document:
    """The document with the headings that the template requires and it lacks, in their places."""
    alignment = align(template, document)
    lacking = {spec.index for spec in alignment.missing}
    matched = {match.spec.index: match for match in alignment.matches}
    edits: list[Edit] = []
    added: list[Spec] = []
    at, after = len(document.front), ""
    for spec in template.specs:
        own = matched.get(spec.index)
        if own is not None:
            at, after = _behind(spec, own, template, document), ""
        elif spec.index in lacking or (spec.group and _parent(spec, template) in lacking):
            text = _ENDINGS.sub("\n", spec.text)
            added.append(spec)
            before = "" if after else lead(document.text[:at])
            after = text.rstrip("\n") + "\n\n"
            edits.append(Edit(start=at, end=at, text=before + after))
    if not edits:
        return document
    result = parse(apply(document.text, _joined(edits), document.newline))
    _seen(result, len(document.outline), added)
    return result


def _seen(after: Document, before: int, added: Sequence[Spec]) -> None:
    """Raise DraftError where headings were added in vain: an open comment or fence hides them."""
    if len(after.outline) == before + len(added):
        return
    raise DraftError(
        f'the heading "{added[0].title}" cannot be added: it would be inside a comment or a fence '
        "that is never closed.",
        code="not-merged", exit_code=Exit.FILE, hint="Close it, or add the heading by hand.",
    )  # fmt: skip


def _joined(edits: Sequence[Edit]) -> list[Edit]:
    """One edit for all that is inserted at one place."""
    found: dict[int, str] = {}
    for edit in edits:
        found[edit.start] = found.get(edit.start, "") + edit.text
    return [Edit(start=at, end=at, text=text) for at, text in found.items()]


def _parent(spec: Spec, template: Template) -> int:
    """The index of the section above a heading group, -1 where there is none."""
    above = (s for s in template.specs[: spec.index] if s.path == spec.path[: len(s.path)])
    own = ((len(s.path), s.index) for s in above if s.path and not s.group)
    return max(own, default=(0, -1))[1]


def _behind(spec: Spec, match: Match, template: Template, document: Document) -> int:
    """Where what follows a section in the template goes: behind its body, or its whole tree."""
    following = template.specs[spec.index + 1 :]
    if following and following[0].level > spec.level:
        return match.section.end
    end = below(document, match.index)
    return document.sections[end - 1].end


def lead(before: str) -> str:
    """The line breaks that set a block off from the text before it."""
    if not before:
        return ""
    if not before.endswith(("\n", "\r")):
        return "\n\n"
    return "" if re.search(r"(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)\Z", before) else "\n"
