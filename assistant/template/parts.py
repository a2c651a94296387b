"""The parts of a template's section: anchors that stay, slots to be written, groups."""

import re
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from assistant.markdown.blocks import split_lines
from assistant.markdown.comments import find_comments, is_directive, read_comments, strip_comments
from assistant.markdown.elements import MAX_KEY_WORDS, MarkKind, fold_name
from assistant.markdown.tables import split_cells

SlotKind = Literal["text", "prose", "items", "code", "rows", "cell", "yaml", "title"]
Owner = Literal["model", "program", "people"]
Role = Literal["", "status", "author", "title", "created", "updated", "questions", "references"]

_WHOLE_PLACEHOLDER = re.compile(
    r"""\[[^\]\n]*\](?:\([^)\n]*\))?   # [text], or a link alone
      | \([^()]*(?:\([^()]*\)[^()]*)*\) # (fill me in ...)
      | <[^<>]*>                        # <package>
      | \{\{?[^{}]*\}\}?                # {name}, {{name}}
      | _[^_\n]+_ | \*[^*\n]+\*         # an example in emphasis
      | y{4}[-/]m{2}[-/]d{2}            # a date's pattern
      | tb[ad] | \.\.\. | …
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# A word in capitals that stands for a value, as in adr-tools' template.
_CAPITAL_WORD = re.compile(r"TITLE|NUMBER|N{3,}|X{3,}|DATE|STATUS|AUTHORS?|NAMES?")
_EXAMPLE_START = re.compile(r"\[[^\]\n]*\]|`?<[^<>\n]*>`?|`<|\{\{?[^\W\d_][^{}\n]*\}\}?")
_NUMBER_BEFORE = re.compile(
    r"\W*(?:[A-Z]{2,10}[- ]?)?(?:\d+|[NX]{3,}|NUMBER)?[.:)]?\s*(?:[-\u2013\u2014]\s*)?"
)
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^()\n]*\)")
_BY_WHOM = re.compile(r"(?<=\w)\s+by\b.*", re.DOTALL)  # `superseded by ADR-0123` names an example
_COUNTED_NAME = re.compile(r"(?P<before>.*?\b)(?P<counter>[A-Z]|\d{1,3})(?P<after>\b.*)", re.DOTALL)
_ROLE_NAMES: tuple[tuple[Role, str], ...] = (
    ("status", r"status|state"),
    ("author", r"authors?|author\(s\)|written by"),
    ("title", r"title|feature name|project name"),
    ("created", r"created|created (?:at|on)|creation[- ]date|date|start date"),
    ("updated", r"updated|(?:last )?updated(?: at| on)?|last[- ]updated|last modified"),
    ("questions", r"(?:open|unresolved) (?:questions?|issues)"),
    (
        "references",
        r"references|links|related documents|see[- ]also|replaces|supersedes|superseded[- ]by",
    ),
)
_ROLES = tuple((role, re.compile(pattern)) for role, pattern in _ROLE_NAMES)
_LONGEST_NAME = 200  # characters; a longer one names no role, and is not to be kept
METADATA_TITLES = ("metadata", "meta data", "meta", "details")  # headings of what a document is
OPTIONAL = re.compile(
    r"[(\[]optional[)\]]|<!--(?:(?!-->).)*\b(?:optional|remove|delete)\b(?:(?!-->).)*-->",
    re.IGNORECASE,
)
# What stands beside a name and is no part of it, so that names are compared without it.
ASIDE = re.compile(r"\s*(?:[(\[]optional[)\]]|<!--.*?-->)\s*", re.IGNORECASE)
# What an instruction to the template's user begins with: "Note: replace the title above."
_NOTE_WORDS = re.compile(
    r"(?:please )?(?:notes?|n\.?b\.?|hints?|tips?|warning|important|caution|attention|todo"
    r"|instructions?|usage|how to use.*|about this template|example)"
)
_SENTENCE_END = re.compile(r"(?:\w+\W+){2}\w+[.!]\s*\Z")  # no name or date of metadata ends so
_MAX_STATUS_WORDS = 3  # of a status: "In Last Call", "Accepted with changes"
_BULLET = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)(?:\[[ xX]\][ \t]*)?")
# Braces in code (`/users/{id}`, `${x}`), of attributes ({#id}) and of scripts ({% if %}) are none.
_BRACED = r"(?<![\w/$`{])\{\{?[ ]?[^\W\d_][^{}\n\":;=]*\}\}?"
# A word that stands for the document's number: `NUMBER. TITLE`, `KEP-NNNN: ...`, `ADR-0000: ...`.
NUMBER_WORD = re.compile(
    r"(?<![a-z0-9])(?:NUMBER|N{3,}|X{3,})(?![A-Za-z0-9])|(?<=[A-Z]-)0{3,}(?=:)"
)
PLACEHOLDER = re.compile(
    rf"\[(?!optional\])[^\]\n]+\](?!\()|<(?!!--)[^<>\n]+>|{_BRACED}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Bytes that the template fixes. `key` is the name folded, as `elements.Mark.key`."""

    text: str
    kind: MarkKind
    key: str = ""
    name: str = ""
    bold: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Bytes between anchors that are no slot: blank lines, fixed prose, or `guidance`."""

    text: str
    guidance: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Bytes to be written; `text` is the placeholder that the template has there.

    `key` names the slot among its section's slots, for answers; `label` is what stands before it.
    `columns` are a table's, with the values that a column allows, `language` a fence's.
    """

    text: str
    kind: SlotKind
    key: str
    label: str = ""
    owner: Owner = "model"
    role: Role = ""
    guidance: str = ""
    language: str = ""
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """The values of the enumeration that the placeholder lists, or none."""
        return parse_choices(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """An example item of a group: its name between `before` and `after`, then its parts."""

    name: str
    before: str
    after: str
    parts: tuple["Part", ...]
    anchor: Anchor

    @property
    def text(self) -> str:
        """The item as the template has it."""
        return self.before + self.name + self.after + "".join(part.text for part in self.parts)

    def begin_item(self, name: str) -> str:
        """Return the bytes that begin an item called `name`."""
        return self.before + name + self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """List items that differ only in a counter, or that hold a placeholder in their name."""

    key: str
    label: str
    variants: tuple[Variant, ...]
    text: str
    depth: int = 1


Part = Anchor | Gap | Slot | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A heading of a template with what stands under it.

    `index` is its place among the template's sections, which tells it from one that is alike.
    `group` is empty, or the key of the heading group it belongs to; `variant` then counts the
    group's examples. `open` holds the heading's title before, in and after the words that are to be
    replaced, where there are any. The preamble is a spec of level 0.
    """

    index: int
    level: int
    title: str
    path: tuple[str, ...]
    heading: str
    parts: tuple[Part, ...]
    guidance: str = ""
    container: bool = False
    group: str = ""
    variant: int = 0
    open: tuple[str, str, str] | None = None
    line: int = 1

    @property
    def text(self) -> str:
        """The section as the template has it."""
        return self.heading + "".join(part.text for part in self.parts)

    @property
    def optional(self) -> bool:
        """Whether the template itself says that the section may be left out."""
        return bool(OPTIONAL.search(self.title))

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The section's own slots, those of groups not counted."""
        return tuple(part for part in self.parts if isinstance(part, Slot))

    def leaves_open(self, title: str) -> bool:
        """Whether a document's heading still has the words that are to be replaced.

        Plain words for a title (`TITLE`, `Feature name`) may stand in one as well: alone they are
        the template's, behind a number too.
        """
        if self.open is None:
            return False
        hint = self.open[1]
        if PLACEHOLDER.search(hint):
            return hint in title
        before = title.removesuffix(hint)
        return title == self.title or (before != title and bool(_NUMBER_BEFORE.fullmatch(before)))


def find_role(name: str) -> Role:
    """Return what a label, cell, key or heading called `name` holds, if that is the program's."""
    return _match_role(name) if len(name) <= _LONGEST_NAME else ""


@lru_cache(maxsize=1024)
def _match_role(name: str) -> Role:
    folded = fold_name(ASIDE.sub(" ", name))
    return next((role for role, pattern in _ROLES if pattern.fullmatch(folded)), "")


def find_owner(name: str, *, metadata: bool = False) -> Owner:
    """Return whose a slot is: the program's by its role, people's in metadata, else the model's."""
    if find_role(name):
        return "program"
    return "people" if metadata else "model"


def is_metadata_key(name: str, said: str, *, marked: bool) -> bool:
    """Whether a label in a document's head is metadata's, not an instruction's first words.

    `said` is what stands behind it; `marked` labels are bold, or items of a list.
    """
    words = fold_name(ASIDE.sub(" ", name))
    if _NOTE_WORDS.fullmatch(words):
        return False
    sentence = _SENTENCE_END.search(said) and not find_role(name)
    return marked or (len(words.split()) <= MAX_KEY_WORDS and not sentence)


def wrap_value(placeholder: str, value: str) -> str:
    """Return a value in a placeholder's place, with the words that a template has around it.

    Empty where there is more than one to be replaced: a person has to.
    """
    bare = strip_comments(placeholder).strip()
    found = list(PLACEHOLDER.finditer(bare))
    rest = PLACEHOLDER.sub("", bare)
    if not found or not re.search(r"\w", rest) or parse_choices(bare):
        return value
    if len(found) > 1:
        return ""
    return bare[: found[0].start()] + value + bare[found[0].end() :]


def find_inner_role(placeholder: str) -> Role:
    """Return what a value's one placeholder stands for: `[TITLE]` is the title."""
    found = PLACEHOLDER.findall(strip_comments(placeholder))
    return find_role(found[0].strip("[]{}<> ")) if len(found) == 1 else ""


def is_placeholder(text: str) -> bool:
    """Whether a value is blank, a comment, a bracketed hint, an enumeration or a lone example."""
    bare = strip_comments(text).strip()
    whole = _WHOLE_PLACEHOLDER.fullmatch(bare) or _CAPITAL_WORD.fullmatch(bare)
    return not bare or bool(whole) or len(parse_choices(bare)) > 1


def is_blank(content: str, slot: Slot, known: Container[str] = ()) -> bool:
    """Whether `content` is what the template has in `slot`, or nothing.

    `known` are the section's comments in the template, which don't count as text; nor do comments
    to the checker. Any other comment is somebody's.
    """
    pieces: list[str] = []
    position = 0
    for start, end in find_comments(content):
        own = content[start:end]
        if is_directive(own) or fold_name("".join(read_comments(own))) in known:
            pieces.append(content[position:start])
            position = end
    rest = "".join(pieces) + content[position:]
    # A template that begins with `Status: Proposed` says so of its documents: that is a value. A
    # sentence about the status is none.
    short = len(strip_comments(slot.text).split()) <= _MAX_STATUS_WORDS
    given = slot.role == "status" and short and not is_placeholder(slot.text)
    own = "" if given else strip_comments(slot.text)
    if slot.kind in ("rows", "items"):
        words = _row_words if slot.kind == "rows" else _item_words
        examples = {words(line) for line in split_lines(own)}
        return all(words(line) in examples or not words(line) for line in split_lines(rest))
    folded = " ".join(rest.split())
    return not folded or folded == " ".join(own.split())


def _row_words(line: str) -> str:
    """Return a row's words."""
    return " | ".join(split_cells(line)).strip(" |")


def _item_words(line: str) -> str:
    """Return an item's words."""
    return " ".join(_BULLET.sub("", line).split())


def is_example_item(text: str) -> bool:
    """Whether a list item is an example: blank, or beginning with a placeholder or a link."""
    return is_placeholder(text) or bool(_EXAMPLE_START.match(text.strip()))


def parse_choices(text: str) -> tuple[str, ...]:
    """Return the values of an enumeration such as `[Draft | Approved]` or `High/Med/Low`."""
    bare = _LINK.sub(r"\1", strip_comments(text)).strip().strip("\"'[](){}_*` ")
    parts = [_BY_WHOM.sub("", part.strip()) for part in re.split(r"\||/", bare)]
    parts = [part for part in parts if part not in ("…", "...")]
    if bare.casefold() == "n/a" or len(parts) < 2 or re.search(r"https?:|\.\w{1,4}$|\n|\(", bare):  # noqa: PLR2004
        return ()
    # Words of a sentence are no enumeration: `How we prevent/handle it`.
    word = r"[^\W_][\w -]{0,30}" if "|" in bare or " / " in bare else r"[^\W_][\w-]{0,30}"
    return tuple(parts) if all(re.fullmatch(word, part) for part in parts) else ()


def split_counter(name: str) -> tuple[str, str, str] | None:
    """Return a name around its counter (`Option `, `A`, ``); None if it has none."""
    found = _COUNTED_NAME.fullmatch(name.strip())
    return (found["before"], found["counter"], found["after"]) if found else None


def is_sequence(names: tuple[str, ...]) -> bool:
    """Whether neighbours' names differ only in a counter that goes up."""
    if len(names) < 2:  # noqa: PLR2004
        return False
    split = [split_counter(name) for name in names]
    if None in split:
        return False
    around = {(fold_name(part[0]), fold_name(part[2])) for part in split if part}
    counters = [part[1] for part in split if part]
    rising = all(
        (int(b) - int(a) if a.isdigit() and b.isdigit() else ord(b[0]) - ord(a[0])) == 1
        for a, b in pairwise(counters)
    )
    return len(around) == 1 and rising


def make_identifier(name: str) -> str:
    """Return a name as a key of JSON: letters, digits and underscores."""
    return re.sub(r"\W+", "_", ASIDE.sub(" ", name).strip().casefold()).strip("_") or "text"
