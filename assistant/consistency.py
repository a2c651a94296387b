"""Sections that disagree: what one names, and another that ought to does not.

Only where both are written: what somebody left out, or set aside, is no contradiction.
"""

from collections.abc import Iterator
from typing import Protocol

from assistant import component, endpoint, metric, relation
from assistant.align import Alignment
from assistant.chapter import Chapter, chapters
from assistant.finding import Finding


class _Named(Protocol):
    """A name and where it stands."""

    @property
    def text(self) -> str:
        """The name."""

    @property
    def start(self) -> int:
        """The offset of its first character in the document."""

    @property
    def end(self) -> int:
        """The offset behind its last."""


def findings(alignment: Alignment) -> Iterator[Finding]:
    """What one section of a document names and others lack, by the rules from D701 on."""
    found = chapters(alignment)
    text = alignment.document.text
    unused = list(component.unused(found))
    for name in unused:
        yield _finding("D701", name, text, component.COMPONENTS, found, (
            "is a key component that neither diagram nor lifecycle nor detailed design mentions: "
            "show what it does there, or remove it."
        ))  # fmt: skip
    for name in component.undrawn(found):
        if name not in unused:
            yield _finding("D702", name, text, component.COMPONENTS, found, (
                "is a key component, and the diagram shows the others without it: add it there."
            ))  # fmt: skip
    for name in component.unknown(found, _rest(alignment, found, component.SERVICES)):
        yield _finding("D703", name, text, component.SERVICES, found, (
            "is a service that no other section mentions: name it among the key components or in "
            "the lifecycle."
        ))  # fmt: skip
    for table in relation.unmigrated(found):
        yield _finding("D704", table, text, relation.SCHEMA, found, (
            "is changed under Schema Updates and left out of Data Migration Plan: say there what "
            "happens to its data, or that nothing does."
        ))  # fmt: skip
    for table in relation.idle(found, _rest(alignment, found, relation.SCHEMA)):
        yield _finding("D705", table, text, relation.SCHEMA, found, (
            "is created under Schema Updates and not mentioned in any other section: say what "
            "writes and reads it, or remove it."
        ))  # fmt: skip
    for call in endpoint.undescribed(found):
        yield _finding("D706", call, text, "", found, (
            f'is called under "{call.title}" and not described under API Endpoints: describe it '
            "there, or say that it exists."
        ))  # fmt: skip
    for one in metric.unwatched(found):
        yield _finding("D707", one, text, "", found, (
            f'decides the rollout under "{one.title}" and is not under Monitoring & Alerts: add it '
            "to the key metrics."
        ))  # fmt: skip


def _rest(alignment: Alignment, found: dict[str, Chapter], title: str) -> str:
    """What is written in all other sections; the title, references and the like included."""
    own = found.get(title)
    if own is None:
        return ""
    ends = own.start + len(own.text)
    kept = [
        chapter.text for chapter in found.values()
        if chapter.start >= ends or chapter.start + len(chapter.text) <= own.start
    ]  # fmt: skip
    kept += [f"{s.title}\n{s.body}" for s in alignment.unknown if not own.start <= s.start < ends]
    return "\n\n".join([*kept, *(s.title for s in alignment.document.sections[:2] if s.level == 1)])


def _finding(  # noqa: PLR0913, PLR0917
    code: str, name: _Named, text: str, title: str, found: dict[str, Chapter], message: str
) -> Finding:
    line = text.count("\n", 0, name.start) + text.count("\r", 0, name.start)
    line -= text.count("\r\n", 0, name.start)
    begin = max(text.rfind("\n", 0, name.start), text.rfind("\r", 0, name.start)) + 1
    section = found[title].title if title else getattr(name, "title", "")
    return Finding(
        code=code, severity="warning", line=line + 1, column=name.start - begin + 1,
        width=name.end - name.start, section=section,
        message=f"`{name.text.strip('`')}` {message}",
    )  # fmt: skip
