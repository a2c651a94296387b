"""A person's own programs on the terminal: the editor that `--edit` opens, and the pager."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from assistant import errors
from assistant.terminal import report, style
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import is_terminal
from assistant.text import measure_width

_EDITOR_VARIABLES = ("VISUAL", "EDITOR")  # in the order in which git asks them
_EDITOR_ADVICE = "Set EDITOR to one, such as: export EDITOR=nano"
_EDITOR_ADVICE_ON_WINDOWS = "Set EDITOR to one, such as: set EDITOR=notepad"

_PAGER_VARIABLES = ("DRAFT_PAGER", "PAGER")
_NO_PAGER = ("", "cat")
# less ends where a text fits on the screen, leaves it there, and shows colours: git's own setting.
_PAGER_SETTINGS = {"LESS": "FRX", "LV": "-c"}
_SHELL_SYNTAX = re.compile(r"[|&;<>()$`*?#~=%]")  # what only a shell understands
_SIGNAL_OFFSET = 128  # what shells add to a signal's number
# A pager that one of these ended was seen; one that crashed (SIGSEGV) has shown nothing, mostly.
_CLOSING_SIGNALS = ("SIGINT", "SIGQUIT", "SIGPIPE", "SIGHUP", "SIGTERM", "SIGKILL")
_COLOUR_CODE = re.compile(r"\x1b\[[0-9;]*m")


def find_editor(environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the variable that names an editor, and its value; both are empty if none does.

    As git has it, VISUAL is for terminals that can do more than print lines.
    """
    names = _EDITOR_VARIABLES[1:] if environ.get("TERM") == "dumb" else _EDITOR_VARIABLES
    return next(
        ((name, value) for name in names if (value := environ.get(name, "").strip())), ("", "")
    )


def format_open_command(path: str, environ: Mapping[str, str]) -> str:
    """Return what a person can type to open a file, already quoted for a shell."""
    _, value = find_editor(environ)
    try:
        words = split_editor_command(value) if value else []
    except ValueError:
        words = []
    words = words or ["notepad" if os.name == "nt" else "vi"]
    # A shell would take a file that begins with a dash for an option of the editor's.
    return shlex.join([*words, f"./{path}" if path.startswith("-") else path])


def split_editor_command(value: str, *, windows: bool = os.name == "nt") -> list[str]:
    """Return the words of an editor's command. Raises ValueError for a quote without its end.

    It may be a program with arguments, `~` and variables in them, or the path of a program with
    blanks that nobody quoted.
    """
    if shutil.which(value):
        return [value]
    words = shlex.split(value, posix=not windows)
    if windows:  # there a backslash parts folders, and quotes are left on
        words = [word.strip("\"'") for word in words]
    return [os.path.expanduser(os.path.expandvars(word)) for word in words]  # noqa: PTH111


def refuse_edit(manner: OutputStyle, *, nothing_saved: bool) -> None:
    """Raise DraftError (exit code 2) if nothing is saved that --edit could open."""
    if manner.json or manner.output or nothing_saved:
        raise errors.make_usage_error(
            "--edit opens the document when it is saved: it does not go with --json, "
            "--output, --diff or --dry-run"
        )


def open_document(path: Path, environ: Mapping[str, str], manner: OutputStyle) -> bool:
    """Open a file in the person's editor, wait for its end, and return whether that went well.

    Anything wrong with the editor is a warning: the document is saved, and the exit code is about
    that.
    """
    name, value = find_editor(environ)
    advice = _EDITOR_ADVICE_ON_WINDOWS if os.name == "nt" else _EDITOR_ADVICE
    if not value:
        return _warn(f"no editor is named, so {path.name} was not opened. {advice}", manner)
    if not is_terminal(sys.stdin) or not is_terminal(sys.stderr):
        text = f"there is no terminal to edit on, so {path.name} was not opened"
        report.print_message(text, manner, "note")
        return False
    try:
        ended = _run_editor([*split_editor_command(value), str(path)])
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return _warn(f"{name} is `{value}`, which cannot be started ({why}). {advice}", manner)
    if ended < 0:
        return _warn(f"the editor ({value}) was stopped ({_name_signal(-ended)})", manner)
    if ended:
        return _warn(f"the editor ({value}) ended with code {ended}", manner)
    return True


def _name_signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "by a signal"


def _warn(text: str, manner: OutputStyle) -> bool:
    """Print a warning, and return that it did not go well."""
    report.print_message(text, manner, "warning")
    return False


def _run_editor(words: list[str]) -> int:
    """Run an editor on the terminal, even if our own output goes elsewhere; return its code."""
    out = None if is_terminal(sys.stdout) else sys.stderr.fileno()
    with subprocess.Popen(words, stdout=out) as child, leave_interrupts():
        return child.wait()


@contextmanager
def leave_interrupts() -> Iterator[None]:
    """Leave Ctrl-C to a program on our terminal, which means something else by it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def show_pages(text: str, environ: Mapping[str, str]) -> None:
    """Print a text on stdout; through a pager if it is longer than the terminal."""
    command = choose_pager(sys.stdout, environ)
    if not command or _fits_on_screen(text) or not _show_in_pager(command, text, environ):
        report.print_document(text)


def choose_pager(stream: TextIO | None, environ: Mapping[str, str]) -> Sequence[str]:
    """Return the words of the pager's command; none if there is to be no pager."""
    if not style.is_terminal(stream) or environ.get("TERM") == "dumb":
        return ()
    value = next((environ[name].strip() for name in _PAGER_VARIABLES if name in environ), "less")
    if value in _NO_PAGER:
        return ()
    if _SHELL_SYNTAX.search(value) and os.name == "posix":
        return ("sh", "-c", value)
    try:
        words = shlex.split(value, posix=os.name == "posix")
    except ValueError:  # a quote that nobody closed
        return ()
    return words if words and shutil.which(words[0], path=environ.get("PATH")) else ()


def _fits_on_screen(text: str) -> bool:
    """Return whether the terminal shows a text whole, with a line left for the prompt."""
    columns, lines = shutil.get_terminal_size()
    taken = sum(
        max(-(-measure_width(_COLOUR_CODE.sub("", line)) // max(columns, 1)), 1)
        for line in text.splitlines()
    )
    return taken < lines


def _show_in_pager(command: Sequence[str], text: str, environ: Mapping[str, str]) -> bool:
    """Show a text in a pager; return whether that went well, as it does if it is closed early."""
    sys.stdout.flush()
    try:
        with (
            subprocess.Popen(
                command, stdin=subprocess.PIPE, env={**_PAGER_SETTINGS, **environ}
            ) as process,
            leave_interrupts(),  # it stops a search with Ctrl-C, and goes on
        ):
            with suppress(OSError):  # it was closed before the end
                process.communicate(text.encode("utf-8", "surrogateescape"))
            code = process.wait()
    except OSError:
        return False
    if code > _SIGNAL_OFFSET:
        code = _SIGNAL_OFFSET - code
    return code == 0 or code in {-getattr(signal, name, 0) for name in _CLOSING_SIGNALS}
