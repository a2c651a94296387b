"""The brief: what is known of the subject before anything is written, and the names to use."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.answer import Json, parse_json, string, strings, unprefixed
from assistant.mark import fold
from assistant.place import name as placed_name
from assistant.place import words
from assistant.request import Schema
from assistant.slot import PLACEHOLDER, Group, Spec, counter, identifier
from assistant.template import Template

LONGEST = 48  # characters of a name
SHARE = 5  # at most one section in five may be set aside as not applicable
_METHOD = re.compile(r"`?(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+/")
_PATH = r"^(GET|POST|PUT|PATCH|DELETE) /[A-Za-z0-9/_{}.:-]+$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """A group that the brief names: `key` in the brief, `group` in the template.

    `group` is a heading group's key, or the path of the section that a list group stands in.
    `example` shows the form of a name, `pattern` is what each must match, or empty; `decision` says
    that each item holds options.
    """

    key: str
    group: str
    label: str
    example: str
    pattern: str
    least: int
    most: int
    decision: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the sections are written from.

    `names` holds each group's items by the group, `none` the heading groups of which the subject
    has no item, `not_applicable` sections with the reason.
    """

    title: str
    known: tuple[str, ...] = ()
    approach: str = ""
    names: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tables: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    not_applicable: tuple[tuple[str, str], ...] = ()
    none: tuple[str, ...] = ()

    def of(self, group: str) -> tuple[str, ...]:
        """The names of a group's items."""
        return dict(self.names).get(group, ())


def groups(template: Template) -> tuple[Names, ...]:
    """The groups of a template that a brief names, in order."""
    found: dict[str, Names] = {}
    heads = template.groups
    for spec in template.specs:
        if spec.group and spec.group not in found and heads[spec.group][0] is spec:
            found[spec.group] = _headings(spec, heads[spec.group])
        if spec.group:
            continue
        for part in spec.parts:
            if isinstance(part, Group) and _is_open(part):
                path = " > ".join(spec.path)
                found[path] = Names(
                    key=identifier(part.label), group=path, label=part.label,
                    example=part.variants[0].name, pattern="", least=2,
                    most=max(3, len(part.variants)),
                )  # fmt: skip
    return tuple(found.values())


def _is_open(group: Group) -> bool:
    """Whether the items are things to be named, not steps that are counted."""
    split = counter(group.variants[0].name)
    return bool(PLACEHOLDER.search(group.variants[0].name)) or bool(
        split and split[1].isalpha() and not split[2].strip()
    )


def _headings(spec: Spec, heads: tuple[Spec, ...]) -> Names:
    parent = spec.path[-2] if len(spec.path) > 1 else spec.title
    decision = any(isinstance(part, Group) for part in heads[0].parts)
    method = all(_METHOD.match(head.title) for head in heads)
    return Names(
        key=identifier(parent), group=spec.group, label=parent,
        example=", ".join(head.title.strip("`") for head in heads),
        pattern=_PATH if method else "", least=1, most=max(2, len(heads)), decision=decision,
    )  # fmt: skip


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
        "known": _texts(1, 5),
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
            "items": item,
        }
    properties["tables"] = _texts(0, 3)
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
        "type": "array", "maxItems": max(1, len(sections(template)) // SHARE), "items": aside,
    }  # fmt: skip
    whole: Schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return json.dumps(whole, ensure_ascii=False)


def _texts(least: int, most: int) -> Schema:
    return {"type": "array", "minItems": least, "maxItems": most, "items": {"type": "string"}}


def read(raw: str, template: Template) -> tuple[Brief, tuple[str, ...]]:
    """A brief as far as an answer gives one, and what is wrong with it as sentences."""
    try:
        data = parse_json(words(raw))
    except (ValueError, RecursionError) as error:
        return Brief(title=""), (f"The answer is not valid JSON: {error}",)
    if not isinstance(data, dict):
        return Brief(title=""), ("The answer is not a JSON object.",)
    known: dict[str, Json] = {identifier(key): value for key, value in data.items()}
    errors: list[str] = []
    title = bare_title(placed_name(string(known.get("title"))), template)
    if not title:
        errors.append('"title" is missing.')
    elif len(title) > 2 * LONGEST:
        errors.append('"title" is too long: use 3 to 8 words.')
    names = tuple((group.group, _names(group, known, errors)) for group in groups(template))
    brief = Brief(
        title=title,
        known=strings(known.get("known")),
        approach=string(known.get("approach")),
        names=names,
        tables=strings(known.get("tables")),
        assumptions=strings(known.get("assumptions")),
        questions=strings(known.get("open_questions")),
        not_applicable=tuple(_aside(known.get("not_applicable"), template)),
        none=tuple(
            group.group
            for group in groups(template)
            if group.group in template.groups and known.get(group.key) == []
        ),
    )
    return brief, tuple(errors)


def bare_title(title: str, template: Template) -> str:
    """A title without the words that the template's own heading has around it."""
    spec = template.title
    around = (spec.open[0], spec.open[2]) if spec is not None and spec.open else ()
    for text in around:
        fixed = re.escape(text.strip(" :-"))
        if not re.search(r"\w", fixed):
            continue
        joined = r"(?:\s+(?:for|of|on|about)\b)?[\s:\u2013-]*"
        pattern = rf"^{fixed}{joined}|[\s:\u2013-]*{fixed}$"
        title = re.sub(pattern, "", title, flags=re.IGNORECASE) or title
    return title


def _names(group: Names, known: Mapping[str, Json], errors: list[str]) -> tuple[str, ...]:
    """The usable names of a group's items; what is wrong with the others goes to `errors`."""
    good: dict[str, str] = {}
    long: dict[str, str] = {}
    for text in strings(known.get(group.key))[: group.most * 2]:
        name = unprefixed(placed_name(text, code=bool(group.pattern)), group.example.split(", "))
        problem = _problem(group, name)
        if not problem:
            good.setdefault(fold(name), name)
            continue
        errors.append(f'"{group.key}": {problem}')
        if not _problem(group, name[:LONGEST]) and len(name) <= 3 * LONGEST:
            long.setdefault(fold(name), name)
    if group.key not in known:
        errors.append(f'"{group.key}" is missing: give {group.least} to {group.most} names.')
    # A long name is asked for again; where it stays long it is better than none.
    return tuple((good or long).values())[: group.most]


def _problem(group: Names, name: str) -> str:
    """What is wrong with a name, or nothing."""
    if group.pattern and not re.match(_METHOD, name):
        return f'"{name}" must look like "{group.example}".'
    if len(name) > LONGEST:
        return f'"{name[:30]}..." is too long for a name; use 1 to 5 words.'
    if "..." in name or "\u2026" in name:
        return f'"{name}" is only the form; name what this subject has.'
    generic = fold(name) in {fold(part) for part in group.example.split(", ")}
    if not name or generic or PLACEHOLDER.fullmatch(name):
        return f'"{name}" is the template\'s example; name the real thing.'
    if re.match(r"(?:context|options?|recommendation|pros|cons)\s*[:\uff1a]", name, re.IGNORECASE):
        return f'"{name}" begins with a label; give the name alone.'
    return ""


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
