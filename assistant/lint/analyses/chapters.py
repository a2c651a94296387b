"""The chapters of a document: what somebody wrote under each heading, sub-headings included.

Sections can disagree only where both are written: what somebody left out, or set aside, is no
contradiction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from assistant.lint.rule import Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.document import Section
from assistant.markdown.elements import Mark
from assistant.markdown.passage import Passage, Span, blank_spans
from assistant.template.align import Alignment
from assistant.template.fields import ListItems
from assistant.template.headings import fold_title
from assistant.template.pairing import SectionMatch
from assistant.template.parts import Anchor

COMPONENTS = "key components"
DIAGRAM = "simple architecture diagram"
LIFECYCLE = "lifecycle of code for key use case"
SCHEMA = "schema updates"
ENDPOINTS = "api endpoints"
SCREENS = "ui changes"
SERVICES = "services / business logic"
MIGRATION = "data migration plan"
DEPLOYMENT = "deployment strategy"
ROLLBACK = "rollback plan"
MONITORING = "monitoring & alerts"

# Names in a section; one that has more is no section of names, and comparing them takes long.
MAX_NAMES = 60
# What people write who mean "not applicable".
_ASIDE_WORDS = ("n/a", "na", "none", "no", "-", "none.", "no changes", "no changes.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A section with the sections under it.

    `passage` is the document's text from `start` on, with blanks where the template's own words,
    comments and unwritten slots are: an offset in it is `start` less than in the document.
    `sections` are those under it; `aside` says that it does not apply.
    """

    title: str
    start: int
    passage: Passage
    sections: tuple[Section, ...]
    aside: bool

    @property
    def text(self) -> str:
        """Return the passage's text."""
        return self.passage.body

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return the marks in the text."""
        return self.passage.marks

    def part(self, start: int, end: int) -> str:
        """Return the text between two of the document's offsets."""
        return self.text[max(start - self.start, 0) : max(end - self.start, 0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapters:
    """A document's written chapters that apply, by title, and what is said of those that do not."""

    alignment: Alignment
    written: Mapping[str, Chapter]
    asides: str

    def without(self, title: str) -> str:
        """Return what is written outside of a chapter, the document's title included."""
        own = self.written.get(title)
        if own is None:
            return self.asides
        start, end = own.start, own.start + len(own.text)
        # A chapter that holds this one repeats the others.
        every = self.written.values()
        texts = [c.text for c in every if c.start >= end or c.start + len(c.text) <= start]
        texts += [
            f"{section.title}\n{section.body}"
            for section in self.alignment.unknown
            if not start <= section.start < end
        ]
        titles = [s.title for s in self.alignment.document.sections if s.level == 1]
        return "\n\n".join([*texts, *titles, ""]) + self.asides


def find_chapters(subject: CheckedDocument) -> Chapters:
    """Return a document's chapters as the rules about sections that disagree look at them."""
    every = collect_chapters(subject.alignment)
    return Chapters(
        alignment=subject.alignment,
        written={name: chapter for name, chapter in every.items() if not chapter.aside},
        asides="\n\n".join(c.text for c in every.values() if c.aside),
    )


class _NamedSpan(Protocol):
    """A name and where it stands: the offsets of its first character and behind its last."""

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def point_at_name(one: _NamedSpan, title: str, says: str) -> Hit:
    """Return a hit about a name that stands under the heading `title`."""
    spot = Spot(offset=one.start, width=one.end - one.start)
    return Hit(spot=spot, message=f"`{one.text.strip('`')}` {says}", section=title)


def collect_chapters(alignment: Alignment) -> dict[str, Chapter]:
    """Return the written chapters by the folded titles of the template; the first of each."""
    sections = alignment.document.sections
    known = {match.index: match for match in alignment.matches}
    text = _blank_unwritten(alignment, known)
    found: dict[str, Chapter] = {}
    for match in alignment.matches:
        name = fold_title(match.spec.title)
        if match.spec.group or not match.spec.level or name in found:
            continue
        inside = _list_inside(match, sections, known)
        start = match.section.body_start
        own = text[start : (inside[-1] if inside else match.section).end]
        if own.strip():
            found[name] = Chapter(
                title=match.section.title,
                start=start,
                passage=match.section if own == match.section.body else Passage(body=own),
                sections=inside,
                aside=_is_aside(own),
            )
    return found


def _list_inside(
    match: SectionMatch, sections: tuple[Section, ...], known: dict[int, SectionMatch]
) -> tuple[Section, ...]:
    """Return the deeper sections after a match's, up to one that the template has elsewhere."""
    end = match.index + 1
    while end < len(sections) and sections[end].level > match.section.level:
        other = known.get(end)
        if other is not None and other.spec.path[: len(match.spec.path)] != match.spec.path:
            break
        end += 1
    return sections[match.index + 1 : end]


def _is_aside(text: str) -> bool:
    bare = text.strip().strip("*_").casefold()
    return bare.startswith("not applicable") or bare in _ASIDE_WORDS


def _blank_unwritten(alignment: Alignment, known: dict[int, SectionMatch]) -> str:
    """Return the document's text with blanks, as many, for all that nobody wrote into it."""
    document = alignment.document
    examples = {spec.title for spec in alignment.template.specs if spec.group}
    parts = [" " * len(document.front)]
    for index, section in enumerate(document.sections):
        match = known.get(index)
        ours = section.title in examples or (match is not None and not match.spec.group)
        whole = [(0, len(section.heading))] if ours else []
        parts.append(blank_spans(section.heading, whole))
        parts.append(blank_spans(section.body, _find_blank_spans(match, section)))
    return "".join(parts)


def _find_blank_spans(match: SectionMatch | None, section: Section) -> Iterator[Span]:
    yield from section.comments
    if match is None:
        return
    anchors = {
        (part.kind, part.key)
        for part in match.spec.parts
        if isinstance(part, Anchor) and part.kind in ("label", "check", "table")
    }
    if anchors:
        yield from ((m.start, m.end) for m in section.marks if (m.kind, m.key) in anchors)
    for field in match.body.fields:
        if isinstance(field, ListItems):
            yield from ((i.start, i.end) for i in field.items if not i.touched)
        elif not field.written:
            start = field.opening[0] if field.fence else field.start
            yield start, max(field.end, field.closing[1])
