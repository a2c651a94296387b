"""Tables of contents: which lists are some, and how they fit another document."""

import pytest

from assistant.markdown.blocks import split_lines
from assistant.markdown.contents import ContentsHeading, fit_contents, is_contents
from assistant.markdown.links import make_fragments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- [Goals](#goals)\n", True),
        ("1. [Goals](#goals)\n\n2. [Non-Goals](#non-goals)\n   - [A `b`](#a-b)", True),
        ("* [Goals](#goals)\r\n* [Goals](#goals-1)\r\n", True),
        ("- [概要](#%E6%A6%82%E8%A6%81)", True),
        ("- [[Name]](#name)", True),
        ("- [\U0001f680](#)", True),  # no letters, and so the top of the page
        ("- [Link](#)", False),
        ("- [Design](#link)\n- [Goals](#goals)", False),
        ("- [Goals](#goals) and more", False),
        ("- [Goals](#goals), [Risks](#risks)", False),
        ("- [Goals](other.md#goals)", False),
        ("- Goals\n- [Risks](#risks)", False),
        ("- [ ] [Goals](#goals)", False),
        ("- [Goals](#goals)\n  in more words", False),
        ("", False),
    ],
)
def test_which_lists_are_contents(text: str, expected: bool) -> None:  # noqa: FBT001  a table
    """A list is a table of contents where each item is a link that leads where it says."""
    assert is_contents(split_lines(text)) is expected


def headings(*named: tuple[str, int, str]) -> tuple[ContentsHeading, ...]:
    own = make_fragments([title for title, _, _ in named])
    return tuple(
        ContentsHeading(title=title, fragment=fragment, origin=origin, group=group)
        for (title, origin, group), fragment in zip(named, own, strict=True)
    )


OLD = headings(
    ("[Name]", 0, ""),
    ("Options", 1, ""),
    ("Option A", 2, "o"),
    ("Pros", 3, "o"),
    ("Option B", 4, "o"),
    ("Pros", 5, "o"),
    ("Pros", 6, ""),
)
LIST = """\
- [[Name]](#name)
- [Options](#options)
  * [Option A](#option-a)
    + [Pros](#pros)
  * [Option B](#option-b)
    + [Pros](#pros-1)
- [Pros](#pros-2)
- [Elsewhere](#elsewhere)
"""
NEW = headings(
    ("Sign in", 0, ""),
    ("Options", 1, ""),
    ("Keys", 2, "o"),
    ("Pros", 3, "o"),
    ("Cookies", 4, "o"),
    ("Pros", 5, "o"),
    ("Both", 2, "o"),
    ("Pros", 3, "o"),
    ("Pros", 6, ""),
)


def test_entries_are_those_of_the_documents_headings() -> None:
    """Renamed headings have their name, a group its items, each with what is below it."""
    expected = """\
- [Sign in](#sign-in)
- [Options](#options)
  * [Keys](#keys)
    + [Pros](#pros)
  * [Cookies](#cookies)
    + [Pros](#pros-1)
  * [Both](#both)
    + [Pros](#pros-2)
- [Pros](#pros-3)
- [Elsewhere](#elsewhere)
"""

    assert fit_contents(LIST, OLD, NEW) == expected
    assert fit_contents(LIST.rstrip(), OLD, NEW) == expected.rstrip()
    crlf = expected.replace("\n", "\r\n")
    assert fit_contents(LIST.replace("\n", "\r\n"), OLD, NEW) == crlf


def test_a_group_that_is_left_out_has_no_entries() -> None:
    """Without items a group has no entries, and the other ones stay."""
    without = tuple(heading for heading in NEW if not heading.group)

    assert "ption " not in fit_contents(LIST, OLD, without)
    assert "[Options](#options)\n- [Pros](#pros-3)" in fit_contents(LIST, OLD, without)


def test_the_same_headings_leave_every_byte() -> None:
    """A table of contents that fits already is not touched, whatever its line endings are."""
    mixed = LIST.replace("\n", "\r\n", 2) + "<!-- /toc -->"

    assert fit_contents(mixed, OLD, OLD) == mixed


def test_a_list_that_would_be_empty_stays() -> None:
    """Where a list has nothing but a group that is left out, it stays; markers may be alone."""
    own = "- [Option A](#option-a)\n- [Option B](#option-b)"

    assert fit_contents(own, OLD, OLD[:2]) == own
    marked = f"<!-- toc -->\n{own}\n<!-- /toc -->"
    assert fit_contents(marked, OLD, OLD[:2]) == "<!-- toc -->\n<!-- /toc -->"


def test_numbers_go_on_counting() -> None:
    """Entries with numbers are counted as the template counts them, in each list."""
    counting = (
        "1. [Options](#options)\n   1. [Option A](#option-a)\n   2. [Option B](#option-b)\n"
        "2. [Pros](#pros-2)\n"
    )

    assert fit_contents(counting, OLD, NEW) == (
        "1. [Options](#options)\n   1. [Keys](#keys)\n   2. [Cookies](#cookies)\n"
        "   3. [Both](#both)\n2. [Pros](#pros-3)\n"
    )
    alike = "1. [Option A](#option-a)\n1. [Pros](#pros-2)\n"
    assert fit_contents(alike, OLD, NEW) == (
        "1. [Keys](#keys)\n1. [Both](#both)\n1. [Pros](#pros-3)\n"
    )


def test_the_words_of_an_entry_stay_where_its_heading_does() -> None:
    """An entry may say its heading in other words; they stay unless the heading is renamed."""
    text = "- [What to choose from](#options)\n- [The other](#option-b)\n"

    assert (
        fit_contents(text, OLD, NEW) == "- [What to choose from](#options)\n- [Cookies](#cookies)\n"
    )
