"""Particulars: every form of a document's head, read alike by draft, list, status and check."""

# ruff: noqa: E501  tables of examples

import pytest

from assistant.editing.assemble import DocumentFacts, edit_metadata
from assistant.editing.blank import make_blank_text
from assistant.editing.status import change_status
from assistant.folder.summary import summarize_document
from assistant.lint.subject import CheckedDocument
from assistant.markdown.document import parse_document
from assistant.markdown.edit import apply_edits
from assistant.template.align import align_document
from assistant.template.fields import Field
from assistant.template.particulars import (
    clean_value,
    find_stated_value,
    is_approved,
    read_particular,
)
from assistant.template.parts import Slot, SlotKind
from assistant.template.template import Template, parse_template, read_template
from tests.support.rules import find_by

FACTS = DocumentFacts(title="One queue", author="Ann", date="2026-11-24", slug="one_queue")
REST = "\n## Context\n\n<!-- why -->\n"

# A head as a template has it: {0} is its status, {1} its date, {2} what people say.
HEADS = {
    "plain lines": "# [Title]\n\nStatus: {0}\nDate: {1}\nDeciders: {2}\n",
    "plain lines apart": "# [Title]\n\nStatus: {0}\n\nDate: {1}\n\nDeciders: {2}\n",
    "hard breaks": "# [Title]\n\nStatus: {0}  \nDate: {1}  \nDeciders: {2}\n",
    "bold lines": "# [Title]\n\n**Status:** {0}\n**Date:** {1}\n**Deciders:** {2}\n",
    "bold, colon outside": "# [Title]\n\n**Status**: {0}\n**Date**: {1}\n**Deciders**: {2}\n",
    "a list": "# [Title]\n\n- Status: {0}\n- Date: {1}\n- Deciders: {2}\n",
    "a bold list": "# [Title]\n\n* **Status:** {0}\n* **Date:** {1}\n* **Deciders:** {2}\n",
    "before the title": "Status: {0}\nDate: {1}\nDeciders: {2}\n\n# [Title]\n",
    "a section": "# [Title]\n\n## Metadata\n- Status: {0}\n- Date: {1}\n- Deciders: {2}\n",
    "prose beside it": "# [Title]\n\nSay it here in few words.\n\nStatus: {0}\nDate: {1}\nDeciders: {2}\n",
    "a comment beside it": "# [Title]\n\n<!-- c -->\n\nStatus: {0}\nDate: {1}\nDeciders: {2}\n",
    "front matter": "---\nstatus: {0}\ndate: {1}\ndeciders: {2}\n---\n\n# [Title]\n",
    "front matter behind a licence": "<!-- SPDX: x\nDate: 1999-01-01 -->\n---\nstatus: {0}\ndate: {1}\ndeciders: {2}\n---\n\n# [Title]\n",
    "rows": "# [Title]\n\n| | |\n|---|---|\n| Status | {0} |\n| Date | {1} |\n| Deciders | {2} |\n",
    "named rows": "# [Title]\n\n| Key | Value |\n|---|---|\n| Status | {0} |\n| Date | {1} |\n| Deciders | {2} |\n",
    "a row as header": "# [Title]\n\n| Status | {0} |\n|---|---|\n| **Date** | {1} |\n| Deciders | {2} |\n",
    "keys on top": "# [Title]\n\n| Status | Date | Deciders |\n|---|---|---|\n| {0} | {1} | {2} |\n",
}
FORMS = pytest.mark.parametrize("form", HEADS)


def template(form: str, status: str = "Proposed", date: str = "2026-01-01") -> Template:
    """The template with a head of this form, whose people are the team."""
    return parse_template((HEADS[form].format(status, date, "the team") + REST).encode(), "t.md")


def head(form: str, status: str, date: str) -> str:
    """The same head in a document; what a template says to its author is not in it."""
    text = HEADS[form].format(status, date, "the team").replace("[Title]", "One queue")
    return text.replace("Say it here in few words.\n\n", "").replace("<!-- c -->\n\n", "") + REST


def filled(made: Template) -> str:
    """A new document of a template, with what the program knows in it."""
    document = parse_document(make_blank_text(made, "One queue", {}))
    edits = list(edit_metadata(align_document(made, document), FACTS))
    return apply_edits(document.text, edits)


def held_and_unfilled(made: Template, text: str) -> list[str]:
    """What check says of a document's metadata."""
    codes = ("D105", "D2", "D305", "D4")
    return [one.message for kind in codes for one in find_by(kind, made, text)]


def words(text: str) -> str:
    """A text without the white space that aligns a table's bars."""
    return " ".join(text.split())


@FORMS
@pytest.mark.parametrize("status", ["Proposed", "(Proposed / Accepted)", "{Proposed / Accepted}"])
def test_a_draft_keeps_the_head_and_has_todays_date(form: str, status: str) -> None:
    """A new document has its template's keys, its first status, today's date, people's values."""
    if status.startswith("{") and form.startswith("front matter"):
        status = f'"{status}"'

    made = filled(template(form, status))

    assert words(made) == words(head(form, "Proposed", "2026-11-24"))


@FORMS
def test_nobody_asks_a_model_for_metadata(form: str) -> None:
    """Every slot of a head is the program's or people's."""
    made = template(form)
    slots = [part for spec in made.specs for part in spec.parts if isinstance(part, Slot)]
    slots += [part for part in made.front if isinstance(part, Slot)]
    named = {slot.label.casefold(): slot.owner for slot in slots if slot.label}

    assert named == {"status": "program", "date": "program", "deciders": "people"}
    assert [slot.owner for slot in slots if not slot.label] == ["model"]


@FORMS
@pytest.mark.parametrize("other", [*HEADS, "the built-in template"])
def test_list_and_check_say_the_same(form: str, other: str) -> None:
    """A document's status and date are found wherever its head has them, by any template."""
    if other == "the built-in template":
        known = parse_template(b"# [X]\n\n## Metadata\n- **Status:** [Draft | Done]\n\n## Y\n", "t")
    else:
        known = template(other, "[Draft / Accepted]")
    document = parse_document(head(form, "Accepted", "2026-09-02"))

    told = summarize_document(known, document)

    assert (told.status, told.created) == ("Accepted", "2026-09-02")
    assert CheckedDocument(known, document).status == "Accepted"


@FORMS
@pytest.mark.parametrize("other", HEADS)
def test_a_status_moves_where_the_document_says_it(form: str, other: str) -> None:
    """Another status takes the place of the one that is there, and of nothing else."""
    document = parse_document(head(form, "Accepted", "2026-09-02"))
    move = change_status(
        align_document(template(other, "[Draft / Accepted]"), document), "Draft", "2026-11-24"
    )

    after = apply_edits(document.text, move.edits)

    assert move.before == "Accepted"
    assert words(after) == words(head(form, "Draft", "2026-09-02"))


@FORMS
def test_a_head_that_was_deleted_is_missed(form: str) -> None:
    """A document that has nothing of its template's head lacks status and date, and is told so."""
    if form == "a section":
        return  # its heading is missed, with all that is under it
    found = held_and_unfilled(template(form), f"# One queue\n{REST}")

    assert any(
        '"Status", "Date"' in message.replace("status", "Status").replace("date", "Date")
        for message in found
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# T\n\nWe saw two things.\nStatus: it was\nslow.\n", ""),
        ("# T\n\n- **Status:** [Draft | Done]\n", ""),
        ("# T\n\n## Status\n\n- Accepted\n", "Accepted"),
        ("# T\n\n## Status\n\n1. Accepted\n", "Accepted"),
        ("# T\n\n## Why\n\nStatus: bad\nDate: old\n", ""),
        ("# T\n\n| State | Meaning |\n|---|---|\n| open | it waits |\n| shut | it is done |\n", ""),
        ("# T\n\n- **Status:** _Approved_ <!-- yes -->\n", "Approved"),
    ],
)
def test_what_is_no_status_is_none(text: str, expected: str) -> None:
    """A line within prose, a placeholder and a table of states say no status."""
    known = parse_template(b"# [X]\n\n## Y\n", "t")

    assert read_particular(align_document(known, parse_document(text)), "status") == expected


@pytest.mark.parametrize(
    "text",
    [
        "# [T]\n\nNote: replace the title.\n\n**Status:** Draft\n\n## A\n",
        "# [T]\n\nTo begin: copy this file and fill it in.\n\n**Status:** Draft\n\n## A\n",
        "# [T]\n\n- Note: replace the title.\n\n**Status:** Draft\n\n## A\n",
        "Note: replace the title.\n\n# [T]\n\n**Status:** Draft\n\n## A\n",
    ],
)
def test_instructions_are_no_metadata(text: str) -> None:
    """What a template says to its author does not stand in a document."""
    assert (
        make_blank_text(parse_template(text.encode(), "t"), "One", {})
        == "# One\n\n**Status:** Draft\n\n## A\n"
    )


def said(kind: SlotKind, content: str, *, written: bool = True) -> str | None:
    slot = Slot(text="", kind=kind, key="status", role="status", owner="program")
    field = Field(slot=slot, start=0, end=len(content), content=content, written=written)
    found = find_stated_value(field)
    assert found is None or content[found.start : found.end] == found.text
    return found.text if found else None


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("text", " Draft", "Draft"),
        ("text", "", ""),
        ("text", " <!-- Draft -->", ""),
        ("text", " <!-- a -->  In Review <!-- b -->", "In Review"),
        ("text", " **Draft**", "Draft"),
        ("text", " `Draft`  ", "Draft"),
        ("text", " *a* and *b*", "*a* and *b*"),
        ("text", "\r\n  Draft\r\n  since May", "Draft"),
        ("cell", " _Final_     ", "Final"),
        ("prose", "\n\n<!-- x\n y -->\n__Accepted__\n\nMore.\n", "Accepted"),
        ("yaml", " draft", "draft"),
        ("yaml", " draft # now", "draft"),
        ("yaml", " dr#aft ", "dr#aft"),
        ("yaml", ' "in # review" # now', "in # review"),
        ("yaml", " 'draft'\n# a comment\n", "draft"),
        ("yaml", "", ""),
        ("yaml", " # nothing", ""),
        ("yaml", "\n  - draft", None),
        ("yaml", " |\n  draft", None),
        ("yaml", " [draft]", None),
        ("yaml", " draft\n  and more", None),
    ],
)
def test_value_is_found_and_nothing_around_it(
    kind: SlotKind, content: str, expected: str | None
) -> None:
    """Markup, quotes and comments are no part of a value; a list or a block is not one value."""
    assert said(kind, content) == expected


@pytest.mark.parametrize("kind", ["text", "cell", "yaml", "prose"])
def test_placeholder_is_whole(kind: SlotKind) -> None:
    """What the template has there is a value with its markup and brackets."""
    assert said(kind, " [Draft | Done] ", written=False) == "[Draft | Done]"


OURS = ("Draft", "In Review", "Approved", "Implemented")
KEP = ("provisional", "implementable", "implemented", "deferred", "rejected", "withdrawn")


@pytest.mark.parametrize(
    ("said", "known", "expected"),
    [
        ("Draft", OURS, False),
        ("in review", OURS, False),
        ("Approved", OURS, True),
        ("Implemented", OURS, True),
        ("Approved (2026-01-01)", OURS, True),
        ("provisional", KEP, False),
        ("implementable", KEP, True),
        ("rejected", KEP, False),
        ("deferred", KEP, False),
        ("Entwurf", ("Entwurf", "Geprüft", "Freigegeben"), False),
        ("Freigegeben", ("Entwurf", "Geprüft", "Freigegeben"), True),
        ("Accepted", (), True),
        ("accepted by the board", (), True),
        ("Proposed", (), False),
        ("Superseded by 9", (), False),
        ("Finalised", (), True),
        ("Doneish", (), False),
        ("", OURS, False),
        ("Released", OURS, True),
    ],
)
def test_status_tells_whether_it_was_approved(
    said: str, known: tuple[str, ...], *, expected: bool
) -> None:
    """The template's order decides where it lists the value, common words where it does not."""
    assert is_approved(said, known) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\nstatus: accepted # by all\n---\n# T\n", "accepted"),
        ("# T\n\n- **Status:** _Approved_\n", "Approved"),
        ("# T\n\n## Status\n\nAccepted\n\nMore.\n", "Accepted"),
        ("# T\n\n## Status\n\n- Accepted\n", "Accepted"),
        ("# T\n\n## Metadata\nStatus: Done\n", "Done"),
        ("# T\n\n## Why\n- **Status:** of the machine\n", ""),
        ("# T\n\n```\nstatus: accepted\n```\n", ""),
        ("# T\n\n## Status\n\n<!-- accepted -->\n", ""),
    ],
)
def test_status_is_found_without_the_templates_help(text: str, expected: str) -> None:
    """A key, a label of the head, or a section called Status says it, and nothing else does."""
    template = read_template(parse_document("# [T]\n\n## Why\n"), "t")

    assert CheckedDocument(template, parse_document(text)).status == expected


def test_value_is_bare() -> None:
    """A value is read without comments, quotes and markup around it."""
    assert clean_value(' "**Draft**" <!-- one of --> # more') == "Draft"
    assert Slot(text="[a | b]", kind="text", key="k").choices == ("a", "b")
