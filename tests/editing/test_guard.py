"""Where a document may change, and that nothing else of it is allowed to."""

import pytest

from assistant.editing.guard import FillScope, check_untouched, find_writable_spans
from assistant.errors import DraftError, Exit
from assistant.markdown.document import parse_document
from assistant.template.align import align_document
from assistant.template.template import Template, read_template
from assistant.template.unwritten import find_unwritten_fields

TEMPLATE = read_template(parse_document("# [Name]\n\n## Why\n\n## Goals\n\n## Risks\n"), "t")
BEFORE = "# Login\n\n## Why\n\n## Mine\n\nSee a --> b.\n\n## Goals\n\nOurs.\n\n## Risks\n"
WHY = (BEFORE.index("## Why\n") + 7, BEFORE.index("## Mine"))


def guard(after: str, template: Template = TEMPLATE, before: str = BEFORE) -> None:
    """Check a text against the one before it, which may change under "Why" alone."""
    document = parse_document(before)
    check_untouched(template, document, parse_document(after), document, [WHY])


def with_why(text: str) -> str:
    return BEFORE[: WHY[0]] + text + BEFORE[WHY[1] :]


def allowed(text: str, scope: FillScope, template: Template = TEMPLATE) -> list[str]:
    """The pieces of a text that may change."""
    return [
        text[start:end] for start, end in find_writable_spans(scope, template, parse_document(text))
    ]


@pytest.mark.parametrize("text", ["\n", "", "\nBecause.\n\n", "\n" * 9, "\nOurs.\n\nSee a\n\n"])
def test_what_may_change_may_change(text: str) -> None:
    """Whatever stands in the span afterwards, the rest as it was, is let through."""
    guard(with_why(text))


@pytest.mark.parametrize(
    "after",
    [
        with_why("\nBecause.\n\n").replace("Ours", "Theirs"),
        with_why("\nBecause.\n\n").replace("Login", "Logout"),
        with_why("\nBecause.\n\n") + "more\n",
        "x" + with_why("\n"),
        with_why("\n")[:-1],
        with_why("\n").replace("Ours.\n\n", ""),
        BEFORE[: WHY[0]],
        "",
    ],
)
def test_what_stands_elsewhere_may_not(after: str) -> None:
    """A change outside of the span is refused, at the beginning and at the end too."""
    with pytest.raises(DraftError, match="nothing was written") as caught:
        guard(after)
    assert (caught.value.code, caught.value.exit_code) == ("not-merged", Exit.FILE)


def test_a_heading_of_a_persons_own_is_not_swallowed() -> None:
    """An answer that makes text of a heading is refused, though each letter stays.

    The template does not know this heading, and nothing that it asks for is lost.
    """
    with pytest.raises(DraftError, match='"Mine" would no longer be a heading'):
        guard(with_why("\n<!-- \n\n"))


def test_a_template_section_is_not_lost() -> None:
    """An answer that hides a section of the template is refused by what the document lacks."""
    before = BEFORE.replace("## Mine\n\nSee a --> b.\n\n", "")
    span = (before.index("## Why\n") + 7, before.index("## Goals"))
    after = before[: span[0]] + "\n```\n\n" + before[span[1] :]
    document = parse_document(before)

    with pytest.raises(DraftError, match="nothing was written"):
        check_untouched(TEMPLATE, document, parse_document(after), document, [span])


@pytest.mark.parametrize(
    ("chosen", "key", "wanted"),
    [
        ((), ("why",), True),
        ((("why",),), ("why",), True),
        ((("why",),), ("why", "now"), True),
        ((("why", "now"),), ("why",), False),
        ((("why",),), ("goals",), False),
        ((("goals",), ("why",)), ("why",), True),
    ],
)
def test_a_chosen_section_stands_for_those_below(
    chosen: tuple[tuple[str, ...], ...], key: tuple[str, ...], *, wanted: bool
) -> None:
    """Who names a section means what stands under it too, and nothing above or beside it."""
    assert FillScope(chosen=chosen).wanted(key) is wanted


def test_only_what_is_unwritten_may_change() -> None:
    """A person's section, and one that the template does not know, are never writable."""
    pieces = allowed(BEFORE, FillScope())

    assert "\n" in pieces
    assert not [piece for piece in pieces if "Ours" in piece or "See a" in piece]


def test_a_forced_section_may_change_whole() -> None:
    """What somebody asks to be written anew may change, that section alone."""
    pieces = allowed(BEFORE, FillScope(chosen=(("goals",),), forced=frozenset({("goals",)})))

    assert pieces == ["\nOurs.\n\n"]


def test_only_chosen_sections_may_change() -> None:
    """Where sections are chosen, the title and the others stay."""
    text = BEFORE.replace("Login", "[Name]")

    assert allowed(text, FillScope(chosen=(("why",),))) == ["\n"]
    assert "# [Name]\n" in allowed(text, FillScope())


def test_headings_may_be_added_where_that_is_asked_for() -> None:
    """Missing headings go behind any section, or at the very beginning: nothing is replaced."""
    spans = set(find_writable_spans(FillScope(missing=True), TEMPLATE, parse_document(BEFORE)))
    ends = {(section.end, section.end) for section in parse_document(BEFORE).sections}

    assert ends | {(0, 0)} <= spans
    assert (0, 0) not in find_writable_spans(FillScope(), TEMPLATE, parse_document(BEFORE))


def test_keys_of_fields_tell_labels_apart() -> None:
    """Two labels of a section have two keys, and so has a list of items."""
    template = read_template(
        parse_document(
            "# [N]\n\n## Why\n\n- **Use:** \n- **Cost:** \n\n"
            "## How\n\n- **Part A:** \n- **Part B:** \n"
        ),
        "t",
    )
    found = [
        field.answer_key
        for match in align_document(template, template.document).matches
        for field in find_unwritten_fields(match)
    ]

    assert len(found) == len(set(found)) >= 3
