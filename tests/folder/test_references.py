"""A document is found by its path and by its number wherever they name it, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.folder import references
from assistant.folder.numbers import NumberedEntry, parse_name
from assistant.folder.references import (
    ReferenceTarget,
    find_link_text,
    find_references,
    number_lines,
)


def target(path: str) -> ReferenceTarget:
    entry = parse_name(path.rpartition("/")[2])
    assert entry is not None
    return ReferenceTarget(path=path, entry=entry)


LOGIN = target("docs/adr/007_log_in.md")
KNOWN = (LOGIN.path, "README.md", "docs/x.md", "docs/adr/008_y.md")


def found(text: str, where: str = "README.md", known: tuple[str, ...] = KNOWN) -> int:
    """How many references a text has; each is the number's digits."""
    result = find_references(text, where, LOGIN, known)
    assert all(text[one.start : one.end] == "007" for one in result)
    return sum(not one.address for one in result)


@pytest.mark.parametrize(
    "text",
    [
        "[x](docs/adr/007_log_in.md)",
        "[x](./docs/adr/007_log_in.md#goals 'title')",
        "[x](/docs/adr/007_log_in.md?plain=1)",
        "[x](<docs/adr/007_log_in.md>)",
        "[x](docs/adr/007%5Flog_in.md)",
        "[x](docs%2Fadr/007_log_in.md)",
        "[x](docs/adr/007_log_in)",
        "[[007_log_in]]",
        "[x]: docs/adr/007_log_in.md",
        "[x]: <docs/adr/007_log_in.md> 'title'",
        '<a href="docs/adr/007_log_in.md">x</a>',
        "<docs/adr/007_log_in.md>",
        "![x](docs/adr/007_log_in.md)",
        "See docs/adr/007_log_in.md.",
        "See docs/adr/007\\_log\\_in.md, please",
        "`docs/adr/007_log_in.md:12`",
        "```sh\ncat docs/adr/007_log_in.md\n```",
        "    cat docs/adr/007_log_in.md",
        "<!-- docs/adr/007_log_in.md -->",
        "| docs/adr/007_log_in.md |",
        "007_log_in.md",
        "adr/007_log_in.md",
        "参照007_log_in.md。",
        "参照\uff08docs/adr/007_log_in.md\uff09",
        "**docs/adr/007_log_in.md**",
        "--from=docs/adr/007_log_in.md",
    ],
)
def test_ways_to_write_a_path(text: str) -> None:
    """A path is found in links, definitions, HTML, words, code and comments."""
    assert found(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "007",
        "007_log_in",
        "7_log_in.md",
        "1007_log_in.md",
        "x007_log_in.md",
        "draft-007_log_in.md",
        "007_log_in.mdx",
        "007_log_in.md.bak",
        "007_log_in.md~",
        "007_log_in_2.md",
        "007-log-in.md",
        "[x](007_log_in/picture.png)",
        "[x](other/007_log_in.md)",
        "../docs/adr/007_log_in.md",
        "https://example.org/blob/main/docs/adr/007_log_in.md",
        "<https://example.org/docs/adr/007_log_in.md>",
    ],
)
def test_what_only_looks_alike(text: str) -> None:
    """Another name, another folder and another place's address are no reference."""
    assert found(text) == 0


def test_paths_begin_where_the_text_stands() -> None:
    """A path is the target's from its own file first, and another file's where one is there."""
    assert found("[x](adr/007_log_in.md)", "docs/x.md") == 1
    assert found("[x](../docs/adr/007_log_in.md)", "docs/x.md") == 1
    assert found("[x](007_log_in.md)", "docs/adr/008_y.md") == 1
    assert found("[x](007_log_in.md)", "old/x.md", (*KNOWN, "old/007_log_in.md")) == 0
    assert found("007_log_in.md", "README.md", (*KNOWN, "old/007_log_in.md")) == 0
    assert found("docs/adr/007_log_in.md", "src/deep/x.md") == 1


def test_an_address_is_told_apart() -> None:
    """A URL that ends with the document's path is found, and marked as another place's."""
    [one] = find_references("https://example.org/docs/adr/007_log_in.md", "x.md", LOGIN, KNOWN)

    assert one.address


def test_names_with_spaces_and_other_scripts() -> None:
    """Spaces, letters of any script and signs are found as Markdown writes them."""
    odd = target("docs of design/007 - 数据 R&D.md")
    texts = (
        "[x](<docs of design/007 - 数据 R&D.md>)",
        "[x](docs%20of%20design/007%20-%20%E6%95%B0%E6%8D%AE%20R%26D.md)",
        "[x](docs%20of%20design/007%20-%20%e6%95%b0%e6%8d%ae%20R&amp;D.md)",
        "See docs of design/007 - 数据 R&D.md",
    )

    assert [len(find_references(text, "README.md", odd, (odd.path,))) for text in texts] == [1] * 4


def test_words_of_a_link() -> None:
    """The words that link to a path are found by their brackets, and none where there are none."""
    for text, words in (
        ("a [b [c] d](x)", "b [c] d"),
        ("[b]: x", "b"),
        ("[a](b) x", ""),
        ("x", ""),
        ("a]( x", ""),
    ):
        start, end = find_link_text(text, text.index("x"))
        assert text[start:end] == words


@given(st.text(alphabet="a\r\n", max_size=30))
def test_lines_are_counted_as_elsewhere(text: str) -> None:
    """The line of an offset is one more than the line endings before it."""
    offsets = range(len(text) + 1)
    whole = [at for at in offsets if text[at - 1 : at + 1] != "\r\n"]

    assert list(number_lines(text, whole)) == [len((text[:at] + "x").splitlines()) for at in whole]


def entry(name: str) -> NumberedEntry:
    found = parse_name(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "name", "digits", "form"),
    [
        ("# ADR-007: Use X\n", "007-x.md", "007", "ADR-007"),
        ("# ADR 7 - Use X\n", "007-x.md", "7", "ADR 7"),
        ("# 7. Use X\n", "0007-x.md", "7", ""),
        ("ADR-7: Use X\n===\n", "0007-x.md", "7", "ADR-7"),
        ("---\na: b\n---\n\n# 007 Use X\n", "007-x.md", "007", ""),
        ("# RFC#7: X\n", "7-x.md", "7", "RFC#7"),
        ("# #7\n", "7-x.md", "7", ""),
        ("# 7 - X\n", "7-x.md", "7", ""),
    ],
)
def test_titles_that_carry_the_number(text: str, name: str, digits: str, form: str) -> None:
    """The number in a title is found, with the name that it makes."""
    title = references.find_title_number(text, entry(name))

    assert title is not None
    assert (text[title.start : title.end], title.form) == (digits, form)
    assert title.anchor[title.at :].startswith(digits)


@pytest.mark.parametrize(
    "text",
    [
        "# 7 ways to log in\n",
        "# 7-day plan\n",
        "# 7.1 Notes\n",
        "# Use X\n",
        "# 70. X\n",
        "x\n",
        "## 7. X\n",
        "```\n# 7. X\n```\n",
        "# Top 7. Things\n",
        "7. X\n===\n",
        "# 1007: X\n",
    ],
)
def test_titles_that_do_not(text: str) -> None:
    """A number that is a part of a sentence, another number or another heading's is none."""
    assert references.find_title_number(text, entry("007-x.md")) is None


def numbers(text: str, name: str = "007-x.md", label: str = "ADR") -> list[str]:
    """The numbers in relations, each with the character before it."""
    return [
        text[max(0, a - 1) : b]
        for a, b in references.find_relation_numbers(text, entry(name), label)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Supersedes: 007\n", [" 007"]),
        ("Supersedes 7, 8 and 9\n", [" 7"]),
        ("- **Relates to:** ADR-007, ADR-009\n", ["-007"]),
        ("* Superseded by ADR 7 (see there)\n", [" 7"]),
        ("| Supersedes | #7 |\n", ["#7"]),
        ("Amends 0007\n", [" 0007"]),
        ("---\nsupersedes: 7\n---\n", [" 7"]),
        ("---\nrelates-to:\n  - 7\n  - 8\nother: 7\n---\n", [" 7"]),
        ("---\nlinks:\n  - target: 7\n    kind: x\n---\n", [" 7"]),
        ("---\nsupersedes: ['007', 008]\n---\n", ["'007"]),
        ("Relates to 7 services in 3 places\n", []),
        ("Relates to RFC 7\n", []),
        ("Relates to RFC-007\n", []),
        ("Supersedes 7.1\n", []),
        ("Supersedes [7. X](007-x.md)\n", []),
        ("```\nSupersedes: 007\n```\n", []),
        ("It is number 7.\n", []),
        ("other: 7\n", []),
    ],
)
def test_relations(text: str, expected: list[str]) -> None:
    """A line that says what a document relates to names others by number; other lines do not."""
    assert numbers(text) == expected


def test_own_keys() -> None:
    """A document's front matter says its number; the text behind it does not."""
    text = "---\nnumber: 7\nid: 'ADR-007'\nsize: 7\n---\nnumber: 7\n"

    found = [text[a:b] for a, b in references.find_own_keys(text, entry("007-x.md"))]
    assert found == ["7", "007"]


def test_forms_outside_code() -> None:
    """A name like ADR-007 counts in words, and not in code, in paths or in a longer name."""
    text = "ADR-007, ADR-0070 `ADR-007` x/ADR-007 ADR-007-x ADR-007.md\n\n    ADR-007\n\n(ADR-007)."

    assert [a for a, _ in references.find_forms(text, {"ADR-007"})] == [4, text.rindex("007")]
