"""Options: made for typer from config's table, and handed to a command as its own dataclass."""

import os
from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from typing import Any, NamedTuple, TypeVar

import typer

from assistant.config import OWN_GROUP, Option, list_options
from assistant.errors import DraftError, Exit

_OptionsT = TypeVar("_OptionsT")


class Argument(NamedTuple):
    """A word of the command line that is known by its place.

    `field` is its name in the command's options, `metavar` its name in help.
    """

    field: str
    metavar: str
    help: str
    required: bool = False
    repeatable: bool = False


class GivenOptions:
    """What a command line gives, by the names of the fields of the command's options."""

    def __init__(self, context: Any, values: dict[str, Any]) -> None:  # noqa: ANN401  click's types
        self.context = context
        self.values = values

    def build_options(self, kind: type[_OptionsT]) -> _OptionsT:
        """Return a command's options: a dataclass, of which a field may be another one.

        A field of the same name as an option gets its value; what was not given has the default of
        the class.
        """
        from dataclasses import fields, is_dataclass  # noqa: PLC0415  not for help

        made: dict[str, Any] = {}
        for one in fields(kind):  # type: ignore[arg-type]  # mypy has no type for dataclasses
            value = self.values.get(one.name)
            if isinstance(one.type, type) and is_dataclass(one.type):
                made[one.name] = self.build_options(one.type)
            elif value is not None:
                made[one.name] = tuple(value) if isinstance(value, list) else value
        return kind(**made)


def spread_options(
    command: str, arguments: Sequence[Argument], run: Callable[[GivenOptions], int]
) -> Callable[..., None]:
    """Return a function as typer reads a command: with a parameter for each argument and option."""
    taken = [*map(_make_argument, arguments), *map(_make_option, list_options(command))]
    context = Parameter("ctx", Parameter.KEYWORD_ONLY, annotation=typer.Context)

    def call(ctx: Any, **values: Any) -> None:  # noqa: ANN401  click's, and the parameters' own
        _refuse_lost_folder()
        raise typer.Exit(run(GivenOptions(ctx, values)))

    call.__doc__ = run.__doc__
    call.__name__ = command
    call.__signature__ = Signature([context, *taken])  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in (context, *taken)}
    return call


def _make_argument(one: Argument) -> Parameter:
    default = ... if one.required else None
    made: Any = typer.Argument(default, metavar=one.metavar, help=one.help)
    kind: Any = list[str] if one.repeatable else str
    return _make_parameter(one.field, kind if one.required else kind | None, made)


def _make_option(one: Option) -> Parameter:
    """Return the parameter of an option as typer has it."""
    made: Any = typer.Option(
        False if one.is_flag else None,
        *one.typed.split(),
        metavar=one.metavar or None,
        help=one.help,
        show_default=one.default or True,
        rich_help_panel=None if one.group == OWN_GROUP else one.group,
    )
    kind: Any = bool if one.is_flag else list[str] if one.repeatable else one.kind
    return _make_parameter(one.field, kind if one.is_flag else kind | None, made)


def _make_parameter(name: str, kind: Any, default: Any) -> Parameter:  # noqa: ANN401  typer's
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind, default=default)


def _refuse_lost_folder() -> None:
    """Raise DraftError if the working directory is gone: every command begins from it."""
    try:
        os.getcwd()  # noqa: PTH109  pathlib takes longer to load
    except OSError as error:
        raise DraftError(
            f"the folder that you are in cannot be used: {error.strerror}",
            code="no-working-directory",
            exit_code=Exit.FILE,
            hint="Change to another one: it may have been removed, or made anew under its name.",
        ) from None
