"""How far a document has come: its status, and whether it was approved.

A template's own enumeration gives the order: its first value that means approval, and all behind
it, are approved; where none of its values is known here, its last. Values that end a document
(rejected, superseded) are never approved: nobody completes it any more.
"""

import re
from collections.abc import Sequence

from assistant.align import Alignment
from assistant.document import Section
from assistant.field import Field
from assistant.mark import Mark, fold, without_comments
from assistant.slot import role_of
from assistant.template import front_parts

_APPROVED = re.compile(
    r"(?:approved|accepted|adopted|agreed|ratified|active|implementable|implementing|implemented"
    r"|in force|merged|done|complete|completed|finished|final|finali[sz]ed|released|shipped"
    r"|deployed|live)\b"
)
_ENDED = re.compile(
    r"(?:rejected|declined|withdrawn|superseded|deprecated|replaced|obsolete|abandoned|cancell?ed"
    r"|retired|deferred|postponed|on hold)\b"
)
_PLACES = ("", "metadata", "meta data", "meta", "status")


def status(alignment: Alignment, marks: Sequence[Sequence[Mark]]) -> str:
    """The document's status in its own words; empty where it has none, or the template's."""
    bodies = [alignment.front, *(match.body for match in alignment.matches)]
    fields = [f for body in bodies for f in body.fields if isinstance(f, Field)]
    own = [field for field in fields if field.slot.role == "status"]
    if own:
        return next((value(field.content) for field in own if field.written), "")
    return _said(alignment, marks)


def settled(said: str, known: Sequence[str]) -> bool:
    """Whether a status means that the document was approved, or more than that."""
    folded = fold(said)
    if not folded or _ENDED.match(folded):
        return False
    order = [fold(choice) for choice in known]
    at = next((i for i, name in enumerate(order) if _is(folded, name)), -1)
    if at < 0:
        return bool(_APPROVED.match(folded))
    first = next((i for i, name in enumerate(order) if _APPROVED.match(name)), len(order) - 1)
    return at >= first


def _is(folded: str, name: str) -> bool:
    """Whether a value is the one called `name`, with or without words behind it."""
    return folded == name or bool(re.match(rf"{re.escape(name)}(?![\w-])", folded))


def value(content: str) -> str:
    """A value of metadata as words: without comments, quotes and markup around it."""
    text = re.sub(r"(?:^|\s)#.*", "", without_comments(content)).strip()
    return " ".join(text.strip("\"'*_`[] \t\r\n").split())


def _said(alignment: Alignment, marks: Sequence[Sequence[Mark]]) -> str:
    """The status of a document whose template has none: a key, a label, or a section of its own."""
    parts = front_parts(alignment.document.front)
    keys = (part.text for part in parts if getattr(part, "role", "") == "status")
    found = next((value(text) for text in keys if value(text)), "")
    for section, own in zip(alignment.document.sections, marks, strict=True):
        if found:
            break
        if section.level <= 1 or fold(section.title) in _PLACES:
            found = _label(section, own)
    return found


def _label(section: Section, marks: Sequence[Mark]) -> str:
    for mark in marks:
        if mark.kind == "label" and role_of(mark.key) == "status":
            return value(section.body[mark.end : mark.stop])
    if role_of(section.title) == "status":
        words = without_comments(section.body).strip()
        return value(words.split("\n")[0].lstrip("-*+ ")) if words else ""
    return ""
