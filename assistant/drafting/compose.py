"""Composes a document: what is to be asked for in it, and every answer in its place."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.editing.answer import SectionAnswer, Value
from assistant.editing.assemble import (
    NO_REFERENCES,
    NOTHING_OPEN,
    DocumentFacts,
    assemble_document,
    drop_repeated_questions,
    edit_list,
    edit_metadata,
    find_given_links,
)
from assistant.editing.blank import make_blank_text
from assistant.editing.place import comment_code, extract_code
from assistant.editing.write import fill_section, mark_inapplicable, remove_guidance
from assistant.markdown import code as fence
from assistant.markdown.document import Document, parse_document
from assistant.markdown.edit import Edit
from assistant.prompting import claims, prompts
from assistant.prompting.brief import (
    SCREENS_KEY,
    TABLES_KEY,
    Brief,
    count_most_aside,
    fold_words,
    list_brief_sections,
)
from assistant.prompting.names import list_named_groups
from assistant.prompting.prompts import BRIEF_LABEL, DocumentSubject
from assistant.prompting.request import (
    SectionRequest,
    Want,
    find_topic,
    make_request,
    read_request_title,
)
from assistant.prompting.sections import SectionResult
from assistant.template.align import Alignment, align_document, find_untouched_examples
from assistant.template.headings import find_subtree_end
from assistant.template.pairing import SectionMatch, is_untouched
from assistant.template.parts import Slot, Spec
from assistant.template.template import Template
from assistant.template.unwritten import find_askable_fields, is_not_applicable

WHOLE_DOCUMENT = "whole document"
UNCONFIRMED_FIGURES = "To be confirmed, as nobody gave these figures:"
NO_SCREEN_CHANGES = "nothing that users see on a screen changes, as far as the description says."
NONE_OF_THE_KIND = "nothing of this kind is new or changes, as far as the description says."
# Words of a description that speak of stored data, or of what users see: then a section about that
# is asked for, whatever the brief says. By judgement: a section too many is cheaper than one lost.
_DATA_WORDS = re.compile(
    r"tables?\b|columns?\b|schema|database|migrat|\bsql\b|\bdata\b", re.IGNORECASE
)
_SCREEN_WORDS = re.compile(
    r"pages?\b|screens?\b|buttons?\b|forms?\b|dialogs?\b|\b(?:ui|ux|gui|app|dark mode)\b",
    re.IGNORECASE,
)


def collect_questions(
    written: Sequence[SectionResult], brief: Brief, description: str = ""
) -> tuple[str, ...]:
    """Return open questions, assumptions and figures of the brief and the sections, with their own.

    With a `description`, figures that the brief has and the description lacks are among them: the
    sections take the brief's word for what is known. What a design choice answers is open no more.
    """
    decided = _find_decided_choices(written, brief)
    asked = [(text, WHOLE_DOCUMENT) for text in brief.questions if fold_words(text) not in decided]
    assumed = [(f"Assumption: {text}", WHOLE_DOCUMENT) for text in brief.assumptions]
    figures: list[str] = []
    said = "\n".join((brief.today, brief.approach, *brief.known))
    made_up = claims.find_new_figures(said, description)
    if description and made_up:
        figures.append(f"{UNCONFIRMED_FIGURES} {', '.join(made_up)} ({WHOLE_DOCUMENT})")
    for done in written:
        if done.answer is None:
            continue
        title = done.asked.title
        asked += [(text, title) for text in done.answer.questions]
        assumed += [(f"Assumption: {text}", title) for text in done.answer.assumptions]
        if done.answer.figures:
            figures.append(f"{UNCONFIRMED_FIGURES} {', '.join(done.answer.figures)} ({title})")
    return (*drop_repeated_questions([*asked, *assumed]), *figures)


def _find_decided_choices(written: Sequence[SectionResult], brief: Brief) -> set[str]:
    """Return the words of the brief's design choices that a section answers."""
    answered = (brief.find_decision(done.asked.title) for done in written if _is_usable(done))
    return {fold_words(name) for name in answered if name}


def _is_usable(done: SectionResult) -> bool:
    """Return whether a section says something, and all of it is usable."""
    answer = done.answer
    return bool(answer and answer.values and not answer.not_applicable and not done.problem)


def explain_needless(spec: Spec, brief: Brief, subject: DocumentSubject) -> str:
    """Return why a section on screens or stored data is not needed, or nothing.

    It is not where the brief says that none changes, and the description speaks of none.
    """
    if SCREENS_KEY in brief.none and find_topic(spec.path) == "interface":
        return "" if _SCREEN_WORDS.search(subject.description) else NO_SCREEN_CHANGES
    if TABLES_KEY not in brief.none or _DATA_WORDS.search(subject.description):
        return ""
    sql = any(isinstance(part, Slot) and part.language == "sql" for part in spec.parts)
    optional = "if applicable" in spec.guidance.casefold() and _DATA_WORDS.search(spec.title)
    return NONE_OF_THE_KIND if sql or optional else ""


def is_left_to_write(match: SectionMatch, document: Document) -> bool:
    """Return whether a section is still to be written, and holds nothing that somebody wrote."""
    if is_not_applicable(match.section) or not is_untouched(match):
        return False
    alone = find_subtree_end(document, match.index) == match.index + 1
    return bool(find_askable_fields(match)) or (match.spec.container and alone)


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingPlan:
    """A document about to be written: which sections are asked for, which do not apply."""

    template: Template
    document: Document
    alignment: Alignment
    requests: tuple[SectionRequest, ...]
    matches: Mapping[str, SectionMatch]
    aside: tuple[tuple[SectionMatch, str], ...]
    shared: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A document that was written by a template.

    `unwritten` are sections without an answer, with the reason, `notes` what a person should know.
    """

    template: Template
    text: str
    written: tuple[SectionResult, ...]
    unwritten: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def begin_document(template: Template, brief: Brief) -> Document:
    """Return the blank document that a brief gives a template: titled, its heading groups named."""
    names: dict[str, tuple[str, ...]] = {}
    aside = {section for section, _ in brief.not_applicable}
    for key in template.groups:
        parent = _path_below_title(template, key)
        if parent in aside:
            names[key] = ()
        elif brief.get_names(key) or key in brief.none:
            names[key] = brief.get_names(key)
    return parse_document(make_blank_text(template, brief.title, names))


def _path_below_title(template: Template, path: str) -> str:
    """Return a path as a brief names it, without the document's title."""
    title = template.title
    return path.removeprefix(f"{title.title} > ") if title is not None else path


def _want_everything(_: SectionMatch) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which sections are asked for, and whether slots that the template calls optional are too."""

    wanted: Callable[[SectionMatch], bool] = _want_everything
    optional: bool = False


def plan_requests(
    template: Template,
    document: Document,
    brief: Brief,
    subject: DocumentSubject,
    asked_for: RequestFilter = RequestFilter(),
) -> WritingPlan:
    """Return what is to be asked for in a document.

    A heading group's examples that nobody began are left alone, unless the brief names them so.
    """
    alignment = align_document(template, document)
    parts = next((names for group, names in brief.names if group not in template.groups), ())
    named = tuple(name for key, names in brief.names if key in template.groups for name in names)
    left = find_untouched_examples(alignment, named)
    wanted = [m for m in alignment.matches if m.index not in left and asked_for.wanted(m)]
    reasons = [(match, _explain_aside(match, template, brief, subject)) for match in wanted]
    aside = [one for one in reasons if one[1] and is_left_to_write(one[0], document)]
    requests: dict[str, SectionRequest] = {}
    matches: dict[str, SectionMatch] = {}
    for match in (match for match in wanted if all(match is not one for one, _ in aside)):
        names = brief.get_names(" > ".join(match.spec.path))
        asked = make_request(
            match,
            bug=subject.bug,
            names=names or brief.find_options(match.section.title),
            parts=parts,
            optional=asked_for.optional,
        )
        if asked is not None:
            asked = _with_unique_id(asked, matches)
            requests[asked.id], matches[asked.id] = asked, match
    return WritingPlan(
        template=template,
        document=document,
        alignment=alignment,
        requests=tuple(requests.values()),
        matches=matches,
        aside=tuple(aside),
        shared=prompts.write_outline(brief, template, [match.section.title for match, _ in aside]),
    )


def _explain_aside(
    match: SectionMatch, template: Template, brief: Brief, subject: DocumentSubject
) -> str:
    """Return why a section does not apply, by the brief's word or the subject's; or nothing."""
    below = _path_below_title(template, " > ".join(match.spec.path))
    if any(_path_below_title(template, key) == below for key in brief.none):
        return NONE_OF_THE_KIND
    said = dict(brief.not_applicable).get(below, "")
    return said or explain_needless(match.spec, brief, subject)


def _with_unique_id(asked: SectionRequest, taken: Mapping[str, SectionMatch]) -> SectionRequest:
    """Return the request under an id that no other has: a document may repeat its headings."""
    number, own = 1, asked.id
    while own in taken or own == BRIEF_LABEL:  # which is what progress calls the brief
        number += 1
        own = f"{asked.id} ({number})"
    return replace(asked, id=own)


def compose_document(
    planned: WritingPlan,
    written: Sequence[SectionResult],
    brief: Brief,
    subject: DocumentSubject,
    facts: DocumentFacts,
) -> Composition:
    """Return the document with the answers, and the program's own slots, in their places."""
    sources = (*facts.references, *find_given_links(subject.description))
    asked = collect_questions(written, brief, subject.description)
    texts = tuple(subject.mark_paths(text) for text in asked)
    alignment = planned.alignment
    listed = edit_list(alignment, "questions", texts, NOTHING_OPEN)
    referred = edit_list(alignment, "references", sources, NO_REFERENCES)
    edits: list[tuple[str, Sequence[Edit]]] = [
        ("metadata", tuple(edit_metadata(alignment, facts))),
        *(
            (match.section.title, (mark_inapplicable(match, subject.mark_paths(reason)),))
            for match, reason in planned.aside
        ),
        *(
            (done.asked.id, tuple(_yield_edits(planned, done, subject)))
            for done in written
            if done.answer
        ),
        ("questions", tuple(listed)),
        ("references", tuple(referred)),
    ]
    text, lost = assemble_document(planned.template, planned.document, edits)
    if not text.endswith(("\n", "\r")):
        text += planned.document.newline
    unwritten = tuple((done.asked.id, done.problem) for done in written if done.problem)
    unwritten += tuple((name, "the answer would have changed the structure") for name in lost)
    return Composition(
        template=planned.template,
        text=text,
        written=tuple(written),
        unwritten=unwritten,
        notes=tuple(_yield_notes(planned, written)),
    )


def _yield_edits(
    planned: WritingPlan, done: SectionResult, subject: DocumentSubject
) -> Iterator[Edit]:
    """Yield what puts one answer into its section."""
    match = planned.matches[done.asked.id]
    if done.answer is None:
        return
    yield from fill_section(match, settle_answer(done.answer, done.asked, subject, planned.shared))
    if not done.problem and not done.answer.not_applicable:
        yield from remove_guidance(match)


def settle_answer(
    answer: SectionAnswer, asked: SectionRequest, subject: DocumentSubject, shared: str
) -> SectionAnswer:
    """Return the answer with a word after each figure nobody gave, and each path that is nowhere.

    What the brief made up is no better than what the section did: only the subject counts.
    """
    sure = mark_unconfirmed(answer, asked, subject.description + shared)
    code = {want.key for want in asked.wants if want.kind == "code"}
    values = tuple(v if v.key in code else v.mapped(subject.mark_paths) for v in sure.values)
    return replace(sure, values=values, not_applicable=subject.mark_paths(sure.not_applicable))


def mark_unconfirmed(answer: SectionAnswer, asked: SectionRequest, known: str) -> SectionAnswer:
    """Return the answer with a word after each text that has figures which nobody gave.

    Code that does not parse becomes a comment in its language, where that has comments: all of it
    is there to be mended, and the fence is whole.
    """
    wants = {want.key: want for want in asked.wants}
    return replace(
        answer, values=tuple(_mark_value(v, wants.get(v.key), known) for v in answer.values)
    )


def _mark_value(value: Value, want: Want | None, known: str) -> Value:
    if want is None or want.kind == "prose":
        return value
    if want.kind != "code":
        return value.mapped(lambda text: claims.mark_unconfirmed_figures(text, known))
    language, content = extract_code(value.text, want.language)
    problem = fence.check_code(language, content)
    if problem is None or problem.note:
        return value
    where = f"This did not parse as {language} (line {problem.line}: {problem.message}):"
    return replace(value, text=comment_code(f"{where}\n{content}", language) or value.text)


def _yield_notes(planned: WritingPlan, written: Sequence[SectionResult]) -> Iterator[str]:
    """Yield what a person should know: what was set aside, and which names are the template's."""
    aside = [match.section.title for match, _ in planned.aside]
    said = (done.asked.id for done in written if done.answer and done.answer.not_applicable)
    aside += map(read_request_title, said)
    most = count_most_aside(list_brief_sections(planned.template))
    if aside:
        one = "1 section says that it does"
        say = one if len(aside) == 1 else f"{len(aside)} sections say that they do"
        more = f" (at most {most} should: read them)" if len(aside) > most else ""
        yield f"{say} not apply{more}: {', '.join(aside)}."
    there = {match.spec.group for match in planned.alignment.matches}
    asked_for = {match.spec.group for match in planned.matches.values()}
    for group in list_named_groups(planned.template):
        in_headings = group.group in planned.template.groups
        if in_headings and group.group in there and group.group not in asked_for:
            yield f"{group.label}: the brief gave no usable names, so the template's examples stay."
