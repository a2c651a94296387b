"""The program's group of commands, and which of them a command line means."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from assistant import __version__
from assistant.cli import line
from assistant.cli.help import DraftCommand, format_program_page, make_help_page
from assistant.cli.options import Argument, GivenOptions, spread_options
from assistant.errors import Exit
from assistant.terminal import report

CommandExamples = tuple[tuple[str, str], ...]


class Invocation:
    """What is known of a run outside of its command: how errors are printed, and what was typed.

    `command` is the command that the line means, as soon as that is known, and `words` are those
    that follow it.
    """

    def __init__(self, *, json: bool = False, verbose: bool = False) -> None:
        self.json = json
        self.verbose = verbose
        self.command = ""
        self.words: tuple[str, ...] = ()


class ReaderGone(Exception):  # noqa: N818  nobody is left to be told of an error
    """A closed pipe, in a shape that typer does not make an exit code 1 of."""


class DraftGroup(TyperGroup):
    """A group whose unnamed command is `new`: `draft "bug: x"`, options before or after."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002  click's own type
        """Return the commands' names, in the order in which they are defined."""
        return list(self.commands)

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401  click's own type
        """Return the page of all commands."""
        return format_program_page(self, ctx, make_help_page(sys.stdout))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  click's own type
        """Put `new` in front where no command is named, and a named one before its options."""
        if not args:
            typer.echo(format_program_page(self, ctx, make_help_page(sys.stderr)), err=True)
            raise typer.Exit(Exit.USAGE)

        def confirm(question: str) -> bool:
            return "--yes" in args or confirm_on_terminal(question)

        valued = self.list_value_options()
        words = line.put_command_first(
            _add_empty_shell(args), tuple(self.commands), valued, confirm
        )
        if isinstance(ctx.obj, Invocation) and words[0] in self.commands:
            rest = words[1:]
            ctx.obj.command = words[0]
            ctx.obj.words = tuple(rest[place] for place in line.find_word_places(rest, valued))
        return super().parse_args(ctx, words)

    def list_value_options(self) -> set[str]:
        """Return the names of all options that take a value, of all commands."""
        options = (option for command in self.commands.values() for option in command.params)
        return {
            name
            for option in options
            if option.param_type_name == "option" and not getattr(option, "is_flag", False)
            for name in option.opts
        }

    def make_context(self, *words: Any, **named: Any) -> Any:  # noqa: ANN401  click's own types
        """Read the command line, and print help where that is asked for."""
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


def _add_empty_shell(args: list[str]) -> list[str]:
    """Return the arguments with an empty shell behind an option whose shell was left out."""
    takes_shell = args[0] in ("--install-completion", "--show-completion")
    if takes_shell and (len(args) == 1 or args[1].startswith("-")):
        return [args[0], "", *args[1:]]
    return args


def confirm_on_terminal(question: str) -> bool:
    """Return whether a person says yes to a question; without a terminal nobody does."""
    from assistant.terminal import streams, style  # noqa: PLC0415  only for a word that may be a slip

    is_there = style.is_terminal(sys.stdin) and style.is_terminal(sys.stderr)
    return is_there and streams.ask_yes_no(question)


app = typer.Typer(
    name="draft",
    cls=DraftGroup,
    help="One line in, the next numbered design document out.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,  # there is one of our own: typer's scripts evaluate what they are told
    context_settings={"help_option_names": ["-h", "--help"]},
)


def register_command(
    name: str,
    *,
    examples: CommandExamples,
    about: str | None = None,
    arguments: Sequence[Argument] = (),
    overview: CommandExamples = (),
) -> Callable[[Callable[[GivenOptions], int]], Callable[[GivenOptions], int]]:
    """Return a decorator that makes a function a command; the function returns the exit code.

    The first paragraph of its docstring heads its help; the list of commands has `about`, or else
    that. `examples` end its help, and those of `overview` end the help of the whole program.
    """

    def add(run: Callable[[GivenOptions], int]) -> Callable[[GivenOptions], int]:
        app.info.epilog = f"{app.info.epilog or ''}{_join_examples(overview)}"
        made = spread_options(name, arguments, run)
        app.command(name, cls=DraftCommand, short_help=about, epilog=_join_examples(examples))(made)
        return run

    return add


def _join_examples(examples: CommandExamples) -> str:
    """Return examples as text, a line each: typer hands a text on to help, and nothing else."""
    return "".join(f"{typed}\t{what}\n" for typed, what in examples)


def _print_version(*, value: bool) -> None:
    if value:
        typer.echo(f"draft {__version__}")
        raise typer.Exit


def _print_completion(value: str | None) -> None:
    if value is not None:
        from assistant.cli import shells  # noqa: PLC0415

        typer.echo(shells.SCRIPTS[shells.choose_shell(value)], nl=False)
        raise typer.Exit


def _install_completion(value: str | None) -> None:
    if value is not None:
        from assistant.cli import shells  # noqa: PLC0415

        shell = shells.choose_shell(value)
        typer.echo(shells.install_completion(shell, os.environ))
        report.print_message(f"completion is there in every {shell} that is started from now on")
        raise typer.Exit


@app.callback()
def declare_program_options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
    install_completion: Annotated[
        str | None,
        typer.Option(
            "--install-completion",
            metavar="[SHELL]",
            callback=_install_completion,
            help="Complete at the Tab key: bash, zsh or fish; without a name the one you are in.",
        ),
    ] = None,
    show_completion: Annotated[
        str | None,
        typer.Option(
            "--show-completion",
            metavar="[SHELL]",
            callback=_print_completion,
            help="Print the script for that; PowerShell's too.",
        ),
    ] = None,
) -> None:
    """One line in, the next numbered design document out."""
