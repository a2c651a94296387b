"""D903: the table between an index's two markers is not what the folder holds."""

from collections.abc import Iterator

from assistant import files
from assistant.errors import DraftError
from assistant.lint.rule import Example, FolderHit, FolderRule
from assistant.lint.surroundings import DocumentFolder


def _check(folder: DocumentFolder) -> Iterator[FolderHit]:
    if folder.rows is None:
        return
    # The index loads the folder's catalogue, which a check of documents does without.
    from assistant.folder.index import (  # noqa: PLC0415
        BEGIN_MARKER,
        END_MARKER,
        INDEX_FILE,
        find_index_region,
        put_index,
    )
    from assistant.markdown.document import load_document  # noqa: PLC0415

    path = folder.path / INDEX_FILE
    if not path.is_file():
        return
    text = load_document(files.read_document_bytes(path), str(path)).text
    if BEGIN_MARKER not in text and END_MARKER not in text:
        return
    rows = folder.rows(path)
    try:
        where = find_index_region(text)
    except DraftError as error:
        yield FolderHit(name=INDEX_FILE, message=f"{error.message} {error.hint}", text=text)
        return
    if where is not None and put_index(text, rows) != text:
        message = "the index is stale: `draft index` renews it."
        yield FolderHit(name=INDEX_FILE, message=message, line=where.line, text=text)


RULE = FolderRule(
    code="D903",
    name="stale-index",
    severity="warning",
    about="The table between an index's two markers is not what the folder holds.",
    why="A table of documents that is not up to date leads readers past the newest one.",
    mend="`draft index` writes it anew; `draft index --check` finds it in CI.",
    example=Example(
        fails="Who logs in.\n",
        passes="Who logs in.\n",
        beside=(
            ("README.md", "<!-- draft:index -->\n\nNo documents yet.\n\n<!-- /draft:index -->\n"),
        ),
        mended=(
            (
                "README.md",
                (
                    "<!-- draft:index -->\n"
                    "\n"
                    "| Number | Title | Status | Updated |\n"
                    "|---|---|---|---|\n"
                    "| [007](007_login.md) | Login |  |  |\n"
                    "\n"
                    "<!-- /draft:index -->\n"
                ),
            ),
        ),
    ),
    beside=True,
    check=_check,
)
