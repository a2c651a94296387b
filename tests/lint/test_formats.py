"""Findings as text for people, as GitHub's workflow commands, and as SARIF."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from assistant.errors import DraftError, Exit
from assistant.lint.formats import (
    build_sarif_log,
    format_annotations,
    format_report,
    format_totals,
    suggest_next_steps,
)
from assistant.lint.registry import RULES
from assistant.lint.report import CheckTotals, DocumentReport, QuotedFinding
from assistant.lint.rule import Finding, Severity
from assistant.terminal.style import StreamLook
from tests.support.schemas import SARIF as SCHEMA
from tests.support.strategies import ODD

FINDING = Finding(code="D104", severity="error", line=12, column=1, message="at level 3.")
NOTE = Finding(code="D201", severity="note", line=13, message="unwritten.")
VERDICT = DocumentReport(
    path=Path("docs/001_x.md"),
    remarks=(
        QuotedFinding(finding=FINDING, source="### Why\n"),
        QuotedFinding(finding=NOTE, source="\n"),
    ),
)


def test_where_how_bad_what_and_the_line() -> None:
    """A finding is a line that editors can jump from, and its source line with a mark."""
    assert format_report(VERDICT, StreamLook()) == (
        "docs/001_x.md:12:1: error: D104 at level 3.\n"
        "   |\n"
        "12 | ### Why\n"
        "   | ^^^^^^^\n"
        "   |\n"
        "docs/001_x.md:13:1: note: D201 unwritten.\n"
    )


def test_errors_only() -> None:
    """Where only errors are wanted, notes and warnings are left out."""
    assert "D201" not in format_report(VERDICT, StreamLook(), errors_only=True)
    assert "D104" in format_report(VERDICT, StreamLook(), errors_only=True)


def test_one_place_shows_its_line_once() -> None:
    """Several findings about one place stand together above its line."""
    remark = QuotedFinding(finding=FINDING, source="### Why\n")
    said = format_report(DocumentReport(path=Path("x.md"), remarks=(remark, remark)), StreamLook())

    assert said.count("D104") == 2
    assert said.count("### Why") == 1


def test_colours_change_no_letter() -> None:
    """With colours the text is the same, and the marks stand at the same column."""
    painted = format_report(VERDICT, StreamLook(colour=True))
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[1;31m", "\x1b[2m", "\x1b[1;36m"):
        assert code in painted
        painted = painted.replace(code, "")

    assert painted == format_report(VERDICT, StreamLook())


def test_messages_command_no_terminal() -> None:
    """What a message quotes of a document can't command a terminal."""
    finding = Finding(code="D101", severity="error", line=1, message='"\x1b[2J" is missing.')
    said = format_report(
        DocumentReport(path=Path("x.md"), remarks=(QuotedFinding(finding=finding, source="x"),)),
        StreamLook(),
    )

    assert "\x1b" not in said


@pytest.mark.parametrize("columns", [20, 40, 79, 99, 119])
@pytest.mark.parametrize("column", [1, 60, 900])
def test_nothing_is_wider_than_the_terminal(columns: int, column: int) -> None:
    """Heads are wrapped at words; the line and its marks are cut at the terminal's width."""
    finding = Finding(
        code="D301",
        severity="note",
        line=144,
        column=column,
        message="this python does not parse: it may be pseudocode, or what somebody thought of.",
    )
    source = "Request service limit timeout token retry alert user response " * 40
    verdict = DocumentReport(
        path=Path("x.md"), remarks=(QuotedFinding(finding=finding, source=source),)
    )
    lines = format_report(verdict, StreamLook(columns=columns)).splitlines()

    assert max(map(len, lines)) <= max(columns, 20 + len("144 | "))
    head = lines[: lines.index("    |")]
    assert " ".join(" ".join(head).split()) == f"x.md:144:{column}: note: D301 {finding.message}"
    assert "^" in lines[-2]
    assert len(lines[-2]) <= len(lines[-3])


def test_what_no_terminal_shows_has_a_fixed_width() -> None:
    """Into a file or a pipe a finding is one line, and its source is cut at a hundred columns."""
    finding = Finding(code="D301", severity="note", line=1, message="words " * 40)
    lines = format_report(
        DocumentReport(
            path=Path("x.md"), remarks=(QuotedFinding(finding=finding, source="abc " * 99),)
        ),
        StreamLook(),
    ).splitlines()

    assert len(lines) == 5
    assert len(lines[2]) == len("1 | ") + 100


def test_summary() -> None:
    """The sums are one line, with what was mended where that was wanted."""
    sums = CheckTotals(documents=2, errors=1, notes=2, fixed=3, fixable=1, first="D104")

    assert format_totals(sums) == "2 documents: 1 error, 2 notes"
    assert format_totals(sums, fixing=True).endswith("; found 6, fixed 3, 3 remain")
    assert format_totals(sums, fixing=True, trying=True).endswith("would fix 3, 3 would remain")
    assert format_totals(CheckTotals(documents=1)) == "1 document: no findings"
    assert "2 could not be checked" in format_totals(CheckTotals(documents=3, unusable=2))


def test_advice() -> None:
    """The next command is named with a rule that was found, and --fix where it may help."""
    assert suggest_next_steps(CheckTotals(documents=1, errors=1, first="D104", fixable=1)) == (
        "`draft check --explain D104` says how to mend the first",
        "`draft check --fix` may mend 1 of them",
    )
    assert len(suggest_next_steps(CheckTotals(documents=1, errors=1, first="D101"))) == 1
    assert suggest_next_steps(CheckTotals(documents=1)) == ()
    (said,) = suggest_next_steps(CheckTotals(documents=2, errors=2, first="D108", foreign=2))
    assert "`draft init`" in said
    (said,) = suggest_next_steps(
        CheckTotals(documents=2, errors=2, first="D108", foreign=2), configured=True
    )
    assert ("`draft init`" in said, "--template" in said) == (False, True)


def annotate(message: str, path: str = "docs/001_x.md", severity: Severity = "error") -> list[str]:
    finding = Finding(code="D104", severity=severity, line=3, column=4, width=2, message=message)
    remark = QuotedFinding(finding=finding, source="## Why\n")
    return list(format_annotations(DocumentReport(path=Path(path), remarks=(remark,)), path))


def test_a_command_a_finding() -> None:
    """A finding is one command with its file, place and rule."""
    (line,) = annotate("it is so.")

    assert line == (
        "::error file=docs/001_x.md,line=3,endLine=3,col=4,endColumn=6,title=D104 heading-level"
        "::it is so."
    )
    assert annotate("x", severity="note")[0].startswith("::notice ")
    assert annotate("x", severity="warning")[0].startswith("::warning ")


def test_escapes() -> None:
    """Per cent and line breaks are escaped in messages; commas and colons in properties too."""
    assert annotate("100%, a: b\r\nc")[0].endswith("::100%25, a: b%0D%0Ac")
    assert "file=a%2Cb%3Ac%25.md,line" in annotate("x", "a,b:c%.md")[0]


@given(st.text(), st.text(min_size=1))
def test_no_message_is_a_second_command(message: str, path: str) -> None:
    """Whatever a message or a name holds, it is one line with one command."""
    (line,) = annotate(message, path.replace("\0", "x"))
    properties, _, said = line.removeprefix("::error ").partition("::")

    assert not set(line) & set("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
    assert len(properties.split(",")) == 6
    back = said.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    assert len(back) == len(message)


def test_a_file_that_could_not_be_checked_is_annotated() -> None:
    """A file that can't be used is an error without a place."""
    error = DraftError("it is a folder", code="is-a-folder", exit_code=Exit.FILE)

    assert list(format_annotations(DocumentReport(path=Path("x.md"), error=error), "x.md")) == [
        "::error file=x.md,title=draft::it is a folder"
    ]


SARIF = Draft4Validator(SCHEMA)
LOG_ROOT = Path("/project")


def log(*verdicts: DocumentReport) -> Any:  # noqa: ANN401  JSON
    """The one run of a log that is valid."""
    made = json.loads(json.dumps(build_sarif_log(verdicts, LOG_ROOT)).encode("utf-8", "replace"))
    SARIF.validate(made)
    (run,) = made["runs"]
    return run


def quote(line: str, column: int, width: int = 0, code: str = "D104") -> QuotedFinding:
    finding = Finding(
        code=code, severity="error", line=3, column=column, width=width, message="it is so."
    )
    return QuotedFinding(finding=finding, source=line)


def region(line: str, column: int, width: int = 0) -> tuple[int, int]:
    """Start and end column of a finding."""
    run = log(DocumentReport(path=LOG_ROOT / "x.md", remarks=(quote(line, column, width),)))
    found = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert found["startLine"] == 3
    return found["startColumn"], found.get("endColumn", 0)


def test_schema_is_one_that_refuses() -> None:
    """The official schema refuses a log that is none."""
    assert SARIF.is_valid(build_sarif_log((), LOG_ROOT))
    assert not SARIF.is_valid({**build_sarif_log((), LOG_ROOT), "version": "2.0.0"})
    assert not SARIF.is_valid({**build_sarif_log((), LOG_ROOT), "more": 1})


def test_rules_are_the_registry() -> None:
    """Every rule is there with its level, and a result's index is that of its rule."""
    run = log(DocumentReport(path=LOG_ROOT / "x.md", remarks=(quote("x", 1, code="D302"),)))
    rules = run["tool"]["driver"]["rules"]
    (result,) = run["results"]

    assert [rule["id"] for rule in rules] == list(RULES)
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "D302"
    assert {rule["defaultConfiguration"]["level"] for rule in rules} <= {"error", "warning", "note"}
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in rules)


def test_columns_are_utf16() -> None:
    """Columns count code units of UTF-16, as the log says; the end is behind the last one."""
    assert region("## Why\n", 1) == (1, 7)
    assert region("## Why  \r\n", 4, 3) == (4, 7)
    assert region("\U0001f600\U0001f600 x", 3, 2) == (5, 7)
    assert region("\udcff漢 x", 4, 1) == (4, 5)
    assert region("", 1) == (1, 0)
    assert region("ab", 9) == (3, 0)


def test_paths_are_relative_uris() -> None:
    """A path is a URI below the root, quoted, and no machine's path is in the log."""
    name = 'docs/a b#ü?"%20.md'
    run = log(DocumentReport(path=LOG_ROOT / name, remarks=(quote("x", 1),)))
    artifact = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]

    assert artifact["uriBaseId"] in run["originalUriBaseIds"]
    assert unquote(artifact["uri"]) == name
    assert not set(artifact["uri"]) & set(' #?"ü')
    assert "/project" not in json.dumps(run)


def test_a_path_elsewhere_is_a_whole_uri() -> None:
    """A document outside of the root is named by its whole address."""
    run = log(DocumentReport(path=Path("/elsewhere/x.md"), remarks=(quote("x", 1),)))

    assert '{"uri": "file:///elsewhere/x.md"}' in json.dumps(run)


def test_a_file_that_could_not_be_checked_is_in_the_log() -> None:
    """A file that can't be used makes the invocation one that failed, and is named."""
    error = DraftError("it is a folder", code="is-a-folder", exit_code=Exit.FILE)
    run = log(
        DocumentReport(path=LOG_ROOT / "x.md", error=error), DocumentReport(path=LOG_ROOT / "y.md")
    )
    (invocation,) = run["invocations"]

    assert invocation["executionSuccessful"] is False
    assert "it is a folder" in json.dumps(invocation["toolExecutionNotifications"])
    assert log()["invocations"][0]["executionSuccessful"] is True


@given(st.text(st.sampled_from(ODD + "\U0001f600"), max_size=40), st.data())
def test_every_place_is_valid(line: str, data: st.DataObject) -> None:
    """Whatever a line holds, the log is valid and a region ends behind its beginning."""
    column = data.draw(st.integers(1, len(line) + 3))
    start, end = region(line, column, data.draw(st.integers(0, 50)))

    assert start >= 1
    assert end == 0 or end > start
