"""What a review sends: for each point of view a prompt, all with the same beginning."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.llm.model import Message, Prompt
from assistant.llm.tokens import Counter, fit
from assistant.markdown.comments import without_comments
from assistant.markdown.document import Document
from assistant.prompting import prompts
from assistant.prompting.language import guess_language
from assistant.prompting.prompts import View
from assistant.suggestions import answer
from assistant.suggestions.answer import Ground, count
from assistant.suggestions.listed import listed
from assistant.suggestions.model import Kinds

MOST = 100
_WORDS = 12  # of a sentence, from its beginning
_LEAST_passage = 5
_SENTENCE = re.compile(r"(?<=[.?!:;\u3002\uff1f\uff01])\s+")
_FENCE = re.compile(r"[ \t>]*(?:`{3,}|~{3,})")
_LEAD = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?")


def passages(text: str, ground: Ground) -> tuple[str, ...]:
    """The beginning of each sentence of a text, as it stands in the document; no code, no link."""
    found: dict[str, None] = {}
    for block in _blocks(text):
        for sentence in _SENTENCE.split(block):
            start = " ".join(sentence.split()[:_WORDS])
            if "](" in start or count(start) < _LEAST_passage:
                continue
            if quote := ground.find(start).quote:
                found[quote] = None
    return tuple(found)


def spread(found: tuple[str, ...], most: int = MOST) -> tuple[str, ...]:
    """At most so many of them, from all over."""
    if len(found) <= most:
        return found
    return tuple(found[at * len(found) // most] for at in range(most))


def _blocks(text: str) -> Iterator[str]:
    """The paragraphs and list items of a text, each on one line."""
    held: list[str] = []
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
            continue
        lead = _LEAD.match(line)
        bare = line[lead.end() :].strip() if lead else line.strip()
        ends = not bare or bare.startswith(("#", "|")) or (lead is not None and lead[0].strip())
        if ends and held:
            yield " ".join(held)
            held = []
        if bare and not fenced and not bare.startswith(("#", "|")):
            held.append(bare)
    if held:
        yield " ".join(held)


ANSWER = 900  # tokens of one answer
_TURNS = 3  # an answer, what is wrong with it, and the answer after that
_LEAST = 256
_VIEW = 1200  # tokens of the longest point of view, and what stands around texts
_SHARE = 3  # of what can be read, that what is listed may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A document as all points of view are shown it: `system`, then `shared`, then their own."""

    system: Message
    shared: str
    kinds: Kinds
    schema: str

    def beginning(self) -> tuple[Message, ...]:
        """What all requests begin with."""
        return (self.system, Message(role="user", content=self.shared))

    def prompt(self, view: View) -> Prompt:
        """The request from one point of view."""
        own = prompts.write_view(view, answer.list_wanted_keys(self.kinds), answer.MOST)
        return Prompt(
            label=view.title,
            messages=(self.system, Message(role="user", content=self.shared + own)),
            max_tokens=ANSWER,
            schema=self.schema,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The model that reads: the tokens of its window, and how they are counted.

    `small` says that it copies badly, and is to choose its quotes from a document's sentences.
    """

    window: int
    counter: Counter
    small: bool = False


def review(
    document: Document, ground: Ground, kinds: Kinds, reader: Reader, language: str = ""
) -> Review:
    """The whole document as it is reviewed, cut to what the reader reads beside all the rest."""
    own = listed(document).own
    sections = [section.heading + section.body for section in document.sections]
    told = "".join(part for index, part in enumerate(sections) if index in own)
    rest = "".join(part for index, part in enumerate(sections) if index not in own)
    text = _squeezed(document.front + rest)
    system = prompts.write_reviewer(language or guess_language(text[:4000]).name)
    frame = system.content + answer.schema(kinds, ground.headings)
    # What is listed stands by itself, so that nothing new is made of it; nothing is left out.
    known = _squeezed(told)
    most = reader.window - _TURNS * ANSWER - _VIEW
    if not reader.counter.is_within(frame + known + text, most):
        count = reader.counter.count
        room = max(_LEAST, most - count(frame))
        known = fit(known, room // _SHARE, reader.counter)
        text = fit(text, room - count(known), reader.counter)
    quotes = passages(text, ground)
    few = spread(quotes) if reader.small else ()
    if not reader.small and quotes and len(quotes) <= MOST:
        few = (*quotes, "")  # something may be missing, too
    return Review(
        system=system, shared=prompts.write_reviewed(text, known), kinds=kinds,
        schema=answer.schema(kinds, ground.headings, few),
    )  # fmt: skip


def _squeezed(text: str) -> str:
    """The text without comments, and with no more than one blank line in a row."""
    kept: list[str] = []
    for part in without_comments(text).splitlines():
        if part.strip() or (kept and kept[-1]):
            kept.append(part.rstrip())
    return "\n".join(kept).strip()
