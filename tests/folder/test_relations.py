"""A new document and those that it supersedes or relates to are linked both ways, and only that."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DraftError, Exit
from assistant.folder.relations import (
    DocumentRelation,
    LinkBackResult,
    add_reference,
    find_related,
    link_back,
    make_link_title,
    mark_superseded,
)
from assistant.markdown.document import parse_document
from assistant.template.template import load_template, parse_template
from tests.support.meanwhile import edit_meanwhile
from tests.support.paths import BUILT_IN, SMALL
from tests.support.program import Draft, Ran
from tests.support.scripted import ScriptedServer, plausible

BUILTIN = load_template(None)
TODAY = "2026-11-24"
ITEM = "Superseded by [New](002_new.md)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# A\n\n## References\n- x\n", "# A\n\n## References\n- x\n- ITEM\n"),
        ("# A\n\n## References\n\nNone yet.\n\n## B\n", "# A\n\n## References\n\n- ITEM\n\n## B\n"),
        ("# A\n\n## References\n- None yet.\n", "# A\n\n## References\n- ITEM\n"),
        ("# A\n## Links\r\n* x\r\n\r\n## B\r\n", "# A\n## Links\r\n* x\r\n* ITEM\r\n\r\n## B\r\n"),
        ("# A\n## See also\n1. x\n2. y", "# A\n## See also\n1. x\n2. y\n3. ITEM"),
        ("# A\n## References\nSome words.  \n", "# A\n## References\nSome words.\n\n- ITEM  \n"),
        ("# A\n## References", "# A\n## References\n\n- ITEM"),
        ("# A\n## References\n\n## B\n", "# A\n## References\n\n- ITEM\n\n## B\n"),
        ("# A\n# References\n- x\n  - y\n", "# A\n# References\n- x\n  - y\n- ITEM\n"),
        ("# A\n## Supersedes\n- x\n## Superseded by\n", None),
        ("# A\n## Supersedes\n- x\n", None),
        ("# A\n## References\n```\nleft open\n", None),
        ("# A\n## References\n<!-- left open\n", None),
        ("# A\n\nReferences\n", None),
        ("", None),
    ],
)
def test_one_more_reference(text: str, expected: str | None) -> None:
    """The link becomes an item where the references are, in their manner; all else stays."""
    if text.endswith("by\n"):
        expected = f"{text}\n- {ITEM}\n"

    assert add_reference(text, ITEM, BUILTIN) == (expected and expected.replace("ITEM", ITEM))


PIECES = st.sampled_from(
    [
        "# A\n",
        "## References\n",
        "## Links\r\n",
        "- x\n",
        "  y\n",
        "\n",
        "None yet.\n",
        "```\n",
        "1. z\n",
        "<!-- c -->\n",
        "<div>\n",
        "[a]: b\n",
        "| a |\n|---|\n",
        "text",
        "\t- w\n",
        "> q\n",
        "\udcff",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_else_changes(text: str) -> None:
    """Less the new item, a document is what it was, and its headings are the same."""
    result = add_reference(text, ITEM, BUILTIN)

    if result is not None:
        head, _, tail = result.partition(ITEM)
        assert parse_document(result).outline == parse_document(text).outline
        head, tail = head.rstrip("-*+.1234567890) \t\r\n"), tail.lstrip("\r\n")
        middle = text[len(head) : len(text) - len(tail)] if tail else text[len(head) :]
        assert text.startswith(head)
        assert text.endswith(tail)
        assert set(middle.replace("None yet.", "")) <= set("-*+.1234567890) \t\r\n")


def test_titles_and_paths_are_written_as_links(tmp_path: Path) -> None:
    """A title with brackets and a path with spaces or other letters is still one link."""
    folder = tmp_path / "docs"
    folder.mkdir()
    path = folder / "001 - 数 (a).md"
    path.write_text("# A [b] <c> `d`\n")

    [one] = find_related(folder, ["1"], [], BUILTIN)

    assert one.item(folder) == "Supersedes [001: A \\[b\\] \\<c> `d`](001%20-%20数%20%28a%29.md)"
    assert one.item(tmp_path).endswith("](docs/001%20-%20数%20%28a%29.md)")
    assert one.back(tmp_path / "002_b.md", "B") == "Superseded by [B](../002_b.md)"


def test_documents_are_resolved_first(tmp_path: Path) -> None:
    """A number or path names a document once; what is none is an error before anything is sent."""
    path = tmp_path / "001_a.md"
    path.write_text("no title")

    [one] = find_related(tmp_path, ["1", str(path)], ["001"], BUILTIN)

    assert (one.kind, one.title) == ("supersedes", "001_a")
    for name in ("2", str(tmp_path), str(tmp_path / "none.md")):
        with pytest.raises(DraftError) as caught:
            find_related(tmp_path, [], [name], BUILTIN)
        assert caught.value.exit_code == Exit.FILE


def test_an_edit_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody writes into the old document just then stays, and the link is added to that."""
    path = tmp_path / "001_a.md"
    path.write_text("# A\n\n## References\n- x\n")
    relation = DocumentRelation(path=path, kind="relates", title="A")
    edit_meanwhile(monkeypatch, path, lambda data: data.replace(b"- x", b"- mine"))

    assert link_back(relation, tmp_path / "002_b.md", "# B\n", BUILTIN, TODAY) == LinkBackResult()
    assert path.read_text() == "# A\n\n## References\n- mine\n- Related to [002: B](002_b.md)\n"


OLD = "# Old one\n\n## Status\n\nAccepted\n\n## References\n- x\n"


@pytest.fixture
def ask(draft: Draft, tmp_path: Path) -> Callable[..., Ran]:
    """A draft by a plausible server in a folder with documents 1 to 3; 3 has no references."""
    folder = tmp_path / "memory" / "design"
    folder.mkdir(parents=True)
    for name, text in (("001_old.md", OLD), ("002_two.md", OLD), ("003_bare.md", "# Bare\n")):
        (folder / name).write_text(text)

    def run(*words: str, template: str = str(SMALL)) -> Ran:
        with ScriptedServer(plausible) as server:
            more = ("--base-url", server.url, "--model", "m", "--template", template)
            ran = draft("bug: login timeout", *words, *more)
            return Ran(ran.code, ran.out, f"{ran.err}{len(server.every_request)} requests")

    return run


def texts(tmp_path: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (tmp_path / "memory/design").iterdir()}


def test_links_both_ways(ask: Callable[..., Ran], tmp_path: Path) -> None:
    """The new document links to the old ones, they link back, and nothing else of them changes."""
    ran = ask("--supersedes", "1", "--relates-to", "memory/design/002_two.md")

    found = texts(tmp_path)
    new = found["004_login_timeout.md"]
    title = (
        parse_document(new).sections[0].title or parse_document(new).sections[1].title
    ).removesuffix(" Design")
    assert ran.out == "memory/design/004_login_timeout.md\n", ran.err
    assert (
        "- Supersedes [001: Old one](001_old.md)\n- Relates to [002: Old one](002_two.md)\n" in new
    )
    assert "None yet." not in new
    assert found["001_old.md"] == f"{OLD}- Superseded by [004: {title}](004_login_timeout.md)\n"
    assert found["002_two.md"] == f"{OLD}- Related to [004: {title}](004_login_timeout.md)\n"


def test_an_old_document_without_references(ask: Callable[..., Ran], tmp_path: Path) -> None:
    """Where the old document has no section for it, that is said, and it is left alone."""
    ran = ask("--supersedes", "3")

    assert ran.code == Exit.FINDINGS
    assert "memory/design/003_bare.md has no section for references" in ran.err
    assert texts(tmp_path)["003_bare.md"] == "# Bare\n"


def test_a_template_without_references(ask: Callable[..., Ran], tmp_path: Path) -> None:
    """Where the new document's template has no references, that is said; the old one links back."""
    (tmp_path / "t.md").write_text("# [Name]\n\n## Overview\n<!-- What is it about? -->\n")

    ran = ask("--supersedes", "1", template="t.md")

    assert (
        "the template has no place for a reference: Supersedes [001: Old one](001_old.md)"
        in ran.err
    )
    assert "](004_login_timeout.md)" in texts(tmp_path)["001_old.md"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("001_a.md", "# 001 - Login rate limit\n", "001 - Login rate limit"),
        ("001_a.md", "# Login rate limit Design Document\n", "001: Login rate limit"),
        ("0023-a.md", "# ADR-0023: Use it\n", "ADR-0023: Use it"),
        ("007_a.md", "# 7 days\n", "007: 7 days"),
        ("a.md", "# One\n", "One"),
        ("003_a.md", "words\n", "003_a"),
        ("003_a.md", "# [Feature/Component Name] Design Document\n", "003_a"),
    ],
)
def test_links_call_a_document_by_number_and_title(name: str, text: str, expected: str) -> None:
    """A link has the number once, and not the words that a template has around each title."""
    assert make_link_title(parse_document(text), Path(name), BUILTIN) == expected


HEAD = "# A\n\n## Metadata\n- **Status:** {}\n- **Updated:** {}\n"


@pytest.mark.parametrize(
    ("template", "text", "after", "said"),
    [
        (None, HEAD.format("Draft", "2026-01-01"), HEAD.format("Superseded", TODAY), "Draft ->"),
        (None, HEAD.format("Superseded", "x"), HEAD.format("Superseded", "x"), ""),
        (None, HEAD.format("Draft since May", "x"), None, "more than a status stands here"),
        (None, "# A\n", None, "no place for a status"),
        ("# [X]\n\nStatus: [Draft | Done]\n\n## Y\n", "# A\n\nStatus: Done\n", None, "lists none"),
        (
            "# [X]\n\nStatus: [Open | Replaced]\n\n## Y\n",
            "# A\n\nStatus: Open\n",
            "# A\n\nStatus: Replaced\n",
            "Open -> Replaced",
        ),
    ],
)
def test_what_is_superseded_has_that_status(
    template: str | None, text: str, after: str | None, said: str
) -> None:
    """A document that another replaces has the template's status for it and today's date."""
    own = BUILTIN if template is None else parse_template(template.encode(), "t")

    changed, note = mark_superseded(text, own, TODAY)

    assert changed == (after or text)
    assert said in note


def test_status_and_date_of_a_superseded_document(ask: Callable[..., Ran], tmp_path: Path) -> None:
    """The old document is superseded in its metadata too, and nothing else of it changes."""
    old = HEAD.format("Approved", "2026-01-01") + "\n## References\n- x\n"
    (tmp_path / "memory/design/001_old.md").write_text(old)

    ran = ask("--supersedes", "1", template=str(BUILT_IN))

    found = texts(tmp_path)["001_old.md"]
    today = found.split("**Updated:** ")[1][:10]
    begun = old.replace("Approved", "Superseded").replace("2026-01-01", today)
    assert found.startswith(f"{begun}- Superseded by [004: ")
    assert today > "2026-01-01"
    assert "001_old.md: Approved -> Superseded" in ran.err


@pytest.mark.parametrize("words", [("--output", "-"), ("--dry-run",)])
def test_nothing_saved(words: tuple[str, ...], ask: Callable[..., Ran], tmp_path: Path) -> None:
    """Where no document is saved the old ones are left alone; names are resolved all the same."""
    before = texts(tmp_path)

    assert ask("--supersedes", "1", *words).code in (0, 1)
    wrong = ask("--supersedes", "9", *words)

    assert (wrong.code, wrong.out) == (Exit.FILE, "")
    assert texts(tmp_path) == before


def test_refused_before_anything_is_sent(ask: Callable[..., Ran], tmp_path: Path) -> None:
    """A number that no document has, or two have, is refused before a request."""
    (tmp_path / "memory/design/002_again.md").write_text("")

    for number, said in (("9", "no document has the number 9"), ("2", "002_again.md and 002_two")):
        ran = ask("--relates-to", number, "--json")
        assert json.loads(ran.out)["ok"] is False
        assert said in ran.err
        assert ran.err.endswith("0 requests")
    assert os.path.lexists(tmp_path / "memory/design/001_old.md")


def test_a_new_document_has_its_number_in_its_title(
    ask: Callable[..., Ran], tmp_path: Path
) -> None:
    """A word for the number in the template's title gives way to the one that the file has."""
    (tmp_path / "t.md").write_text(
        "# ADR-NNNN: [Title]\n\n## Overview\n<!-- What is it about? -->\n"
    )

    ran = ask(template="t.md")

    assert ran.code == Exit.DONE, ran.err
    assert texts(tmp_path)["004_login_timeout.md"].startswith("# ADR-0004: ")
