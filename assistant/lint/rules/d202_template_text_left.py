"""D202: text of the template stands beside what somebody wrote."""

from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.slots import plain_matches
from assistant.lint.subject import Spot, Subject
from assistant.markdown.comments import without_comments
from assistant.markdown.document import Section, lines
from assistant.markdown.elements import fold
from assistant.template.align import left_over
from assistant.template.fields import Field, Items
from assistant.template.pairing import Match
from assistant.template.parts import NUMBERED, PLACEHOLDER, Gap, Slot

_WORDS = 5  # fewer words than these may be anybody's


def _check(subject: Subject) -> Iterator[Hit]:
    for item in left_over(subject.alignment):
        section = item.matches[0].section
        yield _item(item.title, section, section.start)
    for match in subject.once(plain_matches):
        yield from _items(match)
        yield from _headings(subject, match)
        yield from _left(match)


def _items(match: Match) -> Iterator[Hit]:
    """Yield the template's example items beside those that somebody wrote."""
    for field in match.body.fields:
        if isinstance(field, Items) and field.written:
            for item in field.items:
                if not item.touched:
                    start = match.section.body_start + item.start
                    yield _item(item.name, match.section, start)


def _item(name: str, section: Section, start: int) -> Hit:
    message = f'"{name}" is left over from the template: write it or delete it.'
    return Hit(spot=Spot(offset=start), message=message, section=section.title)


def _headings(subject: Subject, match: Match) -> Iterator[Hit]:
    """Yield words in a heading that the template leaves to be replaced."""
    title = match.section.title
    if match.spec.open and match.spec.leaves_open(title):
        yield _open(match, match.spec.open[1], "give it a name.")
    number = NUMBERED.search(title) if match.spec is subject.template.title else None
    if number and NUMBERED.search(match.spec.title):
        yield _open(match, number[0], "give it the document's number.")


def _open(match: Match, words: str, then: str) -> Hit:
    section = match.section
    at = max(section.heading.find(words), 0)
    spot = Spot(offset=section.start + at, width=len(words))
    message = f'"{words}" in the heading is the template\'s: {then}'
    return Hit(spot=spot, message=message, section=section.title)


def _left(match: Match) -> Iterator[Hit]:
    """Yield the template's own words beside a person's: paragraphs, rows, items."""
    base, body = match.section.body_start, match.section.body
    places: list[tuple[int, int]] = []
    for field in match.body.fields:
        if isinstance(field, Field) and field.written and field.slot.kind == "prose":
            places += _paragraphs(field.slot.text, field.content, base + field.start)
        elif isinstance(field, Field) and field.written and field.slot.kind in ("rows", "items"):
            places += _lines(field.slot, field.content, base + field.start)
    for part in match.spec.parts:
        if isinstance(part, Gap) and part.guidance:
            places += _paragraphs(part.text, body, base)
    for offset, width in places[:1]:
        more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
        message = f"this is the template's text{more}: replace it or delete it."
        spot = Spot(offset=offset, width=width)
        yield Hit(spot=spot, message=message, section=match.section.title)


def _paragraphs(template: str, content: str, base: int) -> list[tuple[int, int]]:
    """Return where the template's paragraphs stand in what somebody wrote."""
    split = [words for _, _, words in _split(without_comments(template))]
    own = {words for words in split if len(words.split()) >= _WORDS}
    if not own:
        return []
    return [(base + at, width) for at, width, words in _split(content) if words in own]


def _split(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield a text's paragraphs: where each begins, its first line's length, and its words."""
    start, position, inside = 0, 0, list[str]()
    for line in (*lines(text), ""):
        if line.strip():
            start = start if inside else position
            inside.append(line)
        elif inside:
            yield start, len(inside[0].rstrip()), " ".join("".join(inside).split())
            inside = []
        position += len(line)


def _lines(slot: Slot, content: str, base: int) -> list[tuple[int, int]]:
    """Return where example rows or items, those with a placeholder, stand beside others."""
    own = {fold(line) for line in lines(slot.text) if PLACEHOLDER.search(line)}
    places: list[tuple[int, int]] = []
    for line in lines(content):
        if own and fold(line) in own:
            places.append((base, len(line.rstrip())))
        base += len(line)
    return places


RULE = DocumentRule(
    code="D202",
    name="template-text-left",
    severity="warning",
    approved="error",
    about="Text of the template stands beside what somebody wrote.",
    why="The template's words beside a person's read as if they were meant.",
    mend="Delete them, or put what is meant in their place.",
    example=Example(
        template=(
            "## Background\n\nPlease describe the history of this part of the system here.\n"
        ),
        fails=(
            "## Background\n"
            "\n"
            "It grew over years.\n"
            "\n"
            "Please describe the history of this part of the system here.\n"
        ),
        passes="## Background\n\nIt grew over years.\n",
    ),
    structure=True,
    check=_check,
)
