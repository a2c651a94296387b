"""Names of components and services."""

import pytest

from assistant.lint.sections.chapters import COMPONENTS, MOST, chapters
from assistant.lint.sections.components import Name, is_hinted, is_mentioned, list_names
from assistant.lint.sections.words import Index
from assistant.markdown.document import parse
from assistant.template.align import align
from assistant.template.template import chosen


def names(text: str) -> tuple[Name, ...]:
    found = chapters(align(chosen(None), parse(f"### Key Components\n{text}")))
    return list_names(found[COMPONENTS])


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
    text = "".join(f"- **N{i}:** x\n" for i in range(MOST + 1))

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

    assert is_mentioned(found, Index(text))
    assert not is_mentioned(found, Index("nothing of it"))


def test_members() -> None:
    """Who names a part of it names the whole."""
    (found,) = names("- **Edges:** `store` (disk) and `journal`, pure\n")

    assert is_mentioned(found, Index("the journal is kept"))


def test_names_that_differ_in_their_kind() -> None:
    """A service and a worker of the same thing are told apart."""
    service, worker = names("- **Order service:** x\n- **Order api:** y\n")

    assert is_mentioned(service, Index("order service"))
    assert not is_mentioned(worker, Index("order service"))


def test_hinted() -> None:
    """A word that only one name has is a hint of it, a shared one is none."""
    gate, gateway_log, _ = names("- **Badge registry:** x\n- **Badge log:** y\n- **Door:** z\n")

    assert is_hinted(gate, Index("a registry"))
    assert not is_hinted(gateway_log, Index("a badge"))
