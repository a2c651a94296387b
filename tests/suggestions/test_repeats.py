"""Suggestions as one list: no two alike, none that the document has, the weightiest first."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assistant.suggestions.listed import ListedItems
from assistant.suggestions.model import Opinion
from assistant.suggestions.repeats import drop_repeats
from tests.support.strategies import sentences
from tests.support.suggestions import question, risk

DOWN = "Nobody can log in while Redis is down."
AGAIN = "Users can't sign in when Redis is unavailable."


def test_repeats_are_one() -> None:
    """Two that say the same are one, seen from both points of view."""
    one = Opinion(risks=(replace(risk(DOWN), views=("A",)),))
    other = Opinion(risks=(replace(risk(AGAIN), views=("B",)), risk("Logs fill the disk.")))

    found = drop_repeats((one, other), ListedItems())

    assert [risk.text for risk in found.risks] == [DOWN, "Logs fill the disk."]
    assert found.risks[0].views == ("A", "B")
    assert found.repeats == 1


def test_what_is_listed_is_left_out() -> None:
    """What the document lists, in other words or within a longer text, is no suggestion."""
    listed = ListedItems(
        risks=(f"**Store:** {AGAIN} Impact: High; likelihood: Low. Add a second store",),
        questions=("Who pays\\? It costs. (manager)",),
    )

    found = drop_repeats(
        (Opinion(risks=(risk(DOWN),), questions=(question("Who pays?"),)),), listed
    )

    assert (found.risks, found.questions, found.repeats) == ((), (), 2)


def test_kinds_are_not_compared() -> None:
    """A question is no repeat of a risk."""
    found = drop_repeats((Opinion(questions=(question(DOWN),)),), ListedItems(risks=(DOWN,)))

    assert len(found.questions) == 1


def test_order() -> None:
    """The weightiest risk comes first, and of two alike the one that more points of view see."""
    low = risk("The button is hard to find.", "Low", "Low")
    seen = replace(risk("Exports leak personal data."), views=("A", "B"))
    other = replace(risk("The nightly job stops half-way."), views=("A",))
    asked = question("Who starts the import?")
    twice = replace(question("Which region keeps the backups?"), views=("A", "B"))

    found = drop_repeats(
        (Opinion(risks=(low, other, seen), questions=(asked, twice), dropped=3),), ListedItems()
    )

    assert found.risks == (seen, other, low)
    assert found.questions == (twice, asked)
    assert found.dropped == 3


@given(st.lists(sentences, max_size=8))
def test_twice_is_once(texts: list[str]) -> None:
    """What is listed by its own words is never suggested again."""
    opinion = Opinion(risks=tuple(risk(text) for text in texts))
    first = drop_repeats((opinion,), ListedItems())

    again = drop_repeats((opinion,), ListedItems(risks=tuple(one.text for one in first.risks)))

    assert again.risks == ()
    assert len(first.risks) + first.repeats == len(texts)
