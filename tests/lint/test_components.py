"""Names of components and services."""

import pytest

from assistant.lint.sections.chapters import COMPONENTS, MAX_NAMES, collect_chapters
from assistant.lint.sections.components import (
    ComponentName,
    is_name_hinted,
    is_name_mentioned,
    list_component_names,
)
from assistant.lint.sections.words import WordIndex
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
