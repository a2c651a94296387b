"""The brief: what is known of the subject before anything is written, and the names to use."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.editing.answer import Fault
from assistant.editing.place import render_name as placed_name
from assistant.editing.place import strip_thoughts
from assistant.markdown.elements import fold_name
from assistant.prompting import claims
from assistant.prompting import names as decision
from assistant.prompting.answer import Json, flatten_json, list_json_texts, parse_json
from assistant.prompting.names import (
    MAX_NAME_LENGTH,
    has_no_items,
    list_named_groups,
    read_names,
    strip_title_frame,
)
from assistant.prompting.request import Schema
from assistant.template.parts import Group, Spec, make_identifier
from assistant.template.template import Template

TABLES_KEY = "tables"
SCREENS_KEY = "screens"
_ABOUT_DOCUMENT = re.compile(r"\bdesign document\b|\bsections? will\b", re.IGNORECASE)
_MAX_TITLE_READ = 300  # characters that are looked at
_MAX_DERIVED_TITLE = 60  # characters of a description that are a title
_MARKUP_STARTS = ("---", "<!-", "```", "~~~")
# Titles of these words alone fit every document.
_GENERIC_WORDS = {"a", "the", "for", "of", "new", "bug", "fix", "feature", "plan"}
# What a brief says besides the groups' names.
FIXED_BRIEF_KEYS = (
    "title",
    "known",
    "today",
    "approach",
    TABLES_KEY,
    SCREENS_KEY,
    "assumptions",
    "open_questions",
)
SECTIONS_PER_ASIDE = 5  # at most one section in five may be set aside as not applicable


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the sections are written from.

    `today` is what is without the change. `names` holds each group's items by the group, `options`
    the answers to choose from by the decision that is one of those items, `none` the heading groups
    of which the subject has no item (TABLES and SCREENS where it has none of these),
    `not_applicable` sections with the reason.
    """

    title: str
    known: tuple[str, ...] = ()
    today: str = ""
    approach: str = ""
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    options: decision.DecisionOptions = ()
    tables: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    not_applicable: tuple[tuple[str, str], ...] = ()
    none: tuple[str, ...] = ()

    def of(self, group: str) -> tuple[str, ...]:
        """The names of a group's items."""
        return dict(self.names).get(group, ())

    def decision(self, title: str) -> str:
        """The decision that a heading asks for: the longest with whose words it ends."""
        said = fold_words(title)
        found = (name for name, _ in self.options if said.endswith(fold_words(name)))
        return max(found, key=len, default="")

    def choices(self, title: str) -> tuple[str, ...]:
        """The answers that the decision under a heading chooses from, as far as the brief says."""
        return dict(self.options).get(self.decision(title), ())


def fold_words(text: str) -> str:
    """The words of a text, with a space around each."""
    words = " ".join(re.findall(r"\w+", fold_name(text)))
    return f" {words} "


def list_brief_sections(template: Template) -> tuple[str, ...]:
    """The sections that a brief may set aside: those with something for the model to write."""
    heads = template.groups
    found: list[str] = []
    for spec in template.specs:
        if spec.group:
            parent = " > ".join(spec.path[1:-1]) or spec.title
            if parent not in found and heads[spec.group][0] is spec:
                found.append(parent)
        elif (
            spec.level
            and not spec.container
            and any(
                isinstance(part, Group) or getattr(part, "owner", "") == "model"
                for part in spec.parts
            )
        ):
            found.append(" > ".join(_shorten_path(spec, template)))
    return tuple(found)


def _shorten_path(spec: Spec, template: Template) -> tuple[str, ...]:
    return spec.path[1:] if template.title is not None and len(spec.path) > 1 else spec.path


def make_brief_schema(template: Template) -> str:
    """The JSON Schema of a brief for documents of this template."""
    text: Schema = {"type": "string", "minLength": 1}
    properties: Schema = {
        "title": {"type": "string", "minLength": 3},
        "known": _make_texts_schema(0, 4),
        "today": dict(text),
        "approach": dict(text),
    }
    for names in list_named_groups(template):
        item: Schema = {"type": "string", "minLength": 2}
        if names.pattern:
            item["pattern"] = names.pattern
        properties[names.key] = {
            "type": "array",
            "minItems": 0 if names.pattern else names.least,
            "maxItems": names.most,
            "items": decision.make_decision_schema() if names.decision else item,
        }
    properties[TABLES_KEY] = _make_texts_schema(0, 3)
    properties[SCREENS_KEY] = _make_texts_schema(0, 3)
    properties["assumptions"] = _make_texts_schema(0, 3)
    properties["open_questions"] = _make_texts_schema(1, 3)
    aside: Schema = {
        "type": "object",
        "properties": {
            "section": {"type": "string", "enum": list(list_brief_sections(template))},
            "reason": text,
        },
        "required": ["section", "reason"],
        "additionalProperties": False,
    }
    properties["not_applicable"] = {
        "type": "array",
        "maxItems": max(1, len(list_brief_sections(template)) // SECTIONS_PER_ASIDE),
        "items": aside,
    }
    whole: Schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return json.dumps(whole, ensure_ascii=False)


def _make_texts_schema(least: int, most: int) -> Schema:
    return {"type": "array", "minItems": least, "maxItems": most, "items": {"type": "string"}}


def read_brief(raw: str, template: Template) -> tuple[Brief, tuple[Fault, ...]]:
    """Return a brief as far as an answer gives one, and what is wrong with it."""
    try:
        data = parse_json(strip_thoughts(raw))
    except (ValueError, RecursionError) as error:
        return Brief(title=""), (Fault("", f"The answer is not valid JSON: {error}"),)
    if not isinstance(data, dict):
        return Brief(title=""), (Fault("", "The answer is not a JSON object."),)
    known: dict[str, Json] = {make_identifier(key): value for key, value in data.items()}
    errors: list[Fault] = []
    title = strip_title_frame(
        placed_name(flatten_json(known.get("title"))[:_MAX_TITLE_READ]), template
    )
    errors += _find_title_faults(title)
    if _ABOUT_DOCUMENT.search(flatten_json(known.get("approach"))):
        built = '"approach": say what will be built, not what the document says.'
        errors.append(Fault("approach", built))
    names: list[tuple[str, tuple[str, ...]]] = []
    options: list[tuple[str, tuple[str, ...]]] = []
    for group in list_named_groups(template):
        if group.decision:
            decided = decision.read_decisions(group, known, errors)
            options += decided
            names.append((group.group, tuple(name for name, _ in decided)))
        else:
            names.append((group.group, read_names(group, known, errors)))
    brief = Brief(
        title=title,
        known=list_json_texts(known.get("known")),
        today=flatten_json(known.get("today")),
        approach=flatten_json(known.get("approach")),
        names=tuple(names),
        options=tuple(pair for pair in options if pair[1]),
        tables=list_json_texts(known.get("tables")),
        assumptions=list_json_texts(known.get("assumptions")),
        questions=list_json_texts(known.get("open_questions")),
        not_applicable=tuple(_read_not_applicable(known.get("not_applicable"), template)),
        none=tuple(
            group.group
            for group in list_named_groups(template)
            if group.group in template.groups and has_no_items(group, known)
        )
        + tuple(key for key in (TABLES_KEY, SCREENS_KEY) if known.get(key) == []),
    )
    return brief, tuple(errors)


def _find_title_faults(title: str) -> Iterator[Fault]:
    if not title:
        yield Fault("title", '"title" is missing.')
    elif set(re.findall(r"\w+", fold_name(title))) <= _GENERIC_WORDS:
        yield Fault("title", '"title": say what this is about, in words of the subject.')
    elif len(title) > 2 * MAX_NAME_LENGTH:
        yield Fault("title", '"title" is too long: use 3 to 8 words.')


def ground_brief(brief: Brief, description: str) -> Brief:
    """The brief, what it calls known and the description does not say among its assumptions."""
    guessed = tuple(text for text in brief.known if not claims.rests_on(text, description))
    return replace(
        brief,
        known=tuple(text for text in brief.known if text not in guessed),
        assumptions=(*guessed, *brief.assumptions),
    )


def ensure_brief_title(brief: Brief, description: str, template: Template) -> Brief:
    """The brief, named by its description's first words where it has all but a title of its own."""
    if brief.title or not brief.approach:
        return brief
    said = (one.strip() for one in description.split("\n"))
    line = next(
        (one for one in said if re.search(r"\w", one) and one[:3] not in _MARKUP_STARTS), ""
    )
    title = strip_title_frame(placed_name(line[:_MAX_TITLE_READ]), template)
    if len(title) > _MAX_DERIVED_TITLE:
        title = (
            title[:_MAX_DERIVED_TITLE].rsplit(" ", 1)[0]
            if " " in title[:_MAX_DERIVED_TITLE]
            else title[: _MAX_DERIVED_TITLE // 2]
        )
    return replace(brief, title=title)


def _read_not_applicable(data: Json, template: Template) -> Iterator[tuple[str, str]]:
    allowed = {fold_name(section): section for section in list_brief_sections(template)}
    allowed |= {
        fold_name(section.split(" > ")[-1]): section for section in list_brief_sections(template)
    }
    most = max(1, len(list_brief_sections(template)) // SECTIONS_PER_ASIDE)
    seen: set[str] = set()
    for part in data if isinstance(data, list) else []:
        if isinstance(part, dict) and len(seen) < most:
            section = allowed.get(fold_name(flatten_json(part.get("section"))), "")
            reason = flatten_json(part.get("reason")).strip()
            if section and reason and section not in seen:
                seen.add(section)
                yield section, reason
