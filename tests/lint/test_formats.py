"""Findings as text for people."""

from pathlib import Path

import pytest

from assistant.lint.formats import format_report, format_totals, suggest_next_steps
from assistant.lint.rule import Finding
from assistant.lint.run import CheckTotals, DocumentReport, QuotedFinding
from assistant.terminal.style import StreamLook

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
        code="D301", severity="note", line=144, column=column,
        message="this python does not parse: it may be pseudocode, or what somebody thought of.",
    )  # fmt: skip
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
