"""Git repositories for tests, which know nothing of whoever runs them."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_PERSON = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at `root`, on the branch `main`, without a commit at first."""

    root: Path

    def git(self, *arguments: str, where: Path | None = None) -> str:
        """What git prints. Fails the test where git fails."""
        environ = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", "-C", str(where or self.root), *_PERSON, *arguments],
            check=True,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            env=environ,
        )
        return done.stdout

    def write(self, name: str, text: str = "# X\n", where: Path | None = None) -> Path:
        """A file in the work tree."""
        path = (where or self.root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    def commit(self, *names: str, where: Path | None = None) -> None:
        """A commit of everything, these files written first."""
        for name in names:
            self.write(name, where=where)
        self.git("add", "-A", where=where)
        self.git("commit", "-q", "--allow-empty", "-m", "x", where=where)

    def put(self, name: str, text: str = "x", where: Path | None = None) -> Path:
        """A file, committed with everything else."""
        path = self.write(name, text, where)
        self.commit(where=where)
        return path


def made(root: Path) -> Repository:
    """A new repository in the folder `root`."""
    root.mkdir(parents=True, exist_ok=True)
    repository = Repository(root)
    repository.git("init", "-q", "-b", "main")
    return repository
