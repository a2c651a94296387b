"""Components and services: their names, and whether each is where the others are."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.lint.analyses.chapters import (
    COMPONENTS,
    DIAGRAM,
    ENDPOINTS,
    LIFECYCLE,
    MAX_NAMES,
    MIGRATION,
    SCHEMA,
    SCREENS,
    SERVICES,
    Chapter,
)
from assistant.lint.analyses.words import WordIndex, collect_words, list_singular_words

_DESIGN_CHAPTERS = (LIFECYCLE, SERVICES, SCHEMA, ENDPOINTS, SCREENS, MIGRATION)
_MAX_WORDS = 5  # of a name; an item that begins with more begins with a sentence
_ITEM_NAME = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?(?:"
    r"(?P<wrap>\*\*|__)(?P<bold>[^*\n]{1,80}?)[:\uff1a]?(?P=wrap)"
    r"|(?P<code>`[^`\n]{1,80}`)"
    r"|(?P<plain>[^\s*`\[<:][^:\n*`\[|]{0,60}?)(?=:[ \t\r\n]|\uff1a|[ ][-\u2013\u2014][ ])"
    r")"
)
# "Edges: `store` and `journal` ...": names of what stands behind a name.
_MEMBERS = re.compile(r"[*_: \t\uff1a-]{0,8}(`[^\n]*)")
_CODE_SPAN = re.compile(r"`([^`\n]{1,60})`")
_ALIAS = re.compile(r"\(([^()]+)\)")
_COUNTER = re.compile(r"\d{1,3}[.)][ \t]+")
# Articles and the like in English, German, French and Spanish.
_SMALL_WORDS = collect_words(
    "a an and as at by de del der des die das du el en et for from in la las le les los of on or",
    "our the to und von with y new",
)
# Heads that say what a thing is and not which one: a text may call "the order API" just "orders".
_GENERIC_WORDS = collect_words(
    "api app application class component controller dienst engine handler layer library logic",
    "manager module package process server service servicio servidor subsystem svc system",
    "сервис служба",
)
# What is built, but is no part of what runs.
_BESIDE_WORDS = collect_words(
    "alert config configuration dashboard doc documentation flag guideline metric migration",
    "monitoring runbook schema script setting suite test toggle",
)
# Words for one kind of thing: "the database" is a mention of a component called "Postgres".
_SYNONYMS = (
    "database db postgre postgres postgresql mysql mariadb sqlite mongodb mongo dynamodb oracle",
    "cache redis memcached valkey",
    "queue broker kafka rabbitmq sqs nats topic bus",
    "frontend ui browser client spa page",
    "storage store s3 gcs bucket minio",
    "backend server",
    "mail email smtp ses",
)
_SYNONYMS_OF = {word: frozenset(kind.split()) for kind in _SYNONYMS for word in kind.split()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentName:
    """A name as it stands in the document from `start` to `end`, and the words that make it.

    `core` are the words that have to be found, `own` those of them that no other name has, `parts`
    names of which any one will do. What is said of it stands before `until`.
    """

    text: str
    start: int
    end: int
    until: int
    core: tuple[str, ...]
    own: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def beside(self) -> bool:
        """Whether it is built and is no part of what runs: a flag, a dashboard, tests."""
        return list_singular_words(self.text)[-1] in _BESIDE_WORDS

    @property
    def topic(self) -> bool:
        """Whether it is what a text is about rather than a thing: "Groups in a document"."""
        return any(word in _SMALL_WORDS for word in self.text.casefold().split()[1:])


def list_component_names(chapter: Chapter) -> tuple[ComponentName, ...]:
    """Return the names that the items of a list of components begin with, or its sub-headings."""
    if chapter.sections:
        return list_heading_names(chapter)
    own = [m for m in chapter.marks if m.depth and m.kind in ("label", "item", "check")]
    top = min((m.depth for m in own), default=0)
    found: list[ComponentName] = []
    for mark in own:
        match = _ITEM_NAME.match(chapter.text, mark.start, mark.stop) if mark.depth == top else None
        if match:
            group = match.lastgroup or ""
            start, end = match.span("bold" if group == "wrap" else group)
            name = _parse_name(
                chapter.text[start:end], chapter.start + start, chapter.start + mark.reach
            )
            members = _MEMBERS.match(chapter.text, match.end(), mark.stop)
            if name and members:
                name = replace(
                    name, parts=(*name.parts, *_CODE_SPAN.findall(members[1])[:MAX_NAMES])
                )
            found += [name] if name else []
    return _tell_apart(found)


def list_heading_names(chapter: Chapter) -> tuple[ComponentName, ...]:
    """Return the names that the upper headings in a chapter are."""
    level = min((section.level for section in chapter.sections), default=0)
    heads = [section for section in chapter.sections if section.level == level]
    ends = [section.start for section in heads[1:]] + [chapter.start + len(chapter.text)]
    found: list[ComponentName] = []
    for section, until in zip(heads, ends, strict=False):
        at = section.heading.find(section.title) if "\n" not in section.title else -1
        written = chapter.part(section.start, section.body_start).strip()
        name = (
            _parse_name(section.title, section.start + at, until) if written and at >= 0 else None
        )
        found += [name] if name else []
    return _tell_apart(found)


def _tell_apart(found: Sequence[ComponentName]) -> tuple[ComponentName, ...]:
    """Return the names with the words that only each has; none of them if they are too many."""
    if len(found) > MAX_NAMES:
        return ()
    cores = Counter(name.core for name in found)
    # Two names that differ in nothing but "service" and "worker" need all of their words.
    full = [
        n if cores[n.core] == 1 else replace(n, core=list_singular_words(_strip_name(n.text)))
        for n in found
    ]
    shared = Counter(word for name in full for word in set(name.core))
    return tuple(
        replace(name, own=tuple(word for word in name.core if shared[word] == 1)) for name in full
    )


def _parse_name(text: str, start: int, until: int) -> ComponentName | None:
    bare = _COUNTER.sub("", text.strip().strip("`*_ "))
    main = _strip_name(bare)
    own = list_singular_words(main)
    if not 0 < len(own) <= _MAX_WORDS or main.endswith((".", "!", "?")) or "[" in main:
        return None
    parts = [
        part for part in re.split(r"\s*(?:/|,|&|\+|\band\b)\s*", main) if list_singular_words(part)
    ]
    aliases = _ALIAS.findall(bare)
    return ComponentName(
        text=text,
        start=start,
        end=start + len(text),
        until=until,
        core=_find_core(own),
        parts=(*aliases, *(parts if len(parts) > 1 else ())),
    )


def _strip_name(text: str) -> str:
    return _ALIAS.sub(" ", _COUNTER.sub("", text)).strip("`*_ \t")


def _find_core(own: Sequence[str]) -> tuple[str, ...]:
    """Return a name's words but for articles and the head that says what kind of thing it is."""
    rest = [word for word in own if word not in _SMALL_WORDS]
    distinct = [word for word in rest if word not in _GENERIC_WORDS]
    if len(distinct) > 1 and distinct[-1] == rest[-1] and re.search(r"..[eo]r$", distinct[-1]):
        distinct = distinct[:-1]  # "validator", where a text may say "is validated"
    return tuple(distinct or rest or own)


def is_name_mentioned(name: ComponentName, index: WordIndex) -> bool:
    """Whether a text names a component, however it spells the name."""
    bare = _strip_name(name.text)
    kind = _SYNONYMS_OF.get(list_singular_words(bare)[-1], frozenset())
    return (
        index.holds(name.core)
        or index.abbreviates(bare)
        or index.spells(bare)
        or (bool(kind) and index.any(kind - set(list_singular_words(bare))))
        or any(
            index.holds(_find_core(list_singular_words(part)))
            for part in name.parts
            if list_singular_words(part)
        )
    )


def is_name_hinted(name: ComponentName, index: WordIndex) -> bool:
    """Whether a text names a component, or has any of the words that only this name has."""
    return is_name_mentioned(name, index) or any(index.holds((word,)) for word in name.own)


def find_unused_components(found: Mapping[str, Chapter], asides: str) -> Iterator[ComponentName]:
    """Yield the components that neither diagram nor lifecycle nor detailed design mentions.

    `asides` is what was said of parts that do not apply: a mention there is one.
    """
    if COMPONENTS not in found or not (LIFECYCLE in found or SERVICES in found):
        return
    texts = [found[title].text for title in _DESIGN_CHAPTERS if title in found]
    index = WordIndex("\n\n".join([*texts, asides]))
    indexes = (index, *(WordIndex(text, whole=True) for text in list_diagram_texts(found)))
    names = [name for name in list_component_names(found[COMPONENTS]) if not name.beside]
    missing = [name for name in names if not any(is_name_hinted(name, one) for one in indexes)]
    # Where more than a third is not found again, the document speaks in other words.
    if len(missing) * 3 <= len(names):
        yield from missing


def find_undrawn_components(found: Mapping[str, Chapter]) -> Iterator[ComponentName]:
    """Yield the components that a diagram lacks which shows two of them and two thirds of all.

    A diagram of less is a detail, or speaks in other words.
    """
    if COMPONENTS not in found:
        return
    names = [name for name in list_component_names(found[COMPONENTS]) if not name.beside]
    for text in list_diagram_texts(found):
        index = WordIndex(text, whole=True)
        missing = [name for name in names if not is_name_mentioned(name, index)]
        if len(names) - len(missing) > 1 and len(missing) * 3 <= len(names):
            yield from missing


def find_unknown_services(found: Mapping[str, Chapter], rest: str) -> Iterator[ComponentName]:
    """Yield the services that no other section mentions, if half are mentioned in `rest`."""
    if SERVICES not in found or not (COMPONENTS in found or LIFECYCLE in found):
        return
    chapter = found[SERVICES]
    names = [name for name in list_heading_names(chapter) if not name.topic]
    index = WordIndex(rest)
    missing = [name for name in names if not is_name_hinted(name, index)]
    if len(missing) * 2 > len(names):
        return
    # A service may be named in what is said of another one.
    bodies = [(name, WordIndex(chapter.part(name.end, name.until))) for name in missing]
    starts = [chapter.start, *(name.until for name in missing)]
    ends = [*(name.start for name in missing), chapter.start + len(chapter.text)]
    outside = "\n\n".join(map(chapter.part, starts, ends))
    indexes = (*bodies, (None, WordIndex(outside)))
    for name in missing:
        if not any(is_name_mentioned(name, index) for other, index in indexes if other is not name):
            yield name


def list_diagram_texts(found: Mapping[str, Chapter]) -> tuple[str, ...]:
    """Return the text of the diagram, if it is one of text."""
    chapter = found.get(DIAGRAM)
    if chapter is None:
        return ()
    fences = [m for m in chapter.marks if m.kind == "fence"]
    text = "\n".join(chapter.text[m.end : m.stop] for m in fences)
    return (text,) if text.strip("`~ \t\r\n") else ()
