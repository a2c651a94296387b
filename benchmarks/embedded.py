"""How fast the embedded model writes one document, by the way its server is set up.

Run `python benchmarks/embedded.py [--json FILE] [--part N] [--rounds N] [NAME...]`. The work is a
stand-in for a draft: 21 requests that begin with the same 1,050 tokens, go on with 110 of their own
and answer 60 to 200, every second one under a JSON Schema; `--part 2` asks for half as many
answers of half the length. `warm` is reading the shared beginning once and copying it into the
other slots. `cpu` counts the engine's processor seconds, which other programs on the machine
disturb less than the wall clock. With `--rounds` every setting has its turn in each round, and what
is printed is the sum. `times` is how many times as fast as one slot a setting was, by the wall
clock and by the processor's.
"""

import argparse
import asyncio
import http.client
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.llm.local import loopback, weights
from assistant.llm.local.child import ChildProcess
from assistant.llm.local.engine import LaunchOptions, XllamacppEngine, find_engines

KEY = "benchmark"
ANSWERS = [60, 200, 90, 150, 120, 70, 180, 100, 140, 80, 160, 110, 200, 60, 130, 90, 170, 120]
ANSWERS += [75, 150, 100]
TEXT = (
    "login session timeout token refresh server client retry queue database index latency browser"
    " cookie request user account password lockout window clock gateway cache replica metric alert"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One way to set the server up; `more` in the words of xllamacpp's parameters."""

    name: str
    slots: int
    spread: bool = True
    context: int = 8192
    schemas: bool = True
    more: tuple[tuple[str, object], ...] = ()
    variables: tuple[tuple[str, str], ...] = ()


SETTINGS = (
    Setting(name="1 slot", slots=1, spread=False),
    Setting(name="1 slot, spinning", slots=1, spread=False, variables=(("OMP_WAIT_POLICY", ""),)),
    Setting(name="8 slots", slots=8),
    Setting(name="8 slots, spinning", slots=8, variables=(("OMP_WAIT_POLICY", ""),)),
    Setting(name="8 slots, prefix read by each", slots=8, spread=False),
    Setting(name="4 slots", slots=4),
    Setting(name="16 slots", slots=16, context=4096),
    Setting(name="8 slots, unified cache", slots=8, context=4096, more=(("kv_unified", True),)),
    Setting(name="8 slots, batches of 512", slots=8, more=(("n_batch", 512), ("n_ubatch", 512))),
    Setting(name="8 slots, tiled", slots=8, variables=(("GGML_CPU_TILED_MM", ""),)),
    Setting(name="12 slots", slots=12, context=5461),
    Setting(name="8 slots, no flash attention", slots=8, more=(("flash_attn_type", 0),)),
    Setting(name="8 slots, flash attention", slots=8, more=(("flash_attn_type", 1),)),
    Setting(
        name="8 slots, cache as q8_0", slots=8, more=(("cache_type_k", 8), ("cache_type_v", 8))
    ),
    Setting(name="8 slots, n-gram guesses", slots=8, more=(("speculative.types", [6]),)),
    Setting(
        name="1 slot, n-gram guesses", slots=1, spread=False, more=(("speculative.types", [6]),)
    ),
    Setting(name="8 slots, not repacked", slots=8, more=(("no_extra_bufts", True),)),
    Setting(name="8 slots, mapped", slots=8, more=(("load_mode", 1),)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What was measured: seconds, tokens, gigabytes."""

    name: str
    ready: float
    warm: float
    sections: float
    cpu: float
    tokens: int
    read: int
    slowest: float
    memory: float
    load: float

    def __add__(self, other: "Row") -> "Row":
        mine, theirs = asdict(self), asdict(other)
        most = {name: max(mine[name], theirs[name]) for name in ("slowest", "memory", "load")}
        return Row(
            **{name: mine[name] + theirs[name] for name in mine} | most | {"name": self.name}
        )


def words(count: int, seed: int) -> str:
    """About `count` words of prose that is always the same."""
    chance = random.Random(seed)
    lines = [" ".join(chance.choices(TEXT.split(), k=10)).capitalize() for _ in range(count // 10)]
    return ". ".join(lines)


def requests(setting: Setting, part: int) -> Iterator[dict[str, object]]:
    """The requests of one document."""
    for number, whole in enumerate(ANSWERS[::part]):
        size = whole // part
        own = f"\n\nWrite section {number} in {size} words. {words(80, number)}"
        body: dict[str, object] = {"messages": turns(own), "max_tokens": size, "temperature": 0}
        if setting.schemas and number % 2:
            names = ("context", "option_a", "option_b", "recommendation")[: 2 + number % 3]
            schema = {
                "type": "object",
                "properties": {name: {"type": "string"} for name in names},
                "required": names,
                "additionalProperties": False,
            }
            wanted = {"name": "answer", "schema": schema, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": wanted}
        else:
            body["ignore_eos"] = True
        yield body


def turns(own: str = "") -> list[dict[str, str]]:
    """The shared messages, then what is a request's own."""
    system = "You are a senior engineer who writes design documents. " + words(250, 1001)
    return [
        {"role": "system", "content": system},
        {"role": "user", "content": "The brief and the outline. " + words(600, 1002) + own},
    ]


def ask(port: int, body: dict[str, object]) -> tuple[dict[str, int], float]:
    """The usage of one answer, and its seconds."""
    started = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=1800)
    head = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    line.request("POST", "/v1/chat/completions", json.dumps(body), head)
    answer = json.loads(line.getresponse().read())
    line.close()
    usage = dict(answer["usage"])
    usage["cached"] = usage.get("prompt_tokens_details", {}).get("cached_tokens", 0)
    return usage, time.perf_counter() - started


@contextmanager
def server(setting: Setting, model: Path, folder: str) -> Iterator[tuple[int, ChildProcess]]:
    """A running server's port and process."""
    engine, port = find_engines()[0], loopback.find_free_port()
    assert isinstance(engine, XllamacppEngine), (
        "take llama-server off PATH: settings are xllamacpp's"
    )
    launch = LaunchOptions(
        model=model,
        port=port,
        slots=setting.slots,
        context=setting.context,
        folder=folder,
        more=dict(setting.more),
    )
    variables = engine.environment(KEY) | dict(setting.variables)
    child = ChildProcess(
        engine.command(launch), {name: text for name, text in variables.items() if text}
    )
    try:
        while loopback.get_json(port, "/health", KEY) is None:
            assert child.code is None, child.tail()
            time.sleep(0.05)
        yield port, child
    finally:
        child.stop()


async def spread(port: int, slots: int) -> None:
    """Read the shared beginning once and copy it into the other slots."""
    first = {"messages": turns(), "max_tokens": 1, "id_slot": 0}
    copy = {"filename": "prefix"}
    assert await loopback.post_json(port, "/v1/chat/completions", KEY, first)
    assert await loopback.post_json(port, "/slots/0?action=save", KEY, copy)
    for slot in range(1, slots):
        assert await loopback.post_json(port, f"/slots/{slot}?action=restore", KEY, copy)


def measure(setting: Setting, model: Path, part: int) -> Row:
    """One document by one setting."""
    begun = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        server(setting, model, folder) as (port, child),
    ):
        ready, used = time.perf_counter(), child.measure_work() or 0.0
        if setting.spread:
            asyncio.run(spread(port, setting.slots))
        warm = time.perf_counter()
        bodies = list(requests(setting, part))
        with ThreadPoolExecutor(setting.slots) as pool:
            answers = list(pool.map(lambda body: ask(port, body), bodies))
        done, used = time.perf_counter(), (child.measure_work() or 0.0) - used
        status = Path(f"/proc/{child.pid}/status").read_text()
    tokens = sum(usage["completion_tokens"] for usage, _ in answers)
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return Row(
        name=setting.name,
        ready=round(ready - begun, 1),
        warm=round(warm - ready, 1),
        sections=round(done - warm, 1),
        cpu=round(used, 1),
        tokens=tokens,
        read=sum(usage["prompt_tokens"] - usage["cached"] for usage, _ in answers),
        slowest=round(max(seconds for _, seconds in answers), 1),
        memory=round(int(peak.split()[1]) / 1e6, 2),
        load=round(os.getloadavg()[0], 1),
    )


def main() -> None:
    """Measure what was asked for, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--json", type=Path, default=Path("embedded.json"))
    parser.add_argument("--part", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("names", nargs="*", help="the settings, by their names")
    chosen = parser.parse_args()
    model = weights.prepare_weights(lambda _done, _total: None)
    wanted = [setting for setting in SETTINGS if not chosen.names or setting.name in chosen.names]
    rows: dict[str, Row] = {}
    for _ in range(chosen.rounds):
        for setting in wanted:
            row = measure(setting, model, chosen.part)
            rows[row.name] = rows[row.name] + row if row.name in rows else row
            print(f"  {row}", file=sys.stderr, flush=True)
            facts = {"cores": os.cpu_count(), "rows": [asdict(one) for one in rows.values()]}
            chosen.json.write_text(json.dumps(facts, indent=1))
    print(f"{'':30} ready   warm sections    cpu tokens   read slowest    GB  load  times (cpu)")
    first = next((row for row in rows.values() if row.name == "1 slot"), None)
    for row in rows.values():
        faster = (
            ""
            if first is None
            else (
                f"{(first.warm + first.sections) / (row.warm + row.sections):6.2f}"
                f" ({first.cpu / row.cpu:.2f})"
            )
        )
        print(
            f"{row.name:30} {row.ready:5.1f} {row.warm:6.1f} {row.sections:8.1f} {row.cpu:6.0f}"
            f" {row.tokens:6} {row.read:6} {row.slowest:7.1f} {row.memory:5.2f} {row.load:5.1f}"
            f" {faster}"
        )


if __name__ == "__main__":
    main()
