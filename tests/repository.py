"""Git repositories for tests, which know nothing of whoever runs them."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_PERSON = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository with one branch, `main`."""

    root: Path

    def git(self, *arguments: str, where: Path | None = None) -> str:
        """What git prints."""
        environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", "-C", str(where or self.root), *_PERSON, *arguments],
            check=True, capture_output=True, text=True, env=environ,
        )  # fmt: skip
        return done.stdout

    def put(self, name: str, text: str = "x", where: Path | None = None) -> Path:
        """Write a file and commit everything."""
        path = (where or self.root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        self.git("add", "-A", where=where)
        self.git("commit", "-q", "--allow-empty", "-m", name, where=where)
        return path


def made(root: Path) -> Repository:
    """A new repository without a commit."""
    root.mkdir(parents=True, exist_ok=True)
    repository = Repository(root)
    repository.git("init", "-q", "-b", "main")
    return repository
