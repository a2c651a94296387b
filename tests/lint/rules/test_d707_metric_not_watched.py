"""Metrics that a rollout is decided by."""

import pytest

from assistant.lint.analyses.chapters import collect_chapters
from assistant.lint.rules.d707_metric_not_watched import find_unwatched_metrics
from assistant.markdown.document import parse_document
from assistant.template.align import align_document
from assistant.template.template import load_template


def metrics(criteria: str, watched: str) -> list[str]:
    text = (
        f"## Rollout Plan\n\n### Deployment Strategy\n- [ ] Full rollout criteria: {criteria}\n\n"
        f"### Monitoring & Alerts\n- **Key metrics:** {watched}\n"
    )
    return [
        one.text
        for one in find_unwatched_metrics(
            collect_chapters(align_document(load_template(None), parse_document(text)))
        )
    ]


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ("error rate below 1 %", ["error rate"]),
        ("p99 latency under 1 s, p50 under 1 ms", ["latency"]),
        ("`cart.abandon.rate` below 3 %", ["cart.abandon.rate"]),
        ("memory below 2 GB", ["memory"]),
    ],
)
def test_unwatched(criteria: str, expected: list[str]) -> None:
    """A metric that decides is reported where the monitoring has none of its kind."""
    assert metrics(criteria, "visits") == expected


@pytest.mark.parametrize(
    ("criteria", "watched"),
    [
        ("error rate below 1 %", "failed requests"),
        ("latency below 1 s", "request duration"),
        ("latency below 1 s", "the golden signals"),
        ("`cart.abandon.rate` below 3 %", "abandoned carts by rate"),
        ("set `cache.total_size` to 3", "visits"),
        ("`v1.2` for 3 days, kept in memory", "visits"),
        ("error rate", "visits"),
        ("error rate below 1 %", ""),
    ],
)
def test_watched(criteria: str, watched: str) -> None:
    """Nothing is said of what is watched in other words, of settings, or without monitoring."""
    assert metrics(criteria, watched) == []
