"""The embedded model's server: started, watched over, and gone when we are."""

import asyncio
import json
import os
import platform
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import install
from assistant.errors import DraftError, Exit
from assistant.llm.local import engine, requirement, weights
from assistant.llm.local import memory as machine
from assistant.llm.local import model as local_model
from assistant.llm.local import requirement as local_requirement
from assistant.llm.local.child import ChildProcess, build_child_environment
from assistant.llm.local.engine import LlamaServer, XllamacppEngine, explain_end, try_engine
from assistant.llm.local.memory import ModelShape
from assistant.llm.local.model import EmbeddedModel
from assistant.llm.local.requirement import Requirement
from assistant.llm.model import Message
from tests.support.ear import Ear
from tests.support.paths import ROOT
from tests.support.waiting import PATIENCE

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
    say("error while loading shared libraries: libgomp.so.1: cannot open shared object file")
    sys.exit(127)
if MODE == "killed": os.kill(os.getpid(), signal.SIGKILL)
if MODE == "allocation": say("failed to allocate buffer for kv cache"); sys.exit(1)
if MODE == "taken" or MODE == "taken once" and count == 1:
    say("couldn't bind HTTP server socket, hostname: 127.0.0.1"); sys.exit(1)
if MODE == "illegal": os.kill(os.getpid(), signal.SIGILL)
if MODE == "segfault": os.kill(os.getpid(), signal.SIGSEGV)
if MODE == "slow":
    ends = time.monotonic() + 5
    while time.monotonic() < ends: pass
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

Start = Callable[..., EmbeddedModel]


def fake(folder: Path, mode: str) -> Path:
    binary = folder / "llama-server"
    binary.write_text(FAKE.format(python=sys.executable, mode=mode, here=str(folder)))
    binary.chmod(0o755)
    return binary


def model(folder: Path) -> Path:
    path = folder / "model.gguf"
    path.write_bytes(b"GGUF" + b"\0" * 60)
    return path


def embedded(folder: Path, mode: str = "good", ear: Ear | None = None) -> EmbeddedModel:
    return EmbeddedModel(model(folder), ear or Ear(), engines=[LlamaServer(fake(folder, mode))])


def gone(pid: int) -> bool:
    """Whether a process ends; one that nobody has buried yet has ended."""
    deadline = time.monotonic() + PATIENCE
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
    """Whether a file appears."""
    deadline = time.monotonic() + PATIENCE
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return path.exists()


def failure(folder: Path, mode: str, patience: float = PATIENCE) -> DraftError:
    server = embedded(folder, mode)
    server.patience = patience
    with pytest.raises(DraftError) as caught:
        server.start()
    assert server.folder == ""
    return caught.value


def told(error: DraftError) -> str:
    """All that --verbose adds to an error."""
    return "\n".join(getattr(error, "__notes__", []))


def test_ready(tmp_path: Path) -> None:
    """A started engine says its address, its slots and its context, and ends with the block."""
    ear = Ear()

    with embedded(tmp_path, ear=ear) as server:
        pid = server.pid
        assert server.alive()
        assert server.base_url.startswith("http://127.0.0.1:")
        assert (server.slots, server.context) == (3, 4096)

    assert gone(pid)
    assert ear.notes == []  # loading leaves no line behind
    assert {text for text, _, _ in ear.phases} == {"loading the model", ""}
    assert ear.phases[-1] == ("", 0, 0)
    done = [done for text, done, _ in ear.phases if text]
    assert done == sorted(done)


@linux
def test_key_is_not_on_the_command_line(tmp_path: Path) -> None:
    """Nobody else on the machine can read the key, and the engine's own words do not show it."""
    with embedded(tmp_path) as server:
        command = Path(f"/proc/{server.pid}/cmdline").read_text()

        assert "llama-server" in command
        assert "--alias\0model\0" in command
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
        assert seen["OMP_WAIT_POLICY"] == "PASSIVE"  # spinning took three times as long under load
        assert not {"OPENAI_API_KEY", "HTTP_PROXY", "http_proxy", "GITHUB_TOKEN"} & set(seen)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("crash", "it ended by itself"),
        ("libgomp", "needs the system's libgomp.so.1"),
        ("killed", "memory ran out"),
        ("allocation", "ran out of memory"),
        ("taken", "another program took its port"),
        ("illegal", "built for a newer processor"),
        ("segfault", "it crashed"),
    ],
)
def test_failure_is_explained(tmp_path: Path, mode: str, words: str) -> None:
    """An engine that ends before it is ready is one line, without a number, and a cure."""
    error = failure(tmp_path, mode)

    assert (error.code, error.exit_code) == ("embedded-failed", Exit.MODEL)
    assert words in error.message
    assert "\n" not in str(error.message)
    assert not re.search(r"\bcode\b|-\d", error.message)
    assert error.hint


def test_own_words_are_for_verbose(tmp_path: Path) -> None:
    """What the engine itself said is in no message, and is there for who asks for more."""
    error = failure(tmp_path, "crash")

    assert "tensor" not in str(error)
    assert "the tensor is upside down" in told(error)


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        (0xC000001D, "", "newer processor"),
        (-1073741795, "", "newer processor"),  # the same, signed
        (0xC0000005, "", "it crashed"),
        (-7, "", "it crashed"),
        (-6, "GGML_ASSERT(x) failed", "it crashed"),
        (0xC0000017, "", "ran out of memory"),
        (1, "MemoryError: std::bad_alloc", "ran out of memory"),
        (0xC0000135, "", "Visual C++"),
        (1, "ImportError: DLL load failed while importing xllamacpp", "Visual C++"),
        (1, "ImportError: libgomp.so.1: cannot open shared object file", "libgomp.so.1"),
        (127, "libcurl.so.4: cannot open shared object file", "libcurl.so.4"),
        (1, "/lib/libc.so.6: version `GLIBC_2.38' not found", "GLIBC_2.38"),
        (1, "error loading model: unknown architecture: 'x'", "unknown architecture: 'x'"),
        (1, "failed to load model, 'cut.gguf'", "cannot read this model"),
        (1, "No module named 'xllamacpp.xllamacpp'", "for another Python"),
    ],
)
def test_ends_are_told_apart(code: int, said: str, words: str) -> None:
    """Each kind of end has its own words, on Windows too."""
    why = explain_end(code, said).why

    assert words in why
    assert code in {1, 127} or str(code) not in why


@linux
def test_never_ready(tmp_path: Path) -> None:
    """An engine that does nothing while it should load is ended."""
    error = failure(tmp_path, "quiet", patience=3)

    assert error.code == "embedded-failed"
    assert "not ready after" in error.message
    assert "still thinking" in told(error)


@pytest.mark.slow
@linux
def test_slow_engine_may_load(tmp_path: Path) -> None:
    """One that works while it loads is waited for, however long a slow disk takes."""
    server = embedded(tmp_path, "slow")
    server.patience = 3  # within which a busy machine gives it some processor time

    with server:
        assert server.alive()


def watch(server: EmbeddedModel) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.alive()
        time.sleep(0.05)


@linux
def test_hanging_engine_is_noticed(tmp_path: Path) -> None:
    """One that uses no processor time while it is asked for is taken to hang."""
    with embedded(tmp_path) as server:
        server.patience = 0.3
        os.kill(server.pid, signal.SIGSTOP)
        with pytest.raises(DraftError, match="it hangs"):
            watch(server)
        server.grace = 0.1


def test_nobody_watching_is_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time in which nobody looked does not count, as nothing may have been asked for in it."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    pulse = local_model.Pulse()

    pulse.still_for(1.0)
    now[0] = 10
    assert pulse.still_for(1.0) == 10
    now[0] = 1000
    assert pulse.still_for(1.0) == 0
    now[0] = 1005
    assert pulse.still_for(1.0) == 5
    assert pulse.still_for(2.0) == 0
    assert pulse.still_for(None) == 0


def test_next_engine_is_tried(tmp_path: Path) -> None:
    """Where the engine on PATH cannot run here and another is there, that one answers."""
    broken, good = tmp_path / "a", tmp_path / "b"
    broken.mkdir()
    good.mkdir()
    ear = Ear()
    engines = [LlamaServer(fake(broken, "illegal")), LlamaServer(fake(good, "good"))]

    with EmbeddedModel(model(tmp_path), ear, engines=engines) as server:
        assert server.alive()

    (note,) = ear.notes
    assert str(broken) in note
    assert f"{good / 'llama-server'}) is used" in note


def test_memory_is_no_reason_for_another_engine(tmp_path: Path) -> None:
    """What would fail with any engine is not tried with each."""
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    engines = [LlamaServer(fake(first, "allocation")), LlamaServer(fake(second, "good"))]

    with pytest.raises(DraftError, match="ran out of memory"):
        EmbeddedModel(model(tmp_path), Ear(), engines=engines).start()

    assert not (second / "runs").exists()


def test_taken_port_is_tried_again(tmp_path: Path) -> None:
    """Where somebody took the port meanwhile, another one is tried."""
    with embedded(tmp_path, "taken once") as server:
        assert server.alive()

    assert (tmp_path / "runs").read_text() == "xx"


def test_engine_that_is_no_program(tmp_path: Path) -> None:
    """A binary that cannot be executed is an error of the model, not a bug of ours."""
    binary = tmp_path / "llama-server"
    binary.write_text("no program")
    server = EmbeddedModel(model(tmp_path), Ear(), engines=[LlamaServer(binary)])

    with pytest.raises(DraftError) as caught:
        server.start()

    assert caught.value.code == "embedded-failed"


def test_model_is_checked_first(tmp_path: Path) -> None:
    """What is no GGUF file is refused before anything is started."""
    path = tmp_path / "model.gguf"
    path.write_text("no model")

    with pytest.raises(DraftError) as caught:
        EmbeddedModel(path, Ear(), engines=[LlamaServer(fake(tmp_path, "good"))]).start()

    assert (caught.value.code, caught.value.exit_code) == ("bad-gguf", Exit.FILE)
    assert not (tmp_path / "runs").exists()


def test_crash_later_shows(tmp_path: Path) -> None:
    """An engine that dies while it works is seen to be dead, and its words are still there."""
    with embedded(tmp_path) as server:
        os.kill(server.pid, signal.SIGKILL)

        assert gone(server.pid)
        with pytest.raises(DraftError, match="it was killed, most likely because memory ran out"):
            server.alive()
        server.stop()
    server.stop()


@linux
def test_stubborn_engine_is_killed(tmp_path: Path) -> None:
    """An engine that does not listen to the request to end is killed."""
    server = embedded(tmp_path, "stubborn")
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
from assistant.llm.local.child import Child, environment
binary = Path(sys.argv[1])
command = [str(binary), "--port", "0", "--slot-save-path", "x"]
child = Child(command, environment({{}}), watched={watched})
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
        env={"PYTHONPATH": str(ROOT)},
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert arrives(tmp_path / "up")

        parent.kill()

    assert gone(pid)


def test_watchdog_ends_with_the_engine(tmp_path: Path) -> None:
    """The watchdog of other systems lets go when the engine was stopped in order."""
    binary = fake(tmp_path, "quiet")
    child = ChildProcess([str(binary)], build_child_environment({}), watched=True)

    child.stop()

    assert child.code is not None
    assert child.watching() is False


def share(server: EmbeddedModel) -> bool:
    shared = [Message(role="system", content="Be short."), Message(role="user", content="Brief")]
    return asyncio.run(server.share_prefix(shared))


def test_prefix_is_shared(tmp_path: Path) -> None:
    """The shared beginning is read once, copied into every other slot, and its file removed."""
    with embedded(tmp_path) as server:
        assert share(server)
        left = [file.name for file in Path(server.folder).iterdir()]

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
    assert left == ["in-use"]
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

    said = local_requirement.describe_missing()

    assert said == "no engine is installed and the model's weights are not installed"
    assert not local_requirement.is_embedded_available()


def test_engine_on_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that a person installed comes before the wheel's, and neither is executed."""
    package = tmp_path / "site" / "xllamacpp"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])

    (only,) = engine.find_engines()
    assert isinstance(only, XllamacppEngine)
    assert only.folder == tmp_path / "site"

    binary = fake(tmp_path, "good")
    assert [type(found) for found in engine.find_engines()] == [LlamaServer, XllamacppEngine]
    assert str(binary) in engine.find_engines()[0].name


WHEEL = """
import json, os, sys
class Holder: pass
class Mode:
    def __init__(self, number): self.number = number
class CommonParams:
    def __init__(self):
        self.model, self.sampling = Holder(), Holder()
        self.model.path, self.sampling.penalty_repeat = "", 1.0
        self.load_mode, self.types = Mode(-1), [Mode(0)]
        self.hostnames, self.api_keys, self.model_alias = ["x"], [], set()
        self.port = self.n_parallel = self.n_ctx = self.cache_ram_mib = 0
        self.n_batch = self.n_ubatch = 0
        self.slot_save_path, self.ui, self.offline, self.cache_idle_slots = "", True, False, True
class Server:
    def __init__(self, p):
        print(json.dumps([p.model.path, p.load_mode.number, p.api_keys, p.n_ctx, p.n_parallel,
            p.sampling.penalty_repeat, p.types[0].number, list(p.model_alias),
            "LLAMA_API_KEY" in os.environ,
            [name for name in sys.path if "site-packages" in name]]), file=sys.stderr)
        os._exit(7)
"""


def test_program_of_the_wheel(tmp_path: Path) -> None:
    """The wheel's server gets its settings in their types, and its key by no command line."""
    package = tmp_path / "xllamacpp"
    package.mkdir()
    (package / "__init__.py").write_text(WHEEL)
    wheel = XllamacppEngine(tmp_path)
    launch = engine.LaunchOptions(
        model=tmp_path / "a b.gguf", port=1, slots=3, context=100, folder="/f", repeat_penalty=1.5,
        more={"types": [6]},
    )  # fmt: skip

    command = wheel.command(launch)
    done = subprocess.run(
        command, env=wheel.environment("secret"), capture_output=True, text=True, check=False
    )

    assert done.returncode == 7, done.stderr
    seen = [str(tmp_path / "a b.gguf"), 0, ["secret"], 300, 3, 1.5, 6, ["a b"], False, []]
    assert json.loads(done.stderr) == seen
    assert not any("secret" in word for word in command)


def test_trial(tmp_path: Path) -> None:
    """An engine is tried without a model: one that cannot be loaded says why."""
    (tmp_path / "xllamacpp").mkdir()
    init = tmp_path / "xllamacpp" / "__init__.py"
    wheel = XllamacppEngine(tmp_path)

    init.write_text("class CommonParams: pass\n")
    assert try_engine(wheel) is None
    init.write_text("raise ImportError('libgomp.so.1: cannot open shared object file')\n")
    failure = try_engine(wheel)
    assert failure is not None
    assert "libgomp.so.1" in failure.why
    assert "apt-get install libgomp1" in failure.hint
    init.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n")
    failure = try_engine(wheel)
    assert failure is not None
    assert "newer processor" in failure.why
    assert try_engine(LlamaServer(tmp_path / "none")) is not None


def test_folder_of_a_killed_run_is_swept(tmp_path: Path) -> None:
    """What a killed run left goes, with the prompt in it; what is in use, or not ours, stays."""
    left, used, new, other = (
        tmp_path / f"draft-engine-{name}" for name in ("left", "used", "new", "other")
    )
    for folder in (left, used, new):
        folder.mkdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "in-use").touch()
    other.symlink_to(outside)
    (left / "in-use").touch()
    (left / "prefix").write_text("the prompt")
    program = (
        "import sys, time; from filelock import FileLock; lock = FileLock(sys.argv[1]);"
        " lock.acquire(); print('held', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", program, str(used / "in-use")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()

        local_model.sweep_engine_folders(tmp_path)
        assert not left.exists()
        assert used.is_dir()
        assert new.is_dir()
        assert (outside / "in-use").exists()

        holder.kill()
    local_model.sweep_engine_folders(tmp_path)

    assert not used.exists()


GB = 1024**3


@pytest.mark.parametrize(
    ("shape", "free", "expected"),
    [
        (ModelShape(), 0, (8, 8192)),
        (ModelShape(context=32768, token_bytes=28672), 23 * GB, (8, 8192)),
        (ModelShape(context=2048, token_bytes=28672), 23 * GB, (8, 2048)),
        (ModelShape(context=32768, token_bytes=28672), 3 * GB, (6, 8192)),
        (ModelShape(context=32768, token_bytes=28672), 1 * GB, (1, 4096)),
    ],
)
def test_plan(shape: ModelShape, free: int, expected: tuple[int, int]) -> None:
    """Slots are given up where memory is short, and no model is asked beyond its training."""
    planned = machine.plan_slots(shape, GB, free, slots=8, context=8192)

    assert planned == expected


def test_limits_of_a_container(tmp_path: Path) -> None:
    """A container's limits on memory and processors are found, and the smaller number counts."""
    (tmp_path / "memory.max").write_text("3000000\n")
    (tmp_path / "memory.current").write_text("1000000\n")
    (tmp_path / "cpu.max").write_text("100000 100000\n")
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9 kB\nMemAvailable:    5000 kB\n")

    nowhere = tmp_path / "none"
    assert machine.measure_free_memory(tmp_path, meminfo, nowhere) == 2_000_000
    assert machine.measure_free_memory(nowhere, nowhere, nowhere) >= 0
    assert machine.count_allowed_cores(tmp_path, nowhere) == (1 if (os.cpu_count() or 1) > 1 else 0)


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

    assert machine.measure_free_memory(root, meminfo, own) == 9_216_000
    assert machine.measure_free_swap(root, meminfo, own) == 71_680

    (root / "user.slice" / "memory.max").write_text("3000000\n")
    (root / "user.slice" / "memory.current").write_text("2900000\n")
    (root / "user.slice" / "memory.stat").write_text("anon 5\ninactive_file 1000000\n")
    (inner / "memory.max").write_text("max\n")
    assert machine.measure_free_memory(root, meminfo, own) == 1_100_000
    assert machine.measure_free_swap(root, meminfo, own) == 0

    (old / "memory.limit_in_bytes").write_text("1000000\n")
    (old / "memory.usage_in_bytes").write_text("400000\n")
    own.write_text("4:memory:/box\n0::/\n")
    assert machine.measure_free_memory(root, meminfo, own) == 600_000
    (old / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert machine.measure_free_memory(root, meminfo, own) == 9_216_000


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

    assert machine.find_missing_features(("avx2", "fma", "f16c"), cpuinfo) == ("avx2", "f16c")
    assert machine.find_missing_features(("avx2",), tmp_path / "none") == ()


def test_room_of_a_folder_to_be_made(tmp_path: Path) -> None:
    """The room of a folder that is not there yet is that of the disk on which it will stand."""
    assert machine.measure_disk_room(tmp_path / "not" / "there") > 0


def test_least_memory() -> None:
    """The least a model takes is its weights with one slot of few tokens."""
    shape = ModelShape(context=32768, token_bytes=28672)

    assert machine.estimate_least_memory(shape, GB) == int(GB * 1.25) + 4096 * 28672
    assert machine.estimate_least_memory(ModelShape(context=512, token_bytes=10), 0) == 5120


def test_requirements_before_anything_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a machine must have is told before the extra is there; what lacks has a hint."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])

    found = {needed.name: needed for needed in local_requirement.list_requirements()}

    assert {"python", "processor", "libgomp", "engine", "weights", "disk", "memory"} == set(found)
    assert not found["engine"].ok
    assert not found["weights"].ok
    assert all(needed.hint for needed in found.values() if not needed.ok)
    assert "GB are needed" in found["disk"].detail


def test_requirements_where_memory_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a model cannot fit, the numbers and a cure are told; a small one fits there."""
    monkeypatch.setattr(machine, "measure_free_memory", lambda: GB)
    monkeypatch.setattr(machine, "measure_free_swap", lambda: 0)
    monkeypatch.setattr(requirement, "cached", lambda: None)

    (ours,) = (
        needed for needed in local_requirement.list_requirements() if needed.name == "memory"
    )
    (small,) = (
        n for n in local_requirement.list_requirements(model(tmp_path)) if n.name == "memory"
    )

    assert not ours.ok
    assert ours.detail == "1.1 GB free, 1.5 GB are needed"
    assert "Close other programs" in ours.hint
    assert small.ok
    monkeypatch.setattr(requirement, "list_requirements", lambda _model: (ours,))
    with pytest.raises(DraftError, match=r"memory: 1\.1 GB free, 1\.5 GB are needed"):
        local_requirement.check_requirements()


def test_ways_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has no model is shown three ways, a line each; one that this machine rules out is not."""
    monkeypatch.setattr(machine, "find_missing_features", lambda _features: ())
    first, *ways = local_requirement.describe_ways_on().splitlines()
    monkeypatch.setattr(machine, "find_missing_features", lambda _features: ("avx2",))
    old = local_requirement.describe_ways_on().splitlines()

    assert first == "Three ways to go on:"
    assert [way.split(":")[0].strip() for way in ways] == ["OpenAI", "a server", "neither"]
    assert "pip install" in ways[2]
    assert "brew" not in "".join(ways)
    if platform.machine() == "x86_64":
        assert "x86_64 without AVX2" in old[3]
        assert "pip install" not in old[3]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("linux", "x86_64", "cpython", "glibc"), True),
        (("linux", "x86_64", "cpython", ""), False),  # musl
        (("linux", "aarch64", "cpython", "glibc"), True),
        (("linux", "armv7l", "cpython", "glibc"), False),
        (("linux", "x86_64", "pypy", "glibc"), False),
        (("darwin", "arm64", "cpython", ""), True),
        (("darwin", "x86_64", "cpython", ""), False),
        (("win32", "AMD64", "cpython", ""), True),
        (("win32", "ARM64", "cpython", ""), False),
    ],
)
def test_systems_with_a_wheel(place: tuple[str, str, str, str], *, expected: bool) -> None:
    """The extra is advised where it brings an engine, and a llama-server where it does not."""
    assert engine.has_wheel(*place) is expected


def test_systems_are_those_of_the_extra() -> None:
    """The systems with a wheel are those that the extra asks for one on."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    line = next(line for line in text.splitlines() if '"xllamacpp==' in line)

    for system, processor in engine._WHEEL_PLATFORMS:  # noqa: SLF001
        assert f"sys_platform == '{system}'" in line
        assert f"platform_machine == '{processor}'" in line


def test_full_disk_is_told_before_joining(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too small a disk is a folder's fault, with the numbers, before a byte is written."""
    monkeypatch.setattr(requirement, "cached", lambda: None)
    monkeypatch.setattr(
        requirement, "_check_weights", lambda: Requirement(name="x", ok=True, detail="")
    )
    monkeypatch.setattr(requirement, "_check_engine", lambda *_, **__: requirement._check_weights())  # noqa: SLF001
    monkeypatch.setattr(machine, "measure_disk_room", lambda _folder: 600_000_000)

    with pytest.raises(DraftError, match=r"0\.6 GB free in .*, 1\.2 GB are needed") as caught:
        local_requirement.check_requirements()

    assert (caught.value.code, caught.value.exit_code) == ("no-space", Exit.FILE)


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
    assert install.build_install_command(noted) == expected


@pytest.mark.embedded
def test_real_model_answers() -> None:
    """The real engine with the real weights answers a question and shares a prefix."""
    if not local_requirement.is_embedded_available():
        if os.environ.get("CI") == "true" and os.environ.get("DRAFT_EMBEDDED") == "1":
            pytest.fail(f"the embedded model must be there: {local_requirement.describe_missing()}")
        pytest.skip(local_requirement.describe_missing())
    path = weights.prepare_weights(lambda _done, _total: None)

    with EmbeddedModel(path, Ear()) as server:
        assert server.slots == local_model.SLOTS
        assert server.context == local_model.CONTEXT_TOKENS
        assert share(server)
        answer = question(server, "What is the capital of France? Answer with one word.")

    assert "Paris" in answer


def question(server: EmbeddedModel, text: str) -> str:
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
