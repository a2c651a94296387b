"""The program that runs the wheel's server."""

import json
import subprocess
from pathlib import Path

from assistant.llm.local import engine
from assistant.llm.local.engine import XllamacppEngine

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
        model=tmp_path / "a b.gguf",
        port=1,
        slots=3,
        context=100,
        folder="/f",
        repeat_penalty=1.5,
        more={"types": [6]},
    )

    command = wheel.command(launch)
    done = subprocess.run(
        command, env=wheel.environment("secret"), capture_output=True, text=True, check=False
    )

    assert done.returncode == 7, done.stderr
    seen = [str(tmp_path / "a b.gguf"), 0, ["secret"], 300, 3, 1.5, 6, ["a b"], False, []]
    assert json.loads(done.stderr) == seen
    assert not any("secret" in word for word in command)
