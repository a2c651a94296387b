"""Rules about what a document says of the repository: its paths and its symbols are there."""

import re
from collections.abc import Iterable, Iterator

from assistant.finding import RULES, Finding, Severity
from assistant.quoted import Mention, named
from assistant.repository import Repository

PROPOSED = "(proposed)"
_PARTS = re.compile(r"\w+")
_LINK_END = re.compile(r"\](?:\([^()\n]*\)|\[[^\]\n]*\])")


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


def unknown(text: str, repository: Repository, known: str, folder: str = "") -> tuple[Mention, ...]:
    """The paths in a text that neither `known` nor the repository has, and no word marks."""
    if not repository.known or "/" not in text or "`" not in text:
        return ()
    given = known.casefold()
    return tuple(
        one for one in named(text)
        if one.kind == "path" and not one.proposed
        and one.text.casefold() not in given and not repository.has(one.text, folder)
    )  # fmt: skip


def marked(text: str, repository: Repository, known: str) -> str:
    """The text with a word behind each path that nobody gave and the repository has not."""
    for one in reversed(unknown(text, repository, known)):
        link = _LINK_END.match(text, one.after)
        at = link.end() if link else one.after
        text = f"{text[:at]} {PROPOSED}{text[at:]}"
    return text
