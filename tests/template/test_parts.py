"""Tests of `parts`: what is a placeholder, an enumeration, a key of metadata."""

# ruff: noqa: E501  tables of examples

import pytest

from assistant.editing.blank import make_blank_text
from assistant.template.parts import PLACEHOLDER, is_metadata_key, is_placeholder, parse_choices
from assistant.template.template import parse_template


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[text]",
        "{text}",
        "{{text}}",
        "<text>",
        "(fill me in)",
        "_Name_",
        "YYYY-MM-DD",
        "TBD",
        "…",
        "TITLE",
        "STATUS",
        "NNNN",
        "DATE",
        "a | b",
        "High/Med/Low",
        "<!-- what? -->",
        "[link](x)",
    ],
)
def test_a_placeholder_waits_for_a_value(text: str) -> None:
    """Brackets, braces, words in capitals that stand for a value, and enumerations are none yet."""
    assert is_placeholder(text)
    assert is_placeholder(f" {text} \n")


@pytest.mark.parametrize("text", ["Proposed", "the team", "2026-01-01", "None", "N/A", "No", "API"])
def test_a_value_is_no_placeholder(text: str) -> None:
    """What a template says in plain words is a value."""
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[Name] Design", "[Name]"),
        ("{title of option 1}", "{title of option 1}"),
        ("{{Alternative 1 name}} x", "{{Alternative 1 name}}"),
        ("Package <name>", "<name>"),
        ("Drivers <!-- optional -->", None),
        ("Drivers <!-- drives what? -->", None),
        ("`GET /users/{id}`", None),
        ("`{id}`", None),
        ("${HOME}", None),
        ("Title {#own-id}", None),
        ("Title {.class}", None),
        ('{"a": 1}', None),
        ("{% if x %}", None),
        ("[text](url)", None),
        ("Name [optional]", None),
    ],
)
def test_a_placeholder_in_a_name(text: str, found: str | None) -> None:
    """A name is open where it has brackets or braces with words; comments, code, attributes stay."""
    match = PLACEHOLDER.search(text)

    assert (match[0] if match else None) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[Draft | In Review | Done]", ("Draft", "In Review", "Done")),
        ("{proposed | rejected}", ("proposed", "rejected")),
        (
            '"{proposed | accepted | … | superseded by [ADR-0123](0123-x.md)}"',
            ("proposed", "accepted", "superseded"),
        ),
        ("(Proposed / Accepted)", ("Proposed", "Accepted")),
        ("`draft | done` <!-- one -->", ("draft", "done")),
        ("Draft", ()),
        ("How we prevent/handle it", ()),
        ("https://a.b | c", ()),
    ],
)
def test_an_enumeration_lists_its_values(text: str, expected: tuple[str, ...]) -> None:
    """Values are listed in brackets, braces or none; an ellipsis and a link's target are no value."""
    assert parse_choices(text) == expected


@pytest.mark.parametrize(
    ("name", "said", "marked", "expected"),
    [
        ("Status", "Proposed", False, True),
        ("Superseded by", "", False, True),
        ("Approvers (two of them)", "the team.", False, True),
        ("Note", "replace it", False, False),
        ("Note", "replace it", True, False),
        ("How to use this template", "copy it", True, False),
        ("To begin with", "copy this file and fill it in.", False, False),
        ("To begin with", "copy this file and fill it in.", True, True),
        ("When all of the above is clear", "go on", False, False),
    ],
)
def test_a_key_is_no_instruction(name: str, said: str, *, marked: bool, expected: bool) -> None:
    """A head's labels are metadata; a note to the template's user, or a sentence, is none."""
    assert is_metadata_key(name, said, marked=marked) is expected


def test_headings_with_comments_stay_and_braces_are_named() -> None:
    """In a new document a comment beside a heading stays, and what stands in braces is replaced."""
    text = "# {short title}\n\n## Drivers <!-- optional -->\n\n## Options\n\n### {title of option 1}\n\n### {title of option 2}\n"
    made = parse_template(text.encode(), "t")

    assert list(made.groups) == ["{short title} > Options"]
    document = make_blank_text(made, "One", {"{short title} > Options": ("Buy", "Build", "Wait")})
    headings = [line for line in document.splitlines() if line.startswith("#")]
    assert headings == [
        "# One",
        "## Drivers <!-- optional -->",
        "## Options",
        "### Buy",
        "### Build",
        "### Wait",
    ]
