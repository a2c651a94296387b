"""What a command line means: which of its words is the command, and which the description."""

from collections.abc import Callable, Collection, Sequence

from assistant.errors import DraftError, Exit

_PROGRAM = "draft"
_PROGRAM_OPTIONS = {"--help", "-h", "--version", "--install-completion", "--show-completion"}
_MIN_LIKENESS = (
    0.72  # difflib's: two letters that changed places in a word of four are 0.75, of three 0.67
)
# Words that other programs, or people, have for our commands.
_SYNONYMS = {
    "add": "new", "create": "new", "generate": "new", "complete": "fill", "write": "fill",
    "review": "suggest", "lint": "check", "validate": "check", "verify": "check", "ls": "list",
    "move": "status", "approve": "status", "mv": "renumber", "rename": "renumber", "toc": "index",
    "setup": "init", "template": "init", "templates": "init", "config": "doctor",
    "settings": "doctor", "diagnose": "doctor", "version": "--version",
    "completion": "--install-completion", "completions": "--install-completion",
}  # fmt: skip
_SHELL_NAMES = frozenset(
    ("bash", "zsh", "fish", "powershell")
)  # `gh completion bash` is what one knows
# What one does to a file with other programs: with a number behind it, it is no description.
_FILE_VERBS = frozenset(
    ("cat", "close", "copy", "cp", "del", "delete", "edit", "get", "log", "open", "print",
     "remove", "rm", "show", "undo", "view")
)  # fmt: skip
_MAX_ABBREVIATION = (
    2  # as short as that, a word is the beginning of a command rather than a subject
)
# Near to a command, but more often the beginning of a description than a slip of a finger: the
# words of that kind that a corpus of real documents has at least twenty times, and their forms.
_ORDINARY_WORDS = frozenset(
    ("actor", "actors", "checkbox", "checked", "checker", "checkin", "checking", "checklist",
     "checkout", "checks", "doctors", "fail", "fails", "file", "files", "filled", "filling",
     "fills", "finally", "full", "helper", "helpers", "helpful", "helps", "indexed", "indexes",
     "indexing", "inherit", "initial", "inside", "into", "last", "lint", "listed", "listen",
     "listing", "listings", "lists", "lost", "newer", "newly", "news", "number", "numbers", "renew",
     "start", "starts", "startup", "state", "stats", "suggested", "suggests", "unit", "will")
)  # fmt: skip


def put_command_first(
    args: Sequence[str],
    commands: Sequence[str],
    valued: Collection[str],
    sure: Callable[[str], bool] = lambda _question: False,
) -> list[str]:
    """The arguments with the command first: the one that is named, else `new`.

    `valued` are the options that take a value. A first word that may be a slip for a command is no
    description before a person is `sure` of it; several words of which the first nearly is one are
    not asked about. Raises DraftError (exit code 2) for both.
    """
    if (
        args and args[0].partition("=")[0] in _PROGRAM_OPTIONS
    ):  # `--show-completion bash`: what follows is its own
        return list(args)
    places = find_word_places(args, valued)
    if not places:
        return list(args) if not args or _PROGRAM_OPTIONS & set(args) else ["new", *args]
    first, word = places[0], args[places[0]]
    if "--" in args[:first]:  # what is behind it is meant as it stands
        return ["new", *args]
    if word in commands:
        return [word, *args[:first], *args[first + 1 :]]
    if len(word.split()) > 1:  # quoted, so it is a description
        return ["new", *args]
    rest = [args[place] for place in places[1:]]
    near = _find_likely_command(word, rest, commands)
    deed = not near and word.lower() in _FILE_VERBS and bool(rest) and _are_numbers(rest)
    if not (near or deed) or (near and len(places) == 1 and sure(_format_question(word, near))):
        return ["new", *args]
    others = [*args[:first], *args[first + 1 :]]
    raise _make_no_command_error(word, near, rest, others)


def _make_no_command_error(
    word: str, near: str, rest: Sequence[str], others: Sequence[str]
) -> DraftError:
    """Return the error with both readings, as they are typed; `others` are all other arguments."""
    import shlex  # noqa: PLC0415  only for a word that is no command

    from assistant.terminal.style import quote_word  # noqa: PLC0415  likewise

    command = shlex.join(others if near == _PROGRAM else [near, *others])
    meaning = f"Did you mean `draft {command}`?" if near else "`draft --help` shows the commands."
    about = quote_word(" ".join((word, *rest)))
    reading = f"draft {about}" if rest else f"draft new {shlex.quote(word)}"
    return _make_command_error(
        f'"{word}" is no command.', f"{meaning} For a document about it: {reading}"
    )


def _find_likely_command(word: str, rest: Sequence[str], commands: Sequence[str]) -> str:
    """Return the command that a first word may be a slip for; nothing where it is none.

    The program's own name is meant by nobody who goes on with a command's: `draft draft fill 7`.
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
    return (
        _find_nearest_command(word, commands)
        if not rest or word.lower() not in _ORDINARY_WORDS
        else ""
    )


def _are_numbers(words: Sequence[str]) -> bool:  # a number is a document's
    return all(word.isdecimal() for word in words)


def _format_question(word: str, near: str) -> str:
    return f'"{word}" is no command; `draft {near}` is. Draft a document about "{word}"?'


def make_unknown_command_error(word: str, commands: Sequence[str]) -> DraftError:
    """Return the error for a word that has to be a command, and is none."""
    near = _find_nearest_command(word, commands) or _SYNONYMS.get(word, "")
    hint = f"Did you mean {near}? " if near in commands else ""
    return _make_command_error(
        f'"{word}" is no command.', f"{hint}`draft --help` shows the commands."
    )


def _find_nearest_command(word: str, commands: Sequence[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only for a word that is no command

    found = get_close_matches(word.lower(), commands, n=1, cutoff=_MIN_LIKENESS)
    return found[0] if found else ""


def _make_command_error(message: str, hint: str) -> DraftError:
    return DraftError(message, code="no-such-command", exit_code=Exit.USAGE, hint=hint)


def find_word_places(args: Sequence[str], valued: Collection[str]) -> list[int]:
    """Where the arguments stand that are no options and no values of options."""
    found: list[int] = []
    skip = False
    for number, part in enumerate(args):
        if skip:
            skip = False
        elif part == "--":
            return [*found, *range(number + 1, len(args))]
        elif part.startswith("-") and part != "-":
            skip = part in valued
        else:
            found.append(number)
    return found
