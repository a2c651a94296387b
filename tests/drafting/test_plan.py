"""What a run will ask for."""

import json

import pytest

from assistant.drafting.plan import (
    find_known_brief,
    forecast_draft_prompts,
    forecast_fill_prompts,
    needs_brief,
    plan_fill,
    refuse_finished_template,
)
from assistant.drafting.task import FillTask
from assistant.editing.assemble import DocumentFacts
from assistant.errors import DraftError, Exit
from assistant.folder.journal import BRIEF_ENTRY
from assistant.markdown.document import parse_document
from assistant.prompting.brief import Brief
from assistant.prompting.prompts import BRIEF_LABEL, DocumentSubject
from assistant.template.template import Template, load_template, read_template

BUILT_IN = load_template(None)
SUBJECT = DocumentSubject(description="login timeout", kind="change")
FACTS = DocumentFacts(title="", author="A", date="2026-11-23", slug="x")
SIMPLE = read_template(
    parse_document("# [Name]\n\n## Goals\n<!-- why -->\n\n## Risks\n<!-- which -->\n"), "t"
)
BRIEF = json.dumps({"title": "Login timeout", "approach": "Renew it."})


def task(text: str, template: Template | None = SIMPLE) -> FillTask:
    """All of a document to be filled."""
    return FillTask(template=template, document=parse_document(text), facts=FACTS, subject=SUBJECT)


def test_a_draft_asks_for_the_brief_first() -> None:
    """Of a draft every prompt is forecast: the brief, then a request for each section."""
    labels = [prompt.label for prompt in forecast_draft_prompts(SUBJECT, SIMPLE)]

    assert labels[0] == BRIEF_LABEL
    assert [label.rpartition(" > ")[2] for label in labels[1:]] == ["Goals", "Risks"]


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("# [Name]\n\n## Goals\n<!-- why -->\n", True),
        ("# Login\n\n## Goals\n<!-- why -->\n", False),
    ],
)
def test_a_title_needs_a_brief(text: str, *, needed: bool) -> None:
    """A document that has a title and no heading groups names itself."""
    assert needs_brief(task(text)) is needed


def test_groups_need_a_brief() -> None:
    """Heading groups that nobody began have no names but a brief's."""
    titled = BUILT_IN.text.replace("[Feature Name]", "Login")

    assert needs_brief(task(titled, BUILT_IN))
    assert not needs_brief(task(titled, None))


def test_one_section_is_asked_for_without_a_brief() -> None:
    """One section of a document that has a title knows all from the document itself."""
    alone = task("# Login\n\n## Goals\n\nFast.\n\n## Risks\n<!-- which -->\n")
    both = task("# Login\n\n## Goals\n<!-- why -->\n\n## Risks\n<!-- which -->\n")

    assert [p.label for p in forecast_fill_prompts(alone, SUBJECT, {})] == ["Login > Risks"]
    assert BRIEF_LABEL in [p.label for p in forecast_fill_prompts(both, SUBJECT, {})]
    kept = {BRIEF_ENTRY: BRIEF}
    assert BRIEF_LABEL not in [p.label for p in forecast_fill_prompts(both, SUBJECT, kept)]


def test_a_kept_brief_is_used_if_it_has_every_name() -> None:
    """A brief without names for groups that are not begun is of no use to their document."""
    kept = {BRIEF_ENTRY: BRIEF}

    known = find_known_brief(kept, task("# [Name]\n\n## Goals\n<!-- why -->\n"))
    assert known is not None
    assert known.title == "Login timeout"
    assert find_known_brief(kept, task(BUILT_IN.text, BUILT_IN)) is None
    assert find_known_brief({}, task("# [Name]\n")) is None
    assert find_known_brief({BRIEF_ENTRY: "{}"}, task("# [Name]\n")) is None


def test_the_documents_own_names_win() -> None:
    """A title that is there stays, whatever a brief calls the document."""
    planned = plan_fill(
        task("# Login\n\n## Goals\n<!-- why -->\n"),
        parse_document("# Login\n\n## Goals\n<!-- why -->\n"),
        Brief(title="Another"),
        lambda _: False,
    )

    assert [asked.id for asked in planned.requests] == ["Login > Goals"]


def test_a_finished_template_is_refused() -> None:
    """A template that leaves a model nothing to write makes no document."""
    finished = read_template(parse_document("# [Name]\n\n## Open Questions\n"), "t")

    with pytest.raises(DraftError) as caught:
        refuse_finished_template(SUBJECT, finished)
    assert (caught.value.code, caught.value.exit_code) == ("bad-template", Exit.FILE)
    refuse_finished_template(SUBJECT, SIMPLE)
