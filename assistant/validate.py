"""Holds a document against its template: Document and Template in, Findings out."""

import re
from collections.abc import Iterator

from assistant import fence
from assistant.align import Alignment, Match, align, not_applicable
from assistant.document import Document, Section
from assistant.field import Field, Items
from assistant.finding import UNWRITTEN, Finding
from assistant.mark import Mark, fold, marks
from assistant.slot import Anchor
from assistant.template import Template


def validate(template: Template, document: Document) -> tuple[Finding, ...]:
    """Everything that a document lacks or has wrong by its template, in the order of its lines."""
    alignment = align(template, document)
    found = [
        *_missing(alignment),
        *_order(alignment),
        *_repeated(alignment),
        *(finding for match in alignment.matches for finding in _section(match, document)),
        *_fences(alignment),
    ]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.column, finding.code)))


def _missing(alignment: Alignment) -> Iterator[Finding]:
    known = {match.spec.path: match for match in alignment.matches}
    for spec in alignment.missing:
        if spec is alignment.template.title:
            message = "the document has no title: begin it with a heading of level 1."
            yield Finding(code="D101", severity="error", line=1, message=message)
            continue
        above = known.get(spec.path[:-1])
        if above is not None and not_applicable(above.section):
            continue
        near = [s for s in alignment.unknown if _almost(s.title, spec.title)]
        hint = f' Did you mean "{near[0].title}" (line {near[0].line})?' if near else ""
        message = f'the heading "{"#" * spec.level} {spec.title}" is missing.{hint}'
        line = near[0].line if near else (above.section.line if above else 1)
        yield Finding(code="D101", severity="error", line=line, message=message)


def _almost(one: str, other: str) -> bool:
    a, b = set(fold(one).split()), set(fold(other).split())
    return bool(a & b) and len(a & b) * 2 >= max(len(a), len(b))


def _order(alignment: Alignment) -> Iterator[Finding]:
    """Headings that stand before one that the template has earlier, and those at a wrong level."""
    order = {id(spec): number for number, spec in enumerate(alignment.template.specs)}
    last, before = -1, ""
    for match in alignment.matches:
        if match.misplaced and match.section.level != match.spec.level:
            yield Finding(
                code="D104", severity="error", line=match.section.line, section=match.section.title,
                message=f'"{match.section.title}" is at level {match.section.level}; '
                f"the template has it at level {match.spec.level}.",
            )  # fmt: skip
        elif match.misplaced:
            parent = match.spec.path[-2] if len(match.spec.path) > 1 else "the title"
            yield Finding(
                code="D103", severity="error", line=match.section.line, section=match.section.title,
                message=f'"{match.section.title}" belongs under "{parent}".',
            )  # fmt: skip
        elif not match.spec.group:
            number = order[id(match.spec)]
            if number < last:
                yield Finding(
                    code="D103", severity="error", line=match.section.line,
                    section=match.section.title,
                    message=f'"{match.section.title}" belongs before "{before}".',
                )  # fmt: skip
            else:
                last, before = number, match.section.title


def _repeated(alignment: Alignment) -> Iterator[Finding]:
    known = {match.section.path[-2:]: match for match in alignment.matches if match.section.level}
    for section in alignment.unknown:
        first = known.get(section.path[-2:])
        if first is not None:
            yield Finding(
                code="D102", severity="error", line=section.line, section=section.title,
                message=f'"{section.title}" stands in line {first.section.line} already.',
            )  # fmt: skip


def _section(match: Match, document: Document) -> Iterator[Finding]:
    section = match.section
    if not_applicable(section):
        return
    missing = match.body.missing
    # A person's text without any of the labels is another way to write it, and one finding.
    for anchor in missing[:1] if len(missing) > 1 else missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        yield Finding(
            code="D105", severity="warning", line=section.line, section=section.title,
            message=f'"{_shown(anchor)}"{more} of the template is missing under "{section.title}".',
        )  # fmt: skip
    for field in match.body.fields:
        if isinstance(field, Items):
            yield from _items(field, match, document)
        elif not field.written:
            yield from _unwritten(field, match, document)
    if match.spec.open and match.spec.open[1] in section.title:
        yield Finding(
            code="D202", severity="warning", line=section.line, section=section.title,
            message=f'"{match.spec.open[1]}" in the heading is the template\'s: give it a name.',
        )  # fmt: skip


def _shown(anchor: Anchor) -> str:
    return (anchor.name or anchor.text.strip().split("\n")[0])[:60]


def _items(items: Items, match: Match, document: Document) -> Iterator[Finding]:
    at = _line(document, match.section.body_start + items.start)
    title = match.section.title
    if not items.written:
        message = f'"{items.group.label or title}" under "{title}" is unwritten.'
        yield Finding(code="D201", severity="note", line=at, section=title, message=message)
        return
    for item in items.items:
        at = _line(document, match.section.body_start + item.start)
        if not item.touched:
            message = f'"{item.name}" is left over from the template: write it or delete it.'
            yield Finding(code="D202", severity="warning", line=at, section=title, message=message)
            continue
        for field in item.fields:
            if not field.written:
                yield from _unwritten(field, match, document)


def _unwritten(field: Field, match: Match, document: Document) -> Iterator[Finding]:
    slot, title = field.slot, match.section.title
    if slot.owner == "people":
        return
    at = _line(document, match.section.body_start + field.start)
    whose = f"{field.name}: " if field.name and field.name != slot.label else ""
    what = (
        f'"{whose}{slot.label or field.name}" under "{title}"'
        if slot.label
        else f'"{title or "the preamble"}"'
    )
    # What the program would have written had it known is no gap in the draft.
    known = slot.owner == "model" or slot.role in ("", "status", "questions", "references")
    code, state = (UNWRITTEN, "unwritten") if known else ("D203", "not known")
    yield Finding(
        code=code, severity="note", line=at, section=title, message=f"{what} is {state}."
    )  # fmt: skip


def _fences(alignment: Alignment) -> Iterator[Finding]:
    """Fences that are left open or do not parse; the template's own examples need not."""
    examples = {
        match.section.body_start + field.opening[0]
        for match in alignment.matches
        for field in match.body.fields
        if isinstance(field, Field) and field.slot.kind == "code" and not field.written
    }
    for section in alignment.document.sections:
        for mark in marks(section.body):
            if mark.kind == "fence" and section.body_start + mark.start not in examples:
                yield from _fence(mark, section, alignment.document)


def _fence(mark: Mark, section: Section, document: Document) -> Iterator[Finding]:
    inner = section.body[mark.end : mark.stop]
    closing = inner.rfind("\n")
    at = _line(document, section.body_start + mark.start)
    if not re.fullmatch(r"[ \t>]*(`{3,}|~{3,})[ \t]*", inner[closing + 1 :]):
        yield Finding(
            code="D302", severity="error", line=at, section=section.title,
            message="this fence is never closed.",
        )  # fmt: skip
        return
    problem = fence.check(mark.key, inner[: closing + 1])
    if problem:
        yield Finding(
            code="D301", severity="note" if problem.note else "error", line=at + problem.line,
            section=section.title, message=f"this {mark.key} does not parse: {problem.message}.",
        )  # fmt: skip


def _line(document: Document, offset: int) -> int:
    """The line, from 1, of an offset in the document's text."""
    text = document.text[:offset]
    return text.count("\n") + text.count("\r") - text.count("\r\n") + 1
