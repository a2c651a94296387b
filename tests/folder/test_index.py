"""The table of documents between two comments."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.errors import DraftError, Exit
from assistant.folder import index
from assistant.folder.index import BEGIN_MARKER, END_MARKER, IndexRow
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
