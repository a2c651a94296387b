"""What a command line means: which of its words is the command, and which the description."""

from collections.abc import Collection, Sequence

from assistant.errors import DraftError, Exit

_OWN = {"--help", "-h", "--version", "--install-completion", "--show-completion"}
_NEAR = 0.72


def meant(args: Sequence[str], commands: Sequence[str], valued: Collection[str]) -> list[str]:
    """The arguments with the command first: the one that is named, else `new`.

    `valued` are the options that take a value. Raises DraftError (exit code 2) where several words
    begin with what nearly is a command.
    """
    if args and args[0] in _OWN:  # `--show-completion bash`: what follows is its own
        return list(args)
    first = _first_word(args, valued)
    if first is None:
        return list(args) if not args or _OWN & set(args) else ["new", *args]
    word = args[first]
    if word in commands:
        return [word, *args[:first], *args[first + 1 :]]
    rest = " ".join(part for part in args[first + 1 :] if not part.startswith("-"))
    near = _nearest(word, commands) if rest else ""
    if near:
        raise _unknown(
            f'"{word}" is no command.',
            f'Did you mean `draft {near} {rest}`? For a document about it: draft "{word} {rest}"',
        )
    return ["new", *args]


def _nearest(word: str, commands: Sequence[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  only for a word that is no command

    found = get_close_matches(word, commands, n=1, cutoff=_NEAR)
    return found[0] if found else ""


def _unknown(message: str, hint: str) -> DraftError:
    return DraftError(message, code="no-such-command", exit_code=Exit.USAGE, hint=hint)


def _first_word(args: Sequence[str], valued: Collection[str]) -> int | None:
    """Where the first argument stands that is no option and no option's value."""
    skip = False
    for number, part in enumerate(args):
        if skip:
            skip = False
        elif part == "--":
            return number + 1 if number + 1 < len(args) else None
        elif part.startswith("-") and part != "-":
            skip = part in valued
        else:
            return number
    return None
