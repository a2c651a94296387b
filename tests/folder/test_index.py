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
from assistant.folder.index import BEGIN, END, Entry
from assistant.markdown.document import decode, encode
from tests.support import paths
from tests.support.strategies import markdown

CORPUS = os.environ.get("DRAFT_CORPUS", "")
DATA = paths.DATA / "index"
ENTRIES = (
    Entry(number="001", path="001_first.md", title="First", status="Draft", updated="2026-01-01"),
    Entry(number="0002", path="0002-a b().md", title="Pipes | and [brackets] and `ticks`",
          status="In Review", updated=""),
    Entry(number="3", path="sub/003_ö.md", title="Größe *and* a__b snake_case <b> &amp; \\",
          status="", updated="2026-03-03"),
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(path.name[:-10] for path in DATA.glob("*.before.md")))
def test_table_is_put_in_place(name: str) -> None:
    """Between the markers, or with them at the end, byte for byte what the fixture has; once."""
    before, after = ((DATA / f"{name}.{when}.md").read_bytes() for when in ("before", "after"))

    assert encode(index.placed(decode(before), ENTRIES)) == after
    assert encode(index.placed(decode(after), ENTRIES)) == after


@given(markdown(), st.booleans(), markdown(), st.sampled_from(("", "\ufeff", "\udcff\n\n")))
def test_no_other_byte_changes(before: str, marked: bool, after: str, bom: str) -> None:  # noqa: FBT001
    """Whatever stands around the table stays, a second run changes nothing, or it is refused."""
    text = bom + before + (f"\n\n{BEGIN}\nold\n\n{END}\n\n{after}" if marked else after)
    try:
        had = index.region(text)
        new = index.placed(text, ENTRIES)
    except DraftError:  # a fence is open, or what was made up holds a marker
        return
    now = index.region(new)

    assert now is not None
    assert index.placed(new, ENTRIES) == new
    if had is not None:
        assert new[: now.start] == text[: had.start]
        assert new[now.end :] == text[had.end :]
    else:
        assert new.startswith(text)
        assert new[now.end :].strip() == END
        assert new[len(text) : now.start].strip() == BEGIN


@pytest.mark.skipif(not CORPUS, reason="DRAFT_CORPUS names no folder of documents")
def test_real_documents_keep_their_bytes() -> None:
    """In a real document the table comes to the end, and a second run changes nothing."""
    placed = 0
    for path in sorted(Path(CORPUS).rglob("*.md")):
        data = path.read_bytes()
        try:
            new = encode(index.placed(decode(data), ENTRIES))
        except DraftError:  # a fence or a comment is open at its end
            continue
        placed += 1
        assert new.startswith(data)
        assert encode(index.placed(decode(new), ENTRIES)) == new
    assert placed > 100


@pytest.mark.parametrize(
    "text",
    [
        BEGIN, END, f"{END}\n{BEGIN}\n", f"{BEGIN}\n{BEGIN}\n{END}\n", f"{BEGIN}\n{END}\n{END}\n",
        "```\nopen\n", "<!-- open\n", f"{BEGIN}\n{END}\n\n{BEGIN}\n{END}\n",
    ],
)  # fmt: skip
def test_half_a_pair_is_refused(text: str) -> None:
    """One marker without the other, two of a kind, or no room at the end: an error, no guess."""
    with pytest.raises(DraftError) as caught:
        index.placed(text, ENTRIES)

    assert (caught.value.exit_code, caught.value.code) == (Exit.FILE, "bad-markers")


@pytest.mark.parametrize("text", ["```\nopen\n", "<!-- open\n"])
def test_no_room_at_the_end_is_said(text: str) -> None:
    """Where the end is inside of something, that is what is wrong, and not the markers."""
    with pytest.raises(DraftError, match="is open at the end"):
        index.placed(text, ENTRIES)


@given(st.text(), st.text(st.characters(exclude_characters="\0/\r\n"), min_size=1))
def test_any_title_is_one_cell(title: str, name: str) -> None:
    """Whatever a title or a file's name holds, it is shown as it is, in its own cell, as a link."""
    entry = Entry(number="007", path=name, title=title, status="Draft", updated="")
    text = index.placed("", (entry,))

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
    assert "No documents yet." in index.made(())
