"""The template that documents share."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.lint.check import check_document
from assistant.markdown.document import Document, load_document, parse_document
from assistant.template.derive import derive_template
from assistant.template.template import Template, parse_template
from tests.support import paths, strategies, templates

_DATA = paths.DATA / "shared"
_FAMILIES = sorted(path for path in _DATA.iterdir() if path.is_dir())


def documents(folder: Path) -> list[Document]:
    found = [path for path in sorted(folder.glob("*.md")) if path.name != "README.md"]
    return [load_document(path.read_bytes(), path.name) for path in found]


def codes(template: Template, document: Document) -> list[str]:
    """What the template finds fault with; what nobody wrote yet is no fault of its form."""
    found = (one.code for one in check_document(template, document))
    return [code for code in found if code[:2] in ("D1", "D2", "D4") and code != "D201"]


@pytest.mark.parametrize("folder", _FAMILIES, ids=lambda path: path.name)
def test_families_have_exactly_their_template(folder: Path) -> None:
    """Each folder of small documents shares the template that is written beside it."""
    derived = derive_template(documents(folder))

    assert derived is not None
    assert derived.text == (folder / "template.expected").read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", _FAMILIES, ids=lambda path: path.name)
def test_documents_hold_against_their_own_template(folder: Path) -> None:
    """A check by the derived template finds nothing in its documents; others are one finding."""
    template = parse_template((folder / "template.expected").read_bytes(), "t")
    found = [codes(template, document) for document in documents(folder)]
    derived = derive_template(documents(folder))

    assert derived is not None
    assert found.count([]) == derived.members
    assert [one for one in found if one] == [["D108"]] * (derived.read - derived.members)


@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("",),
        ("words\n",),
        ("# A\n\n## Why\n",),
        ("# A\n\n## Why\n\n## How\n", "# B\n\n## Who\n\n## When\n"),
        (
            "# A\n\n## Why\n\n## How\n",
            "# B\n\n## Who\n\n## When\n",
            "# C\n\n## Costs\n\n## Gains\n",
        ),
    ],
)
def test_documents_that_share_no_form(texts: tuple[str, ...]) -> None:
    """Fewer than two headings are no template."""
    assert derive_template([parse_document(text) for text in texts]) is None


@pytest.mark.parametrize(
    "stranger",
    [
        "# Other\n\n## Aim\n\n## Who\n\n## Where\n",  # one of five
        "# Other\n\n## Who\n\n### Aim\n\n### Way\n\n### Cost\n",  # three, each elsewhere
    ],
)
def test_a_document_of_another_form_does_not_count(stranger: str) -> None:
    """Who has few of the shared headings, or has them elsewhere, makes none of them optional."""
    text = "# {}\n\n## Aim\n\n## Way\n\n## Cost\n\n## Risk\n\n## End\n"
    found = [
        parse_document(text.format(name)) for name in ("One", "Two", "Three", "Four", "Five", "Six")
    ]
    derived = derive_template([*found, parse_document(stranger)])

    assert derived is not None
    assert derived.text == text.format("[Title]")
    assert (derived.members, derived.read) == (6, 7)


def test_order_is_that_of_most() -> None:
    """Headings stand as most documents have them, and a lacking one does not move the others."""
    texts = (
        "## A\n\n## B\n\n## C\n",
        "## B\n\n## C\n",
        "## A\n\n## C\n\n## B\n",
        "## A\n\n## B\n\n## C\n",
    )
    derived = derive_template([parse_document(text) for text in texts])

    assert derived is not None
    assert derived.text == "## A (Optional)\n\n## B\n\n## C\n"


def test_what_stands_elsewhere_in_many_is_left_out() -> None:
    """A heading that has no one place would be an error in every document of the other place."""
    one = "## Plan\n\nX.\n\n### Tests\n\nX.\n\n## Goals\n\nX.\n"
    other = "## Plan\n\nX.\n\n## Tests\n\nX.\n\n## Goals\n\nX.\n"
    derived = derive_template([parse_document(text) for text in (one, one, one, other, other)])

    assert derived is not None
    assert derived.text == "## Plan\n\n## Goals\n"


@pytest.mark.parametrize(
    ("said", "listed"),
    [
        (("Accepted", "Accepted", "Rejected"), "[Draft | Accepted | Rejected]"),
        (("draft", "draft", "draft"), "[draft | accepted]"),
        (("In Review", "Draft", "Accepted, see 3"), "[Draft | In Review | Accepted]"),
        (("Proposed", "Superseded by 4", "superseded"), "[Proposed | Superseded]"),
        (("We talked about this for long", "Draft", "Draft"), ""),
    ],
)
def test_statuses_are_an_enumeration(said: tuple[str, ...], listed: str) -> None:
    """What documents have as their status is listed from the first to the last, remarks aside."""
    body = "## Why\n\nSo.\n\n## How\n\nThus.\n"
    texts = [f"# X{number}\n\n- Status: {one}\n\n{body}" for number, one in enumerate(said)]
    derived = derive_template([parse_document(text) for text in texts])

    assert derived is not None
    assert f"- Status: {listed}\n" in derived.text


def test_title_above_other_headings_of_level_1() -> None:
    """A title is one also where the sections are headings of its level."""
    texts = [f"# {name}\n\n# Purpose\n\nSo.\n\n# Summary\n\nThus.\n" for name in ("A", "B", "C")]
    found = [parse_document(text) for text in texts]
    derived = derive_template(found)

    assert derived is not None
    assert derived.text == "# [Title]\n\n# Purpose\n\n# Summary\n"
    template = parse_template(derived.text.encode(), "t")
    assert [codes(template, document) for document in found] == [[], [], []]
    assert codes(template, parse_document("# Purpose\n\nSo.\n\n# Summary\n\nThus.\n")) == ["D101"]


@given(st.lists(strategies.markdown() | st.text(strategies.ODD, max_size=200), max_size=4))
@settings(max_examples=60, deadline=None)
def test_nothing_breaks_the_derivation(texts: list[str]) -> None:
    """Of any documents there is a template or none, and a template can be read."""
    derived = derive_template([parse_document(text) for text in texts])

    assert derived is None or parse_template(derived.text.encode(), "t").specs


@pytest.mark.skipif(not templates.CORPUS, reason="real documents are where DRAFT_CORPUS says")
@pytest.mark.parametrize(
    ("family", "quiet", "others"),
    [
        ("adrs-fixtures", 14, 0),  # two of another template's words
        ("kubernetes-enhancements", 18, 5),
        ("openshift-enhancements", 20, 0),
        ("optimism-design-docs", 5, 6),
        ("rust-rfcs", 24, 0),
    ],
)
def test_real_documents_hold_against_what_they_share(family: str, quiet: int, others: int) -> None:
    """Most real documents have no fault by the template that was made of them.

    Where they have some, they differ among themselves: in the level or the order of a heading.
    """
    found = documents(Path(templates.CORPUS) / family)
    derived = derive_template(found)

    assert derived is not None
    template = parse_template(derived.text.encode(), family)
    said = [codes(template, document) for document in found]
    assert said.count(["D108"]) == others
    assert said.count([]) >= quiet
