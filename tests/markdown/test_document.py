"""Tests of `document`: sections by CommonMark's rules, and every byte back."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.errors import DraftError, Exit
from assistant.markdown.blocks import read_blocks, split_lines
from assistant.markdown.document import (
    BOM,
    Document,
    decode_text,
    encode_text,
    load_document,
    parse_document,
)
from tests.support.strategies import ODD, markdown, soup
from tests.support.templates import corpus_files as real
from tests.support.templates import needs_corpus as corpus


def commonmark(text: str) -> list[tuple[int, str, int]]:
    """Level, title and line of each heading that a whole CommonMark reading finds."""
    tokens = MarkdownIt("commonmark").parse(text)
    return [
        (int(token.tag[1]), tokens[index + 1].content.strip(), token.map[0])
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0 and token.map
    ]


def holds(document: Document, text: str) -> None:
    """Assert that every place which a document names is where it says."""
    assert document.text == text
    position = len(document.front)
    for section in document.sections:
        assert section.start == position
        assert text[section.start : section.body_start] == section.heading
        assert text[section.body_start : section.end] == section.body
        assert section.line == len(split_lines(text[: section.start].removeprefix(BOM))) + 1
        assert section.path[-1:] == ((section.title,) if section.level else ())
        position = section.end
    assert position == len(text)


@given(st.one_of(st.text(ODD), st.text(), markdown()))
@example("")
@example(BOM)
@example(BOM + "---\na: b\n---\n# T\n")
@example("---\na: b\n---")
@example("---\n\n# T\n")
@example("a\r\rb\r===\r\n")
@example("\ud800# x\0\n# y\x0bz\u2028# w")
def test_a_text_comes_back_as_it_was(text: str) -> None:
    """Every text comes back as it was, and every section is where it says."""
    holds(parse_document(text), text)


@given(st.one_of(st.binary(), markdown().map(lambda text: text.encode("utf-16", "replace"))))
def test_bytes_come_back_as_they_were(data: bytes) -> None:
    """Every sequence of bytes comes back as it was, UTF-8 or not."""
    assert encode_text(parse_document(decode_text(data)).text) == data


@given(markdown())
@example("a\nb\n===\n")
@example("- # no\n> # no\n\n    # no\n# yes #\n")
@example("<!--\n# no\n-->\n# yes\n")
@example("```\n# no\n~~~\n```\n#\tyes\n")
@example("# a\x0cb\n\x0b# no\n\u2028# no\n")
@example("# a #\\#\n# b ##\t\n#\n###### #\n a\n  b \n =\n")
@example("# a\0\n")
def test_the_outline_is_commonmarks(text: str) -> None:
    """The headings are those which a whole CommonMark reading finds, at their lines.

    Tables and definitions are left to the tests of `blocks`: markdown-it reads a few otherwise than
    GitHub does.
    """
    text = text.replace("|", "x").replace("]:", "]")
    document = parse_document(text)
    rest = text[len(document.front) :]
    above = len(split_lines(text)) - len(split_lines(rest)) if document.front != BOM else 0

    expected = [(level, title, line + above + 1) for level, title, line in commonmark(rest)]

    assert [(s.level, s.title, s.line) for s in document.sections if s.level] == expected


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("[a]: b\n===\n# c\n", ["c"]),
        ("[a]:\nb\n===\n# c\n", ["c"]),
        ("[a]:\n===\n", ["[a]:"]),
        ("[a]: b\nc\n---\n", ["c"]),
        ("[a]: b\n<b>\n# c\n", ["c"]),
        ("[a]: b 'c\nd'\n# e\n", ["e"]),
        ("[a]: b 'c\n# d\n", ["d"]),
    ],
)
def test_a_definition_is_no_heading(text: str, titles: list[str]) -> None:
    """A reference definition ends as a paragraph does, and is of no heading's words."""
    assert [title for _, title in parse_document(text).outline] == titles


@given(markdown())
def test_a_path_holds_the_titles_above(text: str) -> None:
    """A section's path is made of the nearest headings of smaller level above it."""
    sections = [section for section in parse_document(text).sections if section.level]
    for index, section in enumerate(sections):
        path, level = [section.title], section.level
        for above in reversed(sections[:index]):
            if above.level < level:
                path.insert(0, above.title)
                level = above.level

        assert section.path == tuple(path)


@corpus
@pytest.mark.parametrize("path", real(), ids=lambda path: path.name)
def test_real_documents_obey(path: Path) -> None:
    """A real document comes back byte for byte, with CommonMark's outline."""
    data = path.read_bytes()
    document = parse_document(decode_text(data))

    assert encode_text(document.text) == data
    holds(document, decode_text(data))
    expected = [
        (level, title) for level, title, _ in commonmark(document.text[len(document.front) :])
    ]
    assert list(document.outline) == expected


@pytest.mark.parametrize(
    ("text", "newline"),
    [("", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a\rb\rc\r\n", "\r"), ("a\nb\r", "\n")],
)
def test_the_line_ending_is_the_most_used(text: str, newline: str) -> None:
    """A document's line ending is the one that it uses most."""
    assert parse_document(text).newline == newline


@pytest.mark.parametrize(
    ("text", "front"),
    [
        ("---\na: b\n---\n# T\n", "---\na: b\n---\n"),
        (BOM + "--- \r\na: b\r\n...\r\n# T", BOM + "--- \r\na: b\r\n...\r\n"),
        ("---\n\na\n---\n", ""),
        ("---\na: b\n", ""),
        ("# T\n---\na: b\n---\n", ""),
        ("<!-- SPDX -->\n---\na: b\n---\n# T\n", "<!-- SPDX -->\n---\na: b\n---\n"),
        (BOM + "<!-- a\nb: c -->\r\n\r\n---\r\na:\r\n  - b\r\n---\r\n", None),
        ("<!-- SPDX -->\n---\nSome words\n---\n", ""),
        ("<!-- SPDX -->\n---\n\na: b\n---\n", ""),
        ("<!-- SPDX -->\n# T\n---\na: b\n---\n", ""),
        ("words <!-- SPDX -->\n---\na: b\n---\n", ""),
    ],
)
def test_front_matter_stands_first(text: str, front: str | None) -> None:
    """Front matter is what stands between dashes at the beginning, behind a licence at most."""
    assert parse_document(text).front == (text if front is None else front)


def test_a_file_with_nul_bytes_is_refused() -> None:
    """A file that holds NUL bytes is no document, and the error says which file."""
    with pytest.raises(DraftError) as caught:
        load_document(b"# a\0", "some/file.bin")

    assert caught.value.exit_code is Exit.FILE
    assert caught.value.where == "some/file.bin"


@given(st.one_of(soup(), markdown(), st.text(ODD)))
@example("# a\n- b\n## c\n\n  - d\n")
@example("- a\n\n# b\n    c\n\n[d]: e\n# f\n```\n")
@example("\ufeff---\na: b\n---\n\n> c\n# d\r\re\n")
def test_a_sections_blocks_are_its_bodys(text: str) -> None:
    """What the reading of a whole document says of a section is what its body says alone."""
    for section in parse_document(text).sections:
        assert section.blocks == read_blocks(section.body)
