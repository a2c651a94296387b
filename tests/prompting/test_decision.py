"""Tests of `decision`: questions with the answers that a design chooses from."""

from typing import TYPE_CHECKING

import pytest

from assistant.prompting import names
from assistant.prompting.answer import Json
from assistant.prompting.names import list_named_groups
from assistant.template.template import load_template

if TYPE_CHECKING:
    from assistant.editing.answer import Fault

GROUP = next(group for group in list_named_groups(load_template(None)) if group.decision)


def read(*items: Json) -> tuple[names.DecisionOptions, list[str]]:
    errors: list[Fault] = []
    found = names.read_decisions(GROUP, {GROUP.key: list(items)}, errors)
    return found, [fault.sentence for fault in errors]


def one(question: str, *answers: str) -> Json:
    return {"question": question, "answers": list(answers)}


def test_questions_with_answers() -> None:
    """A question is a decision's name, its answers are the names of its options."""
    found, errors = read(one("Where are sessions kept?", "In memory", "In a table"))

    assert found == (("Where are sessions kept?", ("In memory", "In a table")),)
    assert errors == []


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("Sessions are kept in a table. It has two columns.", "In a table"),
        ("Sessions will be kept in the database", "In the database"),
        ("Proposed: in a table", "In a table"),
        ("Option B - a cookie", "A cookie"),
        ("In a table, which is new and has columns for the time and for the person", "In a table"),
        ("If a sign-in fails, the person will see a message.", "The person will see a message"),
        ("Keep them on a disk", "Keep them on a disk"),
        ("1. In a table", "In a table"),
        ("No store at all", "No store at all"),
        (f"In a table with {'long ' * 8}rows", f"In a table with {'long ' * 8}rows"),
        ("It would be the cache", "It would be the cache"),
        ("使用索引。它更快。", "使用索引"),
    ],
)
def test_answers_that_repeat_the_question_are_shortened(answer: str, name: str) -> None:
    """A sentence that says the question again becomes the part of it that answers."""
    found, errors = read(one("Where are sessions kept?", answer, "In memory"))

    assert found == (("Where are sessions kept?", (name, "In memory")),)
    assert errors == []


@pytest.mark.parametrize(
    "answers",
    [("Yes", "No"), ("100", "500"), ("In memory", "in memory"), ("In memory",), ("None", "")],
)
def test_answers_that_are_no_choice(answers: tuple[str, ...]) -> None:
    """Yes and no, bare numbers and repeats are asked for again; the question stays."""
    found, errors = read(one("How is it kept?", *answers))

    assert found == (("How is it kept?", ()),)
    assert errors == [
        f'"{GROUP.key}": give "How is it kept?" 2 or 3 different "answers" of 2 to 5 words.'
    ]


def test_names_alone_are_decisions() -> None:
    """Decisions that are named without answers, as in older journals, are understood."""
    assert read("Storage of sessions", "Length of a session") == (
        (("Storage of sessions", ()), ("Length of a session", ())),
        [],
    )


def test_no_more_than_the_template_has_room_for() -> None:
    """A question that is there twice counts once, and no more are taken than the group holds."""
    same = one("Where is it kept?", "In memory", "On disk")
    others = [one(f"Where is part {n} kept?", "In memory", "On disk") for n in "abcd"]
    found, _ = read(same, same, *others)

    assert len(found) == GROUP.most
    assert [name for name, _ in found][:2] == ["Where is it kept?", "Where is part a kept?"]
