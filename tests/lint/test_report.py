"""What a check comes to."""

from pathlib import Path

import pytest

from assistant.errors import DraftError, Exit
from assistant.lint.report import (
    CheckTotals,
    DocumentReport,
    describe_finding,
    find_relative_path,
    find_working_root,
    quote_findings,
)
from assistant.lint.rule import Finding
from assistant.markdown.document import parse_document

ERROR = Finding(code="D104", severity="error", line=2, message="a")
NOTE = Finding(code="D201", severity="note", line=9, message="b")


def test_source_lines() -> None:
    """A finding keeps its line, as Markdown counts them, and none where there is none."""
    found = quote_findings(parse_document("a\u2028b\r# c\r\nd"), (ERROR, NOTE))

    assert [remark.source for remark in found] == ["# c", ""]


def test_a_report_is_split_by_a_rule() -> None:
    """The findings of one rule and the others are two reports on one document."""
    remarks = quote_findings(parse_document(""), (ERROR, NOTE, ERROR))
    own, rest = DocumentReport(path=Path("a"), remarks=remarks, note="x").split("D104")

    assert [one.finding for one in own.remarks] == [ERROR, ERROR]
    assert [one.finding for one in rest.remarks] == [NOTE]
    assert (own.path, rest.note) == (Path("a"), "x")


def test_a_finding_as_fields() -> None:
    """A program reads a finding with its rule's name."""
    fields = describe_finding(ERROR)

    assert fields["code"] == "D104"
    assert fields["name"] == "heading-level"
    assert (fields["line"], fields["column"], fields["message"]) == (2, 1, "a")


def test_sums() -> None:
    """Sums count documents, errors, others, and what can't be used."""
    error = DraftError("x", code="x", exit_code=Exit.FILE)
    sums = CheckTotals()
    for verdict in (
        DocumentReport(
            path=Path("a"), remarks=quote_findings(parse_document(""), (ERROR, NOTE, NOTE)), fixed=2
        ),
        DocumentReport(path=Path("b"), changes="x"),
        DocumentReport(path=Path("c"), error=error),
    ):
        sums = sums.plus(verdict)

    assert sums == CheckTotals(
        documents=3,
        errors=1,
        notes=2,
        fixed=2,
        fixable=1,
        changed=1,
        unusable=1,
        first="D104",
    )


def test_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is as a person here would type it; elsewhere it is whole."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.chdir(tmp_path / "link")

    assert find_relative_path(tmp_path / "real" / "x.md", Path.cwd()) == "x.md"
    assert find_relative_path(Path("docs/../x.md"), Path.cwd()) == "x.md"
    assert find_relative_path(tmp_path / "y.md", Path.cwd()) == ""
    assert DocumentReport(path=tmp_path / "y.md").short_path == str(tmp_path / "y.md")


def test_project_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The root is the repository's, or the working directory where there is none."""
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert find_working_root() == tmp_path / "a" / "b"
    (tmp_path / "a" / ".git").mkdir()
    assert find_working_root() == tmp_path / "a"
