"""How fast documents are checked: DRAFT_CORPUS=FOLDER python benchmarks/check.py [--json FILE].

The shared corpus, repeated under other names and with a line more so that no two files are equal,
against linters that people use for Markdown, each installed by this script in a temporary place and
run as its users run it, whole processes from Enter to exit:

- seconds, MB/s, processor seconds and peak memory for 5 MB and 20 MB: `draft check --no-cache` with
  the template of the corpus's largest family, `rumdl check --no-cache` (PyPI) and
  `markdownlint-cli2` (npm); for 1 MB `pymarkdownlnt` (PyPI), which would take minutes for more
- again: 5 MB once more with nothing changed, `draft check` and `rumdl check` from their caches
- one: `draft check` of one small document over `draft --help`: `known` as it is the second time,
  `anew` with --no-cache, as it is after every edit
- curves: seconds for one document as its headings, one of its lines, its nesting and its list grow,
  and how much they grow for each doubling: 2 is linear

What counts are ratios of processor time, user and system, in one run: whatever else a machine does
moves seconds first. Peak memory is that of all processes of a run together, ten times a second.
"""

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SIZES = (5, 20)
SLOW_SIZE = 1
FAMILY = "kubernetes-enhancements"
# Of draft's processor time for a megabyte over another's at most.
GOALS = {"rumdl": 4.0, "markdownlint-cli2": 0.25, "pymarkdownlnt": 0.1}
AGAIN = 3.0  # times rumdl's run from its cache
ONE = 1.8  # times `draft --help`
TURNS = 11  # of the short commands, in turn; the least counts
FLAT = 1.25  # times as much memory for four times as many documents
LINEAR = 2.6  # times as long for twice as much
CURVES: dict[str, tuple[Callable[[int], str], tuple[int, ...]]] = {
    "headings": (
        lambda n: "# T\n\n" + "".join(f"## Heading {i}\n\nwords\n\n" for i in range(n)),
        (2_500, 5_000, 10_000, 20_000),
    ),
    "line": (lambda n: "# T\n\n" + "words: " * (n // 7), (125_000, 250_000, 500_000, 1_000_000)),
    "quotes": (
        lambda n: "# T\n\n" + ">" * n + " words\n\n# x\n",
        (12_500, 25_000, 50_000, 100_000),
    ),
    "lists": (
        lambda n: "# T\n\n" + "- " * n + "words\n\n# x\n",
        (25_000, 50_000, 100_000, 200_000),
    ),
    "items": (lambda n: "# T\n\n" + "- words\n" * n, (12_500, 25_000, 50_000, 100_000)),
    "fence": (lambda n: "# T\n\n```\n" + "words\n" * n, (12_500, 25_000, 50_000, 100_000)),
    "references": (
        lambda n: "# T\n\n" + "".join(f"[words{i}]: b\n" for i in range(n)),
        (6_250, 12_500, 25_000, 50_000),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a command took: seconds, processor seconds, bytes of memory at most."""

    tool: str
    megabytes: float
    documents: int
    seconds: float
    processor: float
    memory: int

    @property
    def each(self) -> float:
        """Processor seconds for a megabyte."""
        return self.processor / self.megabytes


def documents(corpus: Path, folder: Path, megabytes: int) -> tuple[int, float]:
    """Fill a folder with the corpus, again and again; how many documents and megabytes that is."""
    real = sorted(path for path in corpus.rglob("*.md") if "templates" not in path.parts)
    folder.mkdir()
    count = size = 0
    while size < megabytes * 1_000_000:
        for path in real:
            count += 1
            data = path.read_bytes() + f"\n<!-- {count} -->\n".encode()
            size += len(data)
            (folder / f"{count:05d}-{path.stem[:80]}-{count}.md").write_bytes(data)
            if size >= megabytes * 1_000_000:
                break
    return count, size / 1e6


def measured(tool: str, command: list[str], folder: Path, docs: tuple[int, float]) -> Run:
    """A command's run over a folder of documents."""
    output = folder.parent / "output"
    with output.open("wb") as file:
        begun = time.perf_counter()
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(folder.parent),
            stdout=file,
            stderr=file,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        peak = [0]
        watcher = threading.Thread(target=_watch, args=(child.pid, peak), daemon=True)
        watcher.start()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - begun
    child.returncode = os.waitstatus_to_exitcode(status)
    watcher.join()
    assert child.returncode in (0, 1), output.read_text("utf-8", "replace")[-2000:]
    return Run(
        tool=tool,
        megabytes=docs[1],
        documents=docs[0],
        seconds=seconds,
        processor=usage.ru_utime + usage.ru_stime,
        memory=max(peak[0], usage.ru_maxrss * 1024),
    )


def _watch(session: int, peak: list[int]) -> None:
    """Keep the most memory that a session's processes have together, until there is none."""
    page = os.sysconf("SC_PAGE_SIZE")
    while True:
        pages = 0
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, IndexError, ValueError):
                fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
                if int(fields[3]) == session and fields[0] != "Z":
                    pages += int((process / "statm").read_text().split()[1])
        if not pages and not Path(f"/proc/{session}").exists():
            return
        peak[0] = max(peak[0], pages * page)
        time.sleep(0.1)


def _environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_STATE_HOME": str(folder / "state"),
    }


def installed(folder: Path) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The peers' commands, and why one is not there."""
    found: dict[str, list[str]] = {}
    missing: dict[str, str] = {}
    node, python = folder / "node", folder / "python"
    tools = {
        "rumdl": (
            [
                [sys.executable, "-m", "venv", str(python)],
                [str(python / "bin" / "pip"), "install", "--quiet", "rumdl"],
            ],
            [str(python / "bin" / "rumdl"), "check", "--no-cache", "."],
        ),
        "markdownlint-cli2": (
            [["npm", "install", "--silent", "--prefix", str(node), "markdownlint-cli2"]],
            [str(node / "node_modules" / ".bin" / "markdownlint-cli2"), "*.md"],
        ),
        "pymarkdownlnt": (
            [
                [str(python / "bin" / "pip"), "install", "--quiet", "pymarkdownlnt"],
            ],
            [str(python / "bin" / "pymarkdown"), "scan", "."],
        ),
    }
    for tool, (steps, command) in tools.items():
        try:
            for step in steps:
                subprocess.run(step, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            missing[tool] = str(getattr(error, "stderr", "") or error).strip()[-200:]
        else:
            found[tool] = command
    return found, missing


def compared(corpus: Path, rounds: int) -> tuple[list[Run], dict[str, float], dict[str, str]]:
    """The best run of each tool over each folder, tools in turn; other ratios; who is missing."""
    template = corpus / "templates" / f"{FAMILY}.md"
    draft = [sys.executable, "-m", "assistant"]
    ours = [*draft, "check", "--template", str(template), "."]
    runs: list[Run] = []
    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peers, missing = installed(folder)
        slow = {k: v for k, v in peers.items() if k == "pymarkdownlnt"}
        anew = {"draft": [*ours, "--no-cache"]}
        fast = {**anew, **{k: v for k, v in peers.items() if k not in slow}}
        for megabytes in (SLOW_SIZE, *SIZES):
            place = folder / f"{megabytes}"
            docs = documents(corpus, place, megabytes)
            tools = {**anew, **slow} if megabytes == SLOW_SIZE else fast
            for _ in range(1 if megabytes == SLOW_SIZE else rounds):
                for tool, command in tools.items():
                    runs.append(measured(tool, command, place, docs))
                    _print(runs[-1])
            if megabytes == SLOW_SIZE:
                small = min(place.glob("*.md"), key=lambda path: abs(path.stat().st_size - 4000))
                check = [*draft, "check", small.name]
                kinds = {"help": [*draft, "--help"], "known": check, "anew": [*check, "--no-cache"]}
                least = turns(kinds, place, docs)
                ratios |= {f"one {kind}": least[kind] / least["help"] for kind in ("known", "anew")}
            if megabytes == SIZES[0] and "rumdl" in peers:
                cached = [word for word in peers["rumdl"] if word != "--no-cache"]
                least = turns({"rumdl": cached, "draft": ours}, place, docs)
                ratios["again"] = least["draft"] / least["rumdl"]
            shutil.rmtree(place)
    best: dict[tuple[str, float], Run] = {}
    for run in runs:
        known = best.get((run.tool, run.megabytes), run)
        best[run.tool, run.megabytes] = min(known, run, key=lambda r: r.processor)
    return list(best.values()), ratios, missing


def turns(
    commands: dict[str, list[str]], folder: Path, docs: tuple[int, float]
) -> dict[str, float]:
    """The least processor seconds of commands that take turns; the first turn warms the caches."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(TURNS):
        for name, command in commands.items():
            times[name].append(measured(name, command, folder, docs).processor)
    return {name: min(found[1:]) for name, found in times.items()}


def _print(run: Run) -> None:
    print(
        f"{run.tool:20} {run.megabytes:6.1f} MB {run.documents:6} documents {run.seconds:8.2f} s "
        f"{run.megabytes / run.seconds:7.2f} MB/s {run.processor:8.2f} s processor "
        f"{run.memory / 1e6:7.0f} MB memory",
        flush=True,
    )


def curves() -> dict[str, list[tuple[int, float]]]:
    """For each curve the sizes and the seconds for one document; symlink loops apart."""
    from assistant.lint.check import check_structure  # noqa: PLC0415
    from assistant.markdown.document import parse_document  # noqa: PLC0415
    from assistant.template.template import load_template  # noqa: PLC0415

    template = load_template(None)
    found: dict[str, list[tuple[int, float]]] = {}
    for name, (make, sizes) in CURVES.items():
        for size in sizes:
            text = make(size)
            times: list[float] = []
            for turn in range(3):
                fresh = text.replace("words", f"words{turn}")
                begun = time.process_time()
                check_structure(template, parse_document(fresh))
                times.append(time.process_time() - begun)
            found.setdefault(name, []).append((size, min(times)))
    return found


def growth(points: list[tuple[int, float]]) -> float:
    """Times as long for twice as much, over the whole curve."""
    (first, least), *_, (last, most) = points
    return math.exp(math.log(most / max(least, 1e-4)) / math.log2(last / first))


def main() -> int:
    """Measure, print tables, and return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description="How fast documents are checked.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--curves", action="store_true", help="only the curves")
    options = parser.parse_args()
    kept: dict[str, bool] = {}
    runs: list[Run] = []
    missing: dict[str, str] = {}
    ratios: dict[str, float] = {}
    if not options.curves:
        corpus = os.environ.get("DRAFT_CORPUS")
        assert corpus, "DRAFT_CORPUS names no folder of real documents"
        runs, ratios, missing = compared(Path(corpus).resolve(), options.rounds)
        ours = {run.megabytes: run for run in runs if run.tool == "draft"}
        for tool, goal in GOALS.items():
            for run in (run for run in runs if run.tool == tool):
                name = f"{tool} {run.megabytes:.0f} MB"
                ratios[name] = ours[run.megabytes].each / run.each
                kept[name] = ratios[name] <= goal
            if tool in missing:
                print(f"{tool}: not measured: {missing[tool]}")
        goals = {"again": AGAIN, "one known": ONE, "one anew": ONE}
        kept |= {name: ratios[name] <= goal for name, goal in goals.items() if name in ratios}
        for name, ratio in ratios.items():
            goal = goals.get(name) or GOALS[name.split()[0]]
            print(f"{name:24} draft takes {ratio:6.2f} times as much (at most {goal:g})")
        small, large = sorted(ours)[-2:]
        ratios["memory"] = ours[large].memory / ours[small].memory
        kept["memory"] = ratios["memory"] <= FLAT
        print(f"memory               x{ratios['memory']:.2f} for {large / small:.0f} times as much")
    shape = curves()  # last: what a process began with counts as its child's memory
    for name, points in shape.items():
        kept[f"{name} linear"] = growth(points) <= LINEAR
        line = "  ".join(f"{size:,}: {1000 * seconds:.0f} ms" for size, seconds in points)
        print(f"{name:12} x{growth(points):.2f} for twice as much  {line}")
    print("missed:", ", ".join(name for name, good in kept.items() if not good) or "nothing")
    if options.json:
        found = {
            "runs": [asdict(run) for run in runs],
            "ratios": ratios,
            "curves": shape,
            "missing": missing,
            "kept": kept,
        }
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
