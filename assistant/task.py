"""What is to be filled in a document, and what a model is asked for it."""

from dataclasses import dataclass, field, replace

from assistant import compose
from assistant.addition import completed
from assistant.align import Alignment, align
from assistant.assemble import Facts
from assistant.brief import Brief
from assistant.compose import Plan
from assistant.document import Document
from assistant.example import items
from assistant.field import Items
from assistant.guard import Scope
from assistant.instruct import Subject
from assistant.shape import Wanted, begun, emptied, keys, named, own, untitled
from assistant.template import Template


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be filled, and by which rules.

    `template` is None for a document without one. `drafted` says that the document is a draft of
    ours that goes on, so that a section nobody touched loses its guidance.
    """

    template: Template | None
    document: Document
    facts: Facts
    subject: Subject
    references: str = ""
    scope: Scope = field(default_factory=Scope)
    drafted: bool = False


def plan(task: Task, document: Document, brief: Brief, forced: Wanted) -> Plan:
    """What is to be asked for; its document is the one with headings added and named."""
    template = task.template or own(document, forced)
    base = completed(template, document) if task.scope.missing else document
    base = emptied(template, base, forced)
    base = begun(template, base, task.scope.wanted)
    base = named(template, base, brief, task.scope.wanted)
    names = keys(base)
    return compose.plan(
        template, base, with_own(brief, align(template, base)), task.subject,
        lambda match: task.scope.wanted(names[match.index]),
    )  # fmt: skip


def with_own(brief: Brief, alignment: Alignment) -> Brief:
    """The brief with the names that the document has already: they win."""
    names = dict(brief.names)
    for key in alignment.template.groups:
        found = tuple(item.title for item in items(alignment, key) if item.touched)
        if found:
            names[key] = found
    for match in alignment.matches:
        for group in match.body.fields:
            if isinstance(group, Items) and group.written:
                names[" > ".join(match.spec.path)] = tuple(
                    item.name for item in group.items if item.touched and item.name
                )
    tops = [section for section in alignment.document.sections if section.level == 1]
    title = brief.title if not tops or untitled(alignment) else tops[0].title
    return replace(brief, title=title, names=tuple(names.items()))
