"""Endpoints of an interface: which are described, and which are called."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.lint.sections.chapters import (
    COMPONENTS,
    DIAGRAM,
    ENDPOINTS,
    LIFECYCLE,
    MAX_NAMES,
    SCREENS,
    SERVICES,
    Chapter,
)

_CALLING_CHAPTERS = (COMPONENTS, DIAGRAM, LIFECYCLE, SCREENS, SERVICES)

_CALL = re.compile(
    r"\b(?P<method>GET|POST|PUT|PATCH|DELETE)\b[ \t`*|]{1,12}(?P<host>https?://[^\s/`]+)?"
    r"(?P<path>/[\w.~%$@*+/:<>{}-]+)"
)
_MAX_CALLS = 1000  # more are no document's
_VERSION_SEGMENT = re.compile(r"api|rest|v\d+(?:\.\d+)?|\.")
_VALUE_SEGMENT = re.compile(r"[{<:$].*|\d+|[0-9a-fA-F-]{32,36}|\*+|\.\.\.")
_HEALTH_PATH = re.compile(r"/(?:health\w*|live\w*|ready\w*|metrics|ping|status)$")
_EXISTING = re.compile(
    r"\b(?:already|as before|current(?:ly)?|exist(?:s|ing)?|external|former(?:ly)?|legacy|old"
    r"|present|still|their|third[- ]party|today|unchanged|until now|upstream)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.;!?])\s|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointCall:
    """A method and a path, named from `start` to `end` under the heading `title`."""

    text: str
    start: int
    end: int
    title: str
    method: str
    segments: tuple[str, ...]


def list_endpoint_calls(chapter: Chapter) -> Iterator[EndpointCall]:
    """The calls that a chapter names, those to other hosts and to what exists left out."""
    position = 0
    for sentence in [*_SENTENCE.finditer(chapter.text), None]:
        end = sentence.start() if sentence else len(chapter.text)
        known = _EXISTING.search(chapter.text, position, end)
        for match in _CALL.finditer(chapter.text, position, end):
            path = match["path"].rstrip(".,:*-")
            if not (known or match["host"] or _HEALTH_PATH.search(path)):
                yield _build_call(chapter, match, path)
        position = sentence.end() if sentence else end


def _build_call(chapter: Chapter, match: re.Match[str], path: str) -> EndpointCall:
    start = chapter.start + match.start()
    end = chapter.start + match.start("path") + len(path)
    return EndpointCall(
        text=f"{match['method']} {path}", start=start, end=end, title=chapter.title,
        method=match["method"], segments=_split_path(path),
    )  # fmt: skip


def _split_path(path: str) -> tuple[str, ...]:
    """A path's segments without version, a parameter or a value as `*`."""
    parts = [part.casefold() for part in path.split("/") if part]
    while len(parts) > 1 and _VERSION_SEGMENT.fullmatch(parts[0]):
        parts.pop(0)
    return tuple("*" if _VALUE_SEGMENT.fullmatch(part) else part for part in parts)


def find_undescribed_calls(found: Mapping[str, Chapter]) -> Iterator[EndpointCall]:
    """Calls of endpoints that are not among those described, each once."""
    if ENDPOINTS not in found:
        return
    described = {
        (match["method"], _split_path(match["path"].rstrip(".,:*-")))
        for match in _CALL.finditer(found[ENDPOINTS].text)
    }
    if not described or len(described) > MAX_NAMES:
        return
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for title in _CALLING_CHAPTERS:
        for call in list_endpoint_calls(found[title]) if title in found else ():
            key = (call.method, call.segments)
            if key in seen or len(seen) == _MAX_CALLS:
                continue
            seen.add(key)
            if not any(method == call.method and _is_same_path(path, call.segments)
                       for method, path in described):  # fmt: skip
                yield call


def _is_same_path(described: tuple[str, ...], called: tuple[str, ...]) -> bool:
    """Whether two paths are one, or one is the other behind a prefix."""
    short = min(len(described), len(called))
    if short == 0:
        return len(described) == len(called)
    pairs = list(zip(described[-short:], called[-short:], strict=True))
    alike = all(a in (b, "*") for a, b in pairs)
    return alike and (len(described) == len(called) or any(a == b != "*" for a, b in pairs))
