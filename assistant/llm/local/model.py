"""The embedded model: llama.cpp's server as a child of ours, on loopback, while we run."""

import asyncio
import json
import os
import secrets
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from filelock import FileLock

from assistant.errors import DraftError, Exit
from assistant.install import build_install_command
from assistant.llm.local import engine as loopback
from assistant.llm.local import memory as machine
from assistant.llm.local.child import ChildProcess
from assistant.llm.local.engine import (
    SERVER_INSTEAD,
    Engine,
    EngineFailure,
    LaunchOptions,
    explain_end,
    explain_start_error,
    find_engines,
)
from assistant.llm.local.memory import check_gguf, read_model_shape
from assistant.llm.local.requirement import (
    describe_missing,
)
from assistant.llm.model import Message, Watcher

# A small model loses its thread at a higher one, and repeats itself at a lower one.
TEMPERATURE: Final = 0.2
REPEAT_PENALTY: Final = 1.1
# Measured on 2 cores with benchmarks/embedded.py (memory/design/018_engine_everywhere.md): a token
# of 8 answers at once costs a third to a half of the processor time that one alone does, and with
# 16 it costs the same for twice the memory.
SLOTS: Final = 8
# A request is a prompt of about 1,200 tokens and an answer of 200; a long description may fill
# the rest. Each slot has its own (no --kv-unified): sharing one pool was no faster, and there one
# long request can starve the others.
CONTEXT_TOKENS: Final = 8192
# An engine that uses no processor time and reads nothing for so long is taken to hang. How long it
# takes to load is the disk's: 10 s here, minutes on one that is slow or busy.
HANG_SECONDS: Final = 120.0
_READY_SECONDS: Final = 1800.0
_PORT_ATTEMPTS: Final = 3
_PREFIX_SECONDS: Final = 600.0
# `alive` is asked twice a second while requests wait.
_LONGEST_LOOK_GAP: Final = 15.0

_FOLDER_PREFIX: Final = "draft-engine-"
_LOCK_NAME: Final = "in-use"
_LOADING_PHASE: Final = "loading the model"
_READING_PHASE: Final = "reading what all requests begin with"


class EmbeddedModel:
    """A model's server that lives as long as this command; a context manager.

    `watcher` hears what goes on. After `start`: `base_url`, `api_key`, `slots` (requests answered
    at once) and `context` (tokens of one request with its answer). `engines` are tried in turn.
    """

    base_url = ""
    slots = 0
    context = 0

    def __init__(
        self, model: Path, watcher: Watcher, *, engines: Sequence[Engine] | None = None
    ) -> None:
        self.api_key = secrets.token_urlsafe(32)
        self.patience = HANG_SECONDS
        self.grace = 5.0
        self.folder = ""
        self._model = model
        self._watcher = watcher
        self._engines = engines
        self._child: ChildProcess | None = None
        self._lock: FileLock | None = None
        self._port = 0
        self._pulse = Pulse()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The engine's process id, or 0."""
        return 0 if self._child is None else self._child.pid

    def alive(self) -> bool:
        """Return whether the engine runs and works. Raises DraftError, which says why not."""
        child = self._child
        if child is None:
            return False
        if child.code is not None:
            child.settle()
            raise self._failed(explain_end(child.code, child.tail()))
        if self._pulse.still_for(child.work()) > self.patience:
            raise self._failed(
                EngineFailure(
                    kind="engine", why=f"it hangs: it did nothing for {self.patience:.0f} s"
                )
            )
        return True

    def tail(self) -> str:
        """Return the last lines the engine said."""
        return "" if self._child is None else self._child.tail()

    def start(self) -> None:
        """Start an engine and wait until it can answer; a DraftError where none can."""
        check_gguf(self._model)
        engines = find_engines() if self._engines is None else self._engines
        if not engines:
            raise DraftError(
                "the embedded model cannot start: "
                f"{describe_missing() or 'no engine is installed'}",
                code="no-embedded-model",
                exit_code=Exit.MODEL,
                hint=f"Install it: {build_install_command()}",
            )
        size = self._model.stat().st_size
        slots, context = machine.plan_slots(
            read_model_shape(self._model),
            size,
            machine.measure_free_memory(),
            slots=SLOTS,
            context=CONTEXT_TOKENS,
        )
        launch = LaunchOptions(
            model=self._model,
            port=0,
            slots=slots,
            context=context,
            folder="",
            threads=machine.count_allowed_cores(),
            repeat_penalty=REPEAT_PENALTY,
        )
        with ExitStack() as undo:
            undo.callback(self.stop)
            try:
                self._make_folder()
                failure = self._tried(engines, replace(launch, folder=self.folder))
            except OSError as error:
                failure = explain_start_error(error)
            finally:
                self._watcher.phase("")
            if failure is None:
                undo.pop_all()
        if failure is not None:
            raise self._failed(failure)

    def stop(self) -> None:
        """End the engine and remove what it left; harmless when repeated."""
        self._end()
        if self.folder:
            if self._lock is not None:
                self._lock.release()  # Windows removes no file that is open
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = ""

    async def share_prefix(self, messages: Sequence[Message]) -> bool:
        """Let all slots know the beginning of coming requests, at the price of reading it once.

        `messages` are those requests' messages up to where they differ (the last one may be the
        first half of theirs). For a moment when no other request is under way. Where the engine
        cannot, it says False and nothing is lost but time. Each slot would else read the same
        thousand tokens: 13 s, eight times.
        """
        if self.slots < 2:  # noqa: PLR2004 - one slot keeps its prefix by itself
            return False
        turns = [{"role": message.role, "content": message.content} for message in messages]
        ask = {
            "messages": turns,
            "max_tokens": 1,
            "cache_prompt": True,
            "id_slot": 0,
            "stream": True,
            "return_progress": True,  # engines that know it not send nothing in between
        }
        copy = {"filename": "prefix"}
        self._watcher.phase(_READING_PHASE)
        try:
            async with asyncio.timeout(_PREFIX_SECONDS):
                if not await self._post("/v1/chat/completions", ask, self._read):
                    return False
                if not await self._post("/slots/0?action=save", copy):
                    return False
                for slot in range(1, self.slots):
                    if not await self._post(f"/slots/{slot}?action=restore", copy):
                        return False
        except (OSError, TimeoutError, ValueError):
            return False
        finally:
            self._forget()
            self._watcher.phase("")
        return True

    def _read(self, line: bytes) -> None:
        """Tell how much of the shared beginning is read, from a line of a streamed answer."""
        with suppress(ValueError, KeyError, TypeError):
            progress = json.loads(line.removeprefix(b"data: "))["prompt_progress"]
            self._watcher.phase(_READING_PHASE, int(progress["processed"]), int(progress["total"]))

    def _forget(self) -> None:
        with suppress(OSError):
            Path(self.folder, "prefix").unlink(missing_ok=True)  # it holds the prompt

    def _make_folder(self) -> None:
        sweep_engine_folders()
        self.folder = tempfile.mkdtemp(prefix=_FOLDER_PREFIX)
        # Held as long as we live, however we end: by it the next run knows what nobody uses.
        self._lock = FileLock(Path(self.folder, _LOCK_NAME), thread_local=False)
        self._lock.acquire()

    def _tried(self, engines: Sequence[Engine], launch: LaunchOptions) -> EngineFailure | None:
        """Start the first engine that can run here; why the last one cannot, or None."""
        failure = None
        for engine, other in zip(engines, [*engines[1:], None], strict=True):
            failure = self._launched(engine, launch)
            if failure is None or other is None or failure.kind != "engine":
                break
            self._end()
            self._watcher.noted(f"{engine.name} failed: {failure.why}; {other.name} is used")
        return failure

    def _launched(self, engine: Engine, launch: LaunchOptions) -> EngineFailure | None:
        """Start one engine; why it cannot be had, or None where it can answer."""
        for _ in range(_PORT_ATTEMPTS):
            self._port = loopback.find_free_port()
            command = engine.command(replace(launch, port=self._port))
            try:
                self._child = ChildProcess(command, engine.environment(self.api_key))
            except OSError as error:
                return explain_start_error(error)
            failure = self._ready(self._child)
            if failure is None or failure.kind != "port":
                return failure
            self._end()  # somebody took the port meanwhile
        return failure

    def _ready(self, child: ChildProcess) -> EngineFailure | None:
        """Wait for the engine; why it cannot be waited for any longer, or None."""
        size, loaded = self._model.stat().st_size, 0
        begun, pulse = time.monotonic(), Pulse()
        while child.code is None:
            if self._get("/health") is not None and (facts := self._get("/props")) is not None:
                self._learn(facts)
                return None
            loaded = max(loaded, min(child.resident(), size))
            self._watcher.phase(_LOADING_PHASE, loaded, size if loaded else 0)
            moved = None if (work := child.work()) is None else (work, loaded)
            waited = time.monotonic() - begun
            if pulse.still_for(moved) > self.patience or waited > _READY_SECONDS:
                return EngineFailure(kind="engine", why=f"it is not ready after {waited:.0f} s")
            time.sleep(0.05)
        child.settle()
        return explain_end(child.code, child.tail())

    def _learn(self, facts: dict[str, object]) -> None:
        defaults = facts.get("default_generation_settings")
        context = defaults.get("n_ctx") if isinstance(defaults, dict) else None
        slots = facts.get("total_slots")
        self.slots = slots if isinstance(slots, int) and slots > 0 else 1
        self.context = context if isinstance(context, int) and context > 0 else CONTEXT_TOKENS
        self.base_url = f"http://127.0.0.1:{self._port}/v1"

    def _failed(self, failure: EngineFailure) -> DraftError:
        error = DraftError(
            f"the embedded model failed: {failure.why}.",
            code="embedded-failed",
            exit_code=Exit.MODEL,
            hint=failure.hint or f"Another try may do, or {SERVER_INSTEAD}.",
        )
        if said := self.tail():  # --verbose shows it, and is the only place for it
            error.add_note(f"the engine's last lines:\n{said}")
        return error

    def _end(self) -> None:
        if self._child is not None:
            self._child.stop(
                grace=self.grace if self.base_url else 0
            )  # while it loads, it does not listen

    def _get(self, path: str) -> dict[str, object] | None:
        return loopback.get_json(self._port, path, self.api_key)

    async def _post(
        self, path: str, body: object, heard: Callable[[bytes], None] | None = None
    ) -> bool:
        return await loopback.post_json(self._port, path, self.api_key, body, heard)


class Pulse:
    """For how long something has stood still, as far as it was looked at.

    Where nobody looked for a while, that while does not count: nothing may have been asked for.
    """

    def __init__(self) -> None:
        self._last: object = None
        self._moved = self._looked = 0.0

    def still_for(self, value: object) -> float:
        """Return the seconds for which the value has been what it is now."""
        now = time.monotonic()
        if value is None or value != self._last or now - self._looked > _LONGEST_LOOK_GAP:
            self._moved = now
        self._last, self._looked = value, now
        return now - self._moved


def sweep_engine_folders(where: Path | None = None) -> None:
    """Remove the folders of engines whose draft was killed: ours, and those alone.

    What is in use is locked. Another user's are not ours to open, and one without its lock is just
    being made.
    """
    for place in (where or Path(tempfile.gettempdir())).glob(f"{_FOLDER_PREFIX}*"):
        with suppress(OSError):
            facts = place.lstat()
            mine = sys.platform == "win32" or facts.st_uid == os.getuid()
            if not (mine and stat.S_ISDIR(facts.st_mode) and (place / _LOCK_NAME).is_file()):
                continue
            with FileLock(place / _LOCK_NAME, timeout=0):
                pass  # whoever made it is gone, and nobody will take it up
            shutil.rmtree(place, ignore_errors=True)
