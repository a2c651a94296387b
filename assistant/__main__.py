"""The program's beginning: `draft`, and `python -m assistant`."""

import gc
import os
import signal
import sys

from assistant.terminal import streams

INTERRUPTED_CODE = 130  # as errors.Exit, which is not loaded yet
# Most of what a command makes lives until it ends. At Python's own threshold of 700, looking for
# garbage took an eighth of the processor time before a draft's first request.
GARBAGE_THRESHOLD = 50_000


def main() -> None:
    """Run the program; Ctrl-C while its libraries load ends it as quietly as later."""
    interrupts = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if interrupts:
        # Not an exception: one that is raised in the midst of an import is not sure to arrive.
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED_CODE))
    _restart_in_utf8()
    gc.set_threshold(GARBAGE_THRESHOLD)
    streams.prepare_streams()
    from assistant.cli import run_program  # noqa: PLC0415  the libraries

    if interrupts:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run_program()
    finally:
        # The last look for garbage, at the end of the process, took 0.2 s after a draft.
        gc.freeze()


def _restart_in_utf8() -> None:
    """Begin again in UTF-8 mode where file names would be read and written in another encoding.

    Documents, their names and the links between them are UTF-8 whoever looks at them: in a Latin-1
    locale `001_größe.md` would else be another name, and a bad one.
    """
    if sys.platform == "win32" or sys.getfilesystemencoding().lower() == "utf-8":
        return
    if sys.executable and not getattr(sys, "frozen", False):
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606


if __name__ == "__main__":
    main()
