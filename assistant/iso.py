"""Dates that can be read in one way only, as ISO 8601 writes them."""

import re
from datetime import date

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})(?P<mark>[-/.])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})")
_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = r"(?P<m>[A-Za-z]{3,9})\.?"
_NAMED = (
    re.compile(rf"{_DAY}[ -]{_MONTH},?[ -](?P<y>\d{{4}})"),
    re.compile(rf"{_MONTH} {_DAY},? (?P<y>\d{{4}})"),
    re.compile(rf"(?P<y>\d{{4}})[ -]{_MONTH}[ -]{_DAY}"),
)


def iso(text: str) -> str:
    """The date that `text` is, as `2026-11-24`; empty where it is none, or could be another.

    A year that comes first is followed by month and day, and a month in English is no other;
    `03/04/2026` is the third of April to some and the fourth of March to others.
    """
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        return _written(int(found["y"]), int(found["m"]), int(found["d"]))
    for pattern in _NAMED:
        found = pattern.fullmatch(text)
        if found:
            return _written(int(found["y"]), _month(found["m"]), int(found["d"]))
    return ""


def _month(name: str) -> int:
    """The number of an English month, in full or by its usual short name; 0 for other words."""
    word = name.lower()
    known = [n for n, month in enumerate(_MONTHS, 1) if word in (month, month[:3])]
    return known[0] if known else 9 if word == "sept" else 0


def _written(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
