"""What `draft list` costs over many documents: python benchmarks/life.py [--json FILE].

Makes 10,000 documents in a temporary folder (`--documents N`), then runs whole processes, from
Enter to exit at the default settings, as a person would:

- cold: `draft list` of all of them without a cache, once, in seconds
- warm: `draft list` into a pipe from the cache, over `ls -l` of the folder, by user and system time
- changed: the same after ten documents were changed

and in this process, its imports done before, in medians of runs that take turns:

- stat: `os.stat` of each document, by its path
- inside, terminal, json, search: a warm list, aligned columns, `--json` and `--search`
"""

import argparse
import contextlib
import io
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

RUNS = 15
GOALS = {"warm": 3.0, "cold": 10.0}  # times `ls -l`; seconds, of 10,000 documents
WORDS = "session queue token export login cache retry index shard budget ledger audit".split()  # noqa: SIM905


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def make(folder: Path, count: int) -> int:
    """Write so many documents after the built-in template, half written; their bytes."""
    template = (ROOT / "prompts" / "design_document.md").read_text("utf-8")
    template = template[template.index("\n# ") + 1 :] if "\n# [" in template else template
    chance = random.Random(7)
    folder.mkdir(parents=True)
    size = 0
    for number in range(1, count + 1):
        title = " ".join(chance.sample(WORDS, 3)).capitalize()
        text = template.replace("[Feature/Component Name]", title)
        status = chance.choice(("Draft", "In Review", "Approved", "Implemented"))
        text = text.replace("[Draft | In Review | Approved | Implemented]", status)
        sentence = " ".join(chance.choices(WORDS, k=12)).capitalize() + ".\n"
        text = text.replace("## Goals\n", f"## Goals\n- {sentence * 4}")
        text = text.replace("## Open Questions\n", f"## Open Questions\n- {sentence}")
        data = text.encode()
        size += len(data)
        (folder / f"{number:05}_{title.lower().replace(' ', '_')}.md").write_bytes(data)
    return size


def run(*, terminal: bool = False, search: str = "", as_json: bool = False) -> float:
    """The seconds of one list, and nothing of it on the screen."""
    from assistant.commands.list import ListOptions  # noqa: PLC0415
    from assistant.commands.list import run_list as command  # noqa: PLC0415
    from assistant.terminal.report import OutputStyle  # noqa: PLC0415

    options = ListOptions(search=search, manner=OutputStyle(json=as_json, quiet=True))
    kind = Terminal if terminal else io.TextIOWrapper
    with contextlib.redirect_stdout(kind(io.BytesIO(), "utf-8")):
        begun = time.perf_counter()
        assert command(options) == 0
        return time.perf_counter() - begun


def stat(paths: list[str]) -> float:
    """The seconds of `os.stat` of each."""
    begun = time.perf_counter()
    for path in paths:
        os.stat(path)  # noqa: PTH116  what is measured
    return time.perf_counter() - begun


def process(*words: str) -> tuple[float, float]:
    """Return the seconds that a process took and its processor time, bytecode compiled."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.perf_counter()
    child = subprocess.Popen(
        words, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, words
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime


def change(paths: list[str]) -> None:
    """Append a line to ten documents."""
    for path in random.sample(paths, 10):
        with open(path, "ab") as file:  # noqa: PTH123
            file.write(b"\n")


def measure(count: int) -> dict[str, float]:
    """All of it, in seconds."""
    found: dict[str, float] = {"documents": count}
    folder = Path("memory") / "design"
    found["bytes"] = make(folder, count)
    paths = [os.path.join(Path.cwd(), folder, name) for name in sorted(os.listdir(folder))]  # noqa: PTH118, PTH208
    time.sleep(2.1)  # files of the last two seconds are not believed
    listed = (sys.executable, "-m", "assistant", "list")
    process(sys.executable, "-m", "assistant", "--help")  # compiles
    found["cold"], found["cold_processor"] = process(*listed)
    shown = ("ls", "-l", str(folder))
    turns = [(process(*listed)[1], process(*shown)[1]) for _ in range(RUNS)]
    found["warm_processor"], found["ls_processor"] = map(min, zip(*turns, strict=True))
    found["warm"] = found["warm_processor"] / found["ls_processor"]
    kinds: dict[str, Callable[[], float]] = {
        "stat": lambda: stat(paths),
        "inside": run,
        "terminal": lambda: run(terminal=True),
        "json": lambda: run(as_json=True),
        "search": lambda: run(search="no such words"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(RUNS):
        for name, measured in kinds.items():
            seconds[name].append(measured())
    found |= {name: statistics.median(times) for name, times in seconds.items()}
    change(paths)
    found["changed_processor"] = process(*listed)[1]
    return found


def main() -> int:
    """Print the table; write it as JSON where asked; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    output = options.json.resolve() if options.json else None
    place = Path(tempfile.mkdtemp())
    os.environ["XDG_CACHE_HOME"] = str(place / "cache")
    os.chdir(place)
    try:
        found = measure(options.documents)
    finally:
        os.chdir(ROOT)
        shutil.rmtree(place)
    print(f"documents {found['documents']:,}, {found['bytes'] / 1e6:.1f} MB")
    for name in ("cold", "cold_processor", "warm_processor", "ls_processor", "changed_processor"):
        print(f"{name:18} {found[name]:9.3f} s")
    for name in ("stat", "inside", "terminal", "json", "search"):
        print(f"{name:18} {found[name]:9.3f} s in this process")
    kept = {name: found[name] <= goal for name, goal in GOALS.items()}
    for name, goal in GOALS.items():
        print(f"{name:18} {found[name]:9.2f}    at most {goal:g}")
    if output:
        output.write_text(json.dumps({**found, "kept": kept}, indent=2) + "\n", encoding="utf-8")
    return int(not all(kept.values()))


if __name__ == "__main__":
    sys.exit(main())
