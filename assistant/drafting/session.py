"""What a draft and a fill have in common: one connection, one journal, and the writer over both."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.drafting.compose import WritingPlan
from assistant.folder import journal
from assistant.folder.journal import name_section_entry
from assistant.prompting.form import make_answer_schema
from assistant.prompting.prompts import DocumentSubject
from assistant.prompting.request import SectionRequest
from assistant.prompting.run import (
    ResumableAnswers,
    RunSession,
    make_no_answer_error,
    make_stopped_error,
)
from assistant.prompting.sections import SectionResult, SectionWriter
from assistant.repo.files import Repository, read_repository_around

# Tokens of a subject at least: a smaller window has no room for an answer to it anyway.
_MIN_SUBJECT_TOKENS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftingSession(RunSession):
    """A run that writes sections, with what it needs around them."""

    def read_repository(self, folder: Path) -> Repository:
        """Return the files of a folder's repository, and tell why they could not be listed."""
        found = read_repository_around(folder, Path.cwd())
        if found.note:
            self.progress.noted(found.note)
        return found

    def make_writer(self, description: str = "") -> SectionWriter:
        """Return the writer of all sections; a `description` names a document without a title."""
        return SectionWriter(
            meter=self.make_meter(),
            progress=self.progress,
            keeper=self.kept,
            concurrency=self.connection.concurrency,
            called=description,
        )

    async def ask_for_sections(
        self,
        planned: WritingPlan,
        writer: SectionWriter,
        subject: DocumentSubject,
        before: str = "",
    ) -> tuple[SectionResult, ...]:
        """Return what came of every request of a plan, in its order.

        `before` is the text of a document in which something is to be written anew.
        """
        name_kept_answers(self.kept, planned.requests, subject, self.connection.name, before)
        if len(planned.requests) > 1:
            await self.connection.share_prefix(subject.make_messages(planned.shared, ""))
        self.stop.gathering = True  # from here on a run that is stopped has answers to save
        return await writer.write_sections(
            subject, planned.shared, planned.requests, self.stop.event
        )

    def refuse_unanswered(self, written: Sequence[SectionResult], writer: SectionWriter) -> None:
        """Raise DraftError where no section has an answer: the run was stopped, or all failed."""
        if any(done.answer for done in written):
            return
        if self.stop.code:
            raise make_stopped_error(self.stop)
        reasons = [done.problem for done in written if done.problem]
        reason = reasons[0] if reasons else "nothing to write"
        raise make_no_answer_error(f"no section could be written: {reason}", writer.outage.hint)


def measure_subject_room(window: int) -> int:
    """Return how many tokens of a model's window a subject may take.

    The brief's instruction, the outline and the longest answer share the window with it.
    """
    return max(_MIN_SUBJECT_TOKENS, window // 2)


def name_kept_answers(
    kept: ResumableAnswers,
    requests: Sequence[SectionRequest],
    subject: DocumentSubject,
    model: str,
    before: str = "",
) -> None:
    """Say under which names the answers to these requests are kept."""
    for asked in requests:
        keys = [want.key for want in asked.wants]
        # An answer to other slots, another hint or a text that was changed is another answer.
        how = (subject.hint, subject.language, model, before)
        mark = journal.digest_parts(*keys, make_answer_schema(asked), *how)
        kept.bind_entry(name_section_entry(asked.id), mark)
