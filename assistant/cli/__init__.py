"""The command line: it turns words into values, and outcomes and errors into exit codes."""

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
    """Run the command that was typed, and end the program with its exit code."""
    instruction = os.environ.get("_DRAFT_COMPLETE")
    if instruction:
        from assistant.cli.completion import answer_shell  # noqa: PLC0415  at the Tab key only

        sys.exit(answer_shell(typer.main.get_command(app), instruction))
    words = set(sys.argv)
    invocation = Invocation(json="--json" in words, verbose=bool({"--verbose", "-v"} & words))

    def run() -> Any:  # noqa: ANN401  a command's exit code, or what typer returns
        return app(standalone_mode=False, prog_name="draft", obj=invocation)

    sys.exit(run_guarded(run, invocation))


def run_guarded(run: Callable[[], Any], invocation: Invocation) -> int:
    """Return the exit code of a run, whatever ends it; its output's reader may have gone away."""
    try:
        code = _run_to_exit_code(run, invocation)
        sys.stdout.flush()
    except DraftError as error:  # what was to be said at the end could not be written
        return report.print_error(error, verbose=invocation.verbose)
    except (BrokenPipeError, ReaderGone):
        report.silence_streams()
        return Exit.PIPE
    return code


def _run_to_exit_code(run: Callable[[], Any], invocation: Invocation) -> int:
    """Return the exit code of a run, and print its error; no error is printed elsewhere."""
    try:
        result = run()
        sys.stdout.flush()
    except DraftError as error:
        if error.code == "usage" and not error.hint:
            hints = (
                *hint_at_draft(invocation.command, invocation.words),
                hint_at_help(invocation.command),
            )
            error.hint = " ".join(hints)
        return report.print_error(error, json=invocation.json, verbose=invocation.verbose)
    except typer.Exit as done:
        return done.exit_code
    except typer.TyperException as error:
        problem = translate_typer_error(error, invocation.command, invocation.words)
        return report.print_error(problem, json=invocation.json)
    except (KeyboardInterrupt, typer.Abort):
        return Exit.INTERRUPTED
    except (BrokenPipeError, ReaderGone):
        raise
    except Exception as error:  # noqa: BLE001  the one place where a bug becomes a report
        return report.print_bug_report(error, json=invocation.json)
    return result if isinstance(result, int) else 0
