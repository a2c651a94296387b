"""Tests of `answer`: what a model said, read as far as it can be used, with every fault named."""

# ruff: noqa: RUF001  Chinese has marks of full width

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest

from assistant.editing.answer import AnsweredItem, Fault, SectionAnswer, count_words
from assistant.prompting.answer import (
    make_headline,
    parse_json,
    read_answer,
    strip_example,
    write_recommendation,
)
from assistant.prompting.faults import are_much_alike
from assistant.prompting.request import SectionRequest, Want

PROSE = Want(key="overview", kind="prose", label="", words=40, placeholder="<!-- What? -->")
OPTIONS = Want(
    key="options",
    kind="group",
    label="Options",
    examples=("Option A", "Option B"),
    least=2,
    most=3,
    fields=(
        Want(key="description", kind="text", label="", words=10),
        Want(key="pros", kind="text", label="Pros", words=10),
    ),
)
CHOICE = Want(
    key="recommendation", kind="text", label="Recommendation", words=20, choice_of="options"
)
ROWS = Want(
    key="risks",
    kind="rows",
    label="",
    words=10,
    least=2,
    most=4,
    columns=(("Risk", ()), ("Impact", ("High", "Med", "Low"))),
)


def asked(*wants: Want) -> SectionRequest:
    return SectionRequest(id="x", title="X", path=("X",), guidance="", wants=wants)


def sentences(faults: Iterable[Fault]) -> tuple[str, ...]:
    return tuple(fault.sentence for fault in faults)


def said(**data: object) -> str:
    return json.dumps(data)


def option(name: str, description: str = "keeps it", pros: str = "quick") -> dict[str, str]:
    return {"name": name, "description": f"{description} {name}", "pros": f"{pros} {name}"}


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


def test_too_many_words_are_a_flaw() -> None:
    """An answer of more than three times its budget is asked for again, and not cut."""
    answer = read_answer("word " * 121, asked(PROSE))

    assert answer.values[0].words == 121
    assert sentences(answer.flaws) == ('"overview" has 121 words; write at most 120.',)
    assert read_answer("word " * 120, asked(PROSE)).flaws == ()


def test_short_slots_are_not_counted_to_the_word() -> None:
    """A few words more than a short slot's budget are not worth another request."""
    short = Want(key="context", kind="text", label="Context", words=8)

    assert read_answer(said(context="word " * 45, x=""), asked(short, ROWS)).flaws == ()


def test_sections_within_a_section_are_a_flaw() -> None:
    """A text set out as a list with labels is asked for again; one label is no list."""
    flaws = sentences(read_answer("- **Restart:** now\n- **Testing:** later", asked(PROSE)).flaws)

    assert flaws == (
        '"overview" is a list with labels; write plain sentences on this section alone.',
    )
    assert read_answer("**Restart:** it.\n- then wait", asked(PROSE)).flaws == ()


def test_text_about_the_document_is_a_flaw() -> None:
    """A section is about its subject, not about the document that it stands in."""
    assert sentences(
        read_answer("The goal of this design document is speed.", asked(PROSE)).flaws
    ) == ('"overview": write about the subject; leave out "this design document".',)


def test_sections_behind_a_section_are_a_flaw() -> None:
    """A text that goes on with another section's heading is asked for alone."""
    assert sentences(read_answer("It ends early.\n\n### Goals\n\nFast.", asked(PROSE)).flaws) == (
        '"overview": write this section alone, without "### Goals".',
    )
    assert read_answer("### X\n\nIt ends early.", asked(PROSE)).flaws == ()


def test_label_that_is_said_again_is_left_out() -> None:
    """A text that begins with its own label is written without it."""
    criteria = Want(key="criteria", kind="text", label="Full rollout criteria", words=14)
    answer = read_answer(said(criteria="Full rollout criteria: no errors"), asked(criteria, ROWS))

    assert answer.values[0].text == "no errors"


def test_form_that_is_said_again_is_left_out() -> None:
    """The line that says how long an answer ought to be is no part of it."""
    said_so = "It ends early.\n\nText: 4 or 5 plain sentences, about 60 words in all.\n"

    assert read_answer(said_so, asked(PROSE)).values[0].text == "It ends early."


def test_words_behind_code_are_a_flaw() -> None:
    """An explanation around a fence is asked to be left out."""
    code = Want(key="service", kind="code", label="", words=60, language="python")
    flaws = sentences(read_answer("```python\nx = 1\n```\n\nThis sets x.", asked(code)).flaws)

    assert flaws == ('"service": give the code alone, without "This sets x.".',)
    assert read_answer("```python\nx = 1\n```", asked(code)).flaws == ()


def test_json_instead_of_code_is_an_error() -> None:
    """An object where code of another language was asked for is no answer."""
    code = Want(key="schema", kind="code", label="", words=60, language="sql")
    body = Want(key="schema", kind="code", label="", words=60, language="json")

    assert sentences(read_answer('{"reason": "none"}', asked(code)).errors) == (
        '"schema" is a JSON object; answer with sql.',
    )
    assert read_answer('{"reason": "none"}', asked(body)).errors == ()


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


def test_options_that_say_the_same_are_an_error() -> None:
    """Two options with one description are no choice."""
    same = {"description": "the same", "pros": "the same"}
    answer = read_answer(
        said(options=[{"name": "A1", **same}, {"name": "B1", **same}]), asked(OPTIONS)
    )

    assert any('the same "description"' in error for error in sentences(answer.errors))


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


def test_recommendation_of_nothing_is_an_error() -> None:
    """A recommendation must name one of the options."""
    raw = said(options=[option("Redis"), option("Cookies")], recommendation="We should decide.")
    answer = read_answer(raw, asked(OPTIONS, CHOICE))

    assert any("must name one of the options" in error for error in sentences(answer.errors))


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


def test_code_that_does_not_parse_is_a_flaw() -> None:
    """SQL that no dialect reads is sent back with the parser's words."""
    code = Want(key="schema", kind="code", label="", language="sql", words=60)
    answer = read_answer("SELECT FROM WHERE (", asked(code))

    assert any("does not parse" in flaw for flaw in sentences(answer.flaws))


def test_figures_nobody_gave_are_flagged_and_collected() -> None:
    """A figure that the subject does not have is a flaw, and one to be confirmed."""
    answer = read_answer("We expect 40 % fewer errors.", asked(PROSE), known="login timeout")

    assert "40 %" in sentences(answer.flaws)[0]
    assert answer.figures == ("40 %",)


def test_figures_of_the_subject_are_not_flagged() -> None:
    """A figure that the person gave may be repeated."""
    answer = read_answer("It drops after 60 seconds.", asked(PROSE), known="drops after 60 seconds")

    assert answer.flaws == ()
    assert answer.figures == ()


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


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("It is quick and keeps all data", "It is quick and it keeps all data", True),
        ("Quick to build", "Slow to build, and safe", False),
        ("Quick", "Quick", False),
    ],
)
def test_options_that_hardly_differ_are_flawed(one: str, other: str, *, alike: bool) -> None:
    """Two options with nearly the same words beside a label are asked to differ."""
    data = [
        {"name": name, "description": f"{name} keeps it", "pros": pros}
        for name, pros in (("Cache", one), ("Table", other))
    ]
    answer = read_answer(said(options=data), asked(OPTIONS), "known")

    assert any("nearly the same" in flaw for flaw in sentences(answer.flaws)) is alike


def test_risk_that_is_known_already_is_flawed() -> None:
    """A risk that the brief knows already is sent back; a row that is there twice counts once."""
    row = {"risk": "Sign-ins time out after a while.", "impact": "High"}
    other = {"risk": "A cookie outlives its session.", "impact": "Low"}
    known = "- Assumed: Sign-ins time out after a while."
    answer = read_answer(said(risks=[row, other, other]), asked(ROWS), known)

    assert sentences(answer.flaws) == (
        '"risks": "Sign-ins time out after a while." is known already; say what can go wrong.',
    )
    assert any("two rows say the same" in error for error in sentences(answer.errors))
    assert len(answer.values[0].rows) == 2


@pytest.mark.parametrize(
    ("body", "describes"),
    [
        ({"method": "GET", "url": "/orders", "headers": {}}, True),
        ({"status": "done", "orders": [], "type": "csv"}, False),
    ],
)
def test_descriptions_of_a_body_are_flawed(body: dict[str, object], *, describes: bool) -> None:
    """A body that describes the call instead of being its JSON is sent back."""
    want = Want(key="response", kind="code", label="Response", language="json", words=20)
    answer = read_answer(said(response=body), asked(want, PROSE), "known")

    assert any("describes the body" in flaw for flaw in sentences(answer.flaws)) is describes


@pytest.mark.parametrize("name", ["Option A", "option 2", "Option 12", "Option C"])
def test_counted_names_are_the_templates(name: str) -> None:
    """An option that is only counted gets a name from what it is."""
    data = [option(name, "Keep a table"), option("Cache", "Use a cache", "fast")]
    answer = read_answer(said(options=data), asked(OPTIONS))

    assert [entry.name for entry in answer.values[0].entries][1] == "Cache"
    assert answer.values[0].entries[0].name.startswith("Keep a table")


def test_diagram_in_json_is_no_diagram() -> None:
    """A diagram that is said inside JSON, even where that is not valid, is asked for again."""
    want = Want(key="diagram", kind="code", label="", words=20)
    answer = read_answer('{"name": "Diagram", "diagram": "flowchart LR\n a --> b"}', asked(want))

    assert sentences(answer.errors) == ('"diagram" is a JSON object; answer with the diagram.',)


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
    ("text", "language", "flawed"),
    [
        ("All users have been informed and it is done for them.", "German", True),
        ("Alle Benutzer sind informiert und es ist nicht mehr offen.", "German", False),
        ("All users have been informed and it is done for them.", "English", False),
        ("All users have been informed and it is done for them.", "", False),
        ("在 orders page 上按日期筛选", "Chinese", False),
        ("Fast lookups, no server state.", "Chinese", True),
        ("GET /orders", "Chinese", False),
        ('Die Seite zeigt "the orders that have been found with it" an.', "German", False),
        ("All users have been informed and it is done.", "British English", False),
        ("All users have been informed and it is done.", "Klingon", False),
        (
            "Es geht oder nicht. Our approach will address this by ensuring that it is robust.",
            "German",
            True,
        ),
        ('Es zeigt "No orders. Try this with the other and that." an.', "German", False),
        ("系统会计数。Our approach will address this issue.", "Chinese", True),
        ("GET /api/v1/orders/export, orders.created_at, orders.status", "Chinese", False),
        ("https://github.com/a/b/c and assistant/cli/option.py", "Chinese", False),
        ("- id, name, status, created", "Chinese", False),
        ("I comandi vanno all'utente, all'amministratore e all'ospite.", "Italian", False),
        ("Man will das, er will es, sie will nicht mehr.", "German", False),
        ("«The user has been deleted from the list» wird gezeigt.", "German", False),
        ("Redis Sentinel, Kafka, Postgres, Kubernetes", "Chinese", False),
        ("Die Methode should_have_been_all_with_that prüft Tokens.", "German", False),
        ("Pour revenir en arrière, on désactive l'option. Ensuite on redéploie.", "French", False),
        ("D'abord, on mesure ce que l'on perd.", "French", False),
        ("On ajoute un index; on mesure.", "French", False),
        ("Dit is nu traag of onbruikbaar.", "Dutch", False),
        ("To jest to, co by trzeba zmienić.", "Polish", False),
        ('L\'API risponde con "the session is not valid and that is all".', "Italian", False),
        ("De sessie is verlopen of we weten dat ze ongeldig is.", "Dutch", False),
    ],
)
def test_english_in_another_language_is_a_flaw(*, text: str, language: str, flawed: bool) -> None:
    """Small models fall back to English; a borrowed word is none."""
    answer = read_answer(text, asked(PROSE), "x", language=language)

    assert any("partly in English" in found for found in sentences(answer.flaws)) is flawed


def test_text_without_spaces_can_be_too_long() -> None:
    """A Chinese text is as long as its characters, not as what stands between spaces."""
    assert not any(
        "words" in found
        for found in sentences(read_answer("订单没有筛选。" * 10, asked(PROSE)).flaws)
    )
    assert any(
        "words" in found
        for found in sentences(read_answer("订单没有筛选。" * 60, asked(PROSE)).flaws)
    )


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
    ("one", "other", "alike"),
    [
        ("性能高，成本低", "性能低，成本高", False),
        ("读取快，写入慢。", "写入快，读取慢。", False),
        ("用户可以在不同页面之间导航。", "用户可以在不同的页面之间导航。", True),
        ("it keeps the session in Redis", "it keeps the session in Redis now", True),
        ("it is fast", "it is slow", False),
    ],
)
def test_alike(*, one: str, other: str, alike: bool) -> None:
    """Texts of the same words are alike; in Chinese their order counts, as it does in words."""
    assert are_much_alike(one, other) is alike


def test_empty_body_is_a_flaw_and_an_answer() -> None:
    """A body without fields is sent back once in words that help, and is better than none."""
    body = Want(key="error", kind="code", label="Error Response", words=10, language="json")
    other = replace(body, key="request")
    answer = read_answer(said(request={"a": 1}, error={}), asked(other, body))

    assert answer.errors == ()
    assert sentences(answer.flaws) == (
        '"error" is an empty body; give at least one field with an example value.',
    )
    value = answer.value("error")
    assert value is not None
    assert value.text == "{}"


@pytest.mark.parametrize(
    ("text", "flawed"),
    [
        ("Certainly! Here is the corrected version of the service. It counts.", True),
        ("Sure, the service counts.", True),
        ("Here are the steps. It counts.", True),
        ("Hier ist der Ansatz. Er zählt.", True),
        ("好的，系统会计数。", True),
        ("以下是服务的说明。", True),
        ("I have corrected the section. It counts.", True),
        ("Surely nobody counts. It does.", False),
        ("Sure-fire retries make the queue longer. It counts.", False),
        ("Of course a user can still log in with a password. It counts.", False),
        ("Below is an index on orders(id). It counts.", False),
        ("I have to log in twice, users report. It counts.", False),
        ("Hier ist die Anmeldung fehlgeschlagen. Er zählt.", False),
        ("好的日志应当包含用户。", False),
        ("Heresy is counted. It is not.", False),
        ("I haven is a port. It counts.", False),
        ("The service counts. Here is where.", False),
    ],
)
def test_chat_is_no_section(*, text: str, flawed: bool) -> None:
    """What a model says to somebody is sent back; words that begin like it are not."""
    answer = read_answer(text, asked(PROSE), "x")

    assert any("write the section itself" in found for found in sentences(answer.flaws)) is flawed


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
