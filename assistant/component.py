"""Components and services: whether each is where the others are."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.chapter import Chapter
from assistant.mark import marks
from assistant.wording import Index, words

COMPONENTS = "key components"
DIAGRAM = "simple architecture diagram"
LIFECYCLE = "lifecycle of code for key use case"
SERVICES = "services / business logic"
_DESIGN = ("schema updates", "api endpoints", "ui changes", "data migration plan")

MOST = 60  # names in a section; where there are more, it is no section of names
_WORDS = 5  # a name has at most as many words
_NAME = re.compile(
    r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?:\[[ xX]\][ \t]+)?(?:"
    r"(?P<wrap>\*\*|__)(?P<bold>[^*\n]{1,80}?)[:\uff1a]?(?P=wrap)"
    r"|(?P<code>`[^`\n]{1,80}`)"
    r"|(?P<plain>[^\s*`\[<:][^:\n*`\[|]{0,60}?)(?=:[ \t\r\n]|\uff1a|[ ][-\u2013\u2014][ ])"
    r")"
)
_ALIAS = re.compile(r"\(([^()]+)\)")
_COUNTER = re.compile(r"\d{1,3}[.)][ \t]+")
_SMALL = frozenset(
    "a an and as at by de del der des die das du el en et for from in la las le les los of on or "
    "our the to und und von with y new".split()
)
_GENERIC = frozenset(
    "api app application class component controller dienst engine handler layer library logic "
    "manager module package process server service servicio servidor subsystem svc system "
    "сервис служба".split()  # noqa: RUF001
)
# What is built, but is no part of what runs.
_BESIDE = frozenset(
    "alert config configuration dashboard doc documentation flag guideline metric migration "
    "monitoring runbook schema script setting suite test toggle".split()
)
_KINDS = (
    "database db postgre postgres postgresql mysql mariadb sqlite mongodb mongo dynamodb oracle",
    "cache redis memcached valkey",
    "queue broker kafka rabbitmq sqs nats topic bus",
    "frontend ui browser client spa page",
    "storage store s3 gcs bucket minio",
    "backend server",
    "mail email smtp ses",
)
_ALIKE = {word: kind for kind in (frozenset(k.split()) for k in _KINDS) for word in kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A name as it stands in the document from `start` to `end`, and the words that make it.

    `core` are the words that have to be found, `parts` names of which any one will do. What is said
    of it stands before `until`.
    """

    text: str
    start: int
    end: int
    until: int
    core: tuple[str, ...]
    parts: tuple[str, ...]


def components(chapter: Chapter) -> tuple[Name, ...]:
    """The names of a list of components, or of the sub-headings that stand for one."""
    headed = _headed(chapter)
    if headed:
        return headed
    found: list[tuple[int, int]] = []
    own = [m for m in marks(chapter.text) if m.depth and m.kind in ("label", "item", "check")]
    top = min((m.depth for m in own), default=0)
    for mark in own:
        match = _NAME.match(chapter.text, mark.start, mark.stop) if mark.depth == top else None
        if match:
            group = match.lastgroup or "bold"
            found.append(match.span("bold" if group == "wrap" else group))
    ends = [chapter.start + start for start, _ in found[1:]]
    ends += [chapter.start + len(chapter.text)] * bool(found)
    return _names(
        [
            (chapter.text[start:end], chapter.start + start, until)
            for (start, end), until in zip(found, ends, strict=True)
        ]
    )


def services(chapter: Chapter) -> tuple[Name, ...]:
    """The names of the headings under a chapter."""
    return _headed(chapter)


def _headed(chapter: Chapter) -> tuple[Name, ...]:
    if not chapter.sections:
        return ()
    level = min(section.level for section in chapter.sections)
    heads = [section for section in chapter.sections if section.level == level]
    ends = [section.start for section in heads[1:]] + [chapter.start + len(chapter.text)]
    found: list[tuple[str, int, int]] = []
    for section, until in zip(heads, ends, strict=True):
        at = section.heading.find(section.title) if section.title else -1
        written = chapter.part(section.start, section.body_start).strip()
        if at >= 0 and written:
            found.append((section.title, section.start + at, until))
    return _names(found)


def _names(found: Sequence[tuple[str, int, int]]) -> tuple[Name, ...]:
    """Names of what was found; none where that is sentences, or too many."""
    if len(found) > MOST:
        return ()
    made = [_name(*one) for one in found]
    named = [name for name in made if name is not None]
    cores = [name.core for name in named]
    return tuple(
        # Two names that differ in nothing but "service" and "worker" need all of their words.
        name if cores.count(name.core) == 1 else _full(name)
        for name in named
    )


def _name(text: str, start: int, until: int) -> Name | None:
    bare = _COUNTER.sub("", text.strip().strip("`*_ "))
    main = _ALIAS.sub(" ", bare).strip()
    own = words(main)
    if not 0 < len(own) <= _WORDS or main.endswith((".", "!", "?")) or "[" in main:
        return None
    parts = [part for part in re.split(r"\s*(?:/|,|&|\+|\band\b)\s*", main) if words(part)]
    aliases = _ALIAS.findall(bare)
    return Name(
        text=text, start=start, end=start + len(text), until=until, core=_core(own),
        parts=tuple([*aliases, *(parts if len(parts) > 1 else [])]),
    )  # fmt: skip


def _core(own: Sequence[str]) -> tuple[str, ...]:
    """The words that tell a name from others: less articles, and a head that says what it is."""
    rest = [word for word in own if word not in _SMALL]
    distinct = [word for word in rest if word not in _GENERIC]
    if len(distinct) > 1 and distinct[-1] == rest[-1] and re.search(r"..[eo]r$", distinct[-1]):
        distinct = distinct[:-1]  # "validator", where a text may say "is validated"
    return tuple(distinct or rest or own)


def _full(name: Name) -> Name:
    own = words(_ALIAS.sub(" ", name.text))
    return Name(
        text=name.text, start=name.start, end=name.end, until=name.until, core=own,
        parts=name.parts,
    )  # fmt: skip


def mentioned(name: Name, index: Index) -> bool:
    """Whether a text speaks of what is called so."""
    bare = _ALIAS.sub(" ", name.text).strip("`*_ ")
    kind = _ALIKE.get(words(bare)[-1], frozenset())
    return (
        index.holds(name.core)
        or index.abbreviates(bare)
        or index.spells(bare)
        or (bool(kind) and index.any(kind - set(words(bare))))
        or any(index.holds(_core(words(part))) for part in name.parts if words(part))
    )


def unused(found: Mapping[str, Chapter]) -> Iterator[Name]:
    """Components that neither the diagram nor the lifecycle nor the detailed design knows."""
    places = [found[title] for title in (LIFECYCLE, SERVICES) if title in found]
    if COMPONENTS not in found or not (places or drawn(found)):
        return
    others = [found[title] for title in _DESIGN if title in found]
    indexes = [Index(chapter.text) for chapter in (*places, *others)]
    indexes += [Index(text, whole=True) for text in drawn(found)]
    names = _running(components(found[COMPONENTS]))
    missing = [n for n in names if not any(mentioned(n, index) for index in indexes)]
    # A document of which no component is found again speaks in other words, or of other things.
    if len(missing) * 2 < len(names):
        yield from missing


def undrawn(found: Mapping[str, Chapter]) -> Iterator[Name]:
    """Components that a diagram lacks which shows at least two of them, and half of all."""
    if COMPONENTS not in found:
        return
    names = _running(components(found[COMPONENTS]))
    for text in drawn(found):
        index = Index(text, whole=True)
        missing = [name for name in names if not mentioned(name, index)]
        if len(names) - len(missing) > 1 and len(missing) * 2 <= len(names):
            yield from missing


def unknown(found: Mapping[str, Chapter], rest: str) -> Iterator[Name]:
    """Services that no other section knows, where half of them are known; `rest` is other text."""
    if SERVICES not in found or not (COMPONENTS in found or LIFECYCLE in found):
        return
    chapter = found[SERVICES]
    names = services(chapter)
    index = Index(rest)
    missing = [name for name in names if not mentioned(name, index)]
    if len(missing) * 2 > len(names):
        return
    for name in missing:
        if not mentioned(name, Index(chapter.without(name.start, name.until))):
            yield name


def _running(names: Sequence[Name]) -> tuple[Name, ...]:
    return tuple(name for name in names if words(name.text)[-1] not in _BESIDE)


def drawn(found: Mapping[str, Chapter]) -> tuple[str, ...]:
    """The text of the diagram, where it is one of text."""
    chapter = found.get(DIAGRAM)
    if chapter is None:
        return ()
    fences = [m for m in marks(chapter.text) if m.kind == "fence"]
    text = "\n".join(chapter.text[m.end : m.stop] for m in fences)
    return (text,) if text.strip("`~ \t\r\n") else ()
