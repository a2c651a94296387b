"""Records all cassettes anew: python -m tests.support.record [--serve FILE] [-k NAME].

Needs the embedded model (the extra `local`), which it starts; or, with --serve, a JSON file with
the `url` and the `key` of a llama-server that runs already. Never in CI.
"""

import argparse
import json
import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

from assistant.llm.local import model
from assistant.llm.local import weights as local_weights
from tests.support.ear import Ear

COMMAND = (
    "-m",
    "pytest",
    "tests/end_to_end/test_cassettes.py",
    "--record-mode=rewrite",
    "-q",
    "-p",
    "no:xdist",
)


def main() -> int:
    """Record, and replay what was recorded."""
    parser = argparse.ArgumentParser(description="Record all cassettes anew.")
    parser.add_argument("--serve", type=Path)
    parser.add_argument("-k", default="")
    options = parser.parse_args()
    chosen = ["-k", options.k] if options.k else []
    with nullcontext() if options.serve else _embedded() as server:
        if options.serve:
            found = json.loads(options.serve.read_text())
            url, key = found["url"], found["key"]
        else:
            assert server is not None
            url, key = server.base_url, server.api_key
        environment = {**os.environ, "DRAFT_RECORD_URL": url, "DRAFT_RECORD_KEY": key}
        done = subprocess.run(
            [sys.executable, *COMMAND, *chosen], env=environment, check=False
        ).returncode
    replay = [part for part in COMMAND if "record-mode" not in part]
    return done or subprocess.run([sys.executable, *replay, *chosen], check=False).returncode


def _embedded() -> model.EmbeddedModel:
    return model.EmbeddedModel(local_weights.prepare_weights(lambda _done, _total: None), Ear())


if __name__ == "__main__":
    sys.exit(main())
