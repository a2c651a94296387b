"""The commands that look at documents and change none: check, list."""

from typing import Annotated

import typer

from assistant import report
from assistant.cli.app import app
from assistant.cli.option import Dir, Json, Quiet, TemplateFile, Verbose


@app.command()
def check(
    *,
    documents: Annotated[
        list[str] | None, typer.Argument(help="Paths or numbers; a folder means its documents.")
    ] = None,
    folder: Dir = None,
    template: TemplateFile = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Hold documents against their template, without a model."""
    from assistant import check as command  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(dir=folder, template=template)
    manner = report.Manner(json=json, quiet=quiet, verbose=verbose)
    raise typer.Exit(command.check(documents or [], options, manner))


@app.command("list")
def list_documents(  # noqa: PLR0913  a command's options are its signature
    *,
    statuses: Annotated[
        list[str] | None, typer.Option("--status", help="Only these; repeatable.")
    ] = None,
    search: Annotated[
        str, typer.Option("--search", metavar="TEXT", help="Only with this in title or text.")
    ] = "",
    sort: Annotated[
        str, typer.Option("--sort", metavar="COLUMN", help="By this column [number].")
    ] = "",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    folder: Dir = None,
    template: TemplateFile = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """List the documents: number, status, title, dates, what is unwritten and what is open."""
    from assistant import list_command  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(dir=folder, template=template)
    manner = report.Manner(json=json, quiet=quiet, verbose=verbose)
    wish = list_command.Wish(
        statuses=tuple(statuses or ()), search=search, sort=sort, reverse=reverse
    )
    raise typer.Exit(list_command.run(wish, options, manner))
