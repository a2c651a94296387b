"""Findings as text for people: where, how bad, what, and the line itself with the place marked."""

import re
from collections.abc import Iterator
from itertools import groupby

from assistant.excerpt import excerpt, harmless
from assistant.verdict import Remark, Tally, Verdict

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_BLUE = "\x1b[34m"
_COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "note": "\x1b[36m"}


def text(verdict: Verdict, *, colour: bool = False, errors_only: bool = False) -> str:
    """All that there is to say about a document, as lines; empty where there is nothing.

    What is said of one place stands together, and shows its line once.
    """
    path = _CONTROL.sub("\ufffd", verdict.shown)  # a name may hold anything
    wanted = (r for r in verdict.remarks if r.finding.severity == "error" or not errors_only)
    said: list[str] = []
    for _, group in groupby(wanted, key=_place):
        together = list(group)
        said += (_head(path, remark, colour) for remark in together)
        said += _source(together[0], colour)
    return "".join(f"{line}\n" for line in said)


def _place(remark: Remark) -> tuple[int, int, int]:
    return remark.finding.line, remark.finding.column, remark.finding.width


def _head(path: str, remark: Remark, colour: bool) -> str:  # noqa: FBT001
    finding = remark.finding
    own = _COLOURS[finding.severity]
    place = _painted(f"{path}:{finding.line}:{finding.column}", _BOLD, colour)
    severity, code = (_painted(word, own, colour) for word in (finding.severity, finding.code))
    return f"{place}: {severity}: {code} {harmless(finding.message)}"


def _source(remark: Remark, colour: bool) -> Iterator[str]:  # noqa: FBT001
    finding = remark.finding
    shown, marks = excerpt(remark.source, finding.column, finding.width)
    if not shown:
        return
    number = str(finding.line)
    bar = _painted("|", _BLUE, colour)
    blank = " " * len(number)
    yield f"{blank} {bar}"
    yield f"{_painted(number, _BLUE, colour)} {bar} {shown}"
    yield f"{blank} {bar} {_painted(marks, _COLOURS[finding.severity], colour, lead=True)}"
    yield f"{blank} {bar}"


def _painted(words: str, how: str, colour: bool, *, lead: bool = False) -> str:  # noqa: FBT001
    """Words in a colour; with `lead` the spaces before them stay as they are."""
    if not colour:
        return words
    bare = words.lstrip(" ") if lead else words
    return f"{words[: len(words) - len(bare)]}{how}{bare}{_RESET}"


def summary(tally: Tally, *, fixing: bool = False, trying: bool = False) -> str:
    """The sums as one line; `fixing` with what was mended, or with `trying` would be."""
    parts = [
        _counted(tally.documents, "document"),
        _counted(tally.errors, "error"),
        _counted(tally.others, "other finding"),
    ]
    if tally.unusable:
        parts.append(f"{tally.unusable} could not be checked")
    said = ", ".join(parts)
    left = tally.errors + tally.others
    if fixing:
        found = left + tally.fixed
        if trying:
            return f"{said}: found {found}, would fix {tally.fixed}, {left} would remain"
        return f"{said}: found {found}, fixed {tally.fixed}, {left} remain"
    if tally.fixable:
        said += f"; `draft check --fix` may mend {tally.fixable} of them"
    return said


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
