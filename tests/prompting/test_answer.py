"""Tests of `answer`: what a model said, read as far as it can be used, with every fault named."""

# ruff: noqa: RUF001  Chinese has marks of full width

from dataclasses import replace

import pytest

from assistant.editing.answer import AnsweredItem, SectionAnswer, count_words
from assistant.prompting.answer import (
    make_headline,
    parse_json,
    read_answer,
    strip_example,
    write_recommendation,
)
from assistant.prompting.request import Want
from tests.support.wants import CHOICE, OPTIONS, PROSE, ROWS, asked, option, said, sentences


def test_plain_answer_is_kept_as_it_is() -> None:
    """A plain answer is its section's text, without errors."""
    answer = read_answer("The session ends too early.", asked(PROSE))

    assert answer.values[0].text == "The session ends too early."
    assert answer.errors == ()


def test_empty_answer_is_an_error() -> None:
    """An answer without a word is an error and gives no value."""
    answer = read_answer("  \n", asked(PROSE))

    assert answer.values == ()
    assert sentences(answer.errors) == ("The answer is empty.",)


def test_assumptions_and_questions_at_the_end_are_taken_out() -> None:
    """Assumptions and open questions behind the text become data."""
    text = "It ends early.\nAssumption: Redis keeps it.\nOpen question: Who renews it?"
    answer = read_answer(text, asked(PROSE))

    assert answer.values[0].text == "It ends early."
    assert answer.assumptions == ("Redis keeps it.",)
    assert answer.questions == ("Who renews it?",)


def test_assumption_in_the_last_sentence_is_taken_out() -> None:
    """An assumption that follows in the same paragraph becomes data too."""
    answer = read_answer("It ends early. Assumption: the clock is right.", asked(PROSE))

    assert answer.values[0].text == "It ends early."
    assert answer.assumptions == ("the clock is right.",)


def test_not_applicable_keeps_its_reason() -> None:
    """An answer that says it does not apply gives the reason and nothing else."""
    answer = read_answer("Not applicable: there is no data to move.", asked(PROSE))

    assert answer.not_applicable == "there is no data to move."
    assert answer.values == ()


def test_template_text_is_no_answer() -> None:
    """An answer that repeats the placeholder is an error and gives no value."""
    answer = read_answer("<!-- What? -->", asked(PROSE))

    assert answer.values == ()
    assert "repeats the template" in sentences(answer.errors)[0]


def test_label_that_is_said_again_is_left_out() -> None:
    """A text that begins with its own label is written without it."""
    criteria = Want(key="criteria", kind="text", label="Full rollout criteria", words=14)
    answer = read_answer(said(criteria="Full rollout criteria: no errors"), asked(criteria, ROWS))

    assert answer.values[0].text == "no errors"


def test_form_that_is_said_again_is_left_out() -> None:
    """The line that says how long an answer ought to be is no part of it."""
    said_so = "It ends early.\n\nText: 4 or 5 plain sentences, about 60 words in all.\n"

    assert read_answer(said_so, asked(PROSE)).values[0].text == "It ends early."


def test_group_of_options() -> None:
    """Options are read with their fields, their letters taken off."""
    raw = said(options=[option("Option A: Redis"), option("Cookies")])
    answer = read_answer(raw, asked(OPTIONS))

    assert [entry.name for entry in answer.values[0].entries] == ["Redis", "Cookies"]
    assert answer.errors == ()


def test_items_that_say_nothing_are_dropped() -> None:
    """Items without a word are dropped, and missed."""
    raw = said(options=[{"name": "Redis", "description": "", "pros": ""}])
    answer = read_answer(raw, asked(OPTIONS))

    assert answer.values == ()
    assert any(
        "give at least 2 items" in error or "missing" in error for error in sentences(answer.errors)
    )


def test_option_with_the_templates_name_is_named_after_its_description() -> None:
    """`Option A` with a description takes its name from the first words of it."""
    first = {"name": "Option A", "description": "Keep sessions in Redis, as now.", "pros": "x"}
    answer = read_answer(said(options=[first, option("Cookies")]), asked(OPTIONS))

    assert answer.values[0].entries[0].name == "Keep sessions in Redis"
    assert answer.errors == ()


def test_recommendation_by_number_names_its_option() -> None:
    """A recommendation given as a number is written with the option's name."""
    raw = said(
        options=[option("Redis"), option("Cookies")],
        recommendation={"option": "2", "reason": "no server state."},
    )
    answer = read_answer(raw, asked(OPTIONS, CHOICE))

    value = answer.value("recommendation")
    assert value is not None
    assert value.text == "Cookies. No server state."
    assert answer.errors == ()


def test_rows_follow_their_columns() -> None:
    """Rows are read by column name, and an empty cell is named."""
    raw = said(risks=[{"risk": "it fails", "impact": "High"}, {"risk": "", "impact": "Low"}])
    answer = read_answer(raw, asked(ROWS))

    assert answer.values[0].rows == (("it fails", "High"), ("", "Low"))
    assert sentences(answer.errors) == ('"risks": row 2 has nothing under Risk.',)


def test_json_value_of_a_json_fence_is_printed() -> None:
    """A JSON object for a JSON fence arrives indented."""
    body = Want(key="request", kind="code", label="Request", language="json", words=60)
    answer = read_answer(said(request={"email": "a@example.com"}), asked(body, ROWS))

    assert answer.values[0].text == '{\n  "email": "a@example.com"\n}'


def test_broken_json_names_the_place() -> None:
    """JSON that does not parse gives the parser's error and no values."""
    answer = read_answer('{"risks": [', asked(ROWS))

    assert answer.values == ()
    assert sentences(answer.errors)[0].startswith("The answer is not valid JSON")


def test_json_in_a_fence_is_found() -> None:
    """JSON is found behind words and inside a fence."""
    assert parse_json('Here it is:\n```json\n{"a": 1}\n```') == {"a": 1}


def test_options_by_name_are_read() -> None:
    """Options that come as an object by name are as good as a list."""
    raw = said(
        options={
            "Redis": {"description": "a", "pros": "b"},
            "Cookies": {"description": "c", "pros": "d"},
        }
    )
    answer: SectionAnswer = read_answer(raw, asked(OPTIONS))

    assert answer.values[0].entries[0] == AnsweredItem(
        name="Redis", texts=(("description", "a"), ("pros", "b"))
    )


def test_the_next_task_is_no_part_of_an_answer() -> None:
    """An answer ends where the model goes on with a task of its own making."""
    answer = read_answer("It ends early.\n\n# Task: Goals\n\nText: 3 sentences.", asked(PROSE))

    assert answer.values[0].text == "It ends early."


def test_the_form_repeated_is_no_part_of_an_answer() -> None:
    """A heading that repeats the form of the answer is left out."""
    code = Want(key="service", kind="code", label="", language="python", words=60)
    answer = read_answer("## Code: python\nx = 1", asked(code))

    assert answer.values[0].text == "x = 1"


def test_reason_that_names_another_option_speaks_for_itself() -> None:
    """A number that its own reason contradicts is not put before it."""
    raw = said(
        options=[option("Redis"), option("Cookies")],
        recommendation={"option": "1", "reason": "Cookies need no server."},
    )
    answer = read_answer(raw, asked(OPTIONS, CHOICE))

    assert answer.values[1].text == "Cookies need no server."


def test_bare_bullets_are_no_answer() -> None:
    """An answer of bullets without words is an error and gives no value."""
    answer = read_answer("- \n- \n", asked(PROSE))

    assert answer.values == ()
    assert sentences(answer.errors) == ("The answer is empty.",)


def test_answer_that_only_assumes_is_kept_and_sent_back_once() -> None:
    """An assumption alone is a flaw where a section should stand."""
    only = "Assumption: the clock is right."
    answer = read_answer(only, asked(PROSE))

    assert answer.values[0].text == only
    assert any("only assumes" in flaw for flaw in sentences(answer.flaws))
    assert not read_answer(only, replace(asked(PROSE), title="Assumptions")).flaws
    assert not read_answer("Assumptions: none. The store renews it.", asked(PROSE)).flaws


NAMED = Want(
    key="options",
    kind="group",
    label="Options",
    words=10,
    names=("Redis", "Cookies", "Table"),
    fields=(
        Want(key="description", kind="text", label="", words=10),
        Want(key="pros", kind="text", label="Pros", words=10),
    ),
)
SAME = "Sessions stay where every server can read them"


def choice(*texts: tuple[str, str]) -> str:
    pairs = zip(NAMED.names, texts, strict=True)
    return said(options={name: {"description": d, "pros": p} for name, (d, p) in pairs})


@pytest.mark.parametrize(
    ("texts", "alone"),
    [
        ((("a", "b"), ("c", "d"), ("e", "f")), ()),
        ((("a", SAME), ("c", SAME), ("e", "f")), ("Cookies",)),
        ((("a", SAME), ("c", f"{SAME} now"), ("e", SAME)), ("Cookies", "Table")),
        ((("a", SAME), ("c", "d"), ("e", SAME.upper())), ("Table",)),
        ((("a", SAME), ("c", SAME), ("e", "")), ("Cookies",)),
    ],
)
def test_copies_are_named_whatever_else_is_wrong(
    texts: tuple[tuple[str, str], ...], alone: tuple[str, ...]
) -> None:
    """The later of two items that say the same can be said anew without the rest."""
    answer = read_answer(choice(*texts), asked(NAMED), "x")

    assert tuple(copy.name for copy in answer.copies) == alone
    assert all((copy.key, copy.fields) == ("options", ("pros",)) for copy in answer.copies)


def test_items_without_names_are_said_again_together() -> None:
    """Where the model names the items there is no key to ask for one of them."""
    same = {"description": "the same", "pros": "the same"}
    answer = read_answer(
        said(options=[{"name": "A1", **same}, {"name": "B1", **same}]), asked(OPTIONS)
    )

    assert answer.errors
    assert answer.copies == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("one two", 2),
        ("订单。", 1),
        ("订单，订单", 2),
        ("订单", 1),
        ("订单页", 2),
        ("API 的订单", 3),
        ("注文を保存", 3),
    ],
)
def test_length(text: str, expected: int) -> None:
    """Two characters of a script without spaces count as a word."""
    assert count_words(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Option A: Redis", "Redis"),
        ("Option 3 - Redis", "Redis"),
        ("Options page", "Options page"),
        ("Option A", "Option A"),
    ],
)
def test_unprefixed(name: str, expected: str) -> None:
    """Only the template's own counter is taken off a name."""
    assert strip_example(name, ("Option A", "Option B")) == expected


def test_headline_of_a_description() -> None:
    """A name that is made of a description does not begin with `This option`."""
    said_so = "This option uses a simple POST request, which is quick"

    assert make_headline(said_so) == "Simple POST request"
    assert make_headline("use a UUID") == "Use a UUID"


@pytest.mark.parametrize(
    ("number", "reason", "first"),
    [
        ("1", "Keeping a table survives a restart.", "Keep a table"),
        ("1", "It is quick.", "Use a cache"),
        ("2", "Using a cache and keeping a table are alike.", "Keep a table"),
        ("1", "It is quick. Keeping a table is not.", "Use a cache"),
    ],
)
def test_reason_decides_which_option_is_meant(number: str, reason: str, first: str) -> None:
    """A number is taken for another where the reason speaks of that other option alone."""
    names = ("Use a cache", "Keep a table")
    entries = [AnsweredItem(name=name, texts=()) for name in names]

    assert write_recommendation(number, reason, entries) == f"{first}. {reason}"


def test_headlines_do_not_end_in_the_middle() -> None:
    """A name that is cut from a description ends with a word that can be its last."""
    assert (
        make_headline("The service will wait for a certain amount of time")
        == "The service will wait"
    )
    assert make_headline("Store it in a") == "Store it"


def test_chinese_name_ends_with_its_own_stop() -> None:
    """A recommendation in a script without spaces is joined as it is written there."""
    entries = [AnsweredItem(name="存储在会话中", texts=())]

    assert write_recommendation("1", "更可靠。", entries) == "存储在会话中。更可靠。"
