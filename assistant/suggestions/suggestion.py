"""Suggestions: risks and open questions, what each rests on, and how they are shown."""

import textwrap
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from shutil import get_terminal_size

from assistant.editing import place
from assistant.editing.answer import Fault
from assistant.markdown.escape import clean_text

LEVELS = ("High", "Med", "Low")
_MAX_WIDTH = 110
_TEXT_INDENT = 6
_NUMBER_COLUMN = "No."
_RISK_COLUMNS = ("Risk", "Impact", "Likelihood", "Mitigation", "Section", "Rests on")
_QUESTION_COLUMNS = ("Question", "Why it matters", "Who could answer", "Section", "Rests on")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOfView:
    """A point of view: its file's name without the ending, its title, its instruction."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a suggestion rests on: words of the document, or a heading under which something lacks.

    `quote` are the document's own words, white space folded; empty if something is missing.
    """

    section: str
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What can go wrong; `impact` and `likelihood` are of `LEVELS`, `views` who said it.

    `number` is what a person picks it by; 0 if it has none.
    """

    text: str
    impact: str
    likelihood: str
    mitigation: str
    basis: Basis
    views: tuple[str, ...] = ()
    number: int = 0

    @property
    def weight(self) -> int:
        """Return how serious the risk is, from 1 to 9: impact times likelihood."""
        levels = len(LEVELS)
        return (levels - LEVELS.index(self.impact)) * (levels - LEVELS.index(self.likelihood))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is not decided; `who` is the role that could answer, `views` who asked it.

    `number` is what a person picks it by; 0 if it has none.
    """

    text: str
    why: str
    who: str
    basis: Basis
    views: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedKinds:
    """What is wanted: risks, questions, or both."""

    risks: bool = True
    questions: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What was said from one point of view, as far as it rests on anything.

    `flaws` weigh less than `errors`; `dropped` counts the suggestions that rest on nothing, or say
    too little. `said` is false if nothing could be read.
    """

    risks: tuple[Risk, ...] = ()
    questions: tuple[Question, ...] = ()
    errors: tuple[Fault, ...] = ()
    flaws: tuple[Fault, ...] = ()
    dropped: int = 0
    said: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """What all points of view came to: no two alike, the weightiest first.

    `repeats` counts what was said twice, or stands in the document already.
    """

    risks: tuple[Risk, ...] = ()
    questions: tuple[Question, ...] = ()
    repeats: int = 0
    dropped: int = 0

    def take_first(self, most: int | None) -> "Suggestions":
        """Return at most so many suggestions of each kind."""
        return replace(self, risks=self.risks[:most], questions=self.questions[:most])

    def pick_numbers(self, numbers: Collection[int]) -> "Suggestions":
        """Return the suggestions with one of these numbers."""
        return replace(
            self,
            risks=tuple(one for one in self.risks if one.number in numbers),
            questions=tuple(one for one in self.questions if one.number in numbers),
        )

    def add_numbers(self, shown: Sequence[str]) -> "Suggestions":
        """Return the suggestions with numbers: those of `shown` keep theirs, the rest counts on."""
        numbers = {text: number for number, text in enumerate(self.list_texts(shown), start=1)}
        return replace(
            self,
            risks=tuple(replace(one, number=numbers[one.text]) for one in self.risks),
            questions=tuple(replace(one, number=numbers[one.text]) for one in self.questions),
        )

    def list_texts(self, shown: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the texts that were `shown`, and after them those that are new, each once."""
        every: tuple[Risk | Question, ...] = (*self.risks, *self.questions)
        return tuple(dict.fromkeys((*shown, *(one.text for one in every))))

    @property
    def numbers(self) -> dict[int, str]:
        """Return the text that each number stands for."""
        every: tuple[Risk | Question, ...] = (*self.risks, *self.questions)
        return {one.number: one.text for one in every}


def format_as_markdown(found: Suggestions) -> str:
    """Return the suggestions as Markdown: a table of risks, a table of questions."""
    parts: list[str] = []
    if found.risks:
        risks = [
            (
                one.text,
                one.impact,
                one.likelihood,
                one.mitigation,
                *_describe_basis(one.basis),
                *_make_number_cells(one),
            )
            for one in found.risks
        ]
        parts.append(
            "## Risks\n\n"
            + _format_table((*_RISK_COLUMNS, *_list_number_columns(found.risks)), risks)
        )
    if found.questions:
        asked = [
            (one.text, one.why, one.who, *_describe_basis(one.basis), *_make_number_cells(one))
            for one in found.questions
        ]
        head = (*_QUESTION_COLUMNS, *_list_number_columns(found.questions))
        parts.append("## Open Questions\n\n" + _format_table(head, asked))
    return "\n\n".join(parts)


def _make_number_cells(one: Risk | Question) -> tuple[str, ...]:
    return (str(one.number),) if one.number else ()


def _list_number_columns(found: Sequence[Risk] | Sequence[Question]) -> tuple[str, ...]:
    """Return the heading of the column with the numbers to pick by, if there are numbers."""
    return (_NUMBER_COLUMN,) if any(one.number for one in found) else ()


def _format_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruled = ["---"] * len(head)
    placed = ([place.render_cell(text) for text in row] for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ruled, *placed))


def _describe_basis(basis: Basis) -> tuple[str, str]:
    section = clean_text(basis.section)
    return section, f'"{basis.quote}"' if basis.quote else "something missing there"


def format_for_terminal(found: Suggestions, width: int = 0) -> str:
    """Return the suggestions for a terminal of so many columns; 0 asks the terminal."""
    wide = min(width or get_terminal_size().columns, _MAX_WIDTH)
    parts: list[str] = []
    if found.risks:
        parts.append("RISKS (impact / likelihood)")
        for number, one in enumerate(found.risks, start=1):
            level = f"{one.impact}/{one.likelihood}"
            parts += _wrap_entry(f"{one.number or number:3}", f"{level}: {one.text}", wide)
            parts += _wrap_lines(f"-> {one.mitigation}", wide)
            parts += _wrap_basis(one.basis, one.views, wide)
    if found.questions:
        parts += [""] * bool(parts) + ["OPEN QUESTIONS"]
        for number, asked in enumerate(found.questions, start=1):
            parts += _wrap_entry(f"{asked.number or number:3}", asked.text, wide)
            parts += _wrap_lines(f"why: {asked.why}", wide)
            parts += _wrap_lines(f"who: {asked.who}", wide)
            parts += _wrap_basis(asked.basis, asked.views, wide)
    return "\n".join(parts)


def _wrap_entry(mark: str, text: str, width: int) -> Iterator[str]:
    first, *rest = _wrap_lines(text, width) or [""]
    yield f"{mark}  {first.strip()}".rstrip()
    yield from rest


def _wrap_basis(basis: Basis, views: Sequence[str], width: int) -> Iterator[str]:
    section, ground = _describe_basis(basis)
    where = f"{section}: {ground}" if section else ground
    yield from _wrap_lines(f"{where} [{', '.join(views)}]", width)


def _wrap_lines(text: str, width: int) -> list[str]:
    room = max(30, width - _TEXT_INDENT)
    indent = " " * (_TEXT_INDENT - 1)
    return [f"{indent}{line}" for line in textwrap.wrap(clean_text(text), room)]
