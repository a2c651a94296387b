"""What `draft list` costs over many documents: python benchmarks/life.py [--json FILE].

Makes 10,000 documents in a temporary folder (`--documents N`; some two minutes for 10,000), then:

- cold: `draft list` of all of them without a cache, once
- stat: `os.stat` of each, by its path
- warm: `draft list` into a pipe from the cache, the whole command in this process (settings, cache,
  a look at each file, the output), its imports done before
- search, json, terminal: likewise with `--search`, `--json` and aligned columns
- changed: likewise after ten documents were changed

The ratio is warm over stat, medians of runs that take turns. `process` is a warm run of its own
process beside one that only imports typer.
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
GOAL = 3.0
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


def changed(paths: list[str]) -> float:
    """The seconds of a list after ten documents were changed."""
    for path in random.sample(paths, 10):
        with open(path, "ab") as file:  # noqa: PTH123
            file.write(b"\n")
    return run()


def process(words: tuple[str, ...]) -> float:
    """The seconds of a process of its own, the median of five, bytecode compiled."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    seconds: list[float] = []
    for _ in range(6):
        begun = time.perf_counter()
        subprocess.run([sys.executable, *words], env=environ, stdout=subprocess.DEVNULL, check=True)
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds[1:])


def measure(count: int) -> dict[str, float]:
    """All of it, in seconds."""
    found: dict[str, float] = {"documents": count}
    folder = Path("memory") / "design"
    found["bytes"] = make(folder, count)
    paths = [os.path.join(Path.cwd(), folder, name) for name in sorted(os.listdir(folder))]  # noqa: PTH118, PTH208
    time.sleep(2.1)  # files of the last two seconds are not believed
    found["cold"] = run()
    kinds: dict[str, Callable[[], float]] = {
        "stat": lambda: stat(paths),
        "warm": run,
        "terminal": lambda: run(terminal=True),
        "json": lambda: run(as_json=True),
        "search": lambda: run(search="no such words"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(RUNS):
        for name, measured in kinds.items():
            seconds[name].append(measured())
    found |= {name: statistics.median(times) for name, times in seconds.items()}
    found["ratio"] = found["warm"] / found["stat"]
    found["process"] = process(("-m", "assistant", "list"))
    found["typer"] = process(("-c", "import typer"))
    found["changed"] = statistics.median(changed(paths) for _ in range(5))
    return found


def main() -> int:
    """Print the table; write it as JSON where asked; 1 where the ratio is above its goal."""
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
    for name in ("stat", "warm", "terminal", "json", "search", "changed", "process", "typer"):
        print(f"{name:9} {found[name] * 1000:9.1f} ms")
    print(f"{'cold':9} {found['cold'] * 1000:9.1f} ms")
    print(f"{'ratio':9} {found['ratio']:9.2f}    at most {GOAL:g}")
    if output:
        output.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return int(found["ratio"] > GOAL)


if __name__ == "__main__":
    sys.exit(main())
