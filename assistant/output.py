"""What a check prints on stdout, in each of its forms, as the verdicts come in."""

import sys
from collections.abc import Callable, Iterator
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import report
from assistant.annotation import annotations
from assistant.finding import FOREIGN
from assistant.plain import text, together
from assistant.report import Manner
from assistant.sarif import log
from assistant.style import look
from assistant.verdict import Tally, Verdict, project_root, relative

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
            {"path": verdict.shown, **report.finding(remark.finding)} for remark in verdict.remarks
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
