"""Tests of `form`: what answers are held to, and the first words of a section."""

# ruff: noqa: RUF001  a grammar knows full-width marks

import pytest

from assistant.prompting.form import list_openings, list_stops, make_grammar
from assistant.prompting.language import guess_language, has_word_spaces
from assistant.prompting.request import SectionRequest, Want, WantKind
from assistant.shipped import load_openings
from tests.support.gbnf import allows


def asked(
    kind: WantKind, title: str = "Overview", language: str = "", words: int = 40
) -> SectionRequest:
    want = Want(key="text", kind=kind, label="", words=words, language=language)
    return SectionRequest(id=title, title=title, path=("T", title), guidance="", wants=(want,))


PROSE = make_grammar(asked("prose"))
LIST = make_grammar(asked("prose", "Goals"), ("A ", "When "))
ITEMS = make_grammar(asked("items", "Technical Debt"))
DIAGRAM = make_grammar(asked("code", "Diagram"))
SQL = make_grammar(asked("code", "Schema", "sql"))
PYTHON = make_grammar(asked("code", "Service", "python"))


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (PROSE, "Sign-ins time out after 3.5 s. Nobody sees why."),
        (PROSE, "It reads 订单.csv and `.env` at 10:30, z. B. for orders:read. Then it ends."),
        (PROSE, "The file `a.b` is read twice. That takes long. Users wait."),
        (PROSE, "One is kept. Two are sent.\nAssumption: there is a queue."),
        (PROSE, "订单没有日期筛选。用户需要翻页。"),
        (LIST, "- A user signs in.\n- When it fails, a message is shown.\n- A log says why\n"),
        (ITEMS, "- None.\n"),
        (PROSE, "It is at https://a.example/b now. Nobody looks there."),
        (PROSE, "It reads README.md and `redis://cache:1` (e.g. at night). Then `std::a` ends."),
        (ITEMS, "- None."),
        (ITEMS, "- a test, e.g. this\n- 缓存：暂时保留"),
        (ITEMS, "- cache: kept for now\n- and b"),
        (DIAGRAM, "flowchart LR\n" + "a[User] -->|signs in| b[Page]\n" * 3),
        (SQL, "ALTER TABLE users ADD COLUMN age INT;\n"),
        (PYTHON, "def renew(session):\n    session.touch()\n\n    return session\n"),
        (PYTHON, "async def c() -> None:\n    pass"),
        (PYTHON, "def a():\n    pass\n\ndef "),
    ],
)
def test_forms_allow_what_is_asked_for(form: str, text: str) -> None:
    """Each form allows an answer as the prompt asks for it."""
    assert allows(form, text)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (PROSE, "One sentence. Two. Three. Four. Five. Six. Seven."),
        (PROSE, "First paragraph. It ends.\n\nSecond paragraph."),
        (PROSE, "## Overview\nIt times out. Nobody knows."),
        (PROSE, "- It times out. Nobody knows."),
        (PROSE, "It times out.Nobody knows. So we look."),
        (PROSE, "It ends._And goes on. Or does it."),
        (PROSE, "It has one. A.check is added. Or is it."),
        (PROSE, "```\ncode. More.\n```"),
        (PROSE, "It only says what is coming."),
        (PROSE, "标题：按日期筛选。没有筛选。"),
        (PROSE, "It goes like this: one. Then two."),
        (PROSE, "One is kept. Two are sent.\nAssumption: a queue. And more. And more."),
        (PROSE, "One is kept. " + "Two " * 100 + "."),
        (ITEMS, "- : nothing"),
        (ITEMS, "- None" + ".x" * 301),
        (LIST, "- The goal is this.\n- The goal is that.\n- The goal is all.\n"),
        (LIST, "- A user signs in.\n"),
        (ITEMS, "- One. And a second sentence.\n"),
        (ITEMS, "- a\n" * 5),
        (ITEMS, '- "- 用户可以筛选\n'),
        (DIAGRAM, "flowchart LR\na[User] --> b[Login page]\n" * 3),
        (DIAGRAM, "flowchart LR\n" + "a[User] -->|...| b[Page]\n" * 3),
        (DIAGRAM, "flowchart LR\n" + "a -->|signs in| b\n" * 3),
        (DIAGRAM, "Here is the diagram:\nflowchart LR\n"),
        (SQL, "```sql\nALTER TABLE a ADD b INT;\n```"),
        (SQL, "The table gets a column."),
        (PYTHON, "def a():\n    pass\n# Task: the next one\n"),
        (PYTHON, "def a():\n    pass\n\ndef b():\n    pass\n"),
        (PYTHON, "def a():\n    \n"),
        (PYTHON, "def a():\n    pass\n" * 6),
    ],
)
def test_forms_refuse_what_small_models_add(form: str, text: str) -> None:
    """No form allows headings, fences, explanations, more paragraphs or more of the same."""
    assert not allows(form, text)


def test_text_begins_with_its_opening() -> None:
    """Where words are given to begin with, a text begins with one of them."""
    form = make_grammar(asked("prose"), ("Today, ",))

    assert allows(form, "Today, sign-ins time out. Nobody sees why.")
    assert not allows(form, "The purpose of this is to help. Nobody sees why.")


def test_budget_is_a_number_of_sentences() -> None:
    """More words are more sentences."""
    short, long = (make_grammar(asked("prose", words=words)) for words in (26, 65))
    five = "It is so. " * 4 + "It is so."

    assert not allows(short, five)
    assert allows(long, five)


def test_json_has_no_grammar() -> None:
    """Answers with a schema, and code in other languages, have none."""
    two = asked("prose").wants * 2

    assert (
        make_grammar(SectionRequest(id="a", title="a", path=("a",), guidance="", wants=two)) == ""
    )
    assert make_grammar(asked("code", language="json")) == ""
    assert make_grammar(asked("code", language="yaml")) == ""


def test_line_may_be_one_sentence() -> None:
    """Behind a label one sentence is enough."""
    assert allows(make_grammar(asked("text")), "Counts of failed sign-ins.")


def test_languages_without_spaces_begin_without_one() -> None:
    """An opening is followed at once by what belongs to it."""
    form = make_grammar(asked("prose"), ("目前，",))

    assert allows(form, "目前，订单没有日期筛选。用户需要翻页。")
    assert not allows(form, "目的：解释方案。用户需要翻页。")


def test_code_stops_where_something_else_begins() -> None:
    """Python ends before a second function, other code before an explanation; texts don't stop."""
    text = "def a():\n    pass\n\ndef "

    assert any(text.endswith(stop) for stop in list_stops(asked("code", "Service", "python")))
    assert not any(stop.startswith("\ndef") for stop in list_stops(asked("code", "Schema", "sql")))
    assert "\n```\n" in list_stops(asked("code", "Schema", "sql"))
    assert list_stops(asked("prose")) == ()


TOPICS = ("summary", "approach", "rollback", "shortcuts", "goals")


def test_openings_differ_for_a_bug() -> None:
    """How a bug is approached begins with its cause; lists begin with one of several words."""
    assert list_openings("English", "approach", bug=True) == ("First, ",)
    assert list_openings("English", "approach", bug=False) == ("When ",)
    assert list_openings("English", "summary", bug=True) == list_openings(
        "English", "summary", bug=False
    )
    assert len(list_openings("English", "goals", bug=False)) > 1


@pytest.mark.parametrize("language", load_openings())
def test_every_language_has_all_of_them(language: str) -> None:
    """Each topic with an opening in English has one in each language, spaced as it is there."""
    for topic in TOPICS:
        for bug in (True, False):
            texts = list_openings(language, topic, bug=bug)
            assert texts
            assert all((text[-1] in " '") is has_word_spaces(language) for text in texts)
            assert not any('"' in text or "\\" in text for text in texts)  # as GBNF quotes them


def test_no_opening_where_there_is_none() -> None:
    """Other topics, and other languages, have none."""
    assert list_openings("English", "", bug=False) == ()
    assert list_openings("English", "risks", bug=False) == ()
    assert list_openings("Klingon", "summary", bug=False) == ()
    assert list_openings(guess_language("login").name, "summary", bug=False) == ()
