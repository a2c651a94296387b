"""Tests of `names`: which groups a brief names, which names and decisions can be used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.editing.answer import Fault
from assistant.markdown.document import parse_document
from assistant.prompting import names
from assistant.prompting.answer import Json
from assistant.prompting.names import (
    MAX_DECISION_LENGTH,
    MAX_NAME_LENGTH,
    NamedGroup,
    has_no_items,
    list_named_groups,
    read_names,
    says_nothing,
    shorten_name,
    strip_title_frame,
)
from assistant.template.template import load_template, read_template

PARTS = NamedGroup(
    key="parts",
    group="Parts",
    label="Parts",
    example="Part A, Part B",
    pattern="",
    least=2,
    most=3,
    sections=frozenset({"goals"}),
)
CALLS = NamedGroup(
    key="calls",
    group="Calls",
    label="Calls",
    example="POST /x, GET /x",
    pattern="^(GET|POST) /[a-z/]+$",
    least=1,
    most=2,
)


def named(group: NamedGroup, *names: str) -> tuple[tuple[str, ...], str]:
    """The names that can be used, and all that is said against the others."""
    errors = list[Fault]()
    found = read_names(group, {group.key: list(names)}, errors)
    assert {fault.key for fault in errors} <= {group.key}
    return found, " ".join(fault.sentence for fault in errors)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("none", "template's example"),
        ("Part A", "template's example"),
        ("part b", "template's example"),
        ("Goals", "section of the document"),
        ("Options: the store", "begins with a label"),
        ("The store ...", "only the form"),
        ("w" * (MAX_NAME_LENGTH + 1), "too long"),
    ],
)
def test_a_name_that_is_none_is_said(name: str, words: str) -> None:
    """Each kind of name that names nothing is refused with its own reason, and never used."""
    found, said = named(PARTS, name, "Store")

    assert found == ("Store",)
    assert words in said


@pytest.mark.parametrize(
    "said",
    [
        "[Part]",
        "**[Part]**",
        "`[Part]`",
        "1. [Part]",
        "- [Part]:",
        "Part A: [Name of it]",
        "**Part A:** [Name]",
        "<Part>",
        "{{part}}",
        "{part}",
        "[Part | Other]",
    ],
)
def test_a_placeholder_is_no_name(said: str) -> None:
    """A name that is all a placeholder is refused, though placing it would make `(Part)` of it."""
    found, why = named(PARTS, said, "Store")

    assert found == ("Store",)
    assert f'"{said}" is the template\'s example' in why
    assert named(PARTS, said)[0] == ()


@pytest.mark.parametrize("said", ["Upload [resumable]", "List of [Part]s", "Store (cold)"])
def test_brackets_in_a_name_are_no_placeholder(said: str) -> None:
    """A name that has a word of its own besides brackets is used."""
    assert named(PARTS, said) == ((said.replace("[", "(").replace("]", ")"),), "")


def test_a_good_name_is_used_as_it_is() -> None:
    """Good names stay, each once, in their order, no more than there is room for."""
    assert named(PARTS, "Store", "Page", "store", "Queue", "Mailer") == (
        ("Store", "Page", "Queue"),
        "",
    )


def test_the_longest_name() -> None:
    """A name of so many characters is one, and one more is too long; for a question more is."""
    question = NamedGroup(
        key="k", group="k", label="K", example="x", pattern="", least=1, most=2, decision=True
    )

    assert named(PARTS, "w" * MAX_NAME_LENGTH) == (("w" * MAX_NAME_LENGTH,), "")
    assert named(question, "w" * MAX_DECISION_LENGTH) == (("w" * MAX_DECISION_LENGTH,), "")
    assert "too long" in named(question, "w" * (MAX_DECISION_LENGTH + 1))[1]


def test_an_endpoint_looks_like_one() -> None:
    """Where a form is asked for, a name without it is refused."""
    found, said = named(CALLS, "the login", "GET /login")

    assert [name.strip("`") for name in found] == ["GET /login"]
    assert 'must look like "POST /x, GET /x"' in said


def test_a_bad_name_is_better_than_none() -> None:
    """A long name, or a section's, is used where there is no good one; the long one first."""
    long = "w" * (MAX_NAME_LENGTH + 1)

    assert named(PARTS, long)[0] == (long,)
    assert named(PARTS, "Goals")[0] == ("Goals",)
    assert named(PARTS, "Goals", long)[0] == (long,)
    assert named(PARTS, "w" * (3 * MAX_NAME_LENGTH + 1))[0] == ()
    assert named(PARTS, "none")[0] == ()


def test_a_group_that_was_left_out_is_said() -> None:
    """A group of which nothing is said is a fault; one that is said to be empty is none."""
    errors = list[Fault]()

    assert read_names(PARTS, {}, errors) == ()
    assert [fault.sentence for fault in errors] == ['"parts" is missing: give 2 to 3 names.']
    assert not has_no_items(PARTS, {})
    assert has_no_items(PARTS, {"parts": ["none", "n/a"]})
    assert has_no_items(PARTS, {"parts": []})
    assert not has_no_items(PARTS, {"parts": ["none", "Store"]})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("none", True),
        ("None of them", True),
        ("N/A", True),
        ("nothing new", True),
        ("not applicable", True),
        ("no parts", True),
        ("-", True),
        ("", True),
        (" ... ", True),
        ("Nonesuch", False),
        ("Notes", False),
        ("Nodes", False),
        ("the nothing", False),
    ],
)
def test_what_says_that_there_is_none(text: str, *, says: bool) -> None:
    """A word for nothing is told from a word that begins like it."""
    assert says_nothing(text) is says


@given(st.text(max_size=300), st.integers(1, 200))
def test_a_name_is_cut_where_it_explains_itself(name: str, longest: int) -> None:
    """A short name stays; a long one stays or is its own beginning, of at least two words."""
    found = shorten_name(name, longest)

    assert name.startswith(found)
    assert found == name or (len(name) > longest and " " in found)


def test_a_sentence_is_cut() -> None:
    """A name goes to where it begins to say what for; one word alone would be too little."""
    tail = "x" * MAX_NAME_LENGTH

    assert shorten_name(f"Session store for {tail}") == "Session store"
    assert shorten_name(f"Session store, {tail}") == "Session store"
    assert shorten_name(f"Store for {tail}") == f"Store for {tail}"
    assert shorten_name("Session store for all") == "Session store for all"


@pytest.mark.parametrize(
    ("heading", "title", "bare"),
    [
        ("[Name] Design Document", "Login Design Document", "Login"),
        ("[Name] Design Document", "Login", "Login"),
        ("Design for [Name]", "Design for Login", "Login"),
        ("[Name]", "New feature: Login", "Login"),
        ("[Name]", "Bug fix: Login", "Login"),
        ("[Name]", "Login design doc", "Login"),
        ("[Name]", "Feature", "Feature"),
        ("[Name] Design Document", "Design Document", "Design Document"),
        ("[Name] Design Document", "Design doc", "Design doc"),
        ("[Name]", "Feature design document", "Feature design document"),
        ("[Name]", "Bug: design", "Bug: design"),
        ("[Name] Design Document", "Document store design document", "Document store"),
        ("[Name]", "Fehler: Anmeldung", "Anmeldung"),
    ],
)
def test_a_title_without_the_templates_words(heading: str, title: str, bare: str) -> None:
    """What the template's heading says around the title, and what kind it is, is left out."""
    template = read_template(parse_document(f"# {heading}\n\n## Why\n"), "t")

    assert strip_title_frame(title, template) == bare


def test_groups_of_a_template() -> None:
    """Headings and labels that are lettered or left open are groups, with their names' form."""
    template = read_template(
        parse_document(
            "# [Name]\n\n## Parts\n\n### Part A\n\n### Part B\n\n### Part C\n\n"
            "## Calls\n\n### `POST /x/[y]`\n\n### `GET /x`\n\n"
            "## Choices\n\n- **Option A:** \n  - Pros: \n  - Cons: \n"
            "- **Option B:** \n  - Pros: \n  - Cons: \n\n"
            "## Steps\n\n- **Phase 1:** \n- **Phase 2:** \n"
        ),
        "t",
    )
    found = {names.key: names for names in list_named_groups(template)}

    assert (found["parts"].least, found["parts"].most) == (1, 3)
    assert found["parts"].example == "Part A, Part B, Part C"
    assert (found["calls"].pattern != "", found["parts"].pattern) == (True, "")
    assert not any(names.label == "Phase" for names in found.values())
    assert [names.options for names in found.values()] == [False, False, True]
    assert all({"parts", "calls", "choices", "steps"} <= n.sections for n in found.values())


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
    [
        ("Yes", "No"),
        ("100", "500"),
        ("In memory", "in memory"),
        ("In memory",),
        ("None", ""),
        ("[Answer]", "In memory"),
        ("Option A: [Name]", "In memory"),
    ],
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
