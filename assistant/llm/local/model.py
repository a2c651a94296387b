"""The embedded model: llama.cpp's server as a child of ours, on loopback, while we run."""

import os
import secrets
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from filelock import FileLock

from assistant.errors import DraftError, Exit
from assistant.install import build_install_command
from assistant.llm.local import loopback, machine
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
from assistant.llm.local.gguf import check_gguf, plan_slots, read_model_shape
from assistant.llm.local.requirement import describe_missing
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
# Where the system does not tell whether the engine works, a load that takes longer is a hang.
_READY_SECONDS: Final = 1800.0
# Seconds that an engine is given to end when it is asked to; it needs a fraction of one.
_GRACE_SECONDS: Final = 5.0
# Somebody may take the free port that was found before the engine does; hardly three times.
_PORT_ATTEMPTS: Final = 3
# `alive` is asked twice a second while requests wait: in a longer gap nothing was waited for.
_LONGEST_LOOK_GAP: Final = 15.0

_FOLDER_PREFIX: Final = "draft-engine-"
_LOCK_NAME: Final = "in-use"
_LOADING_PHASE: Final = "loading the model"
_READING_PHASE: Final = "reading what all requests begin with"


class EmbeddedModel:
    """A model's server that lives as long as this command; a context manager.

    `watcher` hears what goes on, and `engines` are tried in turn. After `start` it has `base_url`,
    `api_key`, `slots` (requests answered at once) and `context` (tokens of one request with its
    answer). `patience` and `grace` are seconds: without work until it is taken to hang, and to end.
    """

    base_url = ""
    slots = 0
    context = 0

    def __init__(
        self, model: Path, watcher: Watcher, *, engines: Sequence[Engine] | None = None
    ) -> None:
        self.api_key = secrets.token_urlsafe(32)
        self.patience = HANG_SECONDS
        self.grace = _GRACE_SECONDS
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
            raise self._make_error(explain_end(child.code, child.tail()))
        if self._pulse.still_for(child.measure_work()) > self.patience:
            raise self._make_error(
                EngineFailure(
                    kind="engine", why=f"it hangs: it did nothing for {self.patience:.0f} s"
                )
            )
        return True

    def tail(self) -> str:
        """Return the last lines that the engine said."""
        return "" if self._child is None else self._child.tail()

    def start(self) -> None:
        """Start an engine and wait until it can answer; a DraftError where none can."""
        check_gguf(self._model)
        engines = find_engines() if self._engines is None else self._engines
        if not engines:
            why = describe_missing() or "no engine is installed"
            raise DraftError(
                f"the embedded model cannot start: {why}",
                code="no-embedded-model",
                exit_code=Exit.MODEL,
                hint=f"Install it: {build_install_command()}",
            )
        launch = self._plan_launch()
        with ExitStack() as undo:
            undo.callback(self.stop)
            try:
                self._make_folder()
                failure = self._start_first(engines, replace(launch, folder=self.folder))
            except OSError as error:
                failure = explain_start_error(error)
            finally:
                self._watcher.phase("")
            if failure is None:
                undo.pop_all()
        if failure is not None:
            raise self._make_error(failure)

    def stop(self) -> None:
        """End the engine and remove what it left; harmless when repeated."""
        self._end_child()
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

        def tell(done: int, total: int) -> None:
            self._watcher.phase(_READING_PHASE, done, total)

        self._watcher.phase(_READING_PHASE)
        try:
            return await loopback.copy_prefix(self._port, self.api_key, self.slots, messages, tell)
        finally:
            self._remove_prefix()
            self._watcher.phase("")

    def _remove_prefix(self) -> None:
        with suppress(OSError):
            Path(self.folder, loopback.PREFIX_FILE).unlink(missing_ok=True)  # it holds the prompt

    def _plan_launch(self) -> LaunchOptions:
        """Return how the engine is to serve: with as many slots and tokens as fit here."""
        slots, context = plan_slots(
            read_model_shape(self._model),
            self._model.stat().st_size,
            machine.measure_free_memory(),
            slots=SLOTS,
            context=CONTEXT_TOKENS,
        )
        return LaunchOptions(
            model=self._model,
            port=0,
            slots=slots,
            context=context,
            folder="",
            threads=machine.count_allowed_cores(),
            repeat_penalty=REPEAT_PENALTY,
        )

    def _make_folder(self) -> None:
        """Make the folder in which the engine may save its slots, and lock it as ours."""
        sweep_engine_folders()
        self.folder = tempfile.mkdtemp(prefix=_FOLDER_PREFIX)
        # Held as long as we live, however we end: by it the next run knows what nobody uses.
        self._lock = FileLock(Path(self.folder, _LOCK_NAME), thread_local=False)
        self._lock.acquire()

    def _start_first(
        self, engines: Sequence[Engine], launch: LaunchOptions
    ) -> EngineFailure | None:
        """Start the first engine that can run here; return why the last one cannot, or None."""
        failure = None
        for engine, other in zip(engines, [*engines[1:], None], strict=True):
            failure = self._start_engine(engine, launch)
            if failure is None or other is None or failure.kind != "engine":
                break
            self._end_child()
            self._watcher.noted(f"{engine.name} failed: {failure.why}; {other.name} is used")
        return failure

    def _start_engine(self, engine: Engine, launch: LaunchOptions) -> EngineFailure | None:
        """Start one engine; return why it cannot be had, or None where it can answer."""
        for _ in range(_PORT_ATTEMPTS):
            self._port = loopback.find_free_port()
            command = engine.command(replace(launch, port=self._port))
            try:
                self._child = ChildProcess(command, engine.environment(self.api_key))
            except OSError as error:
                return explain_start_error(error)
            failure = self._await_ready(self._child)
            if failure is None or failure.kind != "port":
                return failure
            self._end_child()  # somebody took the port meanwhile
        return failure

    def _await_ready(self, child: ChildProcess) -> EngineFailure | None:
        """Wait until an engine can answer; return why it is not waited for any longer, or None."""
        size, loaded = self._model.stat().st_size, 0
        begun, pulse = time.monotonic(), Pulse()
        while child.code is None:
            if (facts := loopback.read_engine_facts(self._port, self.api_key)) is not None:
                self.slots = facts.slots or 1
                self.context = facts.context or CONTEXT_TOKENS
                self.base_url = f"http://127.0.0.1:{self._port}/v1"
                return None
            loaded = max(loaded, min(child.measure_memory(), size))
            self._watcher.phase(_LOADING_PHASE, loaded, size if loaded else 0)
            work = child.measure_work()
            moved = None if work is None else (work, loaded)
            waited = time.monotonic() - begun
            if pulse.still_for(moved) > self.patience or waited > _READY_SECONDS:
                return EngineFailure(kind="engine", why=f"it is not ready after {waited:.0f} s")
            time.sleep(0.05)
        child.settle()
        return explain_end(child.code, child.tail())

    def _make_error(self, failure: EngineFailure) -> DraftError:
        """Return the error for a failure, with what the engine said for who asks for more."""
        error = DraftError(
            f"the embedded model failed: {failure.why}.",
            code="embedded-failed",
            exit_code=Exit.MODEL,
            hint=failure.hint or f"Another try may do, or {SERVER_INSTEAD}.",
        )
        if said := self.tail():  # --verbose shows it, and is the only place for it
            error.add_note(f"the engine's last lines:\n{said}")
        return error

    def _end_child(self) -> None:
        if self._child is not None:
            # While it loads, it does not listen.
            self._child.stop(grace=self.grace if self.base_url else 0)


class Pulse:
    """Measures for how long something has stood still, as far as it was looked at.

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
    """Remove the folders of engines whose draft was killed, in `where` or where such folders go.

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
