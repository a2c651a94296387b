"""Errors of the command line: say what is wrong with its words, and which are the nearest right."""

import os
import re
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from typer.core import TyperOption

from assistant import errors
from assistant.errors import DraftError

# difflib's own default: who types dashes means an option, and is told of a distant one too.
_MIN_LIKENESS = 0.6
# As typer words it: there is no other way to the value.
_NOT_A_NUMBER = re.compile(r"': '(.*)' is not a valid (int|float|integer)")
_EXTRA_ARGUMENT = re.compile(r"unexpected extra argument\S* \((.*)\)")


def hint_at_help(command: str) -> str:
    """Return a sentence that names the help to read: that of the command, if one was named."""
    if command:
        return f"`draft {command} --help` shows its arguments and options."
    return "`draft --help` shows the commands."


def translate_typer_error(
    error: typer.TyperException, command: str, rest: Sequence[str]
) -> DraftError:
    """Return an error of typer's as one of ours, with a hint.

    `command` is the one that the line means, `rest` the words that follow it.
    """
    context: Any = getattr(error, "ctx", None)
    translated = errors.make_usage_error(_describe_error(error))
    wrong = str(getattr(error, "option_name", ""))
    is_no_option = hasattr(error, "possibilities")
    hints = [*_guess_option(wrong, context)] if is_no_option else []
    if not hints and not wrong and not isinstance(getattr(error, "param", None), TyperOption):
        hints = [*hint_at_draft(command, rest)]
    translated.hint = " ".join([*hints, hint_at_help(command)])
    return translated


def _describe_error(error: typer.TyperException) -> str:
    """Return a sentence that says what is wrong, in the words of help."""
    option, parameter = getattr(error, "option_name", ""), getattr(error, "param", None)
    message = str(getattr(error, "format_message", error.__str__)())
    if option and hasattr(error, "possibilities"):
        return f"there is no option {option}."
    if option:
        return f"{option} takes {'a' if 'requires' in message else 'no'} value."
    if parameter is not None and message.startswith("Missing"):
        return f"{parameter.metavar} is missing."
    number = _NOT_A_NUMBER.search(message)
    if number and parameter is not None:
        kind = "whole number" if number[2] == "int" else "number"
        return f'{parameter.opts[0]}: "{number[1]}" is no {kind}.'
    extra = _EXTRA_ARGUMENT.search(message)
    if extra:
        return f'there is no place for "{extra[1]}".'
    return f"{message[:1].lower()}{message[1:].rstrip('.')}."


def hint_at_draft(command: str, rest: Sequence[str]) -> Iterable[str]:
    """Yield how to draft a document from a description that begins with a command's name.

    Nothing is yielded if the words that follow are what commands take: numbers and names of files.
    """
    if command and command != "new" and rest and not any(map(_is_no_word, rest)):
        import shlex  # noqa: PLC0415  only for a slip

        yield f"For a document about it: `{shlex.join(['draft', 'new', command, *rest])}`."


def _is_no_word(word: str) -> bool:
    """Return whether a word looks like a number, an option or a path, not like a sentence's."""
    return not word or not word[0].isalpha() or bool({"/", "\\", "."} & set(word[:-1]))


def refuse_option_names(command: Any, context: Any) -> None:  # noqa: ANN401  click's own types
    """Raise DraftError (exit code 2) for a document that has an option's name: `check list`.

    If there is a file of that name it is meant. An empty name is a slip too: of a shell's variable
    that is not set, `check` would find nothing to check, and be content.
    """
    options = _list_option_names(command, context)
    for parameter in command.params:
        if parameter.param_type_name != "argument" or parameter.metavar != "DOC":
            continue
        value = context.params.get(parameter.name)
        value = () if value is None else value
        for word in (value,) if isinstance(value, str) else value:
            if not word:
                empty = errors.make_usage_error("the name of a document is empty.")
                empty.hint = "Name it by its path or its number."
                raise empty
            if f"--{word}" in options and not os.path.lexists(word):
                missing = errors.make_usage_error(f'there is no document "{word}".')
                missing.hint = f"Did you mean --{word}? {hint_at_help(command.name)}"
                raise missing


def _guess_option(wrong: str, context: Any) -> Iterable[str]:  # noqa: ANN401  click's own type
    """Yield what an unknown option may have meant: a command, another's option, or one like it."""
    from difflib import get_close_matches  # noqa: PLC0415  only for an option that is none

    own = _list_option_names(context.command, context)
    near = [name for name in own if name.startswith(wrong)][:1] if len(wrong) > len("--") else []
    near = near or get_close_matches(wrong, own, n=1, cutoff=_MIN_LIKENESS)
    program = context.find_root().command
    if wrong.removeprefix("--") in getattr(program, "commands", {}):
        yield f"Did you mean `draft {wrong.removeprefix('--')}`?"
        return
    others = [
        name
        for name, command in getattr(program, "commands", {}).items()
        if wrong in _list_option_names(command, context)
    ]
    if others:
        yield f"It is an option of {' and '.join(f'`draft {name}`' for name in others)}."
    elif near:
        yield f"Did you mean {near[0]}?"


def _list_option_names(command: Any, context: Any) -> list[str]:  # noqa: ANN401  click's own types
    return [
        name
        for one in command.get_params(context)
        if one.param_type_name == "option"
        for name in one.opts
    ]
