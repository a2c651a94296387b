"""Tests of `ground`: quotes that stand in the document, headings that exist, passages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.markdown.document import parse_document
from assistant.suggestions.ground import MIN_QUOTE_WORDS, Ground, list_passages, spread_passages
from tests.support import templates
from tests.support.reviewing import DOCUMENT
from tests.support.strategies import markdown

TEXT = """\
# Title

## Overview
The **session service** keeps one record for
each login and `renews` it.

<!-- What problem are we solving and why now? (2-3 paragraphs max) -->

## Key Components
<!-- hidden words that nobody reads -->
セッションは毎回更新される。
"""


def ground(text: str = TEXT, *, templated: bool = False) -> Ground:
    """The ground of a document."""
    return Ground(parse_document(text), templates.load("design_document") if templated else None)


@pytest.mark.parametrize(
    ("said", "quote"),
    [
        ("keeps one record for each login", "keeps one record for each login"),
        ("session service keeps one record", "session service** keeps one record"),
        ("KEEPS ONE\n  RECORD FOR", "keeps one record for"),
        ('"each login and renews it."', "each login and `renews` it"),
        (
            "... keeps one record for each login and then forgets",
            "keeps one record for each login and",
        ),
        ("セッションは毎回更新される", "セッションは毎回更新される"),
    ],
)
def test_quote(said: str, quote: str) -> None:
    """A quote is found whatever its white space, case and markup, and is the document's own."""
    found = ground().find_quote(said)

    assert found.quote == quote
    assert found.section in ("Overview", "Key Components")


@pytest.mark.parametrize(
    "said",
    [
        "",
        "keeps one record",
        "one two three four five",
        "hidden words that nobody reads",
        "it keeps nine records for all logins of one record",
        "keeps one record for a very long and wholly made up sentence",
    ],
)
def test_no_quote(said: str) -> None:
    """Too few words, words that are not there, and words of a comment are no quote."""
    assert not ground().find_quote(said).quote


def test_words_of_the_template_are_no_quote() -> None:
    """What the template says is not the author's, whoever copied it."""
    rollout = "- [ ] Feature flag implementation\n- [ ] Canary deployment percentage: 5\n"
    text = f"{TEXT}\n## Rollout Plan\n{rollout}"
    found = ground(text, templated=True)

    assert (
        found.find_quote("Feature flag implementation Canary deployment percentage").fault
        == "template"
    )
    assert not found.find_quote("Feature flag implementation Canary deployment percentage").quote
    assert found.find_quote("implementation Canary deployment percentage: 5").quote


def test_headings() -> None:
    """A heading is found by name, with or without its marks; the template's own count too."""
    found = ground(templated=True)

    assert found.find_heading("## overview") == "Overview"
    assert found.find_heading("Title > Key Components") == "Key Components"
    assert found.find_heading("Rollback Plan") == "Rollback Plan"
    assert not ground().find_heading("Rollback Plan")
    assert not found.find_heading("Title")
    assert not found.find_heading("[Design Choice Name]")


def test_lone_title_is_a_heading() -> None:
    """Where there is no other heading, something can be missing under the title."""
    assert ground("# Only\n\nwords\n").headings == ("Only",)


@given(markdown(), st.integers(0, 40), st.integers(MIN_QUOTE_WORDS, 12))
def test_what_is_found_is_there(text: str, start: int, length: int) -> None:
    """Words that were found stand in the document in a row, white space folded."""
    words = text.split()[start : start + length]

    found = ground(text).find_quote(" ".join(words))

    if found.quote:
        visible = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
        assert found.quote in visible


SENTENCES = """\
# A heading of more than five words

The session service keeps one
record for each login. It is short.

- [x] Each request renews the record that it finds
- See [the long page about it](https://example.org) for more of this

| A table | of words that nobody has to quote |
|---|---|

```
code that looks like a sentence of words
```
"""


def test_sentences() -> None:
    """Sentences of prose and lists are passages; headings, tables, code and links are not."""
    found = list_passages(SENTENCES, Ground(parse_document(SENTENCES), None))

    assert found == (
        "The session service keeps one record for each login",
        "Each request renews the record that it finds",
    )


def test_what_is_listed_is_no_passage() -> None:
    """Nothing new rests on what the document lists already."""
    found = list_passages(DOCUMENT, Ground(parse_document(DOCUMENT), None))

    assert len(found) == 2
    assert not [one for one in found if "audit" in one]


@given(markdown())
def test_every_passage_is_a_quote(text: str) -> None:
    """Whatever the text is, what may be chosen counts as a quote of it."""
    ground = Ground(parse_document(text), None)

    assert all(ground.find_quote(one).quote == one for one in list_passages(text, ground))


def test_spread() -> None:
    """Of too many, some from all over are kept, in order."""
    many = tuple(str(number) for number in range(1000))

    assert spread_passages(many, 4) == ("0", "250", "500", "750")
    assert spread_passages(many[:3], 4) == many[:3]
