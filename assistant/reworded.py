"""Headings of a template that a document has in almost the same words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from assistant.document import Section
from assistant.nearest import form, likeness
from assistant.slot import Spec

_LOOKED_AT = 200  # headings under one heading that are compared with one that is missing
_LEAST = 0.5
_SURE = 0.9  # so alike, a heading is meant at whatever level it stands


@dataclass(frozen=True, slots=True, kw_only=True)
class Reworded:
    """A heading of the template, and the document's that seems to be meant by it."""

    spec: Spec
    section: Section


def reworded(
    missing: Sequence[tuple[Spec, int]], unknown: Mapping[int, Sequence[Section]]
) -> tuple[Reworded, ...]:
    """Pairs of headings that are missing and headings that the template does not know.

    `missing` has the index of the section that each belongs under (-1: none), `unknown` the
    sections by the index of the one above them. Each heading is in one pair at most, the most
    alike first; one in the same letters may stand anywhere.
    """
    forms: dict[str, list[Section]] = {}
    for section in (section for own in unknown.values() for section in own):
        forms.setdefault(form(section.title), []).append(section)
    scored = [
        (-score, section.line, spec, section)
        for spec, above in missing
        for section in (
            *islice(unknown.get(above, ()), _LOOKED_AT),
            *islice(forms.get(form(spec.title), ()), _LOOKED_AT),
        )
        if (score := likeness(spec.title, section.title))
        >= (_LEAST if section.level == spec.level else _SURE)
    ]
    return tuple(_pairs(sorted(scored, key=lambda one: one[:2])))


def _pairs(scored: Sequence[tuple[float, int, Spec, Section]]) -> Iterator[Reworded]:
    specs, sections = set[int](), set[int]()
    for _, _, spec, section in scored:
        if spec.index not in specs and section.start not in sections:
            specs.add(spec.index)
            sections.add(section.start)
            yield Reworded(spec=spec, section=section)
