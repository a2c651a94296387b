"""Findings as workflow commands, which GitHub shows beside the lines of a pull request.

Source: GitHub's documentation of workflow commands, and how its toolkit escapes them.
"""

from collections.abc import Iterator

from assistant.excerpt import harmless
from assistant.finding import Severity
from assistant.lint.registry import RULES
from assistant.verdict import Remark, Verdict

_WORDS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


def annotations(verdict: Verdict, path: str) -> Iterator[str]:
    """The lines for one document; `path` is as GitHub knows it, from the workspace."""
    if verdict.error is not None:
        yield _command("error", (("file", path), ("title", "draft")), verdict.error.message)
    for remark in verdict.remarks:
        yield _command(
            _WORDS[remark.finding.severity],
            (("file", path), *_place(remark)),
            remark.finding.message,
        )


def _place(remark: Remark) -> tuple[tuple[str, str], ...]:
    finding = remark.finding
    line, column = str(finding.line), finding.column
    length = finding.width or len(remark.source.rstrip()) - column + 1
    # GitHub wants no columns where a range has no length.
    columns = (("col", str(column)), ("endColumn", str(column + length))) if length > 0 else ()
    title = f"{finding.code} {RULES[finding.code].name}"
    return ("line", line), ("endLine", line), *columns, ("title", title)


def _command(word: str, properties: tuple[tuple[str, str], ...], message: str) -> str:
    said = ",".join(f"{name}={_property(value)}" for name, value in properties)
    return f"::{word} {said}::{_data(message)}"


def _data(text: str) -> str:
    return harmless(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
