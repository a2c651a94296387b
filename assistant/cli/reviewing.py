"""The commands that look at documents and change none: check, list."""

import os
from typing import Annotated

import typer

from assistant import errors, report
from assistant.cli.app import command
from assistant.cli.misuse import described
from assistant.cli.option import Manners, Where
from assistant.errors import Exit


@command(
    examples=(
        ("draft check", "every document of the folder"),
        ("draft check 7 docs/rfc.md", "by number or path"),
        ("draft check --since main", "what this branch changed"),
        ("draft check --fix --diff", "what could be mended"),
        ("draft check --explain D204", "what a rule is about"),
    )
)
def check(  # noqa: PLR0913  an option is an argument
    *,
    documents: Annotated[
        list[str] | None,
        typer.Argument(metavar="DOC", help="Paths or numbers; a folder means its documents."),
    ] = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only documents that differ from HEAD.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="REV", help="Only those changed since this branch, tag or commit."
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            show_default="text",
            help="text, json, github or sarif.",
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what has one right answer; nothing else changes.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="With --fix: show what would change, write nothing.")
    ] = False,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain", metavar="RULE", help="What a rule is about, by its code or name."
        ),
    ] = None,
    rules: Annotated[bool, typer.Option("--list", help="All rules.")] = False,
    where: Where,
    manners: Manners,
) -> None:
    """Hold documents against their template, without a model."""
    from assistant import check as own  # noqa: PLC0415
    from assistant.selection import Choice  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    if manners.json and form not in (None, "json"):
        raise errors.usage(f"--json and --format {form} are two forms: give one of them")
    wish = own.Wish(
        choice=Choice(names=tuple(documents or ()), changed=changed, since=since or ""),
        form="json" if manners.json else form or "text",
        fix=fix,
        diff=diff,
        explain=explain or "",
        list=rules,
    )
    options = Options(dir=where.dir, template=where.template)
    manner = manners.manner(json=wish.form == "json")
    code = own.check(wish, options, manner)
    names = wish.choice.names
    if code == Exit.FILE and len(names) > 1 and not any(map(os.path.lexists, names)):
        for hint in described("check", names):  # `draft check the login flow`
            report.say(hint, manner, "hint")
    raise typer.Exit(code)


@command(
    "list",
    short_help="List documents: number, status, title, dates, what is open.",
    examples=(
        ("draft list --status draft", "only the drafts"),
        ("draft list --search login --sort updated", "by words, in any order"),
    ),
)
def list_documents(
    *,
    statuses: Annotated[
        list[str] | None,
        typer.Option("--status", metavar="STATUS", help="Only these; repeatable."),
    ] = None,
    search: Annotated[
        str, typer.Option("--search", metavar="TEXT", help="Only with this in title or text.")
    ] = "",
    sort: Annotated[
        str,
        typer.Option(
            "--sort",
            metavar="COLUMN",
            show_default="number",
            help="By number, status, title, created, updated, unwritten or questions.",
        ),
    ] = "",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    where: Where,
    manners: Manners,
) -> None:
    """List the documents: number, status, title, dates, what is unwritten and what is open."""
    from assistant import list_command  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(dir=where.dir, template=where.template)
    wish = list_command.Wish(
        statuses=tuple(filter(None, statuses or ())), search=search, sort=sort, reverse=reverse
    )
    raise typer.Exit(list_command.run(wish, options, manners.manner()))
