"""The program as tests run it, and what came of a run."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.paths import SMALL

MAIN = "from assistant.cli import run_program; run_program()"


SMALLEST = ("--model", "tiny", "--template", str(SMALL))


HEAVY = (
    "openai",
    "httpx2",
    "tiktoken",
    "jinja2",
    "pydantic",
    "rich",
    "sqlglot",
    "fasttext",
    "wcwidth",
)


# Runs the console script's function, and says at its end which of the modules named were loaded.
LOADED = """\
import atexit, json, sys
names, sys.argv = json.loads(sys.argv[1]), ["draft", *sys.argv[2:]]
show = lambda: print("LOADED", *(n for n in names if n in sys.modules), file=sys.stderr)
atexit.register(show)
from assistant.__main__ import main
main()
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of the program came to."""

    code: int
    out: str
    err: str


Draft = Callable[..., Ran]


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def saved(folder: Path) -> list[Path]:
    """Every file that is there, hidden ones too."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
