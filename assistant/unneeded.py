"""Sections that are not asked for, because the subject has nothing for them."""

import re

from assistant.align import Match, not_applicable
from assistant.brief import SCREENS, TABLES, Brief
from assistant.document import Document
from assistant.example import below
from assistant.instruct import Subject
from assistant.pairing import untouched
from assistant.slot import Slot, Spec
from assistant.topic import topic
from assistant.unwritten import askable_fields

_DATA = re.compile(r"tables?\b|columns?\b|schema|database|migrat|\bsql\b|\bdata\b", re.IGNORECASE)
_SEEN = re.compile(
    r"pages?\b|screens?\b|buttons?\b|forms?\b|dialogs?\b|\b(?:ui|ux|gui|app|dark mode)\b",
    re.IGNORECASE,
)
NOTHING_SEEN = "nothing that users see on a screen changes, as far as the description says."
NONE_NEEDED = "nothing of this kind is new or changes, as far as the description says."


def needless(spec: Spec, brief: Brief, subject: Subject) -> str:
    """Why a section on screens or stored data is not needed: none changes, nobody speaks of any."""
    if SCREENS in brief.none and topic(spec.path) == "interface":
        return "" if _SEEN.search(subject.description) else NOTHING_SEEN
    if TABLES not in brief.none or _DATA.search(subject.description):
        return ""
    sql = any(isinstance(part, Slot) and part.language == "sql" for part in spec.parts)
    optional = "if applicable" in spec.guidance.casefold() and _DATA.search(spec.title)
    return NONE_NEEDED if sql or optional else ""


def fits(match: Match, document: Document) -> bool:
    """Whether a section is still to be written, and nothing that somebody wrote is in it."""
    if not_applicable(match.section) or not untouched(match):
        return False
    alone = below(document, match.index) == match.index + 1
    return bool(askable_fields(match)) or (match.spec.container and alone)
