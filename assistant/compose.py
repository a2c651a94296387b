"""Composes a document: what is unwritten is asked for, and every answer is put in its place."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant import claim, fence, prompts
from assistant.align import Alignment, Match, align
from assistant.assemble import (
    NO_REFERENCES,
    NOTHING_OPEN,
    Facts,
    assembled,
    links,
    listing,
    metadata,
)
from assistant.blank import blank
from assistant.brief import SHARE, Brief
from assistant.brief import sections as askable
from assistant.difference import Edit
from assistant.document import Document, parse
from assistant.example import examples
from assistant.generate import Writer, Written
from assistant.instruct import BRIEF, Subject
from assistant.naming import groups
from assistant.place import code, commented
from assistant.request import Request, Want, request, titled
from assistant.template import Template
from assistant.unknown import questions
from assistant.unneeded import NONE_NEEDED, fits, needless
from assistant.value import Answer, Value
from assistant.write import fill, inapplicable, uncommented


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A document about to be written: which sections are asked for, which do not apply."""

    template: Template
    document: Document
    alignment: Alignment
    requests: tuple[Request, ...]
    matches: Mapping[str, Match]
    aside: tuple[tuple[Match, str], ...]
    shared: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A written document.

    `unwritten` are sections without an answer, with the reason, `notes` what a person should know.
    """

    text: str
    written: tuple[Written, ...]
    unwritten: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def begin(template: Template, brief: Brief) -> Document:
    """The blank document that a brief gives a template: titled, its heading groups named."""
    names: dict[str, tuple[str, ...]] = {}
    aside = {section for section, _ in brief.not_applicable}
    for key in template.groups:
        parent = _relative(template, key)
        if parent in aside:
            names[key] = ()
        elif brief.of(key) or key in brief.none:
            names[key] = brief.of(key)
    return parse(blank(template, brief.title, names))


def _relative(template: Template, path: str) -> str:
    """A path as a brief names it, without the document's title."""
    title = template.title
    return path.removeprefix(f"{title.title} > ") if title is not None else path


def _everything(_: Match) -> bool:
    return True


def plan(
    template: Template,
    document: Document,
    brief: Brief,
    subject: Subject,
    wanted: Callable[[Match], bool] = _everything,
    *,
    optional: bool = False,
) -> Plan:
    """What is to be asked for in a document, in the sections that are `wanted`.

    `optional` says that slots which the template calls so are asked for too.
    A heading group's examples that nobody began are left alone, unless the brief names them so.
    """
    alignment = align(template, document)
    requests: list[Request] = []
    matches: dict[str, Match] = {}
    aside: list[tuple[Match, str]] = []
    reasons = dict(brief.not_applicable)
    reasons |= {_relative(template, key): NONE_NEEDED for key in brief.none}
    parts = next((names for group, names in brief.names if group not in template.groups), ())
    left = examples(
        alignment, tuple(n for k, ns in brief.names if k in template.groups for n in ns)
    )
    for match in alignment.matches:
        path = " > ".join(match.spec.path)
        reason = reasons.get(_relative(template, path), "") or needless(match.spec, brief, subject)
        if match.index in left or not wanted(match):
            continue
        if reason and fits(match, document):
            aside.append((match, reason))
            continue
        names = brief.of(path) or brief.choices(match.section.title)
        asked = request(match, bug=subject.bug, names=names, parts=parts, optional=optional)
        if asked is not None:
            asked = _unique(asked, matches)
            requests.append(asked)
            matches[asked.id] = match
    return Plan(
        template=template,
        document=document,
        alignment=alignment,
        requests=tuple(requests),
        matches=matches,
        aside=tuple(aside),
        shared=prompts.write_outline(brief, template, [match.section.title for match, _ in aside]),
    )


def _unique(asked: Request, taken: Mapping[str, Match]) -> Request:
    """The request under an id that no other has: a document may repeat its headings."""
    number, own = 1, asked.id
    while own in taken or own == BRIEF:  # which is what progress calls the brief
        number += 1
        own = f"{asked.id} ({number})"
    return replace(asked, id=own)


async def write(
    planned: Plan, writer: Writer, subject: Subject, stop: asyncio.Event
) -> tuple[Written, ...]:
    """The answers to all requests of a plan."""
    return await writer.sections(subject, planned.shared, planned.requests, stop)


def composed(
    planned: Plan, written: Sequence[Written], brief: Brief, subject: Subject, facts: Facts
) -> Composition:
    """The document with the answers, and the program's own slots, in their places."""
    sources = (*facts.references, *links(subject.description))
    asked = questions(written, brief, subject.description)
    texts = tuple(subject.marked(text) for text in asked)
    edits: list[tuple[str, Sequence[Edit]]] = [
        ("metadata", tuple(metadata(planned.alignment, facts))),
        *(
            (match.section.title, (inapplicable(match, subject.marked(reason)),))
            for match, reason in planned.aside
        ),
        *(
            (done.asked.id, tuple(_edits(planned, done, subject)))
            for done in written
            if done.answer
        ),
        (
            "questions",
            tuple(listing(planned.alignment, "questions", texts, NOTHING_OPEN)),
        ),
        (
            "references",
            tuple(listing(planned.alignment, "references", sources, NO_REFERENCES)),
        ),
    ]
    text, lost = assembled(planned.template, planned.document, edits)
    if not text.endswith(("\n", "\r")):
        text += planned.document.newline
    unwritten = tuple((done.asked.id, done.problem) for done in written if done.problem)
    unwritten += tuple((name, "the answer would have changed the structure") for name in lost)
    return Composition(
        text=text,
        written=tuple(written),
        unwritten=unwritten,
        notes=tuple(_notes(planned, written)),
    )


def _edits(planned: Plan, done: Written, subject: Subject) -> Iterator[Edit]:
    match = planned.matches[done.asked.id]
    if done.answer is None:
        return
    yield from fill(match, settled(done.answer, done.asked, subject, planned.shared))
    if not done.problem and not done.answer.not_applicable:
        yield from uncommented(match)


def settled(answer: Answer, asked: Request, subject: Subject, shared: str) -> Answer:
    """The answer `confirmed`, and with a word behind each path that is nowhere.

    What the brief made up is no better than what the section did: only the subject counts.
    """
    sure = confirmed(answer, asked, subject.description + shared)
    code = {want.key for want in asked.wants if want.kind == "code"}
    values = tuple(v if v.key in code else v.mapped(subject.marked) for v in sure.values)
    return replace(sure, values=values, not_applicable=subject.marked(sure.not_applicable))


def confirmed(answer: Answer, asked: Request, known: str) -> Answer:
    """The answer with a word behind each text that has figures which nobody gave.

    Code that does not parse becomes a comment in its language, where that has comments: all of it
    is there to be mended, and the fence is whole.
    """
    wants = {want.key: want for want in asked.wants}
    return replace(answer, values=tuple(_sure(v, wants.get(v.key), known) for v in answer.values))


def _sure(value: Value, want: Want | None, known: str) -> Value:
    if want is None or want.kind == "prose":
        return value
    if want.kind != "code":
        return value.mapped(lambda text: claim.marked(text, known))
    language, content = code(value.text, want.language)
    problem = fence.check(language, content)
    if problem is None or problem.note:
        return value
    where = f"This did not parse as {language} (line {problem.line}: {problem.message}):"
    return replace(value, text=commented(f"{where}\n{content}", language) or value.text)


def _notes(planned: Plan, written: Sequence[Written]) -> Iterator[str]:
    aside = [match.section.title for match, _ in planned.aside]
    said = (done.asked.id for done in written if done.answer and done.answer.not_applicable)
    aside += map(titled, said)
    most = max(1, len(askable(planned.template)) // SHARE)
    if aside:
        say = (
            "1 section says that it does"
            if len(aside) == 1
            else f"{len(aside)} sections say that they do"
        )
        more = f" (at most {most} should: read them)" if len(aside) > most else ""
        yield f"{say} not apply{more}: {', '.join(aside)}."
    for group in groups(planned.template):
        if (
            group.group in planned.template.groups
            and any(
                spec.group == group.group for spec in (m.spec for m in planned.alignment.matches)
            )
            and not any(m.spec.group == group.group for m in planned.matches.values())
        ):
            yield f"{group.label}: the brief gave no usable names, so the template's examples stay."
