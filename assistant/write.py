"""Puts answers into a document: each a set of edits to its slots, every other byte untouched."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant import place
from assistant.align import Match
from assistant.answer import Answer, Entry, Value
from assistant.document import Document, lines
from assistant.field import Field, Items
from assistant.slot import Group, Slot, Variant, identifier

NOT_APPLICABLE = "Not applicable: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """The bytes from `start` to `end` of a document's text give way to `text`."""

    start: int
    end: int
    text: str


def apply(text: str, edits: Iterable[Edit], newline: str = "\n") -> str:
    """The text with the edits made, in its own line endings. Edits must not overlap."""
    result: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < position:
            raise ValueError(f"edits overlap at {edit.start}")
        result.append(text[position : edit.start])
        result.append(edit.text if newline == "\n" else edit.text.replace("\n", newline))
        position = edit.end
    return "".join(result) + text[position:]


def fill(match: Match, answer: Answer) -> Iterator[Edit]:
    """The edits that write an answer into its section."""
    if answer.not_applicable:
        yield inapplicable(match, answer.not_applicable)
        return
    base = match.section.body_start
    for field in match.pending:
        if isinstance(field, Items):
            value = answer.value(field.group.key)
            if value and value.entries:
                text = items(field.group, value.entries)
                yield Edit(start=base + field.start, end=base + field.end, text=text)
            continue
        key = f"{identifier(field.name)}_{field.slot.key}" if field.name else field.slot.key
        value = answer.value(key)
        if value:
            yield from slot(match, field, value)


def slot(match: Match, field: Field, value: Value) -> Iterator[Edit]:
    """The edits that write one slot."""
    base, kind = match.section.body_start, field.slot.kind
    start, end = base + field.start, base + field.end
    if kind == "code":
        yield from _code(field, value.text, base)
    elif kind == "rows":
        lead = "" if match.section.body[: field.start].endswith(("\n", "\r")) else "\n"
        yield Edit(start=start, end=end, text=lead + rows(field.slot, value))
    elif kind == "items":
        found = value.items or place.items(value.text)
        written = bullets(field.slot, tuple(place.item(text) for text in found)
                          if value.items else found)  # fmt: skip
        yield Edit(start=start, end=end, text=written)
    elif kind == "prose":
        yield block(match, field, place.prose(value.text or "\n".join(value.items), match.section.title))
    else:
        yield Edit(start=start, end=end, text=" " + place.line(value.text))


def block(match: Match, field: Field, text: str) -> Edit:
    """The edit that makes `text` the whole of a block slot, set off by blank lines."""
    body, base = match.section.body, match.section.body_start
    before = match.section.heading + body[: field.start]
    lead = "\n" if before.endswith(("\n", "\r")) or not before else "\n\n"
    trail = "\n" if match.final and field.end == len(body) else "\n\n"
    return Edit(start=base + field.start, end=base + field.end, text=f"{lead}{text}{trail}")


def inapplicable(match: Match, reason: str) -> Edit:
    """The edit that leaves the one line under a heading which says why it does not apply."""
    section = match.section
    text = f"\n{NOT_APPLICABLE}{place.line(reason)}\n" + ("" if match.final else "\n")
    return Edit(start=section.body_start, end=section.end, text=text)


def bullets(slot: Slot, texts: Sequence[str]) -> str:
    """A list in the template's own bullets."""
    marker = re.match(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+", slot.text.lstrip("\r\n") + " ")
    bullet = marker[0] if marker else "- "
    return "\n".join(f"{bullet}{text}" for text in texts)


def rows(slot: Slot, value: Value) -> str:
    """A table's rows."""
    found = value.rows or tuple(_split(slot, value.text))
    result: list[str] = []
    for row in found:
        cells = [
            place.cell(text, allowed) for text, (_, allowed) in zip(row, slot.columns, strict=True)
        ]
        result.append("| " + " | ".join(cells) + " |")
    return "\n".join(result)


def _split(slot: Slot, text: str) -> Iterator[tuple[str, ...]]:
    """Rows from lines, where an answer gave a table as text."""
    count = len(slot.columns)
    for line in lines(text):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if any(cells) and not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            yield tuple((cells + [""] * count)[:count])


def items(group: Group, entries: Sequence[Entry]) -> str:
    """A list group's items, each after its example in the template."""
    variants = [
        group.variants[number] if number < len(group.variants) else group.variants[0]
        for number in range(len(entries))
    ]
    return "\n".join(
        _item(variant, entry).rstrip("\r\n \t") for variant, entry in zip(variants, entries, strict=True)
    )


def _item(variant: Variant, entry: Entry) -> str:
    texts = dict(entry.texts)
    result = variant.named(place.name(entry.name) or variant.name)
    for part in variant.parts:
        if isinstance(part, Slot):
            said = texts.get("description" if part.key == "text" else part.key, "")
            result += " " + place.line(said) if said.strip() else part.text
        else:
            result += part.text
    return result


def _code(field: Field, text: str, base: int) -> Iterator[Edit]:
    language, content = place.code(text, field.slot.language)
    first, last = field.opening
    opening, closing = place.fence(field.fence, content, "" if field.slot.language else language)
    indent = opening[: len(opening) - len(opening.lstrip())]
    inner = "".join(f"{indent}{line}" for line in lines(content + "\n")) if content else ""
    yield Edit(start=base + first, end=base + last, text=opening + "\n")
    yield Edit(start=base + field.start, end=base + field.end, text=inner)
    yield Edit(start=base + field.closing[0], end=base + field.closing[1], text=closing)


def uncommented(match: Match) -> Iterator[Edit]:
    """The edits that take a template's guidance out of a section that is written."""
    for start, end in match.body.guidance:
        if any(f.start <= start < f.end for f in match.body.fields):
            continue
        body = match.section.body
        ending = re.compile(r"(?:\r\n|\n|\r)").match(body, end)
        before = body[:start]
        after = ending.end() if ending and (before.strip() or re.match(r"[ \t]*[\r\n]", body[ending.end():])) else end
        yield Edit(start=match.section.body_start + start, end=match.section.body_start + after, text="")


def splice(document: Document, edits: Iterable[Edit]) -> str:
    """A document's text with the edits made."""
    return apply(document.text, edits, document.newline)
