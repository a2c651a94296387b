"""Puts suggestions into a document: rows of its risk table, items of its lists, nothing else."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from shutil import get_terminal_size

from assistant.editing import guard, place
from assistant.editing.prepare import own
from assistant.markdown.comments import without_comments
from assistant.markdown.document import Document, Section, lines, parse
from assistant.markdown.edit import Edit, apply
from assistant.markdown.elements import Mark, marks
from assistant.markdown.escape import clean
from assistant.markdown.tables import cells
from assistant.suggestions.listed import Listed, Role, Table, is_example, listed, rows
from assistant.suggestions.model import Basis, Question, Risk, Suggestions
from assistant.template.parts import is_placeholder
from assistant.template.template import Template
from assistant.text import width

_ITEM = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>[-*+]|\d{1,9}[.)])(?P<space>[ \t]+)?(?P<box>\[[ xX]\][ \t]+)?"
)
_NUMBERED = re.compile(r"(\D*)(\d{1,6})(\W*)")
_ENDED = re.compile(r"[.?!:;\u3002\uff1f\uff01]\W*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A document with suggestions in it, and those that it has no place for."""

    text: str
    risks: tuple[Risk, ...]
    questions: tuple[Question, ...]
    homeless: tuple[str, ...]


def add(document: Document, template: Template | None, new: Suggestions) -> Added:
    """The suggestions put in; raises DraftError where more would change than that."""
    found = listed(document)
    made: dict[str, list[Edit]] = {
        "risks": list(_risks(document, found, new.risks)),
        "questions": list(_listing(document, found.asking, [_asked(one) for one in new.questions])),
    }
    wanted = {"risks": len(new.risks), "questions": len(new.questions)}
    placed = {
        kind: edits for kind, edits in made.items()
        if edits and _arrives(document, kind, edits, wanted[kind])
    }  # fmt: skip
    edits = [edit for own in placed.values() for edit in own]
    text = apply(document.text, edits, document.newline)
    spans = sorted((edit.start, edit.end) for edit in edits)
    guard.check(template or own(document), document, parse(text), document, spans)
    return Added(
        text=text,
        risks=new.risks if "risks" in placed else (),
        questions=new.questions if "questions" in placed else (),
        homeless=tuple(kind for kind, count in wanted.items() if count and kind not in placed),
    )


def _arrives(document: Document, kind: str, edits: Sequence[Edit], count: int) -> bool:
    """Whether all that is put in is read as what it is: a fence may have been left open before."""
    before, after = listed(document), listed(parse(apply(document.text, edits, document.newline)))
    risks = count if kind == "risks" else 0
    tables = [table.roles for table in before.tables]
    return (
        [table.roles for table in after.tables] == tables
        and len(after.risks) == len(before.risks) + risks
        and len(after.questions) == len(before.questions) + count - risks
    )


def _risks(document: Document, found: Listed, risks: Sequence[Risk]) -> Iterator[Edit]:
    if not risks:
        return
    if found.tables:
        table = found.tables[0]
        yield from _rows(document.sections[table.index], table, risks)
        return
    yield from _listing(document, found.risky, [_said(risk) for risk in risks])


def _said(risk: Risk) -> str:
    """A risk as one list item."""
    about = f"Impact: {risk.impact}; likelihood: {risk.likelihood}."
    return f"{_ended(place.item(risk.text))} {about} {place.line(risk.mitigation)}"


def _asked(question: Question) -> str:
    """A question as one list item."""
    whom = place.line(question.who)
    where = f"{whom}; {place.line(question.basis.section)}" if question.basis.section else whom
    return f"{_ended(place.item(question.text))} {_ended(place.line(question.why))} ({where})"


def _ended(text: str) -> str:
    return text if _ENDED.search(text) else f"{text}."


def _rows(section: Section, table: Table, risks: Sequence[Risk]) -> Iterator[Edit]:
    """The edits that put rows at the end of a table, in the place of those with examples only."""
    base, mark = section.body_start, table.mark
    existing = rows(section, table)
    written = [line for line in existing if not is_example(line, table.roles)]
    new = "\n".join(_row(section, table, risk, written, at) for at, risk in enumerate(risks))
    tail = len(existing)
    while tail and is_example(existing[tail - 1], table.roles):
        tail -= 1
    at = base + mark.stop - sum(map(len, existing))
    for number, line in enumerate(existing):
        if number < tail and is_example(line, table.roles):
            yield Edit(start=at, end=at + len(line), text="")
        if number == tail:
            break
        at += len(line)
    if tail < len(existing):
        # The ending of the last line is not the table's.
        yield Edit(start=at, end=base + mark.stop, text=new)
    else:
        yield Edit(start=base + mark.stop, end=base + mark.stop, text=f"\n{new}")


def _row(section: Section, table: Table, risk: Risk, written: Sequence[str], number: int) -> str:
    head = lines(section.body[table.mark.start : table.mark.end])[0].rstrip("\r\n")
    pieces = _pieces(head)
    values: dict[Role, str] = {
        "risk": risk.text,
        "impact": _level(risk.impact, "impact", table, written),
        "likelihood": _level(risk.likelihood, "likelihood", table, written),
        "mitigation": risk.mitigation,
        "section": risk.basis.section,
        "number": _number(table, written, number),
    }
    found: list[str] = []
    padded = _is_padded(pieces, written)
    side = " " if any(piece.startswith(" ") for piece in pieces) else ""
    for piece, role in zip(pieces, table.roles, strict=False):
        text = f"{side}{place.cell(values.get(role, ''))}{side}"
        found.append(text + " " * (width(piece) - width(text) if padded else 0))
    return f"{head[: len(head) - len(head.lstrip())]}|{'|'.join(found)}|"


def _pieces(row: str) -> list[str]:
    """A row's cells with the white space in them."""
    return re.split(r"(?<!\\)\|", row.strip().removeprefix("|").removesuffix("|"))


def _is_padded(head: Sequence[str], written: Sequence[str]) -> bool:
    """Whether the rows that are there are as wide as their header, and not for their words alone.

    The program's own rows are not, so that of a table without any is not either.
    """
    rows = [_pieces(row) for row in written]
    wide = all(
        width(cell) >= width(name)
        for row in rows
        for cell, name in zip(row[:-1], head[:-1], strict=False)
    )
    return wide and any(cell.endswith("  ") for row in rows for cell in row)


def _level(level: str, role: Role, table: Table, written: Sequence[str]) -> str:
    """A level in the word that the table uses for it."""
    at = table.roles.index(role) if role in table.roles else -1
    used = {row[at] for row in map(cells, written) if 0 <= at < len(row)}
    return next((word for word in sorted(used) if place.cell(level, (word,)) == word), level)


def _number(table: Table, written: Sequence[str], number: int) -> str:
    """The next number of a table that counts its rows."""
    at = table.roles.index("number") if "number" in table.roles else -1
    used = [row[at] for row in map(cells, written) if 0 <= at < len(row)]
    last = _NUMBERED.fullmatch(used[-1]) if used else None
    if used and last is None:
        return ""
    lead, count, rest = last.groups() if last else ("", "0", "")
    return f"{lead}{str(int(count) + number + 1).zfill(len(count))}{rest}"


def _listing(document: Document, places: Sequence[int], texts: Sequence[str]) -> Iterator[Edit]:
    """The edit that adds items to the list of the first section that has one, else to a section."""
    if not places or not texts:
        return
    ends = {index: _last(document.sections[index].body) for index in places}
    index = next((index for index in places if ends[index]), places[0])
    section, last = document.sections[index], ends[index]
    final = index == len(document.sections) - 1
    yield (_items(section, last, texts) if last else _list(section, texts, final=final))


def _last(body: str) -> Mark | None:
    """The last item of the list that a body ends with; None where it ends with something else."""
    found = [mark for mark in marks(body) if mark.kind != "comment"]
    heads = [mark for mark in found if mark.depth == 1 and _ITEM.match(_line(body, mark))]
    last = heads[-1] if heads else None
    if last is None or without_comments(body[last.reach :]).strip():
        return None
    return last


def _line(body: str, mark: Mark) -> str:
    return lines(body[mark.start : mark.stop] or "\n")[0].rstrip("\r\n")


def _items(section: Section, last: Mark, texts: Sequence[str]) -> Edit:
    """Items after the last one, in its own bullet; numbers go on where the list counts."""
    body, base = section.body, section.body_start
    found = _ITEM.match(_line(body, last))
    if found is None:
        raise ValueError(last)  # `_last` gives none that does not match
    indent, bullet, space, box = found.group("indent", "mark", "space", "box")
    heads = [mark for mark in marks(body) if mark.depth == 1 and mark.start < last.start]
    before = heads[-1] if heads else None
    loose = before is not None and "\n" in _breaks(body[before.reach : last.start]).strip(" \t")[1:]
    blank = is_placeholder(body[last.start + len(found[0]) : last.reach])
    number = int(bullet[:-1]) if bullet and bullet[0].isdigit() else None
    previous = _ITEM.match(_line(body, before)) if before else None
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


def _breaks(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _list(section: Section, texts: Sequence[str], *, final: bool) -> Edit:
    """A list at the end of a section that has none."""
    body = section.body
    text = "\n".join(f"- {one}" for one in texts)
    said = len(body.rstrip())
    at = section.body_start + said
    ended = section.heading.endswith(("\n", "\r"))
    lead = "\n\n" if said or not ended else "\n"
    trail = "" if _breaks(body[said:]).count("\n") > 1 or (final and body[said:]) else "\n"
    trail += "" if final or body[said:] else "\n"
    return Edit(start=at, end=at, text=f"{lead}{text}{trail}")


_WIDEST = 110
_MARGIN = 6
_NUMBER = "No."
_RISK = ("Risk", "Impact", "Likelihood", "Mitigation", "Section", "Rests on")
_QUESTION = ("Question", "Why it matters", "Who could answer", "Section", "Rests on")


def markdown(found: Suggestions) -> str:
    """The suggestions as Markdown: a table of risks, a table of questions."""
    parts: list[str] = []
    if found.risks:
        risks = [
            (one.text, one.impact, one.likelihood, one.mitigation, *_ground(one.basis), *_no(one))
            for one in found.risks
        ]
        parts.append("## Risks\n\n" + _table((*_RISK, *_last_sheet(found.risks)), risks))
    if found.questions:
        asked = [
            (one.text, one.why, one.who, *_ground(one.basis), *_no(one)) for one in found.questions
        ]
        head = (*_QUESTION, *_last_sheet(found.questions))
        parts.append("## Open Questions\n\n" + _table(head, asked))
    return "\n\n".join(parts)


def _no(one: Risk | Question) -> tuple[str, ...]:
    return (str(one.number),) if one.number else ()


def _last_sheet(found: Sequence[Risk] | Sequence[Question]) -> tuple[str, ...]:
    """The name of the last column: the numbers that suggestions are picked by, if they have any."""
    return (_NUMBER,) if any(one.number for one in found) else ()


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruled = ["---"] * len(head)
    placed = ([place.cell(text) for text in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ruled, *placed))


def _ground(basis: Basis) -> tuple[str, str]:
    section = clean(basis.section)
    return section, f'"{basis.quote}"' if basis.quote else "something missing there"


def columns(found: Suggestions, width: int = 0) -> str:
    """The suggestions for a terminal of so many columns; 0 asks the terminal."""
    wide = min(width or get_terminal_size().columns, _WIDEST)
    parts: list[str] = []
    if found.risks:
        parts.append("RISKS (impact / likelihood)")
        for number, one in enumerate(found.risks, start=1):
            level = f"{one.impact}/{one.likelihood}"
            parts += _entry(f"{one.number or number:3}", f"{level}: {one.text}", wide)
            parts += _lines(f"-> {one.mitigation}", wide)
            parts += _basis(one.basis, one.views, wide)
    if found.questions:
        parts += [""] * bool(parts) + ["OPEN QUESTIONS"]
        for number, asked in enumerate(found.questions, start=1):
            parts += _entry(f"{asked.number or number:3}", asked.text, wide)
            parts += _lines(f"why: {asked.why}", wide)
            parts += _lines(f"who: {asked.who}", wide)
            parts += _basis(asked.basis, asked.views, wide)
    return "\n".join(parts)


def _entry(mark: str, text: str, width: int) -> Iterator[str]:
    first, *rest = _lines(text, width) or [""]
    yield f"{mark}  {first.strip()}".rstrip()
    yield from rest


def _basis(basis: Basis, views: Sequence[str], width: int) -> Iterator[str]:
    section, ground = _ground(basis)
    where = f"{section}: {ground}" if section else ground
    yield from _lines(f"{where} [{', '.join(views)}]", width)


def _lines(text: str, width: int) -> list[str]:
    room = max(30, width - _MARGIN)
    indent = " " * (_MARGIN - 1)
    return [f"{indent}{line}" for line in textwrap.wrap(clean(text), room)]
