"""D901: number elsewhere."""

from collections.abc import Iterator

from assistant.lint.collisions import find_collisions
from assistant.lint.neighbours import DocumentFolder
from assistant.lint.rule import Example, FolderHit, FolderRule


def _check(shelf: DocumentFolder) -> Iterator[FolderHit]:
    yield from find_collisions(shelf)


RULE = FolderRule(
    code="D901",
    name="number-elsewhere",
    severity="warning",
    doubtful="note",
    about=(
        "Another document has this one's number on another branch or in another "
        "worktree: branches that merge clean would end up with both."
    ),
    why="Each branch is fine by itself; together they have one number twice.",
    mend="`draft renumber DOC` before the branches meet.",
    example=Example(
        fails="Who logs in.\n",
        passes="Who logs in.\n",
        renamed="008_login.md",
        elsewhere=("007_logout.md",),
    ),
    check=_check,
)
