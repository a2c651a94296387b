"""Endpoints of an interface: which are described, and which are called."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.lint.sections.chapters import (
    COMPONENTS,
    DIAGRAM,
    ENDPOINTS,
    LIFECYCLE,
    MOST,
    SCREENS,
    SERVICES,
    Chapter,
)

_CALLERS = (COMPONENTS, DIAGRAM, LIFECYCLE, SCREENS, SERVICES)

_CALL = re.compile(
    r"\b(?P<method>GET|POST|PUT|PATCH|DELETE)\b[ \t`*|]{1,12}(?P<host>https?://[^\s/`]+)?"
    r"(?P<path>/[\w.~%$@*+/:<>{}-]+)"
)
_CALLS = 1000  # more are no document's
_VERSION = re.compile(r"api|rest|v\d+(?:\.\d+)?|\.")
_VALUE = re.compile(r"[{<:$].*|\d+|[0-9a-fA-F-]{32,36}|\*+|\.\.\.")
_HEALTH = re.compile(r"/(?:health\w*|live\w*|ready\w*|metrics|ping|status)$")
_KNOWN = re.compile(
    r"\b(?:already|as before|current(?:ly)?|exist(?:s|ing)?|external|former(?:ly)?|legacy|old"
    r"|present|still|their|third[- ]party|today|unchanged|until now|upstream)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.;!?])\s|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A method and a path, named from `start` to `end` under the heading `title`."""

    text: str
    start: int
    end: int
    title: str
    method: str
    segments: tuple[str, ...]


def list_calls(chapter: Chapter) -> Iterator[Call]:
    """The calls that a chapter names, those to other hosts and to what exists left out."""
    position = 0
    for sentence in [*_SENTENCE.finditer(chapter.text), None]:
        end = sentence.start() if sentence else len(chapter.text)
        known = _KNOWN.search(chapter.text, position, end)
        for match in _CALL.finditer(chapter.text, position, end):
            path = match["path"].rstrip(".,:*-")
            if not (known or match["host"] or _HEALTH.search(path)):
                yield _call(chapter, match, path)
        position = sentence.end() if sentence else end


def _call(chapter: Chapter, match: re.Match[str], path: str) -> Call:
    start = chapter.start + match.start()
    end = chapter.start + match.start("path") + len(path)
    return Call(
        text=f"{match['method']} {path}", start=start, end=end, title=chapter.title,
        method=match["method"], segments=_segments(path),
    )  # fmt: skip


def _segments(path: str) -> tuple[str, ...]:
    """A path's segments without version, a parameter or a value as `*`."""
    parts = [part.casefold() for part in path.split("/") if part]
    while len(parts) > 1 and _VERSION.fullmatch(parts[0]):
        parts.pop(0)
    return tuple("*" if _VALUE.fullmatch(part) else part for part in parts)


def find_undescribed_calls(found: Mapping[str, Chapter]) -> Iterator[Call]:
    """Calls of endpoints that are not among those described, each once."""
    if ENDPOINTS not in found:
        return
    described = {
        (match["method"], _segments(match["path"].rstrip(".,:*-")))
        for match in _CALL.finditer(found[ENDPOINTS].text)
    }
    if not described or len(described) > MOST:
        return
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for title in _CALLERS:
        for call in list_calls(found[title]) if title in found else ():
            key = (call.method, call.segments)
            if key in seen or len(seen) == _CALLS:
                continue
            seen.add(key)
            if not any(method == call.method and _same(path, call.segments)
                       for method, path in described):  # fmt: skip
                yield call


def _same(described: tuple[str, ...], called: tuple[str, ...]) -> bool:
    """Whether two paths are one, or one is the other behind a prefix."""
    short = min(len(described), len(called))
    if short == 0:
        return len(described) == len(called)
    pairs = list(zip(described[-short:], called[-short:], strict=True))
    alike = all(a in (b, "*") for a, b in pairs)
    return alike and (len(described) == len(called) or any(a == b != "*" for a, b in pairs))
