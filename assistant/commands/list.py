"""`draft list`: the documents of a folder, a line each, without a model."""

import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from assistant import errors, files, settings
from assistant.config import DEFAULT_SORT
from assistant.errors import DraftError, Exit
from assistant.folder.catalog import COLUMNS, Catalog, list_documents
from assistant.folder.ledger import DocumentRow
from assistant.settings import SettingOptions
from assistant.terminal import report, style
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import format_path
from assistant.text import GridLayout, format_grid

_LEADING_NUMBER = re.compile(r" *\d+(?= )")
_NUMBER_COLUMNS = ("number", "unwritten", "questions")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions:
    """Which documents, and in which order; empty is all of them, by number."""

    statuses: tuple[str, ...] = ()
    search: str = ""
    sort: str = ""
    reverse: bool = False
    no_cache: bool = False
    settings: SettingOptions = field(default_factory=SettingOptions)
    manner: OutputStyle = field(default_factory=OutputStyle)


def run_list(options: ListOptions) -> int:
    """Print the documents: aligned on a terminal, tab-separated into a pipe, or as JSON."""
    manner = options.manner
    if options.sort and options.sort.lower() not in COLUMNS:
        raise DraftError(
            f'"{options.sort}" is no column.',
            code="no-such-column",
            exit_code=Exit.USAGE,
            where="--sort",
            hint=f"The columns are: {', '.join(COLUMNS)}.",
        )
    resolved = settings.resolve_settings(options.settings, environ, Path.cwd())
    found = list_documents(
        resolved.dir,
        resolved.template,
        lambda text: report.print_message(text, manner),
        anew=options.no_cache,
    )
    rows = _sort_rows(_select_rows(found, options), options, found.statuses)
    if manner.json:
        report.print_json(ok=True, documents=[_build_row_fields(found, row) for row in rows])
    elif rows:
        report.print_result("\n".join(_format_lines(rows)))
    for name, reason in found.problems:
        report.print_message(f"{format_path(resolved.dir / name)}: {reason}", None, "warning")
    if not rows:
        report.print_message(_explain_empty_list(found, options), manner)
    return Exit.DONE


def _select_rows(found: Catalog, options: ListOptions) -> Sequence[DocumentRow]:
    """Return the rows with the statuses and the words that were asked for."""
    rows: Sequence[DocumentRow] = found.rows
    if any(options.statuses):
        wanted = set(map(fold_for_search, filter(None, options.statuses)))
        rows = [row for row in rows if fold_for_search(row.status) in wanted]
    words = fold_for_search(options.search)
    if words:
        rows = [row for row in rows if _contains_words(found.folder / row.name, row.title, words)]
    return rows


def fold_for_search(text: str) -> str:
    """Return a text as it is searched: without case, width, or runs of white space."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.casefold().split())


def _contains_words(path: Path, title: str, words: str) -> bool:
    """Return whether a document's title or text has the words; what can't be read has none."""
    if words in fold_for_search(title):
        return True
    try:
        return words in fold_for_search(files.read_document_bytes(path).decode("utf-8", "replace"))
    except DraftError:
        return False


def _sort_rows(
    rows: Sequence[DocumentRow], options: ListOptions, statuses: Sequence[str]
) -> Sequence[DocumentRow]:
    """Return rows in the order that was asked for; statuses stand as the template has them."""
    column = options.sort.lower()
    if column and column != DEFAULT_SORT:
        order = {fold_for_search(status): place for place, status in enumerate(statuses)}

        def key(row: DocumentRow) -> tuple[int, str]:
            value: str | int | None = getattr(row, column)
            if not isinstance(value, str):  # a document that could not be read comes first
                return (-1 if value is None else value), ""
            cell = fold_for_search(value)
            # As the template has the statuses, then the others.
            return (order.get(cell, len(order)) if column == "status" else 0), cell

        rows = sorted(rows, key=key)
    return rows[::-1] if options.reverse else rows


def _format_lines(rows: Sequence[DocumentRow]) -> Iterable[str]:
    """Return rows as lines: aligned on a terminal, with tabs between cells elsewhere."""
    header = [column.upper() for column in COLUMNS]
    if not sys.stdout.isatty():
        return ["\t".join(header), *("\t".join(cells) for cells in map(_format_cells, rows))]
    cells = [[cell or "-" for cell in _format_cells(row)] for row in rows]
    most = shutil.get_terminal_size().columns
    place = COLUMNS.index
    layout = GridLayout(
        right=tuple(map(place, _NUMBER_COLUMNS)),
        flexible=place("title"),
        spare=(place("created"), place("updated")),
        most=most,
    )
    how = style.choose_look(sys.stdout, environ)
    head, *lines = format_grid([header, *cells], layout)
    return [style.paint_words(head, "head", how), *(_paint_number(line, how) for line in lines)]


def _format_cells(row: DocumentRow) -> tuple[str, ...]:
    """Return a row's cells in the order of COLUMNS; a count that nobody knows is empty."""
    _, _, digits, status, title, created, updated, unwritten, questions = row
    if unwritten is None or questions is None:
        return digits, status, title, created, updated, "", ""
    return digits, status, title, created, updated, str(unwritten), str(questions)


def _paint_number(line: str, how: style.StreamLook) -> str:
    """Return a document's line with its number, which other commands take, in colour."""
    digits = _LEADING_NUMBER.match(line)
    number = digits[0] if digits else ""
    return style.paint_words(number, "place", how) + line.removeprefix(number)


def _build_row_fields(found: Catalog, document: DocumentRow) -> dict[str, errors.Json]:
    """Return a row as the fields of a JSON object."""
    return {
        "number": document.number,
        "path": format_path(found.folder / document.name),
        "title": document.title,
        "status": document.status,
        "created": document.created,
        "updated": document.updated,
        "unwritten": document.unwritten,
        "questions": document.questions,
    }


def _explain_empty_list(found: Catalog, options: ListOptions) -> str:
    """Return why nothing is listed, by what was asked for."""
    if not found.rows:
        return f"no documents in {format_path(found.folder)}"
    statuses = list(filter(None, options.statuses))  # an empty one, of a shell, is none
    asked = [f"is {' or '.join(statuses)}"] if statuses else []
    asked += [f'has "{" ".join(options.search.split())}"'] if options.search else []
    said = f"none of {len(found.rows)} documents {' and '.join(asked)}"
    there = sorted({row.status or "none" for row in found.rows})
    return f"{said}; their statuses: {', '.join(there)}" if statuses else said
