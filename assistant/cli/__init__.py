"""The command line: words and options to plain values, outcomes and errors to streams and codes."""

import os
import sys
from collections.abc import Callable
from typing import Any

import typer

from assistant.cli import commands  # noqa: F401  it adds them
from assistant.cli.app import Invocation, ReaderGone, app
from assistant.cli.misuse import hint_at_draft, hint_at_help, translate_typer_error
from assistant.errors import DraftError, Exit
from assistant.terminal import report


def run_program() -> None:
    """The program: runs a command and ends with its exit code."""
    wanted = os.environ.get("_DRAFT_COMPLETE")
    if wanted:
        from assistant.cli.completion import answer_shell  # noqa: PLC0415  at the Tab key only

        sys.exit(answer_shell(typer.main.get_command(app), wanted))
    voice = Invocation(json="--json" in sys.argv, verbose=bool({"--verbose", "-v"} & set(sys.argv)))
    sys.exit(run_guarded(lambda: app(standalone_mode=False, prog_name="draft", obj=voice), voice))


def run_guarded(run: Callable[[], Any], voice: Invocation) -> int:
    """The exit code of a run, whatever ends it, a reader of its output that goes away included."""
    try:
        code = _run_to_exit_code(run, voice)
        sys.stdout.flush()
    except DraftError as error:  # what was to be said at the end could not be written
        return report.print_error(error, verbose=voice.verbose)
    except (BrokenPipeError, ReaderGone):
        report.silence_streams()
        return Exit.PIPE
    return code


def _run_to_exit_code(run: Callable[[], Any], voice: Invocation) -> int:
    """The exit code of a run; errors are printed here and nowhere else."""
    try:
        result = run()
        sys.stdout.flush()
    except DraftError as error:
        if error.code == "usage" and not error.hint:
            hints = (*hint_at_draft(voice.command, voice.words), hint_at_help(voice.command))
            error.hint = " ".join(hints)
        return report.print_error(error, json=voice.json, verbose=voice.verbose)
    except typer.Exit as done:
        return done.exit_code
    except typer.TyperException as error:
        return report.print_error(
            translate_typer_error(error, voice.command, voice.words), json=voice.json
        )
    except (KeyboardInterrupt, typer.Abort):
        return Exit.INTERRUPTED
    except (BrokenPipeError, ReaderGone):
        raise
    except Exception as error:  # noqa: BLE001  the one place where a bug becomes a report
        return report.print_bug_report(error, json=voice.json)
    return result if isinstance(result, int) else 0
