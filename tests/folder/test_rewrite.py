"""Another number in a text: every reference, and no other byte."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.folder import references
from assistant.folder.numbers import parse_name
from assistant.folder.references import ReferenceTarget
from assistant.folder.rewrite import NumberMove, rewrite_number


def move(path: str, number: int, digits: str, own: str = "") -> NumberMove:
    entry = parse_name(path.rpartition("/")[2])
    assert entry is not None
    target = ReferenceTarget(path=path, entry=entry)
    title = references.find_title_number(own, entry) if own else None
    return NumberMove(target=target, number=number, digits=digits, title=title)


PATH = "docs/007-x.md"
FORTH = move(PATH, 12, "012", "# ADR-007: Use X\n")
KNOWN = (PATH, "README.md", "docs/008-y.md")


@pytest.mark.parametrize(
    ("where", "text", "expected"),
    [
        ("README.md", "[ADR-007](docs/007-x.md) ADR-007", "[ADR-012](docs/012-x.md) ADR-012"),
        ("README.md", "[7. X](docs/007-x.md), 7.", "[12. X](docs/012-x.md), 7."),
        ("README.md", "[7 days](docs/007-x.md)", "[7 days](docs/012-x.md)"),
        ("README.md", "[x](docs/007-x.md#adr-007-use-x)", "[x](docs/012-x.md#adr-012-use-x)"),
        ("README.md", "[x](docs/007-x.md#adr-007-use)", "[x](docs/012-x.md#adr-007-use)"),
        ("README.md", "ADR-007, Supersedes: 007", "ADR-007, Supersedes: 007"),
        ("README.md", "[007-x.md](docs/007-x.md)", "[012-x.md](docs/012-x.md)"),
        ("README.md", "[ADR-007]: docs/007-x.md\n\nADR-007", "[ADR-012]: docs/012-x.md\n\nADR-012"),
        ("README.md", "[x][7]\n\n[7]: docs/007-x.md", "[x][7]\n\n[7]: docs/012-x.md"),
        ("docs/008-y.md", "ADR-007, Supersedes: 007", "ADR-012, Supersedes: 007"),
        ("docs/008-y.md", "Supersedes: 7\r\n\xff", "Supersedes: 12\r\n\xff"),
        (PATH, "# ADR-007: Use X\n(#adr-007-use-x) 7", "# ADR-012: Use X\n(#adr-012-use-x) 7"),
        (PATH, "# 7. X\n[x](007-x.md#y)", "# 12. X\n[x](012-x.md#y)"),
        ("docs/012-x.md", "# ADR-007: Use X", "# ADR-012: Use X"),
        (PATH, "---\nnumber: 7\n---\n# X", "---\nnumber: 12\n---\n# X"),
    ],
)
def test_what_is_rewritten(where: str, text: str, expected: str) -> None:
    """Paths everywhere, names where they are used, and what the document says of itself."""
    assert rewrite_number(text, where, FORTH, KNOWN).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[a][adr-007] ADR-007\n\n[ADR-007]: 007-x.md",
            "[a][adr-007] ADR-012\n\n[ADR-007]: 012-x.md",
        ),
        (
            "[ADR-007] [a][ADR-012]\n\n[ADR-007]: 007-x.md\n[adr-012]: z.md",
            "[ADR-007] [a][ADR-012]\n\n[ADR-007]: 012-x.md\n[adr-012]: z.md",
        ),
        (
            "[ADR-007], [a][ADR-007]\n\n[ADR-007]: 007-x.md",
            "[ADR-012], [a][ADR-012]\n\n[ADR-012]: 012-x.md",
        ),
        ("Supersedes [7]\n\n[7]: 007-x.md", "Supersedes [7]\n\n[7]: 012-x.md"),
        ("Supersedes [ADR-7]\n\n[ADR-7]: 007-x.md", "Supersedes [ADR-12]\n\n[ADR-12]: 012-x.md"),
        ("---\nsupersedes: [7]\n---\n[7]: 007-x.md", "---\nsupersedes: [12]\n---\n[7]: 012-x.md"),
        ("Supersedes [7]\n", "Supersedes [12]\n"),
        ("[adr-007] [ADR-007](007-x.md)", "[adr-007] [ADR-012](012-x.md)"),
    ],
)
def test_labels_lead_where_they_did(text: str, expected: str) -> None:
    """A definition's label changes with its links or not at all, and takes no other's name."""
    assert rewrite_number(text, "docs/008-y.md", FORTH, KNOWN).text == expected


def test_what_is_shown() -> None:
    """Each line is shown once, as it was and as it will be; addresses are named, and left."""
    text = "a\r\n007-x.md and 007-x.md\n\nhttps://example.org/docs/007-x.md\n"

    result = rewrite_number(text, "docs/008-y.md", FORTH, KNOWN)

    [change] = result.changes
    assert (change.line, change.before) == (2, "007-x.md and 007-x.md")
    assert change.after == "012-x.md and 012-x.md"
    assert [(left.line, left.before) for left in result.left] == [
        (4, "https://example.org/docs/007-x.md")
    ]


PIECES = st.sampled_from(
    [
        "docs/007-x.md",
        "007-x.md",
        "[ADR-007](",
        ")",
        "[",
        "]",
        "\n",
        "\r\n",
        "`",
        "```\n",
        " ",
        "ADR-007",
        "Supersedes: ",
        "7",
        "007",
        "# ",
        "---\n",
        "<",
        ">",
        "|",
        "(#adr-007-use-x)",
        "\udcff",
        "数",
        "number: 7\n",
        "x",
        "- ",
        "https://",
        "/",
        "#adr-007-use-x",
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join), st.sampled_from([*KNOWN, "docs/012-x.md"]))
def test_only_numbers_change_and_they_change_back(text: str, where: str) -> None:
    """Less its numbers a text stays as it is, and the way back leads to where it came from."""
    back = move("docs/012-x.md", 7, "007", "# ADR-012: Use X\n")

    there = rewrite_number(text, where, FORTH, KNOWN).text
    again = rewrite_number(there, where, back, ("docs/012-x.md", *KNOWN[1:])).text

    number = r"(?<![0-9])(?:0?12|0*7)(?![0-9])"
    assert re.sub(number, "N", text) == re.sub(number, "N", there)
    assert rewrite_number(there, where, FORTH, KNOWN).text == there
    assert again == text
