"""The brief: what is known of the subject before anything is written, and the names to use."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.editing.place import Fault, words
from assistant.editing.place import name as placed_name
from assistant.markdown.elements import fold
from assistant.prompting import claims
from assistant.prompting import names as decision
from assistant.prompting.answer import Json, parse_json, string, strings
from assistant.prompting.names import LONGEST, bare_title, groups, none, usable
from assistant.prompting.request import Schema
from assistant.template.parts import Group, Spec, identifier
from assistant.template.template import Template

TABLES = "tables"
SCREENS = "screens"
_ITSELF = re.compile(r"\bdesign document\b|\bsections? will\b", re.IGNORECASE)
_LONGEST_TITLE = 300  # characters that are looked at
_CUT = 60  # characters of a description that are a title
_NO_TEXT = ("---", "<!-", "```", "~~~")
# Titles of these words alone fit every document.
_ANYTHING = {"a", "the", "for", "of", "new", "bug", "fix", "feature", "plan"}
# What a brief says besides the groups' names.
TEXTS = ("title", "known", "today", "approach", TABLES, SCREENS, "assumptions", "open_questions")
SHARE = 5  # at most one section in five may be set aside as not applicable


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
    options: decision.Options = ()
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
        said = bare(title)
        found = (name for name, _ in self.options if said.endswith(bare(name)))
        return max(found, key=len, default="")

    def choices(self, title: str) -> tuple[str, ...]:
        """The answers that the decision under a heading chooses from, as far as the brief says."""
        return dict(self.options).get(self.decision(title), ())


def bare(text: str) -> str:
    """The words of a text, with a space around each."""
    words = " ".join(re.findall(r"\w+", fold(text)))
    return f" {words} "


def sections(template: Template) -> tuple[str, ...]:
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
            found.append(" > ".join(_short(spec, template)))
    return tuple(found)


def _short(spec: Spec, template: Template) -> tuple[str, ...]:
    return spec.path[1:] if template.title is not None and len(spec.path) > 1 else spec.path


def schema(template: Template) -> str:
    """The JSON Schema of a brief for documents of this template."""
    text: Schema = {"type": "string", "minLength": 1}
    properties: Schema = {
        "title": {"type": "string", "minLength": 3},
        "known": _texts(0, 4),
        "today": dict(text),
        "approach": dict(text),
    }
    for names in groups(template):
        item: Schema = {"type": "string", "minLength": 2}
        if names.pattern:
            item["pattern"] = names.pattern
        properties[names.key] = {
            "type": "array",
            "minItems": 0 if names.pattern else names.least,
            "maxItems": names.most,
            "items": decision.schema() if names.decision else item,
        }
    properties[TABLES] = _texts(0, 3)
    properties[SCREENS] = _texts(0, 3)
    properties["assumptions"] = _texts(0, 3)
    properties["open_questions"] = _texts(1, 3)
    aside: Schema = {
        "type": "object",
        "properties": {
            "section": {"type": "string", "enum": list(sections(template))},
            "reason": text,
        },
        "required": ["section", "reason"],
        "additionalProperties": False,
    }
    properties["not_applicable"] = {
        "type": "array",
        "maxItems": max(1, len(sections(template)) // SHARE),
        "items": aside,
    }
    whole: Schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return json.dumps(whole, ensure_ascii=False)


def _texts(least: int, most: int) -> Schema:
    return {"type": "array", "minItems": least, "maxItems": most, "items": {"type": "string"}}


def read_brief(raw: str, template: Template) -> tuple[Brief, tuple[Fault, ...]]:
    """Return a brief as far as an answer gives one, and what is wrong with it."""
    try:
        data = parse_json(words(raw))
    except (ValueError, RecursionError) as error:
        return Brief(title=""), (Fault("", f"The answer is not valid JSON: {error}"),)
    if not isinstance(data, dict):
        return Brief(title=""), (Fault("", "The answer is not a JSON object."),)
    known: dict[str, Json] = {identifier(key): value for key, value in data.items()}
    errors: list[Fault] = []
    title = bare_title(placed_name(string(known.get("title"))[:_LONGEST_TITLE]), template)
    errors += _find_title_faults(title)
    if _ITSELF.search(string(known.get("approach"))):
        built = '"approach": say what will be built, not what the document says.'
        errors.append(Fault("approach", built))
    names: list[tuple[str, tuple[str, ...]]] = []
    options: list[tuple[str, tuple[str, ...]]] = []
    for group in groups(template):
        if group.decision:
            decided = decision.read_decisions(group, known, errors)
            options += decided
            names.append((group.group, tuple(name for name, _ in decided)))
        else:
            names.append((group.group, usable(group, known, errors)))
    brief = Brief(
        title=title,
        known=strings(known.get("known")),
        today=string(known.get("today")),
        approach=string(known.get("approach")),
        names=tuple(names),
        options=tuple(pair for pair in options if pair[1]),
        tables=strings(known.get("tables")),
        assumptions=strings(known.get("assumptions")),
        questions=strings(known.get("open_questions")),
        not_applicable=tuple(_aside(known.get("not_applicable"), template)),
        none=tuple(
            group.group
            for group in groups(template)
            if group.group in template.groups and none(group, known)
        )
        + tuple(key for key in (TABLES, SCREENS) if known.get(key) == []),
    )
    return brief, tuple(errors)


def _find_title_faults(title: str) -> Iterator[Fault]:
    if not title:
        yield Fault("title", '"title" is missing.')
    elif set(re.findall(r"\w+", fold(title))) <= _ANYTHING:
        yield Fault("title", '"title": say what this is about, in words of the subject.')
    elif len(title) > 2 * LONGEST:
        yield Fault("title", '"title" is too long: use 3 to 8 words.')


def grounded(brief: Brief, description: str) -> Brief:
    """The brief, what it calls known and the description does not say among its assumptions."""
    guessed = tuple(text for text in brief.known if not claims.rests_on(text, description))
    return replace(
        brief,
        known=tuple(text for text in brief.known if text not in guessed),
        assumptions=(*guessed, *brief.assumptions),
    )


def titled(brief: Brief, description: str, template: Template) -> Brief:
    """The brief, named by its description's first words where it has all but a title of its own."""
    if brief.title or not brief.approach:
        return brief
    said = (one.strip() for one in description.split("\n"))
    line = next((one for one in said if re.search(r"\w", one) and one[:3] not in _NO_TEXT), "")
    title = bare_title(placed_name(line[:_LONGEST_TITLE]), template)
    if len(title) > _CUT:
        title = title[:_CUT].rsplit(" ", 1)[0] if " " in title[:_CUT] else title[: _CUT // 2]
    return replace(brief, title=title)


def _aside(data: Json, template: Template) -> Iterator[tuple[str, str]]:
    allowed = {fold(section): section for section in sections(template)}
    allowed |= {fold(section.split(" > ")[-1]): section for section in sections(template)}
    most = max(1, len(sections(template)) // SHARE)
    seen: set[str] = set()
    for part in data if isinstance(data, list) else []:
        if isinstance(part, dict) and len(seen) < most:
            section = allowed.get(fold(string(part.get("section"))), "")
            reason = string(part.get("reason")).strip()
            if section and reason and section not in seen:
                seen.add(section)
                yield section, reason
