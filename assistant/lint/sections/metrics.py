"""Metrics that a rollout is decided by, and whether anybody watches them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assistant.lint.sections.chapters import DEPLOYMENT, MONITORING, MOST, ROLLBACK, Chapter
from assistant.lint.sections.words import Index, words

_CODE = re.compile(r"`(?P<name>[A-Za-z][\w.:-]{2,80})`")
_UNITS = frozenset({
    "byte", "count", "depth", "duration", "error", "failure", "hit", "lag", "latency", "miss",
    "ms", "p50", "p90", "p95", "p99", "percent", "percentage", "rate", "ratio", "request", "rps",
    "second", "size", "throughput", "time", "total", "usage",
})  # fmt: skip
# What a rollout may be decided by, the names that are pointed at, and what watches it.
_SPOKEN = tuple(
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
_COMPARED = re.compile(
    r"\d|\b(?:above|at (?:least|most)|below|drops?|exceeds?|falls?|increases?|less|more|over|rises?"
    r"|spikes?|stable|stays?|under|unchanged|within|worse)\b",
    re.IGNORECASE,
)
_SET = re.compile(r"\bset(?:s|ting)?\b|\bvia\b", re.IGNORECASE)
# Monitoring that everybody has needs no list.
_USUAL = re.compile(
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
    if MONITORING not in found or _USUAL.search(found[MONITORING].text):
        return
    watched = found[MONITORING].text
    index = Index(watched, whole=True)
    seen: set[str] = set()
    for title in (DEPLOYMENT, ROLLBACK):
        chapter = found.get(title)
        for metric in (*_named(chapter), *_spoken(chapter, watched)) if chapter else ():
            known = index.holds(words(metric.text)) or metric.text.casefold() in seen
            if not known and len(seen) < MOST:
                seen.add(metric.text.casefold())
                yield metric


def _named(chapter: Chapter) -> Iterator[Metric]:
    """Metrics in code spans that are compared with something; a setting is set."""
    for clause in _CLAUSE.finditer(chapter.text):
        if _SET.search(clause[0]):
            continue
        for match in _CODE.finditer(chapter.text, clause.start(), clause.end()):
            rest = chapter.text[match.end() : clause.end()]
            own = {*words(match["name"]), *re.split(r"[._:-]", match["name"].casefold())}
            if len(own) > 1 and _UNITS & own and _COMPARED.search(rest):
                yield _metric(chapter, match["name"], match.start("name"))


def _spoken(chapter: Chapter, watched: str) -> Iterator[Metric]:
    """Metrics in words, of kinds that the monitoring has none of, each kind once."""
    for names, watch in _SPOKEN:
        if watch.search(watched):
            continue
        # A figure must be compared; "memory" alone may be anything.
        clauses = [c for c in _CLAUSE.finditer(chapter.text) if _COMPARED.search(c[0])]
        found = [
            match for name in names for clause in clauses
            if (match := name.search(chapter.text, clause.start(), clause.end()))
        ]  # fmt: skip
        for match in found[:1]:
            yield _metric(chapter, match[0], match.start())


def _metric(chapter: Chapter, text: str, at: int) -> Metric:
    start = chapter.start + at
    return Metric(text=text, start=start, end=start + len(text), title=chapter.title)
