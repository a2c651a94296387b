"""What a review sends: the points of view, and a prompt for each, all with one beginning."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from assistant import files
from assistant.errors import DraftError, Exit
from assistant.llm.model import Message, Prompt
from assistant.llm.tokens import TokenCounter, shorten_to_fit
from assistant.markdown.comments import strip_comments
from assistant.markdown.document import load_document
from assistant.markdown.escape import clean_text
from assistant.prompting.language import choose_language
from assistant.prompting.prompts import PromptText, render_prompt
from assistant.shipped import find_shipped_folder
from assistant.suggestions import answer
from assistant.suggestions.ground import MAX_PASSAGES, Ground, list_passages, spread_passages
from assistant.suggestions.suggestion import PointOfView, WantedKinds

VIEW_ORDER = ("reliability", "security", "data", "operations", "product")
MAX_VIEWS = 12  # points of view of a project
# Characters of one: in all of a project's a request stays small beside the document. By judgement.
MAX_VIEW_LENGTH = 4000
# Tokens of one answer: two risks and two questions, each of four texts of at most 45 words.
MAX_REVIEW_TOKENS = 900
# What a window has to hold beside the document: an answer, what is wrong with it and the answer
# after that, and the longest point of view with what stands around texts.
_MAX_TURNS = 3
_VIEW_TOKENS = 1200
# However small the window, so much of a document is reviewed. By judgement.
_MIN_DOCUMENT_TOKENS = 256
# What is listed may take one part in so many of the room: the rest is what risks are found in.
_LISTED_SHARE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerText(PromptText):
    """The rules that every request for suggestions begins with."""

    template: ClassVar[str] = "suggest/reviewer"
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedText(PromptText):
    """A document to be reviewed: its `text`, and the risks and questions that it has `listed`."""

    template: ClassVar[str] = "suggest/reviewed"
    text: str
    listed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewText(PromptText):
    """The instruction for one point of view; at most `most` of each of the `keys` are wanted."""

    template: ClassVar[str] = "suggest/view"
    title: str
    text: str
    keys: Sequence[str]
    most: int


def write_reviewer(language: str) -> Message:
    """Return the first message of every request for suggestions."""
    return Message(role="system", content=render_prompt(ReviewerText(language=language)).strip())


def write_reviewed_document(text: str, listed: str) -> str:
    """Return the document, and what it lists, with which every request for suggestions goes on."""
    return render_prompt(ReviewedText(text=text, listed=listed))


def write_view_instruction(view: PointOfView, keys: Sequence[str], most: int) -> str:
    """Return the instruction for one point of view; `keys` are those that its answer may have."""
    return render_prompt(ViewText(title=view.title, text=view.text, keys=keys, most=most)).strip()


def load_views(own: Path | None) -> tuple[PointOfView, ...]:
    """Return all points of view: those that ship, and those in the folder `own`.

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
        f"{message}.",
        code="bad-point-of-view",
        exit_code=Exit.FILE,
        where=str(path),
        hint="A point of view is a Markdown file: a heading, and what to look for.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A document as all points of view are shown it: `system`, then `shared`, then their own."""

    ground: Ground
    system: Message
    shared: str
    kinds: WantedKinds
    schema: str

    def list_shared_messages(self) -> tuple[Message, ...]:
        """Return what all requests begin with."""
        return (self.system, Message(role="user", content=self.shared))

    def make_prompt(self, view: PointOfView) -> Prompt:
        """Return the request from one point of view."""
        own = write_view_instruction(
            view, answer.list_wanted_keys(self.kinds), answer.MAX_SUGGESTIONS
        )
        return Prompt(
            label=view.title,
            messages=(self.system, Message(role="user", content=self.shared + own)),
            max_tokens=MAX_REVIEW_TOKENS,
            schema=self.schema,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerModel:
    """The model that reads: the tokens of its window, and how they are counted.

    `small` says that it copies badly, and is to choose its quotes from a document's sentences.
    """

    window: int
    counter: TokenCounter
    small: bool = False


def prepare_review(
    ground: Ground, kinds: WantedKinds, reader: ReviewerModel, language: str = ""
) -> Review:
    """Return the prompts of a review, the document cut to what the model reads beside the rest."""
    document, own = ground.document, ground.listed.own
    sections = [section.heading + section.body for section in document.sections]
    told = "".join(part for index, part in enumerate(sections) if index in own)
    rest = "".join(part for index, part in enumerate(sections) if index not in own)
    text = _squeeze_text(document.front + rest)
    system = write_reviewer(choose_language(language, text).name)
    frame = system.content + answer.make_opinion_schema(kinds, ground.headings)
    # What is listed stands by itself, so that nothing new is made of it; nothing is left out.
    known = _squeeze_text(told)
    most = reader.window - _MAX_TURNS * MAX_REVIEW_TOKENS - _VIEW_TOKENS
    if not reader.counter.is_within(frame + known + text, most):
        count = reader.counter.count
        room = max(_MIN_DOCUMENT_TOKENS, most - count(frame))
        known = shorten_to_fit(known, room // _LISTED_SHARE, reader.counter)
        text = shorten_to_fit(text, room - count(known), reader.counter)
    quotes = list_passages(text, ground)
    few = spread_passages(quotes) if reader.small else ()
    if not reader.small and quotes and len(quotes) <= MAX_PASSAGES:
        few = (*quotes, "")  # something may be missing, too
    return Review(
        ground=ground,
        system=system,
        shared=write_reviewed_document(text, known),
        kinds=kinds,
        schema=answer.make_opinion_schema(kinds, ground.headings, few),
    )


def _squeeze_text(text: str) -> str:
    """Return the text without comments, and with no more than one blank line in a row."""
    kept: list[str] = []
    for part in strip_comments(text).splitlines():
        if part.strip() or (kept and kept[-1]):
            kept.append(part.rstrip())
    return "\n".join(kept).strip()
