"""The table of documents between two comments, and the file that holds it."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.errors import DraftError, Exit
from assistant.folder import index
from assistant.folder.catalog import Catalog, list_documents
from assistant.folder.index import BEGIN_MARKER, END_MARKER, IndexRow
from assistant.lint.rule import Finding
from assistant.lint.surroundings import DocumentFolder, check_folder
from assistant.markdown.document import decode_text, encode_text
from tests.support import paths
from tests.support.strategies import markdown

CORPUS = os.environ.get("DRAFT_CORPUS", "")
DATA = paths.DATA / "index"
ENTRIES = (
    IndexRow(
        number="001", path="001_first.md", title="First", status="Draft", updated="2026-01-01"
    ),
    IndexRow(
        number="0002",
        path="0002-a b().md",
        title="Pipes | and [brackets] and `ticks`",
        status="In Review",
        updated="",
    ),
    IndexRow(
        number="3",
        path="sub/003_ö.md",
        title="Größe *and* a__b snake_case <b> &amp; \\",
        status="",
        updated="2026-03-03",
    ),
)


@pytest.mark.parametrize("name", sorted(path.name[:-10] for path in DATA.glob("*.before.md")))
def test_table_is_put_in_place(name: str) -> None:
    """Between the markers, or with them at the end, byte for byte what the fixture has; once."""
    before, after = ((DATA / f"{name}.{when}.md").read_bytes() for when in ("before", "after"))

    assert encode_text(index.put_index(decode_text(before), ENTRIES)) == after
    assert encode_text(index.put_index(decode_text(after), ENTRIES)) == after


@given(markdown(), st.booleans(), markdown(), st.sampled_from(("", "\ufeff", "\udcff\n\n")))
def test_no_other_byte_changes(before: str, marked: bool, after: str, bom: str) -> None:  # noqa: FBT001
    """Whatever stands around the table stays, a second run changes nothing, or it is refused."""
    text = (
        bom + before + (f"\n\n{BEGIN_MARKER}\nold\n\n{END_MARKER}\n\n{after}" if marked else after)
    )
    try:
        had = index.find_index_region(text)
        new = index.put_index(text, ENTRIES)
    except DraftError:  # a fence is open, or what was made up holds a marker
        return
    now = index.find_index_region(new)

    assert now is not None
    assert index.put_index(new, ENTRIES) == new
    if had is not None:
        assert new[: now.start] == text[: had.start]
        assert new[now.end :] == text[had.end :]
    else:
        assert new.startswith(text)
        assert new[now.end :].strip() == END_MARKER
        assert new[len(text) : now.start].strip() == BEGIN_MARKER


@pytest.mark.skipif(not CORPUS, reason="DRAFT_CORPUS names no folder of documents")
def test_real_documents_keep_their_bytes() -> None:
    """In a real document the table comes to the end, and a second run changes nothing."""
    placed = 0
    for path in sorted(Path(CORPUS).rglob("*.md")):
        data = path.read_bytes()
        try:
            new = encode_text(index.put_index(decode_text(data), ENTRIES))
        except DraftError:  # a fence or a comment is open at its end
            continue
        placed += 1
        assert new.startswith(data)
        assert encode_text(index.put_index(decode_text(new), ENTRIES)) == new
    assert placed > 100


@pytest.mark.parametrize(
    "text",
    [
        BEGIN_MARKER,
        END_MARKER,
        f"{END_MARKER}\n{BEGIN_MARKER}\n",
        f"{BEGIN_MARKER}\n{BEGIN_MARKER}\n{END_MARKER}\n",
        f"{BEGIN_MARKER}\n{END_MARKER}\n{END_MARKER}\n",
        "```\nopen\n",
        "<!-- open\n",
        f"{BEGIN_MARKER}\n{END_MARKER}\n\n{BEGIN_MARKER}\n{END_MARKER}\n",
    ],
)
def test_half_a_pair_is_refused(text: str) -> None:
    """One marker without the other, two of a kind, or no room at the end: an error, no guess."""
    with pytest.raises(DraftError) as caught:
        index.put_index(text, ENTRIES)

    assert (caught.value.exit_code, caught.value.code) == (Exit.FILE, "bad-markers")


@pytest.mark.parametrize("text", ["```\nopen\n", "<!-- open\n"])
def test_no_room_at_the_end_is_said(text: str) -> None:
    """Where the end is inside of something, that is what is wrong, and not the markers."""
    with pytest.raises(DraftError, match="is open at the end"):
        index.put_index(text, ENTRIES)


@given(st.text(), st.text(st.characters(exclude_characters="\0/\r\n"), min_size=1))
def test_any_title_is_one_cell(title: str, name: str) -> None:
    """Whatever a title or a file's name holds, it is shown as it is, in its own cell, as a link."""
    entry = IndexRow(number="007", path=name, title=title, status="Draft", updated="")
    text = index.put_index("", (entry,))

    rendered = MarkdownIt("commonmark").enable("table").render(text)

    cells = re.findall(r"<td>(.*?)</td>", rendered, re.DOTALL)
    assert len(cells) == 4
    assert cells[0].startswith('<a href="')
    assert cells[0].endswith(">007</a>")
    assert cells[2:] == ["Draft", ""]
    shown = re.sub(r"&(lt|gt|amp|quot);", _unescaped, cells[1])
    words = " ".join(title.encode("utf-8", "replace").decode().split())
    assert " ".join(shown.split()) == words.replace("\0", "\ufffd")


def _unescaped(found: re.Match[str]) -> str:
    return {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}[found[1]]


def test_no_documents_is_said() -> None:
    """A folder without documents has a table that says so."""
    assert "No documents yet." in index.make_index(())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one document."""
    made = tmp_path / "docs" / "design"
    made.mkdir(parents=True)
    (made / "001_a.md").write_text("# A Design Document\n\n## Metadata\n- **Status:** Draft\n")
    return made


def look(folder: Path) -> Catalog:
    return list_documents(folder, None, lambda _: None)


def test_new_file_has_a_heading(folder: Path) -> None:
    """Where there is no file, one with a heading and the table is to be."""
    found = index.read_index(folder / "README.md", look(folder))

    assert (found.before, found.changed) == (None, True)
    assert found.after.startswith("# Design documents\n\n<!-- draft:index -->\n")
    assert "| [001](001_a.md) | A | Draft |  |\n" in found.after


@pytest.mark.parametrize(
    ("file", "link"),
    [("docs/README.md", "design/001_a.md"), ("x/y.md", "../docs/design/001_a.md")],
)
def test_links_lead_from_the_file(folder: Path, file: str, link: str) -> None:
    """A file elsewhere links the documents from where it is."""
    found = index.read_index(folder.parents[1] / file, look(folder))

    assert f"[001]({link})" in found.after


def test_file_is_not_in_its_own_table(folder: Path) -> None:
    """A numbered file that holds the index is no row of it."""
    path = folder / "000_index.md"
    path.write_text("# Index\n\nOurs.\n")

    found = index.read_index(path, look(folder))

    assert "000_index.md" not in found.after
    assert not found.marked


def test_broken_markers_name_the_file(folder: Path) -> None:
    """An error says which file it is about."""
    path = folder / "README.md"
    path.write_text("<!-- draft:index -->\n")

    with pytest.raises(DraftError) as caught:
        index.read_index(path, look(folder))

    assert caught.value.where == str(path)


def stale(folder: Path) -> tuple[tuple[Path, Finding], ...]:
    shelf = DocumentFolder(folder, rows=lambda path: index.list_index_rows(path, look(folder)))
    return check_folder(shelf, beside=True)


def test_stale_index_is_found(folder: Path) -> None:
    """For `check`: a README with markers is held against the folder, one without is not."""
    path = folder / "README.md"
    assert stale(folder) == ()
    path.write_text("# Ours\n")
    assert stale(folder) == ()
    path.write_text(index.read_index(path, look(folder)).after)
    assert stale(folder) == ()

    (folder / "002_b.md").write_text("# B\n")

    ((where, finding),) = stale(folder)
    assert (where, finding.code, finding.severity, finding.line) == (path, "D903", "warning", 3)

    path.write_text(f"{index.BEGIN_MARKER}\n")
    ((_, finding),) = stale(folder)
    assert "not one pair" in finding.message
