"""What a reviewer suggests: risks and open questions, each with what it rests on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from assistant.value import Fault

LEVELS = ("High", "Med", "Low")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A point of view: its file's name without the ending, its title, its instruction."""

    name: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a suggestion rests on: words of the document, or a heading under which something lacks.

    `quote` are the document's own words, white space folded; empty where something is missing.
    """

    section: str
    quote: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What can go wrong; `impact` and `likelihood` are of `LEVELS`, `views` who said it.

    `number` is what a person picks it by; 0 where it has none.
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
        """How serious it is: from 1 to 9."""
        levels = len(LEVELS)
        return (levels - LEVELS.index(self.impact)) * (levels - LEVELS.index(self.likelihood))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is not decided; `who` is the role that could answer, `views` who asked it.

    `number` is what a person picks it by; 0 where it has none.
    """

    text: str
    why: str
    who: str
    basis: Basis
    views: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """What is wanted: risks, questions, or both."""

    risks: bool = True
    questions: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What was said from one point of view, as far as it rests on anything.

    `flaws` weigh less than `errors`; `dropped` counts the suggestions that rest on nothing, or say
    too little. `said` is false where nothing could be read.
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

    def first(self, most: int | None) -> "Suggestions":
        """At most so many of each kind."""
        return Suggestions(
            risks=self.risks[:most], questions=self.questions[:most],
            repeats=self.repeats, dropped=self.dropped,
        )  # fmt: skip

    def picked(self, numbers: Collection[int]) -> "Suggestions":
        """Those with one of these numbers."""
        return replace(
            self, risks=tuple(one for one in self.risks if one.number in numbers),
            questions=tuple(one for one in self.questions if one.number in numbers),
        )  # fmt: skip

    def numbered(self, shown: Sequence[str]) -> "Suggestions":
        """The same with numbers: what was shown before keeps its own, the rest counts on."""
        known = dict.fromkeys((*shown, *texts(self.risks), *texts(self.questions)))
        numbers = {text: number for number, text in enumerate(known, start=1)}
        return replace(
            self, risks=tuple(replace(one, number=numbers[one.text]) for one in self.risks),
            questions=tuple(replace(one, number=numbers[one.text]) for one in self.questions),
        )  # fmt: skip

    @property
    def numbers(self) -> dict[int, str]:
        """What each number stands for."""
        every: tuple[Risk | Question, ...] = (*self.risks, *self.questions)
        return {one.number: one.text for one in every}


def texts(found: Sequence[Risk] | Sequence[Question]) -> tuple[str, ...]:
    """What each of several suggestions says."""
    return tuple(one.text for one in found)
