"""Headings: how titles compare, which are examples of one thing, and which example is followed."""

import pytest

from assistant.markdown.document import parse_document
from assistant.template.headings import (
    choose_example,
    choose_group,
    choose_variant,
    find_first_word,
    find_heading_groups,
    find_subtree_end,
    make_item_title,
    replace_title,
)
from assistant.template.parts import Spec
from assistant.template.template import read_template


def heads(text: str) -> tuple[Spec, ...]:
    """The first section of each example of a template's one group."""
    (found,) = read_template(parse_document(text), "t").groups.values()
    return found


SERVICES = heads("# T\n\n## S\n\n### Service A\n\n- **In:** \n\n### Service B\n\n| A |\n|---|\n")
CALLS = heads("# T\n\n## S\n\n### `POST /[x]`\n\n- **In:** \n\n### `GET /[x]`\n\n- **Out:** \n")


@pytest.mark.parametrize(
    ("outline", "expected"),
    [
        ("# T\n## A\n### B\n## C\n", {}),
        ("# T\n## G\n### Step 1\n### Step 2\n### C\n", {2: 0, 3: 1}),
        ("# T\n## G\n### Step 1\n#### x\n### Step 2\n", {2: 0, 3: 0, 4: 1}),
        ("# T\n## G\n### [Name]\n", {2: 0}),
        ("# T\n## G\n### Step 1\n### Step 3\n", {}),
        ("# [Title]\n## A\n", {}),
    ],
)
def test_groups_are_siblings_that_count_or_are_to_be_named(
    outline: str, expected: dict[int, int]
) -> None:
    """Siblings whose counter goes up, or with a placeholder, are a group with what is below."""
    found = find_heading_groups(parse_document(outline).sections)

    assert {index: member.variant for index, member in found.items()} == expected
    assert {member.key for member in found.values()} <= {"T > G"}


@pytest.mark.parametrize(
    ("heading", "title", "expected"),
    [
        ("## A\n", "A", "## N\n"),
        ("## A ##\r\n", "A", "## N ##\r\n"),
        ("A\nb\n===\n", "A b", "N\n===\n"),
    ],
)
def test_a_title_gives_way_in_its_heading(heading: str, title: str, expected: str) -> None:
    """What is around a title stays; one of several lines becomes one."""
    assert replace_title(heading, title, "N") == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("1. [Choice]", "3. Sign-in"),
        ("Option 2", "Option 3: Sign-in"),
        ("Service A", "Sign-in"),
        ("`POST /[x]`", "`Sign-in`"),
        ("[Name] (optional)", "Sign-in"),
    ],
)
def test_an_item_is_called_as_its_example_says(title: str, expected: str) -> None:
    """Digits go on counting; a placeholder or a letter gives way; code stays code."""
    assert make_item_title(title, "Sign-in", 3) == expected


@pytest.mark.parametrize(
    ("title", "before", "expected"),
    [("Service B", 1, 0), ("Service Z", 1, 0), ("`GET /[x]`", 0, 1), ("Other", 1, 1)],
)
def test_an_item_is_of_the_group_that_counts_so(title: str, before: int, expected: int) -> None:
    """An example's title, or one that counts so, tells the group; else the item before does."""
    assert choose_group((SERVICES, CALLS), title, before) == expected


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("### Service B\n", 0, "Service B"),
        ("### Sign-in\n\n| A |\n|---|\n| 1 |\n", 0, "Service B"),
        ("### Sign-in\n\n- **In:** x\n", 1, "Service A"),
        ("### Sign-in\n", 1, "Service B"),
        ("### Sign-in\n", 9, "Service A"),
    ],
)
def test_an_item_follows_the_example_it_is_like(text: str, place: int, expected: str) -> None:
    """An example of that name, else the one whose anchors it has, else the one in its place."""
    (section,) = parse_document(text).sections

    assert choose_variant(SERVICES, section, place).title == expected


def test_first_words_tell_examples_apart() -> None:
    """Where the examples' first words differ, an item follows the one that has its own."""
    (section,) = parse_document("### `GET /users`\n\n- **In:** x\n").sections

    assert choose_variant(CALLS, section, 0).title == "`GET /[x]`"
    assert choose_example(CALLS, CALLS[0], "GET /users").title == "`GET /[x]`"
    assert choose_example(CALLS, CALLS[1], "Users").title == "`POST /[x]`"
    assert choose_example(SERVICES, SERVICES[1], "Users").title == "Service A"
    assert [find_first_word(title) for title in ("2. Post it", "[Name]", "")] == ["post", "", ""]


def test_a_subtree_ends_before_the_next_heading_of_its_level() -> None:
    """What is deeper belongs to a section; the last one's subtree ends with the document."""
    document = parse_document("# T\n## A\n### B\n## C\n")

    assert [find_subtree_end(document, index) for index in range(4)] == [4, 3, 3, 4]
