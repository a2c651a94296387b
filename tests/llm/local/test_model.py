"""The embedded model's server: started, watched over, and gone when we are."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from assistant.errors import DraftError, Exit
from assistant.llm.local import model as local_model
from assistant.llm.local import requirement, weights
from assistant.llm.local.engine import LlamaServer
from assistant.llm.local.model import EmbeddedModel
from assistant.llm.model import Message
from tests.support.ear import Ear
from tests.support.fake_engine import make_embedded, process_ends, write_engine, write_model
from tests.support.waiting import PATIENCE

linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")


def failure(folder: Path, mode: str, patience: float = PATIENCE) -> DraftError:
    server = make_embedded(folder, mode)
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

    with make_embedded(tmp_path, ear=ear) as server:
        pid = server.pid
        assert server.alive()
        assert server.base_url.startswith("http://127.0.0.1:")
        assert (server.slots, server.context) == (3, 4096)

    assert process_ends(pid)
    assert ear.notes == []  # loading leaves no line behind
    assert {text for text, _, _ in ear.phases} == {"loading the model", ""}
    assert ear.phases[-1] == ("", 0, 0)
    done = [done for text, done, _ in ear.phases if text]
    assert done == sorted(done)


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
    server = make_embedded(tmp_path, "slow")
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
    with make_embedded(tmp_path) as server:
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
    engines = [
        write_engine(broken, "illegal"),
        write_engine(good, "good"),
    ]

    with EmbeddedModel(write_model(tmp_path), ear, engines=engines) as server:
        assert server.alive()

    (note,) = ear.notes
    assert str(broken) in note
    assert f"{good / 'llama-server'}) is used" in note


def test_memory_is_no_reason_for_another_engine(tmp_path: Path) -> None:
    """What would fail with any engine is not tried with each."""
    first, second = tmp_path / "a", tmp_path / "b"
    first.mkdir()
    second.mkdir()
    engines = [
        write_engine(first, "allocation"),
        write_engine(second, "good"),
    ]

    with pytest.raises(DraftError, match="ran out of memory"):
        EmbeddedModel(write_model(tmp_path), Ear(), engines=engines).start()

    assert not (second / "runs").exists()


def test_taken_port_is_tried_again(tmp_path: Path) -> None:
    """Where somebody took the port meanwhile, another one is tried."""
    with make_embedded(tmp_path, "taken once") as server:
        assert server.alive()

    assert (tmp_path / "runs").read_text() == "xx"


def test_engine_that_is_no_program(tmp_path: Path) -> None:
    """A binary that cannot be executed is an error of the model, not a bug of ours."""
    binary = tmp_path / "llama-server"
    binary.write_text("no program")
    server = EmbeddedModel(write_model(tmp_path), Ear(), engines=[LlamaServer(binary)])

    with pytest.raises(DraftError) as caught:
        server.start()

    assert caught.value.code == "embedded-failed"


def test_model_is_checked_first(tmp_path: Path) -> None:
    """What is no GGUF file is refused before anything is started."""
    path = tmp_path / "model.gguf"
    path.write_text("no model")

    with pytest.raises(DraftError) as caught:
        EmbeddedModel(path, Ear(), engines=[write_engine(tmp_path, "good")]).start()

    assert (caught.value.code, caught.value.exit_code) == ("bad-gguf", Exit.FILE)
    assert not (tmp_path / "runs").exists()


def test_crash_later_shows(tmp_path: Path) -> None:
    """An engine that dies while it works is seen to be dead, and its words are still there."""
    with make_embedded(tmp_path) as server:
        os.kill(server.pid, signal.SIGKILL)

        assert process_ends(server.pid)
        with pytest.raises(DraftError, match="it was killed, most likely because memory ran out"):
            server.alive()
        server.stop()
    server.stop()


@linux
def test_stubborn_engine_is_killed(tmp_path: Path) -> None:
    """An engine that does not listen to the request to end is killed."""
    server = make_embedded(tmp_path, "stubborn")
    server.grace = 0.2

    server.start()
    pid = server.pid
    server.stop()

    assert process_ends(pid)


@linux
def test_starting_thread_may_end(tmp_path: Path) -> None:
    """The engine outlives the thread that called start."""
    server = make_embedded(tmp_path)
    thread = threading.Thread(target=server.start)
    thread.start()
    thread.join()

    time.sleep(0.1)
    assert server.alive()
    server.stop()


def share(server: EmbeddedModel) -> bool:
    shared = [Message(role="system", content="Be short."), Message(role="user", content="Brief")]
    return asyncio.run(server.share_prefix(shared))


def test_prefix_is_shared(tmp_path: Path) -> None:
    """The shared beginning is read once, copied into every other slot, and its file removed."""
    with make_embedded(tmp_path) as server:
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
    with make_embedded(tmp_path, "no slots") as server:
        assert not share(server)
        os.kill(server.pid, signal.SIGKILL)
        assert process_ends(server.pid)
        assert not share(server)


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


@pytest.mark.embedded
def test_real_model_answers() -> None:
    """The real engine with the real weights answers a question and shares a prefix."""
    if not requirement.is_embedded_available():
        if os.environ.get("CI") == "true" and os.environ.get("DRAFT_EMBEDDED") == "1":
            pytest.fail(f"the embedded model must be there: {requirement.describe_missing()}")
        pytest.skip(requirement.describe_missing())
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
