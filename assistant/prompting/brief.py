"""The brief: what is known of the subject before anything is written, and the names to use."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.editing.answer import Fault
from assistant.editing.place import render_name, strip_thoughts
from assistant.markdown.elements import fold_name
from assistant.prompting import claims
from assistant.prompting.answer import (
    Json,
    flatten_json,
    list_json_texts,
    make_json_fault,
    parse_json,
)
from assistant.prompting.faults import is_placeholder_name
from assistant.prompting.form import Schema, make_object_schema
from assistant.prompting.names import (
    KIND_WORDS,
    MAX_NAME_LENGTH,
    DecisionOptions,
    NamedGroup,
    has_no_items,
    list_named_groups,
    list_title_frame,
    make_decision_schema,
    read_decisions,
    read_names,
    strip_title_frame,
)
from assistant.template.parts import Group, Spec, make_identifier
from assistant.template.template import Template

TABLES_KEY = "tables"
SCREENS_KEY = "screens"
_ABOUT_DOCUMENT = re.compile(r"\bdesign document\b|\bsections? will\b", re.IGNORECASE)
_MAX_TITLE_READ = 300  # characters of an answer that are looked at: a title has at most 96
# Characters of a description that become a title: it names the file too. By judgement.
_MAX_DERIVED_TITLE = 60
# Lines of a description with which front matter, a comment or code begins have no title.
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
# At most one section in so many may be set aside as not applicable: small models would leave out
# what is hard to write. By judgement.
SECTIONS_PER_ASIDE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the sections are written from.

    `today` is what is without the change. `names` holds each group's items by the group, `options`
    the answers to choose from by the decision that is one of those items, `none` the heading groups
    of which the subject has no item (TABLES_KEY and SCREENS_KEY for these),
    `not_applicable` sections with the reason.
    """

    title: str
    known: tuple[str, ...] = ()
    today: str = ""
    approach: str = ""
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    options: DecisionOptions = ()
    tables: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    not_applicable: tuple[tuple[str, str], ...] = ()
    none: tuple[str, ...] = ()

    def get_names(self, group: str) -> tuple[str, ...]:
        """Return the names of a group's items."""
        return dict(self.names).get(group, ())

    def find_decision(self, title: str) -> str:
        """Return the decision that a heading asks for: the longest with whose words it ends."""
        said = fold_words(title)
        found = (name for name, _ in self.options if said.endswith(fold_words(name)))
        return max(found, key=len, default="")

    def find_options(self, title: str) -> tuple[str, ...]:
        """Return the answers that the decision under a heading chooses from, if there are any."""
        return dict(self.options).get(self.find_decision(title), ())


def fold_words(text: str) -> str:
    """Return a text's words, folded, with a space around each: whole words compare."""
    words = " ".join(re.findall(r"\w+", fold_name(text)))
    return f" {words} "


def list_brief_sections(template: Template) -> tuple[str, ...]:
    """Return the sections that a brief may set aside: those in which the model has to write."""
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
    """Return the JSON Schema of a brief for documents of this template."""
    text: Schema = {"type": "string", "minLength": 1}
    properties: Schema = {
        "title": {"type": "string", "minLength": 3},
        "known": _make_texts_schema(0, 4),
        "today": dict(text),
        "approach": dict(text),
    }
    for group in list_named_groups(template):
        properties[group.key] = _make_group_schema(group)
    properties[TABLES_KEY] = _make_texts_schema(0, 3)
    properties[SCREENS_KEY] = _make_texts_schema(0, 3)
    properties["assumptions"] = _make_texts_schema(0, 3)
    properties["open_questions"] = _make_texts_schema(1, 3)
    sections = list_brief_sections(template)
    properties["not_applicable"] = _make_aside_schema(sections)
    return json.dumps(make_object_schema(properties, list(properties)), ensure_ascii=False)


def _make_group_schema(group: NamedGroup) -> Schema:
    item: Schema = {"type": "string", "minLength": 2}
    if group.pattern:
        item["pattern"] = group.pattern
    return {
        "type": "array",
        # An endpoint is not made up if the subject has none.
        "minItems": 0 if group.pattern else group.least,
        "maxItems": group.most,
        "items": make_decision_schema() if group.decision else item,
    }


def _make_aside_schema(sections: Sequence[str]) -> Schema:
    properties: Schema = {
        "section": {"type": "string", "enum": list(sections)},
        "reason": {"type": "string", "minLength": 1},
    }
    return {
        "type": "array",
        "maxItems": count_most_aside(sections),
        "items": make_object_schema(properties, list(properties)),
    }


def count_most_aside(sections: Sequence[str]) -> int:
    """Return how many of a template's sections may be set aside, which is one at least."""
    return max(1, len(sections) // SECTIONS_PER_ASIDE)


def _make_texts_schema(least: int, most: int) -> Schema:
    return {"type": "array", "minItems": least, "maxItems": most, "items": {"type": "string"}}


def read_brief(raw: str, template: Template) -> tuple[Brief, tuple[Fault, ...]]:
    """Return a brief as far as an answer gives one, and what is wrong with it."""
    try:
        data = parse_json(strip_thoughts(raw))
    except ValueError as error:
        return Brief(title=""), (make_json_fault(error),)
    known = {make_identifier(key): value for key, value in data.items()}
    title = _read_title(flatten_json(known.get("title")), template)
    approach = flatten_json(known.get("approach"))
    errors = [*_find_title_faults(title, template), *_find_approach_faults(approach)]
    names, options = _read_group_names(known, template, errors)
    brief = Brief(
        title=title,
        known=list_json_texts(known.get("known")),
        today=flatten_json(known.get("today")),
        approach=approach,
        names=names,
        options=options,
        tables=list_json_texts(known.get("tables")),
        assumptions=list_json_texts(known.get("assumptions")),
        questions=list_json_texts(known.get("open_questions")),
        not_applicable=tuple(_read_not_applicable(known.get("not_applicable"), template)),
        none=tuple(_list_empty_groups(known, template)),
    )
    return brief, tuple(errors)


def _read_title(text: str, template: Template) -> str:
    """Return a title without the template's frame; empty if it is a placeholder of the prompt's."""
    text = text[:_MAX_TITLE_READ]
    if is_placeholder_name(strip_title_frame(text.replace("*", "").strip(), template)):
        return ""
    return strip_title_frame(render_name(text), template)


def _find_title_faults(title: str, template: Template) -> Iterator[Fault]:
    if not title:
        yield Fault("title", '"title" is missing.')
    elif _is_generic(title, template):
        yield Fault("title", '"title": say what this is about, in words of the subject.')
    elif len(title) > 2 * MAX_NAME_LENGTH:
        yield Fault("title", '"title" is too long: use 3 to 8 words.')


def _is_generic(title: str, template: Template) -> bool:
    """Return whether a title has no word of its own: it would fit every document of a template."""
    frame = " ".join(list_title_frame(template))
    generic = {*_GENERIC_WORDS, *KIND_WORDS, *re.findall(r"\w+", fold_name(frame))}
    return set(re.findall(r"\w+", fold_name(title))) <= generic


def _find_approach_faults(approach: str) -> Iterator[Fault]:
    if _ABOUT_DOCUMENT.search(approach):
        about = '"approach": say what will be built, not what the document says.'
        yield Fault("approach", about)


def _read_group_names(
    known: Mapping[str, Json], template: Template, errors: list[Fault]
) -> tuple[DecisionOptions, DecisionOptions]:
    """Return each group's names, and the options of the decisions among them.

    The faults of names that can't be used are added to `errors`.
    """
    names: list[tuple[str, tuple[str, ...]]] = []
    options: list[tuple[str, tuple[str, ...]]] = []
    for group in list_named_groups(template):
        if group.decision:
            decided = read_decisions(group, known, errors)
            options += [pair for pair in decided if pair[1]]
            names.append((group.group, tuple(name for name, _ in decided)))
        else:
            names.append((group.group, read_names(group, known, errors)))
    return tuple(names), tuple(options)


def _list_empty_groups(known: Mapping[str, Json], template: Template) -> Iterator[str]:
    """Yield the heading groups, and the keys besides, of which the subject has no item."""
    for group in list_named_groups(template):
        if group.group in template.groups and has_no_items(group, known):
            yield group.group
    yield from (key for key in (TABLES_KEY, SCREENS_KEY) if known.get(key) == [])


def ground_brief(brief: Brief, description: str) -> Brief:
    """Return the brief with those of its facts that the description lacks as assumptions."""
    guessed = tuple(text for text in brief.known if not claims.rests_on(text, description))
    return replace(
        brief,
        known=tuple(text for text in brief.known if text not in guessed),
        assumptions=(*guessed, *brief.assumptions),
    )


def ensure_brief_title(brief: Brief, description: str, template: Template) -> Brief:
    """Return the brief with a title: the description's first words if its own says nothing."""
    if not brief.approach or (brief.title and not _is_generic(brief.title, template)):
        return brief
    said = (one.strip() for one in description.split("\n"))
    line = next(
        (one for one in said if re.search(r"\w", one) and one[:3] not in _MARKUP_STARTS), ""
    )
    title = strip_title_frame(render_name(line[:_MAX_TITLE_READ]), template)
    if len(title) > _MAX_DERIVED_TITLE:
        title = (
            title[:_MAX_DERIVED_TITLE].rsplit(" ", 1)[0]
            if " " in title[:_MAX_DERIVED_TITLE]
            else title[: _MAX_DERIVED_TITLE // 2]
        )
    return replace(brief, title=title or brief.title)


def _read_not_applicable(data: Json, template: Template) -> Iterator[tuple[str, str]]:
    sections = list_brief_sections(template)
    allowed = {fold_name(section): section for section in sections}
    allowed |= {fold_name(section.split(" > ")[-1]): section for section in sections}
    most = count_most_aside(sections)
    seen: set[str] = set()
    for part in data if isinstance(data, list) else []:
        if isinstance(part, dict) and len(seen) < most:
            section = allowed.get(fold_name(flatten_json(part.get("section"))), "")
            reason = flatten_json(part.get("reason")).strip()
            if section and reason and section not in seen:
                seen.add(section)
                yield section, reason
