"""Edits of a text, and how two texts differ: a unified diff that `patch` and `git apply` take."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.markdown.blocks import split_lines

_ENDING = re.compile(r"\r\n|\r|\n")


def diff_texts(before: str, after: str, old: str, new: str = "") -> str:
    """Return a unified diff of two texts, called `old` and `new`; empty if they are equal."""
    found: list[str] = []
    changes = difflib.unified_diff(split_lines(before), split_lines(after), old, new or old, n=3)
    for line in changes:
        ended = line.endswith(("\n", "\r"))
        found.append(line if ended else f"{line}\n\\ No newline at end of file\n")
    return "".join(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """The bytes from `start` to `end` of a document's text give way to `text`."""

    start: int
    end: int
    text: str


def apply_edits(text: str, edits: Iterable[Edit], newline: str = "\n") -> str:
    """Return the text with edits made, in its own line endings. Edits must not overlap."""
    result: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < position:
            raise ValueError(f"edits overlap at {edit.start}")
        result.append(text[position : edit.start])
        # What is taken over from the template may have the document's line endings already.
        result.append(edit.text if newline == "\n" else _ENDING.sub(newline, edit.text))
        position = edit.end
    return "".join(result) + text[position:]
