"""Tests of `prompts`: what a model is told, and what only some sections are told."""

# ruff: noqa: RUF001  Chinese has marks of full width

from collections.abc import Iterator
from dataclasses import fields

import pytest
from jinja2 import Environment, FileSystemLoader
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from assistant.prompting import prompts
from assistant.prompting.answer import read_answer
from assistant.prompting.prompts import DocumentSubject, make_section_prompt
from assistant.prompting.request import SectionRequest, Want
from assistant.shipped import find_shipped_folder
from assistant.suggestions import prompt
from assistant.suggestions.suggestion import PointOfView

SHIPPED = find_shipped_folder()
PARSING = Environment(loader=FileSystemLoader(SHIPPED), autoescape=True)
TEXTS = tuple(
    one
    for one in (*vars(prompts).values(), *vars(prompt).values())
    if isinstance(one, type)
    and issubclass(one, prompts.PromptText)
    and one is not prompts.PromptText
)


def asked(title: str, *wants: Want, under: str = "") -> SectionRequest:
    path = ("T", *([under] if under else []), title)
    return SectionRequest(id=title, title=title, path=path, guidance="Why now?", wants=wants)


PROSE = Want(key="text", kind="prose", label="", words=40)
LINE = Want(key="key_metrics", kind="text", label="Key metrics", words=14)
OTHER = Want(key="it", kind="text", label="Something else", words=14)


def test_topic_asks_its_question_behind_the_guidance() -> None:
    """The template's own guidance comes first, then the topic's question, then the form."""
    told = prompts.write_section_instruction(asked("Overview", PROSE))

    assert told.startswith("# Task: Overview\n\nPurpose: Why now?\nSay what users")
    assert told.endswith("Text: one paragraph of 2 or 3 sentences, about 40 words in all.")


def test_bug_is_asked_for_its_cause() -> None:
    """How a bug is approached is another question than how a feature is."""
    bug = prompts.write_section_instruction(
        asked("Approach", PROSE), manner=prompts.SectionStyle(bug=True)
    )

    assert "how the cause will be found" in bug
    assert "how the cause will be found" not in prompts.write_section_instruction(
        asked("Approach", PROSE)
    )


def test_unknown_titles_say_where_they_stand() -> None:
    """A section whose title says nothing is told what it is a part of."""
    assert 'This part stands in "Kernel".' in prompts.write_section_instruction(
        asked("x", PROSE, under="Kernel")
    )
    assert "This part" not in prompts.write_section_instruction(
        asked("Overview", PROSE, under="Kernel")
    )


def test_language_and_first_words() -> None:
    """The language is said last, first words where there are some."""
    manner = prompts.SectionStyle(language="German", begins=("When", "If"))
    told = prompts.write_section_instruction(asked("Approach", PROSE), manner=manner)

    assert told.endswith('Begin with "When" or "If".\n\nWrite in German.')


def test_labels_are_not_said_twice() -> None:
    """A key that is its label is enough; any other label is said beside its key."""
    told = prompts.write_section_instruction(asked("Monitoring", LINE, OTHER))

    assert '- "key_metrics": about 14 words.' in told
    assert '- "it": Something else: about 14 words.' in told


@pytest.mark.parametrize(("title", "rows"), [("Risks", True), ("Risks", False)])
def test_risks_are_asked_for_as_rows_or_as_text(title: str, *, rows: bool) -> None:
    """A table of risks is asked for row by row, a text as a whole."""
    table = Want(key="risks", kind="rows", label="", columns=(("Risk", ()),), words=8)
    told = prompts.write_section_instruction(asked(title, table if rows else PROSE))

    assert ("Each row is about another part" in told) is rows


def test_form_that_is_said_again_is_known() -> None:
    """An answer that repeats the form as the prompt words it is read without it."""
    request = asked("Overview", PROSE)
    form = prompts.write_section_instruction(
        request, manner=prompts.SectionStyle(begins=("Today,",))
    ).split("\n")[-1]

    assert form.startswith("Text: ")
    assert read_answer(f"It ends early.\n\n{form}\n", request).values[0].text == "It ends early."


def parts(name: str) -> Iterator[str]:
    """The templates that one is made of, itself first; a name made of a variable is a topic's."""
    yield name
    text = (SHIPPED / name).read_text("utf-8")
    for other in find_referenced_templates(PARSING.parse(text)):
        if other is None:
            topics = sorted((SHIPPED / "draft" / "topics").iterdir())
            yield from (str(path.relative_to(SHIPPED)) for path in topics)
        else:
            yield from parts(other)


@pytest.mark.parametrize("text", TEXTS)
def test_fields_are_the_variables_of_a_template(text: type[prompts.PromptText]) -> None:
    """Every variable of a template, and of what it includes, is a field, and each field is one."""
    names = [
        PARSING.parse((SHIPPED / part).read_text("utf-8"))
        for part in parts(f"{text.template}.md.j2")
    ]

    used = set[str]().union(*map(find_undeclared_variables, names))
    assert used == {field.name for field in fields(text)}


def test_every_template_has_its_variables_named() -> None:
    """No template ships that no dataclass leads to, and no two dataclasses share one."""
    named = [part for text in TEXTS for part in parts(f"{text.template}.md.j2")]

    shipped = {str(path.relative_to(SHIPPED)) for path in SHIPPED.rglob("*.j2")}
    assert sorted(named) == sorted(shipped)


def test_what_a_json_answer_holds_is_said_for_each_kind() -> None:
    """Each key is told its form: rows and their values, items by name, code, a choice, a text."""
    does = Want(key="does", kind="text", label="", words=8)
    pros = Want(key="pros", kind="text", label="", words=9)
    told = prompts.write_section_instruction(
        asked(
            "x",
            Want(
                key="rows",
                kind="rows",
                label="",
                words=8,
                least=2,
                most=4,
                columns=(("What Risk", ()), ("Impact", ("High", "Low"))),
            ),
            Want(key="one", kind="group", label="", fields=(does,), names=("Page", "Store")),
            Want(key="both", kind="group", label="", fields=(does, pros), names=("Page",)),
            Want(key="options", kind="group", label="", fields=(pros,), least=2, most=3),
            Want(key="choice", kind="text", label="", words=14, choice_of="options"),
            Want(key="body", kind="code", label="", language="json"),
            Want(key="items", kind="items", label=""),
        )
    )

    assert told.partition("JSON with these keys:\n")[2] == (
        '- "rows": 2 to 4 rows, each an object with "what_risk", "impact" (High, Low); about 8 '
        "words in each text.\n"
        '- "one": an object with exactly the keys "Page", "Store"; for each what it does and which '
        "of the others it works with, in about 8 words.\n"
        '- "both": an object with exactly the keys "Page", each an object with "does" (about 8 '
        'words), "pros" (about 9 words).\n'
        '- "options": 2 or 3 options, each an object with "name", "pros" (about 9 words).\n'
        '- "choice": Recommendation: The reason in one sentence, about 14 words.\n'
        '- "body": body.\n'
        '- "items": a list of 1 to 4 short texts.'
    )


def test_view_says_what_is_wanted() -> None:
    """A point of view ends with the keys of its answer, and how much there may be of each."""
    own = PointOfView(name="data", title="Data", text="Look for lost rows.")

    assert prompt.write_view_instruction(own, ("risks", "questions"), 2) == (
        "# Task: Data\n\nLook for lost rows.\n\n"
        'Answer with JSON: 1 to 2 "risks" and 1 to 2 "questions".'
    )


def test_nothing_of_a_persons_is_rendered() -> None:
    """What looks like a Jinja template in a description or a template's words stays as it is."""
    odd = "{{ 1/0 }}{% if %}"
    told = prompts.write_section_instruction(
        SectionRequest(id="x", title=odd, path=("T", odd), guidance=odd, wants=(PROSE,)), hint=odd
    )

    assert told.count(odd) == 3
    assert odd in prompts.write_subject(odd, "bug")


OVERVIEW = Want(key="overview", kind="prose", label="", words=40)
CODE = Want(key="body", kind="code", label="", words=40, language="json")


@pytest.mark.parametrize(
    ("language", "wants", "dry"),
    [
        ("", (OVERVIEW,), True),
        ("English", (OVERVIEW,), True),
        ("German", (OVERVIEW,), False),
        ("Chinese", (OVERVIEW,), True),
        ("Traditional Chinese", (OVERVIEW,), True),
        ("", (CODE,), False),
        ("", (OVERVIEW, CODE), False),
    ],
)
def test_texts_without_code_are_kept_from_repeats(
    *, language: str, wants: tuple[Want, ...], dry: bool
) -> None:
    """Code has to repeat itself, and words of many tokens lose the spaces between them."""
    asked = SectionRequest(
        id="o", title="Overview", path=("T", "Overview"), guidance="", wants=wants
    )
    subject = DocumentSubject(description="login timeout", kind="bug", language=language)

    assert make_section_prompt(subject, "", asked).dry is dry


@pytest.mark.parametrize(
    ("description", "language", "english"),
    [
        ("users can\u2019t log in \U0001f389", "", True),
        ("login fails after a caf\u00e9 order", "", True),
        ("пользователь не может войти", "", False),
        ("zażółć gęślą jaźń", "", False),
        ("login timeout", "British English", True),
        ("login timeout", "German", False),
    ],
)
def test_what_counts_as_english(*, description: str, language: str, english: bool) -> None:
    """Marks and a borrowed word don't make a text another language."""
    assert (
        DocumentSubject(description=description, kind="bug", language=language).english is english
    )


def test_language_without_full_stops_has_no_grammar_of_sentences() -> None:
    """A grammar of sentences would never let a Thai text end."""
    asked = SectionRequest(
        id="o", title="Overview", path=("T", "Overview"), guidance="", wants=(OVERVIEW,)
    )
    for language, held in (("Thai", False), ("Hindi", True)):
        subject = DocumentSubject(description="login timeout", kind="feature", language=language)
        assert bool(make_section_prompt(subject, "", asked).grammar) is held


@pytest.mark.parametrize(
    ("language", "opening", "said"),
    [
        ("German", '"Heute "', 'Begin with "Heute".'),
        ("Chinese", '"目前，"', 'Begin with "目前，".'),
    ],
)
def test_opening_is_told_and_held(*, language: str, opening: str, said: str) -> None:
    """A text begins as it does in the language that is written, by the prompt and the grammar."""
    asked = SectionRequest(
        id="o", title="Overview", path=("T", "Overview"), guidance="", wants=(OVERVIEW,)
    )
    subject = DocumentSubject(description="login timeout", kind="feature", language=language)
    prompt = make_section_prompt(subject, "", asked)

    assert f"root ::= ({opening})" in prompt.grammar
    assert said in prompt.messages[-1].content
