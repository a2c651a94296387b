"""Findings as GitHub's workflow commands."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DraftError, Exit
from assistant.lint.formats import format_annotations
from assistant.lint.rule import Finding, Severity
from assistant.lint.run import DocumentReport, QuotedFinding


def lines(message: str, path: str = "docs/001_x.md", severity: Severity = "error") -> list[str]:
    finding = Finding(code="D104", severity=severity, line=3, column=4, width=2, message=message)
    remark = QuotedFinding(finding=finding, source="## Why\n")
    return list(format_annotations(DocumentReport(path=Path(path), remarks=(remark,)), path))


def test_a_command_a_finding() -> None:
    """A finding is one command with its file, place and rule."""
    (line,) = lines("it is so.")

    assert line == (
        "::error file=docs/001_x.md,line=3,endLine=3,col=4,endColumn=6,title=D104 heading-level"
        "::it is so."
    )
    assert lines("x", severity="note")[0].startswith("::notice ")
    assert lines("x", severity="warning")[0].startswith("::warning ")


def test_escapes() -> None:
    """Per cent and line breaks are escaped in messages; commas and colons in properties too."""
    assert lines("100%, a: b\r\nc")[0].endswith("::100%25, a: b%0D%0Ac")
    assert "file=a%2Cb%3Ac%25.md,line" in lines("x", "a,b:c%.md")[0]


@given(st.text(), st.text(min_size=1))
def test_no_message_is_a_second_command(message: str, path: str) -> None:
    """Whatever a message or a name holds, it is one line with one command."""
    (line,) = lines(message, path.replace("\0", "x"))
    properties, _, said = line.removeprefix("::error ").partition("::")

    assert not set(line) & set("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
    assert len(properties.split(",")) == 6
    back = said.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    assert len(back) == len(message)


def test_a_file_that_could_not_be_checked() -> None:
    """A file that can't be used is an error without a place."""
    error = DraftError("it is a folder", code="is-a-folder", exit_code=Exit.FILE)

    assert list(format_annotations(DocumentReport(path=Path("x.md"), error=error), "x.md")) == [
        "::error file=x.md,title=draft::it is a folder"
    ]
