"""`draft check [DOC...]`: documents against their template, without a model."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from os import environ
from pathlib import Path

from assistant import (
    builtin,
    catalog,
    errors,
    output,
    parallel,
    plain,
    readme,
    register,
    report,
    settings,
)
from assistant.config import FORMAT, FORMATS
from assistant.errors import Exit
from assistant.examine import check_folder
from assistant.finding import Finding
from assistant.inspection import Inspection
from assistant.lint.registry import RULES
from assistant.lint.shelf import Shelf
from assistant.report import Manner
from assistant.ruling import ruling
from assistant.selection import Choice, selected
from assistant.settings import Options, Settings
from assistant.verdict import Tally, Verdict


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
    verdicts = output.Counted(every, manner, alone=len(paths) == 1)
    output.PRINTERS["diff" if options.diff else options.form](verdicts, manner)
    sums = verdicts.sums
    said = (
        plain.summary(sums, fixing=options.fix, trying=options.diff)
        if paths
        else "nothing to check"
    )
    report.say(said, manner)
    if options.form == "text" and not options.fix:
        for next_step in plain.advice(
            sums, configured=resolved.template is not None, folder=options.settings.dir or ""
        ):
            report.say(next_step, manner, "hint")
    return _code(sums, options)


def _rules(options: CheckOptions) -> int:
    """Print what a rule is about, or all rules."""
    from assistant import explain, pager, style  # noqa: PLC0415  a check needs no manual

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

    def rows(path: Path) -> tuple[register.Entry, ...]:
        return readme.list_rows(path, catalog.catalog(resolved.dir, resolved.template, say))

    found = check_folder(Shelf(resolved.dir, say, rows), beside=True)
    for path in dict.fromkeys(path for path, _ in found):
        verdict = inspection.beside(path, [finding for own, finding in found if own == path])
        if verdict.remarks:
            yield verdict


def _code(sums: Tally, options: CheckOptions) -> int:
    if sums.unusable:
        return Exit.FILE
    return Exit.FINDINGS if sums.errors or (options.diff and sums.changed) else Exit.DONE
