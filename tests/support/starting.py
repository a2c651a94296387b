"""The program as children that begin in odd circumstances, and a project for them to work in."""

import os
import shutil
from pathlib import Path

from tests.support.forking import Forking
from tests.support.paths import ROOT, SMALL
from tests.support.starter import Stream

_OWN = ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")


class Starter(Forking):
    """A process that runs `draft` in children of its own, with the streams that it is told.

    What a child says is in the files `out` and `err` beside its folder.
    """

    def __init__(self, url: str) -> None:
        super().__init__("tests.support.starter", url, {})

    def run(
        self, folder: Path, streams: tuple[Stream, ...], *words: str, **environ: str | None
    ) -> int:
        """How `draft` ended, in the environment of the test that asks, with `environ` on top."""
        own = {name: os.environ.get(name) for name in _OWN}
        return self.ask(words=words, folder=str(folder), streams=streams, environ=own | environ)


def begun(folder: Path) -> Path:
    """A project with a document that is written, one that is not, and one that names the first."""
    documents = folder / "project" / "memory" / "design"
    documents.mkdir(parents=True)
    shutil.copy(ROOT / "memory" / "design" / "001_layers.md", documents / "001_layers.md")
    shutil.copy(SMALL, documents / "002_small.md")
    (documents / "003_more.md").write_text("# More\n\nAs in [layers](001_layers.md).\n", "utf-8")
    return folder / "project"


def heard(project: Path) -> tuple[str, str]:
    """What was said in a project on stdout and on stderr."""
    out, err = ((project.parent / name).read_text("utf-8") for name in ("out", "err"))
    return out, err
