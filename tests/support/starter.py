"""Runs `draft` in children that begin with the standard streams as they are told.

A child is asked for with `words`, `folder`, `environ` (what is set in the environment, or unset
where it is null) and `streams` (redirections as a shell has them: number, sign and file, or `-`;
made in the child, in order). What it says is in `out` and `err` beside its folder. It shares what
is loaded already, so that every command can meet every stream.
"""

import os
import pwd
import sys
from contextlib import suppress
from typing import NoReturn

from assistant.__main__ import main as draft
from assistant.llm import transport
from tests.support.forking import serve

FLAGS = {"<": os.O_RDONLY, ">": os.O_WRONLY | os.O_CREAT | os.O_TRUNC}
Stream = tuple[int, str, str]
Environ = dict[str, str | None]


def redirect(streams: list[Stream]) -> None:
    """Give the process these streams; Python has none where there is no open file, as it begins."""
    for number, sign, target in streams:
        with suppress(OSError):
            os.close(number)
        if target != "-":
            opened = os.open(target, FLAGS[sign], 0o600)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            setattr(sys, name, None)
        else:
            mode = "w" if number else "r"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def unknown(number: int) -> NoReturn:
    """Know nobody, as a container does whose user was only given a number."""
    raise KeyError(number)


def run(words: list[str], folder: str, streams: list[Stream], environ: Environ) -> None:
    """Be `draft` with these words, and end as a program ends: its streams are flushed."""
    os.chdir(folder)
    usual: list[Stream] = [(0, "<", "/dev/null"), (1, ">", "../out"), (2, ">", "../err")]
    redirect([*usual, *streams])
    for name, value in environ.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    if not os.environ.get("HOME"):
        pwd.getpwuid = unknown
    sys.argv = ["draft", *words]
    try:
        draft()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0
    except BaseException:  # noqa: BLE001  Python prints it, and ends with 1
        code = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            code = 120  # as Python does
    os._exit(code)


def main() -> None:
    """Answer each line."""
    transport.import_openai()
    serve(run)


if __name__ == "__main__":
    main()
