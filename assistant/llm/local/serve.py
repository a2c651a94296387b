"""The program in which xllamacpp's server runs: a child of ours, and no part of our process.

`python -I -S serve.py FOLDER SETTINGS`: FOLDER holds the package `xllamacpp`, SETTINGS is a JSON
object of fields of its `CommonParams` (`sampling.penalty_repeat`: a field of a field), of which
enumerations are given by their numbers. Without SETTINGS it only shows that it can be loaded. It
is run by its path and imports nothing of ours, so that a crash of the engine is none of ours, and
so that no `.pth` file of the packages beside it runs because of us.
"""

import json
import os
import signal
import sys
import threading
from typing import Any


def set_parameter(holder: Any, name: str, value: Any) -> None:  # noqa: ANN401 -- a library's own fields
    """Set a field of the engine's parameters, of the type that it has."""
    first, _, rest = name.partition(".")
    if rest:
        set_parameter(getattr(holder, first), rest, value)
        return
    old = getattr(holder, first)
    if isinstance(old, list):
        value = [type(old[0])(one) if old else one for one in value]
    elif not isinstance(old, bool | int | float | str):
        value = type(old)(value)
    setattr(holder, first, value)


def main() -> None:
    """Load the engine and serve until ended."""
    sys.path.append(sys.argv[1])
    import xllamacpp  # noqa: PLC0415 -- the line above says where it is

    if not sys.argv[2:]:
        xllamacpp.CommonParams()
        return
    parameters = xllamacpp.CommonParams()
    # The command line can be read by every user of the machine, an environment only by ours.
    parameters.api_keys = [os.environ.pop("LLAMA_API_KEY")]
    for name, value in json.loads(sys.argv[2]).items():
        set_parameter(parameters, name, value)
    server = xllamacpp.Server(parameters)  # listens at once, and returns when the model is loaded
    # The engine's own answer to being ended is for a program whose main thread it owns.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Event().wait()
    del server


if __name__ == "__main__":
    main()
