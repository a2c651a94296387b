"""Whether a sentence says of a path that it is not there yet, or no longer; in English only."""

import re

# Of whatever they stand beside: it is a plan, a result, an example or gone.
_STRONG = re.compile(
    r"\bpropos\w+|\bplanned\b|\bfuture\b|\bto be\b|\bwill (?:be|hold|have|live|contain|become)\b"
    r"|\bcreat(?:e[sd]?|ing|ion)\b|\brenam\w+|\b(?:re)?mov(?:e[sd]?|ing|al)\b|\bdelet(?:e[sd]?|ing)\b"
    r"|\bgenerat(?:e[sd]?|ing)\b|\bformer(?:ly)?\b|\bno longer\b|\bnot (?:yet|there|exist)\b"
    r"|n't (?:yet )?(?:exist|be there)\b|\bno such\b|\bfor example\b|\be\.g\.|\bexamples?\b"
    r"|\bnew (?:\w+ )?(?:files?|modules?|folders?|director(?:y|ies)|packages?|scripts?|documents?"
    r"|migrations?|tests?)\b",
    re.IGNORECASE,
)
# Not where something else is added *to* the path, which then has to be there.
_WEAK = re.compile(
    r"\bnew\b|\badd(?:s|ed|ing|itional)?\b|\bintroduc(?:e[sd]?|ing)\b", re.IGNORECASE
)
_INTO = re.compile(
    r"\b(?:to|in|into|inside|within|of|from|on)(?: the)?(?: (?:file|module|folder|package))?"
    r"[ ('\"*_]*\Z",
    re.IGNORECASE,
)
_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)[.!?][)\"'*_]*\s+(?=[^a-z\s])|[\u3002\uff01\uff1f]")


def proposed(text: str, at: int) -> bool:
    """Whether the words of `text` mark what stands at offset `at` as proposed."""
    if _STRONG.search(text):
        return True
    return bool(_WEAK.search(text)) and not _INTO.search(text, 0, at)


def sentence(text: str, at: int) -> tuple[int, int]:
    """Where the sentence with offset `at` begins and ends."""
    start = 0
    for end in _END.finditer(text):
        if end.end() > at:
            return start, end.end()
        start = end.end()
    return start, len(text)
