"""Print what a command has to say: results on stdout, all else on stderr, as text or as JSON."""

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant import __version__
from assistant.errors import DraftError, Exit, Json, make_usage_error

if TYPE_CHECKING:
    from assistant.terminal.style import TextKind

SCHEMA_VERSION = 1  # of every object that --json prints: result.schema.json


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputStyle:
    """How a command speaks; with `output` `-` it prints the document itself on stdout."""

    json: bool = False
    quiet: bool = False
    verbose: bool = False
    output: str = ""


def refuse_named_output(manner: OutputStyle) -> None:
    """Raise DraftError (exit code 2) for an --output that is no `-`."""
    if manner.output not in ("", "-"):
        raise make_usage_error("--output takes only -, for the document to stdout")


def print_message(
    text: str, manner: OutputStyle | None = None, kind: "TextKind" = "", before: str = ""
) -> None:
    """Print a message for a person, on stderr; `kind` makes it an error, a warning, a note.

    `before` stands before the kind, such as an indentation.
    """
    if manner is None or not manner.quiet:
        from assistant.terminal import style  # noqa: PLC0415  help needs neither this nor JSON

        look = style.choose_look(sys.stderr, os.environ)
        print(style.lay_out_message(text, look, kind, before), file=sys.stderr, flush=True)


def print_command(lines: Sequence[str], manner: OutputStyle) -> None:
    """Print a command that can be pasted, on stderr, in the lines that it was broken into."""
    if not manner.quiet:
        from assistant.text import make_harmless  # noqa: PLC0415

        print("\n".join(map(make_harmless, lines)), file=sys.stderr, flush=True)


def print_result(text: str) -> None:
    """Print a result on stdout, with a line's end."""
    data = text.encode("utf-8", "surrogateescape")
    sys.stdout.flush()
    sys.stdout.buffer.write(data if data.endswith(b"\n") else data + b"\n")
    sys.stdout.flush()


def print_document(text: str) -> None:
    """Print a document on stdout, byte for byte."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.flush()


def print_diff(text: str) -> None:
    """Print a diff on stdout: in colours on a terminal, byte for byte elsewhere."""
    from assistant.terminal import style  # noqa: PLC0415

    print_document(style.paint_diff(text, style.choose_look(sys.stdout, os.environ)))


def print_proposal(text: str, manner: OutputStyle) -> None:
    """Print a diff that a person is asked about, on stderr: in colours, and never wrapped."""
    if manner.quiet:
        return
    from assistant.terminal import style  # noqa: PLC0415
    from assistant.text import make_lines_harmless  # noqa: PLC0415

    look = style.choose_look(sys.stderr, os.environ)
    print(f"\n{style.paint_diff(make_lines_harmless(text), look)}", file=sys.stderr, flush=True)


def print_json(**fields: Json) -> None:
    """Print the result as one JSON object on stdout, in our own schema."""
    print_json_object({"schema": SCHEMA_VERSION, **fields})


def print_json_object(body: Mapping[str, Json]) -> None:
    """Print a JSON object of another's schema on stdout."""
    import json  # noqa: PLC0415

    text = json.dumps(body, ensure_ascii=False, indent=None if not sys.stdout.isatty() else 2)
    print_result(text.encode("utf-8", "replace").decode())


def build_error_fields(problem: DraftError) -> dict[str, Json]:
    """Return an error as the fields of a JSON object."""
    return {
        "code": problem.code,
        "message": problem.message,
        "where": strip_working_directory(problem.where),
        "hint": problem.hint,
    }


def strip_working_directory(where: str) -> str:
    """Return where an error is; a path below the working directory is relative, as in results."""
    with suppress(OSError):  # the working directory may be gone
        here = os.path.join(os.getcwd(), "")  # noqa: PTH109, PTH118  pathlib drops the last slash
        return where.removeprefix(here) or where
    return where


def print_error(problem: DraftError, *, json: bool = False, verbose: bool = False) -> int:
    """Print an error in one or two lines, or as JSON, and return its exit code."""
    if json:
        print_json(ok=False, error=build_error_fields(problem))
    if verbose:
        traceback.print_exception(problem)
    place = f"{strip_working_directory(problem.where)}: " if problem.where else ""
    # Who pressed Ctrl-C is told how to go on, not that something is wrong.
    stopped = problem.exit_code in (Exit.INTERRUPTED, Exit.TERMINATED)
    print_message(place + problem.message, kind="" if stopped else "error")
    if problem.hint:
        print_message(problem.hint, kind="hint")
    return problem.exit_code


def print_bug_report(error: Exception, *, json: bool = False) -> int:
    """Print a report that can be pasted, for a bug; return the exit code."""
    from platform import platform, python_version  # noqa: PLC0415

    from assistant.install import find_report_address  # noqa: PLC0415  nobody else needs it

    address = find_report_address()
    to = f"at {address} " if address else "to whoever gave you this program, "
    last = traceback.extract_tb(error.__traceback__)[-1:]
    where = f"{os.path.basename(last[0].filename)}:{last[0].lineno}" if last else ""  # noqa: PTH119
    if json:
        message = f"{type(error).__name__} in {where}"
        print_json(ok=False, error={"code": "bug", "message": message, "where": where, "hint": ""})
    print(
        f"error: this is a bug of ours: {type(error).__name__} in {where}.\n"
        f"What was answered is kept. Please report it {to}with these lines:\n\n"
        f"draft {__version__}, Python {python_version()}, {platform()}",
        file=sys.stderr,
    )
    # Names and lines, not values: a key or a document must not end up in a report.
    for frame in traceback.extract_tb(error.__traceback__):
        print(f"  {os.path.basename(frame.filename)}:{frame.lineno} {frame.name}", file=sys.stderr)  # noqa: PTH119
    print(f"  {type(error).__name__}", file=sys.stderr)
    return Exit.BUG


def silence_streams() -> None:
    """Let nothing more be written to streams whose reader has gone."""
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            os.dup2(null, stream.fileno())
