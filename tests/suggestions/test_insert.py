"""Suggestions put into documents: in their place, in the document's own shape, nothing else."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from assistant.errors import DraftError
from assistant.markdown.document import Document, encode_text, parse_document
from assistant.suggestions.insert import AddedSuggestions, add_suggestions
from assistant.suggestions.listed import find_listed_items
from assistant.suggestions.suggestion import Question, Risk, Suggestions
from tests.support import templates
from tests.support.reviewing import DOCUMENT
from tests.support.suggestions import question, risk, suggestions
from tests.support.templates import real_documents as corpus

BUILT_IN = templates.load("design_document")


def added(text: str, new: Suggestions) -> AddedSuggestions:
    """A text with suggestions in it."""
    return add_suggestions(parse_document(text), None, new)


def only(*risks: Risk) -> Suggestions:
    """Suggestions of risks."""
    return Suggestions(risks=risks)


def asked(*questions: Question) -> Suggestions:
    """Suggestions of questions."""
    return Suggestions(questions=questions)


def test_row_and_item() -> None:
    """A risk is a row at the table's end, a question an item at the list's."""
    found = added(DOCUMENT, Suggestions(risks=(risk("It fails"),), questions=(question(),)))

    row = "| The session store is down and nobody can log in | High | Med | A second store |\n"
    item = "- Who may read the audit records?\n"
    new = "| It fails | High | Low | Watch it |\n"
    assert found.text == DOCUMENT.replace(row, row + new).replace(
        item, f"{item}- Who pays? It costs. (manager; Goals)\n"
    )
    assert (found.homeless, len(found.risks), len(found.questions)) == ((), 1, 1)


def test_template_rows_are_replaced() -> None:
    """The template's example rows give way, and the new ones are as the program writes them."""
    found = add_suggestions(
        BUILT_IN.document, BUILT_IN, only(risk("Fails"), risk("Is slow", "Low", "Med"))
    )

    before = BUILT_IN.text.split("| [Risk")
    assert found.text.startswith(before[0])
    rows = found.text[len(before[0]) :].split("\n")[:3]
    assert rows == [
        "| Fails | High | Low | Watch it |",
        "| Is slow | Low | Med | Watch it |",
        "",
    ]
    assert found.text.endswith(before[1].split("| | | | |\n")[1])


HEAD = "## Risks\n\n"


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("| Risk | Impact |\n|---|---|\n| a b | Medium |", "| It fails | High |"),
        ("| Impact | Risk |\n|---|---|\n| HIGH | a |", "| HIGH | It fails |"),
        ("|Risk|Impact|\n|---|---|\n|a|low|", "|It fails|High|"),
        ("| # | Risk | Mitigation |\n|---|---|---|\n| 7 | a | b |", "| 8 | It fails | Watch it |"),
        ("| ID | Risk | Impact |\n|---|---|---|\n| R09 | a | b |", "| R10 | It fails | High |"),
        ("| Risk | Owner | Impact |\n|---|---|---|\n| a | b | c |", "| It fails |  | High |"),
        ("| Risk | Impact |\n|---|---|", "| It fails | High |"),
        ("Risk | Impact\n---|---\na | b", "| It fails | High |"),
        ("| Risk    | Impact |\n|---|---|\n| a b     | Low    |", "| It fails | High   |"),
        ("| Risk       | Impact |\n|---|---|\n| a b        | Low |", "| It fails   | High   |"),
        ("| Risk 风险 | Impact |\n|---|---|\n| a b       | High   |", "| It fails  | High   |"),
        (
            "| Risiko   | Gegenmaßnahme |\n|---|---|\n| a b      | c |",
            "| It fails | Watch it      |",
        ),
    ],
)
def test_tables(table: str, row: str) -> None:
    """A row follows the table's columns and rows: their order, width, words and count."""
    assert added(HEAD + table, only(risk("It fails"))).text == f"{HEAD}{table}\n{row}"
    assert added(f"{HEAD}{table}\n\nmore\n", only(risk("It fails"))).text.endswith(
        f"{row}\n\nmore\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- a\n", "- a\n- {}\n"),
        ("* a\n* b", "* a\n* b\n* {}"),
        ("1. a\n2. b\n", "1. a\n2. b\n3. {}\n"),
        ("1. a\n1. b\n", "1. a\n1. b\n1. {}\n"),
        ("3) a\n", "3) a\n4) {}\n"),
        ("- a\n\n- b\n", "- a\n\n- b\n\n- {}\n"),
        ("  -   a\n      b\n", "  -   a\n      b\n  -   {}\n"),
        ("- [x] a\n", "- [x] a\n- [ ] {}\n"),
        ("- a\n  - b\n\n\n", "- a\n  - b\n- {}\n\n\n"),
        ("- \n", "- {}\n"),
        ("- a\n\nEnd.\n", "- a\n\nEnd.\n\n- {}\n"),
        ("Words.\n", "Words.\n\n- {}\n"),
        ("", "\n- {}\n"),
        ("\n\n", "\n- {}\n\n"),
        ("<!-- hint -->\n", "<!-- hint -->\n\n- {}\n"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lists(before: str, after: str, newline: str) -> None:
    """An item follows the list's bullets, numbers and blank lines, or begins a list."""
    said = "Who pays? It costs. (manager; Goals)"
    head, rest = "## Open Questions\n", "## Next\n\ntext\n"
    for more in ("", rest):
        text = head + before + ("\n" * bool(more) if before.endswith("\n") else "") + more
        if more and not before.endswith("\n"):
            continue
        found = added(text.replace("\n", newline), asked(question())).text.replace(newline, "\n")
        expected = head + after.format(said)
        assert found == expected + text.removeprefix(head + before) or (
            not before and said in found
        )


def test_risks_in_a_list() -> None:
    """Where risks are a list, a risk is an item with its levels and what to do."""
    found = added("## Risks\n1. One.\n", only(risk("It fails")))

    item = "2. It fails. Impact: High; likelihood: Low. Watch it\n"
    assert found.text == f"## Risks\n1. One.\n{item}"


def test_a_heading_right_below() -> None:
    """What begins a list stands off the heading that follows."""
    found = added("## Risks\n\n### Clock skew\n\nLeases end.\n", only(risk("It fails")))

    assert found.text.startswith("## Risks\n\n- It fails.")
    assert found.text.endswith("Watch it\n\n### Clock skew\n\nLeases end.\n")


def test_no_place() -> None:
    """A document without a place for a kind is told, and the other kind is put in."""
    new = Suggestions(risks=(risk(),), questions=(question(),))
    found = added("# T\n\n## Open Questions\n", new)

    assert (found.homeless, found.risks) == (("risks",), ())
    assert "Who pays?" in found.text
    assert added("# T\n\nwords\n", new).text == "# T\n\nwords\n"


@pytest.mark.parametrize(
    "text",
    ["## Open Questions\n```\nopen", "## Open Questions\n<!-- open", "## Risks\n~~~\n| a |\n"],
)
def test_nothing_goes_into_what_was_left_open(text: str) -> None:
    """What would disappear in a fence or a comment that never ends is not put in."""
    found = added(text, Suggestions(risks=(risk(),), questions=(question(),)))

    assert found.text == text
    assert found.homeless == ("risks", "questions")


def stays(before: str, after: str) -> bool:
    """Whether all of `before` is in `after`, in order: only something was put in."""
    rest = iter(after)
    return all(character in rest for character in before)


_PARTS = (
    "# Title\n\nwords\n",
    "## Goals\n\n- one\n",
    "## Risks & Mitigations\n",
    "## Threats\n\n",
    "## Open Questions\n",
    "Unresolved questions\n---\n",
    "### Clock skew\n\nLeases end.\n",
    "| Risk | Impact |\n|---|---|\n",
    "| Risk | Impact |\n|---|---|\n| a \\| b | Med |\n| | |\n",
    "| [Risk] | High/Low |\n",
    "  | Threat | Likelihood |\n  |---|---|\n  | x | y |\n",
    "- item\n",
    "1. one\n2. two\n",
    "- a\n\n- b\n  more\n",
    "> - quoted\n",
    "\n",
    "prose  \n",
    "<!-- hint -->\n",
    "```\n| Risk | Impact |\n|---|---|\n```\n",
    "<details>\n",
    "</details>\n",
    "- [ ] box\n",
    "- \n",
    "[a]: b\n",
    "\x0c",
    "é\ufeff",
    "    code\n",
)


def kept(before: Document, new: Suggestions) -> None:
    """The law: nothing else changed, and what was put in is listed, or nothing was done at all."""
    try:
        found = add_suggestions(before, None, new)
    except DraftError:
        return
    note(repr(found.text))
    after = parse_document(found.text)
    examples = [line for line in before.text.splitlines(keepends=True) if "[Risk]" in line]
    assert (
        stays(before.text, found.text) or examples or "| | |" in before.text or "- " in before.text
    )
    assert after.outline == before.outline
    old, own = find_listed_items(before), find_listed_items(after)
    assert len(own.risks) >= len(old.risks)
    assert len(own.questions) >= len(old.questions)
    assert encode_text(found.text).decode("utf-8", "surrogateescape") == found.text


@given(
    st.lists(st.sampled_from(_PARTS), max_size=14),
    st.sampled_from(["\n", "\r\n", "\r"]),
    suggestions(),
)
def test_every_other_byte_stays(parts: Sequence[str], newline: str, new: Suggestions) -> None:
    """Whatever is suggested, and whatever the document is, all that was there is there still."""
    text = "".join(parts).replace("\n", newline)
    note(repr(text))

    kept(parse_document(text), new)


def test_adversarial_text_arrives() -> None:
    """A text with markup in it is put in as words, and all its letters are there."""
    text = "# Out\n| a | <b>\n```\n\x1b[31m--> done"
    found = added(DOCUMENT, Suggestions(risks=(risk(text),), questions=(question(text),)))

    assert parse_document(found.text).outline == parse_document(DOCUMENT).outline
    assert "\x1b" not in found.text
    assert find_listed_items(parse_document(found.text)).risks[1].count("done") == 1
    assert len(find_listed_items(parse_document(found.text)).questions) == 2


def test_what_gets_out_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a text ever to get out of its cell, the check that knows nothing of edits refuses it."""
    monkeypatch.setattr("assistant.editing.place.render_cell", lambda *_: "a | b |\n\n# Out\n")

    with pytest.raises(DraftError, match="nothing was written"):
        added(DOCUMENT, only(risk()))


@pytest.mark.skipif(not templates.CORPUS, reason="real documents are where DRAFT_CORPUS says")
@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.name[:40])
def test_real_documents_keep_every_byte(path: Path) -> None:
    """Of a real document every byte stays, and what was put in is listed."""
    document = parse_document(path.read_bytes().decode("utf-8", "surrogateescape"))
    new = Suggestions(risks=(risk("# It | fails"),), questions=(question("<b>Who?"),))
    for template in (templates.load(path.parent.name), None):
        found = add_suggestions(document, template, new)

        assert stays(document.text, found.text)
        own = find_listed_items(parse_document(found.text))
        assert any("fails" in text for text in own.risks) == ("risks" not in found.homeless)
        assert any("Who?" in text for text in own.questions) == ("questions" not in found.homeless)
