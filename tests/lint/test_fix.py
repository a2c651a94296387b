"""A document mended: only where that proves right, and nowhere else a byte."""

import re
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.lint.check import check_document
from assistant.lint.fix import (
    AmendedDocument,
    amend_document,
    apply_fixes,
    subtract_findings,
    suggest_fixes,
)
from assistant.lint.registry import RULES, RuleConfig
from assistant.lint.rule import Finding
from assistant.lint.subject import CheckedDocument
from assistant.markdown.blocks import split_lines
from assistant.markdown.document import Document, decode_text, encode_text, parse_document
from assistant.template.similar import reduce_to_letters
from assistant.template.template import Template, parse_template, read_template
from tests.support.documents import TEMPLATE, WHOLE
from tests.support.strategies import NEWLINES, markdown
from tests.support.templates import CORPUS
from tests.support.templates import corpus_files as real
from tests.support.templates import needs_corpus as corpus


def follow(text: str) -> str:
    """The text with every suggestion followed."""
    return apply_fixes(text, suggest_fixes(CheckedDocument(TEMPLATE, parse_document(text))))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("## WHY NOW", "## Why Now"),
        ("##  why now  ##\r", "##  Why Now  ##\r"),
        ("   ### why now ###", "   ## Why Now ###"),
        ("# Why Now", "## Why Now"),
        ("## **Why now**", "## Why Now"),
        ("why now\n=====", "Why Now\n-----"),
        ("## Why now [OPTIONAL]", "## Why Now [OPTIONAL]"),
        ("## Risks and Mitigations", "## Risks & Mitigations"),
        ("### Risks and mitigations", "## Risks & Mitigations"),
        ("## open-questions", "## Open Questions"),
        ("Details\n---", "`Details`\n---"),  # no underline is of level 3
        ("## Why Then", "## Why Then"),
        ("## Why Now", "## Why Now"),
        ("```\n## WHY NOW\n```", "```\n## WHY NOW\n```"),
    ],
)
def test_headings(line: str, expected: str) -> None:
    """A heading with the template's letters gets its words and its level, and nothing else."""
    assert follow(f"# T\n\n{line}\n\ntext\n") == f"# T\n\n{expected}\n\ntext\n"


def test_a_name_that_two_headings_have_is_nobodys() -> None:
    """Where two headings could be the one that is missing, neither is touched."""
    text = "# T\n\n## Risks and mitigations\n\n## Risks-and-mitigations\n"

    assert follow(text) == text


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("| risk | IMPACT | Mitigation |", "| Risk | Impact | Mitigation |"),
        ("|Risks|Impact|Mitigations|", "|Risk|Impact|Mitigation|"),
        ("  Risk |Impact  | Mitigatoin", "  Risk |Impact  | Mitigation"),
        ("| Risk | Mitigation | Impact |", ""),
        ("| Risk | Effect | Mitigation |", ""),
        ("| Risk | Impact | Mitigation | Owner |", ""),
        ("| Risk | Risks | Mitigation |", ""),
        ("| Risk | Impact | Mitigation |", ""),
    ],
)
def test_table_headers(head: str, expected: str) -> None:
    """The same columns in another spelling get the template's; other columns are a person's."""
    columns = head.strip().strip("|").count("|") + 1
    body = f"{'|---' * columns}|\n{'| x ' * columns}|\n"
    text = f"# T\n\n## Risks & Mitigations\n\n{{}}\n{body}"

    assert follow(text.format(head)) == text.format(expected or head)


def test_which_of_two_tables_would_be_a_guess() -> None:
    """Where a section has two tables, none is touched."""
    table = "| risk | impact | mitigation |\n|---|---|---|\n| a | b | c |\n"
    text = f"# T\n\n## Risks & Mitigations\n\n{table}\nand\n\n{table}"

    assert follow(text) == text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (" Nov 24, 2026", " 2026-11-24"),
        (" *24 November 2026*  ", " *2026-11-24*  "),
        (" 2026/11/24 (planned)", " 2026/11/24 (planned)"),
        (" 03/04/2026", " 03/04/2026"),
        (" 2026-11-24", " 2026-11-24"),
        (" soon", " soon"),
    ],
)
def test_dates(written: str, expected: str) -> None:
    """A date that can be read in one way only is written as ISO has it; its markup stays."""
    text = "# T\n\n## Metadata\n- **Created:**{}\n- **Updated:** x\n"

    assert follow(text.format(written)) == text.format(expected)


@pytest.mark.parametrize("value", ['"2026/11/24"', "'24 Nov 2026'", "2026/11/24", "24 Nov 2026"])
def test_dates_in_front_matter(value: str) -> None:
    """A date in YAML keeps its quotes."""
    template = read_template(parse_document("---\ncreation-date: yyyy-mm-dd\n---\n# [X]\n"), "t")
    text = f"---\ncreation-date: {value}\n---\n# T\n"
    quote = value[0] if value[0] in "\"'" else ""

    found = suggest_fixes(CheckedDocument(template, parse_document(text)))

    assert apply_fixes(text, found) == f"---\ncreation-date: {quote}2026-11-24{quote}\n---\n# T\n"


@given(markdown())
def test_suggestions_are_apart_and_inside(text: str) -> None:
    """Suggestions are in order, none over another, each within the text and in one line of it."""
    subject = CheckedDocument(TEMPLATE, parse_document(text))
    position = 0
    for fix in suggest_fixes(subject):
        assert position <= fix.start < fix.end <= len(text)
        assert fix.text != text[fix.start : fix.end]
        assert "\n" not in fix.text
        position = fix.end


@given(st.text(max_size=50))
def test_nothing_applied_is_nothing_changed(text: str) -> None:
    """A text without edits is itself."""
    assert apply_fixes(text, ()) == text


_ISO = re.compile(r"\d{4}-\d\d-\d\d")


def run(
    text: str, template: Template = TEMPLATE, config: RuleConfig | None = None
) -> AmendedDocument:
    """A text amended, by every rule."""
    document = parse_document(text)
    examiner = partial(check_document, template, config=config or RuleConfig())
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
    assert run(text, config=RuleConfig(off=frozenset({"D106"}))).document.text == text


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
