"""The commands that look at documents and change none: check."""

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
