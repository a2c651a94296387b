"""`draft check [DOC...]`: documents against their template, without a model."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import errors, parallel, settings
from assistant.config import FORMAT, FORMATS
from assistant.errors import Exit
from assistant.folder import catalog, index
from assistant.folder.store import Choice, selected
from assistant.lint import formats, registry
from assistant.lint.check import check_folder, ruling
from assistant.lint.formats import annotations, log, text, together
from assistant.lint.neighbours import Shelf
from assistant.lint.registry import RULES
from assistant.lint.rule import FOREIGN, Finding
from assistant.lint.run import Inspection, Tally, Verdict, project_root, relative
from assistant.settings import Options, Settings
from assistant.template import template as builtin
from assistant.terminal import report
from assistant.terminal.report import Manner
from assistant.terminal.style import look

if TYPE_CHECKING:
    from assistant.errors import Json


class Counted:
    """Verdicts on their way to a printer, with the sums of those that went by.

    A file that can't be used is said on stderr and does not keep the others from being checked;
    where it is the only one, the command has come to nothing: its DraftError is raised.
    """

    def __init__(self, verdicts: Iterator[Verdict], manner: Manner, *, alone: bool) -> None:
        self.sums = Tally()
        self._verdicts = verdicts
        self._manner = manner
        self._alone = alone

    def __iter__(self) -> Iterator[Verdict]:
        """Each verdict once."""
        told: set[str] = set()
        for verdict in self._verdicts:
            if verdict.error is not None and self._alone:
                raise verdict.error
            self.sums = self.sums.plus(verdict)
            if verdict.error is not None:
                report.failed(verdict.error)
            if verdict.note:
                report.say(verdict.note, self._manner, "note")
            for note in verdict.unseen:
                if note not in told:
                    report.say(note, self._manner, "note")
            told.update(verdict.unseen)
            yield verdict


def _text(verdicts: Counted, manner: Manner) -> None:
    how = look(sys.stdout, environ)
    foreign: list[Verdict] = []
    for verdict in verdicts:
        own, rest = verdict.parted(FOREIGN)
        foreign += [own] if own.remarks else []
        said = text(rest, how, errors_only=manner.quiet)
        if said:
            report.document(said)
    said = together(foreign, how, errors_only=manner.quiet)
    if said:
        report.document(said)


def _json(verdicts: Counted, manner: Manner) -> None:
    del manner  # a machine reads all of it
    findings: list[Json] = []
    unusable: list[Json] = []
    for verdict in verdicts:
        if verdict.error is not None:
            unusable.append({"path": verdict.shown, **report.error(verdict.error)})
        findings += (
            {"path": verdict.shown, **registry.finding(remark.finding)}
            for remark in verdict.remarks
        )
    sums = verdicts.sums
    report.as_json(
        ok=not (sums.errors or sums.unusable), findings=findings, unusable=unusable,
        documents=sums.documents, fixed=sums.fixed,
    )  # fmt: skip


def _github(verdicts: Counted, manner: Manner) -> None:
    del manner
    root = Path(environ.get("GITHUB_WORKSPACE") or project_root())
    for verdict in verdicts:
        path = relative(verdict.path, root) or str(verdict.path)
        for line in annotations(verdict, path):
            report.result(line)


def _sarif(verdicts: Counted, manner: Manner) -> None:
    del manner
    report.as_object(log(verdicts, project_root()))


def _diff(verdicts: Counted, manner: Manner) -> None:
    del manner
    for verdict in verdicts:
        report.changes(verdict.changes)


PRINTERS: dict[str, Callable[[Counted, Manner], None]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
    "diff": _diff,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """What a person asked of a check: which documents, in which form, and whether to mend them."""

    choice: Choice = field(default_factory=Choice)
    format: str = ""
    fix: bool = False
    diff: bool = False
    explain: str = ""
    list: bool = False
    settings: Options = field(default_factory=Options)
    manner: Manner = field(default_factory=Manner)

    @property
    def form(self) -> str:
        """Return the form that is meant, `--json` being another name of one."""
        return "json" if self.manner.json else self.format or FORMAT


def check(options: CheckOptions) -> int:
    """Print what is wrong with documents; the exit code says whether anything is an error."""
    _consistent(options)
    if options.explain or options.list:
        return _rules(options)
    manner = replace(options.manner, json=options.form == "json")
    resolved = settings.resolve(options.settings, environ, Path.cwd())
    rules = ruling(resolved.check, str(resolved.file or ""))
    paths = selected(resolved.dir, options.choice, resolved.template)
    beyond = _beyond(paths, manner)
    inspection = Inspection(builtin.chosen(resolved.template), rules, beyond)
    every = _verdicts(inspection, paths, options)
    if options.choice == Choice():
        every = chain(every, _index(inspection, resolved, manner))
    verdicts = Counted(every, manner, alone=len(paths) == 1)
    PRINTERS["diff" if options.diff else options.form](verdicts, manner)
    sums = verdicts.sums
    said = (
        formats.summary(sums, fixing=options.fix, trying=options.diff)
        if paths
        else "nothing to check"
    )
    report.say(said, manner)
    if options.form == "text" and not options.fix:
        for next_step in formats.advice(
            sums, configured=resolved.template is not None, folder=options.settings.dir or ""
        ):
            report.say(next_step, manner, "hint")
    return _code(sums, options)


def _rules(options: CheckOptions) -> int:
    """Print what a rule is about, or all rules."""
    from assistant.commands import explain  # noqa: PLC0415  a check needs no manual
    from assistant.terminal import pager, style  # noqa: PLC0415  a check needs no manual

    rules = [explain.rule(options.explain)] if options.explain else list(RULES.values())
    if options.form == "json":
        report.as_json(ok=True, rules=[explain.fields(rule) for rule in rules])
    else:
        most = style.columns(sys.stdout, environ)
        text = explain.page(rules[0], most) if options.explain else explain.table(rules, most)
        pager.show_pages(text, environ)
    return Exit.DONE


def _consistent(options: CheckOptions) -> None:
    if options.manner.json and options.format not in ("", "json"):
        raise errors.usage(f"--json and --format {options.format} are two forms: give one of them")
    if options.form not in FORMATS:
        raise errors.usage(f"--format takes {', '.join(FORMATS)}, not `{options.form}`")
    if options.diff and not options.fix:
        raise errors.usage("--diff shows what --fix would change: give both")
    if options.diff and options.form != "text":
        raise errors.usage(f"--diff is a form of its own: leave `{options.form}` out")


def _beyond(paths: Sequence[Path], manner: Manner) -> Mapping[Path, Sequence[Finding]]:
    """What the numbers of a folder's documents on other branches say about these."""
    found: dict[Path, list[Finding]] = {}
    for folder in dict.fromkeys(path.parent for path in paths):
        shelf = Shelf(folder, lambda note: report.say(note, manner, "note"))
        for path, finding in check_folder(shelf):
            found.setdefault(path, []).append(finding)
    return found


def _verdicts(
    inspection: Inspection, paths: Sequence[Path], options: CheckOptions
) -> Iterator[Verdict]:
    """One document after the other, each read when its turn comes and then forgotten."""
    if options.fix:
        return (inspection.mended(path, write=not options.diff) for path in paths)
    return parallel.mapped(inspection.verdict, paths)


def _index(inspection: Inspection, resolved: Settings, manner: Manner) -> Iterator[Verdict]:
    """What there is to say about the index of the folder, if it keeps one."""

    def say(note: str) -> None:
        report.say(note, manner, "note")

    def rows(path: Path) -> tuple[index.Entry, ...]:
        return index.list_rows(path, catalog.catalog(resolved.dir, resolved.template, say))

    found = check_folder(Shelf(resolved.dir, say, rows), beside=True)
    for path in dict.fromkeys(path for path, _ in found):
        verdict = inspection.beside(path, [finding for own, finding in found if own == path])
        if verdict.remarks:
            yield verdict


def _code(sums: Tally, options: CheckOptions) -> int:
    if sums.unusable:
        return Exit.FILE
    return Exit.FINDINGS if sums.errors or (options.diff and sums.changed) else Exit.DONE
