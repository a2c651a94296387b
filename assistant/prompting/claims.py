"""Claims that a model can't know: figures, links, dates, people, tickets and paths of its own.

They are its own if neither the description nor, for paths, the repository has them.
"""

import re

from assistant.markdown.mentions import Mention, find_paths
from assistant.repo.files import Repository

# The commonest units of time in German, French, Spanish, Portuguese, Italian and Dutch: figures
# with English units alone were found in drafts (memory/design/016).
_FOREIGN_UNITS = (
    r"sekunden?|minuten?|stunden?|tagen?|(?-i:Tag)|wochen?|monate?n?|jahre?n?"
    r"|secondes?|heures?|jours?|semaines?|mois|segundos?|minutos?|horas?|d[i\u00ed]as?|semanas?"
    r"|mes(?:es)?|a\u00f1os?|anos?|secondi|minuti|ore|giorni|settimane|mesi|anni|dagen|uren|weken"
    r"|maanden"
)
_UNIT = (
    r"%|per ?cent|ms|milliseconds?|s|secs?|seconds?|mins?|minutes?|hours?|days?|weeks?|months?"
    r"|years?"
    r"|users?|customers?|records?|rows?|requests?|sessions?|entries|files?|attempts?|times"
    rf"|{_FOREIGN_UNITS}"
    r"|[KMGT]i?B|bytes|million|billion|thousand"
    r"|[\u4e07\u4ebf]?(?:\u6b21|\u79d2|\u6beb\u79d2|\u5206\u949f|\u5c0f\u65f6|\u5929|\u6761|\u4e2a)"
)
_PERIOD = rf"second|minute|hour|day|week|month|year|{_FOREIGN_UNITS}"
_PER_WORD = "(?:per|pro|je|par|por)"
_PER_PERIOD = rf"{_PER_WORD}\s+(?:{_PERIOD})"
# A digit may follow a letter of a script without spaces, and be followed by one.
_LATIN_CHARACTERS = "A-Za-z0-9_\u00c0-\u024f"
_NUMBER = r"\d[\d.,]*(?:\s?(?:-|to|\u2013)\s?\d[\d.,]*)?"
_FIGURE = re.compile(
    rf"(?<![{_LATIN_CHARACTERS}.#/-])(?P<figure>[<>~\u2264\u2265]?\s?{_NUMBER}\s?-?(?:{_UNIT}))(?![{_LATIN_CHARACTERS}])"
    r"|(?<![\w.#/,-])(?P<large>\d{1,3}(?:,\d{3})+|\d{5,})(?![\w,.]*\d)"
    r"|(?<![\w.#/-])(?!(?:(?<=HTTP )|(?<=status )|(?<=code ))[1-5]\d\d\b)(?P<rate>\d[\d,]*\s+"
    # "Step 2 a day later" is no rate.
    rf"(?:(?:[^\W\d_]+\s+){{1,3}}(?:an?|every)\s+(?:{_PERIOD})|(?:[^\W\d_]+\s+){{0,3}}{_PER_PERIOD}))\b"
    r"|\b(?P<limit>(?:below|above|over|under|exceeds?|more than|less than|at least|at most|up to)"
    rf"\s+\d[\d,]*(?:\s?-?(?:{_UNIT})(?![{_LATIN_CHARACTERS}])|(?![\w.%]))(?:\s+{_PER_PERIOD}\b)?)"
    r"|\A\s*(?P<bare>\d[\d.,]*)\s*\Z"
    r"|(?<![-=\w])(?P<bound>[<>\u2264\u2265]=?\s?\d[\d,]*)(?![\w.%])",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://[^\s<>()\"'`\]]+|\bwww\.[^\s<>()\"'`\]]+")
_TICKET = re.compile(
    r"\b(?:PR|pull request|issue|ticket)\s*#?\d+|(?<![\w&/])#\d{2,}\b|\b[A-Z]{2,8}-\d{2,}\b"
)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    r"\b(?:19|20)\d\d-\d\d(?:-\d\d)?\b|\bQ[1-4] (?:19|20)\d\d\b"
    rf"|\b(?:{_MONTH})\s+(?:\d{{1,2}},?\s+)?(?:19|20)\d\d\b"
)
_PERSON = re.compile(r"(?<![\w.`/])@[a-z][\w-]{2,}\b")
_EXAMPLE = re.compile(
    r"example\.(?:com|org|net)|localhost|127\.0\.0\.1"
    r"|^(?:UTF|ISO|SHA|AES|RFC|HTTP|TLS|MD|RSA|CVE)-?\d"
)
_PROPOSED = re.compile(
    r"propos\w*|suggest\w*|to be (?:measured|confirmed|agreed)|for example|e\.g\.", re.IGNORECASE
)
_AMOUNT = re.compile(
    r"(?:users?|customers?|records?|rows?|entries|files?|[KMGT]i?B|bytes|million|billion|thousand)$",
    re.IGNORECASE,
)
_UNSPACED_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+")
# Letters of a word that means something by itself, mostly. By judgement.
_MIN_STEMMED_LENGTH = 4
# Texts are in any language, so no stemmer of English does: "Rechnung" and "Rechnungen" are one.
# Letters in which a word's forms agree, mostly.
_STEM_LENGTH = 5
UNCONFIRMED_MARK = "(figures to be confirmed)"
# Characters before a figure in which "proposed" marks it, and after it: about one clause, and "100
# requests per minute (proposed)". By judgement.
_PROPOSAL_REACH = 60
_PROPOSAL_REACH_AFTER = 30

PROPOSED_MARK = "(proposed)"
_LINK_END = re.compile(r"\](?:\([^()\n]*\)|\[[^\]\n]*\])")


def find_new_figures(text: str, known: str) -> tuple[str, ...]:
    """Return the quantities in a text that `known` lacks, in order, each once."""
    found = (match[0].strip(" ,.") for match in _FIGURE.finditer(text))
    return tuple(dict.fromkeys(f for f in found if not _has_figure(known, f)))


def find_unmarked_figures(text: str, known: str) -> tuple[str, ...]:
    """Return the quantities in a text that `known` lacks and no word near them calls proposed.

    How much there is of something can be measured, but not proposed.
    """
    found: list[str] = []
    for match in _FIGURE.finditer(text):
        figure = match[0].strip(" ,.")
        before = text[max(0, match.start() - _PROPOSAL_REACH) : match.start()]
        after = text[match.end() : match.end() + _PROPOSAL_REACH_AFTER]
        proposed = _PROPOSED.search(before) or "proposed" in after
        if not _has_figure(known, figure) and (not proposed or _AMOUNT.search(figure)):
            found.append(figure)
    return tuple(dict.fromkeys(found))


def mark_unconfirmed_figures(text: str, known: str) -> str:
    """Return the text with a mark at its end if it has figures that nobody gave or proposed."""
    return (
        f"{text.rstrip()} {UNCONFIRMED_MARK}"
        if text.strip() and find_unmarked_figures(text, known)
        else text
    )


def rests_on(text: str, known: str) -> bool:
    """Return whether `known` has at least half of a text's longer words, by their beginnings."""
    said = _find_stems(text)
    return not said or 2 * len(said & _find_stems(known)) >= len(said)


def _find_stems(text: str) -> set[str]:
    """Return the beginnings of a text's longer words; pairs of characters if it has no spaces."""
    folded = text.casefold()
    pairs = {
        run[at : at + 2] for run in _UNSPACED_RUN.findall(folded) for at in range(len(run) - 1)
    }
    words = re.findall(r"\w+", _UNSPACED_RUN.sub(" ", folded))
    return pairs | {word[:_STEM_LENGTH] for word in words if len(word) >= _MIN_STEMMED_LENGTH}


def find_inventions(text: str, known: str) -> tuple[str, ...]:
    """Return the links, dates, tickets and people in a text that `known` lacks, each once."""
    given = known.casefold()
    claims = (match[0] for one in (_LINK, _DATE, _TICKET, _PERSON) for match in one.finditer(text))
    new = (one for one in claims if one.casefold() not in given and not _is_example(one))
    return tuple(dict.fromkeys(new))


def _is_example(found: str) -> bool:
    """Return whether a claim is a host that stands for any, or a standard, not a ticket."""
    return _EXAMPLE.search(found) is not None


def _has_figure(known: str, figure: str) -> bool:
    number = re.search(r"\d[\d.,]*", figure)
    unit = re.sub(r"^.*\d[\s-]*", "", figure).rstrip("s")
    if number is None:
        return True
    # "20 per day" is what "20 attempts a day" said, and "20/day".
    rate = re.fullmatch(rf"(?:.*\s)?{_PER_WORD}\s+(\w+)", unit)
    said = re.escape(unit)
    if rate:
        period = rf"(?:{re.escape(rate[1])}|{rate[1][0]})\b"
        said = rf"(?:(?:[^\W\d]+\s+){{1,4}}|(?:[^\W\d]+)?/){period}"
    pattern = rf"(?<![\d.,]){re.escape(number[0])}[\s-]*{said}"
    return re.search(pattern, known, re.IGNORECASE) is not None


def find_unknown_paths(
    text: str, repository: Repository, known: str, folder: str = ""
) -> tuple[Mention, ...]:
    """Return the paths in a text that neither `known` nor the repository has and no word marks."""
    if not repository.known or "/" not in text or "`" not in text:
        return ()
    given = known.casefold()
    return tuple(
        one
        for one in find_paths(text)
        if one.kind == "path"
        and not one.proposed
        and one.text.casefold() not in given
        and not repository.has(one.text, folder)
    )


def mark_unknown_paths(text: str, repository: Repository, known: str) -> str:
    """Return the text with a word after each path that nobody gave and the repository lacks."""
    for one in reversed(find_unknown_paths(text, repository, known)):
        link = _LINK_END.match(text, one.after)
        at = link.end() if link else one.after
        text = f"{text[:at]} {PROPOSED_MARK}{text[at:]}"
    return text
