"""A document's status: which of its template's a word means, and the edits that set it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.editing.write import edit_block
from assistant.errors import DraftError, Exit
from assistant.markdown.edit import Edit
from assistant.markdown.elements import fold_name
from assistant.template.align import Alignment
from assistant.template.fields import Field
from assistant.template.particulars import (
    ParticularPlace,
    StatedValue,
    find_particulars,
    find_stated_value,
)
from assistant.template.parts import Slot

_DATE = re.compile(r"\b\d{4}[-/.]\d{2}[-/.]\d{2}\b")
# Up to three bare words: no sentence, link or number.
_STATUS_WORDS = re.compile(r"[^\W\d_]{1,20}(?:[ -][^\W\d_]{1,20}){0,2}")
# A value with a digit that is no longer than this is a date of some form, by judgement.
_SHORT_VALUE = re.compile(r"[^\W_][\w .,/:-]{0,39}")
_YAML_WORDS = re.compile(r"y|n|yes|no|on|off|true|false|null", re.IGNORECASE)  # YAML's own words


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """A change of status: from what, to what, by which edits; `undated` says that none dates it."""

    before: str
    after: str
    edits: tuple[Edit, ...]
    undated: bool = False


def match_status(statuses: Sequence[str], word: str, where: str) -> str:
    """Return the status that `word` is or begins. Raises DraftError (exit code 2) for any other."""
    if not statuses:
        raise DraftError(
            "this template lists no statuses.",
            code="no-statuses",
            exit_code=Exit.FILE,
            where=where,
            hint="A template lists them where it has a status: [Draft | Approved].",
        )
    folded = fold_name(word)
    same = [status for status in statuses if fold_name(status) == folded]
    begun = same or [s for s in statuses if folded and fold_name(s).startswith(folded)]
    if len(begun) == 1:
        return begun[0]
    message = f'"{word}" could be {" or ".join(begun)}.' if begun else f'"{word}" is no status.'
    raise DraftError(
        message,
        code="no-such-status",
        exit_code=Exit.USAGE,
        hint=f"The template has: {', '.join(statuses)}.",
    )


def change_status(
    alignment: Alignment, status: str, date: str, *, force: bool = False
) -> StatusChange:
    """Return the edits that give a document a status, and today's date if it has a place for it.

    Nothing but the value is replaced. Raises DraftError (exit code 4) where the document has no
    place for a status, and (2) where words stand there that `force` would lose.
    """
    statuses = alignment.template.statuses()
    found = [
        place
        for place in find_particulars(alignment, "status")
        if _is_status_place(place, statuses)
    ]
    if not found:
        raise DraftError(
            "the document has no place for a status.",
            code="no-status",
            exit_code=Exit.FILE,
            hint=f"Write one where its template has it: {_describe_place(alignment)}.",
        )
    field = found[0].field
    value = find_stated_value(field)
    known = value is not None and (not field.written or _is_status_value(value.text, statuses))
    if value is None or not (known or force):
        raise _make_refusal(value)
    before = value.text if field.written else ""
    if fold_name(before) == fold_name(status):
        return StatusChange(before=before, after=status, edits=())
    dated = tuple(_set_dates(alignment, date))
    edits = (_set_value(found[0], value, status), *dated)
    return StatusChange(before=before, after=status, edits=edits, undated=not dated)


def _is_status_place(place: ParticularPlace, statuses: Sequence[str]) -> bool:
    """Whether a place is for the template's own statuses, not for another enumeration."""
    return not place.asked or place.field.slot.choices == tuple(statuses)


def _describe_place(alignment: Alignment) -> str:
    """Say where a template has its status, and how the line stands there."""
    template = alignment.template
    for spec in (None, *template.specs):
        for anchor, slot in pairwise(template.front if spec is None else spec.parts):
            if isinstance(slot, Slot) and slot.role == "status" and slot.choices:
                if slot.kind == "prose" and spec is not None:
                    return f'under "{spec.title}"'
                line = f"{anchor.text}{slot.text}".strip()
                where = "front matter" if spec is None else f'under "{spec.title}"'
                return f"`{' '.join(line.split())}` ({where})"
    return "a label, a row or a key called Status"


def _is_status_value(text: str, statuses: Sequence[str]) -> bool:
    """Whether a value is a status, so that nothing is lost with it: at most three bare words."""
    if not text or fold_name(text) in map(fold_name, statuses):
        return True
    more = any(fold_name(text).startswith(f"{fold_name(status)} ") for status in statuses)
    return not more and bool(_STATUS_WORDS.fullmatch(text))


def _make_refusal(value: StatedValue | None) -> DraftError:
    """Return the error for a value that is not just a status."""
    if value is None:
        return DraftError(
            "the status here is a list or a block, not one value.",
            code="no-status",
            exit_code=Exit.FILE,
            hint="Write it on the line of its key.",
        )
    return DraftError(
        f'more than a status stands here: "{value.text[:60]}".',
        code="more-than-a-status",
        exit_code=Exit.USAGE,
        hint="--force replaces it; or make it one of the template's statuses.",
    )


def _set_dates(alignment: Alignment, date: str) -> Iterator[Edit]:
    """Yield the edits that set the dates of the last change; words in their place stay."""
    for place in find_particulars(alignment, "updated"):
        value = find_stated_value(place.field)
        if value is None:
            continue
        found = _DATE.search(value.text) if place.field.written else None
        if found:
            value = StatedValue(
                start=value.start + found.start(), end=value.start + found.end(), text=found[0]
            )
        elif place.field.written and value.text and not _looks_like_date(value.text):
            continue  # words, which are a person's
        yield _set_value(place, value, date)


def _looks_like_date(text: str) -> bool:
    """Whether a value is short and holds a digit: `3 May`, `2026/11`."""
    return bool(_SHORT_VALUE.fullmatch(text) and re.search(r"\d", text))


def _set_value(place: ParticularPlace, value: StatedValue, text: str) -> Edit:
    """Return the edit that puts `text` in the place of a value, or where one would begin."""
    base, field, match = place.base, place.field, place.match
    content, kind = field.content, field.slot.kind
    quoted = content[value.start - 1 : value.start] == '"'
    if kind == "yaml" and _YAML_WORDS.fullmatch(text) and not quoted:
        text = f'"{text}"'
    if not value.text and kind == "prose" and match is not None:
        return edit_block(match, field, text)
    if kind == "cell":
        edit = _edit_cell if place.body.startswith("|", field.end) else _edit_last_cell
        return edit(base, field, value, text)
    if not value.text:  # behind the colon; blanks that stood there give way
        stop = field.end if not content.strip() else field.start
        return Edit(start=base + field.start, end=base + stop, text=f" {text}")
    start = base + field.start
    return Edit(start=start + value.start, end=start + value.end, text=text)


def _edit_cell(base: int, field: Field, value: StatedValue, text: str) -> Edit:
    """Return the edit of a table's cell, which keeps its width if the value has room in it."""
    content = field.content
    before = content[: value.start] or " "
    after = content[value.end :] or " "
    grown = len(before) + len(text) + len(after) - len(content)
    if grown <= 0:
        after += " " * -grown
    else:  # the spaces in front of the bar give way, but for one
        spare = max(len(after) - len(after.rstrip(" ")) - 1, 0)
        after = after[: len(after) - min(grown, spare)]
    return Edit(start=base + field.start, end=base + field.end, text=before + text + after)


def _edit_last_cell(base: int, field: Field, value: StatedValue, text: str) -> Edit:
    """Return the edit of a cell that its line ends, not a bar: nothing is put behind it."""
    start = base + field.start
    lead = "" if field.content[: value.start] else " "
    return Edit(start=start + value.start, end=start + value.end, text=lead + text)
