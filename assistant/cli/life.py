"""The commands of a document's life: status, index, init."""

from datetime import date
from typing import Annotated

import typer

from assistant import report
from assistant.cli.app import app, examples
from assistant.cli.option import Dir, Json, Quiet, TemplateFile, Verbose


@app.command(
    short_help="Move a document to another status of its template.",
    epilog=examples(
        ("draft status 7 approved", '"app" is enough'),
        ("draft status 7 approved --force", "though it is not ready"),
    ),
)
def status(  # noqa: PLR0913  a command's options are its signature
    *,
    document: Annotated[str, typer.Argument(metavar="DOC", help="A path or a number.")],
    to: Annotated[
        str, typer.Argument(metavar="STATUS", help="One of the template's, or how it begins.")
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Even where the document is not ready for it.")
    ] = False,
    folder: Dir = None,
    template: TemplateFile = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Move a document to another status of its template: draft status 7 approved."""
    from assistant import status as command  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(dir=folder, template=template)
    manner = report.Manner(json=json, quiet=quiet, verbose=verbose)
    today = date.today().isoformat()  # noqa: DTZ011  the day where the person is
    wish = command.Wish(status=to, today=today, force=force)
    raise typer.Exit(command.status(document, wish, options, manner))


@app.command(
    epilog=examples(
        ("draft index", "in the folder's README.md"),
        ("draft index --check", "for CI: is it stale?"),
    )
)
def index(  # noqa: PLR0913
    *,
    file: Annotated[
        str, typer.Option("--file", help="The file that holds the table [the folder's README.md].")
    ] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 where it is stale.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change; write nothing.")
    ] = False,
    folder: Dir = None,
    template: TemplateFile = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write the table of all documents between two comments of a file."""
    from assistant import index as command  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(dir=folder, template=template)
    manner = report.Manner(json=json, quiet=quiet, verbose=verbose)
    wish = command.Wish(file=file, check=check, diff=diff)
    raise typer.Exit(command.index(wish, options, manner))


@app.command(
    short_help="Set a project up: folder, configuration, template, hook.",
    epilog=examples(
        ("draft init", "folder, configuration, hook"),
        ("draft init --dry-run", "what that would do"),
        ("draft init --template built-in", "with a template to change"),
    ),
)
def init(
    *,
    folder: Dir = None,
    template: Annotated[
        str,
        typer.Option(
            "--template", help="Give the project a copy of this file, or of `built-in`, to change."
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Set a project up: folder, configuration, hook, and a template of its own if wanted."""
    from assistant import init as command  # noqa: PLC0415

    manner = report.Manner(json=json, quiet=quiet, verbose=verbose)
    raise typer.Exit(command.init(folder, template, manner, dry_run=dry_run))
