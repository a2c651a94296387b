"""Which files git says are changed: against HEAD, or since a branch left another revision."""

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from assistant.errors import DraftError, Exit
from assistant.repo.git import call_git, find_repository_root, find_trust_advice

# By judgement: a large work tree that is not in the disk's cache takes its time.
_GIT_SECONDS = 60.0
_DIFF_ARGUMENTS = (
    *("diff", "--name-only", "-z", "--no-renames", "--no-relative"),
    *("--no-ext-diff", "--no-textconv", "--ignore-submodules=all"),
)


def find_changed_paths(paths: Iterable[Path], since: str = "") -> frozenset[Path]:
    """Return those of `paths` that differ from HEAD: staged, unstaged, renamed or not yet added.

    With `since` they are held against the merge base of that revision and HEAD, so that what only
    the other side changed does not count. Files outside of the repository are asked of their own.
    Raises DraftError where git, the repository or the revision is missing.
    """
    found: set[Path] = set()
    for root, inside in _group_by_repository(paths).items():
        names = _list_changed_names(
            root, since, sorted({str(path.parent) for path in inside.values()})
        )
        differing = {os.path.join(root, name) for name in names}  # noqa: PTH118  names may be odd
        for own, path in inside.items():
            if {str(path), os.path.realpath(own)} & differing:
                found.add(own)
    return frozenset(found)


def _group_by_repository(paths: Iterable[Path]) -> dict[Path, dict[Path, Path]]:
    """Return the paths of each repository, and where each stands once links above are followed."""
    found: dict[Path, dict[Path, Path]] = {}
    for path in paths:
        real = Path(os.path.realpath(path.parent)) / path.name
        root = find_repository_root(real.parent)
        if root is None:
            raise _make_git_error(
                "no-repository",
                "this is in no git repository, so nothing tells what changed.",
                str(path.parent),
                "Name the documents instead.",
            )
        found.setdefault(root, {})[path] = real
    return found


def _list_changed_names(root: Path, since: str, folders: Sequence[str]) -> Iterator[str]:
    """Yield the changed names below some folders, as git spells them: relative, with slashes."""
    base = _find_merge_base(root, since) if since else _resolve_head(root)
    only = ("--", *(f":(literal){folder}" for folder in folders))
    for words in (
        (*_DIFF_ARGUMENTS, base, *only),
        (*_DIFF_ARGUMENTS, "--cached", base, *only),
        ("ls-files", "-z", "--others", "--exclude-standard", *only),
    ):
        yield from (name for name in run_git(root, words).split("\0") if name)


def _resolve_head(root: Path) -> str:
    """Return HEAD's commit, or the empty tree where there is no commit yet."""
    try:
        return run_git(root, ("rev-parse", "--verify", "--quiet", "HEAD^{commit}")).strip()
    except NothingFound:
        return run_git(root, ("hash-object", "-t", "tree", "--stdin")).strip()


def _find_merge_base(root: Path, since: str) -> str:
    """Return the commit at which HEAD's history and that of a revision part."""
    try:
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{since}^{{commit}}")
        commit = run_git(root, words).strip().rpartition("\n")[2]
    except NothingFound:
        raise _make_git_error(
            "no-such-revision",
            f"git knows no revision `{ascii(since)[1:-1]}`.",
            "--since",
            "Name a branch, a tag or a commit; a shallow clone may lack it.",
            Exit.USAGE,
        ) from None
    try:
        return run_git(root, ("merge-base", commit, "HEAD")).strip()
    except NothingFound:
        raise _make_git_error(
            "no-merge-base",
            f"HEAD and `{since}` have no commit in common here.",
            "--since",
            "A shallow clone has too little history: fetch all of it (`fetch-depth: 0`).",
            Exit.USAGE,
        ) from None


class NothingFound(Exception):  # noqa: N818  an answer, not an error
    """Git looked, and there is nothing of the kind."""


def run_git(root: Path, words: Sequence[str]) -> str:
    """Return what git prints. Raises NothingFound if it fails in silence, and else DraftError."""
    settings = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
    try:
        done = call_git(root, (*settings, *words), _GIT_SECONDS)
    except FileNotFoundError:
        raise _make_git_error(
            "no-git",
            "git is not installed, and only git tells what changed.",
            "git",
            "Name the documents instead.",
        ) from None
    except subprocess.TimeoutExpired:
        message = f"git took longer than {_GIT_SECONDS:g} s to say what changed."
        raise _make_git_error(
            "git-slow", message, str(root), "Name the documents instead."
        ) from None
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "surrogateescape")
    said = done.stderr.decode("utf-8", "surrogateescape").strip()
    if not said:
        raise NothingFound
    advice = find_trust_advice(said)
    hint = advice[:1].upper() + advice[1:]
    raise _make_git_error("git-failed", f"git failed: {said.splitlines()[0]}", str(root), hint)


def _make_git_error(
    code: str, message: str, where: str, hint: str = "", exit_code: Exit = Exit.FILE
) -> DraftError:
    return DraftError(message, code=code, exit_code=exit_code, where=where, hint=hint)
