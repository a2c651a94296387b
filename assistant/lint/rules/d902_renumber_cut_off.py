"""D902: a document stands under two numbers, as a renumbering that was killed leaves it."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from assistant import files
from assistant.errors import DraftError
from assistant.folder.numbers import NumberedEntry
from assistant.lint.rule import Example, FolderHit, FolderRule
from assistant.lint.surroundings import DocumentFolder

_DIGITS = re.compile(rb"[0-9]+")


def _check(folder: DocumentFolder) -> Iterator[FolderHit]:
    known: dict[tuple[str, str], NumberedEntry] = {}
    for entry in sorted(folder.entries, key=lambda one: one.number):
        first = known.setdefault((entry.slug, entry.suffix), entry)
        if first is entry or not entry.slug or first.number == entry.number:
            continue
        with suppress(DraftError):  # a file that cannot be read is somebody else's finding
            if _is_same_document(Path(os.path.realpath(folder.path)), first, entry):
                message = (
                    f"{entry.name} is the same document, as a `draft renumber` that was cut off "
                    f"leaves it: `draft renumber {first.number} {entry.number}` goes on."
                )
                yield FolderHit(name=first.name, message=message)


def _is_same_document(folder: Path, first: NumberedEntry, second: NumberedEntry) -> bool:
    """Whether two files are one document, the second by a number that it was being given."""
    one, other = (files.read_document_bytes(folder / entry.name) for entry in (first, second))
    # Digits are all that a new number changes.
    if _DIGITS.sub(b"", one) != _DIGITS.sub(b"", other):
        return False
    if one == other:
        return True
    from assistant.folder.renumber import has_begun, make_move  # noqa: PLC0415  hardly ever needed

    move = replace(make_move(folder, folder / first.name, second.number), digits=second.digits)
    return has_begun(folder, move)


RULE = FolderRule(
    code="D902",
    name="renumber-cut-off",
    severity="error",
    about="A document stands under two numbers, as a renumbering that was killed leaves it.",
    why="The same text stands twice, and the next change may be made in the copy that has to go.",
    mend="Run `draft renumber` again as it was run: it goes on where it was killed.",
    example=Example(
        fails="Who logs in.\n",
        passes="Who logs in.\n",
        renamed="008_login.md",
        beside=(("008_login.md", "# Login\n\nWho logs in.\n"),),
        mended=(),
    ),
    check=_check,
)
