"""Metrics that a rollout is decided by, and whether anybody watches them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.lint.sections.chapters import DEPLOYMENT, MAX_NAMES, MONITORING, ROLLBACK, Chapter
from assistant.lint.sections.words import WordIndex, list_singular_words

_CODE_NAME = re.compile(r"`(?P<name>[A-Za-z][\w.:-]{2,80})`")
_UNIT_WORDS = frozenset({
    "byte", "count", "depth", "duration", "error", "failure", "hit", "lag", "latency", "miss",
    "ms", "p50", "p90", "p95", "p99", "percent", "percentage", "rate", "ratio", "request", "rps",
    "second", "size", "throughput", "time", "total", "usage",
})  # fmt: skip
# What a rollout may be decided by, the names that are pointed at, and what watches it.
_SPOKEN_METRICS = tuple(
    (tuple(re.compile(rf"\b(?:{name})\b", re.IGNORECASE) for name in names), re.compile(
        watched, re.IGNORECASE))
    for names, watched in (
        ((r"latenc(?:y|ies)|response times?", r"p(?:50|75|9\d|99\.?9)"),
         r"latenc|response time|duration|percentile|\bp\d\d|slow|timing|apdex"),
        ((r"(?:error|failure|crash) (?:rate|ratio)s?", r"5xx"),
         r"error|fail|5xx|crash|exception|succe"),
        ((r"throughput", r"requests per second|[rq]ps"),
         r"throughput|per (?:second|minute)|/(?:s|min)\b|requests?\b|\b[rq]ps\b|traffic"),
        ((r"(?:consumer|replication) lag", r"queue (?:depth|length|size)", r"backlog"),
         r"\blag\b|behind|queue|backlog|depth|pending"),
        ((r"memory (?:usage|consumption)", r"memory(?= (?:above|at|below|over|stays|under|[<>]))"),
         r"memory|heap|\brss\b|\boom|saturation|resource"),
        ((r"cpu(?: usage| load| utili[sz]ation)?",), r"cpu|\bload\b|utili[sz]|saturation|resource"),
        ((r"(?:cache )?hit (?:rate|ratio)s?",), r"\bhits?\b|miss"),
        ((r"conversion(?: rate)?s?",), r"conver"),
        ((r"availability", r"uptime"), r"availab|uptime|downtime|success|error|\bslos?\b"),
    )
)  # fmt: skip
_COMPARISON = re.compile(
    r"\d|\b(?:above|at (?:least|most)|below|drops?|exceeds?|falls?|increases?|less|more|over|rises?"
    r"|spikes?|stable|stays?|under|unchanged|within|worse)\b",
    re.IGNORECASE,
)
_SETTING = re.compile(r"\bset(?:s|ting)?\b|\bvia\b", re.IGNORECASE)
# Monitoring that everybody has needs no list.
_USUAL_MONITORING = re.compile(
    r"golden signals|\b(?:RED|USE) (?:metrics|method)"
    r"|\b(?:as|like) (?:for|in|with) (?:every|all|any|other)"
    r"|\b(?:existing|standard|usual|default|same) (?:\w+ )?(?:alert|dashboard|metric|monitoring)"
    r"|\bslos?\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^;\n]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric that is named from `start` to `end` under the heading `title`."""

    text: str
    start: int
    end: int
    title: str


def find_unwatched_metrics(found: Mapping[str, Chapter]) -> Iterator[Metric]:
    """Metrics that decide the rollout or the way back, and that the monitoring has not."""
    if MONITORING not in found or _USUAL_MONITORING.search(found[MONITORING].text):
        return
    watched = found[MONITORING].text
    index = WordIndex(watched, whole=True)
    seen: set[str] = set()
    for title in (DEPLOYMENT, ROLLBACK):
        chapter = found.get(title)
        for metric in (
            (*_list_code_metrics(chapter), *_list_spoken_metrics(chapter, watched))
            if chapter
            else ()
        ):
            known = index.holds(list_singular_words(metric.text)) or metric.text.casefold() in seen
            if not known and len(seen) < MAX_NAMES:
                seen.add(metric.text.casefold())
                yield metric


def _list_code_metrics(chapter: Chapter) -> Iterator[Metric]:
    """Metrics in code spans that are compared with something; a setting is set."""
    for clause in _CLAUSE.finditer(chapter.text):
        if _SETTING.search(clause[0]):
            continue
        for match in _CODE_NAME.finditer(chapter.text, clause.start(), clause.end()):
            rest = chapter.text[match.end() : clause.end()]
            own = {
                *list_singular_words(match["name"]),
                *re.split(r"[._:-]", match["name"].casefold()),
            }
            if len(own) > 1 and _UNIT_WORDS & own and _COMPARISON.search(rest):
                yield _build_metric(chapter, match["name"], match.start("name"))


def _list_spoken_metrics(chapter: Chapter, watched: str) -> Iterator[Metric]:
    """Metrics in words, of kinds that the monitoring has none of, each kind once."""
    for names, watch in _SPOKEN_METRICS:
        if watch.search(watched):
            continue
        # A figure must be compared; "memory" alone may be anything.
        clauses = [c for c in _CLAUSE.finditer(chapter.text) if _COMPARISON.search(c[0])]
        found = [
            match for name in names for clause in clauses
            if (match := name.search(chapter.text, clause.start(), clause.end()))
        ]  # fmt: skip
        for match in found[:1]:
            yield _build_metric(chapter, match[0], match.start())


def _build_metric(chapter: Chapter, text: str, at: int) -> Metric:
    start = chapter.start + at
    return Metric(text=text, start=start, end=start + len(text), title=chapter.title)
