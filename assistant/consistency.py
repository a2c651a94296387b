"""Sections that disagree: what one names, and another that ought to does not.

Only where both are written: what somebody left out, or set aside, is no contradiction.
"""

from collections.abc import Iterator, Mapping
from typing import Protocol

from assistant import component, database, endpoint, metric
from assistant.align import Alignment
from assistant.chapter import COMPONENTS, SCHEMA, SERVICES, Chapter, chapters
from assistant.finding import Finding

_ABOUT = {
    "D701": "is a key component that neither diagram nor lifecycle nor detailed design mentions: "
    "say what it does there, or remove it.",
    "D702": "is a key component, and the diagram shows the others without it: add it there.",
    "D703": "is a service that no other section mentions: name it among the key components or in "
    "the lifecycle.",
    "D704": "is changed under Schema Updates and left out of Data Migration Plan: say there what "
    "happens to its data, or that nothing does.",
    "D705": "is created under Schema Updates and not mentioned in any other section: say what "
    "writes and reads it, or remove it.",
    "D706": "is called under {title} and not described under API Endpoints: describe it there, or "
    "say that it exists.",
    "D707": "decides the rollout under {title} and is not watched under Monitoring & Alerts: add "
    "it to the key metrics.",
}


class _Named(Protocol):
    """A name and where it stands: the offsets of its first character and behind its last."""

    @property
    def text(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def findings(alignment: Alignment) -> Iterator[Finding]:
    """What one section of a document names and others lack, by the rules from D701 on."""
    all_of_them = chapters(alignment)
    found = {name: chapter for name, chapter in all_of_them.items() if not chapter.aside}
    asides = "\n\n".join(c.text for c in all_of_them.values() if c.aside)
    text = alignment.document.text
    for code, name, title in _named(alignment, found, asides):
        yield _finding(code, name, title, text)


def _named(
    alignment: Alignment, found: Mapping[str, Chapter], asides: str
) -> Iterator[tuple[str, _Named, str]]:
    """Code, name and heading of each finding."""
    unused = list(component.unused(found, asides))
    for name in unused:
        yield "D701", name, found[COMPONENTS].title
    for name in component.undrawn(found):
        if name not in unused:
            yield "D702", name, found[COMPONENTS].title
    for name in component.unknown(found, _rest(alignment, found, SERVICES) + asides):
        yield "D703", name, found[SERVICES].title
    for table in database.unmigrated(found):
        yield "D704", table, found[SCHEMA].title
    for table in database.idle(found, _rest(alignment, found, SCHEMA) + asides):
        yield "D705", table, found[SCHEMA].title
    for call in endpoint.undescribed(found):
        yield "D706", call, call.title
    for one in metric.unwatched(found):
        yield "D707", one, one.title


def _rest(alignment: Alignment, found: Mapping[str, Chapter], title: str) -> str:
    """What is written outside of a chapter, the document's title included."""
    own = found.get(title)
    if own is None:
        return ""
    start, end = own.start, own.start + len(own.text)
    # A chapter that holds this one repeats the others.
    texts = [c.text for c in found.values() if c.start >= end or c.start + len(c.text) <= start]
    texts += [
        f"{section.title}\n{section.body}" for section in alignment.unknown
        if not start <= section.start < end
    ]  # fmt: skip
    titles = [s.title for s in alignment.document.sections if s.level == 1]
    return "\n\n".join([*texts, *titles, ""])


def _finding(code: str, name: _Named, title: str, text: str) -> Finding:
    before = text[: name.start]
    line = before.count("\n") + before.count("\r") - before.count("\r\n") + 1
    begin = max(before.rfind("\n"), before.rfind("\r")) + 1
    about = _ABOUT[code].format(title=title) if "{" in _ABOUT[code] else _ABOUT[code]
    return Finding(
        code=code, severity="warning", line=line, column=name.start - begin + 1,
        width=name.end - name.start, section=title, message=f"`{name.text.strip('`')}` {about}",
    )  # fmt: skip
