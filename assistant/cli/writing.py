"""The commands that ask a model: new, fill, suggest."""

from typing import Annotated

import typer

from assistant import report
from assistant.cli.app import app, examples
from assistant.cli.option import (
    Author,
    BaseUrl,
    Cap,
    Concurrency,
    Dir,
    DryRun,
    Json,
    Language,
    ModelName,
    Output,
    Quiet,
    TemplateFile,
    Timeout,
    Verbose,
    Yes,
)


@app.command(
    epilog=examples(
        ('draft "bug: login timeout"', "a bug: a shorter document"),
        ("draft - < idea.txt", "a longer description"),
        ('draft "CSV export" --supersedes 3', "linked both ways"),
        ('draft "x" --base-url http://localhost:8080/v1', "any server, no key"),
        ('draft "x" --template rfc.md --output -', "to stdout, nothing saved"),
    )
)
def new(  # noqa: PLR0913  a command's options are its signature
    *,
    description: Annotated[
        list[str] | None,
        typer.Argument(metavar="DESCRIPTION...", help="Words, or - for standard input."),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="FILE", help="Read the description from a file.")
    ] = None,
    supersedes: Annotated[
        list[str] | None,
        typer.Option(
            "--supersedes", metavar="DOC", help="A document that this one replaces; repeatable."
        ),
    ] = None,
    relates_to: Annotated[
        list[str] | None,
        typer.Option(
            "--relates-to",
            metavar="DOC",
            help="A document that this one has to do with; repeatable.",
        ),
    ] = None,
    folder: Dir = None,
    template: TemplateFile = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    concurrency: Concurrency = None,
    timeout: Timeout = None,
    max_tokens_total: Cap = None,
    language: Language = None,
    author: Author = None,
    output: Output = None,
    dry_run: DryRun = False,
    json: Json = False,
    yes: Yes = False,  # noqa: ARG001  nothing here asks
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Draft the next numbered document: draft "bug: login timeout"."""
    from assistant import new_command  # noqa: PLC0415  loads the model's half of the program
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(
        dir=folder, template=template, model=model, base_url=base_url, concurrency=concurrency,
        timeout=timeout, max_tokens_total=max_tokens_total, language=language, author=author,
    )  # fmt: skip
    manner = report.Manner(json=json, quiet=quiet, verbose=verbose, output=output or "")
    wish = new_command.Wish(
        source=source, supersedes=tuple(supersedes or ()), relates_to=tuple(relates_to or ()),
        dry_run=dry_run,
    )  # fmt: skip
    raise typer.Exit(new_command.run(description or [], wish, options, manner))


@app.command(
    short_help="Write what is unwritten in a document; touch nothing else.",
    epilog=examples(
        ("draft fill 7", "all that is unwritten"),
        ("draft fill 7 --section Risks --diff", "look first; save nothing"),
        ("draft fill notes.md --add-missing", "with headings that it lacks"),
    ),
)
def fill(  # noqa: PLR0913
    *,
    document: Annotated[str, typer.Argument(metavar="DOC", help="A path or a number.")],
    section: Annotated[
        list[str] | None,
        typer.Option(
            "--section", help="Only this heading, a prefix or a path `A > B`; repeatable."
        ),
    ] = None,
    hint: Annotated[str, typer.Option("--hint", help="A sentence for the model.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="With --section: rewrite what is written, after asking.")
    ] = False,
    add_missing: Annotated[
        bool, typer.Option("--add-missing", help="Add the template's headings that are missing.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change; save nothing.")
    ] = False,
    folder: Dir = None,
    template: TemplateFile = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    concurrency: Concurrency = None,
    timeout: Timeout = None,
    max_tokens_total: Cap = None,
    language: Language = None,
    author: Author = None,
    output: Output = None,
    dry_run: DryRun = False,
    json: Json = False,
    yes: Yes = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write what is unwritten in a document, and touch nothing else: draft fill 7."""
    from assistant import fill as command  # noqa: PLC0415
    from assistant.job import Wish  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(
        dir=folder, template=template, model=model, base_url=base_url, concurrency=concurrency,
        timeout=timeout, max_tokens_total=max_tokens_total, language=language, author=author,
    )  # fmt: skip
    wish = Wish(
        sections=tuple(section or ()), hint=hint, force=force, add_missing=add_missing,
        dry_run=dry_run, diff=diff, yes=yes,
    )  # fmt: skip
    manner = report.Manner(json=json, quiet=quiet, verbose=verbose, output=output or "")
    raise typer.Exit(command.fill(document, wish, options, manner))


@app.command(
    short_help="Name risks and open questions that a document does not.",
    epilog=examples(
        ("draft suggest 7", "print risks and questions"),
        ("draft suggest 7 --risks -n 3", "the three weightiest risks"),
        ("draft suggest 7 --apply", "add them to the document"),
    ),
)
def suggest(  # noqa: PLR0913
    *,
    document: Annotated[str, typer.Argument(metavar="DOC", help="A path or a number.")],
    risks: Annotated[bool, typer.Option("--risks", help="Risks only.")] = False,
    questions: Annotated[bool, typer.Option("--questions", help="Open questions only.")] = False,
    most: Annotated[
        int | None, typer.Option("-n", help="At most so many of each, the weightiest first.")
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Add them to the document's own table and list.")
    ] = False,
    folder: Dir = None,
    template: TemplateFile = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    concurrency: Concurrency = None,
    timeout: Timeout = None,
    max_tokens_total: Cap = None,
    language: Language = None,
    output: Output = None,
    dry_run: DryRun = False,
    json: Json = False,
    yes: Yes = False,  # noqa: ARG001  nothing here asks
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Name risks and open questions that a document does not: draft suggest 7."""
    from assistant import suggest as command  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415
    from assistant.suggestion import Kinds  # noqa: PLC0415

    options = Options(
        dir=folder, template=template, model=model, base_url=base_url, concurrency=concurrency,
        timeout=timeout, max_tokens_total=max_tokens_total, language=language,
    )  # fmt: skip
    both = risks == questions
    wish = command.Wish(
        kinds=Kinds(risks=risks or both, questions=questions or both), most=most, apply=apply,
        dry_run=dry_run,
    )  # fmt: skip
    manner = report.Manner(json=json, quiet=quiet, verbose=verbose, output=output or "")
    raise typer.Exit(command.suggest(document, wish, options, manner))
