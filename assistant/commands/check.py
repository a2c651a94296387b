"""`draft check [DOC...]`: documents against their template, without a model."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import errors, parallel, settings
from assistant.config import CHECK_FORMATS, DEFAULT_FORMAT
from assistant.errors import Exit
from assistant.folder import catalog, index
from assistant.folder.store import DocumentChoice, select_documents
from assistant.lint import formats
from assistant.lint.check import check_folder
from assistant.lint.formats import (
    build_sarif_log,
    format_annotations,
    format_report,
    format_reports,
)
from assistant.lint.neighbours import DocumentFolder
from assistant.lint.registry import RULES, parse_rule_config
from assistant.lint.report import CheckTotals, DocumentReport, describe_finding, find_relative_path
from assistant.lint.rule import OTHER_TEMPLATE, Finding
from assistant.lint.run import Inspection, find_working_root
from assistant.settings import SettingOptions, Settings
from assistant.template import template as builtin
from assistant.terminal import report
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import choose_look

if TYPE_CHECKING:
    from assistant.errors import Json


class CheckedDocuments:
    """Verdicts on their way to a printer, with the sums of those that went by.

    A file that can't be used is said on stderr and does not keep the others from being checked;
    where it is the only one, the command has come to nothing: its DraftError is raised.
    """

    def __init__(
        self, verdicts: Iterator[DocumentReport], manner: OutputStyle, *, alone: bool
    ) -> None:
        self.sums = CheckTotals()
        self._verdicts = verdicts
        self._manner = manner
        self._alone = alone

    def __iter__(self) -> Iterator[DocumentReport]:
        """Each verdict once."""
        told: set[str] = set()
        for verdict in self._verdicts:
            if verdict.error is not None and self._alone:
                raise verdict.error
            self.sums = self.sums.plus(verdict)
            if verdict.error is not None:
                report.print_error(verdict.error)
            if verdict.note:
                report.print_message(verdict.note, self._manner, "note")
            for note in verdict.unseen:
                if note not in told:
                    report.print_message(note, self._manner, "note")
            told.update(verdict.unseen)
            yield verdict


def _print_text(verdicts: CheckedDocuments, manner: OutputStyle) -> None:
    how = choose_look(sys.stdout, environ)
    foreign: list[DocumentReport] = []
    for verdict in verdicts:
        own, rest = verdict.split(OTHER_TEMPLATE)
        foreign += [own] if own.remarks else []
        said = format_report(rest, how, errors_only=manner.quiet)
        if said:
            report.print_document(said)
    said = format_reports(foreign, how, errors_only=manner.quiet)
    if said:
        report.print_document(said)


def _print_json(verdicts: CheckedDocuments, manner: OutputStyle) -> None:
    del manner  # a machine reads all of it
    findings: list[Json] = []
    unusable: list[Json] = []
    for verdict in verdicts:
        path = verdict.short_path
        if verdict.error is not None:
            unusable.append({"path": path, **report.build_error_fields(verdict.error)})
        findings += (
            {"path": path, **describe_finding(remark.finding)} for remark in verdict.remarks
        )
    sums = verdicts.sums
    report.print_json(
        ok=not (sums.errors or sums.unusable), findings=findings, unusable=unusable,
        documents=sums.documents, fixed=sums.fixed,
    )  # fmt: skip


def _print_annotations(verdicts: CheckedDocuments, manner: OutputStyle) -> None:
    del manner
    root = Path(environ.get("GITHUB_WORKSPACE") or find_working_root())
    for verdict in verdicts:
        path = find_relative_path(verdict.path, root) or str(verdict.path)
        for line in format_annotations(verdict, path):
            report.print_result(line)


def _print_sarif(verdicts: CheckedDocuments, manner: OutputStyle) -> None:
    del manner
    report.print_json_object(build_sarif_log(verdicts, find_working_root()))


def _print_diff(verdicts: CheckedDocuments, manner: OutputStyle) -> None:
    del manner
    for verdict in verdicts:
        report.print_diff(verdict.changes)


PRINTERS: dict[str, Callable[[CheckedDocuments, OutputStyle], None]] = {
    "text": _print_text,
    "json": _print_json,
    "github": _print_annotations,
    "sarif": _print_sarif,
    "diff": _print_diff,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """What a person asked of a check: which documents, in which form, and whether to mend them."""

    choice: DocumentChoice = field(default_factory=DocumentChoice)
    format: str = ""
    fix: bool = False
    diff: bool = False
    explain: str = ""
    list: bool = False
    settings: SettingOptions = field(default_factory=SettingOptions)
    manner: OutputStyle = field(default_factory=OutputStyle)

    @property
    def form(self) -> str:
        """Return the form that is meant, `--json` being another name of one."""
        return "json" if self.manner.json else self.format or DEFAULT_FORMAT


def run_check(options: CheckOptions) -> int:
    """Print what is wrong with documents; the exit code says whether anything is an error."""
    _refuse_contradictions(options)
    if options.explain or options.list:
        return _print_rules(options)
    manner = replace(options.manner, json=options.form == "json")
    resolved = settings.resolve_settings(options.settings, environ, Path.cwd())
    rules = parse_rule_config(resolved.check, str(resolved.file or ""))
    paths = select_documents(resolved.dir, options.choice, resolved.template)
    beyond = _check_numbers_elsewhere(paths, manner)
    inspection = Inspection(builtin.load_template(resolved.template), rules, beyond)
    every = _inspect_documents(inspection, paths, options)
    if options.choice == DocumentChoice():
        every = chain(every, _inspect_index(inspection, resolved, manner))
    verdicts = CheckedDocuments(every, manner, alone=len(paths) == 1)
    PRINTERS["diff" if options.diff else options.form](verdicts, manner)
    sums = verdicts.sums
    said = (
        formats.format_totals(sums, fixing=options.fix, trying=options.diff)
        if paths
        else "nothing to check"
    )
    report.print_message(said, manner)
    if options.form == "text" and not options.fix:
        for next_step in formats.suggest_next_steps(
            sums, configured=resolved.template is not None, folder=options.settings.dir or ""
        ):
            report.print_message(next_step, manner, "hint")
    return _choose_exit_code(sums, options)


def _print_rules(options: CheckOptions) -> int:
    """Print what a rule is about, or all rules."""
    from assistant.commands import explain  # noqa: PLC0415  a check needs no manual
    from assistant.terminal import pager, style  # noqa: PLC0415  a check needs no manual

    rules = [explain.find_rule(options.explain)] if options.explain else list(RULES.values())
    if options.form == "json":
        report.print_json(ok=True, rules=[explain.build_rule_fields(rule) for rule in rules])
    else:
        most = style.measure_columns(sys.stdout, environ)
        text = (
            explain.format_rule_page(rules[0], most)
            if options.explain
            else explain.format_rule_table(rules, most)
        )
        pager.show_pages(text, environ)
    return Exit.DONE


def _refuse_contradictions(options: CheckOptions) -> None:
    if options.manner.json and options.format not in ("", "json"):
        raise errors.make_usage_error(
            f"--json and --format {options.format} are two forms: give one of them"
        )
    if options.form not in CHECK_FORMATS:
        raise errors.make_usage_error(
            f"--format takes {', '.join(CHECK_FORMATS)}, not `{options.form}`"
        )
    if options.diff and not options.fix:
        raise errors.make_usage_error("--diff shows what --fix would change: give both")
    if options.diff and options.form != "text":
        raise errors.make_usage_error(f"--diff is a form of its own: leave `{options.form}` out")


def _check_numbers_elsewhere(
    paths: Sequence[Path], manner: OutputStyle
) -> Mapping[Path, Sequence[Finding]]:
    """What the numbers of a folder's documents on other branches say about these."""
    found: dict[Path, list[Finding]] = {}
    for folder in dict.fromkeys(path.parent for path in paths):
        shelf = DocumentFolder(folder, lambda note: report.print_message(note, manner, "note"))
        for path, finding in check_folder(shelf):
            found.setdefault(path, []).append(finding)
    return found


def _inspect_documents(
    inspection: Inspection, paths: Sequence[Path], options: CheckOptions
) -> Iterator[DocumentReport]:
    """One document after the other, each read when its turn comes and then forgotten."""
    if options.fix:
        return (inspection.fix(path, write=not options.diff) for path in paths)
    return parallel.map_in_processes(inspection.check, paths)


def _inspect_index(
    inspection: Inspection, resolved: Settings, manner: OutputStyle
) -> Iterator[DocumentReport]:
    """What there is to say about the index of the folder, if it keeps one."""

    def say(note: str) -> None:
        report.print_message(note, manner, "note")

    def rows(path: Path) -> tuple[index.IndexRow, ...]:
        return index.list_index_rows(
            path, catalog.list_documents(resolved.dir, resolved.template, say)
        )

    found = check_folder(DocumentFolder(resolved.dir, say, rows), beside=True)
    for path in dict.fromkeys(path for path, _ in found):
        verdict = inspection.report_beside(path, [finding for own, finding in found if own == path])
        if verdict.remarks:
            yield verdict


def _choose_exit_code(sums: CheckTotals, options: CheckOptions) -> int:
    if sums.unusable:
        return Exit.FILE
    return Exit.FINDINGS if sums.errors or (options.diff and sums.changed) else Exit.DONE
