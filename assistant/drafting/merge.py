"""Puts answers into a document as it is by now, and into its file, or refuses to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant import files
from assistant.drafting import compose
from assistant.drafting.compose import WritingPlan
from assistant.drafting.plan import needs_brief, plan_fill
from assistant.drafting.task import FillJob, FillTask
from assistant.editing.assemble import (
    NO_REFERENCES,
    NOTHING_OPEN,
    assemble_document,
    edit_list,
    edit_metadata,
    find_given_links,
)
from assistant.editing.guard import (
    FillScope,
    check_untouched,
    find_open_lists,
    find_writable_spans,
)
from assistant.editing.prepare import (
    SectionKey,
    find_unbegun_groups,
    make_own_template,
    make_section_keys,
)
from assistant.editing.write import fill_section, mark_inapplicable, remove_guidance
from assistant.errors import DraftError
from assistant.folder import store
from assistant.folder.journal import CONTENT_ENTRY, fingerprint_content
from assistant.markdown.document import (
    Document,
    decode_text,
    encode_text,
    load_document,
    parse_document,
)
from assistant.markdown.edit import Edit
from assistant.markdown.elements import fold_name
from assistant.prompting.brief import Brief
from assistant.prompting.run import Progress, ResumableAnswers
from assistant.prompting.sections import SectionResult
from assistant.template.align import (
    Alignment,
    align_document,
    find_leftover_examples,
    find_untouched_examples,
)
from assistant.template.fields import MatchedBody
from assistant.template.pairing import SectionMatch, is_untouched
from assistant.template.unwritten import find_askable_fields, find_open_questions

REPLACED_ENTRY = "@before"  # the journal's entry with the text that was replaced
_CHANGED_MEANWHILE = "its text was changed meanwhile, and that change stays"
_NOTHING_LEFT = "nothing is left of the answer once it is made harmless"
_ADDED_MEANWHILE = "it was not there when the model was asked"
_NO_USABLE_NAMES = "the brief gave no usable names for what stands under it"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledDocument:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheredAnswers:
    """What came of a run: what was asked for, what was said, and by which brief."""

    plan: WritingPlan
    written: tuple[SectionResult, ...]
    brief: Brief

    @property
    def keys(self) -> Mapping[str, SectionKey]:
        """The key of each section that was asked for, by the request's id."""
        names = make_section_keys(self.plan.document)
        return {
            done.asked.id: names[self.plan.matches[done.asked.id].index] for done in self.written
        }


def put_answers(task: FillTask, document: Document, answers: GatheredAnswers) -> FilledDocument:
    """Return a document as it is now with the answers in it.

    A section to be written anew keeps its text where its answer does not become all of it. Raises
    DraftError where anything else would change.
    """
    keys = answers.keys
    ready = {keys[d.asked.id] for d in answers.written if d.answer and not d.problem}
    forced = _find_unchanged_forced(task, document) & ready
    filled = _merge_forced(task, document, answers, forced)
    failed = {own: reason for own, reason in filled.unwritten if keys.get(own) in forced}
    if not failed:
        return filled
    kept = _merge_forced(task, document, answers, forced - {keys[own] for own in failed})
    return replace(
        kept,
        unwritten=tuple((dict(kept.unwritten) | failed).items()),
        overtaken=tuple(own for own in kept.overtaken if own not in failed),
    )


def _merge_forced(
    task: FillTask, document: Document, answers: GatheredAnswers, forced: frozenset[SectionKey]
) -> FilledDocument:
    """Return the document with the answers in it; only `forced` sections lose their text."""
    planned = plan_fill(task, document, answers.brief, forced.__contains__)
    merger = _Merger(task, planned, answers)
    edits = list(merger.make_edits())
    text, lost = assemble_document(planned.template, planned.document, edits)
    spans = find_writable_spans(replace(task.scope, forced=forced), planned.template, document)
    listed = bool(dict(edits)["questions"])
    if listed:
        alignment = align_document(planned.template, document)
        spans += find_open_lists(alignment, "questions", NOTHING_OPEN)
    after = parse_document(text)
    check_untouched(planned.template, planned.document, after, document, sorted(spans))
    done_for = {name for name, group in edits if group} - set(lost)
    return FilledDocument(
        text=text,
        written=tuple(d.asked.id for d in answers.written if d.asked.id in done_for),
        unwritten=tuple(_explain_unwritten(merger, after, lost, forced).items()),
        overtaken=tuple(merger.find_overtaken()),
        notes=tuple(merger.list_notes()),
        questions=() if listed else tuple(merger.list_new_questions(document)),
    )


def _explain_unwritten(
    merger: "_Merger", after: Document, lost: Sequence[str], forced: frozenset[SectionKey]
) -> dict[str, str]:
    """Return the sections that are still to be written, each with the reason.

    Of several reasons the last is told: it says best what a person can do about it.
    """
    answers, task = merger.answers, merger.task
    reasons = dict(_list_unwritten(merger, after))
    reasons |= {done.asked.id: done.problem for done in answers.written if done.problem}
    reasons |= dict.fromkeys(lost, "the answer would have changed the structure")
    for key, done in merger.results.items():
        whole = bool(done.answer and not done.problem)
        if whole and key in task.scope.forced and key not in forced:
            reasons[done.asked.id] = _CHANGED_MEANWHILE
    return reasons


def _find_unchanged_forced(task: FillTask, document: Document) -> frozenset[SectionKey]:
    """Return the sections to be written anew that nobody changed since they were read."""
    before = dict(zip(make_section_keys(task.document), task.document.sections, strict=True))
    now = dict(zip(make_section_keys(document), document.sections, strict=True))
    return frozenset(
        key
        for key in task.scope.forced & now.keys() & before.keys()
        if now[key].body == before[key].body
    )


def _list_unwritten(merger: "_Merger", after: Document) -> Iterator[tuple[str, str]]:
    """Yield what is still to be written in a document that has the answers, with the reason."""
    names = make_section_keys(after)
    task = merger.task
    wanted = task.scope.wanted
    left = compose.plan_requests(
        merger.planned.template,
        after,
        merger.answers.brief,
        task.subject,
        compose.RequestFilter(wanted=lambda match: wanted(names[match.index])),
    )
    results = merger.results
    for asked in left.requests:
        done = results.get(names[left.matches[asked.id].index])
        yield (done.asked.id, _NOTHING_LEFT) if done else (asked.id, _ADDED_MEANWHILE)
    for key in find_unbegun_groups(left.alignment, wanted):
        yield key, _NO_USABLE_NAMES


@dataclass(slots=True)
class _Merger:
    """The edits that a document takes from answers, and those that it no longer takes."""

    task: FillTask
    planned: WritingPlan
    answers: GatheredAnswers

    @property
    def results(self) -> dict[SectionKey, SectionResult]:
        """What came of each section, by its key."""
        keys = self.answers.keys
        return {keys[done.asked.id]: done for done in self.answers.written}

    def find_overtaken(self) -> Iterator[str]:
        """Yield the sections that are written by now, or gone: their answers have no place."""
        places = self._find_places()
        for key, done in self.results.items():
            if done.answer is None:
                continue
            match = places.get(key)
            fields = find_askable_fields(match, optional=True) if match else ()
            open_keys = {field.answer_key for field in fields}
            said = {value.key for value in done.answer.values}
            if not said <= open_keys or (done.answer.not_applicable and not open_keys):
                yield done.asked.id

    def _find_places(self) -> dict[SectionKey, SectionMatch]:
        """Return the sections that answers can go into, by their keys."""
        names = make_section_keys(self.planned.document)
        left = find_untouched_examples(self.planned.alignment)
        matches = self.planned.alignment.matches
        return {names[m.index]: m for m in matches if m.index not in left}

    def make_edits(self) -> Iterator[tuple[str, tuple[Edit, ...]]]:
        """Yield the edits of each part of the document, with the part's name."""
        planned, task = self.planned, self.task
        limited = self._limit_to_chosen()
        facts = (
            task.facts if task.facts.title else replace(task.facts, title=self.answers.brief.title)
        )
        yield "metadata", tuple(edit_metadata(limited, facts))
        for match, reason in planned.aside:
            yield match.section.title, (mark_inapplicable(match, reason),)
        aside = {match.index for match, _ in planned.aside}
        places = self._find_places()
        for key, done in self.results.items():
            found = places.get(key)
            if found is not None and found.index not in aside:
                yield done.asked.id, tuple(self._edit_section(found, done))
        texts = self._list_questions()
        # The list is the program's: what a section leaves open belongs there, whichever was chosen.
        whole = planned.alignment if texts else limited
        yield "questions", tuple(edit_list(whole, "questions", texts, NOTHING_OPEN))
        linked = find_given_links(task.references)
        yield "references", tuple(edit_list(limited, "references", linked, NO_REFERENCES))

    def _limit_to_chosen(self) -> Alignment:
        """Return the alignment with the chosen sections only."""
        alignment, names = self.planned.alignment, make_section_keys(self.planned.document)
        if not self.task.scope.chosen:
            return alignment
        matches = tuple(m for m in alignment.matches if self.task.scope.wanted(names[m.index]))
        nothing = MatchedBody(fields=(), missing=(), guidance=())
        return replace(alignment, matches=matches, front=nothing)

    def _edit_section(self, match: SectionMatch, done: SectionResult) -> Iterator[Edit]:
        if done.answer is None:
            return
        task, shared = self.task, self.planned.shared
        answer = compose.settle_answer(done.answer, done.asked, task.subject, shared)
        yield from fill_section(match, answer)
        whole = not done.problem and not done.answer.not_applicable
        if whole and self.task.drafted and is_untouched(match):
            yield from remove_guidance(match)

    def _list_questions(self) -> tuple[str, ...]:
        asked = compose.collect_questions(self.answers.written, self.answers.brief)
        return tuple(self.task.subject.mark_paths(text) for text in asked)

    def list_new_questions(self, document: Document) -> Iterator[str]:
        """Yield the open questions that a document does not ask already."""
        alignment = align_document(self.planned.template, document)
        known = [fold_name(text) for text in find_open_questions(alignment)]
        for text in self._list_questions():
            bare = fold_name(text.rpartition(" (")[0] or text)
            if not any(bare in other for other in known):
                yield text

    def list_notes(self) -> Iterator[str]:
        """Yield what a person should know: examples that are left over."""
        for item in find_leftover_examples(self.planned.alignment):
            yield f'"{item.title}" is left over from the template: write it or delete it.'


def save_filled_document(
    job: FillJob,
    answers: GatheredAnswers,
    filled: FilledDocument,
    kept: ResumableAnswers,
    progress: Progress,
) -> FilledDocument:
    """Put a filled document into its file as that is by now, and return what was put there.

    The journal is removed where nothing is left for which it could be of use. Raises DraftError
    where the file can't be written; the filled document is beside it then, as the error says.
    """
    try:
        filled = _merge_into_file(job, answers, filled, kept, progress)
    except DraftError as error:
        raise kept.add_journal_hint(error) from error
    if files.read_document_bytes(job.path) != encode_text(filled.text):
        progress.noted(f"the file was changed again; what it held before is kept in {kept.place}")
    elif not filled.overtaken and not filled.unwritten and is_complete(job, filled.text):
        kept.finish()
    return filled


def _merge_into_file(
    job: FillJob,
    answers: GatheredAnswers,
    filled: FilledDocument,
    kept: ResumableAnswers,
    progress: Progress,
) -> FilledDocument:
    def change(data: bytes) -> tuple[bytes, FilledDocument]:
        made = filled
        if data != job.data:
            progress.noted("the file was changed meanwhile: those changes stay")
            document = load_document(data, str(job.path))
            made = put_answers(job.task, document, answers)
        new = encode_text(made.text)
        if new != data:
            # The bytes that go stay in the journal until the new ones are seen in their place.
            kept.journal.record(REPLACED_ENTRY, decode_text(data))
            kept.journal.record(CONTENT_ENTRY, fingerprint_content(new))
        return new, made

    return store.update_file(job.path, change, known=job.data, write=store.replace_or_save_beside)


def is_complete(job: FillJob, text: str) -> bool:
    """Return whether nothing is left for which the journal could be of use."""
    document = parse_document(text)
    every = replace(job.task, document=document, scope=FillScope())
    template = job.task.template or make_own_template(document)
    left = plan_fill(replace(every, template=template), document, Brief(title=""), lambda _: False)
    return not left.requests and not needs_brief(every)
