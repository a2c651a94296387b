"""A program that behaves as an engine does, and what tests ask of its process."""

import sys
import time
from pathlib import Path

from assistant.llm.local.engine import LlamaServer
from assistant.llm.local.model import EmbeddedModel
from tests.support.ear import Ear
from tests.support.waiting import PATIENCE

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


def write_engine(folder: Path, mode: str) -> LlamaServer:
    """Write an engine that behaves as `mode` says, and return it."""
    binary = folder / "llama-server"
    binary.write_text(FAKE.format(python=sys.executable, mode=mode, here=str(folder)))
    binary.chmod(0o755)
    return LlamaServer(binary)


def write_model(folder: Path) -> Path:
    """Write what can be taken for a GGUF file, and return it."""
    path = folder / "model.gguf"
    path.write_bytes(b"GGUF" + b"\0" * 60)
    return path


def make_embedded(folder: Path, mode: str = "good", ear: Ear | None = None) -> EmbeddedModel:
    """Return a model whose engine behaves as `mode` says; it is not started."""
    engines = [write_engine(folder, mode)]
    return EmbeddedModel(write_model(folder), ear or Ear(), engines=engines)


def process_ends(pid: int) -> bool:
    """Return whether a process ends; one that nobody has buried yet has ended."""
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
