"""How fast and how exact suggestions are: python benchmarks/suggest.py [--json FILE].

A document of this repository is reviewed against a scripted server in a process of its own, which
takes 0.3 s to the first token of every answer and then says 60 tokens a second:

- path: the time for all points of view over the slowest request's, both as this process sees them
- paced: the same over what the slowest request takes at the server's pace: on a machine that other
  work keeps busy the server itself falls behind, which is no time of ours
- shared: the share of all prompt tokens that stand in the beginning which all requests have
- earlier: the share of those that stand in a prefix of an earlier request; of n requests alike it
  is at most (n - 1) / n, as nobody has sent the first one before

And the 60 pairs of tests/data/alike: how many of those that are told to say the same do
(precision), and how many of those that do are told (recall), in the half that the measure was made
with and in the one that was held out. Takes half a minute.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import speed  # noqa: E402  the path comes first

DOCUMENT = ROOT / "memory" / "design" / "007_fill.md"
PAIRS = ROOT / "tests" / "data" / "alike" / "pairs.tsv"
GOALS = {"path": 1.15, "shared": 0.85}
FILLER = "so that nobody who depends on it can tell for how long it was wrong or what to do"


def serve(log: Path) -> None:
    """Answer until standard input closes; each request is a line in `log`."""
    from tests.support.scripted import PIECE, Reply, Request, ScriptedServer  # noqa: PLC0415

    def script(request: Request) -> Reply:
        text = answer(request.text)
        pieces = len(PIECE.findall(text))
        line = {"text": request.text, "seconds": speed.DELAY + pieces / speed.RATE}
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return replace(Reply(text=text), delay=speed.DELAY, rate=speed.RATE)

    with ScriptedServer(script) as server:
        print(server.url, flush=True)
        sys.stdin.read()


def answer(asked: str) -> str:
    """Two risks and two questions, each resting on words of the document that is shown."""
    document = asked.rpartition("<document>\n")[2].partition("\n</document>")[0]
    lines = [line.split() for line in document.split("\n") if len(line.split()) > 12]
    seed = int(sha256(asked.encode()).hexdigest()[:8], 16)
    chosen = [lines[(seed + 7 * number) % len(lines)][2:10] for number in range(4)]
    basis = [{"quote": " ".join(words), "section": ""} for words in chosen]
    risks = [
        {
            **one,
            "what_goes_wrong": f"{one['quote']} fails {FILLER}",
            "impact": "High",
            "likelihood": "Low",
            "mitigation": f"Watch {one['quote']}",
        }
        for one in basis[:2]
    ]
    questions = [
        {**one, "question": f"Who looks after it {FILLER}?", "why": FILLER, "who": "operator"}
        for one in basis[2:]
    ]
    return json.dumps({"risks": risks, "questions": questions})


def review(url: str) -> None:
    """Review the document in this process, and print the time it takes and what came of it."""
    from assistant import settings  # noqa: PLC0415
    from assistant.commands.suggest import SuggestOptions, make_review_job  # noqa: PLC0415
    from assistant.display.progress import ProgressDisplay  # noqa: PLC0415
    from assistant.llm import tokens, transport  # noqa: PLC0415
    from assistant.prompting.run import StopSwitch  # noqa: PLC0415
    from assistant.suggestions.run import review_document  # noqa: PLC0415

    transport.import_openai()
    tokens.TokenCounter(speed.MODEL).count("warm")
    begun, worked = time.perf_counter(), time.process_time()
    options = settings.SettingOptions(base_url=url, model=speed.MODEL)
    resolved = settings.resolve_settings(options, os.environ, Path.cwd())
    job = make_review_job(DOCUMENT, SuggestOptions(document=str(DOCUMENT)), resolved, ())

    async def run() -> tuple[int, float]:
        outcome = await review_document(
            job, resolved, ProgressDisplay(quiet=True, verbose=False), StopSwitch()
        )
        assert not outcome.unanswered
        found = outcome.suggestions
        return len(found.risks) + len(found.questions), outcome.longest

    found, longest = asyncio.run(run())
    wall, processor = time.perf_counter() - begun, time.process_time() - worked
    said = {"wall": wall, "processor": processor, "found": found, "longest": longest}
    print(json.dumps(said))


def measured() -> tuple[dict[str, float], list[dict[str, object]]]:
    """A review's times, and the requests as the server saw them."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        environment = speed._environment(folder)  # noqa: SLF001  the other benchmark's own
        words = [sys.executable, __file__]
        with subprocess.Popen(
            [*words, "--serve", str(log)],
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as server:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            done = subprocess.run(
                [*words, "--review", url],
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            server.communicate("")
        assert done.returncode == 0, done.stderr
        requests = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        return json.loads(done.stdout), requests


def shared(requests: list[dict[str, object]]) -> float:
    """The share of prompt tokens in the beginning that all requests have."""
    from assistant.llm.tokens import TokenCounter  # noqa: PLC0415

    count = TokenCounter(speed.MODEL).count
    texts = [str(request["text"]) for request in requests]
    beginning = texts[0][: min(speed._common(texts[0], text) for text in texts)]  # noqa: SLF001
    return len(texts) * count(beginning) / sum(count(text) for text in texts)


def pairs(half: str) -> dict[str, float]:
    """Precision and recall of the measure over one half of the labelled pairs."""
    from assistant.suggestions.repeats import says_same  # noqa: PLC0415

    rows = [line.split("\t") for line in PAIRS.read_text("utf-8").splitlines()[1:]]
    told = [(row[0] == "same", says_same(row[2], row[3])) for row in rows if row[1] == half]
    right = sum(truth and said for truth, said in told)
    said, true = sum(said for _, said in told), sum(truth for truth, _ in told)
    return {"pairs": len(told), "precision": right / max(1, said), "recall": right / true}


def main() -> int:
    """Measure, print a table, and return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description="How fast and how exact suggestions are.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--review", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return 0
    if options.review:
        review(options.review)
        return 0
    times, requests = measured()
    slowest = max(float(str(request["seconds"])) for request in requests)
    found = {"path": times["wall"] / times["longest"], "shared": shared(requests)}
    more = {
        "earlier": speed.shared([str(request["text"]) for request in requests]),
        "requests": len(requests),
        "seconds": times["wall"],
        "slowest_seconds": times["longest"],
        "paced": times["wall"] / slowest,
        "processor": times["processor"],
        "found": times["found"],
    }
    halves = {half: pairs(half) for half in ("tuned", "held out")}
    kept = {"path": found["path"] <= GOALS["path"], "shared": found["shared"] >= GOALS["shared"]}
    for name, value in found.items():
        sign = ">=" if name == "shared" else "<="
        print(f"{name:20} {value:8.3f}  {sign} {GOALS[name]:<5} {'yes' if kept[name] else 'NO'}")
    for name, value in more.items():
        print(f"{name:20} {value:8.3f}")
    for half, exact in halves.items():
        for name in ("precision", "recall"):
            print(f"{f'{name}, {half}':20} {exact[name]:8.3f}")
    if options.json:
        result = {**found, **more, "alike": halves, "kept": kept}
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
