"""What a run will ask for: the requests of a fill, whether it needs a brief, and every prompt."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from assistant.drafting import compose
from assistant.drafting.compose import RequestFilter, WritingPlan
from assistant.drafting.task import FillTask
from assistant.editing.prepare import (
    GivenNames,
    SectionFilter,
    add_missing_headings,
    begin_items,
    empty_sections,
    find_unbegun_groups,
    is_untitled,
    make_own_template,
    make_section_keys,
    name_headings,
)
from assistant.errors import DraftError, Exit
from assistant.folder.journal import find_brief_entry
from assistant.llm.model import Prompt
from assistant.markdown.document import Document
from assistant.prompting import prompts
from assistant.prompting.brief import Brief, ground_brief, read_brief
from assistant.prompting.prompts import DocumentSubject
from assistant.template.align import Alignment, align_document, find_group_items
from assistant.template.fields import ListItems
from assistant.template.template import Template


def plan_fill(
    task: FillTask, document: Document, brief: Brief, forced: SectionFilter
) -> WritingPlan:
    """Return what is to be asked for in a document; the plan's has its headings added and named.

    `forced` says which sections are to be written anew.
    """
    template = task.template or make_own_template(document, forced)
    base = add_missing_headings(template, document) if task.scope.missing else document
    base = empty_sections(template, base, forced)
    base = begin_items(template, base, task.scope.wanted)
    base = name_headings(template, base, _given_names(brief), task.scope.wanted)
    names = make_section_keys(base)
    # A slot that the template calls optional is left alone, unless somebody named its section.
    return compose.plan_requests(
        template,
        base,
        prefer_document_names(brief, align_document(template, base)),
        task.subject,
        RequestFilter(
            wanted=lambda match: task.scope.wanted(names[match.index]),
            optional=bool(task.scope.chosen),
        ),
    )


def _given_names(brief: Brief) -> GivenNames:
    return GivenNames(
        title=brief.title,
        groups=dict(brief.names),
        absent=brief.none,
        aside={section for section, _ in brief.not_applicable},
    )


def prefer_document_names(brief: Brief, alignment: Alignment) -> Brief:
    """Return the brief with the names that the document has already: they win."""
    names = dict(brief.names)
    for key in alignment.template.groups:
        found = tuple(item.title for item in find_group_items(alignment, key) if item.touched)
        if found:
            names[key] = found
    for match in alignment.matches:
        for group in match.body.fields:
            if isinstance(group, ListItems) and group.written:
                names[" > ".join(match.spec.path)] = tuple(
                    item.name for item in group.items if item.touched and item.name
                )
    tops = [section for section in alignment.document.sections if section.level == 1]
    title = brief.title if not tops or is_untitled(alignment) else tops[0].title
    return replace(brief, title=title, names=tuple(names.items()))


def find_known_brief(entries: Mapping[str, str], task: FillTask) -> Brief | None:
    """Return a journal's brief if it has every name that the document still needs."""
    said = find_brief_entry(entries)
    if not said:
        return None
    template = task.template or make_own_template(task.document)
    found, _ = read_brief(said, template)
    if not found.title:
        return None
    aside = {section for section, _ in found.not_applicable}
    for key in find_unbegun_groups(align_document(template, task.document), task.scope.wanted):
        if not (found.get_names(key) or key in found.none or key.partition(" > ")[2] in aside):
            return None
    # As when it was new, so that the sections are asked for with the same outline.
    return ground_brief(found, task.subject.description)


def needs_brief(task: FillTask) -> bool:
    """Return whether the document has a title or heading groups that only a brief can name."""
    if task.template is None:
        return False
    alignment = align_document(task.template, task.document)
    return bool(find_unbegun_groups(alignment, task.scope.wanted)) or (
        is_untitled(alignment) and not task.scope.chosen
    )


def forecast_draft_prompts(subject: DocumentSubject, template: Template) -> Iterator[Prompt]:
    """Yield every prompt of a draft; the template's own examples stand for a brief's names."""
    yield prompts.make_brief_prompt(subject, template)
    planned = _plan_examples(subject, template)
    for asked in planned.requests:
        yield prompts.make_section_prompt(subject, planned.shared, asked)


def refuse_finished_template(subject: DocumentSubject, template: Template) -> None:
    """Raise DraftError (exit code 4) where a template leaves nothing for a model to write."""
    if not _plan_examples(subject, template).requests:
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
    """Yield every prompt of a fill; `entries` are the answers that are kept."""
    task = replace(task, subject=subject)
    known = find_known_brief(entries, task)
    forced = task.scope.forced.__contains__
    first = plan_fill(task, task.document, known or Brief(title=""), forced)
    if known is None and (needs_brief(task) or len(first.requests) > 1):
        yield prompts.make_brief_prompt(subject, first.template)
        first = plan_fill(task, task.document, _make_example_brief(first.template), forced)
    for asked in first.requests:
        yield prompts.make_section_prompt(subject, first.shared, asked)


def _plan_examples(subject: DocumentSubject, template: Template) -> WritingPlan:
    """Return what a draft asks for if a brief names things as the template's examples do."""
    return compose.plan_requests(
        template, template.document, _make_example_brief(template), subject
    )


def _make_example_brief(template: Template) -> Brief:
    """Return a brief whose names are the template's example headings."""
    names = tuple((k, tuple(h.title for h in heads)) for k, heads in template.groups.items())
    return Brief(title="(the brief's title)", approach="(the brief's approach)", names=names)
