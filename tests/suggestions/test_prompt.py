"""Tests of `prompt`: points of view, and what a review sends for each."""

import json
import os
from pathlib import Path

import pytest

from assistant.errors import DraftError, Exit
from assistant.llm.tokens import TokenCounter
from assistant.markdown.document import parse_document
from assistant.suggestions.ground import Ground
from assistant.suggestions.prompt import (
    MAX_REVIEW_TOKENS,
    MAX_VIEW_LENGTH,
    MAX_VIEWS,
    Review,
    ReviewerModel,
    load_views,
    prepare_review,
)
from assistant.suggestions.suggestion import PointOfView, WantedKinds
from tests.support.reviewing import DOCUMENT

COUNTER = TokenCounter()
LARGE = ReviewerModel(window=100_000, counter=COUNTER)
SMALL = ReviewerModel(window=8192, counter=COUNTER, small=True)
LONG = "# T\n\n" + "\n".join(f"Sentence {n} of a long document is here." for n in range(4000))


def made(text: str = DOCUMENT, reader: ReviewerModel = LARGE, language: str = "") -> Review:
    """The review of a document."""
    document = parse_document(text)
    return prepare_review(Ground(document, None), WantedKinds(), reader, language)


def quotes(found: Review) -> list[str]:
    """The quotes that an answer may choose from."""
    known = json.loads(found.schema)["$defs"]["quote"].get("enum", [])
    return [str(quote) for quote in known]


def test_same_beginning() -> None:
    """All prompts begin alike and end with their own instruction."""
    shown = made()
    prompts = [shown.make_prompt(view) for view in load_views(None)]
    contents = [prompt.messages[-1].content for prompt in prompts]

    assert len({prompt.messages[0] for prompt in prompts}) == 1
    assert os.path.commonprefix(contents).startswith(shown.shared)  # noqa: RUF071  characters
    assert len(set(contents)) == len(contents)
    assert shown.list_shared_messages()[-1].content == shown.shared
    assert {prompt.schema for prompt in prompts} == {shown.schema}


def test_whole_document_is_shown() -> None:
    """Every line of the document is shown, what it lists apart from the rest."""
    shown = made().shared
    listed, _, rest = shown.partition("<document>")

    assert all(line in shown for line in DOCUMENT.splitlines())
    assert "Who may read the audit records?" in listed
    assert "Who may read the audit records?" not in rest
    assert "<listed>\nNothing.\n</listed>" in made("# T\n\nwords\n").shared


def test_comments_are_not_shown() -> None:
    """Comments are for writers, and blank lines say nothing."""
    shown = made("# T\n\n<!-- hint -->\n\n\n\nwords\n").shared

    assert "hint" not in shown
    assert "# T\n\nwords" in shown


def test_nothing_is_rendered() -> None:
    """What looks like a Jinja template stays as it is, in documents and points of view."""
    text = "# T\n\n{{ 1/0 }} {% raw %} {# x #}\n"
    own = PointOfView(name="x", title="{{ a }}", text="{% for %} {{ b }}")

    content = made(text).make_prompt(own).messages[-1].content

    assert "{{ 1/0 }} {% raw %} {# x #}" in content
    assert "# Task: {{ a }}\n\n{% for %} {{ b }}" in content


def test_long_documents_are_cut() -> None:
    """A document that is too long is cut, and its prompts leave room for answers and repairs."""
    shown = made(LONG, SMALL)

    assert "characters left out" in shown.shared
    for view in load_views(None):
        assert COUNTER.count_prompt(shown.make_prompt(view)) + 2 * MAX_REVIEW_TOKENS < SMALL.window


def test_quotes_to_choose_from() -> None:
    """A small model chooses its quotes; a large one does where there are few, or copies."""
    assert quotes(made()) == [*quotes(made(reader=SMALL)), ""]
    assert quotes(made())[0] == (
        "The session service keeps one record for each login and renews it"
    )
    assert quotes(made(LONG)) == []
    assert len(quotes(made(LONG, SMALL))) == 100


def test_language() -> None:
    """The language that is asked for wins over the document's."""
    german = (
        "# T\n\nDer Dienst wird nicht mit dem Speicher und der Sitzung auf den Server gelegt.\n"
    )

    assert "in German" in made(german).system.content
    assert "in French" in made(german, language="French").system.content
    assert "in French" in made(german, language="fr").system.content


SHIPPED = 5


def test_shipped() -> None:
    """Reliability, security, data, operations and product ship, each with an instruction."""
    found = load_views(None)

    assert [view.name for view in found] == [
        "reliability",
        "security",
        "data",
        "operations",
        "product",
    ]
    assert all(view.title and len(view.text) > 100 for view in found)


def test_own(tmp_path: Path) -> None:
    """A project's file joins the others, replaces that of its name, or leaves it out."""
    (tmp_path / "law.md").write_text("# Law\n\nLook for what is forbidden.\n")
    (tmp_path / "data.md").write_text("Look for data that is ours.\n")
    (tmp_path / "product.md").write_text("\n")
    (tmp_path / "notes.txt").write_text("no point of view")

    found = {view.name: view for view in load_views(tmp_path)}

    assert list(found) == ["reliability", "security", "data", "operations", "law"]
    assert (found["law"].title, found["law"].text) == ("Law", "Look for what is forbidden.")
    assert (found["data"].title, found["data"].text) == ("data", "Look for data that is ours.")


def test_nothing_of_a_view_is_rendered(tmp_path: Path) -> None:
    """What looks like a Jinja template is text; what a terminal would obey is gone."""
    (tmp_path / "own.md").write_text("# {{ x }}\n\n{% for a in b %} {{ 1/0 }} \x1b[31m\n")

    own = load_views(tmp_path)[-1]

    assert own.title == "{{ x }}"
    assert own.text == "{% for a in b %} {{ 1/0 }}"


def link(folder: Path) -> None:
    (folder / "x").mkdir()
    (folder / "secret.md").write_text("a key")
    (folder / "x" / "own.md").symlink_to(folder / "secret.md")


def many(folder: Path) -> None:
    (folder / "x").mkdir()
    for number in range(MAX_VIEWS + 1):
        (folder / "x" / f"{number}.md").write_text("# A\n\nb\n")


def content(data: bytes) -> object:
    def made(folder: Path) -> None:
        (folder / "x").mkdir()
        (folder / "x" / "own.md").write_bytes(data)

    return made


@pytest.mark.parametrize(
    "make",
    [
        lambda _: None,
        link,
        many,
        content(b"# Only a heading\n"),
        content(b"\0"),
        content(b"x" * (MAX_VIEW_LENGTH + 1)),
    ],
)
def test_unusable(make: object, tmp_path: Path) -> None:
    """A folder that is missing, a link out of it, too many, too long, or no text is refused."""
    assert callable(make)
    make(tmp_path)

    with pytest.raises(DraftError) as caught:
        load_views(tmp_path / "x")

    assert caught.value.exit_code == Exit.FILE
    assert str(tmp_path) in caught.value.where


def test_none_left(tmp_path: Path) -> None:
    """A project cannot leave every point of view out."""
    for view in load_views(None):
        (tmp_path / f"{view.name}.md").write_text("")

    with pytest.raises(DraftError, match="no point of view left"):
        load_views(tmp_path)
