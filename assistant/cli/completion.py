"""What is wanted at the cursor of a command line, and what a shell is told of it."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from assistant.cli import line, shells
from assistant.errors import Exit

_DESCRIPTION = 120  # characters: no terminal shows more beside a candidate


class Wanted(NamedTuple):
    """What is wanted at the cursor: a value of a kind, an option's name, or a command's.

    `lead` is what stands before the value in the same word (`--option=`), `given` what stands on
    the line by the name of its parameter.
    """

    command: Any
    kind: str
    typed: str
    lead: str
    given: Mapping[str, str]


def respond(program: Any, instruction: str) -> int:  # noqa: ANN401  click's own type
    """Print the script of a shell, or what it may offer; the exit code is always 0.

    Whatever goes wrong, nothing is offered and nothing is said: somebody is in the midst of typing.
    """
    action, _, shell = instruction.partition("_")
    try:
        if action == "source":
            _print(shells.SCRIPTS[shell])
        elif shell in shells.SCRIPTS:
            read = shells.read(shell, sys.argv[1:], os.environ)
            if read is not None:
                _print(_answered(program, shell, read))
    except Exception:  # noqa: BLE001, S110  a document may hold anything, and a person is typing
        pass
    return Exit.DONE


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.flush()


def _answered(program: Any, shell: str, read: shells.Line) -> str:  # noqa: ANN401  click's own type
    wanted = find(program, read.words, read.typed)
    paths, found = "", list(offer_names(program, wanted))
    if not found and wanted.kind:
        from assistant.cli.candidates import Place, offer  # noqa: PLC0415  not for names

        place = Place(
            kind=wanted.kind, typed=wanted.typed, dir=wanted.given.get("dir"),
            template=wanted.given.get("template"), document=wanted.given.get("document", ""),
            cwd=Path.cwd(), environ=os.environ,
        )  # fmt: skip
        offered = offer(place)
        paths = offered.paths
        found = [(one.value, one.about) for one in offered.candidates]
    lead = wanted.lead if shell != "powershell" else ""
    shown = [(lead + value, _short(about)) for value, about in found]
    return shells.answer(shell, read, paths, shown, os.environ)


def _short(about: str) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in about).split())
    return text if len(text) <= _DESCRIPTION else f"{text[: _DESCRIPTION - 3]}..."


def find(program: Any, words: Sequence[str], typed: str) -> Wanted:  # noqa: ANN401
    """Return what is wanted behind these words, where this much of the next one is typed."""
    valued = program.valued()
    places = line.words(words, valued)
    first = places[0] if places else None
    named = first is not None and "--" not in words[:first] and words[first] in program.commands
    name = words[first] if named and first is not None else "new"
    command = program.commands[name]
    rest = [word for at, word in enumerate(words) if not (named and at == first)]
    options = {one: parameter for parameter in _options(program, command) for one in parameter.opts}
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    given, pending, ended, count = _walked(rest, options, arguments)
    if pending is not None:
        return Wanted(command, (pending.metavar or "").strip("[]."), typed, "", given)
    if not ended and typed.startswith("-") and typed != "-":
        option, equals, value = typed.partition("=")
        if equals and option in options:
            return Wanted(command, options[option].metavar or "", value, f"{option}=", given)
        return Wanted(command, "OPTION", typed, "", given)
    if first is None and not ended:
        return Wanted(command, "WORD", typed, "", given)
    argument = next((one for at, one in enumerate(arguments) if at == count or one.nargs < 0), None)
    return Wanted(command, argument.metavar if argument else "", typed, "", given)


def _walked(
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


def _options(program: Any, command: Any) -> Iterator[Any]:  # noqa: ANN401  click's own types
    for one in (*command.params, *(program.params if command.name == "new" else ())):
        if one.param_type_name == "option" and not one.hidden:
            yield one


def offer_names(program: Any, wanted: Wanted) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Yield commands and options: what the program itself names."""
    if wanted.kind in ("WORD", "COMMAND"):
        for name in program.list_commands(None):
            command = program.commands[name]
            if name.startswith(wanted.typed):
                yield name, command.short_help or command.help or ""
    elif wanted.kind == "SHELL":
        yield from ((name, "") for name in shells.SCRIPTS if name.startswith(wanted.typed))
    elif wanted.kind == "OPTION":
        for option in _options(program, wanted.command):
            if option.name not in wanted.given or option.multiple:
                yield from (
                    (name, option.help or "")
                    for name in option.opts
                    if name.startswith(wanted.typed)
                )
        yield from ((n, "Show help.") for n in ("--help", "-h") if n.startswith(wanted.typed))
