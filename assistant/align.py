"""Holds a document against a template: which section is which, and where its slots are."""

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.document import Document, Section
from assistant.field import Body, Field, is_blank
from assistant.pairing import Match, Pairing, name_of, parents
from assistant.reworded import Reworded, reworded
from assistant.slot import Anchor, Slot, Spec
from assistant.template import Template, front_parts

__all__ = ["Alignment", "Match", "align", "name_of", "not_applicable", "parents"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """A document held against a template.

    `missing` are the template's sections that the document lacks (optional ones and examples of
    groups are never missing), `unknown` the document's sections that the template does not know,
    `reworded` those that are both, most likely.
    """

    template: Template
    document: Document
    front: Body
    matches: tuple[Match, ...]
    missing: tuple[Spec, ...]
    unknown: tuple[Section, ...]
    reworded: tuple[Reworded, ...] = ()


def align(template: Template, document: Document) -> Alignment:
    """The document's sections and slots, as the template knows them."""
    found = Pairing(template, document).run()
    used = {item.index for item in found}
    specs = {item.spec.index for item in found}
    missing = tuple(
        spec for spec in template.specs
        if spec.index not in specs and spec.level and not spec.optional and not spec.group
    )  # fmt: skip
    almost = _reworded(template, document, found, missing)
    places = {section.start: index for index, section in enumerate(document.sections)}
    own = used | {places[one.section.start] for one in almost}
    return Alignment(
        template=template,
        document=document,
        front=_front(template, document),
        matches=tuple(sorted(_with_own_parts(found, document, own), key=lambda item: item.index)),
        missing=missing,
        unknown=tuple(s for i, s in enumerate(document.sections) if i not in used and s.level),
        reworded=almost,
    )


def _reworded(
    template: Template, document: Document, found: Sequence[Match], missing: Sequence[Spec]
) -> tuple[Reworded, ...]:
    """The missing sections that are there in almost their template's words."""
    used = {match.index for match in found}
    above = parents([section.level for section in document.sections])
    unknown: dict[int, list[Section]] = defaultdict(list)
    for index, section in enumerate(document.sections):
        if section.level and index not in used:
            unknown[above[index]].append(section)
    places = {match.spec.path: match.index for match in found if match.spec.level}
    title = template.title
    asked = [(s, places.get(s.path[:-1], -1)) for s in missing if s is not title]
    return reworded(asked, unknown)


def _with_own_parts(
    found: Sequence[Match], document: Document, known: AbstractSet[int]
) -> list[Match]:
    """The matches; what a person wrote in sub-sections of their own is their section's text.

    `known` are the indexes of sections that are the template's.
    """
    above = parents([section.level for section in document.sections])
    begun: set[int] = set()
    for index, section in enumerate(document.sections):
        if section.level and index not in known and section.body.strip():
            over = above[index]
            while over >= 0 and over not in known:
                over = above[over]
            begun.add(over)
    return [_as_written(match) if match.index in begun else match for match in found]


def _as_written(match: Match) -> Match:
    """The match with what is said under the heading alone counted as said."""
    fields = tuple(
        replace(field, written=True)
        if isinstance(field, Field) and field.slot.kind == "prose"
        else field
        for field in match.body.fields
    )
    return replace(match, body=replace(match.body, fields=fields))


def _front(template: Template, document: Document) -> Body:
    """The front matter's keys in a document; YAML is not Markdown, and so not for marks to find."""
    found: dict[str, tuple[int, int, str]] = {}
    position, key = 0, ""
    for part in front_parts(document.front):
        if isinstance(part, Anchor):
            key = part.key
        elif isinstance(part, Slot):
            found.setdefault(key, (position, position + len(part.text), part.text))
        position += len(part.text)
    fields: list[Field] = []
    missing: list[Anchor] = []
    for anchor, slot in pairwise(template.front):
        if not isinstance(anchor, Anchor) or not isinstance(slot, Slot):
            continue
        if anchor.key not in found:
            missing.append(anchor)
            continue
        start, end, content = found[anchor.key]
        written = not is_blank(content, slot)
        fields.append(Field(slot=slot, start=start, end=end, content=content, written=written))
    return Body(fields=tuple(fields), missing=tuple(missing), guidance=())


def not_applicable(section: Section) -> bool:
    """Whether the section holds the one line that says it does not apply."""
    return section.body.strip().startswith("Not applicable: ") and "\n" not in section.body.strip()
