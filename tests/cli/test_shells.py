"""Shells: what they ask, how they are answered, and where their scripts are put."""

import os
from pathlib import Path

import pytest

from assistant.cli import shells
from assistant.cli.shells import ShellLine
from tests.support.program import Draft


@pytest.mark.parametrize(
    ("line", "typed", "kept", "quote"),
    [
        ("draft fi", "fi", "", ""),
        ("draft fill ", "", "", ""),
        ('draft fill "a b" c', "c", "", ""),
        ('draft x --section "Open Q', "Open Q", "", ""),
        ("draft x a\\ b", "a b", "", ""),
        ("draft x 'it''s", "its", "", ""),
    ],
)
def test_line_of_bash(line: str, typed: str, kept: str, quote: str) -> None:
    """What is typed of the last word is what the shell would make of it."""
    read = shells.read_shell_line("bash", (), {"COMP_LINE": line, "COMP_POINT": str(len(line))})

    assert read is not None
    assert (read.typed, read.kept, read.quote) == (typed, kept, quote)


def test_words_of_an_older_script() -> None:
    """Who has only the words of the line, as typer's own script, is answered as well."""

    def read(words: str, at: int) -> ShellLine | None:
        return shells.read_shell_line("bash", (), {"COMP_WORDS": words, "COMP_CWORD": str(at)})

    assert read("draft fi", 1) == ShellLine((), "fi")
    assert read("draft\nfill\n", 2) == ShellLine(("fill",), "")
    assert read("draft\nlist\n--status\n=\nDr", 4) == ShellLine(
        ("list",), "--status=Dr", "--status="
    )
    assert shells.read_shell_line("bash", (), {}) is None
    assert shells.read_shell_line("zsh", (), {"_TYPER_COMPLETE_ARGS": "draft fi"}) is None


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_install(shell: str, draft: Draft) -> None:
    """A script is installed once, and a start-up file keeps what it has."""
    home = Path(os.environ["HOME"])
    start = home / f".{shell}rc"
    start.write_text("alias x=y")
    first = draft("--install-completion", shell)
    again = draft("--install-completion", shell)

    path = Path(first.out.strip())
    assert (first.code, again.code, again.out) == (0, 0, first.out)
    assert path.is_relative_to(home)
    assert path.read_text("utf-8") == draft("--show-completion", shell).out
    said = start.read_text("utf-8")
    assert said.startswith("alias x=y")
    assert len(said.splitlines()) == (1 if shell == "fish" else 2)


def test_install_where_nothing_can_be_written(
    draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home that is none is an error with the way out; so is a shell that nobody knows."""
    Path("file").write_text("")
    monkeypatch.setenv("HOME", str(Path("file").resolve()))
    refused = draft("--install-completion", "bash")
    unknown = draft("--show-completion", "tcsh")
    powershell = draft("--install-completion", "powershell")

    assert refused.code == 4
    assert "draft --show-completion bash" in refused.err
    assert (unknown.code, powershell.code) == (2, 2)
    assert "fish" in unknown.err
    assert "Invoke-Expression" in powershell.err


def test_the_shell_that_runs_us(draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a name it is the shell that draft runs in; with `=` as well, and words behind it."""
    monkeypatch.setattr(shells, "detect_shell", lambda: "zsh")

    assert draft("--show-completion").out == shells.ZSH
    assert draft("--show-completion=bash").out == shells.BASH
    assert draft("--show-completion", "fish", "and", "words").out == shells.FISH
