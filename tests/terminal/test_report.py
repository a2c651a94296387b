"""What a command prints: messages for people on stderr, results on stdout."""

import json
from pathlib import Path

import pytest

from assistant.errors import DraftError, Exit
from assistant.terminal import report
from assistant.terminal.report import OutputStyle

ERROR = DraftError("it is broken.", code="broken", exit_code=Exit.FILE, where="x.md", hint="Mend.")


def test_a_message_is_for_people(capfd: pytest.CaptureFixture[str]) -> None:
    """A message goes to stderr with its kind in front, and with --quiet nowhere."""
    report.print_message("look\x1b[31m", OutputStyle(), "warning")
    report.print_message("look", OutputStyle(quiet=True), "warning")

    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("warning: look")
    assert err.count("\n") == 1
    assert "\x1b" not in err


@pytest.mark.parametrize(("text", "printed"), [("a", "a\n"), ("a\n", "a\n"), ("", "\n")])
def test_a_result_is_a_line(text: str, printed: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A result ends its line, once."""
    report.print_result(text)

    assert capfd.readouterr() == (printed, "")


def test_a_document_is_its_bytes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A document is printed byte for byte, bytes that are no UTF-8 too."""
    report.print_document(b"a\r\n\xff".decode("utf-8", "surrogateescape"))

    assert capfdbinary.readouterr().out == b"a\r\n\xff"


def test_an_error_in_two_lines(capfd: pytest.CaptureFixture[str]) -> None:
    """An error says where, what and what to do, and gives its exit code."""
    assert report.print_error(ERROR) == Exit.FILE

    assert capfd.readouterr() == ("", "error: x.md: it is broken.\nhint: Mend.\n")


def test_an_error_as_an_object(capfd: pytest.CaptureFixture[str]) -> None:
    """With --json the same is one object on stdout, and the lines stay."""
    report.print_error(ERROR, json=True)

    out, err = capfd.readouterr()
    fields = {"code": "broken", "message": "it is broken.", "where": "x.md", "hint": "Mend."}
    assert json.loads(out) == {"schema": report.SCHEMA_VERSION, "ok": False, "error": fields}
    assert err.startswith("error: ")


def test_an_interruption_is_no_error(capfd: pytest.CaptureFixture[str]) -> None:
    """Who pressed Ctrl-C is told how to go on, without a word of an error."""
    stopped = DraftError("stopped", code="interrupted", exit_code=Exit.INTERRUPTED)

    assert report.print_error(stopped) == Exit.INTERRUPTED
    assert capfd.readouterr().err == "stopped\n"


def test_a_path_below_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place below the working directory is shown from there; the directory itself is whole."""
    monkeypatch.chdir(tmp_path)
    here = str(Path.cwd())

    assert report.strip_working_directory(f"{here}/a/b.md") == "a/b.md"
    assert report.strip_working_directory(here) == here
    assert report.strip_working_directory("--option") == "--option"


def test_a_bug_shows_no_values(capfd: pytest.CaptureFixture[str]) -> None:
    """The report of a bug has names and lines, and nothing of what was worked on."""
    with pytest.raises(ValueError, match="sk-secret") as caught:
        raise ValueError("sk-secret")

    assert report.print_bug_report(caught.value, json=True) == Exit.BUG

    out, err = capfd.readouterr()
    assert "sk-secret" not in out + err
    assert "ValueError in test_report.py" in err
    assert json.loads(out)["error"]["code"] == "bug"
