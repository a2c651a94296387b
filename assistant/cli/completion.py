"""The Tab key: find out what is wanted at the cursor of a command line, and answer the shell."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from assistant.cli import line, shells
from assistant.errors import Exit

_MAX_DESCRIPTION = 120  # characters: few terminals show more beside a candidate; by judgement


class CompletionTarget(NamedTuple):
    """What is wanted at the cursor: a value of a kind, an option's name, or a command's.

    `lead` is what stands before the value in the same word (`--option=`), `given` has what stands
    on the line by the names of the parameters.
    """

    command: Any
    kind: str
    typed: str
    lead: str
    given: Mapping[str, str]


class _GivenWords(NamedTuple):
    """What the words before the cursor give: values by the names of their parameters.

    `waiting` is the option whose value comes next, `options_ended` whether `--` was among the
    words, and `arguments` how many words were no options.
    """

    values: Mapping[str, str]
    waiting: Any
    options_ended: bool
    arguments: int


def answer_shell(program: Any, instruction: str) -> int:  # noqa: ANN401  click's own type
    """Print the script of a shell, or what it may offer; the exit code is always 0.

    If anything goes wrong, nothing is offered and nothing is said: a person is typing.
    """
    action, _, shell = instruction.partition("_")
    try:
        if action == "source":
            _print(shells.SCRIPTS[shell])
        elif shell in shells.SCRIPTS:
            typed_line = shells.read_shell_line(shell, sys.argv[1:], os.environ)
            if typed_line is not None:
                _print(_complete_line(program, shell, typed_line))
    except Exception:  # noqa: BLE001, S110  a document may hold anything, and a person is typing
        pass
    return Exit.DONE


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.flush()


def _complete_line(
    program: Any,  # noqa: ANN401  click's own type
    shell: str,
    typed_line: shells.ShellLine,
) -> str:
    """Return the answer to a shell: what may stand at the cursor of its line."""
    target = find_completion_target(program, typed_line.words, typed_line.typed)
    paths, found = "", list(offer_names(program, target))
    if not found and target.kind:
        # Names of commands and options are offered without what reads documents.
        from assistant.cli.candidates import CursorPlace, offer_candidates  # noqa: PLC0415

        place = CursorPlace(
            kind=target.kind,
            typed=target.typed,
            dir=target.given.get("dir"),
            template=target.given.get("template"),
            document=target.given.get("document", ""),
            cwd=Path.cwd(),
            environ=os.environ,
        )
        offered = offer_candidates(place)
        paths = offered.paths
        found = [(one.value, one.about) for one in offered.candidates]
    lead = target.lead if shell != "powershell" else ""
    shown = [(lead + value, _shorten_description(about)) for value, about in found]
    return shells.format_shell_answer(shell, typed_line, paths, shown, os.environ)


def _shorten_description(about: str) -> str:
    """Return a description as one line without anything that a terminal would obey."""
    text = " ".join("".join(c if c.isprintable() else " " for c in about).split())
    return text if len(text) <= _MAX_DESCRIPTION else f"{text[: _MAX_DESCRIPTION - 3]}..."


def find_completion_target(
    program: Any,  # noqa: ANN401  click's own type
    words: Sequence[str],
    typed: str,
) -> CompletionTarget:
    """Return what is wanted after these words, of which so much is typed already."""
    places = line.find_word_places(words, program.list_value_options())
    first = places[0] if places else None
    is_named = first is not None and "--" not in words[:first] and words[first] in program.commands
    command = program.commands[words[first] if is_named and first is not None else "new"]
    rest = [word for at, word in enumerate(words) if not (is_named and at == first)]
    visible = _list_visible_options(program, command)
    options = {name: option for option in visible for name in option.opts}
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    given = _read_given_words(rest, options, arguments)

    def target(kind: str | None, typed: str = typed, lead: str = "") -> CompletionTarget:
        return CompletionTarget(command, kind or "", typed, lead, given.values)

    if given.waiting is not None:
        return target((given.waiting.metavar or "").strip("[]."))
    if not given.options_ended and typed.startswith("-") and typed != "-":
        name, equals, value = typed.partition("=")
        if equals and name in options:
            return target(options[name].metavar, value, f"{name}=")
        return target("OPTION")
    if first is None and not given.options_ended:
        return target("WORD")
    following = (one for at, one in enumerate(arguments) if at == given.arguments or one.nargs < 0)
    argument = next(following, None)
    return target(argument.metavar if argument else "")


def _read_given_words(
    words: Sequence[str], options: Mapping[str, Any], arguments: Sequence[Any]
) -> _GivenWords:
    """Return what words give, of a command with these options by name and these arguments."""
    values: dict[str, str] = {}
    waiting: Any = None
    options_ended, count = False, 0
    for word in words:
        name, equals, value = word.partition("=")
        if waiting is not None:
            values[waiting.name] = word
            waiting = None
        elif word == "--" and not options_ended:
            options_ended = True
        elif word.startswith("-") and word != "-" and not options_ended:
            option = options.get(name)
            if option is not None and not option.is_flag and not equals:
                waiting = option
            if option is not None:
                values[option.name] = value
        else:
            if count < len(arguments):
                values.setdefault(arguments[count].name, word)
            count += 1
    return _GivenWords(values, waiting, options_ended, count)


def _list_visible_options(
    program: Any,  # noqa: ANN401  click's own type
    command: Any,  # noqa: ANN401  likewise
) -> Iterator[Any]:
    """Yield the options of a command; `new` may be left out, so the program's count as its own."""
    for one in (*command.params, *(program.params if command.name == "new" else ())):
        if one.param_type_name == "option" and not one.hidden:
            yield one


def offer_names(
    program: Any,  # noqa: ANN401  click's own type
    target: CompletionTarget,
) -> Iterator[tuple[str, str]]:
    """Yield what the program itself names at a place, commands or options, with their help."""
    start = target.typed
    if target.kind in ("WORD", "COMMAND"):
        for name in program.list_commands(None):
            command = program.commands[name]
            if name.startswith(start):
                yield name, command.short_help or command.help or ""
    elif target.kind == "SHELL":
        yield from ((name, "") for name in shells.SCRIPTS if name.startswith(start))
    elif target.kind == "OPTION":
        for option in _list_visible_options(program, target.command):
            if option.name not in target.given or option.multiple:
                names = (name for name in option.opts if name.startswith(start))
                yield from ((name, option.help or "") for name in names)
        yield from ((n, "Show help.") for n in ("--help", "-h") if n.startswith(start))
