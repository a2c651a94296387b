"""How fast a document is drafted: python benchmarks/speed.py [--runs N] [--json FILE].

What a person gets: whole processes from Enter to exit, at the default settings, against a scripted
server in a process of its own, which takes 0.3 s to the first token of every answer and then says
60 tokens a second. The critical path is that of the same run, by the server's own log: the brief,
and the section that took longest with its repairs.

- path: a whole process over its critical path, the best of the runs
- processor: user and system time of a whole process, the best of the runs
- shared: the share of all prompt tokens that stand in a prefix of an earlier request
- help, version: `draft --help` and `draft --version` over `python -c "import typer"`, by user and
  system time, the best of 20 runs that take turns, bytecode compiled

The best of the runs, since whatever else a machine does only ever makes a run slower; the medians
stand below, and where they are far from the best, the machine was busy.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

DELAY, RATE = 0.3, 60.0
MODEL = "gpt-5-mini"
RUNS = 20
GOALS = {"path": 1.25, "processor": 2.0, "shared": 0.85, "help": 1.3, "version": 1.3}
DESCRIPTION = "feature: let people export their reports as CSV files"
SCRIPT = "import sys; from assistant.__main__ import main; sys.argv[0] = 'draft'; main()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as the server saw it: what for, when it came, how long the answer took."""

    task: str
    text: str
    came: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One whole process: when it began and ended, its processor time, and what it asked."""

    begun: float
    ended: float
    processor: float
    code: int
    asked: tuple[Asked, ...]

    @property
    def wall(self) -> float:
        """Seconds from Enter to exit."""
        return self.ended - self.begun

    @property
    def critical(self) -> float:
        """Seconds that the server needs for the brief and the slowest section, repairs included."""
        sections: dict[str, float] = defaultdict(float)
        for one in self.asked:
            sections[one.task] += one.seconds
        return sections.pop("the brief") + max(sections.values())

    @property
    def before(self) -> float:
        """Seconds from Enter to the first request."""
        return min(one.came for one in self.asked) - self.begun

    @property
    def after(self) -> float:
        """Seconds from the end of the last answer to exit."""
        return self.ended - max(one.came + one.seconds for one in self.asked)

    @property
    def peak(self) -> int:
        """How many requests were under way at once."""
        steps = [(one.came, 1) for one in self.asked]
        steps += [(one.came + one.seconds, -1) for one in self.asked]
        most = running = 0
        for _, step in sorted(steps):
            running += step
            most = max(most, running)
        return most


def serve(log: Path) -> None:
    """Answer until standard input closes; each request is a line in `log`."""
    from tests.support.scripted import PIECE, Reply, Request, ScriptedServer, plausible  # noqa: PLC0415

    def script(request: Request) -> Reply:
        came = time.monotonic()
        good = plausible(request)
        text = "\n".join(f"{m['role']}\n{m['content']}" for m in _messages(request.body))
        line = {
            "task": text.split("\n# Task: ")[1].split("\n")[0],
            "text": text,
            "came": came,
            "seconds": DELAY + len(PIECE.findall(good.text)) / RATE,
        }
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return replace(good, delay=DELAY, rate=RATE)

    with ScriptedServer(script) as server:
        print(server.url, flush=True)
        sys.stdin.read()


def _messages(body: dict[str, object]) -> list[dict[str, str]]:
    messages = body["messages"]
    assert isinstance(messages, list)
    return messages


def drafted(*words: str) -> Run:
    """A document drafted by a process of its own, with these options."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder) / "log") as server:
        assert server.stdout is not None
        assert server.stdin is not None
        url = server.stdout.readline().strip()
        command = (DESCRIPTION, "--base-url", url, "--model", MODEL, *words)
        begun, ended, processor, code = timed([sys.executable, "-c", SCRIPT, *command], folder)
        server.stdin.close()
        lines = (Path(folder) / "log").read_text("utf-8").splitlines()
    asked = tuple(Asked(**json.loads(line)) for line in lines)
    return Run(begun=begun, ended=ended, processor=processor, code=code, asked=asked)


def timed(command: Sequence[str], folder: str) -> tuple[float, float, float, int]:
    """When a process began and ended, its user and system time, and its exit code."""
    with Path(folder, "out").open("wb") as out:
        begun = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(folder),
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
        )
        _, status, used = os.wait4(process.pid, 0)
        ended = time.monotonic()
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1), Path(folder, "out").read_text("utf-8")
    return begun, ended, used.ru_utime + used.ru_stime, process.returncode


def _server(log: Path) -> AbstractContextManager[subprocess.Popen[str]]:
    return subprocess.Popen(
        [sys.executable, __file__, "--serve", str(log)],
        env=_environment(str(log.parent)),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _environment(folder: str) -> dict[str, str]:
    left = ("PYTHONDONTWRITEBYTECODE", "OPENAI_API_KEY", "OPENAI_BASE_URL", "DRAFT_CONCURRENCY")
    kept = {name: value for name, value in os.environ.items() if name not in left}
    return {**kept, "HOME": folder, "XDG_STATE_HOME": folder, "PYTHONPATH": str(ROOT)}


def shared(texts: Sequence[str]) -> float:
    """The share of prompt tokens that stand in a prefix which an earlier request has too."""
    from assistant.llm.tokens import TokenCounter  # noqa: PLC0415

    count = TokenCounter(MODEL).count
    same = sum(
        count(text[: max((_common(text, other) for other in texts[:place]), default=0)])
        for place, text in enumerate(texts)
    )
    return same / sum(count(text) for text in texts)


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def started() -> dict[str, float]:
    """The least user and system time of `draft --help`, `draft --version` and importing typer."""
    commands = {
        "help": [sys.executable, "-c", SCRIPT, "--help"],
        "version": [sys.executable, "-c", SCRIPT, "--version"],
        "typer": [sys.executable, "-c", "import typer"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(RUNS):
            for name, command in commands.items():
                times[name].append(timed(command, folder)[2])
    return {name: min(found) for name, found in times.items()}


def main() -> int:
    """Measure, print a table, and return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description="How fast a document is drafted.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return 0
    drafted()  # compiles
    runs = [drafted() for _ in range(options.runs)]
    best = min(runs, key=lambda run: run.wall / run.critical)
    alone = drafted("--concurrency", "1")
    least = started()
    found = {
        "path": best.wall / best.critical,
        "processor": min(run.processor for run in runs),
        "shared": shared([one.text for one in best.asked]),
        "help": least["help"] / least["typer"],
        "version": least["version"] / least["typer"],
    }
    more = {
        "path_median": statistics.median(run.wall / run.critical for run in runs),
        "seconds": best.wall,
        "critical_seconds": best.critical,
        "before_first_request": best.before,
        "after_last_answer": best.after,
        "requests": len(best.asked),
        "in_flight": best.peak,
        "exit_code": best.code,
        "one_by_one_seconds": alone.wall,
        "factor": alone.wall / best.wall,
        "help_ms": 1000 * least["help"],
        "version_ms": 1000 * least["version"],
        "typer_ms": 1000 * least["typer"],
    }
    kept = {
        name: found[name] >= goal if name == "shared" else found[name] <= goal
        for name, goal in GOALS.items()
    }
    for name, value in found.items():
        sign = ">=" if name == "shared" else "<="
        print(f"{name:20} {value:8.3f}  {sign} {GOALS[name]:<5} {'yes' if kept[name] else 'NO'}")
    for name, value in more.items():
        print(f"{name:20} {value:8.3f}")
    if options.json:
        options.json.write_text(json.dumps({**found, **more, "kept": kept}, indent=2) + "\n")
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
