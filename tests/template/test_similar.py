"""Names that are nearly the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.template.similar import find_nearest_name, measure_likeness, reduce_to_letters


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Non Goals", "Non-Goals"),
        ("Risks & Mitigations", "Risks and mitigations"),
        ("**Summary:**", "summary"),
        ("Open Questions (Optional)", "Open questions"),
        ("Upgrade/Downgrade Strategy", "Upgrade / Downgrade Strategy"),
    ],
)
def test_same_letters_are_the_same_form(one: str, other: str) -> None:
    """Case, markup, punctuation and `(Optional)` make no other name."""
    assert reduce_to_letters(one) == reduce_to_letters(other)
    assert measure_likeness(one, other) == 1.0


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Alternatives", "Rationale and alternatives", True),
        ("Motivations", "Motivation", True),
        ("Proposed Solution(s)", "Proposed Solution", True),
        ("Implementation Details", "Implementation Details/Notes/Constraints", True),
        ("Alternative Considerations", "Topology Considerations", False),
        ("Failure Modes and Recovery Paths", "Failure Mode Analysis", False),
        ("Future Extensions", "Future possibilities", False),
        ("Goals", "Non-Goals", False),
        ("Downgrade Strategy", "Upgrade Strategy", False),
        ("Rollback Plan", "Rollout Plan", False),
        ("Sumary", "Summary", True),
        ("Design Considerration", "Design Considerations", True),
        ("Summary", "Motivation", False),
        ("!!!", "???", False),
    ],
)
def test_other_words_are_alike_where_a_reader_would_say_so(
    one: str, other: str, *, alike: bool
) -> None:
    """Most letters or most words in common mean the same heading; a shared word does not."""
    assert (measure_likeness(one, other) > 0) == alike


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_share(one: str, other: str) -> None:
    """Any two names are between not alike and the same."""
    assert 0 <= measure_likeness(one, other) <= 1


def test_nearest_is_the_one_that_was_meant() -> None:
    """Of several names the most alike is named, and none where none is."""
    assert find_nearest_name("unwriten", ("unwritten", "missing-heading")) == "unwritten"
    assert find_nearest_name("xyz", ("unwritten", "missing-heading")) == ""
    assert find_nearest_name("x", ()) == ""
