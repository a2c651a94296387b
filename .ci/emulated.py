"""Whether the embedded engine answers on a processor with AVX2 and nothing newer.

`python .ci/emulated.py` runs it with a tiny model under Debian's `qemu-user`, whatever this machine
has: as a Haswell of 2013 it must answer, and as a Nehalem of 2008 it must end in the sentence that
says why, so that this check is known to be able to fail. Without qemu it says so and checks
nothing; what `.ci/instructions.py` reads then has to do.
"""

import asyncio
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from assistant.errors import DraftError
from assistant.llm.local import loopback
from assistant.llm.local.engine import LaunchOptions, XllamacppEngine, find_engines
from assistant.llm.local.model import EmbeddedModel
from tests.support import tiny
from tests.support.ear import Ear


class Emulated(XllamacppEngine):
    """The wheel's engine on another processor."""

    def __init__(self, folder: Path, qemu: str, processor: str) -> None:
        super().__init__(folder)
        self._qemu, self._processor = qemu, processor

    def command(self, launch: LaunchOptions) -> list[str]:
        """Return the command that serves, under the emulator."""
        return [self._qemu, "-cpu", self._processor, *super().command(launch)]


def answer(engine: XllamacppEngine, model: Path) -> str:
    """Return what the model says to a question, as the server sends it."""
    said: list[bytes] = []
    turns = [{"role": "user", "content": "Hello"}]
    body = {"messages": turns, "max_tokens": 4, "temperature": 0, "ignore_eos": True}
    with EmbeddedModel(model, Ear(), engines=[engine]) as server:
        port, path = urlsplit(server.base_url).port or 0, "/v1/chat/completions"
        if not asyncio.run(loopback.post_json(port, path, server.api_key, body, said.append)):
            return ""
    return b"".join(said).decode("utf-8", "replace")


def main() -> int:
    """Try both processors; 1 where either does not do what it should."""
    qemu = shutil.which("qemu-x86_64") or shutil.which("qemu-x86_64-static")
    if qemu is None or sys.platform != "linux" or platform.machine() != "x86_64":
        print("(no qemu-user for x86-64 here: no other processor was tried)")
        return 0
    wheel = next(one for one in find_engines() if isinstance(one, XllamacppEngine))
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "tiny.gguf")
        model.write_bytes(tiny.model())
        try:
            new = '"completion_tokens":4' in answer(Emulated(wheel.folder, qemu, "Haswell"), model)
        except DraftError as error:
            print(error, *getattr(error, "__notes__", []), sep="\n")
            new = False
        print(f"Haswell (AVX2, no AVX-512): {'answers' if new else 'DOES NOT ANSWER'}")
        try:
            answer(Emulated(wheel.folder, qemu, "Nehalem"), model)
            old = ""
        except DraftError as error:
            old = error.message
        print(f"Nehalem (no AVX): {old or 'ANSWERS, so that this check can tell nothing'}")
    return 0 if new and "newer processor" in old else 1


if __name__ == "__main__":
    sys.exit(main())
