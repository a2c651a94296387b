"""Words that mark a path as proposed."""

import pytest

from assistant.markdown.mentions import find_sentence, is_proposed


@pytest.mark.parametrize(
    "text",
    ["a proposed X", "X (proposed)", "Create X", "we add X", "X will be added", "rename Y to X",
     "X is to be written", "a new module in X", "X was removed", "X does not exist yet", "new: X"],
)  # fmt: skip
def test_marks(text: str) -> None:
    """What is planned, made, renamed or gone is marked."""
    assert is_proposed(text, text.index("X"))


@pytest.mark.parametrize(
    "text",
    ["X holds it", "add a flag to X", "a new column in X", "the address of X", "renewal in X",
     "introduce checks in the file X"],
)  # fmt: skip
def test_what_is_added_to_has_to_be_there(text: str) -> None:
    """A path that something else is added to is not marked by that."""
    assert not is_proposed(text, text.index("X"))


def test_sentences() -> None:
    """A sentence ends at a full stop with another sentence behind it, and `e.g.` ends none."""
    text = "One, e.g. This. Two a.b two! Three"

    assert text[slice(*find_sentence(text, 0))] == "One, e.g. This. "
    assert text[slice(*find_sentence(text, 20))] == "Two a.b two! "
    assert text[slice(*find_sentence(text, 30))] == "Three"
