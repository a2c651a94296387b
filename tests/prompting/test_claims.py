"""Figures, links, dates and people that nobody gave."""

import pytest

from assistant.prompting.claims import (
    find_inventions,
    find_new_figures,
    find_unmarked_figures,
    mark_unconfirmed_figures,
    rests_on,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It takes 40 % longer.", ("40 %",)),
        ("about 100,000 orders in 2 hours", ("100,000", "2 hours")),
        ("more than 50 failures", ("more than 50",)),
        (
            "it takes more than 10 seconds, at most 5 times",
            ("more than 10 seconds", "at most 5 times"),
        ),
        ("attempts > 100, failed < 5", ("> 100", "< 5")),
        ("HTTP 401, step 2, Option 1, port 443", ()),
        ("A 24-hour window", ("24-hour",)),
        ("14", ("14",)),
        ("5 failed exports per day", ("5 failed exports per day",)),
        ("attempts are 50 per hour, logins 20 per day", ("50 per hour", "20 per day")),
        ("500 Fehler pro Minute, 30 Sekunden", ("500 Fehler pro Minute", "30 Sekunden")),
        ("10 Versuche pro Tag, 3 per year", ("10 Versuche pro Tag", "3 per year")),
        ("at most 20 per day", ("at most 20 per day",)),
        ("up to 5 attempts per hour", ("up to 5 attempts per hour",)),
        ("HTTP 404 for a user every day", ()),
        ("HTTP 404 for a user every day, status 3 retries per hour", ("3 retries per hour",)),
        ("it costs 3 calls every minute", ("3 calls every minute",)),
        ("2 años, 3 mesi, 4 weken", ("2 años", "3 mesi", "4 weken")),
        ("计划在20%的用户中", ("20%",)),
        ("约为100万条记录, 超过3秒", ("100万条", "3秒")),
        ("v2 and a3 run", ()),
        ("After step 2 a second request, HTTP 503 every minute, 2 tag filters", ()),
        ("It takes more than 10 seconds.", ("more than 10 seconds",)),
    ],
)
def test_figures(text: str, expected: tuple[str, ...]) -> None:
    """Quantities are found, numbers that count or name something are not."""
    assert find_new_figures(text, "") == expected


def test_given_figures_are_known() -> None:
    """A figure with its unit that the subject has is nobody's invention."""
    assert find_new_figures("after 60 seconds", "it drops after 60 seconds") == ()
    assert find_new_figures("after 2 hours", "2. Error handling") == ("2 hours",)
    assert find_new_figures("more than 10 seconds.", "works after 10 users") == (
        "more than 10 seconds",
    )
    assert find_new_figures("limited to 20 per day", "20 attempts a day") == ()
    assert find_new_figures("limited to 20 per day", "kept for 20 days") != ()
    assert find_new_figures("at most 20 per day", "limited to 20/day") == ()
    assert find_new_figures("up to 5 attempts per hour", "5 attempts an hour") == ()
    assert find_new_figures("up to 5 requests per second", "5 requests/s") == ()
    assert find_new_figures("up to 5 requests per second", "5 requests an hour") != ()
    assert find_new_figures("limited to 20 per day", "20 attempts an hour") != ()


def test_proposals_are_marked_and_amounts_cannot_be() -> None:
    """A limit may be proposed; how much there is of something may not."""
    assert find_unmarked_figures("proposed 10 % of users first", "") == ()
    assert find_unmarked_figures("proposed 100 million records", "") == ("100 million",)


def test_marked_text_keeps_its_words() -> None:
    """A text with a figure that nobody gave gets a word behind it."""
    assert (
        mark_unconfirmed_figures("About 100 GB.", "") == "About 100 GB. (figures to be confirmed)"
    )
    assert mark_unconfirmed_figures("Nothing to move.", "") == "Nothing to move."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See https://wiki.corp/x for it.", ("https://wiki.corp/x",)),
        ("done by 2027-03-01", ("2027-03-01",)),
        ("see PR #123", ("PR #123",)),
        ("ask @jane-doe", ("@jane-doe",)),
        ("UTF-8, SHA-256, https://example.com/a, RFC-7231", ()),
    ],
)
def test_inventions(text: str, expected: tuple[str, ...]) -> None:
    """Links, dates, tickets and people are found; examples and standards are not."""
    assert find_inventions(text, "") == expected
    assert find_inventions(text, text) == ()


@pytest.mark.parametrize(
    ("text", "known", "expected"),
    [
        ("Uploads break after a minute.", "uploading large files breaks after one minute", True),
        ("The backend stores no large file.", "uploads break after a minute", False),
        ("订单列表很长", "订单列表", True),
        ("数据库太慢", "订单列表", False),
        ("", "anything", True),
    ],
)
def test_rests_on(text: str, known: str, *, expected: bool) -> None:
    """A text rests on another where half of its words of meaning stand there, in some form."""
    assert rests_on(text, known) is expected


def test_a_text_in_another_language_rests_on_forms_of_its_words() -> None:
    """Words are compared by their beginnings, which are a word's in more languages than English."""
    assert rests_on("Rechnungen exportieren", "Die Rechnung wird exportiert")
    assert not rests_on("Rechnungen exportieren", "Der Kunde wird benachrichtigt")
