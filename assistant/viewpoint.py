"""The points of view that a document is reviewed from: those that ship, and a project's own.

A point of view is a Markdown file: its heading is its name for people, the rest its instruction.
Both are data: nothing in them is ever rendered.
"""

import os
from pathlib import Path

from assistant import disk
from assistant.document import load
from assistant.errors import DraftError, Exit
from assistant.escape import clean
from assistant.shipped import find_shipped_folder
from assistant.suggestion import View

ORDER = ("reliability", "security", "data", "operations", "product")
MOST = 12  # points of view of a project
LONGEST = 4000  # characters of one


def views(own: Path | None) -> tuple[View, ...]:
    """All points of view; those in the folder `own` replace the ones of their name, or join them.

    An empty file of a name leaves that point of view out. Raises DraftError (exit code 4) for what
    can't be used.
    """
    shipped = find_shipped_folder() / "suggest" / "views"
    found = {name: _read(shipped / f"{name}.md") for name in ORDER}
    if own is not None:
        found |= _projects(own)
    kept = tuple(view for view in found.values() if view is not None)
    if not kept:
        raise _unusable(own or shipped, "there is no point of view left to ask from")
    return kept


def _projects(own: Path) -> dict[str, View | None]:
    try:
        paths = sorted(path for path in own.iterdir() if path.suffix == ".md")
    except OSError as error:
        raise _unusable(own, f"the points of view can't be read: {error.strerror}") from error
    if len(paths) > MOST:
        raise _unusable(own, f"there are {len(paths)} points of view; {MOST} are allowed")
    here = os.path.realpath(own)
    for path in paths:
        # A link could lead to any file of the person's, and what is in it is sent to a server.
        if os.path.dirname(os.path.realpath(path)) != here:  # noqa: PTH120  realpath's own kind
            raise _unusable(path, "a point of view must not be a link to a file elsewhere")
    return {path.stem: _read(path) for path in paths}


def _read(path: Path) -> View | None:
    data = disk.read(path)
    if not data.strip():
        return None
    document = load(data, str(path))
    heading = next((section for section in document.sections if section.level), None)
    title = heading.title if heading else path.stem
    body = document.text[heading.body_start :] if heading else document.text
    text = clean(body).strip()
    if not text:
        raise _unusable(path, "this point of view has a heading and says nothing")
    if len(text) > LONGEST:
        raise _unusable(path, f"a point of view may have {LONGEST:,} characters")
    return View(name=path.stem, title=" ".join(clean(title).split()), text=text)


def _unusable(path: Path, message: str) -> DraftError:
    return DraftError(
        f"{message}.", code="bad-point-of-view", exit_code=Exit.FILE, where=str(path),
        hint="A point of view is a Markdown file: a heading, and what to look for.",
    )  # fmt: skip
