"""Unified diffs."""

from assistant.markdown.edit import diff_texts
from assistant.terminal.style import StreamLook, paint_diff


def test_same_text_has_no_difference() -> None:
    """Where nothing changes, there is nothing to show."""
    assert diff_texts("a\r\nb", "a\r\nb", "x.md") == ""


def test_lines_are_markdowns() -> None:
    """Lines end where Markdown's do, and a missing last line ending is said."""
    assert diff_texts("a\u2028b\nc", "a\u2028b\nd", "x.md", "y.md") == (
        "--- x.md\n+++ y.md\n@@ -1,2 +1,2 @@\n a\u2028b\n"
        "-c\n\\ No newline at end of file\n+d\n\\ No newline at end of file\n"
    )


CHANGES = diff_texts("a\n-- b\n", "a\n+\x1b[2Jc\n", "x.md")


def test_a_diff_is_painted_on_a_terminal() -> None:
    """Its head, its places, what is added and what is removed each have their look."""
    shown = paint_diff(CHANGES, StreamLook(columns=79, colour=True)).splitlines()

    assert shown == [
        "\x1b[1m--- x.md\x1b[0m",
        "\x1b[1m+++ x.md\x1b[0m",
        "\x1b[36m@@ -1,2 +1,2 @@\x1b[0m",
        " a",
        "\x1b[31m--- b\x1b[0m",
        "\x1b[32m++\ufffd[2Jc\x1b[0m",
    ]


def test_a_diff_elsewhere_is_for_patch() -> None:
    """Into a file or a pipe a diff keeps every byte; what a terminal obeys it never gets."""
    assert paint_diff(CHANGES, StreamLook()) == CHANGES
    assert "\x1b" not in paint_diff(CHANGES, StreamLook(columns=79))
