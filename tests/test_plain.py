"""Findings as text for people."""

from pathlib import Path

from assistant.finding import Finding
from assistant.plain import summary, text
from assistant.verdict import Remark, Tally, Verdict

FINDING = Finding(code="D104", severity="error", line=12, column=1, message="at level 3.")
NOTE = Finding(code="D201", severity="note", line=13, message="unwritten.")
VERDICT = Verdict(
    path=Path("docs/001_x.md"),
    remarks=(Remark(finding=FINDING, source="### Why\n"), Remark(finding=NOTE, source="\n")),
)


def test_where_how_bad_what_and_the_line() -> None:
    """A finding is a line that editors can jump from, and its source line with a mark."""
    assert text(VERDICT) == (
        "docs/001_x.md:12:1: error: D104 at level 3.\n"
        "   |\n"
        "12 | ### Why\n"
        "   | ^^^^^^^\n"
        "   |\n"
        "docs/001_x.md:13:1: note: D201 unwritten.\n"
    )


def test_errors_only() -> None:
    """Where only errors are wanted, notes and warnings are left out."""
    assert "D201" not in text(VERDICT, errors_only=True)
    assert "D104" in text(VERDICT, errors_only=True)


def test_one_place_shows_its_line_once() -> None:
    """Several findings about one place stand together above its line."""
    remark = Remark(finding=FINDING, source="### Why\n")
    said = text(Verdict(path=Path("x.md"), remarks=(remark, remark)))

    assert said.count("D104") == 2
    assert said.count("### Why") == 1


def test_colours_change_no_letter() -> None:
    """With colours the text is the same, and the marks stand at the same column."""
    painted = text(VERDICT, colour=True)
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[31m", "\x1b[34m", "\x1b[36m"):
        assert code in painted
        painted = painted.replace(code, "")

    assert painted == text(VERDICT)


def test_messages_command_no_terminal() -> None:
    """What a message quotes of a document can't command a terminal."""
    finding = Finding(code="D101", severity="error", line=1, message='"\x1b[2J" is missing.')
    said = text(Verdict(path=Path("x.md"), remarks=(Remark(finding=finding, source="x"),)))

    assert "\x1b" not in said


def test_summary() -> None:
    """The sums are one line, with what was mended where that was wanted."""
    sums = Tally(documents=1, errors=1, others=2, fixed=3, fixable=1, unusable=0)

    assert summary(sums) == (
        "1 document, 1 error, 2 other findings; `draft check --fix` may mend 1 of them"
    )
    assert summary(sums, fixing=True).endswith(": found 6, fixed 3, 3 remain")
    assert summary(sums, fixing=True, trying=True).endswith("would fix 3, 3 would remain")
    assert "2 could not be checked" in summary(Tally(documents=3, unusable=2))
