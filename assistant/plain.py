"""Findings as text for people: where, how bad, what, and the line itself with the place marked."""

import re
from collections.abc import Iterator
from itertools import groupby

from assistant import style
from assistant.excerpt import WIDTH, excerpt, harmless
from assistant.style import Look
from assistant.verdict import Remark, Tally, Verdict

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_HANG = 2  # columns by which what is wrapped stands in
_BAR = " | "


def text(verdict: Verdict, how: Look, *, errors_only: bool = False) -> str:
    """All that there is to say about a document, as lines; empty where there is nothing.

    What is said of one place stands together, and shows its line once.
    """
    path = _CONTROL.sub("\ufffd", verdict.shown)  # a name may hold anything
    wanted = (r for r in verdict.remarks if r.finding.severity == "error" or not errors_only)
    said: list[str] = []
    for _, group in groupby(wanted, key=_place):
        together = list(group)
        said += (_head(path, remark, how) for remark in together)
        said += _source(together[0], how)
    return "".join(f"{line}\n" for line in said)


def _place(remark: Remark) -> tuple[int, int, int]:
    return remark.finding.line, remark.finding.column, remark.finding.width


def _head(path: str, remark: Remark, how: Look) -> str:
    """Where, how bad, which rule and what: a line, or several where it is wider than there is."""
    finding = remark.finding
    place = f"{path}:{finding.line}:{finding.column}"
    words = f"{finding.severity}: {finding.code} {harmless(finding.message)}"
    lines = style.wrap(f"{place}: {words}", how.columns, _HANG)
    said = "\n".join(lines).removeprefix(place)
    for word in (finding.severity, finding.code):
        said = said.replace(word, style.paint(word, finding.severity, how), 1)
    return style.paint(place, "head", how) + said


def _source(remark: Remark, how: Look) -> Iterator[str]:
    finding = remark.finding
    number = str(finding.line)
    most = how.columns - len(number) - len(_BAR) if how.columns else WIDTH
    shown, marks = excerpt(remark.source, finding.column, finding.width, most)
    if not shown:
        return
    bar = style.paint("|", "faint", how)
    blank = " " * len(number)
    bare = marks.lstrip(" ")
    yield f"{blank} {bar}"
    yield f"{style.paint(number, 'faint', how)} {bar} {shown}"
    yield f"{blank} {bar} {marks.removesuffix(bare)}{style.paint(bare, finding.severity, how)}"
    yield f"{blank} {bar}"


def summary(tally: Tally, *, fixing: bool = False, trying: bool = False) -> str:
    """The sums as one line; `fixing` with what was mended, or with `trying` would be."""
    kinds = ((tally.errors, "error"), (tally.warnings, "warning"), (tally.notes, "note"))
    left = sum(number for number, _ in kinds)
    parts = [_counted(number, kind) for number, kind in kinds if number]
    if tally.unusable:
        parts.append(f"{tally.unusable} could not be checked")
    said = f"{_counted(tally.documents, 'document')}: {', '.join(parts) or 'no findings'}"
    if not fixing:
        return said
    found, remain = left + tally.fixed, "remains" if left == 1 else "remain"
    if trying:
        return f"{said}; found {found}, would fix {tally.fixed}, {left} would remain"
    return f"{said}; found {found}, fixed {tally.fixed}, {left} {remain}"


def advice(tally: Tally) -> str:
    """What to type next about the findings; empty where there are none."""
    if not tally.first:
        return ""
    said = f"`draft check --explain {tally.first}` says how to mend the first"
    fixable = f"`draft check --fix` may mend {tally.fixable} of them"
    return f"{said}; {fixable}" if tally.fixable else said


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
