"""A git repository for tests, with nobody's configuration."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

_USER = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at `root`, on the branch `main`, without a commit at first."""

    root: Path

    def git(self, *words: str) -> str:
        """What git prints. Fails the test where git fails."""
        done = subprocess.run(
            ("git", "-C", str(self.root), *_USER, *words),
            check=True, capture_output=True, encoding="utf-8", errors="surrogateescape",
        )  # fmt: skip
        return done.stdout

    def write(self, name: str, text: str = "# X\n") -> Path:
        """A file in the work tree."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def commit(self, *names: str) -> None:
        """A commit of everything, these files written first."""
        for name in names:
            self.write(name)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")


def made(root: Path) -> Repository:
    """A new repository in the folder `root`."""
    root.mkdir(parents=True, exist_ok=True)
    found = Repository(root)
    found.git("init", "-q", "-b", "main")
    return found
