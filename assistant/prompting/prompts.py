"""Prompts: a draft's requests, and the texts in `prompts/` that they are made of, by jinja2.

Each template there has one dataclass here, whose fields are the template's variables. What people
and models wrote goes in as data; no text of theirs is ever read as a Jinja template.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.llm.model import Message, Prompt
from assistant.prompting import brief
from assistant.prompting.brief import Brief, count_most_aside, list_brief_sections
from assistant.prompting.claims import mark_unknown_paths
from assistant.prompting.form import (
    limit_sentences,
    list_openings,
    list_stops,
    make_answer_schema,
    make_grammar,
)
from assistant.prompting.language import (
    find_base_language,
    has_sentence_marks,
    has_word_spaces,
    is_mostly_ascii,
)
from assistant.prompting.names import NamedGroup, list_named_groups
from assistant.prompting.request import LISTED_TOPICS, SectionRequest, Want, find_topic
from assistant.repo.files import Repository
from assistant.shipped import find_shipped_folder
from assistant.template.parts import make_identifier
from assistant.template.template import Template

BRIEF_LABEL = "brief"
# Tokens of a brief, which has about 300 words in a JSON object of a dozen keys.
MAX_BRIEF_TOKENS = 1200
# Tokens that a word, a JSON key and an answer's frame take, on the generous side: the budget in
# words is what holds the length, the limit in tokens only stops a model that rambles.
_TOKENS_PER_WORD = 4
_TOKENS_PER_KEY = 24
_FRAME_TOKENS = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptText:
    """The variables of a template, which is at `template` in `prompts/`, less its endings."""

    template: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemText(PromptText):
    """The rules that every request for a draft begins with; `language` is empty for any."""

    template: ClassVar[str] = "draft/system"
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectText(PromptText):
    """What a document is about: a bug, a feature or another `kind` of change."""

    template: ClassVar[str] = "draft/subject"
    description: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentText(PromptText):
    """What a begun document is about: a `description`, an author's `hint`, what people wrote."""

    template: ClassVar[str] = "draft/document"
    description: str
    hint: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionsText(PromptText):
    """The names of the sections that a document can have."""

    template: ClassVar[str] = "draft/sections"
    sections: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefText(PromptText):
    """The instruction for a brief, which names `groups` and sets `most_aside` sections aside."""

    template: ClassVar[str] = "draft/brief"
    groups: Sequence[NamedGroup]
    bug: bool
    most_aside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineText(PromptText):
    """A brief as all sections are shown it: `names` by their label, `aside` what is left out."""

    template: ClassVar[str] = "draft/outline"
    brief: Brief
    names: Sequence[tuple[str, tuple[str, ...]]]
    aside: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionText(PromptText):
    """The instruction for one section, with the question of its `topic`, if it has any.

    `inside` says that its title needs its parent's to be understood, `listed` that it is a list,
    `rows` that it has a table. `begins` are first words of which its text has one, `nodes` boxes of
    a diagram, `purpose` what an example of code says that it is. `least` and `most` count
    sentences.
    """

    template: ClassVar[str] = "draft/section"
    asked: SectionRequest
    hint: str
    topic: str
    bug: bool
    rows: bool
    listed: bool
    inside: bool
    language: str
    begins: Sequence[str]
    nodes: Sequence[str]
    purpose: str
    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemText(PromptText):
    """What is added to an instruction that asks for one of a group's items only."""

    template: ClassVar[str] = "draft/item"
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairText(PromptText):
    """What is said to a model whose answer can't be used; `keys` are what it is to say again."""

    template: ClassVar[str] = "repair"
    errors: Sequence[str]
    keys: Sequence[str]


@cache
def _make_environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(find_shipped_folder()),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  prompts are Markdown, not HTML
        keep_trailing_newline=True,
    )
    made.filters["identifier"] = make_identifier
    return made


def render_prompt(text: PromptText) -> str:
    """Return a template's text with its variables; white space at its end stays."""
    values = {field.name: getattr(text, field.name) for field in fields(text)}
    return _make_environment().get_template(f"{text.template}.md.j2").render(values)


def write_system(language: str) -> Message:
    """Return the first message of every request of a draft."""
    return Message(role="system", content=render_prompt(SystemText(language=language)).strip())


def write_subject(description: str, kind: str) -> str:
    """Return what every request's second message begins with."""
    return render_prompt(SubjectText(description=description, kind=kind))


def write_begun_document(description: str, hint: str, text: str) -> str:
    """Return the description of a document that people began, with what they wrote."""
    return render_prompt(DocumentText(description=description, hint=hint, text=text)).strip()


def write_brief_instruction(template: Template, *, bug: bool) -> str:
    """Return the instruction for the brief."""
    most = count_most_aside(list_brief_sections(template))
    told = render_prompt(BriefText(groups=list_named_groups(template), bug=bug, most_aside=most))
    return _write_sections(template) + told.strip()


def write_outline(known: Brief, template: Template, aside: Sequence[str]) -> str:
    """Return the outline and the brief, which all section requests of a document share.

    `aside` are the titles of sections that do not apply. It begins as the brief's own request does.
    """
    named = ((group.label, known.get_names(group.group)) for group in list_named_groups(template))
    names = [(label, found) for label, found in named if found]
    return _write_sections(template) + render_prompt(
        OutlineText(brief=known, names=names, aside=aside)
    )


def _write_sections(template: Template) -> str:
    return render_prompt(SectionsText(sections=list_brief_sections(template)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionStyle:
    """How a section is to be written: in which language, beginning with one of which texts."""

    bug: bool = False
    language: str = ""
    begins: tuple[str, ...] = ()


def write_section_instruction(
    asked: SectionRequest, hint: str = "", manner: SectionStyle | None = None
) -> str:
    """Return the instruction for one section."""
    how = manner or SectionStyle()
    about = find_topic(asked.path)
    least, most = limit_sentences(asked.wants[0])
    text = SectionText(
        asked=asked,
        hint=hint,
        topic=about,
        bug=how.bug,
        rows=any(want.kind == "rows" for want in asked.wants),
        listed=about in LISTED_TOPICS,
        # Behind the document's title and a parent's stands a title that may say nothing alone.
        inside=about == "" and len(asked.path) > len(("title", "parent")),
        language=how.language,
        begins=how.begins,
        nodes=_list_nodes(asked.parts),
        purpose=_find_purpose(asked.wants[0]),
        least=least,
        most=most,
    )
    return render_prompt(text).strip()


def _list_nodes(parts: Sequence[str]) -> tuple[str, ...]:
    """Return the boxes of a diagram of these parts, as Mermaid writes them."""
    names = [re.sub(r"[^\w /-]", "", part).strip() for part in ("User", *parts)]
    return tuple(f"{chr(ord('a') + number)}[{name}]" for number, name in enumerate(names))


def _find_purpose(want: Want) -> str:
    """Return what an example's own first comment says that it is."""
    first = want.placeholder.split("\n")[0].strip()
    found = re.match(r"(?:--|#|//|%%)\s*(\S.*)", first)
    return found[1] if found and want.kind == "code" else ""


def write_repair(errors: Sequence[str], keys: Sequence[str]) -> Message:
    """Return what is said to a model whose answer can't be used, for these `errors`."""
    return Message(role="user", content=render_prompt(RepairText(errors=errors, keys=keys)).strip())


def write_item_instruction(name: str) -> str:
    """Return what is added to an instruction to ask for one item of a group only."""
    return render_prompt(ItemText(item=name)).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSubject:
    """What a document is about, fitted to the model: the same for all requests.

    `foreign` says that it is not in English, which counts where no `language` is named.
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
        """Return whether the document is in English, as far as is known."""
        if self.language:
            return find_base_language(self.language) == "English"
        return not self.foreign and is_mostly_ascii(self.description)

    @property
    def written(self) -> str:
        """Return the language that the document is written in; empty if nobody knows."""
        return "English" if self.english else self.language

    @property
    def dry(self) -> bool:
        """Return whether a phrase can be kept from being said twice without harm to the words.

        A word of a language such as German is many tokens long: to escape the penalty a model
        leaves out the space before the next one. Where there are no spaces none can be lost.
        """
        return self.english or not has_word_spaces(self.language)

    @property
    def bug(self) -> bool:
        """Return whether the document is about a bug, which gets a shorter one."""
        return self.kind == "bug"

    def mark_paths(self, text: str) -> str:
        """Return a model's text with a mark after each path that nobody gave."""
        return mark_unknown_paths(text, self.repository, self.description)

    def make_messages(self, shared: str, instruction: str) -> tuple[Message, ...]:
        """Return the messages of one request; `shared` stands before its own instruction."""
        own = write_subject(self.description, self.kind) + shared + instruction
        return (write_system(self.language), Message(role="user", content=own))


def make_brief_prompt(subject: DocumentSubject, template: Template) -> Prompt:
    """Return the request for the brief."""
    return Prompt(
        label=BRIEF_LABEL,
        messages=subject.make_messages("", write_brief_instruction(template, bug=subject.bug)),
        max_tokens=MAX_BRIEF_TOKENS,
        schema=brief.make_brief_schema(template),
    )


def _count_keys(want: Want) -> int:
    """Return how many JSON keys the answer to a want has at most."""
    return max(1, len(want.columns) * want.most, len(want.fields) * max(want.most, len(want.names)))


def make_section_prompt(subject: DocumentSubject, shared: str, asked: SectionRequest) -> Prompt:
    """Return the request for one section."""
    keys = sum(_count_keys(want) for want in asked.wants)
    code = any(want.kind == "code" for want in asked.wants)
    begins = list_openings(subject.written, find_topic(asked.path), bug=subject.bug)
    language = "" if subject.english else subject.language
    manner = SectionStyle(bug=subject.bug, language=language, begins=begins)
    told = write_section_instruction(asked, subject.hint, manner)
    return Prompt(
        label=asked.id,
        messages=subject.make_messages(shared, told),
        max_tokens=_FRAME_TOKENS + _TOKENS_PER_WORD * asked.words + _TOKENS_PER_KEY * keys,
        schema=make_answer_schema(asked),
        stop=list_stops(asked),
        grammar=make_grammar(asked, begins) if code or has_sentence_marks(subject.written) else "",
        dry=subject.dry and not code,
    )
