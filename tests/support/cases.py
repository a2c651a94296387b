"""Cases for sections that disagree: documents, with what ought to be found in each."""

import re
from dataclasses import dataclass

from tests.support import paths

FOLDER = paths.DATA / "consistency"
HALVES = ("develop", "held", "later", "last")

_HEAD = re.compile(r"^=== (planted|clean): (.+)\n((?:expect .+\n)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A document's sections, and code and name of each finding; a clean case has none."""

    half: str
    title: str
    text: str
    expected: tuple[tuple[str, str], ...]


def cases(half: str) -> tuple[Case, ...]:
    """The cases of one half, in order."""
    text = (FOLDER / f"{half}.md").read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return tuple(
        Case(half=half, title=head[2], text=text[head.end() : end], expected=_expected(head[3]))
        for head, end in zip(heads, ends, strict=True)
    )


def _expected(lines: str) -> tuple[tuple[str, str], ...]:
    found = (line.split(" ", 2)[1:] for line in lines.splitlines())
    return tuple((code, name.strip("`")) for code, name in found)
