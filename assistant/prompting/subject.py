"""What is sent: a document's subject, and the requests for its brief and its sections."""

from dataclasses import dataclass, field

from assistant.llm.model import Message, Prompt
from assistant.prompting import brief, prompts
from assistant.prompting.claims import mark_unknown_paths
from assistant.prompting.language import base, is_ascii, punctuated, spaced
from assistant.prompting.prompts import grammar, stops
from assistant.prompting.request import Request, openings, schema, topic
from assistant.repo.files import Repository
from assistant.template.template import Template

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
