"""Find out what a command line means: which word is the command, and which the description."""

from collections.abc import Callable, Collection, Sequence

from assistant.errors import DraftError, Exit

_PROGRAM = "draft"
_PROGRAM_OPTIONS = {"--help", "-h", "--version", "--install-completion", "--show-completion"}
# difflib's ratio: two letters that changed places in a word of four give 0.75, of three 0.67.
_MIN_LIKENESS = 0.72
# Words that other programs, or people, have for our commands.
_OTHER_NAMES = {
    "new": "add create generate",
    "fill": "complete write",
    "suggest": "review",
    "check": "lint validate verify",
    "list": "ls",
    "status": "approve move",
    "renumber": "mv rename",
    "index": "toc",
    "init": "setup template templates",
    "doctor": "config diagnose settings",
    "--version": "version",
    "--install-completion": "completion completions",
}
_SYNONYMS = {word: command for command, words in _OTHER_NAMES.items() for word in words.split()}
_SHELL_NAMES = frozenset(
    ("bash", "zsh", "fish", "powershell")
)  # for who knows `gh completion bash`
# What people do to a file with other programs: with a number after it, it is no description.
_FILE_VERBS = frozenset(
    (
        "cat",
        "close",
        "copy",
        "cp",
        "del",
        "delete",
        "edit",
        "get",
        "log",
        "open",
        "print",
        "remove",
        "rm",
        "show",
        "undo",
        "view",
    )
)
# Letters: a word as short as that begins a command rather than names a subject. By judgement.
_MAX_ABBREVIATION = 2
# Near to a command, but more often the beginning of a description than a slip of a finger: the
# words of that kind that a corpus of real documents has at least twenty times, and their forms,
# by the command that each is near to.
_ORDINARY_WORDS_NEAR = {
    "check": "checkbox checked checker checkin checking checklist checkout checks",
    "doctor": "actor actors doctors",
    "fill": "fail fails file files filled filling fills finally full will",
    "help": "helper helpers helpful helps",
    "index": "indexed indexes indexing inside into",
    "init": "inherit initial lint unit",
    "list": "last listed listen listing listings lists lost",
    "new": "newer newly news renew",
    "renumber": "number numbers",
    "status": "start starts startup state stats",
    "suggest": "suggested suggests",
}
_ORDINARY_WORDS = frozenset(" ".join(_ORDINARY_WORDS_NEAR.values()).split())


def put_command_first(
    args: Sequence[str],
    commands: Sequence[str],
    value_options: Collection[str],
    confirm: Callable[[str], bool] = lambda _question: False,
) -> list[str]:
    """Return the arguments with the command first: the one that is named, else `new`.

    `value_options` are the options that take a value. One word that may be a slip for a command is
    a description if `confirm` says yes to that question. Of several words the first may be a slip
    too, which nobody is asked about. Raises DraftError (exit code 2) for a slip.
    """
    # `--show-completion bash`: what follows belongs to it.
    if args and args[0].partition("=")[0] in _PROGRAM_OPTIONS:
        return list(args)
    places = find_word_places(args, value_options)
    if not places:
        return list(args) if not args or _PROGRAM_OPTIONS & set(args) else ["new", *args]
    first, word = places[0], args[places[0]]
    is_quoted = len(word.split()) > 1
    if "--" in args[:first] or (is_quoted and word not in commands):
        return ["new", *args]  # it is meant as it stands
    if word in commands:
        return [word, *args[:first], *args[first + 1 :]]
    rest = [args[place] for place in places[1:]]
    near = _find_likely_command(word, rest, commands)
    is_file_verb = word.lower() in _FILE_VERBS and bool(rest) and _are_numbers(rest)
    is_slip = bool(near) or is_file_verb
    if near and len(places) == 1:
        is_slip = not confirm(_format_question(word, near))
    if not is_slip:
        return ["new", *args]
    others = [*args[:first], *args[first + 1 :]]
    raise _make_no_command_error(word, near, rest, others)


def _make_no_command_error(
    word: str, near: str, rest: Sequence[str], others: Sequence[str]
) -> DraftError:
    """Return the error that shows both readings as they are typed.

    `rest` are the other words, `others` all other arguments.
    """
    import shlex  # noqa: PLC0415  only for a word that is no command

    from assistant.terminal.style import quote_word  # noqa: PLC0415  likewise

    command = shlex.join(others if near == _PROGRAM else [near, *others])
    meaning = f"Did you mean `draft {command}`?" if near else "`draft --help` shows the commands."
    about = quote_word(" ".join((word, *rest)))
    reading = f"draft {about}" if rest else f"draft new {shlex.quote(word)}"
    return _make_command_error(word, f"{meaning} For a document about it: {reading}")


def _find_likely_command(word: str, rest: Sequence[str], commands: Sequence[str]) -> str:
    """Return the command that a first word may be a slip for; empty if it is no slip.

    Nobody means the program's own name who goes on with a command: `draft draft fill 7`.
    """
    if word.lower() == _PROGRAM:
        return _PROGRAM if rest and rest[0] in commands else ""
    also = _SYNONYMS.get(word.lower(), "")
    if also.startswith("--"):
        return also if _SHELL_NAMES.issuperset(rest) else ""
    if also in commands and _are_numbers(rest):
        return also  # what it is elsewhere says more than how it is spelled: `lint` is not `init`
    if not rest and 0 < len(word) <= _MAX_ABBREVIATION:
        return next((name for name in commands if name.startswith(word.lower())), "")
    if rest and word.lower() in _ORDINARY_WORDS:
        return ""
    return _find_nearest_command(word, commands)


def _are_numbers(words: Sequence[str]) -> bool:
    """Return whether all words may be numbers of documents."""
    return all(word.isdecimal() for word in words)


def _format_question(word: str, near: str) -> str:
    return f'"{word}" is no command; `draft {near}` is. Draft a document about "{word}"?'


def make_unknown_command_error(word: str, commands: Sequence[str]) -> DraftError:
    """Return the error for a word that has to be a command and is not one."""
    near = _find_nearest_command(word, commands) or _SYNONYMS.get(word, "")
    hint = f"Did you mean {near}? " if near in commands else ""
    return _make_command_error(word, f"{hint}`draft --help` shows the commands.")


def _find_nearest_command(word: str, commands: Sequence[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only for a word that is no command

    found = get_close_matches(word.lower(), commands, n=1, cutoff=_MIN_LIKENESS)
    return found[0] if found else ""


def _make_command_error(word: str, hint: str) -> DraftError:
    message = f'"{word}" is no command.'
    return DraftError(message, code="no-such-command", exit_code=Exit.USAGE, hint=hint)


def find_word_places(args: Sequence[str], value_options: Collection[str]) -> list[int]:
    """Return the indexes of the arguments that are no options and no values of options."""
    found: list[int] = []
    skip = False
    for number, part in enumerate(args):
        if skip:
            skip = False
        elif part == "--":
            return [*found, *range(number + 1, len(args))]
        elif part.startswith("-") and part != "-":
            skip = part in value_options
        else:
            found.append(number)
    return found
