"""`draft DESCRIPTION`: a new numbered document from one line."""

import asyncio
import json
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from assistant import assemble, compose, context, forecast, journal, store
from assistant.ask import Meter, unusable
from assistant.brief import Brief
from assistant.briefing import briefed
from assistant.connect import Connection, connect
from assistant.document import encode, parse
from assistant.errors import DraftError, Exit
from assistant.finding import UNWRITTEN, Finding
from assistant.generate import Progress, Writer, repaired
from assistant.instruct import Subject
from assistant.journal import fingerprint
from assistant.kept import Kept
from assistant.language import named, spelled
from assistant.llm import Usage
from assistant.number import parse as numbered
from assistant.number import slug
from assistant.server import without_key
from assistant.settings import Settings
from assistant.stop import Stop
from assistant.template import Template
from assistant.tokens import Counter, fit
from assistant.validate import validate

CUT = "the description is longer than the model can read: its middle was left out"
SMALLER = "use a shorter template or description"
_SUFFIX = ".md"
_ABOUT = 2000  # characters of a description that its journal's first line has
_COARSE = 2.0  # seconds to which some file systems keep their times
SHORT = 40  # characters of a description that can be a file's name as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One document to be drafted: what it is about, by which template, as of which day.

    `references` are items for its list of references, besides the links in the description.
    """

    description: str
    kind: str
    template: Template
    author: str
    date: str
    save: bool = True
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run came to.

    `path` is None where nothing was saved, `stopped` is a signal's exit code or 0. `lost` says why
    neither the document nor its answers could be written: then `text` is all that is left.
    `repaired` are the sections that were asked for again, with the sentences why. `answered` are
    the names by which the server, which is at `place`, says that the model answered.
    """

    text: str
    title: str
    path: Path | None
    findings: tuple[Finding, ...]
    unwritten: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    usage: Usage
    seconds: float
    repairs: int
    resumed: int
    model: str
    stopped: int = 0
    lost: str = ""
    repaired: tuple[tuple[str, tuple[str, ...]], ...] = ()
    answered: tuple[str, ...] = ()
    place: str = ""

    @property
    def exit_code(self) -> int:
        """The command's exit code."""
        if self.lost:
            return Exit.FILE
        if self.stopped:
            return self.stopped
        bad = any(f.severity == "error" or f.code == UNWRITTEN for f in self.findings)
        return Exit.FINDINGS if bad or self.unwritten else Exit.DONE


def key(job: Job, settings: Settings, model: str) -> str:
    """What identifies a run, so that an unfinished one is found again."""
    return journal.digest(
        "draft",
        job.description,
        job.kind,
        job.template.text,
        str(settings.dir),
        spelled(settings.language),
        model,
    )


async def draft(job: Job, settings: Settings, progress: Progress, stop: Stop) -> Outcome:
    """Draft a document and save it. Raises DraftError where nothing could be drafted."""
    if job.save:
        store.prepare(settings.dir)
    run = asyncio.create_task(_draft(job, settings, progress, stop))
    stopping = asyncio.create_task(stop.event.wait())
    await asyncio.wait({run, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if stop.code and not stop.gathering:
        run.cancel()
    try:
        return await run
    except asyncio.CancelledError:
        raise interrupted(stop) from None


def interrupted(stop: Stop) -> DraftError:
    """The error for a run that was stopped before any section was answered."""
    return DraftError(
        "stopped before any section was written; nothing was saved.",
        code="interrupted",
        exit_code=Exit(stop.code),
        hint="The same command goes on from what was answered.",
    )


async def _draft(job: Job, settings: Settings, progress: Progress, stop: Stop) -> Outcome:
    async with connect(settings, progress) as connection:
        kept = open_journal(job, settings, connection.name, progress)
        try:
            return await _Run(job, settings, connection, progress, stop, kept).run()
        finally:
            kept.close()


def find_begun(job: Job, settings: Settings, model: str) -> tuple[Path, journal.Journal] | None:
    """The document that an unfinished run of this kind saved, with its journal, now held.

    The document may have been edited, renamed or moved since. None where there is none any more,
    and where another process is at work on it.
    """
    secrets = (settings.api_key,) if settings.api_key else ()
    found = journal.find(key(job, settings, model), secrets=secrets)
    if found is None:
        return None
    path = place_of(found, settings.dir)
    if path is None:
        found.close()
        return None
    return path, found


def place_of(found: journal.Journal, folder: Path) -> Path | None:
    """Where the document that a journal's answers are for is by now.

    It is known by its path; else, having been moved, or never been told of as its run was killed,
    by what it holds: then it is in its folder, or somewhere in the repository.
    """
    named = found.entries.get(journal.DOCUMENT, "")
    content = found.entries.get(journal.CONTENT, "")
    if named and _is_file(named):
        return Path(named)
    if not content:
        return None
    start = Path(named).parent if named else folder
    beside = sorted(start.iterdir()) if start.is_dir() else []
    root = context.root_of(folder, Path.cwd())
    others = (root / name for name in sorted(context.look(root).files))
    return next((p for p in (*beside, *others) if _holds(p, content, found.started)), None)


def _holds(path: Path, content: str, since: float) -> bool:
    """Whether a document that was written since then has just this content."""
    try:
        about = path.stat()
        if path.suffix != _SUFFIX or about.st_mtime < since - _COARSE:
            return False
        return stat.S_ISREG(about.st_mode) and fingerprint(path.read_bytes()) == content
    except OSError:
        return False


def open_journal(job: Job, settings: Settings, model: str, progress: Progress) -> Kept:
    """The journal of an earlier run of this kind that came to no end, or a new one."""
    secrets = (settings.api_key,) if settings.api_key else ()
    identity = key(job, settings, model)
    found = journal.find(identity, secrets=secrets)
    if found is not None:
        gone = found.entries.get(journal.DOCUMENT, "")
        if job.save and gone and not _is_file(gone):
            progress.noted(f"{_relative(gone)} is gone: this is a new document")
        if found.answers:
            progress.noted(
                f"going on with an unfinished run: {found.answers} "
                f"{'answer is' if found.answers == 1 else 'answers are'} kept"
            )
        found.tell(progress.noted)
        return Kept(found, drafted=True)
    for other in journal.pending():
        same = other.about.get("description") == job.description[:_ABOUT]
        if same and other.about.get("folder") == str(settings.dir) and _is_file(other.document):
            shown = _relative(other.document)
            text = f"{shown} is of the same description: `draft fill {shown}` goes on there"
            progress.noted(text)
    about = {
        "command": "draft", "description": job.description[:_ABOUT], "folder": str(settings.dir),
    }  # fmt: skip
    made = journal.Journal.open(identity, about, secrets=secrets)
    made.tell(progress.noted)
    return Kept(made, drafted=True)


def _is_file(path: str) -> bool:
    return os.path.isfile(path)  # noqa: PTH113  a path as it was kept


def _relative(path: str) -> str:
    with suppress(ValueError, OSError):  # on another drive, or from nowhere
        return os.path.relpath(path, os.path.realpath("."))
    return path


@dataclass(slots=True)
class _Run:
    """One run, from the brief to the saved file."""

    job: Job
    settings: Settings
    connection: Connection
    progress: Progress
    stop: Stop
    kept: Kept

    async def run(self) -> Outcome:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        job = self.job
        meter = Meter(
            model=self.connection.model,
            estimate=self.connection.counter.prompt,
            cap=self.settings.max_tokens_total,
            learned=lambda name: self.kept.record(journal.MODEL, name),
        )
        own = self.connection
        around = context.around(self.settings.dir, Path.cwd())
        if around.note:
            self.progress.noted(around.note)
        subject = fitted(job, self.settings.language, own.window, own.counter)
        if subject.description != job.description:
            self.progress.noted(CUT)
        subject = replace(subject, repository=around)
        forecast.refuse_above_cap(
            forecast.of_draft(subject, job.template), self.settings, own.counter, SMALLER
        )
        writer = Writer(
            meter=meter,
            progress=self.progress,
            keeper=self.kept,
            concurrency=self.connection.concurrency,
            called=self.job.description,
        )
        brief = await briefed(writer, subject, job.template, self.stop)
        document = compose.begin(job.template, brief)
        planned = compose.plan(job.template, document, brief, subject)
        self.kept.know(planned.requests, subject, own.name)
        if len(planned.requests) > 1:
            await self.connection.share_prefix(subject.messages(planned.shared, ""))
        self.stop.gathering = True
        written = await compose.write(planned, writer, subject, self.stop.event)
        if not any(done.answer for done in written):
            if self.stop.code:
                raise interrupted(self.stop)
            reasons = [done.problem for done in written if done.problem]
            raise unusable(
                f"no section could be written: {reasons[0] if reasons else 'nothing to write'}",
                writer.hint,
            )
        facts = assemble.Facts(
            title=brief.title, author=job.author, date=job.date, slug=slug(self._name(brief)),
            references=job.references,
        )  # fmt: skip
        made = compose.composed(planned, written, brief, subject, facts)
        made = replace(made, text=without_key(made.text, self.settings.api_key))
        path, lost = None, ""
        try:
            path = self._saved(brief, made, subject)
        except DraftError as error:
            if self.kept.journal.durable:
                error.hint = (
                    f"{error.hint} The answers are kept: the same command uses them.".strip()
                )
                raise
            lost = f"{error.where}: {error.message}"
        return Outcome(
            text=made.text, title=brief.title, path=path,
            findings=validate(job.template, parse(made.text)),
            unwritten=made.unwritten, notes=made.notes, usage=meter.usage,
            seconds=loop.time() - begun,
            repairs=writer.repairs + sum(done.repairs for done in written),
            resumed=sum(done.resumed for done in written),
            model=self.connection.name, stopped=self.stop.code, lost=lost,
            repaired=repaired(writer, written), answered=meter.answered, place=own.place,
        )  # fmt: skip

    def _name(self, brief: Brief) -> str:
        """What the file is called after: a short description itself, else the brief's title."""
        own = self.job.description
        return (
            own
            if "\n" not in own and len(own) <= SHORT and any(c.isalnum() for c in own)
            else brief.title
        )

    def _saved(self, brief: Brief, made: compose.Composition, subject: Subject) -> Path | None:
        path = None
        if self.job.save:
            self._described(made.text, subject)
            path = store.save(
                self.settings.dir,
                self._name(brief),
                encode(made.text),
                noted=self.progress.noted,
                above=_number_of(self.kept.journal.entries.get(journal.DOCUMENT, "")),
            )
        if not made.unwritten:
            self.kept.finish()
        if not made.unwritten or path is None:
            return path
        self.kept.record(journal.DOCUMENT, os.path.realpath(path))
        return path

    def _described(self, text: str, subject: Subject) -> None:
        """Keep what `fill` needs to go on with this document, wherever it is by then."""
        about = {
            "description": subject.description,
            "kind": subject.kind,
            "language": subject.language,
        }
        self.kept.record(journal.SUBJECT, json.dumps(about))
        self.kept.record(journal.CONTENT, fingerprint(encode(text)))


def _number_of(document: str) -> int:
    """The number in a document's name; 0 where there is none."""
    entry = numbered(os.path.basename(document))  # noqa: PTH119  a path as it was kept
    return entry.number if entry else 0


def fitted(job: Job, language: str, window: int, counter: Counter) -> Subject:
    """The subject, its description cut to what the model can read beside all the rest."""
    # The brief's instruction, the outline and the longest answer share the window with it.
    description = fit(job.description, max(256, window // 2), counter)
    return Subject(
        description=description,
        kind=job.kind,
        language=spelled(language) or named(job.description[:4000]),
    )


__all__ = ["Job", "Outcome", "Stop", "draft"]
