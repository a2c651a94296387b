"""What a run would send, and whether that is within its cap."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from assistant.drafting import compose
from assistant.drafting.task import FillTask, find_known_brief, needs_brief, plan_fill
from assistant.errors import DraftError, Exit
from assistant.llm.model import Prompt
from assistant.markdown.document import parse_document
from assistant.prompting import prompts
from assistant.prompting.brief import Brief
from assistant.prompting.prompts import DocumentSubject
from assistant.template.template import Template


def forecast_draft_prompts(subject: DocumentSubject, template: Template) -> Iterator[Prompt]:
    """Every prompt of a draft, with the template's own examples where a brief would give names."""
    yield prompts.make_brief_prompt(subject, template)
    planned = compose.plan_requests(
        template, parse_document(template.text), _make_example_brief(template), subject
    )
    for asked in planned.requests:
        yield prompts.make_section_prompt(subject, planned.shared, asked)


def refuse_finished_template(subject: DocumentSubject, template: Template) -> None:
    """Raise DraftError (exit code 4) where a template leaves nothing for a model to write."""
    planned = compose.plan_requests(
        template, parse_document(template.text), _make_example_brief(template), subject
    )
    if not planned.requests:
        raise DraftError(
            "this template has nothing for a model to write.",
            code="bad-template",
            exit_code=Exit.FILE,
            where=template.name,
            hint="A heading with nothing under it, or with a comment, is a section to be written.",
        )


def forecast_fill_prompts(
    task: FillTask, subject: DocumentSubject, entries: Mapping[str, str]
) -> Iterator[Prompt]:
    """Likewise every prompt of a fill; `entries` are the answers that are kept."""
    task = replace(task, subject=subject)
    known = find_known_brief(entries, task)
    forced = task.scope.forced.__contains__
    first = plan_fill(task, task.document, known or Brief(title=""), forced)
    if known is None and (needs_brief(task) or len(first.requests) > 1):
        yield prompts.make_brief_prompt(subject, first.template)
        first = plan_fill(task, task.document, _make_example_brief(first.template), forced)
    for asked in first.requests:
        yield prompts.make_section_prompt(subject, first.shared, asked)


def _make_example_brief(template: Template) -> Brief:
    """A brief whose names are the template's example headings."""
    names = tuple((k, tuple(h.title for h in heads)) for k, heads in template.groups.items())
    return Brief(title="(the brief's title)", approach="(the brief's approach)", names=names)
