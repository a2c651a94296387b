"""Sentences that a point can rest on: real words of the document, from all over it."""

from hypothesis import given

from assistant.markdown.document import parse_document
from assistant.suggestions.answer import Ground
from assistant.suggestions.prompt import list_passages, spread_passages
from tests.support.reviewing import DOCUMENT
from tests.support.strategies import markdown

TEXT = """\
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
    found = list_passages(TEXT, Ground(parse_document(TEXT), None))

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

    assert all(ground.find(one).quote == one for one in list_passages(text, ground))


def test_spread() -> None:
    """Of too many, some from all over are kept, in order."""
    many = tuple(str(number) for number in range(1000))

    assert spread_passages(many, 4) == ("0", "250", "500", "750")
    assert spread_passages(many[:3], 4) == many[:3]
