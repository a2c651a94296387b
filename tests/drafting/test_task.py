"""What a document that people began gives a model to go by."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.drafting.task import (
    FillBasis,
    FillRequest,
    extract_written_text,
    make_fill_job,
    make_fill_subject,
    match_template,
)
from assistant.errors import DraftError, Exit
from assistant.llm.tokens import TokenCounter
from assistant.markdown.document import parse_document
from assistant.settings import SettingOptions, Settings, resolve_settings
from assistant.template.align import align_document
from assistant.template.template import load_template, read_template
from tests.support.paths import BUILT_IN

TEMPLATE = read_template(
    parse_document("# [Name]\n\n## Goals\n<!-- why -->\n\n## Risks\n<!-- which -->\n"), "t"
)
BASIS = FillBasis(description="", kind="change", language="", hint="", text="")
COUNTER = TokenCounter("unknown-model")


def settings(tmp_path: Path) -> Settings:
    """The settings of a folder that has none of its own."""
    return resolve_settings(SettingOptions(), {"HOME": str(tmp_path)}, tmp_path)


def written(text: str) -> str:
    """What people wrote in a document of the template."""
    return extract_written_text(align_document(TEMPLATE, parse_document(text)))


def test_only_what_people_wrote_is_read() -> None:
    """The template's guidance and what nobody touched are left out, and own sections are not."""
    text = "# T\n\n## Goals\n<!-- why -->\n\nFast.\n\n## Risks\n<!-- which -->\n\n## Mine\n\nYes.\n"

    found = written(text)

    assert "Fast." in found
    assert "## Mine" in found
    assert "why" not in found
    assert "Risks" not in found


def test_a_renamed_heading_is_read() -> None:
    """A title in a person's own words says what the document is about."""
    assert "# Login timeout" in written("# Login timeout\n\n## Goals\n<!-- why -->\n")


@pytest.mark.parametrize(
    ("basis", "empty"),
    [
        (BASIS, True),
        (replace(BASIS, text="#  \n\n---\n"), True),
        (replace(BASIS, hint="short"), False),
        (replace(BASIS, description="数"), False),
    ],
)
def test_nothing_to_go_by(basis: FillBasis, *, empty: bool) -> None:
    """Without a letter or a digit in any of it there is nothing to go by."""
    assert basis.is_empty is empty


def test_a_long_document_is_cut_before_its_description() -> None:
    """A text that does not fit is cut, and a short description is not."""
    basis = replace(BASIS, description="login timeout", text="word " * 5000)

    subject = make_fill_subject(basis, 600, COUNTER, "")

    assert "login timeout" in subject.description
    assert "word word" in subject.description
    assert COUNTER.count(subject.description) < 900


def test_a_language_that_is_wanted_wins() -> None:
    """What a person asks for comes before the draft's language, and that before a guess."""
    basis = replace(BASIS, text="The sign-in times out after an hour of work.", language="German")

    assert make_fill_subject(basis, 600, COUNTER, "French").language == "French"
    assert make_fill_subject(basis, 600, COUNTER, "").language == "German"


def test_a_template_has_to_fit() -> None:
    """The built-in template is a document's where its headings are, and never else unless named."""
    other = parse_document("# Recipe\n\n## Flour\n\nx\n\n## Water\n\ny\n")

    assert match_template(parse_document(load_template(None).text), None) is not None
    assert match_template(other, None) is None
    assert match_template(other, BUILT_IN) is not None


def test_a_job_says_what_is_in_the_file(tmp_path: Path) -> None:
    """Title and slug come from the document; nothing is kept of it yet."""
    path = tmp_path / "007_login.md"
    path.write_text("# Login\n\n## Goals\n\nFast.\n", encoding="utf-8")

    job = make_fill_job(path, FillRequest(hint="be short"), settings(tmp_path), save=True)

    assert (job.task.facts.title, job.task.facts.slug) == ("Login", "login")
    assert job.basis.hint == "be short"
    assert job.fingerprint
    assert not job.task.drafted


def test_an_empty_document_is_refused(tmp_path: Path) -> None:
    """There is nothing in it to be filled."""
    path = tmp_path / "a.md"
    path.write_text(" \n", encoding="utf-8")

    with pytest.raises(DraftError) as caught:
        make_fill_job(path, FillRequest(), settings(tmp_path), save=True)

    assert (caught.value.code, caught.value.exit_code) == ("empty-document", Exit.FILE)
