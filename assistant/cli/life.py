"""The commands of a document's life: status, index, init; and doctor, of where they live."""

from datetime import date
from typing import Annotated

import typer

from assistant.cli.app import command
from assistant.cli.option import Document, Folder, Manners, Model, Where, Yes


@command(
    short_help="Move a document to another status of its template.",
    examples=(
        ("draft status 7 approved", '"app" is enough'),
        ("draft status 7 approved --force", "though it is not ready"),
    ),
)
def status(
    *,
    document: Document,
    to: Annotated[
        str, typer.Argument(metavar="STATUS", help="One of the template's, or how it begins.")
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Even where the document is not ready for it.")
    ] = False,
    where: Where,
    manners: Manners,
) -> None:
    """Move a document to another status of its template: draft status 7 approved."""
    from assistant import status as own  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(dir=where.dir, template=where.template)
    today = date.today().isoformat()  # noqa: DTZ011  the day where the person is
    wish = own.Wish(status=to, today=today, force=force)
    raise typer.Exit(own.status(document, wish, options, manners.manner()))


@command(
    examples=(
        ("draft index", "in the folder's README.md"),
        ("draft index --check", "for CI: is it stale?"),
    )
)
def index(
    *,
    file: Annotated[
        str,
        typer.Option(
            "--file",
            metavar="FILE",
            show_default="the folder's README.md",
            help="The file that holds the table.",
        ),
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 where it is stale.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change; write nothing.")
    ] = False,
    where: Where,
    manners: Manners,
) -> None:
    """Write the table of all documents between two comments of a file."""
    from assistant import index as own  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(dir=where.dir, template=where.template)
    wish = own.Wish(file=file, check=check, diff=diff)
    raise typer.Exit(own.index(wish, options, manners.manner()))


@command(
    short_help="Set a project up: folder, configuration, template.",
    examples=(
        ("draft init", "folder and configuration"),
        ("draft init --dry-run", "what that would do"),
        ("draft init --template built-in", "with a template to change"),
        ("draft init --template shared", "with the documents' own form"),
    ),
)
def init(
    *,
    template: Annotated[
        str,
        typer.Option(
            "--template",
            metavar="FILE",
            help="Give the project a copy of this file, of `built-in`, or what its documents share "
            "(`shared`).",
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")
    ] = False,
    yes: Yes = False,
    where: Folder,
    manners: Manners,
) -> None:
    """Set a project up: folder, configuration, and a template of its own if wanted.

    Where pre-commit is used its hook is added, or printed for you to add. Where the folder has
    documents that follow another template, the one that they share is offered.
    """
    from assistant import init as own  # noqa: PLC0415

    wish = own.Wish(template=template, dry_run=dry_run, yes=yes)
    raise typer.Exit(own.init(where.dir, wish, manners.manner()))


@command(
    short_help="Who would answer, and where each setting comes from.",
    examples=(
        ("draft doctor", "what a draft needs here"),
        ("draft doctor --model NAME", "with options as for a draft"),
    ),
)
def doctor(*, where: Where, model: Model, manners: Manners) -> None:
    """Show who would answer, whether they can, and where each setting comes from.

    No model is asked: a server only lists what it has. The exit code is 1 where no draft can work.
    """
    from assistant import doctor as own  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(**vars(where), **vars(model))
    raise typer.Exit(own.doctor(options, manners.manner()))
