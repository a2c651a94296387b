"""Tests of `request`: the built-in template's requests, their budgets and topics."""

import json

import pytest

from assistant.editing.blank import make_blank_text
from assistant.markdown.document import parse_document
from assistant.prompting.form import make_answer_schema
from assistant.prompting.request import SectionRequest, find_topic, make_request
from assistant.shipped import find_shipped_folder
from assistant.template.align import align_document
from assistant.template.template import load_template

TEMPLATE = load_template(None)


def requests(*, bug: bool = False) -> list[SectionRequest]:
    text = make_blank_text(
        TEMPLATE,
        "Sessions",
        {
            key: ("One", "Two") if "API" not in key else ("POST /api/v1/a", "GET /api/v1/a/{id}")
            for key in TEMPLATE.groups
        },
    )
    found = (
        make_request(match, bug=bug)
        for match in align_document(TEMPLATE, parse_document(text)).matches
    )
    return [asked for asked in found if asked is not None]


def test_builtin_template_takes_twenty_one_requests() -> None:
    """Two items for each heading group make twenty-one requests, in the template's order."""
    titles = [asked.title for asked in requests()]

    assert titles == [
        "Overview",
        "Goals",
        "High-Level Approach",
        "Key Components",
        "Simple Architecture Diagram",
        "1. One",
        "2. Two",
        "Lifecycle of Code for Key Use Case",
        "Error Scenarios",
        "Schema Updates",
        "`POST /api/v1/a`",
        "`GET /api/v1/a/{id}`",
        "UI Changes",
        "One",
        "Two",
        "Data Migration Plan",
        "Risks & Mitigations",
        "Technical Debt",
        "Deployment Strategy",
        "Rollback Plan",
        "Monitoring & Alerts",
    ]


def test_ids_are_unique() -> None:
    """No two requests of a document have one id."""
    ids = [asked.id for asked in requests()]

    assert len(set(ids)) == len(ids)


def test_one_slot_is_plain_text_and_several_are_json() -> None:
    """A section with one slot has no schema; one with several has a schema of its keys."""
    by_title = {asked.title: asked for asked in requests()}

    assert make_answer_schema(by_title["Overview"]) == ""
    keys = json.loads(make_answer_schema(by_title["Error Scenarios"]))["required"]
    assert keys == ["if_validation_fails", "if_external_service_is_down", "if_database_write_fails"]


def test_bug_gets_a_shorter_document() -> None:
    """A bug's budget is smaller than a feature's, in every section."""
    pairs = list(zip(requests(bug=True), requests(), strict=True))

    assert all(small.words <= large.words for small, large in pairs)
    assert sum(small.words for small, _ in pairs) < 0.8 * sum(large.words for _, large in pairs)


def test_recommendation_chooses_among_the_options() -> None:
    """A design choice's recommendation is tied to its options."""
    choice = next(asked for asked in requests() if asked.title == "1. One")

    assert [want.choice_of for want in choice.wants] == ["", "", "options"]


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
        "Non-goals",
        "Goals",
        "Security",
        "Risks",
        "Technical Debt",
        "Drawbacks",
        "Alternatives",
        "Decision",
        "Error Scenarios",
        "Lifecycle",
        "UI Changes",
        "API Endpoints",
        "Services",
        "Data Migration",
        "Rollback",
        "Monitoring",
        "Test Plan",
        "Rollout",
        "Proposal",
        "Summary",
    )
    found = {find_topic(("T", title)) for title in titles}

    questions = find_shipped_folder() / "draft" / "topics"
    assert found == {path.name.removesuffix(".md.j2") for path in questions.iterdir()}
