"""Answers and a document as it is now to the document as it will be, or a refusal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant import files
from assistant.drafting import compose
from assistant.drafting import compose as unknown
from assistant.drafting.compose import Plan
from assistant.drafting.task import Job, Task, needs_brief, plan
from assistant.editing.assemble import (
    NO_REFERENCES,
    NOTHING_OPEN,
    assembled,
    links,
    listing,
    metadata,
)
from assistant.editing.guard import Scope, check, key_of, open_lists, writable
from assistant.editing.prepare import Key, keys, own, unbegun
from assistant.editing.write import fill, inapplicable, uncommented
from assistant.errors import DraftError
from assistant.folder import store
from assistant.folder.journal import CONTENT, fingerprint
from assistant.markdown.document import Document, decode, encode, load, parse
from assistant.markdown.edit import Edit
from assistant.markdown.elements import fold
from assistant.prompting.brief import Brief
from assistant.prompting.sections import Kept, Progress, Written
from assistant.template.align import Alignment, align, examples, left_over
from assistant.template.fields import Body
from assistant.template.pairing import Match, untouched
from assistant.template.status import open_questions
from assistant.template.unwritten import askable_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A document with answers in it.

    `written` are the sections that were, `unwritten` those that were not, with the reason,
    `overtaken` those whose answers came too late, because somebody wrote there meanwhile.
    `questions` are the open ones that the document has no place for and does not ask itself.
    """

    text: str
    written: tuple[str, ...]
    unwritten: tuple[tuple[str, str], ...]
    overtaken: tuple[str, ...]
    notes: tuple[str, ...]
    questions: tuple[str, ...] = ()


def merge(
    task: Task, document: Document, asked: Plan, written: Sequence[Written], brief: Brief
) -> Filled:
    """The answers put into a document as it is now. Raises DraftError where more would change.

    A section to be written anew keeps its text where its answer does not become all of it.
    """
    names = keys(asked.document)
    key = {done.asked.id: names[asked.matches[done.asked.id].index] for done in written}
    ready = {key[done.asked.id] for done in written if done.answer and not done.problem}
    forced = _as_it_was(task, document) & ready
    filled = _merged_merge(task, document, asked, written, brief, forced)
    failed = {own: reason for own, reason in filled.unwritten if key.get(own) in forced}
    if not failed:
        return filled
    kept = _merged_merge(
        task, document, asked, written, brief, forced - {key[own] for own in failed}
    )
    return replace(
        kept,
        unwritten=tuple((dict(kept.unwritten) | failed).items()),
        overtaken=tuple(own for own in kept.overtaken if own not in failed),
    )


def _merged_merge(
    task: Task, document: Document, asked: Plan, written: Sequence[Written], brief: Brief,
    forced: frozenset[Key],
) -> Filled:  # fmt: skip
    names = keys(asked.document)
    answers = {names[asked.matches[done.asked.id].index]: done for done in written}
    planned = plan(task, document, brief, forced.__contains__)
    merger = _Merger(task, planned, answers, brief)
    edits = list(merger.edits(written))
    text, lost = assembled(planned.template, planned.document, edits)
    spans = writable(replace(task.scope, forced=forced), planned.template, document)
    asked_for = dict(edits)["questions"]
    if asked_for:
        spans += open_lists(align(planned.template, document), "questions", NOTHING_OPEN)
    check(planned.template, planned.document, parse(text), document, sorted(spans))
    done_for = {name for name, group in edits if group} - set(lost)
    refused = dict.fromkeys(lost, "the answer would have changed the structure")
    failed = {d.asked.id: d.problem for d in written if d.problem}
    gone = [d.asked.id for d in written if _gone(task, forced, names, asked, d)]
    # Of several reasons the last is told: it says best what a person can do about it.
    unwritten = (
        dict(_left(planned, parse(text), brief, task, answers))
        | failed
        | refused
        | dict.fromkeys(gone, _OVERTAKEN)
    )
    return Filled(
        text=text,
        written=tuple(d.asked.id for d in written if d.asked.id in done_for),
        unwritten=tuple(unwritten.items()),
        overtaken=tuple(merger.overtaken),
        notes=tuple(merger.notes()),
        questions=() if asked_for else tuple(merger.questions(written, document)),
    )


_OVERTAKEN = "its text was changed meanwhile, and that change stays"
_NOTHING = "nothing is left of the answer once it is made harmless"
_ADDED = "it was not there when the model was asked"
_NAMELESS = "the brief gave no usable names for what stands under it"


def _gone(
    task: Task, forced: frozenset[Key], names: Sequence[Key], asked: Plan, done: Written
) -> bool:
    """Whether a section was to be written anew, and somebody else did."""
    key = names[asked.matches[done.asked.id].index]
    return bool(done.answer and not done.problem) and key in task.scope.forced and key not in forced


def _as_it_was(task: Task, document: Document) -> frozenset[Key]:
    """The sections to be written anew that nobody changed since they were read."""
    before = dict(zip(keys(task.document), task.document.sections, strict=True))
    now = dict(zip(keys(document), document.sections, strict=True))
    return frozenset(
        key
        for key in task.scope.forced & now.keys() & before.keys()
        if now[key].body == before[key].body
    )


def _left(
    planned: Plan, after: Document, brief: Brief, task: Task, answers: Mapping[Key, Written]
) -> Iterator[tuple[str, str]]:
    """What is still to be written in a document, with the reason."""
    names = keys(after)
    wanted = task.scope.wanted
    left = compose.plan(
        planned.template, after, brief, task.subject, lambda match: wanted(names[match.index])
    )
    for asked in left.requests:
        done = answers.get(names[left.matches[asked.id].index])
        yield (done.asked.id, _NOTHING) if done else (asked.id, _ADDED)
    for key in unbegun(left.alignment, wanted):
        yield key, _NAMELESS


@dataclass(slots=True)
class _Merger:
    """The edits that a document takes from answers, and those that it no longer takes."""

    task: Task
    planned: Plan
    answers: Mapping[Key, Written]
    brief: Brief

    @property
    def overtaken(self) -> Iterator[str]:
        """Sections that are written by now, or gone, so that an answer has no place any more."""
        places = self._places()
        for key, done in self.answers.items():
            if done.answer is None:
                continue
            match = places.get(key)
            open_keys = set(map(key_of, askable_fields(match, optional=True))) if match else set()
            said = {value.key for value in done.answer.values}
            if not said <= open_keys or (done.answer.not_applicable and not open_keys):
                yield done.asked.id

    def _places(self) -> dict[Key, Match]:
        names = keys(self.planned.document)
        left = examples(self.planned.alignment)
        matches = self.planned.alignment.matches
        return {names[m.index]: m for m in matches if m.index not in left}

    def edits(self, written: Sequence[Written]) -> Iterator[tuple[str, tuple[Edit, ...]]]:
        planned, task = self.planned, self.task
        limited = self._limited()
        facts = task.facts if task.facts.title else replace(task.facts, title=self.brief.title)
        yield "metadata", tuple(metadata(limited, facts))
        for match, reason in planned.aside:
            yield match.section.title, (inapplicable(match, reason),)
        aside = {match.index for match, _ in planned.aside}
        places = self._places()
        for key, done in self.answers.items():
            found = places.get(key)
            if found is not None and found.index not in aside:
                yield done.asked.id, tuple(self._section(found, done))
        texts = self._asked(written)
        # The list is the program's: what a section leaves open belongs there, whichever was chosen.
        whole = planned.alignment if texts else limited
        yield "questions", tuple(listing(whole, "questions", texts, NOTHING_OPEN))
        linked = links(task.references)
        yield "references", tuple(listing(limited, "references", linked, NO_REFERENCES))

    def _limited(self) -> Alignment:
        """The alignment with the chosen sections only."""
        alignment, names = self.planned.alignment, keys(self.planned.document)
        if not self.task.scope.chosen:
            return alignment
        matches = tuple(m for m in alignment.matches if self.task.scope.wanted(names[m.index]))
        return replace(alignment, matches=matches, front=Body(fields=(), missing=(), guidance=()))

    def _section(self, match: Match, done: Written) -> Iterator[Edit]:
        if done.answer is None:
            return
        task, shared = self.task, self.planned.shared
        yield from fill(match, compose.settled(done.answer, done.asked, task.subject, shared))
        whole = not done.problem and not done.answer.not_applicable
        if whole and self.task.drafted and untouched(match):
            yield from uncommented(match)

    def _asked(self, written: Sequence[Written]) -> tuple[str, ...]:
        asked = unknown.questions(written, self.brief)
        return tuple(self.task.subject.marked(text) for text in asked)

    def questions(self, written: Sequence[Written], document: Document) -> Iterator[str]:
        """The open questions that a document does not ask already."""
        known = [fold(text) for text in open_questions(align(self.planned.template, document))]
        for text in self._asked(written):
            bare = fold(text.rpartition(" (")[0] or text)
            if not any(bare in other for other in known):
                yield text

    def notes(self) -> Iterator[str]:
        """What a person should know: examples left over."""
        for item in left_over(self.planned.alignment):
            yield f'"{item.title}" is left over from the template: write it or delete it.'


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
    if files.read(job.path) != encode(filled.text):
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
