"""How far a document has come: its status, and whether it was approved.

A template's own enumeration gives the order: its first value that means approval, and all behind
it, are approved; where none of its values is known here, its last. Values that end a document
(rejected, superseded) are never approved: nobody completes it any more.
"""

import re
from collections.abc import Sequence

from assistant.align import Alignment
from assistant.mark import fold, without_comments
from assistant.particulars import particular

_LONGEST = 60  # characters of a status in a message; what is longer is a sentence about it
_APPROVED = re.compile(
    r"(?:approved|accepted|adopted|agreed|ratified|active|implementable|implementing|implemented"
    r"|in force|merged|done|complete|completed|finished|final|finali[sz]ed|released|shipped"
    r"|deployed|live)\b"
)
_ENDED = re.compile(
    r"(?:rejected|declined|withdrawn|superseded|deprecated|replaced|obsolete|abandoned|cancell?ed"
    r"|retired|deferred|postponed|on hold)\b"
)


def status(alignment: Alignment) -> str:
    """The document's status in its own words; empty where it has none, or the template's."""
    return value(particular(alignment, "status"))[:_LONGEST]


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


def ended(said: str) -> bool:
    """Whether a status means that nobody completes the document any more."""
    return bool(_ENDED.match(fold(said)))


def _is(folded: str, name: str) -> bool:
    """Whether a value is the one called `name`, with or without words behind it."""
    return folded == name or bool(re.match(rf"{re.escape(name)}(?![\w-])", folded))


def value(content: str) -> str:
    """A value of metadata as words: without comments, quotes and markup around it."""
    text = re.sub(r"(?:^|\s)#.*", "", without_comments(content)).strip()
    return " ".join(text.strip("\"'*_`[] \t\r\n").split())
