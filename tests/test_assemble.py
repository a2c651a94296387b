"""The program's own slots, and the whole held together."""

from assistant.align import align
from assistant.assemble import Facts, assembled, damage, links, listing, metadata, without_repeats
from assistant.builtin import chosen
from assistant.document import parse
from assistant.template import from_document
from assistant.write import Edit, apply

FACTS = Facts(title="Login timeout", author="Ann O'Neil", date="2026-11-23", slug="login_timeout")


def filled(text: str) -> str:
    """A template's text with its metadata written."""
    template = from_document(parse(text), "t")
    return apply(text, metadata(align(template, parse(text)), FACTS))


def test_metadata_of_the_builtin_template() -> None:
    """Status, author and dates are written; reviewers and pull requests are people's."""
    template = chosen(None)
    text = apply(template.text, metadata(align(template, template.document), FACTS))

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

    assert without_repeats(texts) == ("Who renews the session? (A)", "Why? (C)")


def test_links_are_the_persons() -> None:
    """References are the links that stand in the description, each once."""
    text = "See https://example.com/a. And (https://example.com/b), https://example.com/a!"

    assert links(text) == ("<https://example.com/a>", "<https://example.com/b>")


def test_empty_lists_say_so() -> None:
    """Without a reference the section says that there are none."""
    template = chosen(None)
    edits = listing(align(template, template.document), "references", (), "None yet.")
    text = apply(template.text, edits)

    assert text.endswith("## References\n\n- None yet.")


def test_an_edit_that_adds_a_heading_is_put_in_as_words() -> None:
    """What would change the outline is escaped, and keeps its letters."""
    template = from_document(parse("# T\n\n## A\n\n## B\n"), "t")
    document = template.document
    at = document.text.index("\n## B")
    text, lost = assembled(template, document, [("A", (Edit(start=at, end=at, text="## X\n"),))])

    assert lost == ()
    assert damage(template, document, parse(text)) == ()
    assert "X" in text
