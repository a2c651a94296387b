"""Documents with some of their slots blanked, and what of them has to stay."""

import random
from collections.abc import Callable, Sequence

from assistant.markdown.document import Document, parse_document
from assistant.template.align import align_document
from assistant.template.fields import Field, ListItems
from assistant.template.headings import find_subtree_end
from assistant.template.pairing import SectionMatch
from assistant.template.template import Template

Choose = Callable[[], bool]
Blank = tuple[int, int, str]


def chosen(seed: str, share: float) -> Choose:
    """A choice that is the same each time: true for a share of what it is asked."""
    source = random.Random(seed)  # noqa: S311
    return lambda: source.random() < share


def written(match: SectionMatch, newline: str) -> list[Blank]:
    """The written slots of a section: where they are in the document, and a blank for each."""
    base = match.section.body_start
    found: list[Blank] = []
    for field in match.body.fields:
        if isinstance(field, ListItems):
            inside = (f for item in field.items for f in item.fields)
            found += [(base + f.start, base + f.end, "") for f in inside if f.slot.kind == "text"]
        elif field.slot.owner == "model" and field.written:
            start, end, blank = _blank(field, match.section.body, newline)
            found.append((base + start, base + end, blank))
    return found


def _blank(field: Field, body: str, newline: str) -> Blank:
    if field.fence:  # a fence is as wide as what stands in it needs
        (start, _), (closing, end) = field.opening, field.closing
        return start, end, field.fence + body[closing:end]
    if field.slot.kind == "rows":  # whole lines
        return field.start, field.end + (len(newline) if body[field.end :] else 0), ""
    trail = field.content[len(field.content.rstrip("\r\n")) :]
    blank = {"prose": newline * 2, "items": f"- {trail}"}.get(field.slot.kind, "")
    return field.start, field.end, blank


def leaves(document: Document) -> list[Blank]:
    """The sections of a document without a template that have text and nothing below them."""
    return [
        (s.body_start, s.end, document.newline * (1 if s.heading.endswith(("\n", "\r")) else 2))
        for index, s in enumerate(document.sections)
        if s.level and find_subtree_end(document, index) == index + 1 and s.body.strip()
    ]


def blanked(template: Template | None, text: str, choose: Choose) -> tuple[str, list[str]]:
    """A text with some of its slots blanked, and the pieces that stay."""
    document = parse_document(text)
    newline = document.newline
    slots = (
        [
            one
            for match in align_document(template, document).matches
            for one in written(match, newline)
        ]
        if template
        else leaves(document)
    )
    result, pieces, position = "", [], 0
    for start, end, blank in sorted(slots):
        if start < position or not choose():
            continue
        # A dash behind a paragraph makes it a heading.
        listed = blank.startswith("-")
        if listed and parse_document(text[:start] + blank + text[end:]).outline != document.outline:
            continue
        pieces.append(text[position:start])
        result += text[position:start] + blank
        position = end
    pieces.append(text[position:])
    return result + text[position:], pieces


def stays(pieces: Sequence[str], text: str) -> bool:
    """Whether all pieces are in the text, in order, the first and the last at its ends."""
    at = 0
    for piece in pieces:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return text.startswith(pieces[0]) and text.endswith(pieces[-1])
