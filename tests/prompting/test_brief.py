"""The brief: names, facts and questions that all sections share."""

import json
from dataclasses import replace

import pytest

from assistant.prompting.brief import (
    Brief,
    ensure_brief_title,
    ground_brief,
    list_brief_sections,
    make_brief_schema,
    read_brief,
)
from assistant.prompting.names import MAX_NAME_LENGTH, list_named_groups
from assistant.template.template import load_template

TEMPLATE = load_template(None)


def brief(**changes: object) -> str:
    data: dict[str, object] = {
        "title": "Login timeout",
        "known": ["logins time out"],
        "approach": "Renew sessions.",
        "key_components": ["Session store", "Login page"],
        "design_considerations": ["Storage of sessions"],
        "api_endpoints": ["POST /api/v1/sessions"],
        "services_business_logic": ["Session renewal"],
        "tables": [],
        "assumptions": [],
        "open_questions": ["Who may renew?"],
        "not_applicable": [],
    }
    return json.dumps({**data, **changes})


def test_groups_of_the_builtin_template() -> None:
    """The brief names components, design choices, endpoints and services."""
    assert [group.key for group in list_named_groups(TEMPLATE)] == [
        "key_components",
        "design_considerations",
        "api_endpoints",
        "services_business_logic",
    ]


def test_sections_that_can_be_set_aside() -> None:
    """Sections of people and of the program are not offered to be set aside."""
    named = list_brief_sections(TEMPLATE)

    assert "Overview" in named
    assert not {"Metadata", "Open Questions", "References"} & set(named)
    assert len(named) == 18


def test_good_brief_has_no_errors() -> None:
    """A brief with all its names is read without errors."""
    found, errors = read_brief(brief(), TEMPLATE)

    assert errors == ()
    assert found.title == "Login timeout"
    assert next(names for _, names in found.names) == ("Session store", "Login page")


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("", "is missing"),
        ("The design document", "in words of the subject"),
        ("Design Document", "in words of the subject"),
        ("Design", "in words of the subject"),
        ("[Name]", "is missing"),
        ("**[Feature name]** Design Document", "is missing"),
        ("Bug: [Name]", "is missing"),
        ("Design system", ""),
        ("x" * 2 * MAX_NAME_LENGTH, ""),
        ("x" * (2 * MAX_NAME_LENGTH + 1), "too long"),
    ],
)
def test_a_title_that_is_none_is_asked_for_again(title: str, words: str) -> None:
    """A title names the subject in few words; what else is said for one has its own reason."""
    _, errors = read_brief(brief(title=title), TEMPLATE)

    assert [words in error.sentence for error in errors if error.key == "title"] == [True] * bool(
        words
    )


def test_endpoint_without_a_method_is_an_error() -> None:
    """A name that is no endpoint is not used as one."""
    found, errors = read_brief(brief(api_endpoints=["/sessions"]), TEMPLATE)

    assert any("must look like" in error.sentence for error in errors)
    assert () in [names for _, names in found.names]


def test_no_endpoints_means_the_group_is_not_needed() -> None:
    """An empty list says that the subject has no item of that kind."""
    found, errors = read_brief(brief(api_endpoints=[]), TEMPLATE)

    assert errors == ()
    assert [key.split(" > ")[-1] for key in found.none] == ["API Endpoints", "tables"]


def test_none_is_no_name() -> None:
    """A list that only says "None" is an empty one."""
    found, _ = read_brief(brief(api_endpoints=["No new endpoints"]), TEMPLATE)

    assert [key.split(" > ")[-1] for key in found.none if " > " in key] == ["API Endpoints"]


def test_title_is_without_its_kind() -> None:
    """A title does not say what kind of document it stands over."""
    titles = ("Login Timeout Bug", "Login timeout design document", "Bug")

    assert [read_brief(brief(title=title), TEMPLATE)[0].title for title in titles] == [
        "Login Timeout",
        "Login timeout",
        "Bug",
    ]


def test_facts_that_nobody_gave_are_assumptions() -> None:
    """What a brief calls known and the description does not say, is taken for granted only."""
    said = ("Logins time out.", "The users table has 100k rows.")
    found, _ = read_brief(brief(known=said, assumptions=["A proxy is used."]), TEMPLATE)
    found = ground_brief(found, "our logins often time out")

    assert found.known == said[:1]
    assert found.assumptions == (said[1], "A proxy is used.")


def test_approach_about_the_document_is_an_error() -> None:
    """An approach says what is built, not which sections there will be."""
    _, errors = read_brief(brief(approach="The design document will have an overview."), TEMPLATE)

    assert [error.sentence for error in errors] == [
        '"approach": say what will be built, not what the document says.'
    ]


def test_sentences_are_no_names() -> None:
    """A name as long as a sentence is asked for again."""
    _, errors = read_brief(brief(design_considerations=["We have decided it " * 9]), TEMPLATE)

    assert any("too long for a name" in error.sentence for error in errors)


def test_names_that_explain_themselves_are_shortened() -> None:
    """A name is cut where its explanation begins."""
    long = "Security considerations for exporting sensitive order information."
    found, errors = read_brief(brief(services_business_logic=[long]), TEMPLATE)

    assert errors == ()
    assert ("Security considerations",) in [names for _, names in found.names]


def test_names_of_sections_are_better_than_none() -> None:
    """A section's name is asked to be another, and used where there is no other."""
    found, errors = read_brief(brief(design_considerations=["UI Changes"]), TEMPLATE)
    both, _ = read_brief(
        brief(design_considerations=["UI Changes", "Place of the switch"]), TEMPLATE
    )

    assert any("is a section of the document" in error.sentence for error in errors)
    assert ("UI Changes",) in [names for _, names in found.names]
    assert ("Place of the switch",) in [names for _, names in both.names]


def test_template_examples_are_no_names() -> None:
    """The template's own example names are not accepted."""
    _, errors = read_brief(brief(key_components=["Component A"]), TEMPLATE)

    assert any("template's example" in error.sentence for error in errors)


def test_at_most_a_fifth_is_set_aside() -> None:
    """However many sections a brief sets aside, at most a fifth of them are."""
    aside = [{"section": name, "reason": "no"} for name in list_brief_sections(TEMPLATE)]
    found, _ = read_brief(brief(not_applicable=aside), TEMPLATE)

    assert len(found.not_applicable) == len(list_brief_sections(TEMPLATE)) // 5


def test_schema_is_json_schema() -> None:
    """The schema asks for every group and allows nothing else."""
    data = json.loads(make_brief_schema(TEMPLATE))

    assert data["additionalProperties"] is False
    assert set(data["required"]) == set(data["properties"])


def test_broken_brief_is_an_error() -> None:
    """A brief that is no JSON has no title and says why."""
    found, errors = read_brief("I think that", TEMPLATE)

    assert found.title == ""
    assert errors


def test_section_titles_are_no_names() -> None:
    """A heading of the template is not a part of the system."""
    _, errors = read_brief(brief(key_components=["Data Migration Plan", "Store"]), TEMPLATE)

    assert any("is a section of the document" in error.sentence for error in errors)


def test_titles_that_fit_every_document() -> None:
    """A title has a word of its own: it names the file."""
    _, errors = read_brief(brief(title="Bug-Fix Plan"), TEMPLATE)

    assert [error.sentence for error in errors] == [
        '"title": say what this is about, in words of the subject.'
    ]
    for title, own in (
        ("New feature: Plan B for queues", "Plan B for queues"),
        ("Fix http://a.example/mail", "Fix http://a.example/mail"),
        ("Feature 10:30 reminders", "Feature 10:30 reminders"),
        ("Fehler: Sitzung bricht ab", "Sitzung bricht ab"),
        ("Fehlerbehebung: Sitzung bricht ab", "Sitzung bricht ab"),
        ("Neue Funktion: Export", "Export"),
        ("Bugfix: late e-mails", "late e-mails"),
        ("新功能: 为订单列表增加按日期筛选", "为订单列表增加按日期筛选"),
    ):
        assert read_brief(brief(title=title), TEMPLATE)[0].title == own


def test_longest_decision_of_a_heading_counts() -> None:
    """A question that begins as another does has its own answers."""
    short, long = "Where is it kept?", "Where is it kept while it is moved?"
    both = Brief(title="T", options=((short, ("a", "b")), (long, ("c", "d"))))

    assert both.find_options(f"1. {short}") == ("a", "b")
    assert both.find_options(f"2. {long}") == ("c", "d")
    assert both.find_options("Decision: where is it *kept*?") == ("a", "b")
    assert both.find_options("Nowhere is it kept?") == ()
    assert both.find_options("3. Where is it kept at night?") == ()


def test_brief_without_a_title_is_called_as_it_was_asked_for() -> None:
    """What was paid for is not lost for want of a title; a brief that says nothing else is none."""
    untitled = replace(read_brief(brief(title=""), TEMPLATE)[0], title="")
    asked = "\nbug: users can't log in after a password change on the mobile app\nmore"

    assert ensure_brief_title(untitled, asked, TEMPLATE).title == (
        "users can't log in after a password change on the mobile app"
    )
    assert ensure_brief_title(untitled, f"---\n{'订单' * 40}", TEMPLATE).title == "订单" * 15
    assert len(ensure_brief_title(untitled, "word " * 40, TEMPLATE).title) <= 60
    assert ensure_brief_title(replace(untitled, approach=""), asked, TEMPLATE).title == ""
    assert ensure_brief_title(replace(untitled, title="Own"), asked, TEMPLATE).title == "Own"
    assert ensure_brief_title(untitled, "", TEMPLATE).title == ""

    generic = replace(untitled, title="Design Document")
    assert ensure_brief_title(generic, "login timeout", TEMPLATE).title == "login timeout"
    assert ensure_brief_title(generic, "", TEMPLATE).title == "Design Document"
