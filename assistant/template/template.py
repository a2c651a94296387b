"""A template: any Markdown text, read as the sections, slots and groups that it asks for."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant.errors import DraftError, Exit
from assistant.markdown.comments import read_comments
from assistant.markdown.document import Document, Section, load_document, parse_document
from assistant.markdown.elements import fold_name
from assistant.shipped import read_template_bytes
from assistant.template.headings import GroupMember, find_heading_groups
from assistant.template.parts import (
    METADATA_TITLES,
    NUMBER_WORD,
    PLACEHOLDER,
    Anchor,
    Gap,
    Group,
    Part,
    Slot,
    Spec,
    find_owner,
    find_role,
    make_identifier,
)
from assistant.template.read import BodySetting, read_parts

MAX_BYTES = 1 << 20
_YAML_KEY = re.compile(r"(?P<key>[A-Za-z_][\w -]*):(?=[ \t\r\n]|$)")
# The rest behind a word for the number is the title, whatever it is: `KEP-NNNN: Your short title`.
_BEHIND_NUMBER = re.compile(r"(?:[.:)]\s*|\s+)(?:[-\u2013\u2014]\s*)?(?=\S)")
_TITLE_WORD = re.compile(r"titles?|names?")
_WORD_AROUND_TITLE = re.compile(
    r"an?|the|your|this|of|for|with|here|replace|insert|enter|short|descriptive|awesome|adr|rfc|kep"
    r"|tep|otep|proposal|project|feature|documents?|doc|design|decision|record|incident|component"
    r"|enhancement|issue|postmortem"
)


@dataclass(frozen=True, kw_only=True)  # without slots: what is derived is worked out once
class Template:
    """A template's front matter and sections, in order; `name` is what to call it in messages.

    `document` is the template's own text as a document, its instruction prologue dropped.
    """

    name: str
    front: tuple[Part, ...]
    specs: tuple[Spec, ...]
    document: Document

    @property
    def text(self) -> str:
        """The template's text; equal to `document.text`."""
        return "".join(part.text for part in self.front) + "".join(s.text for s in self.specs)

    @cached_property
    def title(self) -> Spec | None:
        """The section whose heading is the document's title, if there is one."""
        titled = [spec for spec in self.specs if spec.level == 1]
        first = next((spec for spec in self.specs if spec.level), None)
        if first is None or not titled or first is not titled[0] or first.group:
            return None
        return first if len(titled) == 1 or first.open else None

    @cached_property
    def groups(self) -> dict[str, tuple[Spec, ...]]:
        """The heading groups: the first section of each example, by the group's key."""
        found: dict[str, tuple[Spec, ...]] = {}
        for spec in self.specs:
            known = found.get(spec.group, ())
            if spec.group and spec.variant == len(known):
                found[spec.group] = (*known, spec)
        return found

    def statuses(self) -> tuple[str, ...]:
        """Return the values of the template's status enumeration, or none."""
        parts = [*self.front, *(part for spec in self.specs for part in spec.parts)]
        slots = [part for part in parts if isinstance(part, Slot) and part.role == "status"]
        return next((slot.choices for slot in slots if slot.choices), ())


def parse_template(data: bytes, where: str) -> Template:
    """Return a file's bytes as a template. Raises DraftError (exit code 4) if they are none."""
    if len(data) > MAX_BYTES:
        raise _bad_template(
            f"this template has {len(data):,} bytes; {MAX_BYTES:,} are allowed.", where
        )
    if not data.strip():
        raise _bad_template("this template is empty.", where)
    document = load_document(data, where)
    try:
        data.decode()
    except UnicodeDecodeError as error:
        message = f"this template is not UTF-8 (byte {error.start})."
        raise _bad_template(message, where) from None
    return read_template(document, where)


def _bad_template(message: str, where: str) -> DraftError:
    return DraftError(
        message,
        code="bad-template",
        exit_code=Exit.FILE,
        where=where,
        hint="A template is a Markdown file with at least one heading.",
    )


def read_template(document: Document, name: str) -> Template:
    """Return a document read as a template."""
    document = _drop_prologue(document)
    if not document.outline:
        raise _bad_template("this template has no heading.", name)
    sections = document.sections
    title = _find_title(sections)
    members = find_heading_groups(sections)
    specs = tuple(
        _make_spec(index, section, _find_position(sections, index, members), title=section is title)
        for index, section in enumerate(sections)
    )
    return Template(
        name=name,
        front=read_front_parts(document.front),
        specs=specs,
        document=document,
    )


def _drop_prologue(document: Document) -> Document:
    """Return the document less an instruction under a first heading of its own."""
    tops = [s for s in document.sections if s.level == 1]
    named = [s for s in document.sections if s.level]
    if len(tops) != 2 or named[:2] != tops or not PLACEHOLDER.search(tops[1].title):  # noqa: PLR2004
        return document
    return parse_document(document.text[tops[1].start :])


def _find_title(sections: Sequence[Section]) -> Section | None:
    """Return the section with the document's title: the only H1, or an open one, first."""
    named = [section for section in sections if section.level]
    tops = [section for section in named if section.level == 1]
    if not tops or named[0] is not tops[0] or len(named) == 1:
        return None
    return tops[0] if len(tops) == 1 or PLACEHOLDER.search(tops[0].title) else None


@dataclass(frozen=True, slots=True)
class _Position:
    """Where a section stands: above others or not, above a heading group, in one."""

    leaf: bool
    grouped: bool
    member: GroupMember | None


def _find_position(
    sections: Sequence[Section], index: int, members: Mapping[int, GroupMember]
) -> _Position:
    below = index + 1 if index + 1 < len(sections) else None
    leaf = below is None or sections[below].level <= sections[index].level
    first = members.get(below) if below is not None and not leaf else None
    own = members.get(index)
    # A group within an item of another has no name of its own: it is part of the item.
    grouped = first is not None and first.variant == 0 and (own is None or own.key != first.key)
    return _Position(leaf, grouped, own)


def _make_spec(index: int, section: Section, place: _Position, *, title: bool) -> Spec:
    opening = title or section.level == 0
    setting = BodySetting(
        title=section.title,
        leaf=place.leaf and not opening,
        opening=opening,
        grouped=place.grouped,
        metadata=opening or fold_name(section.title) in METADATA_TITLES,
    )
    parts = read_parts(section, setting)
    guidance = "\n".join(read_comments(section.body))
    written = any(isinstance(part, Slot | Group) for part in parts)
    return Spec(
        index=index,
        level=section.level,
        title=section.title,
        path=section.path,
        heading=section.heading,
        parts=parts,
        guidance=guidance,
        container=not written and not place.leaf,
        group=place.member.key if place.member else "",
        variant=place.member.variant if place.member else 0,
        open=_find_open_words(section, title=title),
        line=section.line,
    )


def _find_open_words(section: Section, *, title: bool) -> tuple[str, str, str] | None:
    """Return a title around the words to be replaced, if the template leaves it open."""
    text = section.title
    found = PLACEHOLDER.search(text)
    if found:
        return text[: found.start()], found[0], text[found.end() :]
    if not title:
        return None
    number = NUMBER_WORD.search(text)
    behind = _BEHIND_NUMBER.match(text, number.end()) if number else None
    if behind:
        return text[: behind.end()], text[behind.end() :], ""
    if _is_word_for_title(text) or re.search(r"\btitle\b", section.body[:400], re.IGNORECASE):
        return "", text, ""
    return None


def _is_word_for_title(text: str) -> bool:
    """Whether a heading is only the word for a title: `TITLE`, `Feature name`, `Title here`."""
    words = re.findall(r"\w+", text.casefold())
    titles = [word for word in words if _TITLE_WORD.fullmatch(word)]
    return bool(titles) and all(
        word in titles or _WORD_AROUND_TITLE.fullmatch(word) for word in words
    )


def read_front_parts(front: str) -> tuple[Part, ...]:
    """Return the parts of YAML front matter: each top-level key an anchor, its value a slot."""
    return tuple(_front_matter_parts(front))


def _front_matter_parts(front: str) -> Iterator[Part]:
    """Yield the parts of YAML front matter."""
    gap, key, value = "", "", ""
    begun = False
    for line in front.splitlines(keepends=True):
        # What stands above the dashes is a licence, whatever its lines look like.
        begun = begun or line.lstrip("\ufeff").startswith("---")
        found = _YAML_KEY.match(line) if begun else None
        if found or line.startswith(("---", "...", "#")):
            if key:
                yield from _value_parts(key, value)
            elif gap:
                yield Gap(text=gap)
            gap, key, value = "", "", ""
        if found:
            key, value = found["key"], line[found.end("key") + 1 :]
        elif key:
            value += line
        else:
            gap += line
    if key:
        yield from _value_parts(key, value)
    elif gap:
        yield Gap(text=gap)


def _value_parts(key: str, value: str) -> Iterator[Part]:
    text = value.rstrip("\r\n")
    yield Anchor(text=f"{key}:", kind="label", key=fold_name(key), name=key)
    yield Slot(
        text=text,
        kind="yaml",
        key=make_identifier(key),
        label=key,
        role=find_role(key),
        owner=find_owner(key, metadata=True),
    )
    yield Gap(text=value[len(text) :])


def load_template(path: Path | None) -> Template:
    """Return the template at `path`, or the built-in one. Raises DraftError (exit code 4)."""
    return parse_template(read_template_bytes(path), str(path) if path else "built-in template")
