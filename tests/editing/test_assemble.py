"""The program's own slots, and the whole held together."""

import pytest

from assistant.editing.assemble import (
    DocumentFacts,
    assemble_document,
    drop_repeated_questions,
    edit_list,
    edit_metadata,
    find_damage,
    find_given_links,
    put_number,
)
from assistant.editing.blank import make_blank_text
from assistant.editing.prepare import is_untitled
from assistant.markdown.document import parse_document
from assistant.markdown.edit import Edit, apply_edits
from assistant.template.align import align_document
from assistant.template.template import load_template, read_template

FACTS = DocumentFacts(
    title="Login timeout", author="Ann O'Neil", date="2026-11-23", slug="login_timeout"
)


def filled(text: str) -> str:
    """A template's text with its metadata written."""
    template = read_template(parse_document(text), "t")
    return apply_edits(text, edit_metadata(align_document(template, parse_document(text)), FACTS))


def test_metadata_of_the_builtin_template() -> None:
    """Status, author and dates are written; reviewers and pull requests are people's."""
    template = load_template(None)
    text = apply_edits(
        template.text, edit_metadata(align_document(template, template.document), FACTS)
    )

    assert "- **Status:** Draft\n- **Author(s):** Ann O'Neil\n- **Reviewers:** \n" in text
    assert "- **Created:** 2026-11-23\n- **Updated:** 2026-11-23\n" in text


def test_front_matter() -> None:
    """YAML keys are written in the shape that the template has."""
    front = "---\ntitle: neat-idea\nauthors:\n  - TBD\ncreation-date: yyyy-mm-dd\n---\n"

    assert filled(front + "# T\n\n## A\n").startswith(
        '---\ntitle: login-timeout\nauthors:\n  - "Ann O\'Neil"\ncreation-date: 2026-11-23\n---\n'
    )


def test_table_of_keys_keeps_its_width() -> None:
    """A cell is padded to the width that the template's row has."""
    before = "# [X]: Doc\n\n|  |  |\n| --- | --- |\n| Status | _Draft / Final_ |\n\n## A\n"

    assert "| Status | Draft           |" in filled(before)


def test_table_without_outer_bars() -> None:
    """The last cell of a row that no bar ends is written up to its last word."""
    before = "# [X]: Doc\n\nKey | Value\n--- | ---\nStatus | _Draft / Final_\nAuthor |\n\n## A\n"

    assert "\nStatus | Draft\nAuthor | Ann O'Neil\n\n" in filled(before)


def test_questions_are_not_repeated() -> None:
    """Questions that share most of their words are one; each names its section."""
    texts = [("Who renews the session?", "A"), ("Who renews the session", "B"), ("Why?", "C")]

    assert drop_repeated_questions(texts) == ("Who renews the session? (A)", "Why? (C)")


def test_links_are_the_persons() -> None:
    """References are the links that stand in the description, each once."""
    text = "See https://example.com/a. And (https://example.com/b), https://example.com/a!"

    assert find_given_links(text) == ("<https://example.com/a>", "<https://example.com/b>")


def test_empty_lists_say_so() -> None:
    """Without a reference the section says that there are none."""
    template = load_template(None)
    edits = edit_list(align_document(template, template.document), "references", (), "None yet.")
    text = apply_edits(template.text, edits)

    assert text.endswith("## References\n\n- None yet.")


def test_an_edit_that_adds_a_heading_is_put_in_as_words() -> None:
    """What would change the outline is escaped, and keeps its letters."""
    template = read_template(parse_document("# T\n\n## A\n\n## B\n"), "t")
    document = template.document
    at = document.text.index("\n## B")
    text, lost = assemble_document(
        template, document, [("A", (Edit(start=at, end=at, text="## X\n"),))]
    )

    assert lost == ()
    assert find_damage(template, document, parse_document(text)) == ()
    assert "X" in text


def test_words_around_a_placeholder_stay() -> None:
    """A value takes the place of a placeholder, and what a template has around that stays."""
    front = '---\ntitle: "ADR000: [TITLE]"\ndescription: Record of [TITLE]\nby: [x] and [y]\n---\n'

    assert filled(front + "# T\n\n## A\n").startswith(
        '---\ntitle: "ADR000: Login timeout"\ndescription: Record of Login timeout\n'
        "by: [x] and [y]\n---\n"
    )
    head = "# [X]\n\n- **Author:** {name} (team)\n- **Title:** Design of <title>\n- **Who:** [x]\n"
    assert filled(f"{head}\n## A\n").startswith(
        "# [X]\n\n- **Author:** Ann O'Neil (team)\n- **Title:** Design of Login timeout\n"
        "- **Who:** [x]\n"
    )


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("NUMBER. TITLE", "# 7. Login timeout"),
        ("NNNN. Title", "# 0007. Login timeout"),
        ("ADR NNNN: Title", "# ADR 0007: Login timeout"),
        ("KEP-NNNN: Your short, descriptive title", "# KEP-0007: Login timeout"),
        ("NNNN: [Title]", "# 0007: Login timeout"),
        ("ADR-0000: Some words", "# ADR-0007: Login timeout"),
        ("TITLE", "# Login timeout"),
        ("Your title here", "# Login timeout"),
        ("RFC title", "# Login timeout"),
        ("Feature name", "# Login timeout"),
        ("Replace this with a title", "# Login timeout"),
        ("Notes of the team", "# Notes of the team"),
        ("Names and numbers", "# Names and numbers"),
    ],
)
def test_a_title_in_words(title: str, heading: str) -> None:
    """A title that is the word for one, or stands behind a word for the number, gives way."""
    template = read_template(parse_document(f"# {title}\n\n## Why\n"), "t")
    text = make_blank_text(template, "Login timeout", {})

    assert put_number(template, text, "007").split("\n")[0] == heading
    assert not is_untitled(align_document(template, parse_document(text))) or heading[2:] == title


def test_a_title_that_holds_the_word_for_one_is_written() -> None:
    """A document about titles is not taken for one without a title."""
    template = read_template(parse_document("# Title\n\n## Why\n"), "t")

    for title, left in (("Title", True), ("001 - Title", True), ("Title service", False)):
        assert (
            is_untitled(align_document(template, parse_document(f"# {title}\n\n## Why\n"))) == left
        )
