"""The program's group of commands, and which of them a command line means."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from assistant import line, report
from assistant.errors import Exit


def examples(*lines: tuple[str, str]) -> str:
    """The end of a command's help: command lines, each with what it does, in two columns."""
    wide = max(len(command) for command, _ in lines)
    rows = (f"  {command.ljust(wide)}  {what}" for command, what in lines)
    return "\b\nExamples:\n" + "\n".join(rows)  # \b: help leaves the lines as they are


EPILOG = examples(
    ('draft "bug: login timeout"', "a design document for a bug"),
    ('draft "feature: CSV export" --dry-run', "every prompt; nothing is sent"),
    ("draft new check the login flow", "begins with a command's name"),
    ("draft fill 7", "write what is unwritten in it"),
    ("draft suggest 7", "risks and questions it lacks"),
    ("draft check", "hold all to their template"),
    ("draft list --status draft", "the drafts, what they lack"),
    ("draft status 7 approved", "move it to another status"),
    ("draft renumber 7", "the next free number"),
)


# The order in which help lists the commands: as a document comes to them.
ORDER = ("new", "fill", "suggest", "check", "list", "status", "renumber", "index", "init")


class ReaderGone(Exception):  # noqa: N818  nobody is left to be told of an error
    """A closed pipe, in a shape that typer does not make an exit code 1 of."""


class Commands(TyperGroup):
    """A group whose unnamed command is `new`: `draft "bug: x"`, options before or after."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002  click's own type
        """The commands' names, in the order of a document's life."""
        return sorted(self.commands, key=ORDER.index)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  click's own type
        """Put `new` in front where no command is named, and a named one before its options."""
        if not args:
            typer.echo(ctx.get_help(), err=True)
            raise typer.Exit(Exit.USAGE)
        options = (option for command in self.commands.values() for option in command.params)
        valued = {
            name
            for option in options
            if option.param_type_name == "option" and not getattr(option, "is_flag", False)
            for name in option.opts
        }
        return super().parse_args(ctx, line.meant(args, tuple(self.commands), valued))

    def make_context(self, *words: Any, **named: Any) -> Any:  # noqa: ANN401  click's own types
        """Read the command line; help is printed here."""
        try:
            return super().make_context(*words, **named)
        except BrokenPipeError:
            raise ReaderGone from None

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  click's own types
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise ReaderGone from None


app = typer.Typer(
    name="draft",
    cls=Commands,
    help="One line in, the next numbered design document out.",
    epilog=EPILOG,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(*, value: bool) -> None:
    if value:
        typer.echo(f"draft {report.version()}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """One line in, the next numbered design document out."""
