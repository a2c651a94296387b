"""Components and services: whether each is where the others are."""

from collections.abc import Iterator, Mapping

from assistant.chapter import (
    COMPONENTS,
    DIAGRAM,
    ENDPOINTS,
    LIFECYCLE,
    MIGRATION,
    SCHEMA,
    SCREENS,
    SERVICES,
    Chapter,
)
from assistant.entity import Name, headed, hinted, listed, mentioned
from assistant.mark import marks
from assistant.wording import Index

_DESIGN = (LIFECYCLE, SERVICES, SCHEMA, ENDPOINTS, SCREENS, MIGRATION)


def unused(found: Mapping[str, Chapter], asides: str) -> Iterator[Name]:
    """Components that neither the diagram nor the lifecycle nor the detailed design knows.

    `asides` is what was said of parts that do not apply: a mention there is one.
    """
    if COMPONENTS not in found or not (LIFECYCLE in found or SERVICES in found):
        return
    texts = [found[title].text for title in _DESIGN if title in found]
    index = Index("\n\n".join([*texts, asides]))
    indexes = (index, *(Index(text, whole=True) for text in drawn(found)))
    names = [name for name in listed(found[COMPONENTS]) if not name.beside]
    missing = [name for name in names if not any(hinted(name, one) for one in indexes)]
    # A document of which few components are found again speaks in other words.
    if len(missing) * 3 <= len(names):
        yield from missing


def undrawn(found: Mapping[str, Chapter]) -> Iterator[Name]:
    """Components that a diagram lacks which shows at least two of them, and two thirds of all."""
    if COMPONENTS not in found:
        return
    names = [name for name in listed(found[COMPONENTS]) if not name.beside]
    for text in drawn(found):
        index = Index(text, whole=True)
        missing = [name for name in names if not mentioned(name, index)]
        if len(names) - len(missing) > 1 and len(missing) * 3 <= len(names):
            yield from missing


def unknown(found: Mapping[str, Chapter], rest: str) -> Iterator[Name]:
    """Services that no other section knows, where half of them are known; `rest` is other text."""
    if SERVICES not in found or not (COMPONENTS in found or LIFECYCLE in found):
        return
    chapter = found[SERVICES]
    names = [name for name in headed(chapter) if not name.topic]
    index = Index(rest)
    missing = [name for name in names if not hinted(name, index)]
    if len(missing) * 2 > len(names):
        return
    # A service may be named in what is said of another one.
    bodies = [(name, Index(chapter.part(name.end, name.until))) for name in missing]
    starts = [chapter.start, *(name.until for name in missing)]
    ends = [*(name.start for name in missing), chapter.start + len(chapter.text)]
    outside = "\n\n".join(map(chapter.part, starts, ends))
    indexes = (*bodies, (None, Index(outside)))
    for name in missing:
        if not any(mentioned(name, index) for other, index in indexes if other is not name):
            yield name


def drawn(found: Mapping[str, Chapter]) -> tuple[str, ...]:
    """The text of the diagram, where it is one of text."""
    chapter = found.get(DIAGRAM)
    if chapter is None:
        return ()
    fences = [m for m in marks(chapter.text) if m.kind == "fence"]
    text = "\n".join(chapter.text[m.end : m.stop] for m in fences)
    return (text,) if text.strip("`~ \t\r\n") else ()
