"""A text in which a document has another number: every reference to it, and no other byte."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from posixpath import dirname

from assistant.folder import references as mention
from assistant.folder.references import (
    NumberedTitle,
    Reference,
    ReferenceTarget,
    find_references,
    number_lines,
)
from assistant.markdown.edit import Edit, apply_edits

# Characters of a line that are shown on each side of its numbers, and between the first and the
# last that are shown together: about two lines of a terminal. By judgement.
_SHOWN_AROUND = 48
_LONGEST_CHANGE = 200
_LABEL_END = re.compile(r"\](?!\(|\[[^\]])")
_DEFAULT_LABEL = "ADR"  # what a document's number is called where its title does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMove:
    """A document that gets another number: `digits` as its name will have it, its own title."""

    target: ReferenceTarget
    number: int
    digits: str
    title: NumberedTitle | None = None

    @property
    def name(self) -> str:
        """The file's new name."""
        return f"{self.digits}{self.target.entry.name[len(self.target.entry.digits) :]}"

    @property
    def path(self) -> str:
        """The document's new path from the root."""
        folder = self.target.folder
        return f"{folder}/{self.name}" if folder else self.name

    def instead(self, digits: str) -> str:
        """Return the new number, written as wide as the old one was."""
        if digits == self.target.entry.digits:
            return self.digits
        return f"{self.number:0{len(digits)}}" if digits.startswith("0") else str(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberChange:
    """A number that gives way to another: its line, and the words around it before and after."""

    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RewrittenText:
    """A text with another number in it; `left` are addresses, which may be another place's."""

    text: str
    changes: tuple[NumberChange, ...] = ()
    left: tuple[NumberChange, ...] = field(default=())


def rewrite_number(
    text: str, where: str, move: NumberMove, known: Collection[str]
) -> RewrittenText:
    """Return the text of the file `where` with the document's new number wherever it is named.

    `where` and `known`, the paths of all Markdown files, are paths from the root.
    """
    target = move.target
    found = find_references(text, where, target, known)
    named = [one for one in found if not one.address]
    spans = {(one.start, one.end) for one in named}
    spans.update(_find_fragments(text, named, move.title))
    in_links, forms = mention.find_link_numbers(text, target.entry, named)
    spans.update(in_links)
    if dirname(where) == target.folder:
        form = move.title.form if move.title else ""
        forms |= {form} if form else set()
        label = re.sub(r"[^A-Z]", "", form) or _DEFAULT_LABEL
        told = mention.find_relation_numbers(text, target.entry, label)
        spans.update(span for span in told if not _is_label(text, *span))
    for form in forms:
        spans.update(_find_form(text, form, move))
    if where in (target.path, move.path):
        spans.update(_find_own_numbers(text, move))
    edits = [Edit(start=start, end=end, text=move.instead(text[start:end])) for start, end in spans]
    left = [Edit(start=one.start, end=one.end, text="") for one in found if one.address]
    return RewrittenText(
        text=apply_edits(text, edits),
        changes=tuple(_group_changes(text, edits)),
        left=tuple(_group_changes(text, left)),
    )


def _find_own_numbers(text: str, move: NumberMove) -> Iterator[tuple[int, int]]:
    """Yield the number where the document says it of itself, or links to its own title."""
    title = mention.find_title_number(text, move.target.entry)
    if title is not None:
        yield title.start, title.end
        if title.at >= 0:
            digits = title.end - title.start
            for link in re.finditer(rf"(?<=\(#){re.escape(title.anchor)}(?=\))", text):
                yield link.start() + title.at, link.start() + title.at + digits
    yield from mention.find_own_keys(text, move.target.entry)


def _find_form(text: str, form: str, move: NumberMove) -> Iterator[tuple[int, int]]:
    """Yield the digits of a form, but in a label only if its links would still lead there.

    A label is read in any case, and of two definitions with one label the first counts.
    """
    digits = form[len(form.rstrip("0123456789")) :]
    new = form[: len(form) - len(digits)] + move.instead(digits)
    defined = rf"(?im)^[ ]{{0,3}}\[(?:{re.escape(new)})\]:"
    uses = re.findall(rf"\[({re.escape(form)})\]", text, re.IGNORECASE)
    safe = set(uses) <= {form} and not re.search(defined, text)
    for start, end in mention.find_forms(text, (form,)):
        head = end - len(form)
        label = text[head - 1 : head] == "[" and _LABEL_END.match(text, end)
        if safe or not label:
            yield start, end


def _is_label(text: str, start: int, end: int) -> bool:
    """Whether the number that stands here is a definition's label, alone or at its end."""
    opened = re.search(r"\[([^\[\]\r\n]*)\Z", text[max(0, start - _SHOWN_AROUND) : start])
    if (
        opened is None
        or not _LABEL_END.match(text, end)
        or start < len(mention.parse_once(text).front)
    ):
        return False
    label = re.escape(opened[1] + text[start:end])
    return re.search(rf"(?im)^[ ]{{0,3}}\[{label}\]:", text) is not None


def _find_fragments(
    text: str, named: list[Reference], title: NumberedTitle | None
) -> Iterator[tuple[int, int]]:
    """Yield the number in fragments that link to the document's title."""
    if title is None or title.at < 0:
        return
    for one in named:
        begins = one.stop + 1
        fragment = text[begins : begins + len(title.anchor)]
        behind = text[begins + len(title.anchor) :][:1]
        if text[one.stop : begins] == "#" and fragment == title.anchor and behind in ")>\"' \r\n":
            yield begins + title.at, begins + title.at + title.end - title.start


def _group_changes(text: str, edits: list[Edit]) -> Iterator[NumberChange]:
    """Yield the edits as they are shown, those close together in a line as one change."""
    ordered = sorted(edits, key=lambda edit: edit.start)
    numbers = number_lines(text, [edit.start for edit in ordered])
    for line, group in groupby(zip(ordered, numbers, strict=True), key=lambda one: one[1]):
        held: list[Edit] = []
        for edit, _ in group:
            if held and edit.end - held[0].start > _LONGEST_CHANGE:
                yield _make_change(text, line, held)
                held = []
            held.append(edit)
        yield _make_change(text, line, held)


def _make_change(text: str, line: int, edits: list[Edit]) -> NumberChange:
    """Return edits of one line as a change, with the words around them."""
    first, last = edits[0].start, edits[-1].end
    head = re.split(r"[\r\n]", text[max(0, first - _SHOWN_AROUND) : first])[-1]
    tail = re.split(r"[\r\n]", text[last : last + _SHOWN_AROUND])[0]
    inner = apply_edits(
        text[first:last],
        [Edit(start=one.start - first, end=one.end - first, text=one.text) for one in edits],
    )
    before = f"{head}{text[first:last]}{tail}".strip()
    return NumberChange(line=line, before=before, after=f"{head}{inner}{tail}".strip())
