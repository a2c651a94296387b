"""Puts suggestions into a document: rows of its risk table, items of its lists, nothing else."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.editing import guard, place
from assistant.editing.prepare import make_own_template
from assistant.markdown.blocks import split_lines, unify_line_endings
from assistant.markdown.comments import strip_comments
from assistant.markdown.document import Document, Section, parse_document
from assistant.markdown.edit import Edit, apply_edits
from assistant.markdown.elements import Mark
from assistant.markdown.tables import split_cells
from assistant.suggestions.listed import (
    ColumnRole,
    ListedItems,
    RiskTable,
    find_listed_items,
    is_example_row,
    list_body_rows,
)
from assistant.suggestions.suggestion import (
    Question,
    Risk,
    Suggestions,
)
from assistant.template.parts import is_placeholder
from assistant.template.template import Template
from assistant.text import measure_width

_LIST_ITEM = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>[-*+]|\d{1,9}[.)])(?P<space>[ \t]+)?(?P<box>\[[ xX]\][ \t]+)?"
)
_ROW_NUMBER = re.compile(r"(\D*)(\d{1,6})(\W*)")
_SENTENCE_END = re.compile(r"[.?!:;\u3002\uff1f\uff01]\W*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedSuggestions:
    """A document with suggestions in it, and those that it has no place for."""

    text: str
    risks: tuple[Risk, ...]
    questions: tuple[Question, ...]
    homeless: tuple[str, ...]


def add_suggestions(
    document: Document, template: Template | None, new: Suggestions
) -> AddedSuggestions:
    """Return the document with suggestions in it. Raises DraftError if more would change."""
    found = find_listed_items(document)
    made: dict[str, list[Edit]] = {
        "risks": list(_place_risks(document, found, new.risks)),
        "questions": list(_place_questions(document, found, new.questions)),
    }
    wanted = {"risks": len(new.risks), "questions": len(new.questions)}
    placed = {
        kind: edits
        for kind, edits in made.items()
        if edits and _is_read_back(document, kind, edits, wanted[kind])
    }
    edits = [edit for own in placed.values() for edit in own]
    text = apply_edits(document.text, edits, document.newline)
    spans = sorted((edit.start, edit.end) for edit in edits)
    guard.check_untouched(
        template or make_own_template(document), document, parse_document(text), document, spans
    )
    return AddedSuggestions(
        text=text,
        risks=new.risks if "risks" in placed else (),
        questions=new.questions if "questions" in placed else (),
        homeless=tuple(kind for kind, count in wanted.items() if count and kind not in placed),
    )


def _is_read_back(document: Document, kind: str, edits: Sequence[Edit], count: int) -> bool:
    """Return whether what the edits add is read back as such: a fence may be open before it."""
    changed = parse_document(apply_edits(document.text, edits, document.newline))
    before, after = find_listed_items(document), find_listed_items(changed)
    risks = count if kind == "risks" else 0
    tables = [table.roles for table in before.tables]
    return (
        [table.roles for table in after.tables] == tables
        and len(after.risks) == len(before.risks) + risks
        and len(after.questions) == len(before.questions) + count - risks
    )


def _place_risks(document: Document, found: ListedItems, risks: Sequence[Risk]) -> Iterator[Edit]:
    if not risks:
        return
    if found.tables:
        table = found.tables[0]
        yield from _place_rows(document.sections[table.index], table, risks)
        return
    yield from _place_items(document, found.risky, [_format_risk_item(risk) for risk in risks])


def _place_questions(
    document: Document, found: ListedItems, questions: Sequence[Question]
) -> Iterator[Edit]:
    items = [_format_question_item(question) for question in questions]
    yield from _place_items(document, found.asking, items)


def _format_risk_item(risk: Risk) -> str:
    """Return a risk as one list item."""
    text = _end_sentence(place.render_item(risk.text))
    about = f"Impact: {risk.impact}; likelihood: {risk.likelihood}."
    return f"{text} {about} {place.render_line(risk.mitigation)}"


def _format_question_item(question: Question) -> str:
    """Return a question as one list item."""
    whom = place.render_line(question.who)
    where = (
        f"{whom}; {place.render_line(question.basis.section)}" if question.basis.section else whom
    )
    text = _end_sentence(place.render_item(question.text))
    why = _end_sentence(place.render_line(question.why))
    return f"{text} {why} ({where})"


def _end_sentence(text: str) -> str:
    return text if _SENTENCE_END.search(text) else f"{text}."


def _place_rows(section: Section, table: RiskTable, risks: Sequence[Risk]) -> Iterator[Edit]:
    """Yield the edits that put risks at the end of a table, in place of rows of examples."""
    base, mark = section.body_start, table.mark
    existing = list_body_rows(section, table)
    written = [line for line in existing if not is_example_row(line, table.roles)]
    new = "\n".join(_format_row(section, table, risk, written, at) for at, risk in enumerate(risks))
    tail = len(existing)
    while tail and is_example_row(existing[tail - 1], table.roles):
        tail -= 1
    at = base + mark.stop - sum(map(len, existing))
    for number, line in enumerate(existing):
        if number < tail and is_example_row(line, table.roles):
            yield Edit(start=at, end=at + len(line), text="")
        if number == tail:
            break
        at += len(line)
    if tail < len(existing):
        # The ending of the last line is not the table's.
        yield Edit(start=at, end=base + mark.stop, text=new)
    else:
        yield Edit(start=base + mark.stop, end=base + mark.stop, text=f"\n{new}")


def _format_row(
    section: Section, table: RiskTable, risk: Risk, written: Sequence[str], number: int
) -> str:
    head = split_lines(section.body[table.mark.start : table.mark.end])[0].rstrip("\r\n")
    pieces = _split_row(head)
    values: dict[ColumnRole, str] = {
        "risk": risk.text,
        "impact": _match_level(risk.impact, "impact", table, written),
        "likelihood": _match_level(risk.likelihood, "likelihood", table, written),
        "mitigation": risk.mitigation,
        "section": risk.basis.section,
        "number": _make_next_number(table, written, number),
    }
    found: list[str] = []
    padded = _is_padded(pieces, written)
    side = " " if any(piece.startswith(" ") for piece in pieces) else ""
    for piece, role in zip(pieces, table.roles, strict=False):
        text = f"{side}{place.render_cell(values.get(role, ''))}{side}"
        found.append(text + " " * (measure_width(piece) - measure_width(text) if padded else 0))
    return f"{head[: len(head) - len(head.lstrip())]}|{'|'.join(found)}|"


def _split_row(row: str) -> list[str]:
    """Return a row's cells with the white space in them."""
    return re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))


def _is_padded(head: Sequence[str], written: Sequence[str]) -> bool:
    """Return whether the rows are as wide as their header, and not for their words alone.

    The program's own rows are not, so that of a table without any is not either.
    """
    rows = [_split_row(row) for row in written]
    wide = all(
        measure_width(cell) >= measure_width(name)
        for row in rows
        for cell, name in zip(row[:-1], head[:-1], strict=False)
    )
    return wide and any(cell.endswith("  ") for row in rows for cell in row)


def _match_level(level: str, role: ColumnRole, table: RiskTable, written: Sequence[str]) -> str:
    """Return a level in the word that the table uses for it."""
    at = table.roles.index(role) if role in table.roles else -1
    used = {row[at] for row in map(split_cells, written) if 0 <= at < len(row)}
    return next((word for word in sorted(used) if place.render_cell(level, (word,)) == word), level)


def _make_next_number(table: RiskTable, written: Sequence[str], number: int) -> str:
    """Return what the table's column of numbers counts on to for a new row; empty if it can't."""
    at = table.roles.index("number") if "number" in table.roles else -1
    used = [row[at] for row in map(split_cells, written) if 0 <= at < len(row)]
    last = _ROW_NUMBER.fullmatch(used[-1]) if used else None
    if used and last is None:
        return ""
    lead, count, rest = last.groups() if last else ("", "0", "")
    return f"{lead}{str(int(count) + number + 1).zfill(len(count))}{rest}"


def _place_items(document: Document, places: Sequence[int], texts: Sequence[str]) -> Iterator[Edit]:
    """Yield the edit that adds items to the first list of the sections, or begins a list."""
    if not places or not texts:
        return
    ends = {index: _find_last_item(document.sections[index]) for index in places}
    index = next((index for index in places if ends[index]), places[0])
    section, last = document.sections[index], ends[index]
    final = index == len(document.sections) - 1
    yield (
        _append_items(section, last, texts) if last else _append_list(section, texts, final=final)
    )


def _find_last_item(section: Section) -> Mark | None:
    """Return the last item of the list that a body ends with; None if it ends otherwise."""
    body = section.body
    found = [mark for mark in section.marks if mark.kind != "comment"]
    heads = [
        mark for mark in found if mark.depth == 1 and _LIST_ITEM.match(_read_first_line(body, mark))
    ]
    last = heads[-1] if heads else None
    if last is None or strip_comments(body[last.reach :]).strip():
        return None
    return last


def _read_first_line(body: str, mark: Mark) -> str:
    return split_lines(body[mark.start : mark.stop] or "\n")[0].rstrip("\r\n")


def _append_items(section: Section, last: Mark, texts: Sequence[str]) -> Edit:
    """Return the edit that adds items after the last one, in its bullet or counting on."""
    body, base = section.body, section.body_start
    found = _LIST_ITEM.match(_read_first_line(body, last))
    if found is None:
        raise ValueError(last)  # `_find_last_item` gives none that does not match
    indent, bullet, space, box = found.group("indent", "mark", "space", "box")
    heads = [mark for mark in section.marks if mark.depth == 1 and mark.start < last.start]
    before = heads[-1] if heads else None
    loose = (
        before is not None
        and "\n" in unify_line_endings(body[before.reach : last.start]).strip(" \t")[1:]
    )
    blank = is_placeholder(body[last.start + len(found[0]) : last.reach])
    number = int(bullet[:-1]) if bullet and bullet[0].isdigit() else None
    previous = _LIST_ITEM.match(_read_first_line(body, before)) if before else None
    counts = not (previous and previous["mark"] == bullet and number is not None)
    made: list[str] = []
    for at, text in enumerate(texts, start=0 if blank else 1):
        own = bullet if number is None or not counts else f"{number + at}{bullet[-1]}"
        tick = "[ ] " if box else ""
        made.append(f"{indent}{own}{space or ' '}{tick}{text}")
    joint = "\n\n" if loose else "\n"
    if blank:
        return Edit(start=base + last.start, end=base + last.reach, text=joint.join(made))
    return Edit(start=base + last.reach, end=base + last.reach, text=joint + joint.join(made))


def _append_list(section: Section, texts: Sequence[str], *, final: bool) -> Edit:
    """Return the edit that begins a list at the end of a section."""
    body = section.body
    text = "\n".join(f"- {one}" for one in texts)
    said = len(body.rstrip())
    at = section.body_start + said
    ended = section.heading.endswith(("\n", "\r"))
    lead = "\n\n" if said or not ended else "\n"
    trail = (
        "" if unify_line_endings(body[said:]).count("\n") > 1 or (final and body[said:]) else "\n"
    )
    trail += "" if final or body[said:] else "\n"
    return Edit(start=at, end=at, text=f"{lead}{text}{trail}")
