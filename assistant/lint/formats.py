"""Findings as text for people: where, look bad, what, and the line itself with the place marked."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from assistant import __version__
from assistant.errors import Json
from assistant.lint.registry import RULES
from assistant.lint.report import CheckTotals, DocumentReport, QuotedFinding, find_relative_path
from assistant.lint.rule import OTHER_TEMPLATE, Finding, Rule, Severity
from assistant.terminal import style
from assistant.terminal.style import StreamLook, pluralize_noun
from assistant.text import DEFAULT_COLUMNS, format_excerpt, make_harmless

# What a file's name may hold and a terminal would obey.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MAX_NAMED = 3  # documents of a folder that a line names
_HANGING_INDENT = 2  # columns by which the rest of a wrapped line stands in
_BAR = " | "  # between a line's number and its text
_GITHUB_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT_ID = "SRCROOT"  # what paths in a log are relative to


def format_report(report: DocumentReport, look: StreamLook, *, errors_only: bool = False) -> str:
    """Return all that there is to say about a document, as lines; empty where there is nothing.

    What is said of one place stands together, and shows its line once.
    """
    path = _CONTROL.sub("\ufffd", report.short_path)  # a name may hold anything
    wanted = (r for r in report.remarks if r.finding.severity == "error" or not errors_only)
    said: list[str] = []
    for _, group in groupby(wanted, key=_find_place):
        alike = list(group)
        for remark in alike:
            said += _format_head(path, remark, look)
        said += _quote_source(alike[0], look)
    return "".join(f"{line}\n" for line in said)


def format_reports(
    reports: Sequence[DocumentReport], look: StreamLook, *, errors_only: bool = False
) -> str:
    """Return what there is to say about documents with the same finding: one line for a folder."""
    if len(reports) == 1:
        return format_report(reports[0], look, errors_only=errors_only)
    said: list[str] = []
    folders: dict[tuple[str, str], list[DocumentReport]] = {}
    for one in reports:
        folder = _CONTROL.sub("\ufffd", one.short_path.rpartition("/")[0] or ".")
        folders.setdefault((folder, one.remarks[0].finding.severity), []).append(one)
    for (folder, severity), group in folders.items():
        if len(group) == 1 or (errors_only and severity != "error"):
            said += [format_report(one, look, errors_only=errors_only) for one in group]
            continue
        names = ", ".join(make_harmless(one.path.name) for one in group[:_MAX_NAMED])
        more = f" and {len(group) - _MAX_NAMED} more" if len(group) > _MAX_NAMED else ""
        finding = group[0].remarks[0].finding
        message = f"{len(group)} documents follow another template: {names}{more}."
        said.append("".join(f"{line}\n" for line in _format_line(folder, finding, message, look)))
    return "".join(said)


def _find_place(remark: QuotedFinding) -> tuple[int, int, int]:
    return remark.finding.line, remark.finding.column, remark.finding.width


def _format_head(path: str, remark: QuotedFinding, look: StreamLook) -> list[str]:
    finding = remark.finding
    place = f"{path}:{finding.line}:{finding.column}"
    return _format_line(place, finding, make_harmless(finding.message), look)


def _format_line(place: str, finding: Finding, message: str, look: StreamLook) -> list[str]:
    """Return where, how bad, which rule and what: a line, or several if one is too wide."""
    line = f"{place}: {finding.severity}: {finding.code} {message}"
    said = "\n".join(style.wrap_line(line, look.columns, _HANGING_INDENT)).removeprefix(place)
    for word in (finding.severity, finding.code):
        said = said.replace(word, style.paint_words(word, finding.severity, look), 1)
    return (style.paint_words(place, "head", look) + said).split("\n")


def _quote_source(remark: QuotedFinding, look: StreamLook) -> Iterator[str]:
    """Yield the line that a finding is about, with the place marked below it."""
    finding = remark.finding
    number = str(finding.line)
    most = look.columns - len(number) - len(_BAR) if look.columns else DEFAULT_COLUMNS
    shown, marks = format_excerpt(remark.source, finding.column, finding.width, most)
    if not shown:
        return
    bar = style.paint_words("|", "faint", look)
    blank = " " * len(number)
    bare = marks.lstrip(" ")
    yield f"{blank} {bar}"
    yield f"{style.paint_words(number, 'faint', look)} {bar} {shown}"
    painted = style.paint_words(bare, finding.severity, look)
    yield f"{blank} {bar} {marks.removesuffix(bare)}{painted}"
    yield f"{blank} {bar}"


def format_totals(totals: CheckTotals, *, fixing: bool = False, trying: bool = False) -> str:
    """Return the sums as one line; `fixing` with what was mended, or with `trying` would be."""
    kinds = ((totals.errors, "error"), (totals.warnings, "warning"), (totals.notes, "note"))
    left = sum(number for number, _ in kinds)
    parts = [f"{number} {pluralize_noun(number, kind)}" for number, kind in kinds if number]
    if totals.unusable:
        parts.append(f"{totals.unusable} could not be checked")
    documents = f"{totals.documents} {pluralize_noun(totals.documents, 'document')}"
    said = f"{documents}: {', '.join(parts) or 'no findings'}"
    if not fixing:
        return said
    found, remain = left + totals.fixed, "remains" if left == 1 else "remain"
    if trying:
        return f"{said}; found {found}, would fix {totals.fixed}, {left} would remain"
    return f"{said}; found {found}, fixed {totals.fixed}, {left} {remain}"


def suggest_next_steps(
    totals: CheckTotals, *, configured: bool = False, folder: str = ""
) -> tuple[str, ...]:
    """Return what to type next about the findings, a sentence each.

    `configured` says that the template was named, and is not the built-in one; `folder` is what a
    person gave for `--dir`, which what is typed next needs as well.
    """
    import shlex  # noqa: PLC0415  only where there is something to type

    said: list[str] = []
    where = f" --dir {shlex.quote(folder)}" if folder else ""
    if totals.foreign and configured:
        said.append(
            "--template names the other documents' own template; a folder of several forms may "
            'have D108 = "off" under [tool.draft.check]'
        )
    elif totals.foreign:
        said.append(
            f"`draft init{where}` makes a template of the headings that the documents share; where "
            "they have one, --template names it, or `template` in the project's configuration"
        )
    if totals.first and totals.first != OTHER_TEMPLATE:
        said.append(f"`draft check --explain {totals.first}` says how to mend the first")
    if totals.fixable:
        said.append(f"`draft check{where} --fix` may mend {totals.fixable} of them")
    return tuple(said)


def format_annotations(report: DocumentReport, path: str) -> Iterator[str]:
    """Yield GitHub's commands for one document; `path` is given from the workspace."""
    if report.error is not None:
        yield _format_command("error", (("file", path), ("title", "draft")), report.error.message)
    for remark in report.remarks:
        yield _format_command(
            _GITHUB_LEVELS[remark.finding.severity],
            (("file", path), *_list_place(remark)),
            remark.finding.message,
        )


def _list_place(remark: QuotedFinding) -> tuple[tuple[str, str], ...]:
    finding = remark.finding
    line, column = str(finding.line), finding.column
    length = finding.width or len(remark.source.rstrip()) - column + 1
    # GitHub wants no columns where a range has no length.
    columns = (("col", str(column)), ("endColumn", str(column + length))) if length > 0 else ()
    title = f"{finding.code} {RULES.name(finding.code)}"
    return ("line", line), ("endLine", line), *columns, ("title", title)


def _format_command(word: str, properties: tuple[tuple[str, str], ...], message: str) -> str:
    said = ",".join(f"{name}={_escape_property(value)}" for name, value in properties)
    return f"::{word} {said}::{_escape_data(message)}"


def _escape_data(text: str) -> str:
    return make_harmless(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


def build_sarif_log(reports: Iterable[DocumentReport], root: Path) -> dict[str, Json]:
    """Return one run's log in SARIF; paths below `root` are given from there."""
    rules = list(RULES.values())
    places = {rule.code: index for index, rule in enumerate(rules)}
    results: list[Json] = []
    notifications: list[Json] = []
    for report in reports:
        artifact = _describe_artifact(report.path, root)
        results.extend(
            _describe_result(remark, artifact, places[remark.finding.code])
            for remark in report.remarks
        )
        if report.error is not None:
            notifications.append(
                {
                    "level": "error",
                    "message": {"text": make_harmless(report.error.message)},
                    "locations": [{"physicalLocation": {"artifactLocation": artifact}}],
                }
            )
    run: dict[str, Json] = {
        "tool": {"driver": _describe_driver(rules)},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT_ID: {"description": {"text": "The root of the repository."}}},
        "invocations": [
            {
                "executionSuccessful": not notifications,
                "toolExecutionNotifications": notifications,
            }
        ],
        "results": results,
    }
    return {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}


def _describe_driver(rules: Sequence[Rule]) -> dict[str, Json]:
    return {
        "name": "draft",
        "version": __version__,
        "rules": [_describe_rule(rule) for rule in rules],
    }


def _describe_rule(rule: Rule) -> dict[str, Json]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.about},
        "help": {"text": f"{rule.about} `draft check --explain {rule.code}` says more."},
        "defaultConfiguration": {"level": rule.severity, "enabled": rule.on},
    }


def _describe_artifact(path: Path, root: Path) -> dict[str, Json]:
    inside = find_relative_path(path, root)
    if not inside:
        return {"uri": Path(path).resolve().as_uri()}
    return {"uri": quote(inside, errors="surrogateescape"), "uriBaseId": _ROOT_ID}


def _describe_result(remark: QuotedFinding, artifact: Json, rule: int) -> dict[str, Json]:
    finding = remark.finding
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": make_harmless(finding.message)},
        "locations": [
            {"physicalLocation": {"artifactLocation": artifact, "region": _describe_region(remark)}}
        ],
    }


def _describe_region(remark: QuotedFinding) -> dict[str, Json]:
    """Return where a finding is: lines and columns from 1, columns in code units of UTF-16."""
    line = remark.source.rstrip("\r\n")
    finding = remark.finding
    start = min(finding.column - 1, len(line))
    end = min(start + finding.width, len(line)) if finding.width else len(line.rstrip())
    region: dict[str, Json] = {
        "startLine": finding.line,
        "startColumn": _count_utf16_units(line[:start]) + 1,
    }
    if end > start:
        region |= {"endLine": finding.line, "endColumn": _count_utf16_units(line[:end]) + 1}
    return region


def _count_utf16_units(text: str) -> int:
    """Return the length of a text in UTF-16; a byte that is no UTF-8 counts as one."""
    return len(text) + sum(character > "\uffff" for character in text)
