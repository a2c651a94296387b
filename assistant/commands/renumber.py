"""`draft renumber DOC [NUMBER]`: another number for a document, and for all that refers to it."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from assistant import errors, settings
from assistant import files as disk
from assistant.errors import DraftError, Exit
from assistant.folder import store
from assistant.folder.elsewhere import Elsewhere, look_elsewhere
from assistant.folder.numbers import LARGEST
from assistant.folder.renumber import (
    Plan,
    begun,
    carry_out,
    entry_of,
    following,
    moved,
    planned,
    rivals,
)
from assistant.folder.rewrite import Change, Move
from assistant.repo import files as tree
from assistant.settings import Options
from assistant.terminal import report, streams
from assistant.terminal.report import Manner
from assistant.terminal.style import plural, relative


@dataclass(frozen=True, slots=True, kw_only=True)
class RenumberOptions:
    """What a person asked of a renumbering; `number` is as it was typed, or empty."""

    document: str
    number: str = ""
    dry_run: bool = False
    yes: bool = False
    settings: Options = field(default_factory=Options)
    manner: Manner = field(default_factory=Manner)


def renumber(options: RenumberOptions) -> int:
    """Give a document another number; the exit code."""
    manner = options.manner
    resolved = settings.resolve(options.settings, environ, Path.cwd())
    wanted = _number(options.number)
    path = store.resolve(resolved.dir, options.document)
    entry = entry_of(path)
    if wanted == entry.number:
        report.say(f"{path.name} has the number {entry.number} already", manner)
        return _show(None, path, entry.number, manner, done=False)
    others = look_elsewhere(path.parent)
    if others.note:
        report.say(others.note, manner, "note")
    number = wanted if wanted is not None else following(path.parent, others)
    root = tree.root(path.parent, Path.cwd())
    move = moved(root, path, number)
    _refuse_taken(root, move, others)
    plan = planned(root, move, tree.markdown(root, path.parent))
    if not options.dry_run:
        _agree(plan, options)
        try:
            carry_out(plan)
        except disk.Changed as changed:
            raise _meanwhile(changed.path) from changed
    elif not manner.json:
        for line in described(plan):
            report.result(line)
        return Exit.DONE
    return _show(plan, plan.new, number, manner, done=not options.dry_run)


def _number(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,7}", text):
        raise errors.usage(f"`{text}` is no number from 0 to {LARGEST}")
    return int(text)


def _refuse_unasked(places: str) -> None:
    if not (sys.stdin and sys.stdin.isatty()):
        raise DraftError(
            f"{places} would be rewritten, and there is no terminal to ask on.",
            code="needs-yes", exit_code=Exit.USAGE,
            hint="--yes answers yes; --dry-run only shows what would change.",
        )  # fmt: skip


def _refuse_taken(root: Path, move: Move, others: Elsewhere) -> None:
    """Raise DraftError where another document has the number, with who has it."""
    folder = (root / move.path).parent
    for one in rivals(folder, move, others):
        if not one.where and one.name == move.name and begun(root, move):
            continue
        raise DraftError(
            f"the number {move.number} is {one.name}'s {one.place}".rstrip() + ".",
            code="number-taken", exit_code=Exit.USAGE, where=str(folder),
            hint="Without a number, the next free one is taken.",
        )  # fmt: skip


def described(plan: Plan) -> Iterator[str]:
    """The lines that say what a plan changes: the name, then every reference."""
    old, new = relative(plan.old), relative(plan.new)
    yield f"{_safe(old)} -> {_safe(new)}"
    for file in plan.touched:
        shown = _safe(relative(plan.root / file.path))
        for change in file.changes:
            yield f"{shown}:{change.line}: {_safe(change.before)} -> {_safe(change.after)}"
    for file in plan.touched:
        shown = _safe(relative(plan.root / file.path))
        for left in file.left:
            yield f"{shown}:{left.line}: {_safe(left.before)} (an address: left as it is)"
    yield from plan.notes


def _safe(text: str) -> str:
    """Words of a file as a terminal can show them."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def _agree(plan: Plan, options: RenumberOptions) -> None:
    """Say what is going to change, and ask where that is more than the file's name."""
    if _sum(plan) and not options.yes:
        _refuse_unasked(_sum(plan))
    for line in described(plan):
        report.say(line, options.manner)
    if options.yes or not _sum(plan):
        return
    if not streams.agreed(f"Rewrite {_sum(plan)}?"):
        raise DraftError("nothing was changed.", code="declined", exit_code=Exit.USAGE)


def _sum(plan: Plan) -> str:
    """How much is rewritten besides the file's name; empty where nothing is."""
    changed = [file for file in plan.touched if file.changes]
    places = sum(len(file.changes) for file in changed)
    if not places:
        return ""
    files = len(changed)
    return f"{places} {plural(places, 'place')} in {files} {plural(files, 'file')}"


def _meanwhile(path: Path) -> DraftError:
    return DraftError(
        "somebody is writing this file; nothing was changed.",
        code="changed", exit_code=Exit.FILE, where=str(path), hint="Run the command again.",
    )  # fmt: skip


def _show(plan: Plan | None, path: Path, number: int, manner: Manner, *, done: bool) -> int:
    """Print the new path, or the object."""
    touched = plan.touched if plan else ()
    changes = [(file.path, change) for file in touched for change in file.changes]
    if done and plan and _sum(plan):
        report.say(f"{_sum(plan)} rewritten", manner)
    if manner.json:
        left = [(file.path, change) for file in touched for change in file.left]
        report.as_json(
            ok=True,
            path=relative(path),
            was=relative(plan.old) if plan else relative(path),
            number=number,
            done=done,
            changes=[_fields(plan, name, change) for name, change in changes],
            left=[_fields(plan, name, change) for name, change in left],
            notes=list(plan.notes) if plan else [],
        )
    else:
        report.result(relative(path))
    return Exit.DONE


def _fields(plan: Plan | None, name: str, change: Change) -> dict[str, errors.Json]:
    path = relative(plan.root / name) if plan else name
    return {"path": path, "line": change.line, "before": change.before, "after": change.after}
