"""D707: a metric decides the rollout, and the monitoring watches none of its kind."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from assistant.lint.analyses.chapters import (
    DEPLOYMENT,
    MAX_NAMES,
    MONITORING,
    ROLLBACK,
    Chapter,
    find_chapters,
    point_at_name,
)
from assistant.lint.analyses.words import WordIndex, collect_words, list_singular_words
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument

_MESSAGE = (
    "decides the rollout under {title} and is not watched under Monitoring & Alerts: "
    "add it to the key metrics."
)

_CODE_NAME = re.compile(r"`(?P<name>[A-Za-z][\w.:-]{2,80})`")
# One of these words in a name in code makes it a metric: `login_error_rate`, `queue.depth`.
_UNIT_WORDS = collect_words(
    "byte count depth duration error failure hit lag latency miss ms p50 p90 p95 p99 percent",
    "percentage rate ratio request rps second size throughput time total usage",
)


@dataclass(frozen=True, slots=True)
class _SpokenKind:
    """A kind of metric in words: patterns of its names, and of what watches it."""

    names: tuple[str, ...]
    watched: str


# What a rollout may be decided by, each kind with the words by which a monitoring watches it. Made
# with the cases in tests/data/consistency, whose README has the rule's precision.
_SPOKEN_KINDS = (
    _SpokenKind(
        names=(r"latenc(?:y|ies)|response times?", r"p(?:50|75|9\d|99\.?9)"),
        watched=r"latenc|response time|duration|percentile|\bp\d\d|slow|timing|apdex",
    ),
    _SpokenKind(
        names=(r"(?:error|failure|crash) (?:rate|ratio)s?", r"5xx"),
        watched=r"error|fail|5xx|crash|exception|succe",
    ),
    _SpokenKind(
        names=(r"throughput", r"requests per second|[rq]ps"),
        watched=(r"throughput|per (?:second|minute)|/(?:s|min)\b|requests?\b|\b[rq]ps\b|traffic"),
    ),
    _SpokenKind(
        names=(r"(?:consumer|replication) lag", r"queue (?:depth|length|size)", r"backlog"),
        watched=r"\blag\b|behind|queue|backlog|depth|pending",
    ),
    _SpokenKind(
        # "memory" alone may be anything.
        names=(
            r"memory (?:usage|consumption)",
            r"memory(?= (?:above|at|below|over|stays|under|[<>]))",
        ),
        watched=r"memory|heap|\brss\b|\boom|saturation|resource",
    ),
    _SpokenKind(
        names=(r"cpu(?: usage| load| utili[sz]ation)?",),
        watched=r"cpu|\bload\b|utili[sz]|saturation|resource",
    ),
    _SpokenKind(names=(r"(?:cache )?hit (?:rate|ratio)s?",), watched=r"\bhits?\b|miss"),
    _SpokenKind(names=(r"conversion(?: rate)?s?",), watched=r"conver"),
    _SpokenKind(
        names=(r"availability", r"uptime"),
        watched=r"availab|uptime|downtime|success|error|\bslos?\b",
    ),
)
# What makes a word a condition: "latency stays below 200 ms", not "latency matters".
_COMPARISON = re.compile(
    r"\d|\b(?:above|at (?:least|most)|below|drops?|exceeds?|falls?|increases?|less|more|over|rises?"
    r"|spikes?|stable|stays?|under|unchanged|within|worse)\b",
    re.IGNORECASE,
)
# A name that is set is a setting, though it may read like a metric: "set `request_timeout`".
_SETTING = re.compile(r"\bset(?:s|ting)?\b|\bvia\b", re.IGNORECASE)
# Monitoring that is everybody's needs no list.
_USUAL_MONITORING = re.compile(
    r"golden signals|\b(?:RED|USE) (?:metrics|method)"
    r"|\b(?:as|like) (?:for|in|with) (?:every|all|any|other)"
    r"|\b(?:existing|standard|usual|default|same) (?:\w+ )?(?:alert|dashboard|metric|monitoring)"
    r"|\bslos?\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^;\n]+")


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    chapters = subject.once(find_chapters)
    for one in find_unwatched_metrics(chapters.written):
        yield point_at_name(one, one.title, _MESSAGE.format(title=one.title))


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric that is named from `start` to `end` under the heading `title`."""

    text: str
    start: int
    end: int
    title: str


def find_unwatched_metrics(found: Mapping[str, Chapter]) -> Iterator[Metric]:
    """Yield the metrics that decide the rollout or the way back and that nothing watches."""
    if MONITORING not in found or _USUAL_MONITORING.search(found[MONITORING].text):
        return
    watched = found[MONITORING].text
    index = WordIndex(watched, whole=True)
    seen: set[str] = set()
    for chapter in (found[title] for title in (DEPLOYMENT, ROLLBACK) if title in found):
        for metric in (*_list_code_metrics(chapter), *_list_spoken_metrics(chapter, watched)):
            known = index.holds(list_singular_words(metric.text)) or metric.text.casefold() in seen
            if not known and len(seen) < MAX_NAMES:
                seen.add(metric.text.casefold())
                yield metric


def _list_code_metrics(chapter: Chapter) -> Iterator[Metric]:
    """Yield the metrics in code spans that are compared with something and not set."""
    for clause in _CLAUSE.finditer(chapter.text):
        if _SETTING.search(clause[0]):
            continue
        for match in _CODE_NAME.finditer(chapter.text, clause.start(), clause.end()):
            rest = chapter.text[match.end() : clause.end()]
            parts = re.split(r"[._:-]", match["name"].casefold())
            own = {*list_singular_words(match["name"]), *parts}
            if len(own) > 1 and _UNIT_WORDS & own and _COMPARISON.search(rest):
                yield _build_metric(chapter, match["name"], match.start("name"))


def _list_spoken_metrics(chapter: Chapter, watched: str) -> Iterator[Metric]:
    """Yield the metrics in words, of kinds that the monitoring has none of, each kind once."""
    clauses = [c for c in _CLAUSE.finditer(chapter.text) if _COMPARISON.search(c[0])]
    for kind in _SPOKEN_KINDS:
        if re.search(kind.watched, watched, re.IGNORECASE):
            continue
        names = (re.compile(rf"\b(?:{name})\b", re.IGNORECASE) for name in kind.names)
        for match in islice(_find_in_clauses(chapter.text, names, clauses), 1):
            yield _build_metric(chapter, match[0], match.start())


def _find_in_clauses(
    text: str, names: Iterable[re.Pattern[str]], clauses: Sequence[re.Match[str]]
) -> Iterator[re.Match[str]]:
    """Yield where one of the names stands in one of the clauses, the first of each."""
    for name in names:
        for clause in clauses:
            match = name.search(text, clause.start(), clause.end())
            if match:
                yield match


def _build_metric(chapter: Chapter, text: str, at: int) -> Metric:
    start = chapter.start + at
    return Metric(text=text, start=start, end=start + len(text), title=chapter.title)


RULE = DocumentRule(
    code="D707",
    name="metric-not-watched",
    severity="warning",
    on=False,
    about="A metric decides the rollout, and the monitoring watches none of its kind.",
    why="A rollout can't stop at a figure that nobody measures.",
    mend="Add the metric to the monitoring, or decide by one that is there.",
    example=Example(
        template="## Deployment Strategy\n\n## Monitoring & Alerts\n",
        fails=(
            "## Deployment Strategy\n"
            "\n"
            "It goes on while latency stays below 200 ms.\n"
            "\n"
            "## Monitoring & Alerts\n"
            "\n"
            "Errors are counted.\n"
        ),
        passes=(
            "## Deployment Strategy\n"
            "\n"
            "It goes on while latency stays below 200 ms.\n"
            "\n"
            "## Monitoring & Alerts\n"
            "\n"
            "Errors are counted, and latency is measured.\n"
        ),
    ),
    check=_check,
)
