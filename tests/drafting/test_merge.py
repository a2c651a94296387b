"""Tests of `merge`: what is unwritten is written, and every other byte stays."""

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from assistant.drafting.merge import FilledDocument, GatheredAnswers, put_answers
from assistant.drafting.plan import plan_fill
from assistant.drafting.task import FillTask
from assistant.editing import place
from assistant.editing.answer import SectionAnswer
from assistant.editing.assemble import DocumentFacts
from assistant.editing.guard import FillScope
from assistant.editing.prepare import fits_template, make_own_template, make_section_keys
from assistant.errors import DraftError
from assistant.markdown.document import Document, decode_text, encode_text, parse_document
from assistant.prompting.brief import Brief
from assistant.prompting.prompts import DocumentSubject
from assistant.prompting.sections import SectionResult
from assistant.template.template import Template, parse_template
from tests.support import paths, strategies, templates
from tests.support.answers import answer
from tests.support.blanks import blanked, chosen, stays
from tests.support.strategies import sentences, wild
from tests.support.strategies import templates as generated
from tests.support.templates import real_documents as corpus

BUILT_IN = templates.load("design_document")
TEXT = paths.BUILT_IN.read_text("utf-8")
FACTS = DocumentFacts(title="", author="A", date="2026-11-23", slug="x")


def task(document: Document, template: Template | None = BUILT_IN, **scope: object) -> FillTask:
    """A task to fill all of a document, or what `scope` says."""
    return FillTask(
        template=template,
        document=document,
        facts=FACTS,
        scope=FillScope(**scope),  # type: ignore[arg-type]
        subject=DocumentSubject(description="", kind="change"),
    )


def never(_: tuple[str, ...]) -> bool:
    return False


def named(template: Template) -> Brief:
    """A brief that names the groups."""
    from assistant.prompting.names import list_named_groups  # noqa: PLC0415

    names = tuple(
        (g.group, ("POST /a/b", "GET /a") if g.pattern else ("First of all", "Then another"))
        for g in list_named_groups(template)
    )
    return Brief(title="A Title", names=names, questions=("Why?",))


def filled(own_task: FillTask, say: Callable[[], str]) -> tuple[FilledDocument, int]:
    """A document filled with what is said, and how many sections were asked for."""
    document = own_task.document
    brief = named(own_task.template or make_own_template(document))
    asked = plan_fill(own_task, document, brief, own_task.scope.forced.__contains__)
    written = tuple(
        SectionResult(asked=one, answer=answer(asked.matches[one.id], say))
        for one in asked.requests
    )
    return put_answers(
        own_task, document, GatheredAnswers(plan=asked, written=written, brief=brief)
    ), len(asked.requests)


def whole() -> str:
    """The built-in template with everything written by somebody."""
    done, _ = filled(task(parse_document(TEXT)), lambda: "Somebody wrote this sentence.")
    return done.text.replace("**Reviewers:** \n", "**Reviewers:** Another\n")


WHOLE = whole()


NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])
UNKNOWN = "## A section of my own  \n\todd indentation \udcff\n   and trailing spaces   \n"


@given(st.data(), NEWLINES, st.lists(wild, min_size=1, max_size=8))
def test_every_other_byte_stays(data: st.DataObject, newline: str, texts: list[str]) -> None:
    """Whatever slots are blank and whatever a model says, all else is the same."""
    final = data.draw(st.booleans())
    whole = ("\ufeff" if final else "") + WHOLE + UNKNOWN
    whole = whole.replace("\n", newline) if final else whole.replace("\n", newline).rstrip()
    text, pieces = blanked(BUILT_IN, whole, lambda: data.draw(st.booleans()))
    source = random.Random(data.draw(st.integers(0, 1 << 20)))  # noqa: S311
    note(repr(text))

    done, _ = filled(task(parse_document(text)), lambda: source.choice(texts))

    assert stays(pieces, done.text)
    assert parse_document(done.text).outline == parse_document(text).outline


@settings(max_examples=settings.get_profile("laws").max_examples // 2)
@given(generated(), st.data(), st.lists(wild, min_size=1, max_size=8))
def test_documents_of_any_template(source: str, data: st.DataObject, texts: list[str]) -> None:
    """The same holds for documents of generated templates."""
    template = parse_template(encode_text(source), "generated")
    base, _ = filled(
        task(parse_document(source), template), lambda: "Somebody wrote this sentence."
    )
    text, pieces = blanked(template, base.text, lambda: data.draw(st.booleans()))
    chance = random.Random(data.draw(st.integers(0, 1 << 20)))  # noqa: S311
    note(repr(text))

    done, _ = filled(task(parse_document(text), template), lambda: chance.choice(texts))

    assert stays(pieces, done.text)
    assert parse_document(done.text).outline == parse_document(text).outline


@given(st.integers(0, 1 << 20), sentences)
def test_twice_is_once(seed: int, said: str) -> None:
    """A second fill asks for nothing; blanking and filling again gives the same text again."""
    text, _ = blanked(BUILT_IN, WHOLE, chosen(str(seed), 0.5))
    once, _ = filled(task(parse_document(text)), lambda: said)

    twice, asked = filled(task(parse_document(once.text)), lambda: "Other words.")
    assert asked == 0
    assert twice.text == once.text

    text, _ = blanked(BUILT_IN, once.text, chosen(str(seed), 0.5))
    again, _ = filled(task(parse_document(text)), lambda: said)
    assert again.text == once.text


SAID = tuple(
    text for text in strategies.TEXTS if place.render_prose(text) and place.render_line(text)
)


@pytest.mark.skipif(not templates.CORPUS, reason="real documents are where DRAFT_CORPUS says")
@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.name[:40])
def test_real_documents_keep_every_byte(path: Path) -> None:
    """What is blanked in a real document, by its template or none, is filled, and nothing else."""
    original = decode_text(path.read_bytes())
    source = random.Random(path.name)  # noqa: S311
    for template in (templates.load(path.parent.name), None):
        own_task = task(parse_document(original), template)
        base, _ = filled(own_task, lambda: "Somebody wrote this sentence.")
        text, pieces = blanked(template, base.text, chosen(path.name, 0.4))

        done, _ = filled(task(parse_document(text), template), lambda: source.choice(SAID))
        assert stays(pieces, done.text)
        assert parse_document(done.text).outline == parse_document(text).outline
        assert done.unwritten == ()

        again, asked = filled(task(parse_document(done.text), template), lambda: "Another.")
        assert asked == 0
        assert again.text == done.text


def test_a_comment_of_a_person_stays() -> None:
    """A section that holds a comment which is not the template's is written by somebody."""
    text = "# T\n\n## Overview\n\n<!-- TODO: ask Ada -->\n\n## Goals\n"

    done, asked = filled(task(parse_document(text)), lambda: "Said.")

    assert asked == 1
    assert done.text == text + "\nSaid.\n"


def test_what_is_left_of_nothing_is_unwritten() -> None:
    """An answer of which nothing is left leaves its section unwritten, and named."""
    text = "# T\n\n## Overview\n"

    done, _ = filled(task(parse_document(text)), lambda: "<think>only thoughts")

    assert [name for name, _ in done.unwritten] == ["T > Overview"]
    assert done.text == text


def test_text_to_be_rewritten_stays_where_nothing_is_left() -> None:
    """A person's text does not give way to a placeholder, and the reason is said."""
    document = parse_document(whole())
    key = next(key for key in make_section_keys(document) if key == ("goals",))
    anew = task(document, chosen=(key,), forced=frozenset((key,)))
    done, asked = filled(anew, lambda: "\x1b")

    assert (done.text, asked, done.overtaken) == (document.text, 1, ())
    assert [reason for _, reason in done.unwritten] == [
        "nothing is left of the answer once it is made harmless"
    ]
    assert "Fresh words." in filled(anew, lambda: "Fresh words.")[0].text


def test_headings_that_stand_close() -> None:
    """An item without a blank line behind its heading does not swallow the next heading."""
    text = ITEM.replace("### 3. My choice\n\n", "### 3. My choice\n")

    done, _ = filled(task(parse_document(text)), lambda: "Said.")

    assert parse_document(done.text).outline == parse_document(text).outline
    assert "### 3. My choice\n**Context:** Said.\n" in done.text


def test_headings_inside_an_open_comment_are_not_added() -> None:
    """Where an open comment would hide an added heading nothing is added, and an error says so."""
    text = WHOLE[: WHOLE.index("## References")] + "<!-- never closed\n"

    with pytest.raises(DraftError, match="never closed"):
        filled(task(parse_document(text), missing=True), lambda: "Said.")


def test_open_bytes_stay() -> None:
    """A BOM, bytes that are no UTF-8, trailing spaces and a missing final newline stay."""
    before = b"\xef\xbb\xbf# T  \r\n\r\n## A\r\n\r\n## B  \r\nmine \xff \r\n## C\r\n x \t"
    document = parse_document(before.decode("utf-8", "surrogateescape"))

    done, asked = filled(task(document, None), lambda: "Said.")

    assert asked == 1
    assert encode_text(done.text) == before.replace(b"## A\r\n\r\n", b"## A\r\n\r\nSaid.\r\n\r\n")


def test_one_bullet_between_two_that_a_person_filled() -> None:
    """In a half-filled section only the empty bullet is written."""
    body = "- **Migration strategy:** mine\n- **Rollback plan:** \n- **Estimated data volume:** 3\n"
    text = f"# T\n\n## Detailed Design\n\n### Data Migration Plan\n{body}"

    done, asked = filled(task(parse_document(text)), lambda: "Undo it.")

    assert asked == 1
    assert done.text == text.replace("**Rollback plan:** ", "**Rollback plan:** Undo it.")


BLANK_OPTION = "  - Pros: \n  - Cons: \n"
ITEM = (
    "# T\n\n## Design Considerations\n\n### 1. One\n**Context:** c\n\n**Options:**\n"
    "- **Option A:** a\n  - Pros: p\n  - Cons: \n- **Option B:** b\n  - Pros: p\n  - Cons: c\n"
    f"- **Option C:** \n{BLANK_OPTION}\n**Recommendation:** r\n\n### 2. [Design Choice Name]\n"
    f"**Context:** \n\n**Options:**\n- **Option A:** \n{BLANK_OPTION}- **Option B:** \n"
    f"{BLANK_OPTION}\n**Recommendation:** \n\n### 3. My choice\n\n### 4. Prose\nMy own words.\n"
)


def test_examples_that_are_left_over_are_not_filled() -> None:
    """Of what was started only the blank is written; untouched examples stay as they are."""
    done, asked = filled(task(parse_document(ITEM)), lambda: "Said.")

    assert asked == 2
    assert "  - Pros: p\n  - Cons: Said.\n- **Option B:**" in done.text
    assert "- **Option C:** \n  - Pros: \n  - Cons: \n\n**Recommendation:** r" in done.text
    assert "### 2. [Design Choice Name]\n**Context:** \n" in done.text
    assert re.search(r"### 3\. My choice\n\*\*Context:\*\* Said\.\n", done.text)
    assert done.text.endswith("### 4. Prose\nMy own words.\n")
    assert any("left over" in text for text in done.notes)


def test_an_untouched_group_is_named_and_filled() -> None:
    """A blank template becomes a whole document, its groups named by the brief."""
    done, _ = filled(task(parse_document(TEXT)), lambda: "Said.")

    titles = [title for _, title in parse_document(done.text).outline]
    assert titles[0] == "A Title Design Document"
    assert "1. First of all" in titles
    assert "`POST /a/b`" in titles
    assert "Option C" not in done.text


def test_missing_headings_are_added_only_when_asked() -> None:
    """`--add-missing` puts a heading where the template has it, and changes nothing else."""
    cut = WHOLE.replace(WHOLE[WHOLE.index("### Rollback Plan") : WHOLE.index("### Monitoring")], "")
    left, _ = filled(task(parse_document(cut)), lambda: "Said.")
    added, asked = filled(task(parse_document(cut), missing=True), lambda: "Said.")

    assert left.text == cut
    assert asked == 1
    assert (
        added.text.replace(
            added.text[added.text.index("### Rollback Plan") : added.text.index("### Monitoring")],
            "",
        )
        == cut
    )


def test_an_edit_in_the_same_slot_wins() -> None:
    """Edits elsewhere are merged; where somebody wrote meanwhile, ours is named."""
    text = "# T\n\n## Overview\n\n## Goals\n\n## Proposed Solution\n\n### High-Level Approach\n"
    own_task = task(parse_document(text))
    brief = named(BUILT_IN)
    asked = plan_fill(own_task, own_task.document, brief, never)
    written = tuple(
        SectionResult(asked=one, answer=answer(asked.matches[one.id], lambda: "Ours."))
        for one in asked.requests
    )
    answers = GatheredAnswers(plan=asked, written=written, brief=brief)
    now = "new first line\n" + text.replace("## Overview\n", "## Overview\n\nTheirs.\n")

    done = put_answers(own_task, parse_document(now), answers)

    assert done.overtaken == ("T > Overview",)
    assert done.text.startswith("new first line\n# T\n\n## Overview\n\nTheirs.\n")
    assert done.text.count("Ours.") == 2


def test_an_edit_of_a_section_that_is_written_anew_wins() -> None:
    """What somebody writes into a section while it is written anew stays, and ours is named."""
    text = "# T\n\n## Overview\n\nOld.\n\n## Goals\n\n## Proposed Solution\n\nAll.\n"
    key = make_section_keys(parse_document(text))[1]
    anew = task(parse_document(text), chosen=(key,), forced=frozenset((key,)))
    brief = named(BUILT_IN)
    asked = plan_fill(anew, anew.document, brief, anew.scope.forced.__contains__)
    [one] = asked.requests
    written = (SectionResult(asked=one, answer=answer(asked.matches[one.id], lambda: "Ours.")),)
    answers = GatheredAnswers(plan=asked, written=written, brief=brief)
    now = text.replace("Old.", "Theirs.")
    done = put_answers(anew, parse_document(now), answers)
    assert done.text == now
    assert (done.written, done.overtaken) == ((), (one.id,))
    assert "changed meanwhile" in dict(done.unwritten)[one.id]

    elsewhere = text.replace("## Goals\n", "## Goals\n\nTheirs.\n")
    done = put_answers(anew, parse_document(elsewhere), answers)
    assert done.text == elsewhere.replace("Old.", "Ours.")
    assert (done.written, done.overtaken) == ((one.id,), ())


def test_what_does_not_apply_any_more_is_told() -> None:
    """An answer that a section does not apply gives way to whoever wrote it meanwhile."""
    text = "# T\n\n## Overview\n\n## Goals\n\n## Proposed Solution\n\nAll.\n"
    own_task = task(parse_document(text))
    brief = named(BUILT_IN)
    asked = plan_fill(own_task, own_task.document, brief, never)
    one = asked.requests[0]
    written = (SectionResult(asked=one, answer=SectionAnswer(not_applicable="There is none.")),)
    answers = GatheredAnswers(plan=asked, written=written, brief=brief)
    now = text.replace("## Overview\n", "## Overview\n\nTheirs.\n")

    done = put_answers(own_task, parse_document(now), answers)

    assert (done.text, done.overtaken) == (now, ("T > Overview",))


def test_the_built_in_template_is_for_documents_that_fit_it() -> None:
    """A document of ours fits the built-in template, another one does not."""
    assert fits_template(BUILT_IN, parse_document(WHOLE))
    assert not fits_template(
        BUILT_IN, parse_document("# RFC\n\n## Summary\n\n## Motivation\n\n## Overview\n")
    )
    assert len(set(make_section_keys(parse_document("# T\n\n## A\n\n## A\n\n## A\n")))) == 4
