"""What is open: one definition of unwritten, which draft, fill, check and list all go by."""

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import example, given, note
from hypothesis import strategies as st

from assistant.drafting.compose import WritingPlan
from assistant.drafting.merge import FilledDocument, GatheredAnswers, put_answers
from assistant.drafting.plan import plan_fill
from assistant.drafting.task import FillTask
from assistant.editing.assemble import DocumentFacts
from assistant.editing.guard import FillScope
from assistant.editing.prepare import find_unbegun_groups, make_section_keys
from assistant.folder.summary import summarize_document
from assistant.lint.check import check_document
from assistant.lint.rule import UNWRITTEN
from assistant.lint.subject import LinePlaces
from assistant.markdown.document import Document, parse_document
from assistant.prompting.brief import Brief
from assistant.prompting.prompts import DocumentSubject
from assistant.template.align import align_document, find_bare_items
from assistant.template.template import Template, read_template
from assistant.template.unwritten import UnwrittenSlot, find_open_questions, find_unwritten_slots
from tests.support import templates
from tests.support.blanks import blanked
from tests.support.strategies import markdown
from tests.support.strategies import templates as generated

FACTS = DocumentFacts(title="One", author="Ada", date="2026-01-02", slug="one")
EMPTY = Brief(title="")
# What a generated template rarely has together: labels that are optional, lists of the program's
# behind labels, a status that the template does not list, groups with a body of labels.
SPECIAL = """\
---
status: a|b
open questions:
---
# [Name] Doc

- **Status:**
- **Open questions:**

## Context

- **Notes (optional):**
- **More:** <!-- optional -->
- **Aim:**

## Parts

### Part A

- **Use:**
- **Hint (optional):**

### Part B

- **Use:**
- **Hint (optional):**

## Choices

- **Option A:**
  - Pros:
  - Cons (optional):
- **Option B:**
  - Pros:
  - Cons (optional):

## Open Questions

## References
"""


def template_of(text: str) -> Template:
    """A text as a template."""
    return read_template(parse_document(text), "t")


def task_of(template: Template, document: Document, *chosen: str) -> FillTask:
    """A document that is to be filled: all of it, or the sections with some titles."""
    subject = DocumentSubject(description="x", kind="feature")
    found = [
        key
        for key, one in zip(make_section_keys(document), document.sections, strict=True)
        if one.title in chosen
    ]
    return FillTask(
        template=template,
        document=document,
        facts=FACTS,
        subject=subject,
        scope=FillScope(chosen=tuple(found)),
    )


def asked_by_fill(template: Template, document: Document, *chosen: str) -> WritingPlan:
    """What `fill` asks for before a brief gave it any names."""
    return plan_fill(task_of(template, document, *chosen), document, EMPTY, lambda _: False)


def filled(template: Template, document: Document) -> FilledDocument:
    """The document with what the program writes in it without a model."""
    own = task_of(template, document)
    asked = asked_by_fill(template, document)
    return put_answers(own, document, GatheredAnswers(plan=asked, written=(), brief=EMPTY))


def places(template: Template, document: Document) -> list[int]:
    """The lines that `check` reports as unwritten."""
    return sorted(f.line for f in check_document(template, document) if f.code == UNWRITTEN)


def titles(template: Template, text: str) -> list[str]:
    """The sections in which `check` reports something as unwritten."""
    return [
        f.section for f in check_document(template, parse_document(text)) if f.code == UNWRITTEN
    ]


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, str]:
    """A template, and a document that was written to some of it."""
    source = draw(
        st.one_of(generated(), st.just(SPECIAL), st.just(templates.load("design_document").text))
    )
    template = template_of(source)
    kind = draw(st.sampled_from(("as it is", "named", "in parts", "blanked")))
    text = template.text
    if kind == "named":  # some items of groups are called otherwise
        for name in ("Part A", "Item A", "Component A", "Option A", "Service A"):
            text = text.replace(name, name[:-1] + draw(st.sampled_from(("A", "of mine"))))
    elif kind == "in parts":
        parts = [section.heading + section.body for section in template.document.sections]
        kept = [
            section.heading if draw(st.booleans()) else part
            for section, part in zip(template.document.sections, parts, strict=True)
            if draw(st.booleans())
        ]
        text = "\n".join([*kept, draw(markdown())])
    elif kind == "blanked":
        text, _ = blanked(template, text, lambda: draw(st.booleans()))
    return source, text


@given(cases())
@example((SPECIAL, SPECIAL))
@example((SPECIAL, "# [Name] Doc\n\n## Parts\n\n### Part B\n"))
def test_all_four_agree(case: tuple[str, str]) -> None:
    """What `check` reports, `list` counts and `fill` asks for or writes are the same slots."""
    template, document = template_of(case[0]), parse_document(case[1])
    note(repr(case))
    slots = find_unwritten_slots(align_document(template, document))

    assert summarize_document(template, document).unwritten == len(slots)
    assert len(places(template, document)) == len(slots)
    found, wanted = asked(template, document), expected(slots)
    for match, _ in find_bare_items(align_document(template, document)):
        # An item without a body is one slot, whatever its example asks for.
        for counts in (found, wanted):
            counts[match.index] = min(counts[match.index], 1)
    assert found == wanted
    after = parse_document(filled(template, document).text)
    left = find_unwritten_slots(align_document(template, after))
    assert [slot for slot in left if not slot.asked] == []


def expected(slots: Sequence[UnwrittenSlot]) -> Counter[str | int]:
    """What `fill` has to ask for: heading groups by key, and of sections how many slots each."""
    groups = Counter[str | int](slot.group.key for slot in slots if slot.group)
    return groups + Counter(
        slot.match.index for slot in slots if slot.asked and slot.match and not slot.group
    )


def asked(template: Template, document: Document) -> Counter[str | int]:
    """The heading groups that `fill` asks for, and how many slots of each section."""
    planned = asked_by_fill(template, document)
    alignment = align_document(template, document)
    found = Counter[str | int](find_unbegun_groups(alignment, lambda _: True).keys())
    for request in planned.requests:
        index = planned.matches[request.id].index
        found[index] = len(request.wants)
    return found


OPTIONAL = "# A\n\n## Context\n\n- **Notes (optional):**\n- **Aim:**{}\n"


@pytest.mark.parametrize("end", ["", "\n", "\n\n## End\n\nSo.\n"])
def test_a_blank_section_for_a_list_is_written(end: str) -> None:
    """The next heading stays one where a list of the program's is put before it."""
    template = template_of("# A\n\n## References\n- [Link]\n\n## End\n")
    document = parse_document(f"# A\n\n## References\n{end}")

    after = parse_document(filled(template, document).text)

    assert "- None yet." in after.text
    assert after.outline == document.outline


@pytest.mark.parametrize("label", ["**Notes (optional):**", "**Notes:** <!-- optional -->"])
def test_an_optional_label_left_blank_is_not_unwritten(label: str) -> None:
    """Nobody misses it: check and list are silent, and a fill asks nothing and changes nothing."""
    template = template_of(f"# A\n\n## Context\n\n- {label}\n- **Aim:**\n")
    document = parse_document(template.text.replace("- **Aim:**", "- **Aim:** x"))

    assert summarize_document(template, document).unwritten == 0
    assert titles(template, document.text) == []
    assert asked_by_fill(template, document).requests == ()
    assert filled(template, document).text == document.text


def test_an_optional_label_is_asked_for_in_a_section_that_somebody_named() -> None:
    """`--section Context` is how a person says that the optional label is wanted too."""
    template = template_of(OPTIONAL.format(""))
    document = parse_document(OPTIONAL.format(" x"))

    requests = asked_by_fill(template, document, "Context").requests

    assert [want.key for one in requests for want in one.wants] == ["notes"]


def test_a_comment_with_the_word_in_it_makes_nothing_optional() -> None:
    """Only a comment that begins with it says so: others are guidance."""
    template = template_of("# A\n\n## B\n\n- **In:** <!-- Which optional fields are there? -->\n")

    assert titles(template, template.text) == ["B"]


PARTS = "# A\n\n## Parts\n\n### Part A\n- **Use:** \n\n### Part B\n- **Use:** \n\n## End\nSo.\n"


def test_a_heading_group_is_one_slot_until_an_item_is_begun() -> None:
    """Its examples are no slots of their own; behind a begun one they are left over."""
    template = template_of(PARTS.replace("So.\n", ""))
    begun = PARTS.replace("Part A", "Store").replace("Use:** ", "Use:** it", 1)
    found = [
        (f.code, f.line)
        for f in check_document(template, parse_document(begun))
        if f.code[:2] == "D2"
    ]

    assert titles(template, PARTS) == ["Parts"]
    assert found == [("D202", 8)]
    assert summarize_document(template, parse_document(begun)).unwritten == 0
    assert asked_by_fill(template, parse_document(begun)).requests == ()


def test_a_heading_group_without_items_is_unwritten_at_its_heading() -> None:
    """An empty section in which the template has items is what a fill would write."""
    template = template_of(PARTS.replace("So.\n", ""))
    text = "# A\n\n## Parts\n\n## End\n\nSo.\n"

    assert places(template, parse_document(text)) == [3]


def test_an_item_gets_the_body_of_the_example_with_its_first_word() -> None:
    """What stands in the first example is not left in an item that is another one's."""
    template = template_of(
        "# A\n\n## Calls\n\n### `POST /[x]`\n```json\nx\n```\n\n### `GET /[x]`\n<!-- c -->\n"
    )
    document = parse_document("# A\n\n## Calls\n\n### `GET /users`\n")
    planned = asked_by_fill(template, document)

    assert [want.kind for one in planned.requests for want in one.wants] == ["prose"]
    assert "json" not in planned.document.text


def test_an_examples_heading_with_nothing_under_it_is_not_begun() -> None:
    """Nobody named it and nobody wrote in it, so that its group is one slot still."""
    template = template_of(PARTS.replace("So.\n", ""))
    text = "# A\n\n## Parts\n\n### Part B\n\n## End\n\nSo.\n"

    assert titles(template, text) == ["Parts"]


def test_an_item_without_a_body_is_unwritten_as_a_whole() -> None:
    """A fill gives it the body of an example; the labels that it lacks are no fault."""
    template = template_of(PARTS.replace("So.\n", ""))
    text = "# A\n\n## Parts\n\n### Store\n\n## End\n\nSo.\n"

    assert [f.code for f in check_document(template, parse_document(text))] == [UNWRITTEN]
    assert [one.title for one in asked_by_fill(template, parse_document(text)).requests] == [
        "Store"
    ]


@pytest.mark.parametrize(
    ("label", "code"),
    [("**Status:** [a | b]", UNWRITTEN), ("**Status:**", "D203"), ("**Open questions:**", "")],
)
def test_what_the_program_cannot_write_is_not_unwritten(label: str, code: str) -> None:
    """A status of which no value is known is not known, and no list fits behind a label."""
    template = template_of(f"# A\n\n- {label}\n\n## Why\n")
    document = parse_document(template.text + "\nSo.\n")
    found = [finding.code for finding in check_document(template, document)]

    assert found == [code] * bool(code)


def test_lines_of_unwritten_slots_are_those_of_check() -> None:
    """Each slot begins on the line that `check` reports it on."""
    template = template_of(SPECIAL)
    lines = LinePlaces(SPECIAL)
    slots = find_unwritten_slots(align_document(template, template.document))

    assert [lines.place(one.start)[0] for one in slots] == places(template, template.document)


TEMPLATE = read_template(
    parse_document("# [Name]\n\n## Why\n<!-- why -->\n\n## Open Questions\n"), "t"
)


def open_asked(body: str) -> list[str]:
    document = parse_document(f"# X\n\n## Why\n- A goal?\n\n## Open Questions\n{body}")
    return list(find_open_questions(align_document(TEMPLATE, document)))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", []),
        ("- Who?\n- When?\n  - nested\n", ["Who?", "When?"]),
        ("1. Who?\n2. When?\n", ["Who?", "When?"]),
        ("\n- [ ] Who?\n- [x] When?\n- ~~Why?~~\n", ["[ ] Who?"]),
        ("None known.\n", []),
        ("- None known.\n", []),
        ("- None\n- N/A\n- TBD\n- \n- [question]\n", []),
        ("There are no open questions at this time.\n", []),
        ("<!-- - Who? -->\n", []),
        ("Who does it?\n\nAnd when?\n", ["Who does it?", "And when?"]),
        ("Some thoughts:\n\n- Who?\n", ["Who?"]),
        ("### Who does it?\nWe do not know.\n\n### When?\n", ["Who does it?", "When?"]),
        ("### Ours\n- Who?\n- When?\n", ["Who?", "When?"]),
        ("- **Cost:** how much?\n", ["**Cost:** how much?"]),
        ("```\n- Who?\n```\n", []),
    ],
)
def test_what_is_open_is_counted(body: str, expected: list[str]) -> None:
    """Items count, else headings, else paragraphs; what says nothing or is answered does not."""
    assert open_asked(body) == expected


def test_templates_own_questions_are_none() -> None:
    """What the template itself has in the slot is not a question of the document's."""
    text = "# [Name]\n\n## Why\n\n## Unresolved Questions\n- What is left?\n- Why?\n"
    template = read_template(parse_document(text), "t")

    found = find_open_questions(
        align_document(template, parse_document(text.replace("- Why?", "- Why so?")))
    )

    assert found == ("Why so?",)
