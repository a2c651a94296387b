"""What of a document is asked for, and what is set aside."""

import json
from dataclasses import replace

import pytest

from assistant.drafting import compose
from assistant.drafting import compose as unknown
from assistant.editing.answer import SectionAnswer, Value
from assistant.prompting import brief
from assistant.prompting.prompts import DocumentSubject
from assistant.prompting.request import SectionRequest, Want
from assistant.prompting.sections import SectionResult
from assistant.template.template import load_template

TEMPLATE = load_template(None)


def planned(description: str, tables: object, **more: object) -> compose.WritingPlan:
    data = {
        "title": "Login timeout",
        "approach": "Renew it.",
        "key_components": ["Session store", "Login page"],
        "design_considerations": ["Storage of sessions"],
        "api_endpoints": ["POST /sessions"],
        "services_business_logic": ["Session renewal"],
        "tables": tables,
        **more,
    }
    found, _ = brief.read_brief(json.dumps(data), TEMPLATE)
    document = compose.begin_document(TEMPLATE, found)
    subject = DocumentSubject(description=description, kind="change")
    return compose.plan_requests(TEMPLATE, document, found, subject)


def aside(description: str, tables: object) -> list[str]:
    return [match.section.title for match, _ in planned(description, tables).aside]


def test_sections_on_stored_data_are_set_aside_where_none_changes() -> None:
    """Without a table that changes, neither the schema nor a migration is asked for."""
    assert aside("sign-in times out", []) == ["Schema Updates", "Data Migration Plan"]


def test_outline_says_what_does_not_apply() -> None:
    """Every request sees which sections are set aside, so that none speaks of their subject."""
    shared = planned("sign-in times out", []).shared

    assert "- Not applicable: Schema Updates; Data Migration Plan\n" in shared
    assert "(does not apply)" not in planned("sign-in times out", ["sessions"]).shared


@pytest.mark.parametrize(
    ("description", "tables"),
    [("sign-in times out", ["sessions"]), ("sign-in times out", None), ("split a column", [])],
)
def test_sections_on_stored_data_are_asked_for(description: str, tables: object) -> None:
    """Where a table changes, nobody said, or the subject is about stored data, they are written."""
    assert aside(description, tables) == []


def test_screens_are_set_aside_where_none_changes() -> None:
    """The user interface is asked for where the brief or the description has a screen."""

    def titles(description: str, screens: object) -> list[str]:
        made = planned(description, ["sessions"], screens=screens)
        return [match.section.title for match, _ in made.aside]

    assert titles("sign-in times out", []) == ["UI Changes"]
    assert titles("sign-in times out", ["Login page"]) == []
    assert titles("a button on the orders page", []) == []


def test_options_have_the_names_that_the_brief_gave() -> None:
    """A decision's answers are its options; without any the section names its own."""
    where = {"question": "Where is it kept?", "answers": ["In memory", "In a table"]}
    made = planned("sign-in times out", [], design_considerations=[where, "Length"])
    wants = {
        asked.title: next(want for want in asked.wants if want.kind == "group")
        for asked in made.requests
        if "Design Considerations" in asked.path
    }

    assert wants["1. Where is it kept?"].names == ("In memory", "In a table")
    assert wants["2. Length"].names == ()
    assert "Design Considerations: Where is it kept?; Length" in made.shared


def test_figures_of_how_it_works_now_are_to_be_confirmed() -> None:
    """A figure that the brief made up about today stands under Open Questions."""
    data = {"title": "Login", "today": "Sign-ins wait for 30 seconds.", "approach": "Renew it."}
    found, _ = brief.read_brief(json.dumps(data), TEMPLATE)

    asked = unknown.collect_questions((), found, "sign-in times out")

    assert f"{unknown.UNCONFIRMED_FIGURES} 30 seconds ({unknown.WHOLE_DOCUMENT})" in asked


def test_what_a_design_choice_answers_is_open_no_more() -> None:
    """A question of the brief stays open until a section of its own answers it."""
    question = "Where should sessions be kept?"
    choice = {"question": question, "answers": ["In memory", "In a table"]}
    data = {
        "title": "Login",
        "approach": "Renew it.",
        "design_considerations": [choice],
        "open_questions": ["Where should sessions be kept", "Who may renew?"],
    }
    found, _ = brief.read_brief(json.dumps(data), TEMPLATE)
    want = Want(key="context", kind="text", label="Context", words=10)
    asked = SectionRequest(
        id="d", title=f"1. {question}", path=("T", f"1. {question}"), guidance="", wants=(want,)
    )
    answered = SectionResult(
        asked=asked, answer=SectionAnswer(values=(Value(key="context", text="Yes."),))
    )

    other = replace(asked, title=f"2. {question[:-1]} for guests?")

    assert unknown.collect_questions((answered,), found) == (
        f"Who may renew? ({unknown.WHOLE_DOCUMENT})",
    )
    for still in (
        SectionResult(asked=asked, problem="gone"),
        replace(answered, problem="half of it"),
        replace(answered, asked=other),
        SectionResult(asked=asked, answer=SectionAnswer(not_applicable="nobody knows")),
    ):
        assert len(unknown.collect_questions((still,), found)) == 2


def test_what_sections_ask_and_make_up_is_listed() -> None:
    """Questions, assumptions and figures of a section stand under Open Questions with its title."""
    found, _ = brief.read_brief(json.dumps({"title": "Login", "approach": "Renew it."}), TEMPLATE)
    want = Want(key="overview", kind="prose", label="", words=10)
    asked = SectionRequest(
        id="o", title="Overview", path=("T", "Overview"), guidance="", wants=(want,)
    )
    said = SectionAnswer(
        values=(Value(key="overview", text="Yes."),),
        questions=("Who?",),
        assumptions=("It runs.",),
        figures=("3 days",),
    )

    assert unknown.collect_questions((SectionResult(asked=asked, answer=said),), found) == (
        "Who? (Overview)",
        "Assumption: It runs. (Overview)",
        f"{unknown.UNCONFIRMED_FIGURES} 3 days (Overview)",
    )
