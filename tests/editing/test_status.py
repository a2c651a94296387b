"""Statuses: which a word means, and the edits that set one."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from assistant.editing import status as standing
from assistant.errors import DraftError, Exit
from assistant.folder.summary import summarize_document
from assistant.markdown.document import decode_text, encode_text, parse_document
from assistant.markdown.edit import apply_edits
from assistant.template.align import align_document
from assistant.template.particulars import find_particulars, find_stated_value
from assistant.template.template import Template, parse_template, read_template
from tests.support import paths, templates
from tests.support.documents import HEAD
from tests.support.strategies import markdown

CORPUS = os.environ.get("DRAFT_CORPUS", "")
DATA = paths.DATA / "status"
STATUSES = ("Draft", "In Review", "Approved", "Implemented")
TO = {"yaml": "rejected", "heading": "Superseded"}


def moved(template: Template, text: str, status: str, *, force: bool = False) -> str:
    document = parse_document(text)
    move = standing.change_status(
        align_document(template, document), status, "2026-11-24", force=force
    )
    return apply_edits(document.text, move.edits, document.newline)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("draft", "Draft"), ("in", "In Review"), ("APPROVED", "Approved"), ("im", "Implemented")],
)
def test_word_means_a_status(word: str, expected: str) -> None:
    """A status is named in any case, or by how it begins, and written as the template has it."""
    assert standing.match_status(STATUSES, word, "t") == expected


@pytest.mark.parametrize("word", ["done", "i", "", "Drafty", "review"])
def test_other_words_are_refused_with_the_list(word: str) -> None:
    """What is no status, or the beginning of several, is refused, and all are named."""
    with pytest.raises(DraftError) as caught:
        standing.match_status(STATUSES, word, "t")

    assert caught.value.exit_code == Exit.USAGE
    assert all(status in caught.value.hint for status in STATUSES)


def test_whole_word_goes_before_a_beginning() -> None:
    """A status that is the beginning of another is itself."""
    assert standing.match_status(("Final", "Final Comment"), "final", "t") == "Final"


def test_template_without_statuses_is_said() -> None:
    """A template that lists none cannot be used for this."""
    with pytest.raises(DraftError, match="lists no statuses") as caught:
        standing.match_status((), "draft", "t.md")

    assert (caught.value.exit_code, caught.value.where) == (Exit.FILE, "t.md")


@pytest.mark.parametrize("name", sorted(path.name[:-10] for path in DATA.glob("*.before.md")))
def test_only_the_values_change(name: str) -> None:
    """Label, cell, key or section: the new file is byte for byte what the fixture has."""
    template = parse_template((DATA / f"{name}.template.md").read_bytes(), name)
    before = (DATA / f"{name}.before.md").read_bytes()
    after = (DATA / f"{name}.after.md").read_bytes()

    assert encode_text(moved(template, decode_text(before), TO.get(name, "In Review"))) == after


def test_same_status_changes_nothing() -> None:
    """A document of that status, in whatever case, is left as it is."""
    text = (DATA / "label.before.md").read_bytes().decode().replace("Draft <", "in  review <")
    template = parse_template((DATA / "label.template.md").read_bytes(), "t")

    assert moved(template, text, "In Review") == text


SMALL = read_template(
    parse_document("# [Name]\n\n- **Status:** [Draft | Done]\n- **Updated:** \n\n## Why\n"), "t"
)


@pytest.mark.parametrize(
    ("status", "updated", "expected"),
    [
        ("", "", (" Done", " 2026-11-24")),
        ("   ", " <!-- day -->", (" Done", " 2026-11-24 <!-- day -->")),
        (" [Draft | Done]", " soon", (" Done", " soon")),
        (" *draft*", " 14.05.2024", (" *Done*", " 2026-11-24")),
        (" Rejected", " on 2024/05/14 by me", (" Done", " on 2026-11-24 by me")),
        (" Draft\n  more", " once, [see](x)", (" Done\n  more", " once, [see](x)")),
    ],
)
def test_values_give_way_and_words_stay(
    status: str, updated: str, expected: tuple[str, str]
) -> None:
    """An empty place is filled, a value replaced, and what a person wrote beside it stays."""
    assert moved(SMALL, HEAD.format(status, updated), "Done") == HEAD.format(*expected)


CELLS = read_template(
    parse_document(
        "# [Name]\n\nKey | Value\n--- | ---\nStatus | _Draft / Done_\nUpdated | \n\n## Why\n"
    ),
    "t",
)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("Status | Draft\nUpdated |\n", "Status | Done\nUpdated | 2026-11-24\n"),
        ("Status |Draft  \nUpdated | 2026-01-01", "Status | Done  \nUpdated | 2026-11-24"),
        ("Status | **Draft** |\nUpdated | \n", "Status | **Done**  |\nUpdated | 2026-11-24 \n"),
        ("| Status | Draft\n| Updated | soon", "| Status | Done\n| Updated | soon"),
    ],
)
def test_a_row_that_no_bar_ends(rows: str, expected: str) -> None:
    """The last cell of a row without a bar behind it changes in its value alone."""
    head = "# A\n\nKey | Value\n--- | ---\n"

    assert moved(CELLS, head + rows, "Done") == head + expected


@pytest.mark.parametrize(
    "words",
    ["Superseded by [12](0012-x.md)", "Superseded by 12", "Draft since Monday", "We talk of it"],
)
def test_more_than_a_status_needs_force(words: str) -> None:
    """Words that would be lost are not replaced unless that is wished for."""
    text = HEAD.format(f" {words}", " 2024-01-01")

    with pytest.raises(DraftError, match="more than a status") as caught:
        moved(SMALL, text, "Done")

    assert caught.value.exit_code == Exit.USAGE
    assert moved(SMALL, text, "Done", force=True) == HEAD.format(" Done", " 2026-11-24")


@pytest.mark.parametrize("text", ["", "# A\n", "# A\n\n- **Stated:** Draft\n", "```\nStatus: x\n"])
def test_no_place_for_a_status_is_said(text: str) -> None:
    """A document without the template's place for it is an error, and not edited."""
    with pytest.raises(DraftError, match="no place for a status") as caught:
        moved(SMALL, text, "Done")

    assert caught.value.exit_code == Exit.FILE


@given(
    st.sampled_from(STATUSES),
    st.sampled_from(STATUSES),
    markdown(),
    markdown(),
    st.sampled_from(("", "\ufeff")),
)
def test_there_and_back_is_the_same_bytes(
    one: str, other: str, before: str, after: str, bom: str
) -> None:
    """In any document, another status and back leave every byte; only two lines ever differ."""
    text = re.sub(r"\[Draft \|.*\]", one, templates.load("design_document").text)
    text = text.replace("**Updated:** ", "**Updated:** 2026-11-24")
    text = bom + text.replace("## Goals\n", f"## Goals\n{before}\n") + after
    template = templates.load("design_document")

    there = moved(template, text, other)

    note(there)
    assert summarize_document(template, parse_document(there)).status == other
    assert moved(template, there, one) == text
    old, new = text.split("\n"), there.split("\n")
    assert len(old) == len(new)
    assert sum(a != b for a, b in zip(old, new, strict=True)) == (one != other)


@pytest.mark.skipif(not CORPUS, reason="DRAFT_CORPUS names no folder of documents")
@pytest.mark.parametrize("family", templates.REAL)
def test_real_documents_change_nowhere_else(family: str) -> None:
    """A real document takes each status of its template, and differs in its two values only."""
    template = templates.load(family)
    tried = 0
    for path in sorted((Path(CORPUS) / family).glob("*.md")):
        text = decode_text(path.read_bytes())
        alignment = align_document(template, parse_document(text))
        for status in template.statuses():
            try:
                move = standing.change_status(alignment, status, "2026-11-24")
            except DraftError:
                continue
            after = apply_edits(text, move.edits)
            tried += 1
            assert summarize_document(template, parse_document(after)).status == status
            assert _without(template, after) == _without(template, text), path.name
    assert tried > 5 or not template.statuses()


def _without(template: Template, text: str) -> str:
    """The text less its status and the date of its last change, white space around them too."""
    alignment = align_document(template, parse_document(text))
    found = [*find_particulars(alignment, "status"), *find_particulars(alignment, "updated")]
    for place in sorted(found, key=lambda place: -place.base - place.field.start):
        base, field = place.base, place.field
        value = find_stated_value(field)
        if value is not None:
            start, end = base + field.start, base + field.end
            kept = field.content[: value.start] + field.content[value.end :]
            text = text[:start] + kept.strip(" ") + text[end:]
    return text
