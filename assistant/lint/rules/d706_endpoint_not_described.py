"""D706: an endpoint is called that is not among the endpoints described."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.lint.analyses.chapters import (
    COMPONENTS,
    DIAGRAM,
    ENDPOINTS,
    LIFECYCLE,
    MAX_NAMES,
    SCREENS,
    SERVICES,
    Chapter,
    find_chapters,
    point_at_name,
)
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument

_MESSAGE = (
    "is called under {title} and not described under API Endpoints: describe it there, "
    "or say that it exists."
)

# The sections whose text names calls of the design's own endpoints.
_CALLING_CHAPTERS = (COMPONENTS, DIAGRAM, LIFECYCLE, SCREENS, SERVICES)
_CALL = re.compile(
    r"\b(?P<method>GET|POST|PUT|PATCH|DELETE)\b[ \t`*|]{1,12}(?P<host>https?://[^\s/`]+)?"
    r"(?P<path>/[\w.~%$@*+/:<>{}-]+)"
)
# A document with more calls was made by a program; it keeps the comparison of all with all short.
_MAX_CALLS = 1000
# What stands in a path for a version or a prefix that one section names and another leaves out.
_VERSION_SEGMENT = re.compile(r"api|rest|v\d+(?:\.\d+)?|\.")
# A parameter (`{id}`, `:id`, `$id`) or an example of one (`7`, a UUID), which are one thing.
_VALUE_SEGMENT = re.compile(r"[{<:$].*|\d+|[0-9a-fA-F-]{32,36}|\*+|\.\.\.")
# Endpoints that every service has are not described in each design.
_HEALTH_PATH = re.compile(r"/(?:health\w*|live\w*|ready\w*|metrics|ping|status)$")
# Words that say, in the same sentence, that an endpoint is there already or is somebody else's.
_EXISTING = re.compile(
    r"\b(?:already|as before|current(?:ly)?|exist(?:s|ing)?|external|former(?:ly)?|legacy|old"
    r"|present|still|their|third[- ]party|today|unchanged|until now|upstream)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.;!?])\s|\n")


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    chapters = subject.once(find_chapters)
    for one in find_undescribed_calls(chapters.written):
        yield point_at_name(one, one.title, _MESSAGE.format(title=one.title))


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
    """Yield the calls that a chapter names, but for those to other hosts and to what exists."""
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
        text=f"{match['method']} {path}",
        start=start,
        end=end,
        title=chapter.title,
        method=match["method"],
        segments=_split_path(path),
    )


def _split_path(path: str) -> tuple[str, ...]:
    """Return a path's segments without its version, with `*` for a parameter or a value."""
    parts = [part.casefold() for part in path.split("/") if part]
    while len(parts) > 1 and _VERSION_SEGMENT.fullmatch(parts[0]):
        parts.pop(0)
    return tuple("*" if _VALUE_SEGMENT.fullmatch(part) else part for part in parts)


def find_undescribed_calls(found: Mapping[str, Chapter]) -> Iterator[EndpointCall]:
    """Yield the calls of endpoints that are not among those described, each once."""
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
            paths = (path for method, path in described if method == call.method)
            if not any(_is_same_path(path, call.segments) for path in paths):
                yield call


def _is_same_path(described: tuple[str, ...], called: tuple[str, ...]) -> bool:
    """Whether two paths are one, or one is the other after a prefix."""
    short = min(len(described), len(called))
    if short == 0:
        return len(described) == len(called)
    pairs = list(zip(described[-short:], called[-short:], strict=True))
    alike = all(a in (b, "*") for a, b in pairs)
    return alike and (len(described) == len(called) or any(a == b != "*" for a, b in pairs))


RULE = DocumentRule(
    code="D706",
    name="endpoint-not-described",
    severity="warning",
    about="An endpoint is called that is not among the endpoints described.",
    why="Whoever builds the caller has to know its request and its answer.",
    mend=(
        "Describe it among the endpoints, name the one that is meant, or say that it exists "
        "already."
    ),
    example=Example(
        template="## API Endpoints\n\n## Lifecycle of Code for Key Use Case\n",
        fails=(
            "## API Endpoints\n"
            "\n"
            "- `GET /sessions`: the open ones.\n"
            "\n"
            "## Lifecycle of Code for Key Use Case\n"
            "\n"
            "The page calls `POST /sessions`.\n"
        ),
        passes=(
            "## API Endpoints\n"
            "\n"
            "- `GET /sessions`: the open ones.\n"
            "- `POST /sessions`: a new one.\n"
            "\n"
            "## Lifecycle of Code for Key Use Case\n"
            "\n"
            "The page calls `POST /sessions`.\n"
        ),
    ),
    check=_check,
)
