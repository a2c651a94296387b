"""A child process that cannot outlive us, and what it says."""

import os
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

_KEPT_LINES: Final = 60  # the last ones, in which the reason of an end is looked for
_KEPT_CHARACTERS: Final = 500  # of a line: some of an engine's are whole tables
_CONTROL: Final = re.compile(r"\x1b\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f-\x9f]")

# What an engine may need from our environment; everything else, keys above all, stays with us.
_PASSED_VARIABLES: Final = (
    "PATH",
    "HOME",
    "USERPROFILE",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TMP",
    "TEMP",
    "SYSTEMROOT",
    "WINDIR",
    "LOCALAPPDATA",
    "APPDATA",
    "PROGRAMDATA",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "XDG_DATA_DIRS",
    "XDG_RUNTIME_DIR",
    "CUDA_VISIBLE_DEVICES",
    "HIP_VISIBLE_DEVICES",
    "ROCR_VISIBLE_DEVICES",
    "GGML_VK_VISIBLE_DEVICES",
    "VK_ICD_FILENAMES",
    "VK_DRIVER_FILES",
)

# Becomes the engine. Linux then kills it when the thread that started it ends, however it ends.
# A parent that died before the request took effect is noticed by its changed id. This is a small
# program and no preexec_fn, which is not safe where there are threads.
_BECOME_PROGRAM: Final = """
import ctypes, os, signal, sys
ctypes.CDLL(None, use_errno=True).prctl(1, int(signal.SIGKILL), 0, 0, 0)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""

# Elsewhere: reads a pipe whose other end only we hold. It ends when we end; then so does the child.
_WATCH_PROGRAM: Final = """
import os, signal, sys
if not sys.stdin.buffer.read():
    try:
        os.kill(int(sys.argv[1]), getattr(signal, "SIGKILL", signal.SIGTERM))
    except OSError:
        pass
"""
_RELEASE_WORD: Final = b"ended"


def build_child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return what a child sees: the few variables that a program needs, and `extra`."""
    passed = {name: value for name in _PASSED_VARIABLES if (value := os.environ.get(name))}
    return passed | dict(extra)


class ChildProcess:
    """A running engine: in a process group of its own, so that Ctrl-C is ours alone to answer.

    A thread starts it, reads what it says, and ends with it: Linux ties the child's life to the
    thread that started it, so it must be one that lasts. `watched` takes the way of systems other
    than Linux on Linux too.
    """

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], *, watched: bool | None = None
    ) -> None:
        self._command = list(command)
        self._env = dict(env)
        self._watched = sys.platform != "linux" if watched is None else watched
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._started = threading.Event()
        self._failure: OSError | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._reader = threading.Thread(
            target=self._start_and_read, name="draft-engine", daemon=True
        )
        self._reader.start()
        self._started.wait()
        if self._failure is not None:
            raise self._failure

    @property
    def pid(self) -> int:
        """The child's process id."""
        return 0 if self._process is None else self._process.pid

    @property
    def code(self) -> int | None:
        """The child's return code, negative for a signal, or None while it runs."""
        return None if self._process is None else self._process.poll()

    def measure_work(self) -> float | None:
        """Return the seconds of processor time it has used, or None where the system won't say."""
        with suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii", errors="replace")
            # Behind the program's name, which may hold blanks: `utime` and `stime`, in ticks.
            user, system = fields.rsplit(")", 1)[1].split()[11:13]
            return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        return None

    def measure_memory(self) -> int:
        """Return the bytes of memory it holds, or 0 where the system won't say."""
        with suppress(OSError, ValueError, IndexError):
            pages = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()
            return int(pages[1]) * os.sysconf("SC_PAGE_SIZE")
        return 0

    def tail(self) -> str:
        """Return the last lines that it said."""
        return "\n".join(self._lines)

    def has_watchdog(self) -> bool:
        """Return whether a watchdog of ours runs."""
        return self._watchdog is not None and self._watchdog.poll() is None

    def settle(self) -> None:
        """Wait until everything that a child which has ended said is in `tail`."""
        self._reader.join(timeout=1)

    def stop(self, grace: float = 5) -> None:
        """End the child: asked first, killed after `grace` seconds."""
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(grace)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._watchdog is not None:
            with suppress(subprocess.TimeoutExpired, OSError):
                self._watchdog.communicate(_RELEASE_WORD, timeout=1)
        self._reader.join(timeout=1)

    def _start_and_read(self) -> None:
        """Start the child and keep what it says until it ends: what the thread does."""
        try:
            self._process = self._spawn()
        except OSError as error:
            self._failure = error
            return
        finally:
            self._started.set()
        stream = self._process.stderr
        if stream is not None:
            with stream:
                for raw in stream:
                    self._keep_line(raw.decode("utf-8", "replace"))

    def _keep_line(self, line: str) -> None:
        """Keep a line without colours and control characters, unless it is about the key."""
        clean = _CONTROL.sub("", line).rstrip()
        if clean and "api_key" not in clean.lower().replace("-", "_"):
            self._lines.append(clean[:_KEPT_CHARACTERS])

    def _spawn(self) -> subprocess.Popen[bytes]:
        """Start the child, by a program that ties its life to ours or with a watchdog that does."""
        command = self._command
        if not self._watched:
            command = [*_build_python_command(_BECOME_PROGRAM), str(os.getpid()), *command]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=self._env,
            start_new_session=sys.platform != "win32",
            creationflags=_choose_creation_flags(),
        )
        if self._watched:
            self._watchdog = subprocess.Popen(
                [*_build_python_command(_WATCH_PROGRAM), str(process.pid)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=sys.platform != "win32",
                creationflags=_choose_creation_flags(),
            )
        return process


def _build_python_command(program: str) -> list[str]:
    """Return the command of a program in a Python that loads nothing of the packages installed."""
    return [sys.executable, "-I", "-S", "-c", program]


def _choose_creation_flags() -> int:
    """Return what gives a child a process group of its own on Windows; 0 elsewhere."""
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP
    return 0
