"""Gives a document another number on the disk: its name first, then every reference, or nothing.

The new name is a second name of the same file until every reference has been rewritten, so that at
no moment a link leads nowhere. A run that is cut off leaves both names; the same command goes on.
"""

import errno
import os
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant import branch, disk, journal, mention, store
from assistant.document import decode, encode
from assistant.elsewhere import Elsewhere, Taken, look_elsewhere
from assistant.errors import DraftError, Exit
from assistant.number import LARGEST, Entry, listing, parse, survey
from assistant.reference import Target
from assistant.rewrite import Change, Move, Rewritten, rewritten


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A file in which something changes, or stands that is left alone; its path from the root."""

    path: str
    changes: tuple[Change, ...]
    left: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A document's move to another number, and what it changes in other files.

    `begun` says that the new name stands already, from a run that was cut off.
    """

    root: Path
    move: Move
    known: frozenset[str]
    touched: tuple[Touched, ...]
    notes: tuple[str, ...]
    begun: bool

    @property
    def old(self) -> Path:
        """The document's path now."""
        return self.root / self.move.target.path

    @property
    def new(self) -> Path:
        """The document's path then."""
        return self.root / self.move.path


def entry_of(path: Path) -> Entry:
    """The parts of a document's name. Raises DraftError where it has no number or is no file."""
    data = disk.read(path, store.WHICH)  # says what is wrong with it
    entry = parse(path.name)
    if entry is None or not entry.suffix:
        hint = "Only documents whose name begins with a number have one to change."
        raise _refused(path, "no-number", "this document has no number in its name.", hint)
    if path.is_symlink():
        hint = f"Name the file itself: {os.path.realpath(path)}"
        raise _refused(path, "symlink", "this is a symbolic link to the document.", hint)
    if b"\0" in data:
        raise _refused(path, "not-text", "this is not a text file (it holds NUL bytes).", "")
    return entry


def holders(folder: Path, number: int, others: Elsewhere) -> tuple[Taken, ...]:
    """Who has a number: in the folder, on other branches, in other worktrees."""
    found = [Taken(number=number, name=one.name, where="") for one in _numbered(folder, number)]
    found += [one for one in others.taken if one.number == number]
    for tree in others.worktrees:
        found += [
            Taken(number=number, name=one.name, where=str(tree)) for one in _numbered(tree, number)
        ]
    return tuple(found)


def rivals(folder: Path, move: Move, others: Elsewhere) -> tuple[Taken, ...]:
    """Who else has the number: not the document itself, where it has moved there already."""
    own = (move.target.entry.slug, move.target.entry.suffix)

    def same(one: Taken) -> bool:
        entry = parse(one.name)
        return bool(one.where) and entry is not None and (entry.slug, entry.suffix) == own

    return tuple(one for one in holders(folder, move.number, others) if not same(one))


def _numbered(folder: Path, number: int) -> list[Entry]:
    with suppress(OSError):  # a worktree may be gone, or have no such folder
        return [entry for entry in listing(folder) if entry.number == number]
    return []


def following(folder: Path, others: Elsewhere) -> int:
    """The next number that is free everywhere."""
    highest = max(survey(folder).highest, others.highest)
    for tree in others.worktrees:
        with suppress(OSError):
            highest = max(highest, survey(tree).highest)
    if highest >= LARGEST:
        raise _refused(folder, "no-number-left", "the folder has used up its numbers.", "")
    return highest + 1


def moved(root: Path, path: Path, number: int) -> Move:
    """The move of a document to a number, written as wide as the folder's are."""
    entry = entry_of(path)
    wide = entry.digits.startswith("0")
    width = len(entry.digits) if wide else survey(path.parent).style.width
    real = Path(os.path.realpath(path.parent)) / path.name
    target = Target(path=real.relative_to(root).as_posix(), entry=entry)
    title = mention.own_title(decode(disk.read(path)), entry)
    return Move(target=target, number=number, digits=f"{number:0{width}}", title=title)


def begun(root: Path, move: Move) -> bool:
    """Whether the new name is the document's own already, since a run was cut off."""
    old, new = root / move.target.path, root / move.path
    if not new.is_file():
        return False
    if old.samefile(new):
        return True
    before, after = disk.read(old), disk.read(new)
    return after == before or after == encode(_own(move, before, ()).text)


def planned(root: Path, move: Move, names: Iterable[str]) -> Plan:
    """What a move changes in the Markdown files `names`, whose paths are from the root."""
    known = frozenset(names)
    touched: list[Touched] = []
    notes: list[str] = []
    short = str(move.target.entry.number).encode()
    for name in sorted(known - {move.path}):
        own = name.rpartition("/")[0] == move.target.folder
        try:
            data = (root / name).read_bytes()
        except OSError as error:
            notes.append(f"{name} was not looked at: {error.strerror}")
            continue
        if (short if own else move.target.entry.digits.encode()) not in data:
            continue
        result = rewritten(decode(data), name, move, known)
        if result.changes and len(data) > disk.LIMIT:
            notes.append(f"{name} is too large to be rewritten")
        elif result.changes or result.left:
            touched.append(Touched(path=name, changes=result.changes, left=result.left))
    return Plan(
        root=root, move=move, known=known, touched=tuple(touched), notes=tuple(notes),
        begun=begun(root, move),
    )  # fmt: skip


def carry_out(plan: Plan, *, state: Path | None = None) -> None:
    """Do what was planned. Raises DraftError where that fails; then all is as it was before."""
    move, before = plan.move, disk.read(plan.old)
    others = [one.path for one in plan.touched if one.changes and one.path != move.target.path]
    for name in others:
        if not os.access(plan.root / name, os.W_OK):
            failure = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            raise disk.unusable(failure, plan.root / name, "Nothing was changed.")
    with ExitStack() as undo:
        _name(plan, undo, state)
        for name in others:
            _rewrite(plan, name, undo, state)
        after = encode(_own(move, before, plan.known).text)
        if disk.read(plan.new) != after:
            store.replace(plan.new, before, after, state=state)
        if os.path.lexists(plan.old):
            if disk.read(plan.old) not in (before, after):
                raise disk.Changed(plan.old, before)
            plan.old.unlink()
            disk.sync(plan.old.parent)
        undo.pop_all()
    _follow(plan)


def _name(plan: Plan, undo: ExitStack, state: Path | None) -> None:
    """Give the document its new name, which nobody else takes from then on."""
    if plan.begun:
        return
    folder = plan.old.parent
    taken = _taken(folder, plan.move.number)
    others = look_elsewhere(folder)  # again: who was asked may have taken long to answer
    try:
        with disk.locked(branch.identity(folder), state):
            if rivals(folder, plan.move, others):
                raise taken
            disk.publish(plan.old, plan.new)
        disk.sync(folder)
    except FileExistsError:
        raise taken from None
    except OSError as error:
        raise disk.unusable(error, folder) from error
    undo.callback(_unname, plan)


def _taken(folder: Path, number: int) -> DraftError:
    message = f"the number {number} was taken just now; nothing was changed."
    return _refused(folder, "number-taken", message, "Run the command with another number.")


def _unname(plan: Plan) -> None:
    with suppress(OSError):
        if os.path.lexists(plan.old):
            plan.new.unlink()
        else:  # there are no links on this file system
            disk.publish(plan.new, plan.old)


def _rewrite(plan: Plan, name: str, undo: ExitStack, state: Path | None) -> None:
    """Rewrite the references in one file, which may change while we look."""
    path = plan.root / name

    def change(before: bytes) -> tuple[bytes, tuple[bytes, bytes]]:
        after = encode(rewritten(decode(before), name, plan.move, plan.known).text)
        return after, (before, after)

    write = partial(store.replace, state=state)
    before, after = store.update_file(path, change, write=write)
    if before != after:
        undo.callback(_restore, path, after, before, state)


def _restore(path: Path, after: bytes, before: bytes, state: Path | None) -> None:
    with suppress(DraftError, disk.Changed):  # what somebody wrote meanwhile stays
        store.replace(path, after, before, state=state)


def _own(move: Move, data: bytes, known: Iterable[str]) -> Rewritten:
    """The document itself with its new number."""
    return rewritten(decode(data), move.target.path, move, frozenset(known))


def _follow(plan: Plan) -> None:
    """Let the answers that are kept for the document be found under its new name."""
    kept = journal.of_document(Path(os.path.realpath(plan.old)))
    if kept is not None:
        kept.record(journal.DOCUMENT, os.path.realpath(plan.new))
        kept.close()


def _refused(path: Path, code: str, message: str, hint: str) -> DraftError:
    return DraftError(message, code=code, exit_code=Exit.FILE, where=str(path), hint=hint)
