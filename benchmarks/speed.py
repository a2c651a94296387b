"""How fast a document is drafted: python benchmarks/speed.py [--json FILE].

Against a scripted server in a process of its own, which takes 0.3 s to the first token of every
answer and then says 60 tokens a second:

- path: the time for a whole document over its critical path (the brief and the slowest section)
- factor: the same requests one after another, over that time
- processor: the program's own processor time, beyond imports and the token table
- shared: the share of all prompt tokens that stand in a prefix of an earlier request
- help: `draft --help` over `python -c "import typer"`, medians of 20, bytecode compiled
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

DELAY, RATE = 0.3, 60.0
MODEL = "gpt-5-mini"
ENOUGH = 64
RUNS = 20
GOALS = {"path": 1.10, "processor": 0.8, "shared": 0.85, "help": 1.5}
DESCRIPTION = "feature: let people export their reports as CSV files"


def serve(log: Path) -> None:
    """Answer until standard input closes; each request is a line in `log`."""
    from tests.scripted import PIECE, Reply, Request, Scripted, plausible  # noqa: PLC0415

    def script(request: Request) -> Reply:
        good = plausible(request)
        pieces = len(PIECE.findall(good.text))
        line = {
            "text": "\n".join(f"{m['role']}\n{m['content']}" for m in _messages(request.body)),
            "seconds": DELAY + pieces / RATE,
            "tokens": pieces,
        }
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return replace(good, delay=DELAY, rate=RATE)

    with Scripted(script) as server:
        print(server.url, flush=True)
        sys.stdin.read()


def _messages(body: dict[str, object]) -> list[dict[str, str]]:
    messages = body["messages"]
    assert isinstance(messages, list)
    return messages


def draft(url: str, concurrency: int) -> None:
    """Draft one document in this process and print its time and processor time."""
    from assistant import client, settings, tokens  # noqa: PLC0415
    from assistant.builtin import chosen  # noqa: PLC0415
    from assistant.description import classify  # noqa: PLC0415
    from assistant.display import Display  # noqa: PLC0415
    from assistant.draft import Job  # noqa: PLC0415
    from assistant.draft import draft as drafted  # noqa: PLC0415
    from assistant.stop import Stop  # noqa: PLC0415

    client.preload()
    tokens.counter(MODEL).count("warm")
    kind, words = classify(DESCRIPTION)
    begun, worked = time.perf_counter(), time.process_time()
    options = settings.Options(base_url=url, model=MODEL, concurrency=concurrency)
    resolved = settings.resolve(options, os.environ, Path.cwd())
    job = Job(description=words, kind=kind, template=chosen(None), author="Ada", date="2026-01-01")

    async def run() -> int:
        display = Display(quiet=False, verbose=False)
        return (await drafted(job, resolved, display, Stop())).exit_code

    code = asyncio.run(run())
    wall, processor = time.perf_counter() - begun, time.process_time() - worked
    print(json.dumps({"wall": wall, "processor": processor, "code": code}))


def measured(concurrency: int) -> tuple[dict[str, float], list[dict[str, object]]]:
    """A document's times, and the requests as the server saw them."""
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder) / "log") as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        words = [sys.executable, __file__, "--draft", url, "--concurrency", str(concurrency)]
        done = subprocess.run(
            words, cwd=folder, env=_environment(folder), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert server.stdin is not None
        server.stdin.close()
        lines = (Path(folder) / "log").read_text("utf-8").splitlines()
        return json.loads(done.stdout), [json.loads(line) for line in lines]


def _server(log: Path) -> AbstractContextManager[subprocess.Popen[str]]:
    return subprocess.Popen(
        [sys.executable, __file__, "--serve", str(log)],
        env=_environment(str(log.parent)), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def _environment(folder: str) -> dict[str, str]:
    left = ("PYTHONDONTWRITEBYTECODE", "OPENAI_API_KEY", "OPENAI_BASE_URL")
    kept = {name: value for name, value in os.environ.items() if name not in left}
    return {**kept, "HOME": folder, "XDG_STATE_HOME": folder, "PYTHONPATH": str(ROOT)}


def critical(requests: list[dict[str, object]]) -> float:
    """Seconds for the brief and the slowest section, its repairs included."""
    sections: dict[str, float] = defaultdict(float)
    for request in requests:
        task = str(request["text"]).split("\n# Task: ")[1].split("\n")[0]
        sections[task] += float(str(request["seconds"]))
    return sections.pop("the brief") + max(sections.values())


def shared(requests: list[dict[str, object]]) -> float:
    """The share of prompt tokens that stand in a prefix which an earlier request has too."""
    from assistant.tokens import counter  # noqa: PLC0415

    count = counter(MODEL).count
    texts = [str(request["text"]) for request in requests]
    same = sum(
        count(text[: max((_common(text, other) for other in texts[:place]), default=0)])
        for place, text in enumerate(texts)
    )
    return same / sum(count(text) for text in texts)


def _common(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def help_over_typer() -> tuple[float, float]:
    """Medians of `draft --help` and of importing typer, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**_environment(folder), "PYTHONPYCACHEPREFIX": folder}
        commands = {
            "help": [sys.executable, "-c", "from assistant.cli import main; main()", "--help"],
            "typer": [sys.executable, "-c", "import typer"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(RUNS + 2):
            for name, command in commands.items():
                begun = time.perf_counter()
                subprocess.run(command, env=environment, capture_output=True, check=True)
                if turn > 1:  # the first ones compile
                    times[name].append(time.perf_counter() - begun)
        return statistics.median(times["help"]), statistics.median(times["typer"])


def main() -> int:
    """Measure, print a table, and return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description="How fast a document is drafted.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--draft", help=argparse.SUPPRESS)
    parser.add_argument("--concurrency", type=int, default=ENOUGH)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return 0
    if options.draft:
        draft(options.draft, options.concurrency)
        return 0
    fast, requests = measured(options.concurrency)
    slow, _ = measured(1)
    shown, typer = help_over_typer()
    found = {
        "path": fast["wall"] / critical(requests),
        "processor": fast["processor"],
        "shared": shared(requests),
        "help": shown / typer,
    }
    more = {
        "requests": len(requests), "seconds": fast["wall"], "critical_seconds": critical(requests),
        "one_by_one_seconds": slow["wall"], "factor": slow["wall"] / fast["wall"],
        "exit_code": fast["code"], "help_ms": 1000 * shown, "typer_ms": 1000 * typer,
    }  # fmt: skip
    kept = {name: found[name] >= goal if name == "shared" else found[name] <= goal
            for name, goal in GOALS.items()}  # fmt: skip
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
