"""The command line: words and options to plain values, outcomes and errors to streams and codes."""

import os
import sys
from collections.abc import Callable
from typing import Any

import typer

from assistant.cli import commands  # noqa: F401  it adds them
from assistant.cli.app import ReaderGone, Voice, app
from assistant.cli.misuse import described, help_hint, misused
from assistant.errors import DraftError, Exit
from assistant.terminal import report


def main() -> None:
    """The program: runs a command and ends with its exit code."""
    wanted = os.environ.get("_DRAFT_COMPLETE")
    if wanted:
        from assistant.cli.completion import respond  # noqa: PLC0415  at the Tab key only

        sys.exit(respond(typer.main.get_command(app), wanted))
    voice = Voice(json="--json" in sys.argv, verbose=bool({"--verbose", "-v"} & set(sys.argv)))
    sys.exit(guarded(lambda: app(standalone_mode=False, prog_name="draft", obj=voice), voice))


def guarded(run: Callable[[], Any], voice: Voice) -> int:
    """The exit code of a run, whatever ends it, a reader of its output that goes away included."""
    try:
        code = _ended(run, voice)
        sys.stdout.flush()
    except DraftError as error:  # what was to be said at the end could not be written
        return report.failed(error, verbose=voice.verbose)
    except (BrokenPipeError, ReaderGone):
        report.silence()
        return Exit.PIPE
    return code


def _ended(run: Callable[[], Any], voice: Voice) -> int:
    """The exit code of a run; errors are printed here and nowhere else."""
    try:
        result = run()
        sys.stdout.flush()
    except DraftError as error:
        if error.code == "usage" and not error.hint:
            hints = (*described(voice.command, voice.words), help_hint(voice.command))
            error.hint = " ".join(hints)
        return report.failed(error, json=voice.json, verbose=voice.verbose)
    except typer.Exit as done:
        return done.exit_code
    except typer.TyperException as error:
        return report.failed(misused(error, voice.command, voice.words), json=voice.json)
    except (KeyboardInterrupt, typer.Abort):
        return Exit.INTERRUPTED
    except (BrokenPipeError, ReaderGone):
        raise
    except Exception as error:  # noqa: BLE001  the one place where a bug becomes a report
        return report.bug(error, json=voice.json)
    return result if isinstance(result, int) else 0
