"""The program's beginning: `draft`, and `python -m assistant`."""

import os
import signal

INTERRUPTED = 130  # as errors.Exit, which is not loaded yet


def main() -> None:
    """The program; Ctrl-C while its libraries load ends it as quietly as later."""
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        # Not an exception: one that is raised in the midst of an import is not sure to arrive.
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
    from assistant.cli import main as run  # noqa: PLC0415  the libraries

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()


if __name__ == "__main__":
    main()
