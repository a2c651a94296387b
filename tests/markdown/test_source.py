"""A text's lines and their places."""

from hypothesis import given

from assistant.markdown.blocks import read_blocks
from assistant.markdown.elements import split_source
from tests.support.strategies import markdown


@given(markdown())
def test_lines_are_where_they_say(text: str) -> None:
    """Each line stands at its offset, and ends before its line ending."""
    source = split_source(text)

    for number, line in enumerate(source.lines):
        start = source.offsets[number]
        assert text[start : source.offsets[number + 1]] == line
        assert text[start : source.end(number + 1)] == line.rstrip("\r\n")
    assert source.end(0) == 0
    assert source.offsets[-1] == len(text)


def test_blank_lines_behind_a_list_are_not_its() -> None:
    """A list ends with its last line that says anything."""
    source = split_source("- a\n\n- b\n\n\nx\n")
    (listed, _) = read_blocks(source.text)

    assert source.last(listed) == 3
    assert source.last(listed.children[0]) == 1
