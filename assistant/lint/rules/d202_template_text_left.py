"""D202: text of the template stands beside what somebody wrote."""

from collections.abc import Iterator

from assistant.lint.analyses.slots import list_plain_matches
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.blocks import split_lines
from assistant.markdown.comments import strip_comments
from assistant.markdown.document import Section
from assistant.markdown.elements import fold_name
from assistant.template.align import find_leftover_examples
from assistant.template.fields import Field, ListItems
from assistant.template.pairing import SectionMatch
from assistant.template.parts import NUMBER_WORD, PLACEHOLDER, Gap, Slot

_MIN_WORDS = 5  # of a paragraph, by judgement: fewer may be anybody's own


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for item in find_leftover_examples(subject.alignment):
        section = item.matches[0].section
        yield _point_at_item(item.title, section, section.start)
    for match in subject.once(list_plain_matches):
        yield from _find_items(match)
        yield from _find_open_headings(subject, match)
        yield from _find_left_text(match)


def _find_items(match: SectionMatch) -> Iterator[Hit]:
    """Yield the template's example items beside those that somebody wrote."""
    for field in match.body.fields:
        if isinstance(field, ListItems) and field.written:
            for item in field.items:
                if not item.touched:
                    start = match.section.body_start + item.start
                    yield _point_at_item(item.name, match.section, start)


def _point_at_item(name: str, section: Section, start: int) -> Hit:
    message = f'"{name}" is left over from the template: write it or delete it.'
    return Hit(spot=Spot(offset=start), message=message, section=section.title)


def _find_open_headings(subject: CheckedDocument, match: SectionMatch) -> Iterator[Hit]:
    """Yield words in a heading that the template leaves to be replaced."""
    title = match.section.title
    if match.spec.open and match.spec.leaves_open(title):
        yield _point_at_words(match, match.spec.open[1], "give it a name.")
    number = NUMBER_WORD.search(title) if match.spec is subject.template.title else None
    if number and NUMBER_WORD.search(match.spec.title):
        yield _point_at_words(match, number[0], "give it the document's number.")


def _point_at_words(match: SectionMatch, words: str, then: str) -> Hit:
    section = match.section
    at = max(section.heading.find(words), 0)
    spot = Spot(offset=section.start + at, width=len(words))
    message = f'"{words}" in the heading is the template\'s: {then}'
    return Hit(spot=spot, message=message, section=section.title)


def _find_left_text(match: SectionMatch) -> Iterator[Hit]:
    """Yield the template's own words beside a person's: paragraphs, rows, items."""
    base, body = match.section.body_start, match.section.body
    places: list[tuple[int, int]] = []
    for field in match.body.fields:
        if isinstance(field, Field) and field.written and field.slot.kind == "prose":
            places += _find_paragraphs(field.slot.text, field.content, base + field.start)
        elif isinstance(field, Field) and field.written and field.slot.kind in ("rows", "items"):
            places += _find_example_lines(field.slot, field.content, base + field.start)
    for part in match.spec.parts:
        if isinstance(part, Gap) and part.guidance:
            places += _find_paragraphs(part.text, body, base)
    for offset, width in places[:1]:
        more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
        message = f"this is the template's text{more}: replace it or delete it."
        spot = Spot(offset=offset, width=width)
        yield Hit(spot=spot, message=message, section=match.section.title)


def _find_paragraphs(template: str, content: str, base: int) -> list[tuple[int, int]]:
    """Return where the template's paragraphs stand in what somebody wrote."""
    split = [words for _, _, words in _split_paragraphs(strip_comments(template))]
    own = {words for words in split if len(words.split()) >= _MIN_WORDS}
    if not own:
        return []
    return [(base + at, width) for at, width, words in _split_paragraphs(content) if words in own]


def _split_paragraphs(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield a text's paragraphs: where each begins, its first line's length, and its words."""
    start, position, inside = 0, 0, list[str]()
    for line in (*split_lines(text), ""):
        if line.strip():
            start = start if inside else position
            inside.append(line)
        elif inside:
            yield start, len(inside[0].rstrip()), " ".join("".join(inside).split())
            inside = []
        position += len(line)


def _find_example_lines(slot: Slot, content: str, base: int) -> list[tuple[int, int]]:
    """Return where example rows or items, those with a placeholder, stand beside others."""
    own = {fold_name(line) for line in split_lines(slot.text) if PLACEHOLDER.search(line)}
    places: list[tuple[int, int]] = []
    for line in split_lines(content):
        if own and fold_name(line) in own:
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
    mend="Delete it, or put what is meant in its place.",
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
