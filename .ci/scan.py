"""What must not be in this repository: keys, machine paths, registry hosts, model weights.

Run `python .ci/scan.py` before a commit: it reads every file that git tracks or would add, and
what the history holds. It needs nothing but Python and git.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# None of these patterns matches itself, so this file passes too.
FORBIDDEN = {
    "a registry host": r"\b(?:pypi\.(?:org|python\.org)|pythonhosted\.org|npmjs\.org"
    r"|proxy\.golang\.org|static\.crates\.io)\b",
    "an index option": r"--(?:extra-)?index-url[ =]\S*:/|--find-links[ =]\S",
    "a machine path": r"(?<![\w./~-])/(?:work/|(?:tmp/wk|opt/pypi|opt/wheels)\b)",
    "a key": r"\b(?:sk-(?:proj-|ant-)?[A-Za-z0-9]{20,}|gh[pousr]_[A-Za-z0-9]{30,}"
    r"|AKIA[A-Z0-9]{16}|AIza[\w-]{35}|xox[abp]-[\w-]{10,}|hf_[A-Za-z0-9]{30,})",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
}
# A cassette must not say who asked, with what, or whom.
CASSETTE = {
    "a header that names the caller": r"(?im)^\s*-?\s*['\"]?(?:authorization|(?:set-)?cookie"
    r"|(?:x-)?api-key|proxy-authorization|openai-(?:organization|project)|x-stainless-[\w-]+"
    r"|user-agent)['\"]?:",
    "a bearer token": r"(?i)bearer\s+[\w.-]{8,}",
    "a server elsewhere": r"(?im)^\s*uri:\s*['\"]?https?://(?!127\.0\.0\.1|localhost|\[::1\]|[\w.-]+\.invalid[:/])\S+",
}
CASSETTES_LIMIT = 1 << 20
FILE_LIMIT = 2 << 20
WEIGHTS = (".gguf", ".safetensors", ".onnx", ".bin", ".whl")
LOCK = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")


def git(*words: str) -> str:
    """What git prints."""
    return subprocess.run(("git", *words), check=True, capture_output=True).stdout.decode(
        "utf-8", "replace"
    )


def found(text: str, rules: dict[str, str]) -> Iterator[tuple[int, str]]:
    """The line and the name of every rule that a text breaks; the words themselves stay unsaid."""
    for name, pattern in rules.items():
        for match in re.finditer(pattern, text):
            yield text.count("\n", 0, match.start()) + 1, name


def files() -> Iterator[str]:
    """What is wrong with the files that are here."""
    cassettes = 0
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in sorted(set(listed.split("\0"))):
        path = Path(name)
        if not name or path.is_symlink() or not path.is_file():
            continue
        size = path.stat().st_size
        if path.suffix in WEIGHTS or path.name in LOCK or path.name.startswith(".env"):
            yield f"{name}: does not belong in the repository"
        if size > FILE_LIMIT:
            yield f"{name}: {size:,} bytes are too many"
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        rules = dict(FORBIDDEN)
        if path.parts[0] == "cassettes":
            cassettes += size
            rules |= CASSETTE
        for line, what in found(text, rules):
            yield f"{name}:{line}: {what}"
    if cassettes > CASSETTES_LIMIT:
        yield f"cassettes: {cassettes:,} bytes are more than {CASSETTES_LIMIT:,}"


def history() -> Iterator[str]:
    """What is wrong with what commits say and add."""
    form = "%x00%h%x00%B%x00"
    log = git(
        "log", "--all", "-p", "--unified=0", "--no-color", "--no-ext-diff", f"--format={form}"
    )
    parts = iter(log.split("\0")[1:])
    for number, message, changes in zip(parts, parts, parts, strict=False):
        for what in sorted({what for _, what in found(message + added(changes), FORBIDDEN)}):
            yield f"commit {number}: {what}"


def added(changes: str) -> str:
    """What a commit's changes put in; in its message, `-` at a line's beginning is a list's."""
    return "".join(f"\n{line}" for line in changes.split("\n") if not line.startswith("-"))


def main() -> int:
    """Print what is wrong; 1 where something is."""
    wrong = [*files(), *history()]
    for line in wrong:
        print(line)
    print(f"{len(wrong)} found" if wrong else "nothing found")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
