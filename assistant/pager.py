"""Long results on a terminal, through the pager that a person has, as git and gh do it.

`DRAFT_PAGER`, else `PAGER`, else `less`. Into a pipe, on a terminal that can't be moved about in,
and where the text fits on the screen, it is printed as it is; so it is where a pager can't be
started or fails, since what was asked for must be seen.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TextIO

from assistant import report, style
from assistant.editor import leave_interrupts
from assistant.grid import width

_VARIABLES = ("DRAFT_PAGER", "PAGER")
_NONE = ("", "cat")
# less ends where a text fits on the screen, leaves it there, and shows colours: git's own setting.
_SETTINGS = {"LESS": "FRX", "LV": "-c"}
_SHELL = re.compile(r"[|&;<>()$`*?#~=%]")  # what only a shell understands
_BY_SIGNAL = 128  # what shells add to a signal's number
# A pager that one of these ended was seen; one that crashed (SIGSEGV) has shown nothing, mostly.
_BY_A_PERSON = ("SIGINT", "SIGQUIT", "SIGPIPE", "SIGHUP", "SIGTERM", "SIGKILL")
_PAINT = re.compile(r"\x1b\[[0-9;]*m")


def show_pages(text: str, environ: Mapping[str, str]) -> None:
    """Print a text on stdout; where it is long and a terminal is there, through a pager."""
    command = choose_pager(sys.stdout, environ)
    if not command or _fits(text) or not _paged(command, text, environ):
        report.document(text)


def choose_pager(stream: TextIO | None, environ: Mapping[str, str]) -> Sequence[str]:
    """Return the words of the pager's command; none where there is to be no pager."""
    if not style.is_terminal(stream) or environ.get("TERM") == "dumb":
        return ()
    said = next((environ[name].strip() for name in _VARIABLES if name in environ), "less")
    if said in _NONE:
        return ()
    if _SHELL.search(said) and os.name == "posix":
        return ("sh", "-c", said)
    try:
        words = shlex.split(said, posix=os.name == "posix")
    except ValueError:  # a quote that nobody closed
        return ()
    return words if words and shutil.which(words[0], path=environ.get("PATH")) else ()


def _fits(text: str) -> bool:
    columns, lines = shutil.get_terminal_size()
    taken = sum(
        max(-(-width(_PAINT.sub("", line)) // max(columns, 1)), 1) for line in text.splitlines()
    )
    return taken < lines  # the prompt has a line too


def _paged(command: Sequence[str], text: str, environ: Mapping[str, str]) -> bool:
    """Show a text in a pager; whether that went well. Who closes it early has seen enough."""
    sys.stdout.flush()
    try:
        with (
            subprocess.Popen(
                command, stdin=subprocess.PIPE, env={**_SETTINGS, **environ}
            ) as process,
            leave_interrupts(),  # it stops a search with Ctrl-C, and goes on
        ):
            with suppress(OSError):  # it was closed before the end
                process.communicate(text.encode("utf-8", "surrogateescape"))
            code = process.wait()
    except OSError:
        return False
    if code > _BY_SIGNAL:
        code = _BY_SIGNAL - code
    return code == 0 or code in {-getattr(signal, name, 0) for name in _BY_A_PERSON}
