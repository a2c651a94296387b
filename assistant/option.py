"""Options in an answer: what they are called, and which of them a recommendation means."""

import re
from collections.abc import Sequence

from assistant import flaw
from assistant.mark import fold
from assistant.slot import counter
from assistant.value import Entry, is_character

_THIS_OPTION = re.compile(
    r"\A(?:(?:this|the) (?:option|approach)|it) \w+s?\s+(?:(?:to|the use of)\s+)?(?:an?|the)?\s*",
    re.IGNORECASE,
)
# Words after which a name that was cut short would have gone on.
_UNFINISHED = frozenset(
    (
        "a",
        "an",
        "the",
        "for",
        "to",
        "of",
        "with",
        "and",
        "or",
        "that",
        "which",
        "by",
        "in",
        "on",
        "is",
        "be",
        "will",
        "from",
        "as",
        "at",
        "using",
        "into",
        "its",
        "their",
    )
)
HEADLINE = 6  # words of a description that can stand for a name


def write_recommendation(number: str, reason: str, entries: Sequence[Entry]) -> str:
    """Return a recommendation in words, of an option's number as a model says it and its reason.

    The reason alone where the number is none, or where it names an option itself, perhaps another.
    """
    found = re.search(r"\d+", number)
    place = int(found[0]) - 1 if found else -1
    reason = strip_example(reason.strip(), tuple(f"Option {letter}" for letter in "ABC"))
    reason = re.sub(r"^Option [A-C1-3]\b(?=\s+[a-z])", "It", reason)
    if not 0 <= place < len(entries) or flaw.find_chosen(reason, entries):
        return reason
    name = entries[_meant(reason, entries, place)].name
    stop = "\u3002" if is_character(name[-1:]) else ". "
    return f"{name}{stop}{reason[:1].upper()}{reason[1:]}"


def _meant(reason: str, entries: Sequence[Entry], place: int) -> int:
    """Return which option a reason speaks for: small models count them wrong more often than not.

    Another one than said where the reason's first sentence has all words of its name, and not
    those of the option that was said.
    """
    first = re.split(r"(?<=[.!?])\s", reason, maxsplit=1)[0]
    said = _stems(first)
    fits = [bool(own := _stems(entry.name)) and own <= said for entry in entries]
    others = [number for number, fit in enumerate(fits) if fit]
    return others[0] if len(others) == 1 and not fits[place] else place


def _stems(text: str) -> frozenset[str]:
    return frozenset(word[:4] for word in re.findall(r"\w{4,}", fold(text)))


def make_headline(text: str) -> str:
    """Return the first words of a text, as a name for what it describes."""
    text = _THIS_OPTION.sub("", text.strip())
    clause = re.split(r"[.,;:()\n]| that | which | to ensure ", text.strip(), maxsplit=1)[0]
    words = clause.split()[:HEADLINE]
    while len(words) > 1 and words[-1].casefold() in _UNFINISHED:
        words.pop()
    name = " ".join(words)
    return name[:1].upper() + name[1:]


def strip_example(name: str, examples: Sequence[str]) -> str:
    """Return a name without the template's own example in front.

    `Option A: Redis` and `Option 3: Redis` are `Redis` where the template says `Option A`.
    """
    for example in examples:
        split = counter(example)
        own = f"{re.escape(split[0])}[A-Z0-9]{{1,2}}" if split else re.escape(example)
        marks = "[:\uff1a.)\u2013\u2014-]"
        found = re.match(rf"{own}\s*{marks}+\s*(?P<rest>\S.*)", name, re.IGNORECASE)
        if found:
            return found["rest"]
    return name
