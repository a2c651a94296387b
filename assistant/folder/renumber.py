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
from assistant.folder.elsewhere import NumbersElsewhere, TakenNumber, look_elsewhere
from assistant.folder.numbers import (
    LARGEST_NUMBER,
    NameStyle,
    NumberedEntry,
    list_entries,
    parse_name,
    slugify_title,
    survey_folder,
)
from assistant.folder.references import ReferenceTarget
from assistant.folder.rewrite import NumberChange, NumberMove, RewrittenText, rewrite_number
from assistant.markdown.document import decode_text, encode_text
from assistant.repo import changes, git
from assistant.repo import git as branch

_MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdx", ".mkd")
# Characters of a slug; a longer name is somebody's choice, since `slugify_title` makes none.
_LONGEST_SLUG = 60


def make_proper_path(path: Path, style: NameStyle) -> Path:
    """Return the path with its name as a slug, in the folder's style, but without spaces."""
    entry = parse_name(path.name)
    if entry is None or not entry.suffix or not entry.slug or len(entry.slug) > _LONGEST_SLUG:
        return path
    joiner = style.joiner if style.joiner in ("_", "-") else "_"
    separator = joiner if " " in style.separator else style.separator
    right = slugify_title(entry.slug, joiner, lower=entry.slug == entry.slug.lower())
    name = f"{entry.digits}{separator}{right}{entry.suffix}"
    same = name == unicodedata.normalize("NFKC", path.name) or right == "untitled"
    return path if same else path.with_name(name)


def rename_document(path: Path, right: Path, state: Path | None = None) -> None:
    """Give a document its proper name; a name that is taken is never overwritten.

    `state` replaces the platform's state folder. Raises DraftError; then both are as they were.
    """
    try:
        with files.hold_lock(branch.identify_folder(path.parent), state):
            same = path.name.casefold() == right.name.casefold()
            if same and os.path.lexists(right) and path.samefile(right):
                path.rename(right)  # one file, where names of other case are the same
            else:
                files.publish_file(path, right)
                if os.path.lexists(path):
                    path.unlink()
            files.sync_folder(path.parent)
    except FileExistsError as error:
        raise DraftError(
            "a file of that name is there already.",
            code="name-taken",
            exit_code=Exit.FILE,
            where=str(right),
        ) from error
    except OSError as error:
        raise files.translate_os_error(error, right) from error


def find_mentioning_files(path: Path) -> tuple[str, ...]:
    """Return the Markdown files that name this one, from the repository's root or the folder."""
    names = {path.name, quote(path.name)}
    root = branch.find_repository_root(Path(os.path.realpath(path.parent)))
    words = [word for name in sorted(names) for word in ("-e", name)]
    if root is not None:
        grep = ("grep", "--untracked", "--no-color", "--full-name", "-IlzF", *words)
        try:
            said = changes.run_git(
                root, (*grep, "--", *(f"*{suffix}" for suffix in _MARKDOWN_SUFFIXES))
            )
            return tuple(name for name in said.split("\0") if name)
        except changes.NothingFound:
            return ()
        except DraftError:  # no git: the folder has to do
            pass
    return tuple(_scan_folder(path.parent, [encode_text(name) for name in names]))


def _scan_folder(folder: Path, names: list[bytes]) -> Iterator[str]:
    """Yield the Markdown files in a folder that hold one of these names."""
    with os.scandir(folder) as scan:
        found = sorted(item.name for item in scan if item.name.lower().endswith(_MARKDOWN_SUFFIXES))
    for name in found:
        try:
            data = (folder / name).read_bytes()
        except OSError:
            continue
        if any(one in data for one in names):
            yield name


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchedFile:
    """A file in which something changes, or stands that is left alone; its path from the root."""

    path: str
    changes: tuple[NumberChange, ...]
    left: tuple[NumberChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenumberPlan:
    """A document's move to another number, and what it changes in other files.

    `begun` says that the new name stands already, from a run that was cut off.
    """

    root: Path
    move: NumberMove
    known: frozenset[str]
    touched: tuple[TouchedFile, ...]
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


def check_document_name(path: Path) -> NumberedEntry:
    """Return the parts of a document's name. Raises DraftError for no number, and for no file."""
    data = files.read_document_bytes(path, store.NAME_ONE_HINT)  # says what is wrong with it
    entry = parse_name(path.name)
    if entry is None or not entry.suffix:
        hint = "Only documents whose name begins with a number have one to change."
        raise files.make_file_error(
            path, "no-number", "this document has no number in its name.", hint
        )
    if path.is_symlink():
        hint = f"Name the file itself: {os.path.realpath(path)}"
        raise files.make_file_error(
            path, "symlink", "this is a symbolic link to the document.", hint
        )
    if b"\0" in data:
        raise files.make_file_error(
            path, "not-text", "this is not a text file (it holds NUL bytes)."
        )
    return entry


def find_holders(folder: Path, number: int, others: NumbersElsewhere) -> tuple[TakenNumber, ...]:
    """Return who has a number: in the folder, on other branches, in other worktrees."""
    found = [
        TakenNumber(number=number, name=one.name, where="")
        for one in _find_numbered(folder, number)
    ]
    found += [one for one in others.taken if one.number == number]
    for tree in others.worktrees:
        found += [
            TakenNumber(number=number, name=one.name, where=str(tree))
            for one in _find_numbered(tree, number)
        ]
    return tuple(found)


def find_rivals(
    folder: Path, move: NumberMove, others: NumbersElsewhere
) -> tuple[TakenNumber, ...]:
    """Return who else has the number, less the document itself where it has moved there already."""
    own = (move.target.entry.slug, move.target.entry.suffix)

    def same(one: TakenNumber) -> bool:
        entry = parse_name(one.name)
        return bool(one.where) and entry is not None and (entry.slug, entry.suffix) == own

    return tuple(one for one in find_holders(folder, move.number, others) if not same(one))


def _find_numbered(folder: Path, number: int) -> list[NumberedEntry]:
    """Return the folder's entries with this number."""
    with suppress(OSError):  # a worktree may be gone, or have no such folder
        return [entry for entry in list_entries(folder) if entry.number == number]
    return []


def find_free_number(folder: Path, others: NumbersElsewhere) -> int:
    """Return the next number that is free everywhere."""
    highest = max(survey_folder(folder).highest, others.highest)
    for tree in others.worktrees:
        with suppress(OSError):
            highest = max(highest, survey_folder(tree).highest)
    if highest >= LARGEST_NUMBER:
        raise files.make_file_error(folder, "no-number-left", "the folder has used up its numbers.")
    return highest + 1


def make_move(root: Path, path: Path, number: int) -> NumberMove:
    """Return the move of a document to a number, written as wide as the folder's are."""
    entry = check_document_name(path)
    wide = entry.digits.startswith("0")
    width = len(entry.digits) if wide else survey_folder(path.parent).style.width
    real = Path(os.path.realpath(path.parent)) / path.name
    target = ReferenceTarget(path=real.relative_to(root).as_posix(), entry=entry)
    title = references.find_title_number(decode_text(files.read_document_bytes(path)), entry)
    return NumberMove(target=target, number=number, digits=f"{number:0{width}}", title=title)


def has_begun(root: Path, move: NumberMove) -> bool:
    """Whether the new name is the document's own already, since a run was cut off."""
    old, new = root / move.target.path, root / move.path
    if not new.is_file():
        return False
    if old.samefile(new):
        return True
    before, after = files.read_document_bytes(old), files.read_document_bytes(new)
    return after == before or after == encode_text(_rewrite_document(move, before, ()).text)


def plan_renumbering(root: Path, move: NumberMove, names: Iterable[str]) -> RenumberPlan:
    """Return what a move changes in the Markdown files `names`, whose paths are from the root."""
    known = frozenset(names)
    touched: list[TouchedFile] = []
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
        result = rewrite_number(decode_text(data), name, move, known)
        if result.changes and len(data) > files.MAX_DOCUMENT_BYTES:
            notes.append(f"{name} is too large to be rewritten")
        elif result.changes or result.left:
            touched.append(TouchedFile(path=name, changes=result.changes, left=result.left))
    return RenumberPlan(
        root=root,
        move=move,
        known=known,
        touched=tuple(touched),
        notes=tuple(notes),
        begun=has_begun(root, move),
    )


def carry_out_plan(plan: RenumberPlan, *, state: Path | None = None) -> None:
    """Do what was planned. Raises DraftError where that fails; then all is as it was before."""
    move, before = plan.move, files.read_document_bytes(plan.old)
    others = [one.path for one in plan.touched if one.changes and one.path != move.target.path]
    for name in others:
        if not os.access(plan.root / name, os.W_OK):
            failure = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            raise files.translate_os_error(failure, plan.root / name, "Nothing was changed.")
    with ExitStack() as undo:
        _claim_name(plan, undo, state)
        for name in others:
            _rewrite_file(plan, name, undo, state)
        after = encode_text(_rewrite_document(move, before, plan.known).text)
        if files.read_document_bytes(plan.new) != after:
            store.replace_file(plan.new, before, after, state=state)
        if os.path.lexists(plan.old):
            if files.read_document_bytes(plan.old) not in (before, after):
                raise files.FileChanged(plan.old, before)
            plan.old.unlink()
            files.sync_folder(plan.old.parent)
        undo.pop_all()
    _move_journal(plan)


def _claim_name(plan: RenumberPlan, undo: ExitStack, state: Path | None) -> None:
    """Give the document its new name, which nobody else takes from then on."""
    if plan.begun:
        return
    folder = plan.old.parent
    taken = _make_taken_error(folder, plan.move.number)
    others = look_elsewhere(folder)  # again: who was asked may have taken long to answer
    try:
        with files.hold_lock(git.identify_folder(folder), state):
            if find_rivals(folder, plan.move, others):
                raise taken
            files.publish_file(plan.old, plan.new)
        files.sync_folder(folder)
    except FileExistsError:
        raise taken from None
    except OSError as error:
        raise files.translate_os_error(error, folder) from error
    undo.callback(_give_name_back, plan)


def _make_taken_error(folder: Path, number: int) -> DraftError:
    """Return the error for a number that somebody took meanwhile."""
    message = f"the number {number} was taken just now; nothing was changed."
    return files.make_file_error(
        folder, "number-taken", message, "Run the command with another number."
    )


def _give_name_back(plan: RenumberPlan) -> None:
    """Undo `_claim_name`."""
    with suppress(OSError):
        if os.path.lexists(plan.old):
            plan.new.unlink()
        else:  # there are no links on this file system
            files.publish_file(plan.new, plan.old)


def _rewrite_file(plan: RenumberPlan, name: str, undo: ExitStack, state: Path | None) -> None:
    """Rewrite the references in one file, which may change while we look."""
    path = plan.root / name

    def change(before: bytes) -> tuple[bytes, tuple[bytes, bytes]]:
        after = encode_text(rewrite_number(decode_text(before), name, plan.move, plan.known).text)
        return after, (before, after)

    write = partial(store.replace_file, state=state)
    before, after = store.update_file(path, change, write=write)
    if before != after:
        undo.callback(_restore_file, path, after, before, state)


def _restore_file(path: Path, after: bytes, before: bytes, state: Path | None) -> None:
    """Undo `_rewrite_file`."""
    with suppress(DraftError, files.FileChanged):  # what somebody wrote meanwhile stays
        store.replace_file(path, after, before, state=state)


def _rewrite_document(move: NumberMove, data: bytes, known: Iterable[str]) -> RewrittenText:
    """Return the document itself with its new number."""
    return rewrite_number(decode_text(data), move.target.path, move, frozenset(known))


def _move_journal(plan: RenumberPlan) -> None:
    """Let the answers that are kept for the document be found under its new name."""
    kept = journal.find_document_journal(Path(os.path.realpath(plan.old)))
    if kept is not None:
        kept.record(journal.DOCUMENT_ENTRY, os.path.realpath(plan.new))
        kept.close()
