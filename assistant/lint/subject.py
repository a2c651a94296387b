"""A document under examination: what every rule about it looks at, worked out once."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, Self, TypeVar

from assistant.markdown.document import Document, Section
from assistant.markdown.elements import Mark
from assistant.template.align import Alignment, align_document
from assistant.template.pairing import SectionMatch
from assistant.template.particulars import is_approved, read_status
from assistant.template.template import Template

_LINE_ENDING = re.compile(r"\r\n|\n|\r")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a finding points: an offset in the text, and how many characters are meant."""

    offset: int
    width: int = 0


class AnalysisCache:
    """What rules are given: it keeps what analyses made of it, so that several rules share each."""

    def __init__(self) -> None:
        self._analyses: dict[Callable[[Any], object], Any] = {}

    def once(self, analysis: Callable[[Self], T]) -> T:
        """Return what an analysis makes of this, worked out when it is first asked for."""
        if analysis not in self._analyses:
            self._analyses[analysis] = analysis(self)
        made: T = self._analyses[analysis]
        return made


class LinePlaces(AnalysisCache):
    """A text and where its lines begin."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self._starts = (
            [0, *(found.end() for found in _LINE_ENDING.finditer(text))]
            if "\r" in text
            else list(accumulate((len(part) + 1 for part in text.split("\n")[:-1]), initial=0))
        )

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1, of an offset in the text."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Return the offset in the text of a line and a column in it, both from 1."""
        return self._starts[min(line, len(self._starts)) - 1] + column - 1

    def line(self, number: int) -> str:
        """Return the text of line `number` without its ending; empty if there is no such line."""
        if not 1 <= number <= len(self._starts):
            return ""
        return self.text[self._starts[number - 1] : self.end(number)]

    def end(self, number: int) -> int:
        """Return the offset after the text of line `number`, before its ending."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return end

    @property
    def height(self) -> int:
        """Return how many lines the text has; one at least."""
        ends = len(self._starts) > 1 and self._starts[-1] == len(self.text)
        return len(self._starts) - 1 if ends else len(self._starts)


def spot_line(places: LinePlaces, offset: int) -> Spot:
    """Return the place of a line's words from an offset on, without the spaces around them."""
    line, column = places.place(offset)
    rest = places.line(line)[column - 1 :]
    return Spot(offset=offset + len(rest) - len(rest.lstrip()), width=len(rest.strip()))


class CheckedDocument(LinePlaces):
    """A document held against its template.

    Rules are functions of a subject; everything costly is worked out once. Without `front` the
    metadata before the first heading is nobody's business.
    """

    def __init__(self, template: Template, document: Document, *, front: bool = True) -> None:
        super().__init__(document.text)
        self.template = template
        self.document = document
        self.front = front

    @cached_property
    def alignment(self) -> Alignment:
        """Return which section of the document is which of the template's."""
        return align_document(self.template, self.document)

    @cached_property
    def marks(self) -> tuple[tuple[Mark, ...], ...]:
        """Return the marks of each section's body, in the order of the document's sections."""
        return tuple(section.marks for section in self.document.sections)

    @cached_property
    def known(self) -> dict[int, SectionMatch]:
        """Return what a section is in the template, by its index in the document."""
        return {match.index: match for match in self.alignment.matches}

    @cached_property
    def status(self) -> str:
        """Return the document's status in its own words, or an empty string."""
        return read_status(self.alignment)

    @cached_property
    def settled(self) -> bool:
        """Whether the document was approved, by its status."""
        return is_approved(self.status, self.template.statuses())

    def bodies(self) -> Iterator[tuple[Section, tuple[Mark, ...]]]:
        """Return each section with the marks of its body."""
        return zip(self.document.sections, self.marks, strict=True)
