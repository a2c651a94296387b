"""Rules about what a document says of the repository: its paths and its symbols are there."""

import re
from collections.abc import Iterable, Iterator

from assistant.finding import RULES, Finding, Severity
from assistant.quoted import Mention
from assistant.repository import Repository

_PARTS = re.compile(r"\w+")


def findings_for(
    found: Iterable[Mention], repository: Repository, folder: str = ""
) -> Iterator[Finding]:
    """What a document in `folder`, a path from the root, names and the repository has not."""
    for one in found:
        if one.proposed:
            continue
        if one.kind == "symbol":
            yield from _symbol(one, repository)
        elif repository.known and not repository.has(one.text, folder):
            yield _path(one, repository, folder)


def symbols(found: Iterable[Mention]) -> frozenset[str]:
    """The words that have to occur in the code for the symbols to be there."""
    return frozenset(
        word for one in found if one.kind == "symbol" and not one.proposed
        for word in _PARTS.findall(one.text)
    )  # fmt: skip


def _path(one: Mention, repository: Repository, folder: str) -> Finding:
    if not repository.begins(one.text, folder):
        message = f"`{one.text}` is not in this repository, nor anything that begins like it."
        return _finding("D801", one, message, "note")
    alike = repository.alike(one.text)
    hint = f"There is `{alike}`." if alike else "Mend the path, or say that it is proposed."
    return _finding("D801", one, f"`{one.text}` is not in the repository. {hint}")


def _symbol(one: Mention, repository: Repository) -> Iterator[Finding]:
    missing = [word for word in _PARTS.findall(one.text) if word in repository.absent]
    if missing:
        what = "" if missing[0] == one.text.rstrip("()") else f" (`{missing[0]}`)"
        yield _finding("D802", one, f"`{one.text}`{what} occurs in no code of the repository.")


def _finding(code: str, one: Mention, message: str, severity: Severity | None = None) -> Finding:
    return Finding(
        code=code,
        severity=severity or RULES[code].severity,
        line=one.line,
        column=one.column,
        width=len(one.text),
        section=one.section,
        message=message,
    )
