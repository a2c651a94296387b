"""Tests of `place`: answers as the bytes of a slot."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.editing import place
from tests.support.strategies import figures, sentences, wild


def letters(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(character for character in text if character.isalnum())


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("<think>Hm.</think>\nYes.", "Yes."),
        ("<thinking>Hm.\n</thinking> Yes.", " Yes."),
        ("<think>never ends", ""),
        ("Yes. <think>", "Yes. <think>"),
    ],
)
def test_thoughts_are_set_aside(said: str, kept: str) -> None:
    """What a model thought before it answered is no part of the answer."""
    assert place.strip_thoughts(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "## Goals\nFast.",
        "# Goals:\n\nFast.",
        "**Goals**\n\nFast.",
        "**Plan > Goals**\n\nFast.",
        "Goals\n\nFast.",
        "Goals\n=====\nFast.",
        "```markdown\n## Goals\nFast.\n```",
        "```\nFast.\n```",
        "\n\nFast.\n\n",
    ],
)
def test_an_echoed_title_and_a_wrapping_fence_are_removed(said: str) -> None:
    """A title that is said again, and a fence around the whole, are no part of a section."""
    assert place.render_prose(said, "Goals") == "Fast."


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("    code\n      more\n\nWords.", "```\ncode\n  more\n```\n\nWords."),
        ("\tcode", "```\ncode\n```"),
        ("", ""),
        ("    \n\nWords.", "Words."),
        ("  Words.\n\n    code", "Words.\n\n    code"),
        ("    ```\n<!-->\n    ```", "````\n```\n````\n\n\\<!-->\n    ```"),
    ],
)
def test_prose_begins_at_the_margin(said: str, kept: str) -> None:
    """Code that an answer begins with is in a fence: indented it would belong to a list above."""
    assert place.render_prose(said) == kept


@pytest.mark.parametrize(
    "said", ["Goals", "Goals\nare fast.", "Goals and more\n\nFast.", "Fast.\n\nGoals"]
)
def test_words_that_are_no_echo_stay(said: str) -> None:
    """A title's words that belong to the answer stay in it."""
    assert place.render_prose(said, "Goals") == said


def test_fences_inside_a_wrapping_fence_stay() -> None:
    """A wrapping fence is found although the fences inside are as long."""
    said = "```markdown\nSee:\n\n```sql\nSELECT 1\n```\n\nDone.\n```"

    assert place.render_prose(said) == "See:\n\n```sql\nSELECT 1\n```\n\nDone."


@given(sentences)
def test_a_sentence_is_placed_as_it_was_said(said: str) -> None:
    """A plain sentence is the same on a line, in an item, in a cell and in a section."""
    for placed in (place.render_line, place.render_item, place.render_cell, place.render_prose):
        assert placed(said) == said
    assert place.render_items(f"- {said}\n- {said}") == (said, said)


@given(figures)
@example("Limit 5 - 10 requests * 2 + 1 • x.")
def test_only_a_bullet_at_the_start_is_one(said: str) -> None:
    """Dashes, stars and counts within a sentence arrive as they were said, wherever it stands."""
    for placed in (place.render_line, place.render_item, place.render_prose, place.render_cell):
        assert placed(said) == said
    for bullet in ("- ", "* ", "+ ", "• ", "- [ ] ", "1. ", "1. - ", "  - ", "- - "):
        assert place.render_items(f"{bullet}{said}") == (said,)
        assert place.render_item(bullet.replace("1. ", "") + said) == said


@given(st.lists(figures, min_size=1, max_size=4))
def test_lists_arrive_as_they_were_said(said: list[str]) -> None:
    """Items of any list, nested ones too, keep all that was said, whether counted or not."""
    one = tuple(said)

    assert place.render_items(one) == one
    assert place.render_items("\n".join(f"{at}. {text}" for at, text in enumerate(one, 1))) == one
    assert place.render_items("\n".join(f"* {text}" for text in one)) == one
    nested = "\n".join(f"{at}. {text}\n   - {text}\n" for at, text in enumerate(one, 1))
    assert place.render_items(nested) == tuple(text for text in one for _ in range(2))
    goes_on = "\n".join(f"- {text}\n  {text}" for text in one)
    assert place.render_items(goes_on) == tuple(f"{text} {text}" for text in one)


@given(wild)
def test_a_line_stays_a_line(said: str) -> None:
    """Words for a line, an item, a cell or a name have no line ending, and no HTML."""
    for placed in (
        place.render_line,
        place.render_item,
        place.render_cell,
        place.render_name,
        place.render_label,
    ):
        text = placed(said)
        assert not re.search("[\r\n\x0b\x0c\x85\u2028\u2029]", text)
        tokens = MarkdownIt("commonmark").parseInline(f"x {text}")[0].children or []
        assert not [token for token in tokens if token.type == "html_inline"]


@given(wild)
def test_an_item_begins_nothing(said: str) -> None:
    """An item holds one paragraph, whatever its words begin with."""
    found = MarkdownIt("commonmark").parse(f"- {place.render_item(said)}\n")
    inside = [token.type for token in found[2:-2]]

    assert inside in ([], ["paragraph_open", "inline", "paragraph_close"])


@given(wild)
def test_a_cell_stays_a_cell(said: str) -> None:
    """A cell's words break neither their row nor the table."""
    found = (
        MarkdownIt("commonmark")
        .enable("table")
        .parse(f"| a | b |\n|---|---|\n| {place.render_cell(said)} | end |\n")
    )
    row = [found[index + 1].content for index, token in enumerate(found) if token.type == "td_open"]

    assert len(row) == 2
    assert row[1] == "end"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("- a\n- b", ("a", "b")),
        ("- - a\n-  b\n* • c", ("a", "b", "c")),
        ("1. a\n2. b", ("a", "b")),
        ("3. a\n9. b", ("3\\. a", "9\\. b")),
        (("``` <!--> ```",), ("``` <!--> ```",)),
        ("- a\n  goes on\n- b", ("a goes on", "b")),
        ("- [ ] a\n- [x] b", ("a", "\\[x] b")),
        ("```\n- a\n```", ("a",)),
        (("- a\nb", "- c", " ", "-"), ("a b", "c")),
        (("1. a", "2. b"), ("a", "b")),
        (("1. Januar 2027",), ("1\\. Januar 2027",)),
        ("1. a", ("a",)),
        ("1. a\n   - b\n2. c", ("a", "b", "c")),
        ("- Sign in - then reset", ("Sign in - then reset",)),
        (("from 5 - 10 requests * 2",), ("from 5 - 10 requests * 2",)),
        ("", ()),
    ],
)
def test_items_lose_their_bullets(said: str | tuple[str, ...], kept: tuple[str, ...]) -> None:
    """Items come without the bullets and the count that they were said with."""
    assert place.render_items(said) == kept


@pytest.mark.parametrize(
    ("said", "allowed", "kept"),
    [
        ("high", ("High", "Med", "Low"), "High"),
        ("Medium", ("High", "Med", "Low"), "Med"),
        ("**Low**.", ("High", "Med", "Low"), "Low"),
        ("High, as many use it", ("High", "Med", "Low"), "High, as many use it"),
        ("a | b", (), "a \\| b"),
        ("a \\| b", (), "a \\| b"),
        ("a \\\\| b", (), "a \\\\&#124; b"),
        ("- a\n- b", (), "a; b"),
    ],
)
def test_a_cell_says_what_was_said(said: str, allowed: tuple[str, ...], kept: str) -> None:
    """A cell holds one of the allowed values where that is all that was said, else the words."""
    assert place.render_cell(said, allowed) == kept


@pytest.mark.parametrize(
    ("said", "examples", "kept"),
    [
        ("Service A: Sign-in", ("Service A", "Service B"), "Sign-in"),
        ("service 2 - Sign-in", ("Service A",), "Sign-in"),
        ("Service A", ("Service A",), "Service A"),
        ("Service A:", ("Service A",), "Service A"),
        ("Service Bus: Sign-in", ("Service A",), "Service Bus: Sign-in"),
        ("Option B: Sign-in", (), "Option B: Sign-in"),
        ("1. **Sign-in:**", (), "Sign-in"),
        ("## Sign-in ##", (), "Sign-in"),
        ("[Sign](in)", (), "(Sign)(in)"),
        ("a\nb", (), "a b"),
        ("__init__", (), "\\__init__"),
        ("C#", (), "C#"),
        ("C #", (), "C"),
        ("Grid of 5*3", (), "Grid of 5 \xd7 3"),
        ("**5** 3*", (), "5 3"),
    ],
)
def test_a_name_is_a_name(said: str, examples: tuple[str, ...], kept: str) -> None:
    """A name has no emphasis, no number and not the example's name before it."""
    assert place.render_name(said, examples=examples) == kept


def test_a_name_in_code_has_no_backticks() -> None:
    """A name for a heading that is a code span brings no backticks of its own."""
    assert place.render_name("`GET /users/<id>`", code=True) == "GET /users/<id>"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("HTTP: fast", "HTTP - fast"),
        ("`code`: x", "code - x"),
        ("# Out", "Out"),
        ("e.g. this", "e.g - this"),
        ("...", ""),
        ("- x", "x"),
        ("> x", "\\> x"),
        ("+ x - y", "x - y"),
        ("~~~ x", "\\~~~ x"),
        ("-5 to +5", "\\-5 to +5"),
    ],
)
def test_a_plain_label_ends_at_its_colon(said: str, kept: str) -> None:
    """A label without emphasis has no colon, code or sentence in its name."""
    assert place.render_label(said) == kept


@pytest.mark.parametrize(
    ("said", "language", "expected"),
    [
        ("SELECT 1", "sql", ("sql", "SELECT 1")),
        ("```sql\nSELECT 1\n```", "sql", ("sql", "SELECT 1")),
        ("Here:\n```sql\nSELECT 1\n```\nDone.", "sql", ("sql", "-- Here:\nSELECT 1\n-- Done.")),
        ("```mermaid\ngraph TD\n```", "", ("mermaid", "graph TD")),
        ("graph TD\n  a --> b", "", ("mermaid", "graph TD\n  a --> b")),
        ("~~~ a`b <c>\nx\n~~~", "", ("ab", "x")),
        ("```\nnever closed", "", ("", "never closed")),
        ("[a] -> [b]", "", ("", "[a] -> [b]")),
    ],
)
def test_code_comes_without_its_fence(said: str, language: str, expected: tuple[str, str]) -> None:
    """Code comes without its fence, and words around it become comments."""
    assert place.extract_code(said, language) == expected


@pytest.mark.parametrize(
    ("opening", "content", "expected"),
    [
        ("```sql\n", "x", ("```sql", "```")),
        ("```\n", "````\nx", ("`````mermaid", "`````")),
        ("~~~~\r\n", "  ~~~~", ("~~~~~mermaid", "~~~~~")),
        ("  - ```json\n", "```", ("  - ````json", "    ````")),
        ("> ```\n", "x", ("> ```mermaid", "> ```")),
    ],
)
def test_a_fence_is_longer_than_what_it_holds(
    opening: str, content: str, expected: tuple[str, str]
) -> None:
    """A fence keeps the template's marker and language, and its content can't close it."""
    assert place.make_fence(opening, content, "mermaid") == expected


@given(wild, st.sampled_from(("```\n", "~~~~x\n", "  ```\n", "````sql\n")))
def test_content_stays_in_its_fence(said: str, opening: str) -> None:
    """Whatever code holds, it is one fence, and every letter of it is there."""
    _, content = place.extract_code(said, "x")
    first, last = place.make_fence(opening, content, "x")
    margin = place.find_fence_margin(opening)
    body = "".join(f"{margin}{line}\n" for line in content.split("\n"))
    found = MarkdownIt("commonmark").parse(f"{first}\n{body}{last}\n")

    assert [token.type for token in found] == ["fence"]
    assert letters(found[0].content) == letters(content)


def test_thoughts_are_set_aside_once() -> None:
    """Only what stands before all that is said is a thought; a line like one is words."""
    assert place.render_items("<think>Hm.</think>\n- a\n- <think>") == ("a", "\\<think>")
    assert place.render_items("```\n<think>") == ("\\<think>",)
    assert place.render_items(["<think>Hm.</think>a", "b"]) == ("a", "b")
