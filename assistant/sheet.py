"""Suggestions on paper: Markdown for files, columns for a terminal."""

import textwrap
from collections.abc import Iterator, Sequence
from shutil import get_terminal_size

from assistant import place
from assistant.escape import clean
from assistant.suggestion import Basis, Question, Risk, Suggestions

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
        parts.append("## Risks\n\n" + _table((*_RISK, *_last(found.risks)), risks))
    if found.questions:
        asked = [
            (one.text, one.why, one.who, *_ground(one.basis), *_no(one)) for one in found.questions
        ]
        head = (*_QUESTION, *_last(found.questions))
        parts.append("## Open Questions\n\n" + _table(head, asked))
    return "\n\n".join(parts)


def _no(one: Risk | Question) -> tuple[str, ...]:
    return (str(one.number),) if one.number else ()


def _last(found: Sequence[Risk] | Sequence[Question]) -> tuple[str, ...]:
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
