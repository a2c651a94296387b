"""What is sent: a document's subject, and the requests for its brief and its sections."""

from dataclasses import dataclass, field

from assistant.llm.model import Message, Prompt
from assistant.prompting import brief, prompts
from assistant.prompting.claims import mark_unknown_paths
from assistant.prompting.language import (
    find_base_language,
    has_sentence_marks,
    has_word_spaces,
    is_mostly_ascii,
)
from assistant.prompting.prompts import list_stops, make_grammar
from assistant.prompting.request import (
    SectionRequest,
    find_topic,
    list_openings,
    make_answer_schema,
)
from assistant.repo.files import Repository
from assistant.template.template import Template

BRIEF_LABEL = "brief"
MAX_BRIEF_TOKENS = 1200
# Tokens that a word, a JSON key and an answer's frame take, on the generous side: the budget in
# words is what holds the length, the limit in tokens only stops a model that rambles.
_TOKENS_PER_WORD = 4
_TOKENS_PER_KEY = 24
_FRAME_TOKENS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSubject:
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
            return find_base_language(self.language) == "English"
        return not self.foreign and is_mostly_ascii(self.description)

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
        return self.english or not has_word_spaces(self.language)

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


def make_brief_prompt(subject: DocumentSubject, template: Template) -> Prompt:
    """The request for the brief."""
    return Prompt(
        label=BRIEF_LABEL,
        messages=subject.messages("", prompts.write_brief_instruction(template, bug=subject.bug)),
        max_tokens=MAX_BRIEF_TOKENS,
        schema=brief.make_brief_schema(template),
    )


def make_section_prompt(subject: DocumentSubject, shared: str, asked: SectionRequest) -> Prompt:
    """The request for one section."""
    keys = sum(max(1, len(w.columns) * w.most, len(w.fields) * max(w.most, len(w.names)))
               for w in asked.wants)  # fmt: skip
    code = any(want.kind == "code" for want in asked.wants)
    begins = list_openings(subject.written, find_topic(asked.path), bug=subject.bug)
    language = "" if subject.english else subject.language
    manner = prompts.SectionStyle(bug=subject.bug, language=language, begins=begins)
    told = prompts.write_section_instruction(asked, subject.hint, manner)
    return Prompt(
        label=asked.id,
        messages=subject.messages(shared, told),
        max_tokens=_FRAME_TOKENS + _TOKENS_PER_WORD * asked.words + _TOKENS_PER_KEY * keys,
        schema=make_answer_schema(asked),
        stop=list_stops(asked),
        grammar=make_grammar(asked, begins) if code or has_sentence_marks(subject.written) else "",
        dry=subject.dry and not code,
    )
