"""The template that documents share: their common headings, labels and tables, as a new template.

What all of them have, the template asks for; what half of them have is optional in it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from assistant.markdown.blocks import split_lines, unify_line_endings
from assistant.markdown.document import Document, Section, parse_document
from assistant.markdown.elements import Mark
from assistant.markdown.passage import Passage
from assistant.markdown.tables import split_cells
from assistant.template.align import align_document
from assistant.template.headings import find_parents, fold_title
from assistant.template.particulars import is_approved, is_ended, read_status
from assistant.template.parts import METADATA_TITLES, OPTIONAL, Anchor, find_role
from assistant.template.template import Template, read_front_parts, read_template

_MIN_HEADINGS = 2  # headings besides the title: fewer are no form
_FORM_PART = 3  # of a template's headings a document with its form has one in so many
# How a title begins that has its document's number: `7. X`, `ADR-007: X`, `RFC 7 - X`.
_NUMBERED_TITLE = re.compile(
    r"(?P<before>(?:[A-Z]{2,8}[- ])?)\d{1,7}(?P<after>[.:)][ \t]+|[ \t]+[-\u2013\u2014][ \t]+)"
)
# A heading that one document in so many has under others than the rest would be an error in each.
_STRAY_PART = 6
_LACKING_PART = 10  # one document in so many may lack a label that the others have in their heads
# Of the documents those that must have what the template asks for. In five families of real ones
# the first finds two headings or more in two, the second in two more, the third in the last.
_SHARES = (1.0, 0.9, 0.8, 0.5)
_MAX_ROUNDS = 4  # in which documents that do not share the form are left out
_MAX_STATUSES = 8  # more values than these are no enumeration but remarks
_MAX_STATUS_WORDS = 3  # of a status; more are a remark
_FIRST_STATUS = "Draft"
_LAST_STATUS = "Accepted"
# The order in which documents come through what is not yet approved; other values come between.
_EARLY_STATUSES = ("idea", "stub", "draft", "provisional", "proposed", "proposal", "open")
_LATE_STATUSES = ("review", "in review", "under review", "in discussion")
# The ranks behind those of _EARLY_STATUSES, which count from 0: other values, _LATE_STATUSES,
# approval, the end.
_RANK_BETWEEN, _RANK_REVIEWED, _RANK_APPROVED, _RANK_ENDED = 10, 11, 20, 21
# Where the value of a status ends and a remark begins: `Approved by the board on 2024-05-18.`
_REMARK = re.compile(
    r"\s+(?:by|on|in|since|as|with|from|until|for)\b.*|[.,;:(\[<\d].*|\s[-\u2013].*"
)
_STATUS_WORDS = re.compile(r"[^\W\d_][\w -]{0,30}")
_EMPTY_TEMPLATE = read_template(parse_document("# [Title]\n"), "nothing")

TitlePath = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedTemplate:
    """A template's text, and how many documents have its form: `members`, of all that were read."""

    text: str
    members: int
    read: int


@dataclass(frozen=True, slots=True)
class _PlacedSection:
    """A section of a document, which of its document's sections it is, and its marks."""

    section: Section
    index: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _DocumentForm:
    """A document as what it has: its title, and its other sections by the names above them."""

    document: Document
    title: _PlacedSection | None
    sections: Mapping[TitlePath, _PlacedSection]


def derive_template(documents: Sequence[Document]) -> DerivedTemplate | None:
    """Return the template that most documents share; None where they share no form.

    Its headings are those of half of the documents. Those that all have are asked for, so that a
    check of the documents misses none; where all have next to none, those that nearly all have.
    """
    members = tuple(documents)
    for _ in range(_MAX_ROUNDS):
        text = _write_template(members, 1)
        template = _parse_shared(text)
        if template is None or _count_headings(template) < _MIN_HEADINGS:
            return None
        own = tuple(one for one in members if _has_form(template, one))
        if len(own) == len(members):
            break
        members = own
    for share in _SHARES:
        text = _write_template(members, share)
        template = _parse_shared(text)
        if template is not None and _count_asked(template) >= _MIN_HEADINGS:
            return DerivedTemplate(text=text, members=len(members), read=len(documents))
    return None


def _parse_shared(text: str) -> Template | None:
    document = parse_document(text)
    return read_template(document, "shared") if document.outline else None


def _count_asked(template: Template) -> int:
    return sum(bool(spec.level) and not (spec.open or spec.optional) for spec in template.specs)


def _has_form(template: Template, document: Document) -> bool:
    """Whether a document has a good part of a template's headings, its title aside."""
    matches = (m for m in align_document(template, document).matches if m.section.level)
    known = sum(m.spec is not template.title and not m.misplaced for m in matches)
    return known * _FORM_PART >= _count_headings(template)


def _count_headings(template: Template) -> int:
    return sum(bool(spec.level) and spec.open is None for spec in template.specs)


def _write_template(documents: Sequence[Document], share: float) -> str:
    """Return the documents' common parts as a template's text; empty if there are none.

    A heading that fewer than this share of them have is optional.
    """
    if not documents:
        return ""
    tops = _find_shared_tops(documents)
    forms = tuple(_read_form(document, tops) for document in documents)
    values = _find_statuses(documents)
    kept = _find_shared_paths(forms)
    most = len(forms) - len(forms) // _LACKING_PART
    said = [_make_front(documents, values)]
    openings = [form.sections[()] for form in forms if () in form.sections]
    said.append(_make_anchors(openings, values, most))
    titles = [form.title for form in forms if form.title]
    if len(titles) * 2 >= len(forms):
        said.append(f"# {_make_title(titles)}\n\n{_make_anchors(titles, values, most)}")
    for path in _order_paths((), kept, forms):
        own = [form.sections[path] for form in forms if path in form.sections]
        said.append(_make_heading(own, asked=len(own) >= share * len(forms)))
        if find_role(path[-1]) == "status" and values:
            said.append(f"{_join_choices(values)}\n\n")
        elif path[-1] in METADATA_TITLES:
            said.append(_make_anchors(own, values, min(most, len(own))))
        elif len(forms) > 1:  # what a lone document has in its text is not known to be its form
            said.append(_make_anchors(own, (), len(own)))
    return "".join(said).rstrip("\n") + "\n"


def _find_shared_paths(forms: Sequence[_DocumentForm]) -> tuple[TitlePath, ...]:
    """Return the headings that half of the documents have in one place, and few elsewhere."""
    counts = Counter(path for form in forms for path in form.sections if path)
    least = max(len(forms) / 2, min(len(forms), 2))  # what one of two has is not shared
    often = [path for path, count in counts.items() if count >= least]
    names = Counter(path[-1] for path in often)
    kept: list[TitlePath] = []
    for path in sorted(often, key=len):
        name = path[-1]
        elsewhere = sum(
            path not in form.sections
            and any(other and other[-1] == name for other in form.sections)
            for form in forms
        )
        if (path[:-1] in kept or len(path) == 1) and (
            names[name] > 1 or elsewhere * _STRAY_PART <= len(forms)
        ):
            kept.append(path)
    return tuple(kept)


def _find_shared_tops(documents: Sequence[Document]) -> frozenset[str]:
    """Return the names of headings of level 1 that documents share: they are no titles."""
    counts = Counter(
        name
        for document in documents
        for name in {fold_title(s.title) for s in document.sections if s.level == 1}
    )
    return frozenset(
        name for name, count in counts.items() if count > 1 and count * 2 >= len(documents)
    )


def _read_form(document: Document, tops: frozenset[str]) -> _DocumentForm:
    sections = document.sections
    above = find_parents([section.level for section in sections])
    first = next((i for i, section in enumerate(sections) if section.level), -1)
    titled = (
        first >= 0 and sections[first].level == 1 and fold_title(sections[first].title) not in tops
    )
    title: _PlacedSection | None = None
    names: dict[int, TitlePath] = {-1: ()}
    found: dict[TitlePath, _PlacedSection] = {}
    for index, section in enumerate(sections):
        place = _PlacedSection(section, index, section.marks)
        if titled and index == first:
            title = place
            names[index] = ()
        elif section.level:
            names[index] = (*names.get(above[index], ()), fold_title(section.title))
            found.setdefault(names[index], place)
        elif section.body.strip():
            found[()] = place
    return _DocumentForm(document, title, found)


def _make_title(named: Sequence[_PlacedSection]) -> str:
    """Return a title's place: the number as most have it, and the words that most end with."""
    heads = Counter(
        (found["before"], found["after"])
        for place in named
        if (found := _NUMBERED_TITLE.match(place.section.title))
    )
    (before, after), count = heads.most_common(1)[0] if heads else (("", ""), 0)
    number = f"{before}NNN{after}" if count * 2 > len(named) else ""
    return f"{number}[Title]{_find_shared_ending(named)}"


def _find_shared_ending(named: Sequence[_PlacedSection]) -> str:
    words = [place.section.title.split() for place in named]
    for size in (3, 2, 1):
        ends = Counter(tuple(one[-size:]) for one in words if len(one) > size)
        best, count = ends.most_common(1)[0] if ends else ((), 0)
        if len(named) > 1 and count * 2 > len(named):
            return f" {' '.join(best)}"
    return ""


def _make_heading(own: Sequence[_PlacedSection], *, asked: bool) -> str:
    level = Counter(place.section.level for place in own).most_common(1)[0][0]
    titles = Counter(" ".join(place.section.title.split()) for place in own)
    title = OPTIONAL.sub(" ", titles.most_common(1)[0][0]).strip()
    optional = not asked or any(OPTIONAL.search(place.section.title) for place in own)
    return f"{'#' * level} {title}{' (Optional)' if optional else ''}\n\n"


def _order_paths(
    above: TitlePath, kept: Sequence[TitlePath], forms: Sequence[_DocumentForm]
) -> Iterator[TitlePath]:
    """Yield the paths under one, each followed by its own, in the order that most have."""
    below = [path for path in kept if path[:-1] == above]
    before: dict[TitlePath, int] = defaultdict(int)
    for one, other in combinations(below, 2):
        both = [f.sections for f in forms if one in f.sections and other in f.sections]
        ahead = sum(own[one].index < own[other].index for own in both)
        before[one if ahead * 2 >= len(both) else other] += 1
    for path in sorted(below, key=lambda path: -before[path]):
        yield path
        yield from _order_paths(path, kept, forms)


def _make_front(documents: Sequence[Document], values: Sequence[str]) -> str:
    """Return the front matter's keys that nearly all documents have."""
    own = [
        {part.key: part.name for part in read_front_parts(one.front) if isinstance(part, Anchor)}
        for one in documents
    ]
    counts = Counter(chain.from_iterable(own))
    best = max(own, key=len)
    shared = [
        name for key, name in best.items() if counts[key] >= len(own) - len(own) // _LACKING_PART
    ]
    if not shared:
        return ""
    said = (
        f'{name}: "{_join_choices(values)}"'
        if values and find_role(name) == "status"
        else f"{name}:"
        for name in shared
    )
    return "".join(f"{line}\n" for line in ("---", *said, "---", ""))


def _join_choices(values: Sequence[str]) -> str:
    return f"[{' | '.join(values)}]"


def _find_statuses(documents: Sequence[Document]) -> tuple[str, ...]:
    """Return the documents' statuses, from first to last; none if they are remarks."""
    found = [read_status(align_document(_EMPTY_TEMPLATE, document)) for document in documents]
    values = [_REMARK.sub("", one).strip() for one in found if one]
    if not all(
        _STATUS_WORDS.fullmatch(one) and len(one.split()) <= _MAX_STATUS_WORDS for one in values
    ):
        return ()
    counts = Counter(one.casefold() for one in values)
    shown = {one.casefold(): one for one in reversed(values)}
    known = [one for one in counts if not any(_extends_status(one, other) for other in counts)]
    if not known or len(known) > _MAX_STATUSES:
        return ()
    ranks = {one: _rank_status(one) for one in known}
    ordered = [shown[one] for one in sorted(known, key=lambda one: (ranks[one], -counts[one]))]
    low = ordered[0].islower()
    if min(ranks.values()) >= _RANK_APPROVED:  # a new document is none of these yet
        ordered.insert(0, _FIRST_STATUS.lower() if low else _FIRST_STATUS)
    elif len(ordered) == 1:
        ordered.append(_LAST_STATUS.lower() if low else _LAST_STATUS)
    return tuple(ordered)


def _extends_status(value: str, other: str) -> bool:
    """Whether a status is another one with words behind it, as `superseded by 12` is."""
    return value != other and value.startswith(f"{other} ")


def _rank_status(status: str) -> int:
    if is_ended(status):
        return _RANK_ENDED
    if is_approved(status, ()):
        return _RANK_APPROVED
    if status in _EARLY_STATUSES:
        return _EARLY_STATUSES.index(status)
    return _RANK_REVIEWED if status in _LATE_STATUSES else _RANK_BETWEEN


def _make_anchors(own: Sequence[_PlacedSection], values: Sequence[str], least: int) -> str:
    """Return the labels, tables and check-boxes that `least` of the sections have, blank.

    They stand as in the section that has the most of them; `values` are those of a status.
    """
    keys = [{_mark_key(mark) for mark in place.marks if _is_anchor(mark)} for place in own]
    counts = Counter(chain.from_iterable(keys))
    shared = {key for key, count in counts.items() if count >= least}
    if not shared:
        return ""
    best = max(own, key=lambda place: len({_mark_key(mark) for mark in place.marks} & shared))
    body = unify_line_endings(best.section.body)
    said: list[str] = []
    end = -1
    for mark in Passage(body=body).marks:
        if not _is_anchor(mark) or _mark_key(mark) not in shared:
            continue
        shared.discard(_mark_key(mark))
        if end >= 0 and "\n\n" in body[end - 1 : mark.start]:
            said.append("\n")
        said.append(_make_anchor(mark, body, values))
        end = mark.stop
    return f"{''.join(said)}\n" if said else ""


def _is_anchor(mark: Mark) -> bool:
    return mark.kind in ("label", "table", "check", "contents") and mark.depth <= 1


def _mark_key(mark: Mark) -> tuple[str, str]:
    return mark.kind, mark.key


def _make_anchor(mark: Mark, body: str, values: Sequence[str]) -> str:
    """Return an anchor and its blank slot, a line or more."""
    text = body[mark.start : mark.end].strip("\n")
    if mark.kind == "contents":
        return "<!-- toc -->\n<!-- /toc -->\n"
    if mark.kind == "table":
        return f"{text}\n{'|  ' * len(split_cells(split_lines(text)[0]))}|\n"
    if mark.kind == "check":
        return body[mark.start : mark.stop].strip("\n") + "\n"
    if values and find_role(mark.key) == "status":
        return f"{text} {_join_choices(values)}\n"
    return f"{text.rstrip()} \n"
