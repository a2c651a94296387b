"""Findings as text for people: where, how bad, what, and the line itself with the place marked."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from assistant import style
from assistant.excerpt import WIDTH, excerpt, harmless
from assistant.finding import FOREIGN, Finding
from assistant.show import plural
from assistant.style import Look
from assistant.verdict import Remark, Tally, Verdict

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NAMED = 3  # documents of a folder
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
        alike = list(group)
        for remark in alike:
            said += _head(path, remark, how)
        said += _source(alike[0], how)
    return "".join(f"{line}\n" for line in said)


def together(verdicts: Sequence[Verdict], how: Look, *, errors_only: bool = False) -> str:
    """What there is to say about documents of which the same is found: one line for a folder."""
    if len(verdicts) == 1:
        return text(verdicts[0], how, errors_only=errors_only)
    said: list[str] = []
    folders: dict[tuple[str, str], list[Verdict]] = {}
    for one in verdicts:
        folder = _CONTROL.sub("\ufffd", one.shown.rpartition("/")[0] or ".")
        folders.setdefault((folder, one.remarks[0].finding.severity), []).append(one)
    for (folder, severity), group in folders.items():
        if len(group) == 1 or (errors_only and severity != "error"):
            said += [text(one, how, errors_only=errors_only) for one in group]
            continue
        names = ", ".join(harmless(one.path.name) for one in group[:_NAMED])
        more = f" and {len(group) - _NAMED} more" if len(group) > _NAMED else ""
        finding = group[0].remarks[0].finding
        message = f"{len(group)} documents follow another template: {names}{more}."
        said.append("".join(f"{line}\n" for line in _said(folder, finding, message, how)))
    return "".join(said)


def _place(remark: Remark) -> tuple[int, int, int]:
    return remark.finding.line, remark.finding.column, remark.finding.width


def _head(path: str, remark: Remark, how: Look) -> list[str]:
    finding = remark.finding
    place = f"{path}:{finding.line}:{finding.column}"
    return _said(place, finding, harmless(finding.message), how)


def _said(place: str, finding: Finding, message: str, how: Look) -> list[str]:
    """Where, how bad, which rule and what: a line, or several where it is wider than there is."""
    line = f"{place}: {finding.severity}: {finding.code} {message}"
    said = "\n".join(style.wrap(line, how.columns, _HANG)).removeprefix(place)
    for word in (finding.severity, finding.code):
        said = said.replace(word, style.paint(word, finding.severity, how), 1)
    return (style.paint(place, "head", how) + said).split("\n")


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
    parts = [f"{number} {plural(number, kind)}" for number, kind in kinds if number]
    if tally.unusable:
        parts.append(f"{tally.unusable} could not be checked")
    documents = f"{tally.documents} {plural(tally.documents, 'document')}"
    said = f"{documents}: {', '.join(parts) or 'no findings'}"
    if not fixing:
        return said
    found, remain = left + tally.fixed, "remains" if left == 1 else "remain"
    if trying:
        return f"{said}; found {found}, would fix {tally.fixed}, {left} would remain"
    return f"{said}; found {found}, fixed {tally.fixed}, {left} {remain}"


def advice(tally: Tally, *, configured: bool = False, folder: str = "") -> tuple[str, ...]:
    """What to type next about the findings, a sentence each.

    `configured` says that the template was named, and is not the built-in one; `folder` is what a
    person gave for `--dir`, which what is typed next needs as well.
    """
    import shlex  # noqa: PLC0415  only where there is something to type

    said: list[str] = []
    where = f" --dir {shlex.quote(folder)}" if folder else ""
    if tally.foreign and configured:
        said.append(
            "--template names the other documents' own template; a folder of several forms may "
            'have D108 = "off" under [tool.draft.check]'
        )
    elif tally.foreign:
        said.append(
            f"`draft init{where}` makes a template of the headings that the documents share; where "
            "they have one, --template names it, or `template` in the project's configuration"
        )
    if tally.first and tally.first != FOREIGN:
        said.append(f"`draft check --explain {tally.first}` says how to mend the first")
    if tally.fixable:
        said.append(f"`draft check{where} --fix` may mend {tally.fixable} of them")
    return tuple(said)
