"""Answers of reviewers: what of them is kept, and what is said about the rest."""

import json

import pytest
from jsonschema import Draft202012Validator

from assistant.editing.answer import Fault
from assistant.markdown.document import parse_document
from assistant.suggestions.answer import (
    list_wanted_keys,
    make_opinion_schema,
    read_opinion,
    select_opinion_keys,
)
from assistant.suggestions.ground import Ground
from assistant.suggestions.suggestion import Opinion, PointOfView, WantedKinds
from tests.support.reviewing import DOCUMENT, QUOTE, Said

GROUND = Ground(parse_document(DOCUMENT), None)
BOTH = WantedKinds()
VIEW = PointOfView(
    name="data", title="Data", text="Look for: old and new versions that read the same data."
)
RISK = {
    "quote": QUOTE,
    "section": "Detailed Design",
    "impact": "High",
    "what_goes_wrong": "The job runs twice at night",
    "likelihood": "Med",
    "mitigation": "Hold a lock",
}
QUESTION = {
    "quote": "",
    "section": "Rollout Plan",
    "question": "Who starts it again?",
    "why": "At night.",
    "who": "operator",
}


def answer(risk: object = None, question: object = None) -> str:
    """An answer with one entry of each kind, with these changes."""
    risks = [{**RISK, **risk} if isinstance(risk, dict) else risk or RISK]
    questions = [{**QUESTION, **question} if isinstance(question, dict) else question or QUESTION]
    return json.dumps({"risks": risks, "questions": questions})


def test_read() -> None:
    """A risk and a question are read with what they rest on."""
    found = read_opinion(answer(), GROUND, BOTH, VIEW)

    assert (found.errors, found.flaws, found.dropped) == ((), (), 0)
    [risk], [question] = found.risks, found.questions
    assert (risk.text, risk.impact, risk.likelihood) == (
        "The job runs twice at night",
        "High",
        "Med",
    )
    assert (risk.basis.quote, risk.basis.section, risk.views) == (
        QUOTE,
        "Detailed Design",
        ("Data",),
    )
    assert (question.basis.quote, question.basis.section) == ("", "Rollout Plan")


def test_schema() -> None:
    """What is read without an error follows the schema; headings and levels are closed lists."""
    made = json.loads(make_opinion_schema(BOTH, GROUND.headings))

    Draft202012Validator.check_schema(made)
    Draft202012Validator(made).validate(json.loads(answer()))
    assert list(json.loads(make_opinion_schema(WantedKinds(risks=False), ()))["properties"]) == [
        "questions"
    ]
    quoted = json.loads(make_opinion_schema(BOTH, GROUND.headings, ("keeps one record", "")))
    assert not Draft202012Validator(quoted).is_valid(json.loads(answer()))
    assert Draft202012Validator(quoted).is_valid(json.loads(answer({"quote": "keeps one record"})))
    for wrong in ({"impact": "Huge"}, {"section": "Nowhere"}, {"what_goes_wrong": ""}):
        assert not Draft202012Validator(made).is_valid(json.loads(answer(wrong)))


@pytest.mark.parametrize(
    ("risk", "said"),
    [
        ({"quote": "words that nobody wrote here"}, '"quote" is not in the document'),
        ({"quote": "removes records"}, "at least 4 words"),
        ({"quote": "", "section": "Nowhere"}, "Detailed Design"),
        ({"quote": None, "section": None}, "no heading"),
        ({"what_goes_wrong": " "}, 'nothing under "what_goes_wrong"'),
        ({"what_goes_wrong": "High"}, "a whole sentence"),
        ({"what_goes_wrong": QUOTE}, "says the quote again"),
        ({"quote": "store is down and nobody can"}, "listed in the document already"),
        ({"mitigation": "-"}, 'nothing under "mitigation"'),
        ({"what_goes_wrong": "Old and new versions that read the same data."}, "the task again"),
        ({"what_goes_wrong": "The session service keeps one record for each login then"}, "itself"),
        ({"impact": "Huge"}, "High, Med, Low"),
        ("a text", "is no object"),
    ],
)
def test_errors(risk: object, said: str) -> None:
    """What rests on nothing or lacks something is dropped, and the model is told what and where."""
    found = read_opinion(answer(risk), GROUND, BOTH, VIEW)

    assert (found.risks, found.dropped) == ((), 1)
    assert said in "\n".join(error.sentence for error in found.errors)
    assert all(error.sentence.startswith('"risks", item 1') for error in found.errors)
    assert select_opinion_keys(found, BOTH) == ("risks",)
    assert len(found.questions) == 1


@pytest.mark.parametrize(
    "raw", ["", "no JSON", "[1]", '{"risks": ', "{}", '{"risks": "x"}', "{" * 9999]
)
def test_no_answer(raw: str) -> None:
    """What is no object with lists is an error, and says nothing."""
    found = read_opinion(raw, GROUND, BOTH, VIEW)

    assert found.errors
    assert not found.said
    assert not found.risks


def test_nothing_to_say() -> None:
    """Empty lists are an answer."""
    found = read_opinion('{"risks": [], "questions": []}', GROUND, BOTH, VIEW)

    assert found.said
    assert not found.errors


def test_levels_in_other_words() -> None:
    """Medium is Med, and critical is High."""
    [risk] = read_opinion(
        answer({"impact": "critical", "likelihood": "Medium."}), GROUND, BOTH, VIEW
    ).risks

    assert (risk.impact, risk.likelihood) == ("High", "Med")


def test_long_text_is_a_flaw() -> None:
    """A text that is too long is kept, and the model is told."""
    found = read_opinion(answer({"what_goes_wrong": "word " * 60}), GROUND, BOTH, VIEW)

    assert len(found.risks) == len(found.flaws) == 1
    assert select_opinion_keys(found, BOTH) == ("risks",)


def test_only_what_is_wanted() -> None:
    """Questions that nobody asked for are not read."""
    found = read_opinion(
        Said("a risk of this and that", "what is a question?").json(),
        GROUND,
        WantedKinds(questions=False),
        VIEW,
    )

    assert (len(found.risks), len(found.questions)) == (1, 0)
    assert list_wanted_keys(WantedKinds(questions=False)) == ("risks",)
    assert list_wanted_keys(BOTH) == ("risks", "questions")


@pytest.mark.parametrize(
    ("keys", "again"),
    [
        (("risks",), ("risks",)),
        (("questions", "risks"), ("risks", "questions")),
        (("", "risks"), ()),
    ],
)
def test_fault_says_what_is_asked_for_again(keys: tuple[str, ...], again: tuple[str, ...]) -> None:
    """A list is said again for its faults in any words; all is where one is about all of it."""
    found = Opinion(errors=tuple(Fault(key, "Rest it on the document.") for key in keys))

    assert select_opinion_keys(found, BOTH) == again
