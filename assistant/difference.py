"""How two texts differ, as a unified diff that `patch` and `git apply` understand."""

import difflib

from assistant import style
from assistant.document import lines
from assistant.excerpt import harmless
from assistant.style import Kind, Look

_KINDS: dict[str, Kind] = {"+": "added", "-": "removed", "@": "place"}


def unified(before: str, after: str, old: str, new: str = "") -> str:
    """A unified diff from `before` to `after`, called `old` and `new`; empty where they are one."""
    found: list[str] = []
    changes = difflib.unified_diff(lines(before), lines(after), old, new or old, n=3)
    for line in changes:
        ended = line.endswith(("\n", "\r"))
        found.append(line if ended else f"{line}\n\\ No newline at end of file\n")
    return "".join(found)


def painted(changes: str, how: Look) -> str:
    """A diff of one file as a terminal shows it; elsewhere it stays as it is."""
    if not (how.colour or how.columns):
        return changes
    said: list[str] = []
    head = True  # what is removed may begin with `--`: only what stands above is the head
    for line in lines(changes):
        text = harmless(line.rstrip("\r\n"))
        head = head and not text.startswith("@@ ")
        said.append(style.paint(text, "head" if head else _KINDS.get(text[:1], ""), how) + "\n")
    return "".join(said)
