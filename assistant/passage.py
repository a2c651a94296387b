"""Sentences of a document that a point can rest on: what a model that copies badly chooses from."""

import re
from collections.abc import Iterator

from assistant.ground import Ground, count

MOST = 100
_WORDS = 12  # of a sentence, from its beginning
_LEAST = 5
_SENTENCE = re.compile(r"(?<=[.?!:;\u3002\uff1f\uff01])\s+")
_FENCE = re.compile(r"[ \t>]*(?:`{3,}|~{3,})")
_LEAD = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?")


def passages(text: str, ground: Ground) -> tuple[str, ...]:
    """The beginning of each sentence of a text, as it stands in the document; no code, no link."""
    found: dict[str, None] = {}
    for block in _blocks(text):
        for sentence in _SENTENCE.split(block):
            start = " ".join(sentence.split()[:_WORDS])
            if "](" in start or count(start) < _LEAST:
                continue
            if quote := ground.find(start).quote:
                found[quote] = None
    return tuple(found)


def spread(found: tuple[str, ...], most: int = MOST) -> tuple[str, ...]:
    """At most so many of them, from all over."""
    if len(found) <= most:
        return found
    return tuple(found[at * len(found) // most] for at in range(most))


def _blocks(text: str) -> Iterator[str]:
    """The paragraphs and list items of a text, each on one line."""
    held: list[str] = []
    fenced = False
    for line in text.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
            continue
        lead = _LEAD.match(line)
        bare = line[lead.end() :].strip() if lead else line.strip()
        ends = not bare or bare.startswith(("#", "|")) or (lead is not None and lead[0].strip())
        if ends and held:
            yield " ".join(held)
            held = []
        if bare and not fenced and not bare.startswith(("#", "|")):
            held.append(bare)
    if held:
        yield " ".join(held)
