"""Tests of `topic`: what a section is about, by its title."""

import pytest

from assistant.prompting.request import find_topic
from assistant.shipped import find_shipped_folder


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("T", "Overview"), "summary"),
        (("T", "Non-Goals"), "non_goals"),
        (("T", "Goals"), "goals"),
        (("T", "Risks and Mitigations"), "risks"),
        (("T", "Rollout Plan", "Rollback Plan"), "rollback"),
        (("T", "Rollout Plan", "Deployment Strategy"), "rollout"),
        (("T", "Design Considerations", "1. Where is it kept?"), "decision"),
        (("T", "Services / Business Logic", "Session renewal"), "service"),
        (("T", "Detailed Design", "API Endpoints", "`GET /a`"), "endpoint"),
        (("T", "Detailed Design", "Schema Updates"), ""),
        (("T", "Ziele"), ""),
        (("Overview",), "summary"),
        (("Decision about risks", "Notes"), ""),
    ],
)
def test_topics(path: tuple[str, ...], expected: str) -> None:
    """The section's own title decides, then that of the section whose items it is one of."""
    assert find_topic(path) == expected


def test_every_topic_has_its_question() -> None:
    """Each topic that a title can have is a file beside the prompts, and each file a topic."""
    titles = (
        "Non-goals", "Goals", "Security", "Risks", "Technical Debt", "Drawbacks", "Alternatives",
        "Decision", "Error Scenarios", "Lifecycle", "UI Changes", "API Endpoints", "Services",
        "Data Migration", "Rollback", "Monitoring", "Test Plan", "Rollout", "Proposal", "Summary",
    )  # fmt: skip
    found = {find_topic(("T", title)) for title in titles}

    questions = find_shipped_folder() / "draft" / "topics"
    assert found == {path.name.removesuffix(".md.j2") for path in questions.iterdir()}
