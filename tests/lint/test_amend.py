"""A document mended: only where that proves right, and nowhere else a byte."""

import re
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.lint.check import RuleConfig, check_document
from assistant.lint.fix import AmendedDocument, amend_document, subtract_findings
from assistant.lint.registry import RULES
from assistant.lint.rule import Finding
from assistant.markdown.document import (
    Document,
    decode_text,
    encode_text,
    parse_document,
    split_lines,
)
from assistant.template.similar import reduce_to_letters
from assistant.template.template import Template, parse_template, read_template
from tests.support.documents import TEMPLATE, WHOLE
from tests.support.strategies import NEWLINES, markdown
from tests.support.templates import CORPUS
from tests.support.templates import corpus_files as real
from tests.support.templates import needs_corpus as corpus

_ISO = re.compile(r"\d{4}-\d\d-\d\d")


def run(
    text: str, template: Template = TEMPLATE, ruling: RuleConfig | None = None
) -> AmendedDocument:
    """A text amended, by every rule."""
    document = parse_document(text)
    examiner = partial(check_document, template, ruling=ruling or RuleConfig())
    return amend_document(template, document, examiner(document), examiner)


def mended(text: str) -> str:
    return run(text).document.text


DAMAGES = (
    ("## Why Now", "## WHY NOW"),
    ("## Why Now", "### Why Now"),
    ("## Why Now", "### why now"),
    ("## Open Questions", "# Open questions"),
    ("## Risks & Mitigations", "## Risks and Mitigations"),
    ("| Risk | Impact | Mitigation |", "| Risks | Impact | Mitigations |"),
    ("2026-11-24", "24 Nov 2026"),
    ("2026-11-23", "2026/11/23"),
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_has_one_answer_is_mended(damage: tuple[str, str]) -> None:
    """A document with one fault is as it was before the fault."""
    assert mended(WHOLE.replace(*damage)) == WHOLE


@given(
    st.sets(st.sampled_from(DAMAGES)), st.sampled_from(NEWLINES), st.sampled_from(("", "\ufeff"))
)
def test_many_faults(damages: set[tuple[str, str]], newline: str, bom: str) -> None:
    """Faults that do not overlap are all mended, in any line ending."""
    text, good = WHOLE, WHOLE
    for old, new in sorted(damages - {("## Risks & Mitigations", "## Risks and Mitigations")}):
        text = text.replace(old, new, 1)
    text, good = (bom + one.replace("\n", newline) for one in (text, good))

    assert mended(text) == good


def test_what_was_mended_is_counted() -> None:
    """The findings that went away are said, and those that stay."""
    done = run(WHOLE.replace("## Why Now", "### WHY NOW").replace("Because.", ""))

    assert {finding.code for finding in done.fixed} == {"D104", "D106"}
    assert [finding.code for finding in done.left] == ["D201"]


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace("2026-11-24", "03/04/2026"),
        WHOLE.replace("2026-11-24", "22 Nov 2026"),  # which is before it was created: an error
        WHOLE.replace("## Why Now", "## Why Then"),
        # What stands under a heading would no longer do so.
        WHOLE.replace("## Why Now", "# Why Now").replace("Because.", "## Mine\n\nBecause."),
        WHOLE.replace("## Why Now", "### Why Now").replace("Because.", "Because.\n\n### Mine"),
    ],
)
def test_what_could_be_wrong_stays(text: str) -> None:
    """What has two answers, or would move what a person wrote, is left alone."""
    assert mended(text) == text


def test_a_document_one_level_too_deep() -> None:
    """Headings that are all a level too deep move up together."""
    text = WHOLE.replace("\n### ", "\n#### ").replace("\n## ", "\n### ")

    assert mended(text) == WHOLE


def test_what_a_person_ignores_stays() -> None:
    """A finding that a comment ignores, or that the project does not want, is not mended."""
    text = WHOLE.replace("## Why Now", "## WHY NOW")
    ignored = text.replace("## WHY NOW\n", "## WHY NOW\n<!-- draft: ignore D106 -->\n")

    assert mended(ignored) == ignored
    assert run(text, ruling=RuleConfig(off=frozenset({"D106"}))).document.text == text


def test_findings_are_told_apart_by_code_and_line() -> None:
    """A finding that is there twice and then once went away once."""
    one = Finding(code="D104", severity="error", line=3, message="a")
    other = Finding(code="D104", severity="error", line=3, message="b")

    assert subtract_findings((one, other), (one,)) == [other]
    assert subtract_findings((one,), (other, other)) == []


def test_attempts_are_bounded() -> None:
    """However many headings are wrong, the document is examined a bounded number of times."""
    template = read_template(
        parse_document("# [T]\n\n" + "".join(f"## S{n}x\n" for n in range(40))), "t"
    )
    document = parse_document(
        "# T\n\n" + "".join(f"### s{n}X\n#### own\n\n### mine\n" for n in range(40))
    )
    asked: list[Document] = []

    def examiner(one: Document) -> tuple[Finding, ...]:
        asked.append(one)
        return check_document(template, one)

    amend_document(template, document, examiner(document), examiner)

    assert len(asked) < 280


def holds(text: str, template: Template) -> None:
    """The laws of mending, for one text."""
    before = check_document(template, parse_document(text))
    done = run(text, template)
    after = done.document.text

    assert check_document(template, parse_document(after)) == done.left
    assert not [one for one in subtract_findings(done.left, before) if one.severity == "error"]
    assert len(done.fixed) >= (after != text)
    assert run(after, template).document.text == after
    old, new = split_lines(text), split_lines(after)
    assert len(old) == len(new)
    for one, other in zip(old, new, strict=True):
        if one != other:
            kept = re.compile(r"^\s*|\s*$")
            assert kept.findall(one) == kept.findall(other)
            assert (
                reduce_to_letters(one) == reduce_to_letters(other)
                or "|" in one
                or _ISO.search(other)
            )
    assert any(RULES[one.code].mends for one in done.fixed) or after == text


@given(markdown(), st.sampled_from((WHOLE, "")))
def test_laws(text: str, whole: str) -> None:
    """No error comes, again changes nothing, and lines that change keep their letters."""
    holds(text + whole + text, TEMPLATE)


FAULTS = (
    ("##", "###"),
    ("## ", "# "),
    ("Now", "NOW"),
    ("2026-11-24", "Nov 24, 2026"),
    ("&", "and"),
)


@given(st.data())
def test_laws_of_damaged_documents(data: st.DataObject) -> None:
    """The same for a document with faults and other text strewn in."""
    text = ""
    for line in split_lines(WHOLE):
        for old, new in data.draw(st.lists(st.sampled_from(FAULTS), max_size=1)):
            line = line.replace(old, new)  # noqa: PLW2901
        text += line
        if data.draw(st.integers(0, 9)) == 0:
            text += data.draw(markdown())
    holds(text, TEMPLATE)


@corpus
@pytest.mark.parametrize("path", real(), ids=lambda path: path.name)
def test_laws_of_real_documents(path: Path) -> None:
    """The same for every real document, against its family's template."""
    own = Path(CORPUS) / "templates" / f"{path.parent.name}.md"
    if not own.is_file():
        own = Path(CORPUS) / "templates" / "rust-rfcs.md"
    data = path.read_bytes()
    if b"\0" in data:
        pytest.skip("not a text")
    text = decode_text(data)
    assert encode_text(text) == data
    holds(text, parse_template(own.read_bytes(), own.name))
