"""What is sent: a document's subject, and the requests for its brief and its sections."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from assistant.llm.model import Message, Prompt
from assistant.prompting import brief, prompts
from assistant.prompting.claims import mark_unknown_paths
from assistant.prompting.language import base, is_ascii, punctuated, spaced
from assistant.prompting.prompts import grammar, stops
from assistant.prompting.request import Request, schema
from assistant.repo.files import Repository
from assistant.shipped import load_openings, load_topic_titles
from assistant.template.template import Template

# Topics that have other openings where the document is about a bug.
_OF_A_BUG = {"approach": "cause", "goals": "cured"}


def openings(language: str, topic: str, *, bug: bool) -> tuple[str, ...]:
    """Return the texts of which a section on a topic, or each item of its list, begins with one.

    There are none in a language, named in English, that the word list lacks. Each ends with a space
    where the language has spaces, or with an apostrophe.
    """
    known = load_openings()
    own = known.get(language) or known.get(base(language), {})
    return own.get(_OF_A_BUG.get(topic, topic) if bug else topic, ())


_KINDS = ("decision", "endpoint", "service")  # sections that are called after what they describe
LISTED = ("goals", "non_goals")  # answered as a list, whatever the template has there


def topic(path: Sequence[str]) -> str:
    """Return the topic of the section at a path: by its title, or as one of a kind by whose.

    It is empty where nothing says what the section is about. A document's title, which is first in
    its sections' paths, says what all of it is about.
    """
    own = path[1:] or path
    parent = _of(own[-2]) if len(own) > 1 else ""
    return _of(own[-1]) or (parent if parent in _KINDS else "")


@cache
def _of(title: str) -> str:
    """Return the first topic whose words a title has."""
    found = (name for name, pattern in _patterns() if pattern.search(title))
    return next(found, "")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
        for name, words in load_topic_titles().items()
    )


BRIEF = "brief"
BRIEF_TOKENS = 1200
# Tokens that a word, a JSON key and an answer's frame take, on the generous side: the budget in
# words is what holds the length, the limit in tokens only stops a model that rambles.
_PER_WORD = 4
_PER_KEY = 24
_FRAME = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a document is about, fitted to the model: the same for all requests.

    `foreign` says that the description is not in English, although no `language` is named.
    `repository` is what the document will stand in: no model is told of it, answers are held to it.
    """

    description: str
    kind: str
    language: str = ""
    foreign: bool = False
    hint: str = ""
    repository: Repository = field(default_factory=Repository, compare=False, repr=False)

    @property
    def english(self) -> bool:
        """Whether the document is in English, as far as is known."""
        if self.language:
            return base(self.language) == "English"
        return not self.foreign and is_ascii(self.description)

    @property
    def written(self) -> str:
        """The language that the document is written in; empty where nobody knows."""
        return "English" if self.english else self.language

    @property
    def dry(self) -> bool:
        """Whether a phrase can be kept from being said twice without harm to the words.

        A word of a language such as German is many tokens long: to escape the penalty a model
        leaves out the space before the next one. Where there are no spaces none can be lost.
        """
        return self.english or not spaced(self.language)

    @property
    def bug(self) -> bool:
        """Whether it is a bug, which gets a shorter document."""
        return self.kind == "bug"

    def marked(self, text: str) -> str:
        """A model's text with a word behind each path that neither we nor the repository gave."""
        return mark_unknown_paths(text, self.repository, self.description)

    def messages(self, shared: str, instruction: str) -> tuple[Message, ...]:
        """The messages of one request; `shared` is what stands before its own instruction."""
        own = prompts.write_subject(self.description, self.kind) + shared + instruction
        return (prompts.write_system(self.language), Message(role="user", content=own))


def brief_prompt(subject: Subject, template: Template) -> Prompt:
    """The request for the brief."""
    return Prompt(
        label=BRIEF,
        messages=subject.messages("", prompts.write_brief(template, bug=subject.bug)),
        max_tokens=BRIEF_TOKENS,
        schema=brief.schema(template),
    )


def section_prompt(subject: Subject, shared: str, asked: Request) -> Prompt:
    """The request for one section."""
    keys = sum(max(1, len(w.columns) * w.most, len(w.fields) * max(w.most, len(w.names)))
               for w in asked.wants)  # fmt: skip
    code = any(want.kind == "code" for want in asked.wants)
    begins = openings(subject.written, topic(asked.path), bug=subject.bug)
    language = "" if subject.english else subject.language
    manner = prompts.Manner(bug=subject.bug, language=language, begins=begins)
    told = prompts.write_section(asked, subject.hint, manner)
    return Prompt(
        label=asked.id,
        messages=subject.messages(shared, told),
        max_tokens=_FRAME + _PER_WORD * asked.words + _PER_KEY * keys,
        schema=schema(asked),
        stop=stops(asked),
        grammar=grammar(asked, begins) if code or punctuated(subject.written) else "",
        dry=subject.dry and not code,
    )
