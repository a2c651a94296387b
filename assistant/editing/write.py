"""Writes answers into a document: each a set of edits to its slots, every other byte untouched."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.editing import place
from assistant.editing.answer import AnsweredItem, SectionAnswer, Value
from assistant.markdown.blocks import split_lines
from assistant.markdown.comments import find_directives, join_directives, strip_directives
from assistant.markdown.edit import Edit
from assistant.markdown.elements import fold_name
from assistant.markdown.tables import split_cells
from assistant.template.fields import Field
from assistant.template.pairing import SectionMatch
from assistant.template.parts import Group, Slot, Variant
from assistant.template.unwritten import NOT_APPLICABLE, find_askable_fields

_LIST_MARK = re.compile(r"(?P<indent>[ \t]*)(?P<mark>[-*+]|\d{1,9}[.)])(?P<space>[ \t]*(?=\S))?")
_LIST_START = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s|$)")


def fill_section(match: SectionMatch, answer: SectionAnswer) -> Iterator[Edit]:
    """Yield the edits that write an answer into its section."""
    if answer.not_applicable:
        yield from _set_aside(match, answer.not_applicable)
        return
    base = match.section.body_start
    for field in find_askable_fields(match, optional=True):
        value = answer.value(field.answer_key)
        if value is None:
            continue
        if isinstance(field, Field):
            yield from write_slot(match, field, value)
        elif value.entries:
            text = make_group_items(field.group, value.entries)
            yield Edit(start=base + field.start, end=base + field.end, text=text)


def _set_aside(match: SectionMatch, reason: str) -> Iterator[Edit]:
    """Yield the edits that say why a section does not apply; what a person wrote in it stays."""
    own = "".join(part.text for part in match.spec.parts)
    if strip_directives(match.section.body).split() == own.split():
        yield mark_inapplicable(match, reason)
        return
    for field in find_askable_fields(match):
        if isinstance(field, Field) and field.slot.kind in ("text", "prose"):
            yield from write_slot(
                match, field, Value(key=field.slot.key, text=NOT_APPLICABLE + reason)
            )


def write_slot(match: SectionMatch, field: Field, value: Value) -> Iterator[Edit]:
    """Yield the edits that write one slot; none if nothing is left of what was said.

    A comment to the checker stays: on its line, or directly under the heading.
    """
    kept = " ".join(field.content[one.start : one.end] for one in find_directives(field.content))
    for edit in _write_value(match, field, value):
        if not kept or edit.end - edit.start != len(field.content):
            yield edit
        elif field.slot.kind == "prose":
            alone = edit.text.startswith("\n\n")
            yield replace(edit, text=f"\n{kept}{edit.text}" if alone else f"{kept}\n{edit.text}")
        else:
            yield replace(edit, text=f"{edit.text} {kept}")


def _write_value(match: SectionMatch, field: Field, value: Value) -> Iterator[Edit]:
    """Yield the edits that make what was said the whole of a slot."""
    base, kind = match.section.body_start, field.slot.kind
    start, end = base + field.start, base + field.end
    text = value.text or "\n".join(value.items)
    if kind == "code":
        yield from _write_code(field, text, base)
    elif kind == "rows":
        written = make_table_rows(field.slot, value)
        lead = "" if match.section.body[: field.start].endswith(("\n", "\r")) else "\n"
        if written:
            yield Edit(start=start, end=end, text=lead + written)
    elif kind == "items":
        written = make_bullets(field.slot, place.render_items(value.items or value.text))
        listed = bool(_LIST_START.match(field.content))
        if written:
            yield (
                Edit(start=start, end=end, text=written)
                if listed
                else edit_block(match, field, written)
            )
    elif kind == "prose":
        written = place.render_prose(text, match.section.title)
        if written:
            yield edit_block(match, field, written)
    else:
        written = place.render_line(text)
        if written:
            yield Edit(start=start, end=end, text=f" {written}")


def edit_block(match: SectionMatch, field: Field, text: str) -> Edit:
    """Return the edit that makes `text` the whole of a block slot, set off by blank lines."""
    body, base = match.section.body, match.section.body_start
    before = match.section.heading + body[: field.start]
    lead = "\n" if before.endswith(("\n", "\r")) or not before else "\n\n"
    trail = "\n" if match.final and field.end == len(body) else "\n\n"
    return Edit(start=base + field.start, end=base + field.end, text=f"{lead}{text}{trail}")


def mark_inapplicable(match: SectionMatch, reason: str) -> Edit:
    """Return the edit that leaves one line under a heading: why it does not apply."""
    section = match.section
    text = f"\n{NOT_APPLICABLE}{place.render_line(reason)}\n" + ("" if match.final else "\n")
    text = join_directives(section.body) + text
    return Edit(start=section.body_start, end=section.end, text=text)


def make_bullets(slot: Slot, texts: Sequence[str]) -> str:
    """Return a list in the template's own bullets; numbers go on counting."""
    found = _LIST_MARK.match(slot.text.lstrip("\r\n"))
    if not found:
        return "\n".join(f"- {text}" for text in texts)
    indent, mark, space = found.group("indent", "mark", "space")
    space = space or " "
    result: list[str] = []
    for number, text in enumerate(texts):
        own = mark
        if mark[0].isdigit():
            own = f"{int(mark[:-1]) + number}{mark[-1]}"
        result.append(f"{indent}{own}{space}{text}")
    return "\n".join(result)


def make_table_rows(slot: Slot, value: Value) -> str:
    """Return a table's rows, as lines."""
    found = value.rows or tuple(_split_rows(slot, value.text or "\n".join(value.items)))
    return "\n".join(
        "| "
        + " | ".join(
            place.render_cell(text, allowed)
            for text, (_, allowed) in zip(
                _fit_row(row, len(slot.columns)), slot.columns, strict=True
            )
        )
        + " |"
        for row in found
        if any(text.strip() for text in row)
    )


def _split_rows(slot: Slot, text: str) -> Iterator[tuple[str, ...]]:
    """Yield rows from lines, for an answer that gave a table as text."""
    head = [fold_name(name) for name, _ in slot.columns]
    for line in split_lines(place.unwrap_fence(place.strip_thoughts(text))):
        found = split_cells(line)
        ruled = all(re.fullmatch(r":?-+:?", cell) for cell in found)
        if any(found) and not ruled and [fold_name(cell) for cell in found] != head:
            yield tuple(found)


def _fit_row(row: Sequence[str], count: int) -> tuple[str, ...]:
    """Return a row of `count` cells; what is beyond the last is part of it."""
    filled = [*row, *[""] * (count - len(row))]
    rest = [cell for cell in filled[count - 1 :] if cell]
    return (*filled[: count - 1], " | ".join(rest))


def make_group_items(group: Group, entries: Sequence[AnsweredItem]) -> str:
    """Return a list group's items, each after its example in the template."""
    names = tuple(variant.name for variant in group.variants)
    result: list[str] = []
    for number, entry in enumerate(entries):
        variant = group.variants[number if number < len(group.variants) else 0]
        result.append(_make_group_item(variant, entry, names).rstrip("\r\n \t"))
    return "\n".join(result)


def _make_group_item(variant: Variant, entry: AnsweredItem, examples: tuple[str, ...]) -> str:
    """Return one item: the example's text with what was said in its slots."""
    texts = dict(entry.texts)
    result = [_name_item(variant, entry.name, examples)]
    replaced = False
    for part in variant.parts:
        if not isinstance(part, Slot):
            # A template's closing line gives way to one that is long enough.
            result.append("" if replaced else part.text)
            replaced = False
            continue
        said = texts.get("description" if part.key == "text" else part.key, "")
        if not said.strip():
            result.append(part.text)
        elif part.kind == "code":
            opening, content, closing = _make_fence(part, result.pop(), said)
            result.append(f"{opening}\n{content}{closing}")
            replaced = True
        elif part.kind == "items":
            result.append(make_bullets(part, place.render_items(said)))
        else:
            result.append(f" {place.render_line(said)}")
    return "".join(result)


def _name_item(variant: Variant, name: str, examples: tuple[str, ...]) -> str:
    """Return how an item begins, with its name in the manner of its example."""
    placed = place.render_name if variant.anchor.bold else place.render_label
    return variant.begin_item(placed(name, examples=examples) or variant.name)


def _make_fence(slot: Slot, opening: str, text: str) -> tuple[str, str, str]:
    """Return a fence's opening line, content and closing line."""
    language, content = place.extract_code(text, slot.language)
    first, last = place.make_fence(opening, content, "" if slot.language else language)
    margin = place.find_fence_margin(opening)
    inner = "".join(f"{margin}{line}" for line in split_lines(content + "\n")) if content else ""
    return first, inner, last


def _write_code(field: Field, text: str, base: int) -> Iterator[Edit]:
    """Yield the edits of a fence's lines, so that no content can close it."""
    opening, inner, closing = _make_fence(field.slot, field.fence, text)
    if not inner:
        return
    yield Edit(start=base + field.opening[0], end=base + field.opening[1], text=opening + "\n")
    yield Edit(start=base + field.start, end=base + field.end, text=inner)
    yield Edit(start=base + field.closing[0], end=base + field.closing[1], text=closing)


def remove_guidance(match: SectionMatch) -> Iterator[Edit]:
    """Yield the edits that take a template's guidance out of a section that is written."""
    for start, end in match.body.guidance:
        if any(f.start <= start < f.end for f in match.body.fields):
            continue
        body = match.section.body
        ending = re.compile(r"(?:\r\n|\n|\r)").match(body, end)
        before = body[:start]
        after = (
            ending.end()
            if ending and (before.strip() or re.match(r"[ \t]*[\r\n]", body[ending.end() :]))
            else end
        )
        yield Edit(
            start=match.section.body_start + start, end=match.section.body_start + after, text=""
        )
