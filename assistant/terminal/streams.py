"""The standard streams as a program may meet them: closed, full, blocked, or open the wrong way.

A stream that is not there is the null device: nothing comes from it, nothing is to be said to it,
and no file that is opened later gets its number. What can't be written to stdout ends the command
with exit code 4; what can't be said on stderr is left out, since the work is worth more than words.
"""

import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Buffer  # type: ignore[attr-defined]  # from 3.12 on

    from assistant.errors import DraftError

_STREAM_NAMES = ("stdin", "stdout", "stderr")


class _OutputStream(io.RawIOBase):
    """A stream that is written to until it fails once; what comes after that is left out.

    The failure is raised as DraftError, unless the stream is `silent`. If the reader has gone away,
    each write raises BrokenPipeError.
    """

    def __init__(self, stream: TextIO, *, silent: bool) -> None:
        self._stream = stream  # it closes what it is made of when nobody has it
        self._raw = getattr(stream.buffer, "raw", stream.buffer)
        self._silent = silent
        self._failed = False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def isatty(self) -> bool:
        return self._raw.isatty()

    def write(self, data: "Buffer", /) -> int:
        """Write bytes, and return how many; wait if a pipe that does not block is full."""
        size = memoryview(data).nbytes
        try:
            while not self._failed:
                # A pipe that does not block, and is full, takes nothing.
                done: int | None = self._raw.write(data)
                if done is not None:
                    return done
                _wait_until_writable(self._raw.fileno())
        except BrokenPipeError:
            raise
        except OSError as error:
            self._failed = True
            if not self._silent:
                raise _make_stdout_error(error) from error
        return size


def prepare_streams() -> None:
    """Make the three streams usable, whatever the program was started with."""
    for number, name in enumerate(_STREAM_NAMES):
        if getattr(sys, name) is None or not _is_open(number):
            _open_null_device(number, name)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        encoding = stream.encoding
        if name == "stderr" and stream.isatty():
            encoding = _find_locale_encoding() or encoding
        made = io.TextIOWrapper(
            io.BufferedWriter(_OutputStream(stream, silent=name == "stderr")),
            encoding=encoding,
            errors=stream.errors,
            line_buffering=stream.line_buffering or stream.write_through,  # PYTHONUNBUFFERED
        )
        setattr(sys, name, made)


def decode_input(data: bytes) -> str:
    """Return bytes of a person as text: UTF-8, else the locale's encoding, else with surrogates."""
    for encoding in ("utf-8", _find_locale_encoding()):
        with suppress(UnicodeDecodeError):
            if encoding:
                return data.decode(encoding)
    return data.decode("utf-8", "surrogateescape")


def _find_locale_encoding() -> str:
    """Return the locale's encoding if it is not the UTF-8 that we work in; else nothing."""
    if not sys.flags.utf8_mode:
        return ""  # nothing was changed: Python itself goes by the locale
    import codecs  # noqa: PLC0415  rarely needed
    import locale  # noqa: PLC0415

    try:
        name = codecs.lookup(locale.getencoding()).name
    except LookupError:
        return ""
    return "" if name in {"utf-8", "ascii"} else name


def read_stdin() -> bytes:
    """Return all that comes from standard input. Raises DraftError if it can't be read."""
    try:
        return sys.stdin.buffer.read() or b""
    except OSError as error:
        raise _make_stream_error(
            "standard input", f"it cannot be read: {_describe_os_error(error)}"
        ) from error


def ask_question(question: str) -> str:
    """Return what a person types as the answer to a question.

    What is printed next begins on a line of its own, after Ctrl-C and Ctrl-D too.
    """
    sys.stderr.write(question)
    sys.stderr.flush()
    typed = ""
    try:
        with suppress(OSError):  # the terminal went away: nobody said yes
            typed = sys.stdin.readline()
    finally:
        if not typed.endswith("\n"):
            sys.stderr.write("\n")
    return typed.strip()


def ask_yes_no(question: str) -> bool:
    """Return whether a person says yes to a question; anything else that is typed is a no."""
    return ask_question(f"{question} [y/N] ").casefold() in ("y", "yes")


def _is_open(number: int) -> bool:
    """Return whether the file with a stream's number is open, and for what the stream is for."""
    try:
        os.fstat(number)
        if sys.platform == "win32":
            return True
        import fcntl  # noqa: PLC0415  Unix has it

        mode = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE
    except OSError:
        return False
    return mode != (os.O_RDONLY if number else os.O_WRONLY)


def _open_null_device(number: int, name: str) -> None:
    """Replace a stream with the null device, under its own number."""
    null = os.open(os.devnull, os.O_RDWR)
    if null == number:
        os.set_inheritable(number, True)  # noqa: FBT003  its own signature
    else:
        os.dup2(null, number)
        os.close(null)
    made = open(number, "w" if number else "r", encoding="utf-8", closefd=False)  # noqa: SIM115
    setattr(sys, name, made)


def _wait_until_writable(number: int) -> None:
    """Wait until something can be written to the file with this number."""
    import select  # noqa: PLC0415  rarely needed

    select.select([], [number], [])


def _make_stdout_error(error: OSError) -> "DraftError":
    return _make_stream_error(
        "standard output", f"it cannot be written: {_describe_os_error(error)}"
    )


def _describe_os_error(error: OSError) -> str:
    """Return what is wrong with a stream in a few words."""
    from errno import ENOSPC  # noqa: PLC0415

    return "the disk is full" if error.errno == ENOSPC else str(error.strerror or error).lower()


def _make_stream_error(where: str, message: str) -> "DraftError":
    from assistant.errors import DraftError, Exit  # noqa: PLC0415  __main__ loads nothing else

    return DraftError(message, code="bad-stream", exit_code=Exit.FILE, where=where)
