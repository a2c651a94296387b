"""Rules about tables: rows as wide as their header, and a delimiter row under it."""

import re
from collections.abc import Iterator, Sequence

from assistant.document import Section, lines
from assistant.finding import Finding
from assistant.mark import Mark
from assistant.subject import Spot, Subject, found
from assistant.table import LEAD, cells

_RULED = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_BARRED = re.compile(r"\|.*\|")


def tabular(subject: Subject) -> Iterator[Finding]:
    """Tables that are shown otherwise than they were meant, or not at all."""
    for section, marks in subject.bodies():
        for mark in marks:
            if mark.kind == "table":
                yield from _rows(subject, section, mark)
            elif mark.kind == "prose":
                yield from _broken(subject, section, mark)


def _rows(subject: Subject, section: Section, mark: Mark) -> Iterator[Finding]:
    source = lines(section.body[mark.start : mark.stop])
    wanted = len(cells(_bare(source[0])))
    offset = section.body_start + mark.start
    for number, line in enumerate(source):
        bare = _bare(line)
        own = len(cells(bare))
        # A row of bars alone is a template's, to be written.
        if number > 1 and own != wanted and re.search(r"[^|\s]", bare):
            what = "more than" if own > wanted else "fewer than"
            lost = "; what is beyond them is not shown" if own > wanted else ""
            at = offset + len(line.rstrip("\r\n")) - len(bare)
            yield found(
                subject, "D303", Spot(offset=at, width=len(bare.rstrip())),
                f"this row has {own} cells, {what} the {wanted} of its header{lost}.",
                section=section.title,
            )  # fmt: skip
        offset += len(line)


def _bare(line: str) -> str:
    """A line less its ending and the marks of the list or quote around it."""
    line = line.rstrip("\r\n")
    lead = LEAD.match(line)
    return line[lead.end() :] if lead else line


def _broken(subject: Subject, section: Section, mark: Mark) -> Iterator[Finding]:
    """Two lines or more between bars that are read as a paragraph."""
    source = lines(section.body[mark.start : mark.stop])
    barred = [bool(_BARRED.fullmatch(_bare(line).strip())) for line in source]
    first = next((i for i in range(len(source) - 1) if barred[i] and barred[i + 1]), None)
    if first is None or len(cells(_bare(source[first]))) < 2:  # noqa: PLR2004  a table has columns
        return
    offset = section.body_start + mark.start + sum(len(line) for line in source[:first])
    message = _advice([_bare(line) for line in source[first : first + 2]])
    width = len(source[first].rstrip())
    yield found(
        subject, "D304", Spot(offset=offset, width=width), message, section=section.title
    )  # fmt: skip


def _advice(head: Sequence[str]) -> str:
    wanted = len(cells(head[0]))
    if not _RULED.fullmatch(head[1].strip()):
        dashes = "|".join(["---"] * wanted)
        return f"this is no table: put a row |{dashes}| under its header."
    own = len(cells(head[1]))
    return f"this is no table: its header has {wanted} cells, the row of dashes under it {own}."
