"""`draft check [DOC...]`: hold documents to their template, without a model."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import errors, parallel, settings
from assistant.config import CHECK_FORMATS, DEFAULT_FORMAT
from assistant.errors import Exit
from assistant.folder.store import DocumentChoice, select_documents
from assistant.lint import formats
from assistant.lint.formats import (
    build_sarif_log,
    format_annotations,
    format_report,
    format_reports,
)
from assistant.lint.registry import RULES, RuleConfig, parse_rule_config
from assistant.lint.report import (
    CheckTotals,
    DocumentReport,
    describe_finding,
    find_relative_path,
    find_working_root,
)
from assistant.lint.rule import OTHER_TEMPLATE, Finding
from assistant.lint.surroundings import DocumentFolder, KnownRepositories, check_folder
from assistant.settings import SettingOptions, Settings
from assistant.shipped import read_template_bytes
from assistant.terminal import report
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import choose_look, measure_columns

if TYPE_CHECKING:
    from assistant.errors import Json
    from assistant.folder import index
    from assistant.lint.recall import Known
    from assistant.lint.run import Inspection


class CheckedDocuments:
    """Reports on documents on their way to a printer, with the totals of those that went by.

    A file that can't be used is named on stderr, and the others are checked all the same; if it is
    `alone`, the command has come to nothing, and its DraftError is raised.
    """

    def __init__(
        self, documents: Iterator[DocumentReport], manner: OutputStyle, *, alone: bool
    ) -> None:
        self.sums = CheckTotals()
        self._verdicts = documents
        self._manner = manner
        self._alone = alone

    def __iter__(self) -> Iterator[DocumentReport]:
        """Yield each report once."""
        told: set[str] = set()
        for checked in self._verdicts:
            if checked.error is not None and self._alone:
                raise checked.error
            self.sums = self.sums.plus(checked)
            if checked.error is not None:
                report.print_error(checked.error)
            if checked.note:
                report.print_message(checked.note, self._manner, "note")
            for note in checked.unseen:
                if note not in told:
                    report.print_message(note, self._manner, "note")
            told.update(checked.unseen)
            yield checked


def _print_text(documents: CheckedDocuments, manner: OutputStyle) -> None:
    """Print findings for people; those of documents that follow another template come last."""
    look = choose_look(sys.stdout, environ)
    foreign: list[DocumentReport] = []
    for checked in documents:
        own, rest = checked.split(OTHER_TEMPLATE)
        foreign += [own] if own.remarks else []
        text = format_report(rest, look, errors_only=manner.quiet)
        if text:
            report.print_document(text)
    text = format_reports(foreign, look, errors_only=manner.quiet)
    if text:
        report.print_document(text)


def _print_json(documents: CheckedDocuments, manner: OutputStyle) -> None:
    """Print all findings, and the files that could not be used, as one object."""
    del manner  # a machine reads all of it, here and below
    findings: list[Json] = []
    unusable: list[Json] = []
    for checked in documents:
        path = checked.short_path
        if checked.error is not None:
            unusable.append({"path": path, **report.build_error_fields(checked.error)})
        findings += (
            {"path": path, **describe_finding(remark.finding)} for remark in checked.remarks
        )
    sums = documents.sums
    report.print_json(
        ok=not (sums.errors or sums.unusable),
        findings=findings,
        unusable=unusable,
        documents=sums.documents,
        fixed=sums.fixed,
    )


def _print_annotations(documents: CheckedDocuments, manner: OutputStyle) -> None:
    del manner
    root = Path(environ.get("GITHUB_WORKSPACE") or find_working_root())
    for checked in documents:
        path = find_relative_path(checked.path, root) or str(checked.path)
        for line in format_annotations(checked, path):
            report.print_result(line)


def _print_sarif(documents: CheckedDocuments, manner: OutputStyle) -> None:
    del manner
    report.print_json_object(build_sarif_log(documents, find_working_root()))


def _print_diff(documents: CheckedDocuments, manner: OutputStyle) -> None:
    del manner
    for checked in documents:
        report.print_diff(checked.changes)


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
    no_cache: bool = False
    settings: SettingOptions = field(default_factory=SettingOptions)
    manner: OutputStyle = field(default_factory=OutputStyle)

    @property
    def form(self) -> str:
        """Return the form that is meant: `--json` is another name of one."""
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
    elsewhere = _check_numbers_elsewhere(paths, manner)
    work = _CheckRun(resolved, rules, elsewhere)
    reports = work.fix(paths, options) if options.fix else work.check(paths, options)
    if options.choice == DocumentChoice():
        reports = chain(reports, _inspect_index(work, resolved, manner))
    documents = CheckedDocuments(reports, manner, alone=len(paths) == 1)
    PRINTERS["diff" if options.diff else options.form](documents, manner)
    sums = documents.sums
    totals = formats.format_totals(sums, fixing=options.fix, trying=options.diff)
    report.print_message(totals if paths else "nothing to check", manner)
    if options.form == "text" and not options.fix:
        for next_step in formats.suggest_next_steps(
            sums, configured=resolved.template is not None, folder=options.settings.dir or ""
        ):
            report.print_message(next_step, manner, "hint")
    return _choose_exit_code(sums, options)


def _print_rules(options: CheckOptions) -> int:
    """Print what a rule is about, or all rules; return the exit code."""
    from assistant.display import manual  # noqa: PLC0415  a check needs no manual
    from assistant.terminal import programs  # noqa: PLC0415  likewise

    rules = [manual.find_rule(options.explain)] if options.explain else list(RULES.values())
    if options.form == "json":
        report.print_json(ok=True, rules=[manual.build_rule_fields(rule) for rule in rules])
    else:
        columns = measure_columns(sys.stdout, environ)
        if options.explain:
            text = manual.format_rule_page(rules[0], columns)
        else:
            text = manual.format_rule_table(rules, columns)
        programs.show_pages(text, environ)
    return Exit.DONE


def _refuse_contradictions(options: CheckOptions) -> None:
    """Raise DraftError (exit code 2) for options that do not go together."""
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
    """Return the findings of rules about a whole folder, such as a number that a branch has too."""
    found: dict[Path, list[Finding]] = {}
    for folder in dict.fromkeys(path.parent for path in paths):
        beside = DocumentFolder(folder, lambda note: report.print_message(note, manner, "note"))
        for path, finding in check_folder(beside):
            found.setdefault(path, []).append(finding)
    return found


class _CheckRun:
    """What documents are held against; what examines them is loaded for the first that needs it."""

    def __init__(
        self, resolved: Settings, config: RuleConfig, beyond: Mapping[Path, Sequence[Finding]]
    ) -> None:
        self._template = resolved.template
        self._config = config
        self._beyond = beyond
        self._repositories = KnownRepositories(Path.cwd(), symbols=config.wants_symbols)

    @cached_property
    def inspection(self) -> "Inspection":
        """Return what examines a document. Raises DraftError where there is no such template."""
        from assistant.lint.run import Inspection  # noqa: PLC0415  a report may be known
        from assistant.template import template as builtin  # noqa: PLC0415

        template = builtin.load_template(self._template)
        return Inspection(template, self._config, self._beyond, self._repositories)

    def fix(self, paths: Sequence[Path], options: CheckOptions) -> Iterator[DocumentReport]:
        """Yield one report after the other, each document read and mended when its turn comes."""
        inspection = self.inspection
        return (inspection.fix(path, write=not options.diff) for path in paths)

    def check(self, paths: Sequence[Path], options: CheckOptions) -> Iterator[DocumentReport]:
        """Yield one report after the other, each document read when its turn comes."""
        if options.no_cache or not paths:
            return parallel.map_in_processes(self.inspection.check, paths)
        from assistant.lint import recall  # noqa: PLC0415  loads json

        template = read_template_bytes(self._template)
        common = recall.digest_circumstances(template, self._config)
        known = recall.Recall(common, self._beyond, self._repositories)
        return recall.recall_or_inspect(paths, known, self._inspect)

    def _inspect(self, paths: Iterable[Path]) -> "Iterator[tuple[DocumentReport, Known | None]]":
        rest = iter(paths)
        for first in rest:  # before there is one, nothing is loaded
            yield from parallel.map_in_processes(self.inspection.inspect, chain((first,), rest))


def _inspect_index(
    work: _CheckRun, resolved: Settings, manner: OutputStyle
) -> Iterator[DocumentReport]:
    """Yield a report on the index of the folder, if it keeps one and something is wrong with it."""

    def say(note: str) -> None:
        report.print_message(note, manner, "note")

    def rows(path: Path) -> "tuple[index.IndexRow, ...]":
        from assistant.folder import catalog, index  # noqa: PLC0415  few folders have an index

        found = catalog.list_documents(resolved.dir, resolved.template, say)
        return index.list_index_rows(path, found)

    found = check_folder(DocumentFolder(resolved.dir, say, rows), beside=True)
    for path in dict.fromkeys(path for path, _ in found):
        checked = work.inspection.report_beside(
            path, [finding for place, finding in found if place == path]
        )
        if checked.remarks:
            yield checked


def _choose_exit_code(sums: CheckTotals, options: CheckOptions) -> int:
    if sums.unusable:
        return Exit.FILE
    return Exit.FINDINGS if sums.errors or (options.diff and sums.changed) else Exit.DONE
