"""Tests of `faults`: what keeps an answer from being used, and what makes it worse."""

# ruff: noqa: RUF001  Chinese has marks of full width

from dataclasses import replace

import pytest

from assistant.editing.answer import AnsweredItem, SectionAnswer, Value
from assistant.prompting.answer import (
    read_answer,
)
from assistant.prompting.faults import (
    are_much_alike,
    find_errors,
    find_named_option,
    find_repeats,
    is_example_name,
    is_placeholder_name,
    make_repeat_faults,
)
from assistant.prompting.request import SectionRequest, Want
from tests.support.wants import CHOICE, OPTIONS, PROSE, ROWS, asked, option, said, sentences

PROS_AND_CONS = Want(
    key="options",
    kind="group",
    label="Options",
    examples=("Option A", "Option B"),
    fields=(
        Want(key="pros", kind="text", label="Pros", words=10),
        Want(key="cons", kind="text", label="Cons", words=10),
    ),
)
ASKED = SectionRequest(id="x", title="X", path=("T", "X"), guidance="", wants=(PROS_AND_CONS,))


def answer(*items: tuple[str, str, str]) -> SectionAnswer:
    """An answer with options of a name, what speaks for them and what against."""
    entries = tuple(
        AnsweredItem(name=name, texts=(("pros", pros), ("cons", cons)))
        for name, pros, cons in items
    )
    return SectionAnswer(values=(Value(key="options", entries=entries),))


@pytest.mark.parametrize(
    ("name", "placeholder"),
    [
        ("[Part]", True),
        ("**[Part]**", True),
        ("1. [Part]", True),
        ("<Part>", True),
        ("{{ part }}", True),
        ("[Part] of it", False),
        ("Cache [cold]", False),
        ("[the docs](a.md)", False),
        ("Part", False),
        ("", False),
    ],
)
def test_placeholder_names(name: str, *, placeholder: bool) -> None:
    """A name is a placeholder if nothing but marks and a counter stands around the brackets."""
    assert is_placeholder_name(name) is placeholder


@pytest.mark.parametrize(
    ("name", "example"),
    [("Option A", True), ("option 7", True), ("[Option name]", True), ("Options page", False)],
)
def test_example_names(name: str, *, example: bool) -> None:
    """The template's names, others that count as they do, and placeholders are no names."""
    assert is_example_name(name, PROS_AND_CONS) is example


def test_option_with_a_placeholder_for_a_name_is_an_error() -> None:
    """An option is asked for a name of its own where its name is a placeholder."""
    found = find_errors(answer(("[Option name]", "quick", "big"), ("Disk", "safe", "slow")), ASKED)

    assert [fault.sentence for fault in found] == [
        '"options": give "[Option name]" a name of its own.'
    ]


def test_repeats_are_equal_or_nearly_so() -> None:
    """Fields that say the same are told apart from those that nearly do."""
    same = "It keeps every session in one place that all servers read"
    found = list(
        find_repeats(
            answer(("A", "quick", same), ("B", "Quick", f"{same} now"), ("C", "safe", "slow")),
            ASKED,
        )
    )

    assert [(one.field, one.earlier, one.name, one.equal) for one in found] == [
        ("pros", "A", "B", True),
        ("cons", "A", "B", False),
    ]
    (equal,) = make_repeat_faults(found, equal=True)
    (near,) = make_repeat_faults(found, equal=False)
    assert equal.sentence == '"options": two items have the same "pros"; say how they differ.'
    assert '"cons" of "A" and "B" are nearly the same' in near.sentence


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Disk, since memory is lost", "Disk"),
        ("memory is lost, so disk", "Memory"),
        ("Neither", ""),
    ],
)
def test_the_first_option_named_counts(text: str, named: str) -> None:
    """Of several options in a recommendation the one that is named first is meant."""
    entries = [AnsweredItem(name=name, texts=()) for name in ("Memory", "Disk")]

    assert find_named_option(text, entries) == named


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


def test_options_that_say_the_same_are_an_error() -> None:
    """Two options with one description are no choice."""
    same = {"description": "the same", "pros": "the same"}
    answer = read_answer(
        said(options=[{"name": "A1", **same}, {"name": "B1", **same}]), asked(OPTIONS)
    )

    assert any('the same "description"' in error for error in sentences(answer.errors))


def test_recommendation_of_nothing_is_an_error() -> None:
    """A recommendation must name one of the options."""
    raw = said(options=[option("Redis"), option("Cookies")], recommendation="We should decide.")
    answer = read_answer(raw, asked(OPTIONS, CHOICE))

    assert any("must name one of the options" in error for error in sentences(answer.errors))


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
