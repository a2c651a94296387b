"""What a rule is: a declaration that says everything about it, and the function that looks.

A rule's function yields hits: where something is, and what to say of it. Which code a finding has,
how bad it is, and where it is in lines and columns is decided here, in one place, for all of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # a rule is declared without what it looks at
    from assistant.folder.numbers import NameStyle
    from assistant.lint.neighbours import PlacedDocument
    from assistant.lint.subject import CheckedDocument, LinePlaces, Spot
    from assistant.lint.surroundings import DocumentFolder

Severity = Literal["error", "warning", "note"]

# Codes that the rest of the program asks about; what they mean is in `lint/rules`.
OTHER_TEMPLATE = "D108"
UNWRITTEN = "D201"
NAME_IS_NO_SLUG = "D506"
SYMBOL_NOT_FOUND = "D802"

# Characters of a message: a document's heading may be a megabyte long, and nobody reads more.
_MAX_MESSAGE = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a document that a person should know: data, not an exception.

    `line` and `column` count from 1, `width` is how many characters of that line are meant (0: the
    rest of it); `section` is the heading it stands under.
    """

    code: str
    severity: Severity
    line: int
    column: int = 1
    width: int = 0
    section: str = ""
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """What a rule's function found: where, what to say, and the heading that it stands under.

    `doubtful` says that it may well be meant so; the rule declares how bad it is then.
    """

    spot: "Spot"
    message: str
    section: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderHit:
    """A hit in the file `name` of a folder; `text` is that file's, where the place is in it."""

    name: str
    message: str
    line: int = 1
    text: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """An edit: `text` in the place of what stands from `start` to `end` in the document.

    `lines` are those in which the finding that it mends may stand; `section` is the index of the
    section whose level it changes, -1 where it changes none.
    """

    start: int
    end: int
    text: str
    lines: tuple[int, ...]
    section: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A document that a rule finds something in, and the same once that is mended.

    `template` is what the template has; one that is empty matters to no rule. Where only the name
    is wrong, `name` and `renamed` are the document's before and after. `beside` are files around
    it: paths from its folder, and their text; `elsewhere` are names of documents on another branch.
    """

    fails: str
    passes: str
    template: str = ""
    name: str = "007_login.md"
    renamed: str = ""
    beside: tuple[tuple[str, str], ...] = ()
    mended: tuple[tuple[str, str], ...] | None = None
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What can be found: a stable code and name, what it is about, and why it matters.

    Scripts and ignore lists name the code. `severity` is how bad it is by itself, `approved` in a
    document that was approved, `doubtful` where it may be meant. `on` is false for a rule that has
    to be asked for. `mend` says what a person does about it.
    """

    code: str
    name: str
    severity: Severity
    about: str
    why: str
    mend: str
    example: Example
    approved: Severity | None = None
    doubtful: Severity | None = None
    on: bool = True

    @property
    def mends(self) -> bool:
        """Whether `draft check --fix` knows what to do where there is one right answer."""
        return False

    def by_status(self, *, settled: bool) -> Severity | None:
        """Return how bad an approved document makes it; None where its status changes nothing."""
        return self.approved if settled else None

    def build(self, places: "LinePlaces", hit: Hit) -> Finding:
        """Return the finding that a hit in a text is, with line and column from 1."""
        line, column = places.place(hit.spot.offset)
        rest = places.end(line) - hit.spot.offset
        if line == 1 and column > 1 and places.text.startswith("\ufeff"):
            column -= 1  # no editor counts a byte order mark
        return Finding(
            code=self.code,
            severity=(self.doubtful if hit.doubtful else None) or self.severity,
            line=line,
            column=column,
            width=min(hit.spot.width, max(rest, 0)),
            section=hit.section,
            message=_shorten_message(hit.message),
        )


def _shorten_message(message: str) -> str:
    """Return a message with its middle left out where it is too long to be read."""
    if len(message) <= _MAX_MESSAGE:
        return message
    return f"{message[: _MAX_MESSAGE * 2 // 3]}...{message[-_MAX_MESSAGE // 3 :]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRule(Rule):
    """A rule that holds a document against its template.

    `structure` says that `draft` and `fill` ask it of what they wrote, `measures` that it says
    nothing of a document that follows another template, `last` that it is about the comments that
    ignore the others' findings, and is asked after them.
    """

    check: "Callable[[CheckedDocument], Iterator[Hit]]"
    fix: "Callable[[CheckedDocument], Iterator[Fix]] | None" = None
    structure: bool = False
    measures: bool = False
    last: bool = False

    @property
    def mends(self) -> bool:
        """Whether `draft check --fix` knows what to do where there is one right answer."""
        return self.fix is not None

    def find(self, subject: "CheckedDocument") -> Iterator[Finding]:
        """Yield what this rule finds in a document."""
        return (self.build(subject, hit) for hit in self.check(subject))


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourRule(Rule):
    """A rule that looks at a document among the files around it; its fix is another name."""

    check: "Callable[[PlacedDocument], Iterator[Hit]]"
    fix: "Callable[[Path, NameStyle], Path] | None" = None

    @property
    def mends(self) -> bool:
        """Whether `draft check --fix` knows what to do where there is one right answer."""
        return self.fix is not None

    def find(self, placed: "PlacedDocument") -> Iterator[Finding]:
        """Yield what this rule finds in a document and around it."""
        return (self.build(placed.places, hit) for hit in self.check(placed))


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRule(Rule):
    """A rule that looks at a folder as a whole.

    `beside` says that its findings are about a file beside the documents, and that it is asked
    after them: mending may have changed what it sees.
    """

    check: "Callable[[DocumentFolder], Iterator[FolderHit]]"
    beside: bool = False

    def find(self, folder: "DocumentFolder") -> Iterator[tuple[Path, Finding]]:
        """Yield what this rule finds in a folder, each with the file that it is about."""
        for hit in self.check(folder):
            from assistant.lint.subject import LinePlaces, Spot  # noqa: PLC0415  most folders are fine

            places = LinePlaces(hit.text)
            spot = Spot(offset=places.offset(hit.line, 1))
            found = Hit(spot=spot, message=hit.message, doubtful=hit.doubtful)
            yield folder.path / hit.name, self.build(places, found)
