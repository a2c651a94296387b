"""Unified diffs."""

from assistant.difference import unified


def test_same_text_has_no_difference() -> None:
    """Where nothing changes, there is nothing to show."""
    assert unified("a\r\nb", "a\r\nb", "x.md") == ""


def test_lines_are_markdowns() -> None:
    """Lines end where Markdown's do, and a missing last line ending is said."""
    assert unified("a\u2028b\nc", "a\u2028b\nd", "x.md", "y.md") == (
        "--- x.md\n+++ y.md\n@@ -1,2 +1,2 @@\n a\u2028b\n"
        "-c\n\\ No newline at end of file\n+d\n\\ No newline at end of file\n"
    )
