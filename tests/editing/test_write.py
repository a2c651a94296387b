"""Tests of `write`: anchors in, anchors out, and nothing that was said is lost."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import example, given, note, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.editing import place
from assistant.editing.answer import SectionAnswer, Value
from assistant.editing.assemble import assemble_document
from assistant.editing.blank import make_blank_text
from assistant.editing.write import fill_section, remove_guidance, write_slot
from assistant.markdown.document import Document, parse_document
from assistant.markdown.edit import Edit, apply_edits
from assistant.template.align import Alignment, align_document
from assistant.template.fields import Field, ListItems
from assistant.template.pairing import SectionMatch
from assistant.template.template import Template, parse_template, read_template
from assistant.template.unwritten import find_askable_fields
from tests.support import templates
from tests.support.answers import Say, answer
from tests.support.strategies import figures, sentences, tame, wild
from tests.support.strategies import templates as generated


def started(template: Template) -> Alignment:
    """A blank document of a template."""
    return align_document(template, parse_document(make_blank_text(template, "", {})))


def letters(text: str) -> str:
    """The letters and digits of a text."""
    return "".join(character for character in text if character.isalnum())


def is_within(said: str, text: str) -> bool:
    """Whether all of `said` is in `text`, in order."""
    rest = iter(text)
    return all(character in rest for character in said)


@cache
def html(text: str, *, tables: bool) -> Counter[str]:
    """What a whole reading takes for HTML."""
    reader = MarkdownIt("commonmark").enable("table") if tables else MarkdownIt("commonmark")
    found: Counter[str] = Counter()
    for token in reader.parse(text):
        if token.type == "html_block":
            found[token.content.strip()] += 1
        for child in token.children or ():
            if child.type == "html_inline":
                found[child.content.strip()] += 1
    return found


@cache
def structure(text: str, *, tables: bool) -> tuple[list[tuple[str, int]], set[str]]:
    """The headings of a whole reading, wherever they stand, and the references that it knows."""
    reader = MarkdownIt("commonmark").enable("table") if tables else MarkdownIt("commonmark")
    env: dict[str, dict[str, object]] = {}
    tokens = reader.parse(text, env)
    return [(t.tag, t.level) for t in tokens if t.type == "heading_open"], set(
        env.get("references", {})
    )


def bounds(match: SectionMatch) -> Iterator[tuple[int, int]]:
    """Where the unwritten slots of a section are, in the document."""
    base = match.section.body_start
    for field in find_askable_fields(match):
        opening = field.opening[0] if isinstance(field, Field) and field.fence else field.start
        closing = field.closing[1] if isinstance(field, Field) and field.fence else field.end
        yield base + opening, base + closing


def anchors_hold(template: Template, document: Document, text: str) -> None:
    """Assert that a written document has the outline, anchors and structure of a blank one."""
    after = parse_document(text)
    assert after.outline == document.outline
    assert after.front == document.front
    before = {m.index: m.body.missing for m in align_document(template, document).matches}
    for match in align_document(template, after).matches:
        assert match.body.missing == before[match.index]
    for tables in (True, False):
        assert not html(text, tables=tables) - html(document.text, tables=tables)
        assert structure(text, tables=tables) == structure(document.text, tables=tables)
    assert not re.search("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e]", text)


def expected(field: Field | ListItems, value: Value) -> list[str]:
    """What of an answer is to be found in the document."""
    parts = [value.text, *value.items, *(cell for row in value.rows for cell in row)]
    for own in value.entries:
        parts += [own.name, *(text for _, text in own.texts)]
    kept: list[str] = []
    for part in parts:
        text = place.strip_thoughts(part)
        if isinstance(field, ListItems) or field.slot.kind != "prose":
            text = re.sub(r"(?m)^([ \t>*+-]*(?:`{3,}|~{3,})).*", r"\1", text)
            text = re.sub(r"(?m)^[ \t]*(?:[-*+•][ \t]+)*(?:\d{1,3}|[A-Z])[.)][ \t]+", "", text)
        kept.append(letters(text))
    return kept


def holds(template: Template, say: Say) -> None:
    """Assert that answers, whatever they say, change nothing but their slots."""
    alignment = started(template)
    document = alignment.document
    edits: list[tuple[str, tuple[Edit, ...]]] = []
    for match in alignment.matches:
        said = answer(match, say)
        own = tuple(fill_section(match, said))
        allowed = list(bounds(match))
        for edit in own:
            assert any(a <= edit.start <= edit.end <= b for a, b in allowed), (edit, allowed)
        for field, value in zip(find_askable_fields(match), said.values, strict=True):
            written = letters("".join(edit.text for edit in own))
            for part in expected(field, value):
                assert is_within(part, written), (field, part, written)
        edits.append((match.section.title, own))
    text = apply_edits(document.text, [edit for _, own in edits for edit in own], document.newline)
    note(text)
    anchors_hold(template, document, text)
    assert assemble_document(template, document, edits) == (text, ())


@given(generated(), st.data())
def test_nothing_gets_out_of_its_slot(text: str, data: st.DataObject) -> None:
    """Whatever a model answers, the template's anchors stay, and every letter and digit arrives."""
    note(repr(text))
    holds(parse_template(text.encode(), "x"), lambda: data.draw(wild))


@pytest.mark.parametrize("name", templates.known())
@settings(max_examples=settings.get_profile("laws").max_examples // 3)
@given(seed=st.integers(0, 1 << 30), texts=st.lists(wild, min_size=1, max_size=9))
@example(seed=0, texts=["```\n<think>"])
def test_nothing_gets_out_of_a_slot_of_real_templates(
    name: str, seed: int, texts: list[str]
) -> None:
    """Whatever a model answers to a real template, its anchors stay."""
    source = random.Random(seed)  # noqa: S311  a reproducible choice, no secret
    holds(templates.load(name), lambda: source.choice(texts))


def whole(template: Template, say: Say) -> tuple[Alignment, str]:
    """A blank document, and the same with every slot answered."""
    alignment = started(template)
    edits = [
        edit for match in alignment.matches for edit in fill_section(match, answer(match, say))
    ]
    return alignment, apply_edits(alignment.document.text, edits, alignment.document.newline)


@given(generated(), st.data())
def test_harmless_answers_arrive_as_they_were_said(text: str, data: st.DataObject) -> None:
    """Sentences, lists and closed fences stand in the document as they were said."""
    template = parse_template(text.encode(), "x")
    alignment = started(template)
    newline = alignment.document.newline
    for match in alignment.matches:
        prose = [
            f for f in find_askable_fields(match) if isinstance(f, Field) and f.slot.kind == "prose"
        ]
        for field in prose:
            said = data.draw(tame)
            own = SectionAnswer(values=(Value(key=field.slot.key, text=said),))

            assert said.replace("\n", newline) in apply_edits(
                alignment.document.text, fill_section(match, own), newline
            )
        said = data.draw(figures)
        for edit in fill_section(match, answer(match, lambda said=said: said)):  # type: ignore[misc]
            assert said in edit.text or not re.search(r"\w", edit.text) or "`" in edit.text


@given(generated(), sentences)
def test_what_is_written_is_found_written(text: str, said: str) -> None:
    """After every slot is written none is pending, and writing again changes nothing."""
    template = parse_template(text.encode(), "x")
    note(repr(text))
    _, written = whole(template, lambda: said)
    again = align_document(template, parse_document(written))

    assert [
        find_askable_fields(match) for match in again.matches if find_askable_fields(match)
    ] == []
    edits = [
        edit for match in again.matches for edit in fill_section(match, answer(match, lambda: said))
    ]
    assert apply_edits(written, edits) == written


@given(generated(), wild)
def test_a_section_that_does_not_apply_holds_one_line(text: str, reason: str) -> None:
    """A section that does not apply holds one line that says why, and nothing else changes."""
    template = parse_template(text.encode(), "x")
    alignment = started(template)
    for match in alignment.matches:
        if not find_askable_fields(match) or match.section.level == 0:
            continue
        edits = fill_section(match, SectionAnswer(not_applicable=f"because {reason}"))
        after = parse_document(
            apply_edits(alignment.document.text, edits, alignment.document.newline)
        )

        assert after.outline == alignment.document.outline
        body = after.sections[match.index].body.strip()
        assert body.startswith("Not applicable: because")
        assert len(re.split("\r\n|\r|\n", body)) == 1


def section(text: str) -> SectionMatch:
    """The second section of a template's blank document."""
    return started(parse_template(text.encode(), "x")).matches[1]


def written(text: str, *values: Value, document: str = "") -> str:
    """The document of a template, or another, with values written to its second section."""
    template = parse_template(text.encode(), "x")
    own = parse_document(document or make_blank_text(template, "", {}))
    match = align_document(template, own).matches[1]
    return apply_edits(own.text, fill_section(match, SectionAnswer(values=values)), own.newline)


LABELS = "# T\n\n## S\n<!-- c -->\n- **Aim:** \n- **Plan:** \n"


def test_what_a_person_wrote_stays_where_a_section_does_not_apply() -> None:
    """A section that a person began is not replaced by the line that says it does not apply."""
    template = parse_template(LABELS.encode(), "x")
    own = parse_document(LABELS.replace("**Aim:** ", "**Aim:** mine"))
    edits = fill_section(
        align_document(template, own).matches[1], SectionAnswer(not_applicable="no users.")
    )

    assert apply_edits(own.text, edits) == LABELS.replace("**Aim:** ", "**Aim:** mine").replace(
        "**Plan:** ", "**Plan:** Not applicable: no users."
    )


def test_only_pending_slots_are_written() -> None:
    """An answer to a slot that a person wrote changes nothing."""
    own = LABELS.replace("**Aim:** ", "**Aim:** mine")
    text = written(LABELS, Value(key="aim", text="x"), Value(key="plan", text="y"), document=own)

    assert text == own.replace("**Plan:** ", "**Plan:** y")


def test_a_list_that_was_deleted_is_written_between_blank_lines() -> None:
    """Items for a list that is not there any more do not run into the next heading."""
    template = "# T\n\n## S\n<!-- c -->\n- \n\n## U\n"
    text = written(template, Value(key="s", items=("a", "b")), document="# T\n\n## S\n\n## U\n")

    assert text == "# T\n\n## S\n\n- a\n- b\n\n## U\n"


def test_a_table_takes_rows_and_text() -> None:
    """Rows come as rows or as a Markdown table; what is too much for a row joins its last cell."""
    template = "# T\n\n## S\n\n| A | B |\n|---|---|\n| | |\n"
    said = "| A | B |\n|---|---|\n| a | b | c |\n| d |"

    expected = "# T\n\n## S\n\n| A | B |\n|---|---|\n| a | b \\| c |\n| d |  |\n"
    assert written(template, Value(key="s", text=said)) == expected
    rows = (("a", "b", "c"), ("d",))
    assert written(template, Value(key="s", rows=rows)) == expected


def test_a_numbered_list_goes_on_counting() -> None:
    """Items of a numbered list are numbered."""
    template = "# T\n\n## S\n<!-- c -->\n1. [name]\n"

    assert written(template, Value(key="s", items=("a", "b"))).endswith("\n1. a\n2. b\n")


def test_guidance_goes_when_a_section_is_written() -> None:
    """A written section keeps its template's guidance no longer, but keeps a person's comment."""
    match = section("# T\n\n## S\n<!-- c -->\n- **A:** \n")
    template = parse_template(b"# T\n\n## S\n<!-- c -->\n- **A:** \n", "x")
    own = parse_document("# T\n\n## S\n<!-- c -->\n<!-- mine -->\n- **A:** x\n")
    assert match.body.guidance
    edits = remove_guidance(align_document(template, own).matches[1])

    assert apply_edits(own.text, edits) == "# T\n\n## S\n\n<!-- mine -->\n- **A:** x\n"


@given(st.text("ab\r\n"), st.sampled_from(["\n", "\r\n", "\r"]))
def test_an_edit_takes_the_documents_line_ending(text: str, newline: str) -> None:
    """What is written has the document's own line endings, whichever it came with."""
    edited = apply_edits(f"x{newline}y", [Edit(start=1, end=1, text=text)], newline)

    if newline != "\n":
        assert edited == "x" + re.sub("\r\n|\r|\n", newline, text) + newline + "y"


def test_overlapping_edits_are_a_bug() -> None:
    """Edits that overlap are refused, for one of them would be lost."""
    with pytest.raises(ValueError, match="overlap"):
        apply_edits("abc", [Edit(start=0, end=2, text=""), Edit(start=1, end=3, text="")])


def test_comment_to_the_checker_outlives_the_writing_of_its_slot() -> None:
    """A slot that holds such a comment is unwritten, and keeps it when it is written."""
    template = read_template(
        parse_document("# [Name]\n\n## Why\n<!-- why -->\n\n## How\n- **Plan:** \n- **Size:** \n"),
        "t",
    )
    text = (
        "# X\n\n## Why\n<!-- draft: ignore D201 -->\n<!-- why -->\n\n"
        "## How\n- **Plan:** <!-- draft: ignore unwritten -->\n- **Size:** 1\n"
    )
    alignment = align_document(template, parse_document(text))
    edits = [
        edit
        for match in alignment.matches
        for field in find_askable_fields(match)
        if isinstance(field, Field)
        for edit in write_slot(match, field, Value(key=field.slot.key, text="So."))
    ]

    assert apply_edits(text, edits) == (
        "# X\n\n## Why\n<!-- draft: ignore D201 -->\n\nSo.\n\n"
        "## How\n- **Plan:** So. <!-- draft: ignore unwritten -->\n- **Size:** 1\n"
    )


def test_comment_to_the_checker_outlives_a_section_that_does_not_apply() -> None:
    """A section with such a comment alone gets the one line, and keeps the comment."""
    own = "## How\n<!-- how -->\n- **Plan:** [plan]\n- **Size:** [size]\n"
    template = read_template(parse_document(f"# [Name]\n\n{own}"), "t")
    text = own.replace("- **Size", "<!-- draft: ignore D601 -->\n- **Size")
    match = next(
        m
        for m in align_document(template, parse_document(text)).matches
        if m.section.title == "How"
    )

    assert apply_edits(
        text, fill_section(match, SectionAnswer(values=(), not_applicable="none"))
    ) == ("## How\n<!-- draft: ignore D601 -->\n\nNot applicable: none\n")
