"""How fast the embedded model writes one document, by the way its server is set up.

Run `python benchmarks/embedded.py [--json FILE] [NAME...]`; a row takes some minutes. The work is
a stand-in for a draft: 21 requests that begin with the same 1,050 tokens, go on with 110 of their
own and answer 60 to 200, every second one under a JSON Schema. `warm` is reading the shared
beginning once and copying it into the other slots. `cpu` counts the engine's processor seconds,
which other programs on the machine disturb less than the wall clock.
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

from assistant import engine, loopback, weights
from assistant.engine import Child

KEY = "benchmark"
ANSWERS = [60, 200, 90, 150, 120, 70, 180, 100, 140, 80, 160, 110, 200, 60, 130, 90, 170, 120]
ANSWERS += [75, 150, 100]
TEXT = (
    "login session timeout token refresh server client retry queue database index latency browser"
    " cookie request user account password lockout window clock gateway cache replica metric alert"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One way to set the server up."""

    name: str
    slots: int
    spread: bool = True
    context: int = 8192
    longest_first: bool = False
    schemas: bool = True
    options: tuple[str, ...] = ()


SETTINGS = (
    Setting(name="8 slots, prefix copied", slots=8),
    Setting(name="8 slots", slots=8, spread=False),
    Setting(name="1 slot", slots=1, spread=False),
    Setting(name="2 slots, prefix copied", slots=2),
    Setting(name="4 slots, prefix copied", slots=4),
    Setting(name="16 slots, prefix copied", slots=16, context=4096),
    Setting(name="8 slots, copied, unified", slots=8, context=4096, options=("--kv-unified",)),
    Setting(name="8 slots, copied, longest first", slots=8, longest_first=True),
    Setting(name="8 slots, copied, no schemas", slots=8, schemas=False),
    Setting(
        name="8 slots, copied, n-gram guesses", slots=8, options=("--spec-type", "ngram-simple")
    ),
    Setting(name="8 slots, copied, no flash attention", slots=8, options=("--flash-attn", "off")),
    Setting(name="8 slots, copied, mapped", slots=8, options=("--load-mode", "mmap")),
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
    tokens_per_second: float
    read: int
    slowest: float
    memory: float


def words(count: int, seed: int) -> str:
    """About `count` words of prose that is always the same."""
    chance = random.Random(seed)
    lines = [" ".join(chance.choices(TEXT.split(), k=10)).capitalize() for _ in range(count // 10)]
    return ". ".join(lines)


def requests(setting: Setting) -> Iterator[dict[str, object]]:
    """The requests of one document."""
    for number, size in enumerate(ANSWERS):
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
def server(setting: Setting, model: Path, folder: str) -> Iterator[tuple[int, int]]:
    """A running server's port and process."""
    binary, port = engine.find(), loopback.free_port()
    assert binary is not None, "no llama-server"
    command = [str(binary), "--model", str(model), "--port", str(port)]
    command += ["--parallel", str(setting.slots), "--slot-save-path", folder + os.sep]
    command += ["--ctx-size", str(setting.slots * setting.context), *setting.options]
    extra = {**engine.SETTINGS, "LLAMA_API_KEY": KEY}
    child = Child(command, engine.environment(binary, extra))
    try:
        while loopback.get(port, "/health", KEY) is None:
            assert child.code is None, child.tail()
            time.sleep(0.05)
        yield port, child.pid
    finally:
        child.stop()


async def spread(port: int, slots: int) -> None:
    """Read the shared beginning once and copy it into the other slots."""
    first = {"messages": turns(), "max_tokens": 1, "id_slot": 0}
    copy = {"filename": "prefix"}
    assert await loopback.post(port, "/v1/chat/completions", KEY, first)
    assert await loopback.post(port, "/slots/0?action=save", KEY, copy)
    for slot in range(1, slots):
        assert await loopback.post(port, f"/slots/{slot}?action=restore", KEY, copy)


def processor(pid: int) -> float:
    """Seconds a process has used so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(setting: Setting, model: Path) -> Row:
    """One document by one setting."""
    begun = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        server(setting, model, folder) as (port, pid),
    ):
        ready, used = time.perf_counter(), processor(pid)
        if setting.spread:
            asyncio.run(spread(port, setting.slots))
        warm = time.perf_counter()
        bodies = list(requests(setting))
        if setting.longest_first:
            bodies.sort(key=lambda body: -int(str(body["max_tokens"])))
        with ThreadPoolExecutor(setting.slots) as pool:
            answers = list(pool.map(lambda body: ask(port, body), bodies))
        done, used = time.perf_counter(), processor(pid) - used
        status = Path(f"/proc/{pid}/status").read_text()
    tokens = sum(usage["completion_tokens"] for usage, _ in answers)
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return Row(
        name=setting.name,
        ready=round(ready - begun, 1),
        warm=round(warm - ready, 1),
        sections=round(done - warm, 1),
        cpu=round(used, 1),
        tokens=tokens,
        tokens_per_second=round(tokens / (done - warm), 1),
        read=sum(usage["prompt_tokens"] - usage["cached"] for usage, _ in answers),
        slowest=round(max(seconds for _, seconds in answers), 1),
        memory=round(int(peak.split()[1]) / 1e6, 2),
    )


def main() -> None:
    """Measure what was asked for, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--json", type=Path, default=Path("embedded.json"))
    parser.add_argument("names", nargs="*", help="settings whose name contains one of these")
    chosen = parser.parse_args()
    model = weights.weights(lambda _done, _total: None)
    rows = []
    print(f"{'':36}  ready   warm sections    cpu  tokens/s  read slowest    GB")
    for setting in SETTINGS:
        if chosen.names and not any(name in setting.name for name in chosen.names):
            continue
        row = measure(setting, model)
        rows.append(asdict(row))
        print(
            f"{row.name:36} {row.ready:6.1f} {row.warm:6.1f} {row.sections:8.1f} {row.cpu:6.0f}"
            f" {row.tokens_per_second:9.1f} {row.read:5} {row.slowest:7.1f} {row.memory:5.2f}",
            flush=True,
        )
        chosen.json.write_text(json.dumps({"cores": os.cpu_count(), "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
