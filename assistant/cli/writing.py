"""The commands that ask a model: new, fill, suggest."""

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.app import command
from assistant.cli.option import Author, Document, DryRun, Edit, Manners, Model, Output, Where, Yes

if TYPE_CHECKING:
    from assistant.settings import Options


@command(
    short_help="Draft the next numbered document.",
    examples=(
        ('draft "bug: login timeout"', "a bug: a shorter document"),
        ("draft - < idea.txt", "a longer description"),
        ('draft "CSV export" --supersedes 3', "linked both ways"),
        ('draft "x" --base-url http://localhost:8080/v1', "any server, no key"),
        ('draft "x" --template rfc.md --output -', "to stdout, nothing saved"),
    ),
)
def new(  # noqa: PLR0913  a command's options are its signature
    *,
    description: Annotated[
        list[str] | None,
        typer.Argument(metavar="DESCRIPTION", help="Words, or - for standard input."),
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
    author: Author = None,
    dry_run: DryRun = False,
    yes: Yes = False,  # noqa: ARG001  nothing here asks
    where: Where,
    model: Model,
    output: Output = "",
    edit: Edit = False,
    manners: Manners,
) -> None:
    """Draft the next numbered document: draft "bug: login timeout"."""
    from assistant import new_command  # noqa: PLC0415  loads the model's half of the program

    wish = new_command.Wish(
        source=source, supersedes=tuple(supersedes or ()), relates_to=tuple(relates_to or ()),
        dry_run=dry_run, edit=edit,
    )  # fmt: skip
    options = _options(where, model, author)
    raise typer.Exit(new_command.run(description or [], wish, options, manners.manner(output)))


@command(
    short_help="Write what is unwritten in a document; touch nothing else.",
    examples=(
        ("draft fill 7", "all that is unwritten"),
        ("draft fill 7 --section Risks --diff", "look; save nothing"),
        ('draft fill 7 --section Risks --force --hint "say why"', "one section again"),
        ("draft fill notes.md --add-missing", "with missing headings"),
    ),
)
def fill(  # noqa: PLR0913
    *,
    document: Document,
    section: Annotated[
        list[str] | None,
        typer.Option(
            "--section",
            metavar="HEADING",
            help="Only this heading, a prefix or a path `A > B`; repeatable.",
        ),
    ] = None,
    hint: Annotated[
        str, typer.Option("--hint", metavar="TEXT", help="A sentence for the model.")
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="With --section: rewrite what is written, after asking.")
    ] = False,
    add_missing: Annotated[
        bool, typer.Option("--add-missing", help="Add the template's headings that are missing.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change; save nothing.")
    ] = False,
    author: Author = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    where: Where,
    model: Model,
    output: Output = "",
    edit: Edit = False,
    manners: Manners,
) -> None:
    """Write what is unwritten in a document, and touch nothing else: draft fill 7."""
    from assistant import fill as own  # noqa: PLC0415
    from assistant.job import Wish  # noqa: PLC0415

    wish = Wish(
        sections=tuple(section or ()), hint=hint, force=force, add_missing=add_missing,
        dry_run=dry_run, diff=diff, yes=yes, edit=edit,
    )  # fmt: skip
    options = _options(where, model, author)
    raise typer.Exit(own.fill(document, wish, options, manners.manner(output)))


@command(
    short_help="Name risks and open questions that a document does not.",
    examples=(
        ("draft suggest 7", "print risks and questions"),
        ("draft suggest 7 --risks -n 3", "the three weightiest risks"),
        ("draft suggest 7 --apply", "add them to the document"),
        ("draft suggest 7 --apply 1,3", "only these, as they were shown"),
    ),
)
def suggest(  # noqa: PLR0913
    *,
    document: Document,
    numbers: Annotated[
        list[str] | None,
        typer.Argument(metavar="N", help="With --apply: only these, as they were shown."),
    ] = None,
    risks: Annotated[bool, typer.Option("--risks", help="Risks only.")] = False,
    questions: Annotated[bool, typer.Option("--questions", help="Open questions only.")] = False,
    most: Annotated[
        int | None,
        typer.Option("-n", metavar="N", help="At most so many of each, the weightiest first."),
    ] = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Add them to the document's own table and list.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,  # noqa: ARG001  nothing here asks
    where: Where,
    model: Model,
    output: Output = "",
    manners: Manners,
) -> None:
    """Name risks and open questions that a document does not: draft suggest 7."""
    from assistant import suggest as own  # noqa: PLC0415
    from assistant.suggestion import Kinds  # noqa: PLC0415

    both = risks == questions
    wish = own.Wish(
        kinds=Kinds(risks=risks or both, questions=questions or both), most=most, apply=apply,
        picks=own.picks_of(numbers or ()), dry_run=dry_run,
    )  # fmt: skip
    options = _options(where, model)
    raise typer.Exit(own.suggest(document, wish, options, manners.manner(output)))


def _options(where: Where, model: Model, author: str | None = None) -> "Options":
    """Return what stands on the command line of all that can be set elsewhere too."""
    from assistant.settings import Options  # noqa: PLC0415

    return Options(**vars(where), **vars(model), author=author)
