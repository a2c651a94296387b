"""Prompts: the texts in `prompts/`, rendered with strict names. The only importer of jinja2.

Each template there has one dataclass here, whose fields are the template's variables. What people
and models wrote goes in as data; no text of theirs is ever read as a Jinja template.
"""

# ruff: noqa: RUF001  texts may begin with full-width marks

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.llm.model import Message
from assistant.prompting.brief import SECTIONS_PER_ASIDE, Brief, list_brief_sections
from assistant.prompting.names import NamedGroup, list_named_groups
from assistant.prompting.request import LISTED_TOPICS, SectionRequest, Want, find_topic
from assistant.shipped import find_shipped_folder, load_grammar
from assistant.template.parts import make_identifier
from assistant.template.template import Template

_ANY_BEGINNING = r"""begin ::= [^\n#*<`{|"' .!?:：-]"""
_NEXT_LETTER = r"[^\n .,!?:。，、！？：]"  # behind the words that a text begins with
# Languages of code that have a grammar, with its name; a fence without a language is a diagram.
_CODE_GRAMMARS = {"": "mermaid", "mermaid": "mermaid", "sql": "sql", "python": "python"}
_NEXT_DEFINITIONS = ("\ndef ", "\nasync def ", "\nclass ", "\n# ")
_CODE_STOPS = {"python": _NEXT_DEFINITIONS}
_NEXT_TASK = "\n# Task"
_FENCE_END = "\n```\n"
_WORDS_PER_SENTENCE = 13  # words


def make_grammar(asked: SectionRequest, begins: Sequence[str] = ()) -> str:
    """Return the grammar of a request's plain answer, or nothing where it has none.

    A text, and each item of a list, begins with one of the texts in `begins`, if there are any.
    """
    if not asked.plain:
        return ""
    want = asked.wants[0]
    if want.kind == "code":
        return (
            load_grammar(_CODE_GRAMMARS[want.language]) if want.language in _CODE_GRAMMARS else ""
        )
    words = " | ".join(f'"{word}"' for word in begins)
    if want.kind == "items" or (want.kind == "prose" and find_topic(asked.path) in LISTED_TOPICS):
        least = 1 if want.kind == "items" else 3
        begin = f"begin ::= ({words}) {_NEXT_LETTER}" if words else _ANY_BEGINNING
        root = f'root ::= item ("\\n" item){{{least - 1},3}} "\\n"?'
        return "\n".join((root, load_grammar("items"), load_grammar("parts"), begin))
    least, most = limit_sentences(want)
    first = f"({words}) {_NEXT_LETTER}" if words else "first"
    # A single sentence, where more were asked for, says that this is about to be written; the last
    # of many that have to be there says nothing.
    fewest = 0 if least == 1 else max(0, least - 3)
    several = f"rest more{{{fewest},{most - 2}}} first last"
    root = f"root ::= {first} {several if least > 1 else f'(last | {several})'} assumed?"
    if not words and want.kind == "prose":
        root += ' | "Not applicable: " first last'
    return "\n".join((root, load_grammar("sentences"), load_grammar("parts")))


def limit_sentences(want: Want) -> tuple[int, int]:
    """Return how many sentences a text has at least and at most: models count them, not words."""
    most = max(2, round(want.words / _WORDS_PER_SENTENCE))
    return (1 if want.kind == "text" else most - 1), most


def list_stops(asked: SectionRequest) -> tuple[str, ...]:
    """Return where code ends: small models go on to explain it, or to the next function or task.

    A text has its grammar, which knows no second line.
    """
    want = asked.wants[0]
    if not asked.plain or want.kind != "code":
        return ()
    return (_NEXT_TASK, _FENCE_END, *_CODE_STOPS.get(want.language, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOfView:
    """A point of view: its file's name without the ending, its title, its instruction."""

    name: str
    title: str
    text: str


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
    """What is added to an instruction where only one of a group's items is asked for."""

    template: ClassVar[str] = "draft/item"
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairText(PromptText):
    """What is said to a model whose answer can't be used; `keys` are what it is to say again."""

    template: ClassVar[str] = "repair"
    errors: Sequence[str]
    keys: Sequence[str]


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
    most = max(1, len(list_brief_sections(template)) // SECTIONS_PER_ASIDE)
    told = render_prompt(BriefText(groups=list_named_groups(template), bug=bug, most_aside=most))
    return _write_sections(template) + told.strip()


def write_outline(known: Brief, template: Template, aside: Sequence[str]) -> str:
    """Return the outline and the brief, which all section requests of a document share.

    `aside` are the titles of sections that do not apply. It begins as the brief's own request does.
    """
    named = ((group.label, known.of(group.group)) for group in list_named_groups(template))
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
    """Return what is added to an instruction where only one item of a group is asked for."""
    return render_prompt(ItemText(item=name)).strip()


def write_reviewer(language: str) -> Message:
    """Return the first message of every request for suggestions."""
    return Message(role="system", content=render_prompt(ReviewerText(language=language)).strip())


def write_reviewed_document(text: str, listed: str) -> str:
    """Return the document, and what it lists, with which every request for suggestions goes on."""
    return render_prompt(ReviewedText(text=text, listed=listed))


def write_view_instruction(view: PointOfView, keys: Sequence[str], most: int) -> str:
    """Return the instruction for one point of view; `keys` are those that its answer may have."""
    return render_prompt(ViewText(title=view.title, text=view.text, keys=keys, most=most)).strip()
