"""The command that gives documents other numbers: renumber."""

from typing import Annotated

import typer

from assistant.cli.app import command
from assistant.cli.option import Document, Folder, Manners, Yes


@command(
    short_help="Give a document another number, in every reference too.",
    examples=(
        ("draft renumber 7", "the next free number"),
        ("draft renumber 7 12 --dry-run", "show what would change"),
    ),
)
def renumber(
    *,
    document: Document,
    number: Annotated[
        str,
        typer.Argument(metavar="NUMBER", help="The new number; without it the next free one."),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    yes: Yes = False,
    where: Folder,
    manners: Manners,
) -> None:
    """Give a document another number, and rewrite what refers to it: draft renumber 7."""
    from assistant import renumber as own  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    wish = own.Wish(number=number, dry_run=dry_run, yes=yes)
    raise typer.Exit(own.renumber(document, wish, Options(dir=where.dir), manners.manner()))
