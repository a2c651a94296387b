"""`draft renumber DOC [NUMBER]`: another number for a document, and for all that refers to it."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from assistant import errors, settings
from assistant.errors import DraftError, Exit
from assistant.files import FileChanged
from assistant.folder import store
from assistant.folder.elsewhere import NumbersElsewhere, look_elsewhere
from assistant.folder.numbers import LARGEST_NUMBER
from assistant.folder.renumber import (
    RenumberPlan,
    carry_out_plan,
    check_document_name,
    find_free_number,
    find_rivals,
    has_begun,
    make_move,
    plan_renumbering,
)
from assistant.folder.rewrite import NumberChange, NumberMove
from assistant.repo.files import find_project_root, list_markdown_files
from assistant.settings import SettingOptions
from assistant.terminal import report, streams
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import format_path, pluralize_noun


@dataclass(frozen=True, slots=True, kw_only=True)
class RenumberOptions:
    """What a person asked of a renumbering; `number` is as it was typed, or empty."""

    document: str
    number: str = ""
    dry_run: bool = False
    yes: bool = False
    settings: SettingOptions = field(default_factory=SettingOptions)
    manner: OutputStyle = field(default_factory=OutputStyle)


def run_renumber(options: RenumberOptions) -> int:
    """Give a document another number; return the exit code."""
    manner = options.manner
    resolved = settings.resolve_settings(options.settings, environ, Path.cwd())
    wanted = _parse_number(options.number)
    path = store.resolve_document(resolved.dir, options.document)
    entry = check_document_name(path)
    if wanted == entry.number:
        report.print_message(f"{path.name} has the number {entry.number} already", manner)
        return _show_renumbering(None, path, entry.number, manner, done=False)
    others = look_elsewhere(path.parent)
    if others.note:
        report.print_message(others.note, manner, "note")
    number = wanted if wanted is not None else find_free_number(path.parent, others)
    root = find_project_root(path.parent, Path.cwd())
    move = make_move(root, path, number)
    _refuse_taken(root, move, others)
    plan = plan_renumbering(root, move, list_markdown_files(root, path.parent))
    if not options.dry_run:
        _ask_to_renumber(plan, options)
        try:
            carry_out_plan(plan)
        except FileChanged as changed:
            raise _make_changed_error(changed.path) from changed
    elif not manner.json:
        for line in describe_renumbering(plan):
            report.print_result(line)
        return Exit.DONE
    return _show_renumbering(plan, plan.new, number, manner, done=not options.dry_run)


def _parse_number(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,7}", text):
        raise errors.make_usage_error(f"`{text}` is no number from 0 to {LARGEST_NUMBER}")
    return int(text)


def _refuse_unasked(places: str) -> None:
    """Raise DraftError if nobody can be asked."""
    if not (sys.stdin and sys.stdin.isatty()):
        raise DraftError(
            f"{places} would be rewritten, and there is no terminal to ask on.",
            code="needs-yes",
            exit_code=Exit.USAGE,
            hint="--yes answers yes; --dry-run only shows what would change.",
        )


def _refuse_taken(root: Path, move: NumberMove, others: NumbersElsewhere) -> None:
    """Raise DraftError if another document has the number, with who has it."""
    folder = (root / move.path).parent
    for one in find_rivals(folder, move, others):
        if not one.where and one.name == move.name and has_begun(root, move):
            continue
        raise DraftError(
            f"the number {move.number} is {one.name}'s {one.place}".rstrip() + ".",
            code="number-taken",
            exit_code=Exit.USAGE,
            where=str(folder),
            hint="Without a number, the next free one is taken.",
        )


def describe_renumbering(plan: RenumberPlan) -> Iterator[str]:
    """Yield the lines that say what a plan changes: the name, then every reference."""
    old, new = format_path(plan.old), format_path(plan.new)
    yield f"{_replace_unprintable(old)} -> {_replace_unprintable(new)}"
    for file in plan.touched:
        shown = _replace_unprintable(format_path(plan.root / file.path))
        for change in file.changes:
            old, new = map(_replace_unprintable, (change.before, change.after))
            yield f"{shown}:{change.line}: {old} -> {new}"
    for file in plan.touched:
        shown = _replace_unprintable(format_path(plan.root / file.path))
        for left in file.left:
            old = _replace_unprintable(left.before)
            yield f"{shown}:{left.line}: {old} (an address: left as it is)"
    yield from plan.notes


def _replace_unprintable(text: str) -> str:
    """Return words of a file as a terminal can show them."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def _ask_to_renumber(plan: RenumberPlan, options: RenumberOptions) -> None:
    """Print what is going to change, and ask if that is more than the file's name."""
    if _summarize_changes(plan) and not options.yes:
        _refuse_unasked(_summarize_changes(plan))
    for line in describe_renumbering(plan):
        report.print_message(line, options.manner)
    if options.yes or not _summarize_changes(plan):
        return
    if not streams.ask_yes_no(f"Rewrite {_summarize_changes(plan)}?"):
        raise DraftError("nothing was changed.", code="declined", exit_code=Exit.USAGE)


def _summarize_changes(plan: RenumberPlan) -> str:
    """Return how much is rewritten besides the file's name; empty if nothing is."""
    changed = [file for file in plan.touched if file.changes]
    places = sum(len(file.changes) for file in changed)
    if not places:
        return ""
    files = len(changed)
    return f"{places} {pluralize_noun(places, 'place')} in {files} {pluralize_noun(files, 'file')}"


def _make_changed_error(path: Path) -> DraftError:
    return DraftError(
        "somebody is writing this file; nothing was changed.",
        code="changed",
        exit_code=Exit.FILE,
        where=str(path),
        hint="Run the command again.",
    )


def _show_renumbering(
    plan: RenumberPlan | None, path: Path, number: int, manner: OutputStyle, *, done: bool
) -> int:
    """Print the new path, or the object; return the exit code."""
    touched = plan.touched if plan else ()
    changes = [(file.path, change) for file in touched for change in file.changes]
    if done and plan and _summarize_changes(plan):
        report.print_message(f"{_summarize_changes(plan)} rewritten", manner)
    if manner.json:
        left = [(file.path, change) for file in touched for change in file.left]
        report.print_json(
            ok=True,
            path=format_path(path),
            was=format_path(plan.old) if plan else format_path(path),
            number=number,
            done=done,
            changes=[_build_change_fields(plan, name, change) for name, change in changes],
            left=[_build_change_fields(plan, name, change) for name, change in left],
            notes=list(plan.notes) if plan else [],
        )
    else:
        report.print_result(format_path(path))
    return Exit.DONE


def _build_change_fields(
    plan: RenumberPlan | None, name: str, change: NumberChange
) -> dict[str, errors.Json]:
    path = format_path(plan.root / name) if plan else name
    return {"path": path, "line": change.line, "before": change.before, "after": change.after}
