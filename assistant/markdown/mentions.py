"""Paths and symbols that a document names in code spans, and whether they are marked as proposed.

Precision comes first: what could be a route, a pattern, a host or a word is no mention.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from assistant.markdown.blocks import Block, split_source
from assistant.markdown.comments import find_comments
from assistant.markdown.document import Document
from assistant.markdown.passage import Passage, Span, find_code_spans

# Of whatever they stand beside: it is a plan, a result, an example or gone.
_STRONG_SIGN = re.compile(
    r"\bpropos\w+|\bplanned\b|\bfuture\b|\bto be\b|\bwill (?:be|hold|have|live|contain|become)\b"
    r"|\bcreat(?:e[sd]?|ing|ion)\b|\brenam\w+|\b(?:re)?mov(?:e[sd]?|ing|al)\b|\bdelet(?:e[sd]?|ing)\b"
    r"|\bgenerat(?:e[sd]?|ing)\b|\bformer(?:ly)?\b|\bno longer\b|\bnot (?:yet|there|exist)\b"
    r"|n't (?:yet )?(?:exist|be there)\b|\bno such\b|\bfor example\b|\be\.g\.|\bexamples?\b"
    r"|\bnew (?:\w+ )?(?:files?|modules?|folders?|director(?:y|ies)|packages?|scripts?|documents?"
    r"|migrations?|tests?)\b",
    re.IGNORECASE,
)
# Not where something else is added *to* the path, which then has to be there.
_WEAK_SIGN = re.compile(
    r"\bnew\b|\badd(?:s|ed|ing|itional)?\b|\bintroduc(?:e[sd]?|ing)\b", re.IGNORECASE
)
_ADDED_TO = re.compile(
    r"\b(?:to|in|into|inside|within|of|from|on)(?: the)?(?: (?:file|module|folder|package))?"
    r"[ ('\"*_]*\Z",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)[.!?][)\"'*_]*\s+(?=[^a-z\s])|[\u3002\uff01\uff1f]"
)


def is_proposed(text: str, at: int) -> bool:
    """Whether the words of `text` mark what stands at offset `at` as proposed."""
    if _STRONG_SIGN.search(text):
        return True
    return bool(_WEAK_SIGN.search(text)) and not _ADDED_TO.search(text, 0, at)


def find_sentence(text: str, at: int) -> tuple[int, int]:
    """Return where the sentence with offset `at` begins and ends."""
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if end.end() > at:
            return start, end.end()
        start = end.end()
    return start, len(text)


MentionKind = Literal["path", "symbol"]
ONLY_PATHS: tuple[MentionKind, ...] = ("path",)
ALL_KINDS: tuple[MentionKind, ...] = ("path", "symbol")

_HIDDEN = "\0"  # stands for code where only words count; no document holds it
_WORD = re.compile(r"\w+")
_RUN_COMMAND = re.compile(r"(?:python3?|bash|sh|node|ruby|perl|source|cat|go run) (?=\S+\Z)")
_PLACE_IN_FILE = re.compile(r"(?::\d+(?:[:-]\d+)?|#[\w-]+|(?:::[\w.-]+)+)\Z")
_PATH = re.compile(r"(?:\.{1,2}/)*(?:[\w@+.-]+/)+(?:[\w@+-][\w@+.-]*)?")
_FILE_ENDING = re.compile(r"[^./][^/]*\.(?P<ending>[a-z][a-z0-9]*|[RCHS])\Z")
_LONG_ENDINGS = re.compile(
    r"class|config|dockerfile|example|expected|gradle|graphql|groovy|ipynb|jinja2?|json5|jsonl"
    r"|markdown|prisma|properties|proto|scala|service|svelte|swift|template|tfvars"
)
_MAX_PATH = 300  # characters of a path with all around it
_MAX_REACH = 500  # characters to each side whose words can speak of a path
_MAX_ENDING = 5  # letters of an ending at most, the longer ones are in the list
_HOST_ENDINGS = {"com", "org", "net", "io", "dev", "x"}
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}")
_FOREIGN_FOLDERS = {
    "refs",
    "origin",
    "upstream",
    ".git",
    "node_modules",
    "__pycache__",
    ".venv",
    "venv",
}
_EXAMPLE_PATH = re.compile(
    r"(?:\A|/)(?:path/to/|(?:foo|bar|baz|qux|your[\w-]*)(?:\.\w+)?(?:/|\Z))|/\.{3,}/"
    r"|N{3,}|X{3,}|YYYY|\A(?:\d+/)+\Z|\Aapplication/(?:vnd|x)[.-]|\Aapis?/v\d+/"
)
_NAME_PART = r"[A-Za-z_]\w*"
_SYMBOL = re.compile(
    rf"(?:{_NAME_PART}(?:\.|::|#|->))*[A-Za-z_]\w{{2,}}\(\)"
    rf"|[A-Z]\w*[a-z]\w*(?:\.{_NAME_PART})+"
    r"|[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+|[a-z]+(?:[A-Z][a-z0-9]+)+"
    r"|_?[a-z][a-z0-9]*(?:_[a-z0-9]+)+"
)
_FILE_NAME = re.compile(r"\.(?:md|txt|json|ya?ml|toml|lock|js|ts|py|go|rs|am|in|xml|html?)\Z")
_LINK_REST = re.compile(r"\](?:\((?P<target>[^\s()]*)[^()\n]*\)|\[(?P<name>[^\]\n]*)\])?")
_FOREIGN_DEFINITION = re.compile(
    r"^[ ]{0,3}\[(?P<name>[^\]\n]+)\]:[ \t]*<?(?:[a-z][a-z+.-]+:)?//", re.MULTILINE | re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A path or a symbol in a code span, at offset `start`; the span ends before `after`."""

    kind: MentionKind
    text: str
    start: int
    after: int
    proposed: bool
    section: str = ""
    line: int = 1
    column: int = 1

    @property
    def words(self) -> tuple[str, ...]:
        """The words that have to occur in the code for a symbol to be there."""
        return tuple(_WORD.findall(self.text))


@dataclass(frozen=True, kw_only=True)
class _Unit:
    """A stretch whose words speak of all the code in it, and the words that lead up to it.

    `start` is where it begins in its passage; the offsets of `code`, its code spans, count from
    there. Of a `whole` one all words speak of each span, else those of the span's sentence.
    """

    start: int
    text: str
    code: tuple[Span, ...]
    lead: str = ""
    whole: bool = False

    @cached_property
    def comments(self) -> tuple[Span, ...]:
        """Where its comments are."""
        return find_comments(self.text)

    @cached_property
    def words(self) -> str:
        """The text with its code and comments hidden."""
        parts: list[str] = []
        position = 0
        for begin, end in sorted((*self.code, *self.comments)):
            if end > position:
                first = max(begin, position)
                parts += (self.text[position:first], _HIDDEN * (end - first))
                position = end
        return "".join((*parts, self.text[position:]))

    def is_commented(self, at: int) -> bool:
        """Whether what stands at an offset is in a comment."""
        before = bisect_right(self.comments, (at, len(self.text))) - 1
        return before >= 0 and at < self.comments[before][1]


def find_mentions(
    document: Document, kinds: Collection[MentionKind] = ALL_KINDS
) -> tuple[Mention, ...]:
    """Return every path and symbol that a document names, or only those of some kinds, in order."""
    found: list[Mention] = []
    away = _find_foreign_names(document.text) if "`" in document.text else frozenset[str]()
    for section in document.sections:
        own = [
            *((section.start, one) for one in _heading_mentions(section.heading, kinds, away)),
            *((section.body_start, one) for one in _body_mentions(section, kinds, away)),
        ]
        found += (
            replace(one, start=one.start + at, after=one.after + at, section=section.title)
            for at, one in own
            if one.kind in kinds
        )
    return _place_mentions(document.text, found)


def find_paths(text: str) -> tuple[Mention, ...]:
    """Return every path that a stretch of Markdown names, in order."""
    found = _body_mentions(Passage(body=text), ONLY_PATHS, _find_foreign_names(text))
    return _place_mentions(text, [one for one in found if one.kind == "path"])


def _place_mentions(text: str, found: Iterable[Mention]) -> tuple[Mention, ...]:
    """Return the mentions in order, with their lines and columns."""
    ordered = sorted(found, key=lambda one: one.start)
    starts = split_source(text).offsets if ordered else ()
    placed: list[Mention] = []
    for one in ordered:
        line = bisect_right(starts, one.start)
        placed.append(replace(one, line=line, column=one.start - starts[line - 1] + 1))
    return tuple(placed)


def _find_foreign_names(text: str) -> frozenset[str]:
    """Return the names of reference definitions that lead to other hosts."""
    return frozenset(found["name"].casefold() for found in _FOREIGN_DEFINITION.finditer(text))


def _heading_mentions(
    text: str, kinds: Collection[MentionKind], away: frozenset[str]
) -> Iterator[Mention]:
    if _may_name(text, kinds):
        yield from _unit_mentions(_Unit(start=0, text=text, code=find_code_spans(text)), away)


def _body_mentions(
    passage: Passage, kinds: Collection[MentionKind], away: frozenset[str]
) -> Iterator[Mention]:
    if _may_name(passage.body, kinds):
        for unit in _split_units(passage, passage.blocks, ""):
            yield from _unit_mentions(unit, away)


def _may_name(text: str, kinds: Collection[MentionKind]) -> bool:
    """Whether a text can have mentions; most have none, and need no closer look."""
    return any(_classify_code(part) in kinds for part in text.split("`")[1:-1])


def _split_units(
    passage: Passage, blocks: Sequence[Block], lead: str, *, item: bool = False
) -> Iterator[_Unit]:
    """Yield the stretches in blocks; a paragraph that ends in a colon leads up to a list."""
    own = lead
    for block in blocks:
        if block.kind == "paragraph":
            unit = _make_unit(passage, block.first, block.last, lead, whole=item)
            yield unit
            last = find_sentence(unit.words, max(len(unit.words) - 1, 0))[0]
            leads = unit.words.rstrip(" \t\r\n*_").endswith(":")
            own = f"{lead} {unit.words[last:]}"[-_MAX_REACH:] if leads else lead
        elif block.kind == "table":
            for line in range(block.first, block.last):
                yield _make_unit(passage, line, line + 1, lead, whole=True)
        elif block.kind in ("list", "quote", "item"):
            inside = block.kind == "item" or (item and block.kind == "quote")
            yield from _split_units(passage, block.children, own, item=inside)
        if block.kind not in ("paragraph", "list", "item"):
            own = lead


def _make_unit(passage: Passage, first: int, last: int, lead: str, *, whole: bool) -> _Unit:
    """Return some lines of a passage as a unit, with the code spans that begin there."""
    start, stop = passage.source.offsets[first], passage.source.offsets[last]
    begin = bisect_left(passage.code_spans, (start, 0))
    end = bisect_left(passage.code_spans, (stop, 0), lo=begin)
    return _Unit(
        start=start,
        text=passage.body[start:stop],
        code=tuple((a - start, b - start) for a, b in passage.code_spans[begin:end]),
        lead=lead,
        whole=whole,
    )


def _unit_mentions(unit: _Unit, away: frozenset[str]) -> Iterator[Mention]:
    """Yield the mentions in one stretch."""
    for first, after in unit.code:
        content = unit.text[first:after].strip("`")
        kind = _classify_code(content)
        if not kind or unit.is_commented(first) or _leads_away(unit.text, first, after, away):
            continue
        since, near = _words_around(unit.words, first, whole=unit.whole)
        named = _RUN_COMMAND.sub("", content.strip())
        yield Mention(
            kind=kind,
            text=_PLACE_IN_FILE.sub("", named) if kind == "path" else named,
            start=unit.start + unit.text.index(named, first),
            after=unit.start + after,
            proposed=is_proposed(f"{unit.lead} {near}", len(unit.lead) + 1 + first - since),
        )


def _words_around(words: str, at: int, *, whole: bool) -> tuple[int, str]:
    """Return the words that speak of what stands at `at`, with where they begin."""
    since = max(at - _MAX_REACH, 0)
    near = words[since : at + _MAX_REACH]
    begin, end = (0, len(near)) if whole else find_sentence(near, at - since)
    return since + begin, near[begin:end]


def _leads_away(text: str, first: int, after: int, away: frozenset[str]) -> bool:
    """Whether a code span is the text of a link to another host."""
    if text[after : after + 1] != "]" or text[first - 1 : first] != "[":
        return False
    link = _LINK_REST.match(text, after)
    if link is None:
        return False
    if link["target"]:
        return "//" in link["target"]
    return (link["name"] or text[first:after]).casefold() in away


def _classify_code(content: str) -> MentionKind | None:
    """Return what a code span's content names as a whole, if anything."""
    if len(content) > _MAX_PATH:
        return None
    content = _RUN_COMMAND.sub("", content.strip())
    if "/" in content:
        return "path" if _is_path(_PLACE_IN_FILE.sub("", content)) else None
    if _SYMBOL.fullmatch(content) and not _FILE_NAME.search(content):
        return "symbol"
    return None


def _is_path(path: str) -> bool:
    if not _PATH.fullmatch(path) or _EXAMPLE_PATH.search(path):
        return False
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    if not parts or parts[0] in _FOREIGN_FOLDERS or _HOST.fullmatch(parts[0]):
        # A host's name begins an import path or a label, and no folder's.
        return False
    if path.endswith("/"):
        return True
    ending = _FILE_ENDING.search(path)
    if ending is None or ending["ending"] in _HOST_ENDINGS:
        return False
    return (
        len(ending["ending"]) <= _MAX_ENDING
        or _LONG_ENDINGS.fullmatch(ending["ending"]) is not None
    )
