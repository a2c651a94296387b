"""A document in one line."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.folder.summary import DocumentSummary, flatten_words, summarize_document
from assistant.lint.check import check_document
from assistant.lint.rule import UNWRITTEN
from assistant.markdown.document import decode_text, parse_document
from assistant.template.template import read_template
from tests.support import templates
from tests.support.strategies import markdown

CORPUS = os.environ.get("DRAFT_CORPUS", "")
FRONT = read_template(
    parse_document("---\nstatus: a|b\ndate: x\n---\n# [Name] Doc\n\n## Why\n\n## Open Questions\n"),
    "t",
)


def test_everything_is_said() -> None:
    """Title, status, dates and both counts come from where the built-in template has them."""
    text = templates.load("design_document").text
    text = text.replace("[Feature/Component Name]", "Login\\_timeout `now`")
    text = re.sub(r"\[Draft \|.*\]", "**In Review**", text)
    text = text.replace("- **Created:** ", "- **Created:** 2026/01/02 (Ada)")
    text = text.replace("## Open Questions\n", "## Open Questions\n- Who?\n")

    found = summarize_document(templates.load("design_document"), parse_document(text))

    assert (found.title, found.status) == ("Login_timeout `now`", "In Review")
    assert (found.created, found.updated, found.questions) == ("2026-01-02", "", 1)
    assert found.unwritten > 20


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Ledgers Doc\n", "Ledgers"),
        ("# Ledgers\n", "Ledgers"),
        ("# Life of a Doc Doc\n", "Life of a Doc"),
        ("# Why\n\nSo.\n\n# Open Questions\n", ""),
        ("# [Name] Doc\n", ""),
        ("## Why\n", ""),
        ("", ""),
        ("# a\x1b[31mb\tc\u202e Doc\n", "ab c"),
        ("Two\nlines\n===\n", "Two lines"),
        (f"# {'x' * 300}\n", "x" * 199 + "\u2026"),
    ],
)
def test_title_is_plain_and_the_documents_own(text: str, title: str) -> None:
    """A title has neither the template's words nor anything that a terminal obeys."""
    assert summarize_document(FRONT, parse_document(text)).title == title


def test_front_matter_counts() -> None:
    """A status in YAML is read where it is written, and counted where it is not."""
    rest = "# A Doc\n\n## Why\nSo.\n\n## Open Questions\nNone known.\n"

    written = summarize_document(
        FRONT, parse_document(f"---\nstatus: 'b' # c\ndate: 2024-05-06\n---\n{rest}")
    )
    blank = summarize_document(FRONT, parse_document(f"---\nstatus: a|b\ndate: x\n---\n{rest}"))

    empty = DocumentSummary(title="A", status="", created="", updated="", unwritten=1, questions=0)
    assert (written.status, written.created, written.unwritten) == ("b", "2024-05-06", 0)
    assert blank == empty


@given(st.sampled_from(templates.known()), st.data())
def test_unwritten_is_what_check_calls_unwritten(name: str, data: st.DataObject) -> None:
    """In any half-written document the count is that of `check`'s findings of that code."""
    template = templates.load(name)
    parts = [section.heading + section.body for section in template.document.sections]
    kept = [part for part in parts if data.draw(st.booleans())]
    text = "\n".join([*kept, data.draw(markdown())])

    assert summarize_document(template, parse_document(text)).unwritten == _reported(name, text)


@pytest.mark.skipif(not CORPUS, reason="DRAFT_CORPUS names no folder of documents")
@pytest.mark.parametrize("family", templates.REAL)
def test_real_documents_count_alike(family: str) -> None:
    """In real documents the count is that of `check`'s findings too."""
    for path in sorted((Path(CORPUS) / family).glob("*.md")):
        document = parse_document(decode_text(path.read_bytes()))
        found = summarize_document(templates.load(family), document)
        assert found.unwritten == _reported(family, document.text)
        assert flatten_words(found.title) == found.title
        assert not set("\t\n") & set(found.status + found.created + found.updated)


def _reported(name: str, text: str) -> int:
    found = check_document(templates.load(name), parse_document(text))
    return sum(finding.code == UNWRITTEN for finding in found)
