"""Rules about a document's headings: there, once, in order, at their level, in their words."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from assistant.align import Match, name_of, not_applicable, parents
from assistant.document import Section
from assistant.finding import FOREIGN, Finding
from assistant.nearest import form
from assistant.slot import ASIDE, Spec
from assistant.subject import Spot, Subject, found

_PART = 3  # one in so many, of the document's headings and of the template's
_FEW = 3  # missing headings that may be told one by one, whatever else is there


def outline(subject: Subject) -> Iterator[Finding]:
    """What is wrong with the headings."""
    yield from _missing(subject)
    yield from (_almost(subject, one.spec, one.section) for one in subject.alignment.reworded)
    yield from _places(subject)
    yield from _order(subject)
    yield from _repeated(subject)
    yield from _forms(subject)


def foreign(subject: Subject) -> Finding | None:
    """What to say of a document that follows another template, in place of all that it lacks.

    Fewer than a third of its headings are the template's, and it has fewer than a third of those
    that the template asks for. Of 117 real documents of four families this takes 13 that we read as
    written to another form than their family's (failure analyses, a study, a charter, proposals
    older than the form), and no other; held against the built-in template it takes all of them.
    """
    alignment, title = subject.alignment, subject.template.title
    known = sum(bool(m.section.level) and m.spec is not title for m in alignment.matches)
    known += len(alignment.reworded)
    own = known + len(alignment.unknown) - len(alignment.reworded)
    asked = sum(
        bool(spec.level) and spec is not title and not spec.optional and not spec.group
        for spec in subject.template.specs
    )
    absent = sum(spec is not title for spec in alignment.missing) - len(alignment.reworded)
    if absent < _FEW or known * _PART >= max(own, 1) or (asked - absent) * _PART >= asked:
        return None
    sections = subject.document.sections
    first = next((section for section in sections if section.level), sections[0])
    if not own:
        message = (
            "this document has none of the template's headings: `draft fill DOC --add-missing` "
            "adds them, --template names another template."
        )
    else:
        had = f"has {f'only {known}' if known else 'none'} of the document's {own} headings"
        had = had if own > 1 else "does not have the document's only heading"
        message = (
            f"this document follows another template: the one in use {had}. "
            "Name its own with --template."
        )
    return _at(subject, FOREIGN, first, message)


def _at(subject: Subject, code: str, section: Section, message: str) -> Finding:
    """A finding about a heading, which points at its title."""
    at = section.heading.find(section.title) if section.title else 0
    spot = Spot(offset=section.start + max(at, 0), width=len(section.title.split("\n")[0]))
    return found(subject, code, spot, message, section=section.title)


def _missing(subject: Subject) -> Iterator[Finding]:
    reworded = {one.spec.index for one in subject.alignment.reworded}
    known = {match.spec.path: match for match in subject.alignment.matches}
    title = subject.template.title
    for spec in subject.alignment.missing:
        if spec.index in reworded:
            continue
        if spec is title:
            message = "the document has no title: begin it with a heading of level 1."
            yield found(subject, "D101", Spot(offset=len(subject.document.front)), message)
            continue
        above = known.get(spec.path[:-1])
        if above is not None and not_applicable(above.section):
            continue
        start = above.section.start if above and above.section.level else 0
        place = f' under "{above.section.title}"' if above and above.section.title else ""
        message = f'the heading "{"#" * spec.level} {spec.title}" is missing{place}: add it.'
        yield found(
            subject, "D101", Spot(offset=start), message,
            section=above.section.title if above else "",
        )  # fmt: skip


def _almost(subject: Subject, spec: Spec, section: Section) -> Finding:
    same = form(spec.title) == form(section.title)
    wanted = ASIDE.sub(" ", spec.title).strip()
    level = f" at level {spec.level}" if spec.level != section.level else ""
    if same:
        message = f'write "{section.title}" as the template has it: "{wanted}"{level}.'
        return _at(subject, "D106", section, message)
    message = f'"{section.title}" is almost the template\'s "{wanted}": call it that{level}.'
    return _at(subject, "D107", section, message)


def _places(subject: Subject) -> Iterator[Finding]:
    """Headings at another level than the template's, or under another heading."""
    document = subject.document
    own = parents([section.level for section in document.sections])
    moved = {match.index for match in subject.alignment.matches if match.misplaced}
    matched = {match.spec.path: match.index for match in subject.alignment.matches}
    for match in subject.alignment.matches:
        section, spec = match.section, match.spec
        if not match.misplaced:
            continue
        if section.level != spec.level:
            yield _at(
                subject, "D104", section,
                f'"{section.title}" is at level {section.level}; '
                f"the template has it at level {spec.level}.",
            )  # fmt: skip
            continue
        above = matched.get(spec.path[:-1], -1)
        if above in moved or own[match.index] in moved or above < 0:
            continue  # it follows from what is said of the heading above
        parent = document.sections[above].title
        yield _at(subject, "D103", section, f'"{section.title}" belongs under "{parent}".')


def _order(subject: Subject) -> Iterator[Finding]:
    """The fewest headings that would have to move for the rest to be in the template's order."""
    fixed = [
        match for match in subject.alignment.matches
        if not match.misplaced and not match.spec.group and match.section.level
    ]  # fmt: skip
    numbers = [match.spec.index for match in fixed]
    staying = _rising(numbers)
    titles = sorted((numbers[index], fixed[index].section.title) for index in staying)
    for index, match in enumerate(fixed):
        if index in staying:
            continue
        at = bisect_left(titles, (numbers[index], ""))
        word, title = ("after", titles[at - 1][1]) if at else ("before", titles[0][1])
        section = match.section
        yield _at(subject, "D103", section, f'"{section.title}" belongs {word} "{title}".')


def _rising(numbers: Sequence[int]) -> frozenset[int]:
    """The indexes of a longest rising run of numbers."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        at = bisect_left(tails, number)
        before.append(last[at - 1] if at else -1)
        tails[at : at + 1] = [number]
        last[at : at + 1] = [index]
    run: set[int] = set()
    index = last[-1] if last else -1
    while index >= 0:
        run.add(index)
        index = before[index]
    return frozenset(run)


def _repeated(subject: Subject) -> Iterator[Finding]:
    document = subject.document
    places = {section.start: index for index, section in enumerate(document.sections)}
    own = parents([section.level for section in document.sections])
    known: dict[tuple[int, str], Match] = {}
    for match in subject.alignment.matches:
        if match.section.level:
            known.setdefault((own[match.index], name_of(match.section.title)), match)
    for section in subject.alignment.unknown:
        first = known.get((own[places[section.start]], name_of(section.title)))
        if first is not None:
            yield _at(
                subject, "D102", section,
                f'"{section.title}" stands in line {first.section.line} already: '
                "make one of the two, or name one otherwise.",
            )  # fmt: skip


def _forms(subject: Subject) -> Iterator[Finding]:
    """Headings with the template's words in another case or markup."""
    top = subject.template.title
    for match in subject.alignment.matches:
        spec, section = match.spec, match.section
        if spec.group or spec.open or not section.level or spec is top:
            continue
        wanted, title = _bare(spec.title), _bare(section.title)
        if title != wanted and name_of(title) == name_of(wanted):
            message = f'write "{title}" as the template has it: "{wanted}".'
            yield _at(subject, "D106", section, message)


def _bare(title: str) -> str:
    return " ".join(re.sub(ASIDE, " ", title).split())
