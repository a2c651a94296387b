"""File names as slugs, in the style of their folder: the proper one, and how a file gets it."""

import errno
import os
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from assistant import files
from assistant.errors import DraftError, Exit
from assistant.folder import journal, references, store
from assistant.folder.elsewhere import Elsewhere, Taken, look_elsewhere
from assistant.folder.numbers import LARGEST, Entry, Style, listing, parse, slug, survey
from assistant.folder.references import Target
from assistant.folder.rewrite import Change, Move, Rewritten, rewritten
from assistant.markdown.document import decode, encode
from assistant.repo import changes, git
from assistant.repo import git as branch

_MARKDOWN = (".md", ".markdown", ".mdx", ".mkd")
_LONGEST = 60  # characters of a slug; a longer name is somebody's choice


def proper(path: Path, style: Style) -> Path:
    """The path with its name as a slug, in the folder's style, but without spaces."""
    entry = parse(path.name)
    if entry is None or not entry.suffix or not entry.slug or len(entry.slug) > _LONGEST:
        return path
    joiner = style.joiner if style.joiner in ("_", "-") else "_"
    separator = joiner if " " in style.separator else style.separator
    right = slug(entry.slug, joiner, lower=entry.slug == entry.slug.lower())
    name = f"{entry.digits}{separator}{right}{entry.suffix}"
    same = name == unicodedata.normalize("NFKC", path.name) or right == "untitled"
    return path if same else path.with_name(name)


def rename(path: Path, right: Path, state: Path | None = None) -> None:
    """Give a document its proper name; a name that is taken is never overwritten.

    `state` replaces the platform's state folder. Raises DraftError; then both are as they were.
    """
    try:
        with files.locked(branch.identity(path.parent), state):
            same = path.name.casefold() == right.name.casefold()
            if same and os.path.lexists(right) and path.samefile(right):
                path.rename(right)  # one file, where names of other case are the same
            else:
                files.publish(path, right)
                if os.path.lexists(path):
                    path.unlink()
            files.sync(path.parent)
    except FileExistsError as error:
        raise DraftError(
            "a file of that name is there already.", code="name-taken", exit_code=Exit.FILE,
            where=str(right),
        ) from error  # fmt: skip
    except OSError as error:
        raise files.unusable(error, right) from error


def mentions(path: Path) -> tuple[str, ...]:
    """The Markdown files that name this one, from the repository's root; of the folder else."""
    names = {path.name, quote(path.name)}
    root = branch.root(Path(os.path.realpath(path.parent)))
    words = [word for name in sorted(names) for word in ("-e", name)]
    if root is not None:
        grep = ("grep", "--untracked", "--no-color", "--full-name", "-IlzF", *words)
        try:
            said = changes.git(root, (*grep, "--", *(f"*{suffix}" for suffix in _MARKDOWN)))
            return tuple(name for name in said.split("\0") if name)
        except changes.Nothing:
            return ()
        except DraftError:  # no git: the folder has to do
            pass
    return tuple(_naming(path.parent, [encode(name) for name in names]))


def _naming(folder: Path, names: list[bytes]) -> Iterator[str]:
    with os.scandir(folder) as scan:
        found = sorted(item.name for item in scan if item.name.lower().endswith(_MARKDOWN))
    for name in found:
        try:
            data = (folder / name).read_bytes()
        except OSError:
            continue
        if any(one in data for one in names):
            yield name


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
    data = files.read(path, store.WHICH)  # says what is wrong with it
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
    title = references.own_title(decode(files.read(path)), entry)
    return Move(target=target, number=number, digits=f"{number:0{width}}", title=title)


def begun(root: Path, move: Move) -> bool:
    """Whether the new name is the document's own already, since a run was cut off."""
    old, new = root / move.target.path, root / move.path
    if not new.is_file():
        return False
    if old.samefile(new):
        return True
    before, after = files.read(old), files.read(new)
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
        if result.changes and len(data) > files.LIMIT:
            notes.append(f"{name} is too large to be rewritten")
        elif result.changes or result.left:
            touched.append(Touched(path=name, changes=result.changes, left=result.left))
    return Plan(
        root=root, move=move, known=known, touched=tuple(touched), notes=tuple(notes),
        begun=begun(root, move),
    )  # fmt: skip


def carry_out(plan: Plan, *, state: Path | None = None) -> None:
    """Do what was planned. Raises DraftError where that fails; then all is as it was before."""
    move, before = plan.move, files.read(plan.old)
    others = [one.path for one in plan.touched if one.changes and one.path != move.target.path]
    for name in others:
        if not os.access(plan.root / name, os.W_OK):
            failure = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            raise files.unusable(failure, plan.root / name, "Nothing was changed.")
    with ExitStack() as undo:
        _name(plan, undo, state)
        for name in others:
            _rewrite(plan, name, undo, state)
        after = encode(_own(move, before, plan.known).text)
        if files.read(plan.new) != after:
            store.replace(plan.new, before, after, state=state)
        if os.path.lexists(plan.old):
            if files.read(plan.old) not in (before, after):
                raise files.Changed(plan.old, before)
            plan.old.unlink()
            files.sync(plan.old.parent)
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
        with files.locked(git.identity(folder), state):
            if rivals(folder, plan.move, others):
                raise taken
            files.publish(plan.old, plan.new)
        files.sync(folder)
    except FileExistsError:
        raise taken from None
    except OSError as error:
        raise files.unusable(error, folder) from error
    undo.callback(_unname, plan)


def _taken(folder: Path, number: int) -> DraftError:
    message = f"the number {number} was taken just now; nothing was changed."
    return _refused(folder, "number-taken", message, "Run the command with another number.")


def _unname(plan: Plan) -> None:
    with suppress(OSError):
        if os.path.lexists(plan.old):
            plan.new.unlink()
        else:  # there are no links on this file system
            files.publish(plan.new, plan.old)


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
    with suppress(DraftError, files.Changed):  # what somebody wrote meanwhile stays
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
