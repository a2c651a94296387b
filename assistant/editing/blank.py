"""A blank document: the template with its title set and its heading groups named."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.markdown.contents import ContentsHeading, fit_contents
from assistant.markdown.document import parse_document
from assistant.markdown.links import make_fragments
from assistant.template.headings import (
    differ_in_first_word,
    find_by_first_word,
    make_item_title,
    replace_title,
)
from assistant.template.parts import Anchor, Gap, Part, Spec
from assistant.template.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """A section of a blank document, with the template's that it is made after."""

    spec: Spec
    heading: str
    parts: Sequence[Part]


def make_blank_text(template: Template, title: str, names: Mapping[str, Sequence[str]]) -> str:
    """Return the template's text with `title` as its title and groups' items called `names`.

    `names` has each heading group's items by the group's key; an empty sequence leaves the group
    out, a group that is not named keeps the template's examples. `title` and `names` are names as
    `place.render_name` makes them. A table of contents names the headings as they are then.
    """
    sections = tuple(_make_sections(template, title, names))
    if any(_is_contents(part) for spec in template.specs for part in spec.parts):
        sections = tuple(_renew_contents(template, sections))
    text = "".join(part.text for part in template.front)
    for section in sections:
        if text and not text.endswith(("\n", "\r")):
            # The template's last section, repeated or followed by another.
            text += template.document.newline * 2
        text += _join_section(section)
    return text


def _join_section(section: _Section) -> str:
    """Return a section's whole text."""
    return section.heading + "".join(part.text for part in section.parts)


def _make_sections(
    template: Template, title: str, names: Mapping[str, Sequence[str]]
) -> Iterator[_Section]:
    """Yield the blank document's sections, named items in the place of groups' examples."""
    heads = template.groups
    done: set[str] = set()
    opening = _find_preamble(template)
    for spec in template.specs:
        if spec is opening:
            continue
        if not spec.group or spec.group not in names:
            titled = spec is template.title and title
            yield _title_section(spec, title) if titled else _copy_section(spec)
        elif spec.group not in done:
            done.add(spec.group)
            for place, name in enumerate(names[spec.group]):
                yield from _make_group_item(template, heads[spec.group], place, name)


def _find_preamble(template: Template) -> Spec | None:
    """Return the text before the first heading if it is instruction, which is left out."""
    first = template.specs[0]
    instruction = all(isinstance(part, Gap) for part in first.parts) and first.text.strip()
    return first if first.level == 0 and instruction else None


def _copy_section(spec: Spec) -> _Section:
    """Return a template's section as it is; a document's head without its guidance."""
    parts = spec.parts if spec.level else _drop_guidance(spec.parts)
    return _Section(spec=spec, heading=spec.heading, parts=parts)


def _drop_guidance(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts of a document's head less what the template says to its author there."""
    kept: list[Part] = []
    dropped = False
    for part in parts:
        if isinstance(part, Gap) and part.guidance:
            dropped = True
            continue
        # The blank line that stood before it is the one that is left.
        doubled = dropped and isinstance(part, Gap) and not part.text.strip()
        if not (doubled and _is_blank(kept[-1:])):
            kept.append(part)
        dropped = False
    return tuple(kept)


def _is_blank(parts: Sequence[Part]) -> bool:
    """Whether nothing but white space stands in these parts."""
    return all(isinstance(part, Gap) and not part.text.strip() for part in parts)


def _title_section(spec: Spec, title: str) -> _Section:
    """Return the title's section with `title` in the place that the template leaves open."""
    if spec.open is None:
        return _copy_section(spec)
    before, _, after = spec.open
    text = before + title + after
    if after and title.casefold().endswith(after.strip().casefold()):
        text = before + title
    heading = replace_title(spec.heading, spec.title, text)
    return _Section(spec=spec, heading=heading, parts=_drop_guidance(spec.parts))


def _is_contents(part: Part) -> bool:
    """Whether a part is a table of contents."""
    return isinstance(part, Anchor) and part.kind == "contents"


def _renew_contents(template: Template, sections: Sequence[_Section]) -> Iterator[_Section]:
    """Yield the sections, tables of contents in them with the headings that there are."""
    specs = template.specs
    old = _list_headings(specs, [spec.title for spec in specs])
    new = _list_headings([one.spec for one in sections], [_find_title(one) for one in sections])
    for section in sections:
        parts = tuple(
            replace(part, text=fit_contents(part.text, old, new))
            if isinstance(part, Anchor) and _is_contents(part)
            else part
            for part in section.parts
        )
        yield replace(section, parts=parts)


def _find_title(section: _Section) -> str:
    """Return the title that a section's heading has by now."""
    if section.heading == section.spec.heading:
        return section.spec.title
    return next((title for _, title in parse_document(section.heading).outline), "")


def _list_headings(specs: Sequence[Spec], titles: Sequence[str]) -> tuple[ContentsHeading, ...]:
    """Return the headings of sections made after `specs`, with what links lead to them by."""
    named = [(spec, title) for spec, title in zip(specs, titles, strict=True) if spec.level]
    return tuple(
        ContentsHeading(title=title, fragment=own, origin=spec.index, group=spec.group)
        for (spec, title), own in zip(named, make_fragments([t for _, t in named]), strict=True)
    )


def make_group_text(template: Template, key: str, names: Sequence[str]) -> str:
    """Return the text of the heading group `key` with its items called `names`."""
    heads = template.groups[key]
    parts = [
        "".join(map(_join_section, _make_group_item(template, heads, place, name)))
        for place, name in enumerate(names)
    ]
    ended = [part if part.endswith(("\n", "\r")) else f"{part}\n\n" for part in parts]
    return "".join(ended)


def _make_group_item(
    template: Template, heads: Sequence[Spec], place: int, name: str
) -> Iterator[_Section]:
    """Yield the sections of one item, made after the example that its name or place calls for."""
    own = heads[place] if place < len(heads) else heads[0]
    # A first word that tells the examples apart decides: `PUT` has none, and takes the first.
    head = (find_by_first_word(heads, name) or heads[0]) if differ_in_first_word(heads) else own
    yield _make_head(head, name, place + 1)
    for spec in template.specs:
        if spec.group == head.group and spec.variant == head.variant and spec is not head:
            yield _copy_section(spec)


def _make_head(head: Spec, name: str, number: int) -> _Section:
    """Return an item's own section, its heading with the item's name and number."""
    title = make_item_title(head.title, name, number)
    heading = replace_title(head.heading, head.title, title)
    return _Section(spec=head, heading=heading, parts=head.parts)
