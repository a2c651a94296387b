"""The command that gives documents other numbers: renumber."""

from typing import Annotated

import typer

from assistant import report
from assistant.cli.app import app, examples
from assistant.cli.option import Dir, Json, Quiet, Verbose, Yes


@app.command(
    short_help="Give a document another number, in every reference too.",
    epilog=examples(
        ("draft renumber 7", "the next free number"),
        ("draft renumber 7 12 --dry-run", "show what would change"),
    ),
)
def renumber(  # noqa: PLR0913  a command's options are its signature
    *,
    document: Annotated[str, typer.Argument(metavar="DOC", help="A path or a number.")],
    number: Annotated[str, typer.Argument(help="The new number [the next free one].")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    folder: Dir = None,
    json: Json = False,
    yes: Yes = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Give a document another number, and rewrite what refers to it: draft renumber 7."""
    from assistant import renumber as command  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    wish = command.Wish(number=number, dry_run=dry_run, yes=yes)
    manner = report.Manner(json=json, quiet=quiet, verbose=verbose)
    raise typer.Exit(command.renumber(document, wish, Options(dir=folder), manner))
