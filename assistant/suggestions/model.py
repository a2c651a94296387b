"""What a reviewer suggests: risks and open questions, each with what it rests on."""

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import files
from assistant.editing.answer import Fault
from assistant.errors import DraftError, Exit
from assistant.markdown.document import load_document
from assistant.markdown.escape import clean_text
from assistant.prompting.prompts import PointOfView
from assistant.shipped import find_shipped_folder

LEVELS = ("High", "Med", "Low")


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
class WantedKinds:
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
        known = dict.fromkeys(
            (*shown, *list_suggestion_texts(self.risks), *list_suggestion_texts(self.questions))
        )
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


def list_suggestion_texts(found: Sequence[Risk] | Sequence[Question]) -> tuple[str, ...]:
    """What each of several suggestions says."""
    return tuple(one.text for one in found)


VIEW_ORDER = ("reliability", "security", "data", "operations", "product")
MAX_VIEWS = 12  # points of view of a project
MAX_VIEW_LENGTH = 4000  # characters of one


def load_views(own: Path | None) -> tuple[PointOfView, ...]:
    """All points of view; those in the folder `own` replace the ones of their name, or join them.

    An empty file of a name leaves that point of view out. Raises DraftError (exit code 4) for what
    can't be used.
    """
    shipped = find_shipped_folder() / "suggest" / "views"
    found = {name: _load_view(shipped / f"{name}.md") for name in VIEW_ORDER}
    if own is not None:
        found |= _load_project_views(own)
    kept = tuple(view for view in found.values() if view is not None)
    if not kept:
        raise _make_view_error(own or shipped, "there is no point of view left to ask from")
    return kept


def _load_project_views(own: Path) -> dict[str, PointOfView | None]:
    try:
        paths = sorted(path for path in own.iterdir() if path.suffix == ".md")
    except OSError as error:
        raise _make_view_error(
            own, f"the points of view can't be read: {error.strerror}"
        ) from error
    if len(paths) > MAX_VIEWS:
        raise _make_view_error(
            own, f"there are {len(paths)} points of view; {MAX_VIEWS} are allowed"
        )
    here = os.path.realpath(own)
    for path in paths:
        # A link could lead to any file of the person's, and what is in it is sent to a server.
        if os.path.dirname(os.path.realpath(path)) != here:  # noqa: PTH120  realpath's own kind
            raise _make_view_error(path, "a point of view must not be a link to a file elsewhere")
    return {path.stem: _load_view(path) for path in paths}


def _load_view(path: Path) -> PointOfView | None:
    data = files.read_document_bytes(path)
    if not data.strip():
        return None
    document = load_document(data, str(path))
    heading = next((section for section in document.sections if section.level), None)
    title = heading.title if heading else path.stem
    body = document.text[heading.body_start :] if heading else document.text
    text = clean_text(body).strip()
    if not text:
        raise _make_view_error(path, "this point of view has a heading and says nothing")
    if len(text) > MAX_VIEW_LENGTH:
        raise _make_view_error(path, f"a point of view may have {MAX_VIEW_LENGTH:,} characters")
    return PointOfView(name=path.stem, title=" ".join(clean_text(title).split()), text=text)


def _make_view_error(path: Path, message: str) -> DraftError:
    return DraftError(
        f"{message}.", code="bad-point-of-view", exit_code=Exit.FILE, where=str(path),
        hint="A point of view is a Markdown file: a heading, and what to look for.",
    )  # fmt: skip
