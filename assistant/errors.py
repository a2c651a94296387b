"""The one error that stops a command, and what a command says in JSON."""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from functools import partial

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]


class Exit(IntEnum):
    """Exit codes, as scripts rely on them."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    MODEL = 3
    FILE = 4
    BUG = 70
    INTERRUPTED = 130
    PIPE = 141
    TERMINATED = 143


class DraftError(Exception):
    """What stops a command: what went wrong, where, and what to do about it.

    `code` is a stable name for machines (`bad-template`), `message` one sentence, `where` a file,
    address or option, and `hint` the next step; the last two may be empty.
    """

    def __init__(
        self, message: str, *, code: str, exit_code: Exit, where: str = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.exit_code = exit_code
        self.where = where
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        # An exception is pickled as its arguments alone, which does not do for those with names.
        rebuild = partial(
            DraftError, code=self.code, exit_code=self.exit_code, where=self.where, hint=self.hint
        )
        return rebuild, (self.message,)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n{self.hint}" if self.hint else ""
        return f"{place}{self.message}{advice}"


def make_usage_error(message: str) -> DraftError:
    """Return the error for wrong words on the command line; `cli` adds which help to read."""
    return DraftError(message, code="usage", exit_code=Exit.USAGE)
