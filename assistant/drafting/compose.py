"""Composes a document: what is unwritten is asked for, and every answer is put in its place."""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.editing.assemble import (
    NO_REFERENCES,
    NOTHING_OPEN,
    Facts,
    assembled,
    links,
    listing,
    metadata,
    without_repeats,
)
from assistant.editing.blank import blank
from assistant.editing.place import Answer, Value, code, commented
from assistant.editing.write import fill, inapplicable, uncommented
from assistant.markdown import code as fence
from assistant.markdown.document import Document, parse
from assistant.markdown.edit import Edit
from assistant.prompting import claims, prompts
from assistant.prompting.brief import SCREENS, SHARE, TABLES, Brief, bare
from assistant.prompting.brief import sections as askable
from assistant.prompting.names import groups
from assistant.prompting.request import Request, Want, request, titled, topic
from assistant.prompting.sections import Writer, Written
from assistant.prompting.subject import BRIEF, Subject
from assistant.template.align import Alignment, align, below, examples, not_applicable
from assistant.template.pairing import Match, untouched
from assistant.template.parts import Slot, Spec
from assistant.template.template import Template
from assistant.template.unwritten import askable_fields

WHOLE = "whole document"
UNCONFIRMED = "To be confirmed, as nobody gave these figures:"


def questions(written: Sequence[Written], brief: Brief, description: str = "") -> tuple[str, ...]:
    """Open questions, assumptions and figures of the brief and the sections, each with its own.

    With a `description`, figures that the brief has and the description lacks are among them: the
    sections take the brief's word for what is known. What a design choice answers is open no more.
    """
    decided = _decided(written, brief)
    asked = [(text, WHOLE) for text in brief.questions if bare(text) not in decided]
    assumed = [(f"Assumption: {text}", WHOLE) for text in brief.assumptions]
    figures: list[str] = []
    made_up = claims.figures("\n".join((brief.today, brief.approach, *brief.known)), description)
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


def _decided(written: Sequence[Written], brief: Brief) -> set[str]:
    """The words of the brief's design choices that have a section, where they are answered."""
    answered = (brief.decision(done.asked.title) for done in written if _said(done))
    return {bare(name) for name in answered if name}


def _said(done: Written) -> bool:
    """Whether a section says something, all of it usable."""
    answer = done.answer
    return bool(answer and answer.values and not answer.not_applicable and not done.problem)


_DATA = re.compile(r"tables?\b|columns?\b|schema|database|migrat|\bsql\b|\bdata\b", re.IGNORECASE)
_SEEN = re.compile(
    r"pages?\b|screens?\b|buttons?\b|forms?\b|dialogs?\b|\b(?:ui|ux|gui|app|dark mode)\b",
    re.IGNORECASE,
)
NOTHING_SEEN = "nothing that users see on a screen changes, as far as the description says."
NONE_NEEDED = "nothing of this kind is new or changes, as far as the description says."


def needless(spec: Spec, brief: Brief, subject: Subject) -> str:
    """Why a section on screens or stored data is not needed: none changes, nobody speaks of any."""
    if SCREENS in brief.none and topic(spec.path) == "interface":
        return "" if _SEEN.search(subject.description) else NOTHING_SEEN
    if TABLES not in brief.none or _DATA.search(subject.description):
        return ""
    sql = any(isinstance(part, Slot) and part.language == "sql" for part in spec.parts)
    optional = "if applicable" in spec.guidance.casefold() and _DATA.search(spec.title)
    return NONE_NEEDED if sql or optional else ""


def fits(match: Match, document: Document) -> bool:
    """Whether a section is still to be written, and nothing that somebody wrote is in it."""
    if not_applicable(match.section) or not untouched(match):
        return False
    alone = below(document, match.index) == match.index + 1
    return bool(askable_fields(match)) or (match.spec.container and alone)


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
        return value.mapped(lambda text: claims.marked(text, known))
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
