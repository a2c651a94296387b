"""Prompts: the texts in `prompts/`, rendered with strict names. The only importer of jinja2.

What people and models wrote goes in as data; no text of theirs is ever read as a Jinja template.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.brief import SHARE, Brief, sections
from assistant.builtin import folder
from assistant.grammar import sentences
from assistant.llm import Message
from assistant.naming import groups
from assistant.request import Request, Want, WantKind
from assistant.slot import identifier
from assistant.template import Template
from assistant.topic import LISTED, topic


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(folder()),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  prompts are Markdown, not HTML
        keep_trailing_newline=True,
    )


def _render(name: str, **values: object) -> str:
    return _environment().get_template(f"{name}.md.j2").render(values)


def system(language: str) -> Message:
    """The first message of every request."""
    return Message(role="system", content=_render("system", language=language).strip())


def subject(description: str, kind: str) -> str:
    """What every request's second message begins with."""
    return _render("subject", description=description, kind=kind)


def document(description: str, hint: str, text: str) -> str:
    """The subject of a document that people began: what it is about, and what they wrote."""
    return _render("document", description=description, hint=hint, text=text).strip()


def brief(template: Template, *, bug: bool) -> str:
    """The instruction for the brief."""
    most = max(1, len(sections(template)) // SHARE)
    told = _render("brief", groups=groups(template), bug=bug, most_aside=most)
    return _sections(template) + told.strip()


def outline(known: Brief, template: Template, aside: Sequence[str]) -> str:
    """The outline and the brief, which all section requests of a document share.

    `aside` are the titles of sections that do not apply. It begins as the brief's own request does.
    """
    named = [(group.label, known.of(group.group)) for group in groups(template)]
    names = [pair for pair in named if pair[1]]
    return _sections(template) + _render("outline", brief=known, names=names, aside=aside)


def _sections(template: Template) -> str:
    return _render("sections", sections=sections(template))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a section is to be written: in which language, beginning with one of which texts."""

    bug: bool = False
    language: str = ""
    begins: tuple[str, ...] = ()


def section(asked: Request, hint: str = "", manner: Manner | None = None) -> str:
    """The instruction for one section."""
    how = manner or Manner()
    about = topic(asked.path)
    least, most = sentences(asked.wants[0])
    return _render(
        "section",
        asked=asked,
        hint=hint,
        listed=about in LISTED,
        language=how.language,
        inside=about == "" and len(asked.path) > 2,  # noqa: PLR2004  title, parent
        begins=" or ".join(f'"{text.strip()}"' for text in how.begins),
        about=_about(about, asked, bug=how.bug),
        wanted=_wanted,
        nodes=_nodes(asked.parts),
        sentences=f"{least} or {most}",
        purpose=_purpose(asked.wants[0]),
    ).strip()


def _about(name: str, asked: Request, *, bug: bool) -> str:
    """What a section of a topic should answer."""
    if not name:
        return ""
    rows = any(want.kind == "rows" for want in asked.wants)
    return _render(f"topics/{name}", bug=bug, rows=rows).strip()


def _nodes(parts: Sequence[str]) -> tuple[str, ...]:
    """The boxes of a diagram of these parts, as Mermaid writes them."""
    names = [re.sub(r"[^\w /-]", "", part).strip() for part in ("User", *parts)]
    return tuple(f"{chr(ord('a') + number)}[{name}]" for number, name in enumerate(names))


def _purpose(want: Want) -> str:
    """What an example's own first comment says that it is."""
    first = want.placeholder.split("\n")[0].strip()
    found = re.match(r"(?:--|#|//|%%)\s*(\S.*)", first)
    return found[1] if found and want.kind == "code" else ""


def repair(errors: Sequence[str], keys: Sequence[str]) -> Message:
    """What is said to a model whose answer can't be used; `keys` are what it is to say again."""
    return Message(role="user", content=_render("repair", errors=errors, keys=keys).strip())


def item(name: str) -> str:
    """What is added to an instruction for a group's items where only one of them is asked for."""
    return _render("item", item=name).strip()


def _wanted(want: Want) -> str:
    """What a key of a JSON answer should hold, in words."""
    guidance = f"{want.guidance.splitlines()[0]} " if want.guidance and want.kind == "text" else ""
    own = want.label and identifier(want.label) != want.key
    label = f"{want.label}: " if own else ""
    forms: dict[WantKind, Callable[[], str]] = {
        "rows": lambda: _wanted_rows(want),
        "group": lambda: _wanted_group(want),
        "items": lambda: "a list of 1 to 4 short texts.",
        "code": lambda: f"{label}{'body' if want.language == 'json' else want.language + ' code'}.",
    }
    if want.choice_of:
        return f"Recommendation: {guidance}The reason in one sentence, about {want.words} words."
    return forms.get(want.kind, lambda: f"{label}{guidance}about {want.words} words.")()


def _wanted_rows(want: Want) -> str:
    columns = ", ".join(
        f'"{_key(column)}"' + (f" ({', '.join(allowed)})" if allowed else "")
        for column, allowed in want.columns
    )
    return (
        f"{want.least} to {want.most} rows, each an object with {columns}; about {want.words} "
        "words in each text."
    )


def _wanted_group(want: Want) -> str:
    parts = ", ".join(f'"{field.key}" (about {field.words} words)' for field in want.fields)
    names = ", ".join(f'"{name}"' for name in want.names)
    if want.names and len(want.fields) == 1:
        return (
            f"an object with exactly the keys {names}; for each what it does and which of the "
            f"others it works with, in about {want.fields[0].words} words."
        )
    if want.names:
        return f"an object with exactly the keys {names}, each an object with {parts}."
    return f'{want.least} or {want.most} options, each an object with "name", {parts}.'


def _key(column: str) -> str:
    return "_".join(column.casefold().split())


def reviewer(language: str) -> Message:
    """The first message of every request for suggestions."""
    return Message(role="system", content=_render("reviewer", language=language).strip())


def reviewed(text: str, listed: str) -> str:
    """What every request for suggestions goes on with: the document, and what it lists."""
    return _render("reviewed", text=text, listed=listed)


def view(title: str, text: str, wanted: str) -> str:
    """The instruction for one point of view."""
    return _render("view", title=title, text=text, wanted=wanted).strip()
