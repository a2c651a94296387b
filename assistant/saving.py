"""Puts answers into a file: whatever was done to it meanwhile, and whatever ends the program."""

from dataclasses import dataclass, replace

from assistant import disk, store
from assistant.brief import Brief
from assistant.compose import Plan
from assistant.document import decode, encode, load, parse
from assistant.errors import DraftError
from assistant.generate import Progress, Written
from assistant.guard import Scope
from assistant.job import Job
from assistant.journal import CONTENT, fingerprint
from assistant.kept import Kept
from assistant.merge import Filled, merge
from assistant.shape import own
from assistant.task import needs_brief, plan

BEFORE = "@before"  # the journal's entry with the bytes that were replaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What came of a run: what was asked for, what was said, and by which brief."""

    plan: Plan
    written: tuple[Written, ...]
    brief: Brief


def save(job: Job, answers: Answers, filled: Filled, kept: Kept, progress: Progress) -> Filled:
    """Put a filled document into its file as that is by now; what was put there is returned.

    The journal is removed where nothing is left for which it could be of use. Raises DraftError
    where the file can't be written; the filled document is beside it then, as the error says.
    """
    try:
        filled = _merged(job, answers, filled, kept, progress)
    except DraftError as error:
        raise kept.named(error) from error
    if disk.read(job.path) != encode(filled.text):
        progress.noted(f"the file was changed again; what it held before is kept in {kept.place}")
    elif not filled.overtaken and not filled.unwritten and is_complete(job, filled.text):
        kept.finish()
    return filled


def _merged(job: Job, answers: Answers, filled: Filled, kept: Kept, progress: Progress) -> Filled:
    def change(data: bytes) -> tuple[bytes, Filled]:
        made = filled
        if data != job.data:
            progress.noted("the file was changed meanwhile: those changes stay")
            document = load(data, str(job.path))
            made = merge(job.task, document, answers.plan, answers.written, answers.brief)
        new = encode(made.text)
        if new != data:
            # The bytes that go stay in the journal until the new ones are seen in their place.
            kept.journal.record(BEFORE, decode(data))
            kept.journal.record(CONTENT, fingerprint(new))
        return new, made

    return store.update_file(job.path, change, known=job.data, write=store.put)


def is_complete(job: Job, text: str) -> bool:
    """Whether nothing is left for which the journal could be of use."""
    document = parse(text)
    every = replace(job.task, document=document, scope=Scope())
    template = job.task.template or own(document)
    left = plan(replace(every, template=template), document, Brief(title=""), lambda _: False)
    return not left.requests and not needs_brief(every)
