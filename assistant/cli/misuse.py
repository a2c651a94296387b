"""What is wrong with the words of a command line, with the nearest right ones."""

import os
from collections.abc import Iterable
from typing import Any

import typer

from assistant import report
from assistant.errors import DraftError

_NEAR = 0.6


def help_hint(command: str) -> str:
    """Return where the right words stand: in a command's own help where one was named."""
    if command:
        return f"`draft {command} --help` shows its arguments and options."
    return "`draft --help` shows the commands."


def misused(error: typer.TyperException) -> DraftError:
    """Return what typer has against a command line as an error of ours."""
    context: Any = getattr(error, "ctx", None)
    command = context.info_name if context is not None and context.parent is not None else ""
    wrong = getattr(error, "option_name", "")
    if wrong and hasattr(error, "possibilities"):  # there is no such option
        said = report.usage(f"there is no option {wrong}.")
        said.hint = " ".join([*_meant(wrong, context), help_hint(command)])
        return said
    message = str(getattr(error, "format_message", error.__str__)())
    said = report.usage(f"{message[:1].lower()}{message[1:].rstrip('.')}.")
    said.hint = help_hint(command)
    return said


def refuse_option_names(command: Any, context: Any) -> None:  # noqa: ANN401  click's own types
    """Raise DraftError (exit code 2) where a document is called as an option is: `check list`.

    A file of such a name is one, and is left alone.
    """
    options = _names(command, context)
    for parameter in command.params:
        if parameter.param_type_name != "argument" or parameter.metavar != "DOC":
            continue
        value = context.params.get(parameter.name) or ()
        for word in (value,) if isinstance(value, str) else value:
            if f"--{word}" in options and not os.path.lexists(word):
                said = report.usage(f'there is no document "{word}".')
                said.hint = f"Did you mean --{word}? {help_hint(command.name)}"
                raise said


def _meant(wrong: str, context: Any) -> Iterable[str]:  # noqa: ANN401  click's own type
    """Yield what may have been meant by an option that is none: one like it, or another command."""
    from difflib import get_close_matches  # noqa: PLC0415  only for an option that is none

    own = _names(context.command, context)
    near = [name for name in own if name.startswith(wrong)][:1] if len(wrong) > len("--") else []
    near = near or get_close_matches(wrong, own, n=1, cutoff=_NEAR)
    program = context.find_root().command
    others = [
        name
        for name, command in getattr(program, "commands", {}).items()
        if wrong in _names(command, context)
    ]
    if others:
        yield f"It is an option of {' and '.join(f'`draft {name}`' for name in others)}."
    elif near:
        yield f"Did you mean {near[0]}?"


def _names(command: Any, context: Any) -> list[str]:  # noqa: ANN401  click's own types
    return [
        name
        for one in command.get_params(context)
        if one.param_type_name == "option"
        for name in one.opts
    ]
