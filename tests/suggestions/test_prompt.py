"""What a review sends: the same beginning for each point of view, cut to what a model reads."""

import json
import os

from assistant.llm.tokens import TokenCounter
from assistant.markdown.document import parse_document
from assistant.prompting.prompts import PointOfView
from assistant.suggestions.answer import Ground
from assistant.suggestions.model import WantedKinds, load_views
from assistant.suggestions.prompt import MAX_REVIEW_TOKENS, Review, ReviewerModel, prepare_review
from tests.support.reviewing import DOCUMENT

COUNTER = TokenCounter()
LARGE = ReviewerModel(window=100_000, counter=COUNTER)
SMALL = ReviewerModel(window=8192, counter=COUNTER, small=True)
LONG = "# T\n\n" + "\n".join(f"Sentence {n} of a long document is here." for n in range(4000))


def made(text: str = DOCUMENT, reader: ReviewerModel = LARGE, language: str = "") -> Review:
    """The review of a document."""
    document = parse_document(text)
    return prepare_review(document, Ground(document, None), WantedKinds(), reader, language)


def quotes(found: Review) -> list[str]:
    """The quotes that an answer may choose from."""
    known = json.loads(found.schema)["$defs"]["quote"].get("enum", [])
    return [str(quote) for quote in known]


def test_same_beginning() -> None:
    """All prompts begin alike and end with their own instruction."""
    shown = made()
    prompts = [shown.prompt(view) for view in load_views(None)]
    contents = [prompt.messages[-1].content for prompt in prompts]

    assert len({prompt.messages[0] for prompt in prompts}) == 1
    assert os.path.commonprefix(contents).startswith(shown.shared)  # noqa: RUF071  characters
    assert len(set(contents)) == len(contents)
    assert shown.beginning()[-1].content == shown.shared
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

    content = made(text).prompt(own).messages[-1].content

    assert "{{ 1/0 }} {% raw %} {# x #}" in content
    assert "# Task: {{ a }}\n\n{% for %} {{ b }}" in content


def test_long_documents_are_cut() -> None:
    """A document that is too long is cut, and its prompts leave room for answers and repairs."""
    shown = made(LONG, SMALL)

    assert "characters left out" in shown.shared
    for view in load_views(None):
        assert COUNTER.count_prompt(shown.prompt(view)) + 2 * MAX_REVIEW_TOKENS < SMALL.window


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
