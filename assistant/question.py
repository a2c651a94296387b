"""Open questions: what a document still asks, under the slot that its template has for that."""

import re
from collections.abc import Iterator

from assistant.align import Alignment, Match
from assistant.document import lines
from assistant.field import Field
from assistant.mark import Mark, fold, marks, without_comments
from assistant.slot import Slot

_BULLET = re.compile(r"[ \t>]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
_TICKED = re.compile(r"\[[xX]\](?:[ \t]|$)|~~.*~~\s*\Z", re.DOTALL)
_BOX = re.compile(r"\[ \](?:[ \t]+|$)")
# "None known." and what people say in its place; a hint in brackets asks nothing either.
_NOTHING = re.compile(
    r"none(?: (?:known|yet|left|open|so far|currently|remaining|at (?:this|the) \w+))*"
    r"|nothing(?: open| left)?|n/?a|not applicable\b.*|tb[ad]|todo"
    r"|(?:there are )?no (?:(?:open|unresolved|known|further|more) )*(?:questions|issues)\b.*"
    r"|\[[^\]]*\]|\.\.\.|\u2026|\W*",
    re.DOTALL,
)


def open_questions(alignment: Alignment) -> tuple[str, ...]:
    """The questions that are open, in order: items, else sub-headings, else paragraphs."""
    return tuple(
        question
        for match in alignment.matches
        for field in match.body.fields
        if isinstance(field, Field) and field.slot.role == "questions"
        for question in _asked(alignment, match, field)
    )


def _asked(alignment: Alignment, match: Match, field: Field) -> tuple[str, ...]:
    bodies, titles = [field.content], []
    if field.slot.kind != "text":  # a label has no headings under it
        for section in alignment.document.sections[match.index + 1 :]:
            if section.level <= match.section.level:
                break
            bodies.append(section.body)
            if section.path[:-1] == match.section.path:
                titles.append(section.title)
    listed = [list(_texts(body, items=True)) for body in bodies]
    if any(listed):
        found = [text for texts in listed for text in texts]
    else:
        found = titles or list(_texts(field.content, items=False))
    known = _own(field.slot)
    return tuple(text for text in found if _says(text) and fold(text) not in known)


def _texts(body: str, *, items: bool) -> Iterator[str]:
    """The text of each list item of the first depth, or of each paragraph outside of lists."""
    for mark in marks(body):
        if mark.depth == 1 and items and mark.kind in ("item", "label", "check"):
            yield _words(body, mark)
        elif mark.depth == 0 and not items and mark.kind in ("prose", "label"):
            yield body[mark.start : mark.stop].strip()


def _words(body: str, mark: Mark) -> str:
    return _BULLET.sub("", body[mark.start : mark.stop], count=1).strip()


def _own(slot: Slot) -> frozenset[str]:
    """What the template itself has in the slot, line by line."""
    return frozenset(fold(_BULLET.sub("", line, count=1)) for line in lines(slot.text))


def _says(text: str) -> bool:
    """Whether an item asks something that is not answered yet."""
    words = _BOX.sub("", without_comments(text).strip(), count=1)
    return not _TICKED.match(words) and not _NOTHING.fullmatch(fold(words).rstrip(".! "))
