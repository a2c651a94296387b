"""How two texts differ, as a unified diff that `patch` and `git apply` understand."""

import difflib

from assistant.document import lines


def unified(before: str, after: str, old: str, new: str = "") -> str:
    """A unified diff from `before` to `after`, called `old` and `new`; empty where they are one."""
    found: list[str] = []
    changes = difflib.unified_diff(lines(before), lines(after), old, new or old, n=3)
    for line in changes:
        ended = line.endswith(("\n", "\r"))
        found.append(line if ended else f"{line}\n\\ No newline at end of file\n")
    return "".join(found)
