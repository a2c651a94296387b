"""Components and services: their names, and whether each is where the others are."""

import pytest

from assistant.lint.analyses.chapters import COMPONENTS, MAX_NAMES, Chapter, collect_chapters
from assistant.lint.analyses.components import (
    ComponentName,
    find_undrawn_components,
    find_unknown_services,
    find_unused_components,
    is_name_hinted,
    is_name_mentioned,
    list_component_names,
)
from assistant.lint.analyses.words import WordIndex
from assistant.markdown.document import parse_document
from assistant.template.align import align_document
from assistant.template.template import load_template


def names(text: str) -> tuple[ComponentName, ...]:
    found = collect_chapters(
        align_document(load_template(None), parse_document(f"### Key Components\n{text}"))
    )
    return list_component_names(found[COMPONENTS])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- **Store:** keeps\n  - **Inner:** part\n- **Page**: shows\n", ["Store", "Page"]),
        ("1. `Store` keeps\n2. **Page** - shows\n", ["`Store`", "Page"]),
        ("- Store: keeps\n- Page - shows\n", ["Store", "Page"]),
        ("#### Store\nkeeps\n#### Page\nshows\n", ["Store", "Page"]),
        ("- **We keep the present API.** Nothing changes.\n- a word without a name\n", []),
        ("Store: prose is no list.\n", []),
        ("- **[Name]:** x\n", []),
    ],
)
def test_listed(text: str, expected: list[str]) -> None:
    """Names begin the items of a list, or are headings; sentences are none."""
    assert [name.text for name in names(text)] == expected


def test_too_many() -> None:
    """What has more names than any section of names is none."""
    text = "".join(f"- **N{i}:** x\n" for i in range(MAX_NAMES + 1))

    assert names(text) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Order service", "the OrderService"),
        ("Order service", "orders are stored"),
        ("Order validator", "the order is validated"),
        ("Identity Provider (IdP)", "a token of the IdP"),
        ("Reader / writer", "a writer"),
        ("Database", "PostgreSQL"),
        ("Warehouse Management System", "the WMS"),
    ],
)
def test_mentioned(name: str, text: str) -> None:
    """A name is recognised however a text spells it."""
    (found,) = names(f"- **{name}:** x\n")

    assert is_name_mentioned(found, WordIndex(text))
    assert not is_name_mentioned(found, WordIndex("nothing of it"))


def test_members() -> None:
    """Who names a part of it names the whole."""
    (found,) = names("- **Edges:** `store` (disk) and `journal`, pure\n")

    assert is_name_mentioned(found, WordIndex("the journal is kept"))


def test_names_that_differ_in_their_kind() -> None:
    """A service and a worker of the same thing are told apart."""
    service, worker = names("- **Order service:** x\n- **Order api:** y\n")

    assert is_name_mentioned(service, WordIndex("order service"))
    assert not is_name_mentioned(worker, WordIndex("order service"))


def test_hinted() -> None:
    """A word that only one name has is a hint of it, a shared one is none."""
    gate, gateway_log, _ = names("- **Badge registry:** x\n- **Badge log:** y\n- **Door:** z\n")

    assert is_name_hinted(gate, WordIndex("a registry"))
    assert not is_name_hinted(gateway_log, WordIndex("a badge"))


LISTED = "### Key Components\n- **Alpha:** a\n- **Beta:** b\n- **Gamma:** c\n\n"
DIAGRAM = "### Simple Architecture Diagram\n```\n{}\n```\n\n"
LIFECYCLE = "## Lifecycle of Code for Key Use Case\n1. **Processing step:** {}\n\n"
SERVICES = "## Detailed Design\n\n### Services / Business Logic\n{}\n"


def of(text: str) -> dict[str, Chapter]:
    return collect_chapters(align_document(load_template(None), parse_document(text)))


def test_unused() -> None:
    """A component is unused where no other section of the design has it."""
    found = of(LISTED + LIFECYCLE.format("alpha, then beta"))

    assert [name.text for name in find_unused_components(found, "")] == ["Gamma"]
    assert list(find_unused_components(found, "no gamma is needed")) == []


def test_unused_in_other_words() -> None:
    """Where few components are found again, nothing is said of the others."""
    assert list(find_unused_components(of(LISTED + LIFECYCLE.format("alpha")), "")) == []


def test_undrawn() -> None:
    """A component is undrawn where the diagram has two others and most of all."""
    assert [
        n.text for n in find_undrawn_components(of(LISTED + DIAGRAM.format("Alpha -> Beta")))
    ] == ["Gamma"]
    assert list(find_undrawn_components(of(LISTED + DIAGRAM.format("Alpha -> x")))) == []
    picture = "### Simple Architecture Diagram\n![alpha beta](a.png)\n"
    assert list(find_undrawn_components(of(LISTED + picture))) == []


def test_things_beside_what_runs() -> None:
    """A feature flag, a dashboard, tests are not missed from a diagram."""
    text = LISTED.replace("Gamma", "Feature flag") + DIAGRAM.format("Alpha -> Beta")

    assert list(find_undrawn_components(of(text))) == []


def test_unknown() -> None:
    """A service is unknown where neither another section nor another service names it."""
    first = "#### Alpha\nx\n#### Delta\ny\n"
    text = LISTED + SERVICES

    assert [n.text for n in find_unknown_services(of(text.format(first)), "alpha")] == ["Delta"]
    assert list(find_unknown_services(of(text.format(first)), "alpha delta")) == []
    called = first.replace("x", "calls delta")
    assert list(find_unknown_services(of(text.format(called)), "alpha")) == []
    topic = first.replace("Delta", "How to delta")
    assert list(find_unknown_services(of(text.format(topic)), "alpha")) == []
