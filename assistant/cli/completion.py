"""What is wanted at the cursor of a command line, and what a shell is told of it."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from assistant.cli import line, shells
from assistant.errors import Exit

_MAX_DESCRIPTION = 120  # characters: no terminal shows more beside a candidate


class CompletionTarget(NamedTuple):
    """What is wanted at the cursor: a value of a kind, an option's name, or a command's.

    `lead` is what stands before the value in the same word (`--option=`), `given` what stands on
    the line by the name of its parameter.
    """

    command: Any
    kind: str
    typed: str
    lead: str
    given: Mapping[str, str]


def answer_shell(program: Any, instruction: str) -> int:  # noqa: ANN401  click's own type
    """Print the script of a shell, or what it may offer; the exit code is always 0.

    Whatever goes wrong, nothing is offered and nothing is said: somebody is in the midst of typing.
    """
    action, _, shell = instruction.partition("_")
    try:
        if action == "source":
            _print(shells.SCRIPTS[shell])
        elif shell in shells.SCRIPTS:
            read = shells.read_shell_line(shell, sys.argv[1:], os.environ)
            if read is not None:
                _print(_complete_line(program, shell, read))
    except Exception:  # noqa: BLE001, S110  a document may hold anything, and a person is typing
        pass
    return Exit.DONE


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.flush()


def _complete_line(program: Any, shell: str, read: shells.ShellLine) -> str:  # noqa: ANN401  click's own type
    wanted = find_completion_target(program, read.words, read.typed)
    paths, found = "", list(offer_names(program, wanted))
    if not found and wanted.kind:
        from assistant.cli.candidates import CursorPlace, offer_candidates  # noqa: PLC0415  not for names

        place = CursorPlace(
            kind=wanted.kind, typed=wanted.typed, dir=wanted.given.get("dir"),
            template=wanted.given.get("template"), document=wanted.given.get("document", ""),
            cwd=Path.cwd(), environ=os.environ,
        )  # fmt: skip
        offered = offer_candidates(place)
        paths = offered.paths
        found = [(one.value, one.about) for one in offered.candidates]
    lead = wanted.lead if shell != "powershell" else ""
    shown = [(lead + value, _shorten_description(about)) for value, about in found]
    return shells.format_shell_answer(shell, read, paths, shown, os.environ)


def _shorten_description(about: str) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in about).split())
    return text if len(text) <= _MAX_DESCRIPTION else f"{text[: _MAX_DESCRIPTION - 3]}..."


def find_completion_target(program: Any, words: Sequence[str], typed: str) -> CompletionTarget:  # noqa: ANN401
    """Return what is wanted behind these words, where this much of the next one is typed."""
    valued = program.valued()
    places = line.find_word_places(words, valued)
    first = places[0] if places else None
    named = first is not None and "--" not in words[:first] and words[first] in program.commands
    name = words[first] if named and first is not None else "new"
    command = program.commands[name]
    rest = [word for at, word in enumerate(words) if not (named and at == first)]
    options = {
        one: parameter
        for parameter in _list_visible_options(program, command)
        for one in parameter.opts
    }
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    given, pending, ended, count = _walk_words(rest, options, arguments)
    if pending is not None:
        return CompletionTarget(command, (pending.metavar or "").strip("[]."), typed, "", given)
    if not ended and typed.startswith("-") and typed != "-":
        option, equals, value = typed.partition("=")
        if equals and option in options:
            return CompletionTarget(
                command, options[option].metavar or "", value, f"{option}=", given
            )
        return CompletionTarget(command, "OPTION", typed, "", given)
    if first is None and not ended:
        return CompletionTarget(command, "WORD", typed, "", given)
    argument = next((one for at, one in enumerate(arguments) if at == count or one.nargs < 0), None)
    return CompletionTarget(command, argument.metavar if argument else "", typed, "", given)


def _walk_words(
    words: Sequence[str], options: Mapping[str, Any], arguments: Sequence[Any]
) -> tuple[dict[str, str], Any, bool, int]:
    """Return what is given by name, the option that waits for its value, whether `--` stood there,
    and how many arguments there are.
    """  # noqa: D205  it does not go into one line
    given: dict[str, str] = {}
    pending: Any = None
    ended, count = False, 0
    for word in words:
        name, equals, value = word.partition("=")
        if pending is not None:
            given[pending.name] = word
            pending = None
        elif word == "--" and not ended:
            ended = True
        elif word.startswith("-") and word != "-" and not ended:
            option = options.get(name)
            if option is not None and not option.is_flag and not equals:
                pending = option
            if option is not None:
                given[option.name] = value
        else:
            if count < len(arguments):
                given.setdefault(arguments[count].name, word)
            count += 1
    return given, pending, ended, count


def _list_visible_options(program: Any, command: Any) -> Iterator[Any]:  # noqa: ANN401  click's own types
    for one in (*command.params, *(program.params if command.name == "new" else ())):
        if one.param_type_name == "option" and not one.hidden:
            yield one


def offer_names(program: Any, wanted: CompletionTarget) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Yield commands and options: what the program itself names."""
    if wanted.kind in ("WORD", "COMMAND"):
        for name in program.list_commands(None):
            command = program.commands[name]
            if name.startswith(wanted.typed):
                yield name, command.short_help or command.help or ""
    elif wanted.kind == "SHELL":
        yield from ((name, "") for name in shells.SCRIPTS if name.startswith(wanted.typed))
    elif wanted.kind == "OPTION":
        for option in _list_visible_options(program, wanted.command):
            if option.name not in wanted.given or option.multiple:
                yield from (
                    (name, option.help or "")
                    for name in option.opts
                    if name.startswith(wanted.typed)
                )
        yield from ((n, "Show help.") for n in ("--help", "-h") if n.startswith(wanted.typed))
