"""What a review sends: for each point of view a prompt, all with the same beginning."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.llm.model import Message, Prompt
from assistant.llm.tokens import TokenCounter, shorten_to_fit
from assistant.markdown.comments import strip_comments
from assistant.markdown.document import Document
from assistant.prompting import prompts
from assistant.prompting.language import guess_language
from assistant.prompting.prompts import PointOfView
from assistant.suggestions import answer
from assistant.suggestions.answer import Ground, count_any_words
from assistant.suggestions.listed import find_listed_items
from assistant.suggestions.model import WantedKinds

MAX_PASSAGES = 100
_MAX_PASSAGE_WORDS = 12  # of a sentence, from its beginning
_MIN_PASSAGE_WORDS = 5
_SENTENCE_BREAK = re.compile(r"(?<=[.?!:;\u3002\uff1f\uff01])\s+")
_FENCE_LINE = re.compile(r"[ \t>]*(?:`{3,}|~{3,})")
_BLOCK_LEAD = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?")


def list_passages(text: str, ground: Ground) -> tuple[str, ...]:
    """The beginning of each sentence of a text, as it stands in the document; no code, no link."""
    found: dict[str, None] = {}
    for block in _yield_blocks(text):
        for sentence in _SENTENCE_BREAK.split(block):
            start = " ".join(sentence.split()[:_MAX_PASSAGE_WORDS])
            if "](" in start or count_any_words(start) < _MIN_PASSAGE_WORDS:
                continue
            if quote := ground.find(start).quote:
                found[quote] = None
    return tuple(found)


def spread_passages(found: tuple[str, ...], most: int = MAX_PASSAGES) -> tuple[str, ...]:
    """At most so many of them, from all over."""
    if len(found) <= most:
        return found
    return tuple(found[at * len(found) // most] for at in range(most))


def _yield_blocks(text: str) -> Iterator[str]:
    """The paragraphs and list items of a text, each on one line."""
    held: list[str] = []
    fenced = False
    for line in text.splitlines():
        if _FENCE_LINE.match(line):
            fenced = not fenced
            continue
        lead = _BLOCK_LEAD.match(line)
        bare = line[lead.end() :].strip() if lead else line.strip()
        ends = not bare or bare.startswith(("#", "|")) or (lead is not None and lead[0].strip())
        if ends and held:
            yield " ".join(held)
            held = []
        if bare and not fenced and not bare.startswith(("#", "|")):
            held.append(bare)
    if held:
        yield " ".join(held)


MAX_REVIEW_TOKENS = 900  # tokens of one answer
_MAX_TURNS = 3  # an answer, what is wrong with it, and the answer after that
_MIN_DOCUMENT_TOKENS = 256
_VIEW_TOKENS = 1200  # tokens of the longest point of view, and what stands around texts
_LISTED_SHARE = 3  # of what can be read, that what is listed may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A document as all points of view are shown it: `system`, then `shared`, then their own."""

    system: Message
    shared: str
    kinds: WantedKinds
    schema: str

    def beginning(self) -> tuple[Message, ...]:
        """What all requests begin with."""
        return (self.system, Message(role="user", content=self.shared))

    def prompt(self, view: PointOfView) -> Prompt:
        """The request from one point of view."""
        own = prompts.write_view_instruction(
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
    document: Document,
    ground: Ground,
    kinds: WantedKinds,
    reader: ReviewerModel,
    language: str = "",
) -> Review:
    """The whole document as it is reviewed, cut to what the reader reads beside all the rest."""
    own = find_listed_items(document).own
    sections = [section.heading + section.body for section in document.sections]
    told = "".join(part for index, part in enumerate(sections) if index in own)
    rest = "".join(part for index, part in enumerate(sections) if index not in own)
    text = _squeeze_text(document.front + rest)
    system = prompts.write_reviewer(language or guess_language(text[:4000]).name)
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
        system=system, shared=prompts.write_reviewed_document(text, known), kinds=kinds,
        schema=answer.make_opinion_schema(kinds, ground.headings, few),
    )  # fmt: skip


def _squeeze_text(text: str) -> str:
    """The text without comments, and with no more than one blank line in a row."""
    kept: list[str] = []
    for part in strip_comments(text).splitlines():
        if part.strip() or (kept and kept[-1]):
            kept.append(part.rstrip())
    return "\n".join(kept).strip()
