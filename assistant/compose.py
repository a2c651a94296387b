"""Composes a document: what is unwritten is asked for, and every answer is put in its place."""

import asyncio
import re
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
    without_repeats,
)
from assistant.blank import blank
from assistant.brief import SHARE, Brief
from assistant.brief import sections as askable
from assistant.document import Document, parse
from assistant.example import examples
from assistant.generate import Writer, Written
from assistant.instruct import Subject
from assistant.mark import fold
from assistant.naming import groups
from assistant.place import code, commented
from assistant.request import Request, Want, request
from assistant.template import Template
from assistant.unneeded import NONE_NEEDED, fits, needless
from assistant.value import Answer, Value
from assistant.write import Edit, fill, inapplicable, uncommented

WHOLE = "whole document"
UNCONFIRMED = "To be confirmed, as nobody gave these figures:"


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
) -> Plan:
    """What is to be asked for in a document, in the sections that are `wanted`.

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
        asked = request(match, bug=subject.bug, names=names, parts=parts)
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
        shared=prompts.outline(brief, template, [match.section.title for match, _ in aside]),
    )


def _unique(asked: Request, taken: Mapping[str, Match]) -> Request:
    """The request under an id that no other has: a document may repeat its headings."""
    number, own = 1, asked.id
    while own in taken:
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


def questions(written: Sequence[Written], brief: Brief, description: str = "") -> tuple[str, ...]:
    """Open questions, assumptions and figures of the brief and the sections, each with its own.

    With a `description`, figures that the brief has and the description lacks are among them: the
    sections take the brief's word for what is known. What a design choice answers is open no more.
    """
    decided = {_bare(name) for name in _decided(written, brief)}
    asked = [(text, WHOLE) for text in brief.questions if _bare(text) not in decided]
    assumed = [(f"Assumption: {text}", WHOLE) for text in brief.assumptions]
    figures: list[str] = []
    made_up = claim.figures("\n".join((brief.today, brief.approach, *brief.known)), description)
    if description and made_up:
        figures.append(f"{UNCONFIRMED} {', '.join(made_up)} ({WHOLE})")
    for done in written:
        if done.answer is None:
            continue
        title = done.asked.title
        asked += [(text, title) for text in done.answer.questions]
        assumed += [(f"Assumption: {text}", title) for text in done.answer.assumptions]
        if done.answer.figures:
            figures.append(f"{UNCONFIRMED} {', '.join(done.answer.figures)} ({title})")
    return (*without_repeats([*asked, *assumed]), *figures)


def _decided(written: Sequence[Written], brief: Brief) -> Iterator[str]:
    """The brief's design choices that have a section, where they are answered."""
    titles = [fold(done.asked.title) for done in written if done.answer and not done.problem]
    return (name for name, _ in brief.options if any(fold(name) in title for title in titles))


def _bare(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", fold(text)))


def _notes(planned: Plan, written: Sequence[Written]) -> Iterator[str]:
    aside = len(planned.aside) + sum(1 for d in written if d.answer and d.answer.not_applicable)
    most = max(1, len(askable(planned.template)) // SHARE)
    if aside > most:
        yield f"{aside} sections say that they do not apply; at most {most} should: read them."
    for group in groups(planned.template):
        if (
            group.group in planned.template.groups
            and any(
                spec.group == group.group for spec in (m.spec for m in planned.alignment.matches)
            )
            and not any(m.spec.group == group.group for m in planned.matches.values())
        ):
            yield f"{group.label}: the brief gave no usable names, so the template's examples stay."
