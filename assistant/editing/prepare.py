"""A document made ready to be filled: lacking headings added, open ones named, old text emptied.

Each step gives a new document; what it changes is a slot (a heading group that nobody began, a
placeholder in the title), or what somebody asked to be rewritten.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.editing import blank
from assistant.errors import DraftError, Exit
from assistant.markdown.blocks import unify_line_endings
from assistant.markdown.comments import join_directives
from assistant.markdown.document import Document, parse_document
from assistant.markdown.edit import Edit, apply_edits
from assistant.markdown.elements import fold_name
from assistant.markdown.passage import Passage
from assistant.template.align import Alignment, align_document, find_bare_items, find_open_groups
from assistant.template.headings import find_subtree_end, replace_title
from assistant.template.pairing import SectionMatch, is_untouched
from assistant.template.parts import Gap, Group, Part, Slot, Spec
from assistant.template.read import BodySetting, read_parts
from assistant.template.template import Template

SectionKey = tuple[str, ...]
SectionFilter = Callable[[SectionKey], bool]

_TRAILING_BREAKS = re.compile(r"[\r\n]*\Z")
# A document was written to a template if it has half of its headings, or at least four of them and
# these are three quarters of its own: design document 007.
_HEADINGS_SHARE = 0.5
_OWN_SHARE = 0.75
_LEAST_HEADINGS = 4


def add_missing_headings(template: Template, document: Document) -> Document:
    """Return the document with the headings that the template requires and it lacks."""
    alignment = align_document(template, document)
    lacking = {spec.index for spec in alignment.missing}
    matched = {match.spec.index: match for match in alignment.matches}
    edits: list[Edit] = []
    added: list[Spec] = []
    at, after = len(document.front), ""
    for spec in template.specs:
        own = matched.get(spec.index)
        if own is not None:
            at, after = _find_place_behind(spec, own, template, document), ""
        elif spec.index in lacking or (spec.group and _find_parent(spec, template) in lacking):
            text = unify_line_endings(spec.text)
            added.append(spec)
            before = "" if after else make_lead(document.text[:at])
            after = text.rstrip("\n") + "\n\n"
            edits.append(Edit(start=at, end=at, text=before + after))
    result = _edit_document(document, _join_inserts(edits))
    _check_added(result, len(document.outline), added)
    return result


def _edit_document(document: Document, edits: Sequence[Edit]) -> Document:
    """Return the document with edits made in its own line endings."""
    if not edits:
        return document
    return parse_document(apply_edits(document.text, edits, document.newline))


def _check_added(after: Document, before: int, added: Sequence[Spec]) -> None:
    """Raise DraftError where headings were added in vain: an open comment or fence hides them."""
    if len(after.outline) == before + len(added):
        return
    raise DraftError(
        f'the heading "{added[0].title}" cannot be added: it would be inside a comment or a fence '
        "that is never closed.",
        code="not-merged",
        exit_code=Exit.FILE,
        hint="Close it, or add the heading by hand.",
    )


def _join_inserts(edits: Sequence[Edit]) -> list[Edit]:
    """Return one edit for all that is inserted at one place."""
    found: dict[int, str] = {}
    for edit in edits:
        found[edit.start] = found.get(edit.start, "") + edit.text
    return [Edit(start=at, end=at, text=text) for at, text in found.items()]


def _find_parent(spec: Spec, template: Template) -> int:
    """Return the index of the section above a heading group, or -1."""
    above = (s for s in template.specs[: spec.index] if s.path == spec.path[: len(s.path)])
    own = ((len(s.path), s.index) for s in above if s.path and not s.group)
    return max(own, default=(0, -1))[1]


def _find_place_behind(
    spec: Spec, match: SectionMatch, template: Template, document: Document
) -> int:
    """Return where what follows a section in the template goes: behind its body, or its tree."""
    following = template.specs[spec.index + 1 :]
    if following and following[0].level > spec.level:
        return match.section.end
    end = find_subtree_end(document, match.index)
    return document.sections[end - 1].end


def make_lead(before: str) -> str:
    """Return the line breaks that set a block off from the text before it."""
    if not before:
        return ""
    if not before.endswith(("\n", "\r")):
        return "\n\n"
    return "" if re.search(r"(?:\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)\Z", before) else "\n"


def make_section_keys(document: Document) -> tuple[SectionKey, ...]:
    """Return for each section what it is found by in a later version: its titles."""
    named = [section for section in document.sections if section.level]
    tops = [section for section in named if section.level == 1]
    skip = 1 if len(tops) == 1 and named[0] is tops[0] else 0
    found: dict[SectionKey, None] = {}
    for section in document.sections:
        own = tuple(fold_name(title) for title in section.path[skip:]) if section.level else ("\0",)
        number = 1
        while own in found:
            number += 1
            own = (*own[:-1], f"{own[-1].partition(chr(0))[0]}\0{number}") if own else ("\0",)
        found[own] = None
    return tuple(found)


def fits_template(template: Template, document: Document) -> bool:
    """Whether a document was written to a template, going by its headings."""
    alignment = align_document(template, document)
    known = [match for match in alignment.matches if match.section.level > 1]
    fixed = [match for match in known if not match.spec.group and not match.misplaced]
    asked = [spec for spec in template.specs if spec.level > 1 and not spec.group]
    others = len(alignment.unknown)
    own = len(known) >= (len(known) + others) * _OWN_SHARE
    mostly = len(fixed) >= _LEAST_HEADINGS and own
    return (len(fixed) > 0 and len(fixed) >= len(asked) * _HEADINGS_SHARE) or mostly


def make_own_template(document: Document, emptied: SectionFilter | None = None) -> Template:
    """Return a template whose slots are the document's leaf headings with nothing under them.

    Those that are to be `emptied` count as such.
    """
    specs: list[Spec] = []
    sections = document.sections
    for index, (section, key) in enumerate(zip(sections, make_section_keys(document), strict=True)):
        leaf = section.level > 0 and find_subtree_end(document, index) == index + 1
        empty = not section.body.strip()
        parts: tuple[Part, ...] = (Gap(text=section.body),) if section.body else ()
        if leaf and (empty or (emptied is not None and emptied(key))):
            setting = BodySetting(title=section.title, leaf=True, opening=False, metadata=False)
            parts = read_parts(section if empty else Passage(body="\n"), setting)
        specs.append(
            Spec(
                index=index,
                level=section.level,
                title=section.title,
                path=section.path,
                heading=section.heading,
                parts=parts,
                container=not leaf,
                line=section.line,
            )
        )
    front: tuple[Part, ...] = (Gap(text=document.front),) if document.front else ()
    return Template(name="", front=front, specs=tuple(specs), document=document)


def empty_sections(template: Template, document: Document, wanted: SectionFilter) -> Document:
    """Return the document with the template's text in the sections that are `wanted`.

    Comments to the checker stay, directly under the heading: they are nobody's text.
    """
    alignment = align_document(template, document)
    names = make_section_keys(document)
    edits = []
    for match in alignment.matches:
        if wanted(names[match.index]) and asks_model(match) and not is_untouched(match):
            text = "".join(part.text for part in match.spec.parts)
            edits.append(_replace_body(match, join_directives(match.section.body) + text))
    return _edit_document(document, edits)


def asks_model(match: SectionMatch) -> bool:
    """Whether the template has something for a model to write in a section."""
    return any(
        isinstance(part, Group) or (isinstance(part, Slot) and part.owner == "model")
        for part in match.spec.parts
    )


def _replace_body(match: SectionMatch, text: str) -> Edit:
    """Return the edit that gives a section another body, the line breaks at its end kept."""
    section = match.section
    lead = "" if section.heading.endswith(("\n", "\r")) else "\n"
    trail = _TRAILING_BREAKS.search(section.body)
    # Where the next heading stood right behind this one, it must not become a part of its text.
    ending = trail[0] if trail and trail[0] else ("" if match.final else "\n\n")
    text = unify_line_endings(text).rstrip("\n") + ending
    return Edit(start=section.body_start, end=section.end, text=lead + text)


def begin_items(template: Template, document: Document, wanted: SectionFilter) -> Document:
    """Return the document with an example's body under items that have nothing but a name."""
    alignment = align_document(template, document)
    names = make_section_keys(document)
    edits: list[Edit] = []
    for head, example in find_bare_items(alignment):
        if wanted(names[head.index]):
            edits.append(_replace_body(head, "".join(part.text for part in example.parts)))
    return _edit_document(document, edits)


def find_unbegun_groups(alignment: Alignment, wanted: SectionFilter) -> dict[str, tuple[int, int]]:
    """Return the groups of which no item was begun: where their examples are in the text."""
    names = make_section_keys(alignment.document)
    found: dict[str, tuple[int, int]] = {}
    for group in find_open_groups(alignment):
        above = (match.index for match in group.parents)
        if any(wanted(names[index]) for index in (*group.indexes, *above)):
            found[group.key] = group.start, group.end
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenNames:
    """What a document's open headings are to be called.

    `groups` holds each heading group's items by the group's key. Of the groups in `absent` the
    subject has no item; `aside` are the paths of sections that do not apply.
    """

    title: str
    groups: Mapping[str, Sequence[str]]
    absent: Collection[str] = ()
    aside: Collection[str] = ()


def name_headings(
    template: Template, document: Document, given: GivenNames, wanted: SectionFilter
) -> Document:
    """Return the document with names for its title and heading groups, where they are open."""
    alignment = align_document(template, document)
    edits = [*_name_groups(alignment, given, wanted), *_name_title(alignment, given.title, wanted)]
    return _edit_document(document, edits)


def _name_groups(alignment: Alignment, given: GivenNames, wanted: SectionFilter) -> Iterator[Edit]:
    """Yield the edits that put named items in the place of a group's examples."""
    template, text = alignment.template, alignment.document.text
    for key, (start, end) in find_unbegun_groups(alignment, wanted).items():
        title = template.title
        own = key.removeprefix(f"{title.title} > ") if title is not None else key
        none = own in given.aside or key in given.absent
        names = given.groups.get(key, ())
        above = next((m for m in alignment.matches if " > ".join(m.spec.path) == key), None)
        if none and above is not None and is_untouched(above):
            yield Edit(start=start, end=end, text="")
        elif names and not none:
            made = unify_line_endings(blank.make_group_text(template, key, names)).rstrip("\n")
            trail = _TRAILING_BREAKS.search(text[start:end])
            ending = "\n" if end == len(text) else "\n\n"
            after = trail[0] if trail and trail[0] else ending
            before = make_lead(text[:start])
            yield Edit(start=start, end=end, text=before + made + after)


def _name_title(alignment: Alignment, name: str, wanted: SectionFilter) -> Iterator[Edit]:
    """Yield the edit that gives the document its title, if that is still the template's."""
    found = alignment.title
    if found is None or not name or not is_untitled(alignment):
        return
    if not wanted(make_section_keys(alignment.document)[found.index]):
        return
    before, words, after = found.spec.open or ("", "", "")
    section = found.section
    title = section.title.replace(words, name, 1)
    if after.strip() and name.casefold().endswith(after.strip().casefold()):
        title = before + name
    heading = replace_title(section.heading, section.title, title)
    yield Edit(start=section.start, end=section.body_start, text=heading)


def is_untitled(alignment: Alignment) -> bool:
    """Whether the document's title still has the words that the template leaves open."""
    found = alignment.title
    return found is not None and found.spec.leaves_open(found.section.title)
