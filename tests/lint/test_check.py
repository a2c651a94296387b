"""A document asked of all rules together: what is found where, and how bad it is."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.folder.summary import summarize_document
from assistant.lint.check import check_document, check_neighbours, check_structure
from assistant.lint.neighbours import PlacedDocument
from assistant.lint.registry import RULES, RuleConfig
from assistant.lint.rule import Finding
from assistant.lint.surroundings import read_folder_listing
from assistant.markdown.document import Document, load_document, parse_document
from assistant.template.template import Template, load_template, parse_template, read_template
from tests.support import paths, strategies, templates
from tests.support.paths import ROOT

_DATA = paths.DATA / "check"
_CASES = sorted(one for one in _DATA.rglob("*.md") if one.with_suffix(".expected").exists())
_OWN = ROOT / "memory" / "design"


def template() -> Template:
    return parse_template((_DATA / "template.txt").read_bytes(), "t")


def examined(path: Path) -> tuple[Finding, ...]:
    own = path.parent / "template.txt"
    document = load_document(path.read_bytes(), path.name)
    if not own.exists():
        return check_document(template(), document)
    return check_document(
        parse_template(own.read_bytes(), "t"), document, also=beside(path, document)
    )


def beside(path: Path, document: Document) -> tuple[Finding, ...]:
    """What a document says of the files around it."""
    return check_neighbours(PlacedDocument(path, document, read_folder_listing(path.parent)))


def changed(old: str, new: str) -> str:
    whole = (_DATA / "whole.md").read_text(encoding="utf-8")
    assert whole.count(old) == 1
    return whole.replace(old, new)


def found(text: str, ruling: RuleConfig | None = None) -> list[tuple[str, str]]:
    result = check_document(template(), parse_document(text), ruling or RuleConfig())
    return [(finding.code, finding.severity) for finding in result]


@pytest.mark.parametrize("path", _CASES, ids=lambda path: path.stem)
def test_fixtures_have_exactly_their_findings(path: Path) -> None:
    """Each small document has the findings that are written beside it, and no others."""
    shown = "".join(
        f"{one.line}:{one.column}:{one.width} {one.severity} {one.code} {one.message}\n"
        for one in examined(path)
    )

    assert shown == path.with_suffix(".expected").read_text(encoding="utf-8")


def test_line_endings_change_no_finding() -> None:
    """A document has the same findings with CR LF, with CR, and behind a byte order mark."""
    for path in _CASES:
        text = path.read_text(encoding="utf-8")
        own = path.parent / "template.txt"
        made = parse_template((own if own.exists() else _DATA / "template.txt").read_bytes(), "t")
        expected = [(f.code, f.line) for f in check_document(made, parse_document(text))]
        for newline in ("\r\n", "\r"):
            got = [
                (f.code, f.line)
                for f in check_document(made, parse_document(text.replace("\n", newline)))
            ]
            assert got == expected, path.name
        assert [
            (f.code, f.line) for f in check_document(made, parse_document("\ufeff" + text))
        ] == expected


@pytest.mark.parametrize("name", templates.known())
def test_blank_document_has_no_errors(name: str) -> None:
    """A template held against itself is unwritten, and nothing worse."""
    made = templates.load(name)
    found = check_document(made, made.document)

    assert [f for f in found if f.severity == "error"] == []
    assert "D301" not in [f.code for f in found]


def test_own_design_documents_have_no_errors() -> None:
    """This repository's design documents hold against its template and their folder."""
    for path in sorted(_OWN.glob("[0-9]*.md")):
        document = load_document(path.read_bytes(), path.name)
        result = check_document(load_template(None), document, also=beside(path, document))

        assert [f for f in result if f.severity == "error"] == [], path.name


@pytest.mark.parametrize(
    ("status", "severity"),
    [("Draft", "note"), ("In Review", "note"), ("Approved", "error"), ("Implemented", "error")],
)
def test_unwritten_is_as_bad_as_the_status_makes_it(status: str, severity: str) -> None:
    """An unwritten section is a note in a draft, and an error from approval on."""
    text = changed("- **Status:** Draft", f"- **Status:** {status}")
    text = text.replace("It grew over years.\n", "").replace("Reviewers:** ", "Reviewers:** Bo")
    text = text.replace("- Who pays?\n", "None.\n")

    assert found(text) == [("D201", severity)]


def test_project_decides_how_bad_a_finding_is() -> None:
    """What a project sets goes before the rule's own severity and before the status."""
    text = changed("It grew over years.\n", "").replace("Status:** Draft", "Status:** Approved")
    own = RuleConfig(severities=(("D201", "note"), ("D604", "error")), off=frozenset({"D204"}))

    assert found(text, own) == [("D201", "note"), ("D604", "error")]


def test_findings_of_others_obey_the_same_comments() -> None:
    """What is found beyond the document is ignored by the document's comments too."""
    text = changed("It grew over years.", "[x](y.md) <!-- draft: ignore D503 -->")
    other = Finding(code="D503", severity="error", line=38, message="no file")

    assert check_document(template(), parse_document(text), also=(other,)) == ()


def test_comment_is_not_unneeded_where_nobody_looked() -> None:
    """A comment about links is not called needless where links were not looked at."""
    text = changed("It grew over years.", "[x](y.md) <!-- draft: ignore D503 -->")

    assert found(text) == []
    assert [f.code for f in check_document(template(), parse_document(text), also=())] == ["D001"]


# Documents in a family's folder that are written to another form, by our reading: failure analyses,
# a study, a charter, and proposals older than the template.
_OTHER_FORM = (
    "sig-api-machinery__2343-automated-storage-version-migration-with-storage-version-hash",
    "sig-api-machinery__576-dry-run",
    "sig-cloud-provider__azure__586-azure-availability-zones",
    "sig-scheduling__2372-node-labels-quota",
    "sig-scheduling__583-coscheduling",
    "authentication__direct-oidc-study__study-oidc-in-openshift",
    "security__fma-generic-hardfork",
    "security__fma-l1-upgrades",
    "security__fma-l2cm",
    "security__fma-multi-threaded-64-bit-cannon",
    "security__fma-operator-fee",
    "security__fma-supervisor",
    "2977-stdsimd",
)
_NO_QUESTIONS = ("installer__openstack-for-power-vc-ipi", "update__cvo-techpreview-manifests")


@pytest.mark.skipif(not templates.CORPUS, reason="real documents are where DRAFT_CORPUS says")
def test_real_documents_of_another_template() -> None:
    """Documents that follow their template are not called foreign, and under another one all are.

    Another one shares no form with theirs: the built-in template. It has a heading for open
    questions as two of them do, which have nothing under it.
    """
    theirs, ours = set[str](), set[tuple[str, str]]()
    for family in templates.REAL:
        for path in sorted((Path(templates.CORPUS) / family).glob("*.md")):
            document = load_document(path.read_bytes(), path.name)
            own = check_document(templates.load(family), document)
            theirs.update(path.stem for one in own if one.code == "D108")
            found = [one.code for one in check_document(load_template(None), document)]
            told = (code for code in found if code != "D108" and code[:2] in ("D1", "D2"))
            ours.update((path.stem, code) for code in told)
            assert found.count("D108") == 1, path.name

    assert theirs == set(_OTHER_FORM)
    assert ours == {(name, "D201") for name in _NO_QUESTIONS}


def test_another_template_is_one_finding() -> None:
    """What is measured by the template is not told beside it; a project may turn it off."""
    text = (_DATA / "D108/foreign.md").read_text(encoding="utf-8")
    without = found(text, RuleConfig(off=frozenset({"D108"})))

    assert found(text) == [("D108", "error"), *without]
    assert without == [("D301", "error"), ("D303", "warning"), ("D601", "warning")]


def test_what_is_unwritten_is_told_under_another_template() -> None:
    """A slot of a heading that the two share is counted by `list` and reported by `check` alike."""
    document = parse_document(
        "# X\n\n## Overview\n\n## Why\n\nSo.\n\n## How\n\nSo.\n\n## When\n\nNow.\n"
    )
    codes = [one.code for one in check_document(template(), document)]

    assert codes == ["D108", "D201"]
    assert summarize_document(template(), document).unwritten == 1


def test_a_comment_about_headings_is_not_needless_under_another_template() -> None:
    """What a comment ignores of the template's rules nobody looked for."""
    text = "# A\n\n<!-- draft: ignore D101 D401 -->\n\n## Why\n\nSo.\n"

    assert found(text) == [("D108", "error")]
    assert found(text.replace("D401", "D108")) == []


@pytest.mark.parametrize(
    ("headings", "foreign"),
    [
        ("## Metadata\n## Overview\n## Ours\n", False),  # what there is, is the template's
        ("## Overview\n## Why\n## How\n## When\n", True),
        ("## Overview\n## Why\n## How\n", False),  # a third of them
        ("## Metadata\n## Overview\n## Data\n## Risks\n" + "### Ours\n" * 20, False),
        ("## OVERVIEW\n### Risks\n## Refrences\n## Open questions\n## Ours\n", False),
        ("", True),
    ],
)
def test_where_another_template_begins(headings: str, *, foreign: bool) -> None:
    """A third of the document's headings, or of the template's, make it the template's."""
    codes = [code for code, _ in found(f"# A Design Document\n\n{headings}")]

    assert ("D108" in codes) is foreign


@pytest.mark.parametrize(
    ("asked", "own", "codes"),
    [
        ("ABC", "KLMN", ["D108"]),
        ("AB", "KLMN", ["D101", "D101"]),  # two findings are as short as one
        ("AB", "KLMNA", ["D101"]),
        ("ABC", "KLMNOPQRSa", ["D101", "D101", "D107"]),  # almost one of them, and two missing
    ],
)
def test_a_small_template(asked: str, own: str, codes: list[str]) -> None:
    """What lacks a heading or two is told so, whatever else it has; of three it is another form."""
    names = {"A": "Rollout Plan", "a": "Rollout Plans"}
    lines = [
        "".join(f"## {names.get(one, one * 9)}\n\nSo.\n\n" for one in text) for text in (asked, own)
    ]
    made = parse_template(f"# [Title]\n\n{lines[0]}".encode(), "t")
    result = check_document(made, parse_document(f"# X\n\n{lines[1]}"))

    assert sorted(f.code for f in result if f.code.startswith("D1")) == codes


@given(strategies.markdown() | st.text(strategies.ODD, max_size=300))
@settings(max_examples=150, deadline=None)
def test_nothing_breaks_the_checker(text: str) -> None:
    """Any text has findings that lie in it, in the order of their lines."""
    document = parse_document(text)
    for made in (template(), load_template(None)):
        result = check_document(made, document, also=beside(_DATA / "x.md", document))
        height = len(re.split(r"\r\n|\r|\n", text))

        assert all(1 <= one.line <= height and one.column >= 1 for one in result)
        assert [one.line for one in result] == sorted(one.line for one in result)
        assert all(one.width >= 0 and one.code in RULES for one in result)


def test_blank_questions_are_told_once() -> None:
    """Blank items are questions without text; a section with nothing in it is unwritten."""
    assert found(changed("- Who pays?\n", "- \n- [ ] \n")) == [("D603", "warning")] * 2
    assert found(changed("- Who pays?\n", "\n")) == [("D201", "note")]


def test_a_message_is_short() -> None:
    """However long a heading is that a message names, a person can read the message."""
    document = parse_document(f"# {'#' * 100_000} x\n")

    assert max(len(one.message) for one in check_document(template(), document)) < 1000


def test_columns_count_no_byte_order_mark() -> None:
    """A document with a byte order mark has each finding where it is without."""
    plain, marked = (
        check_document(template(), parse_document(f"{mark}# X\n")) for mark in ("", "\ufeff")
    )

    assert [(one.line, one.column) for one in marked] == [(one.line, one.column) for one in plain]


def told(made: str, text: str) -> list[str]:
    """What is said of a document by a template, each with its code."""
    found = check_document(parse_template(made.encode(), "t"), parse_document(text))
    return [f"{finding.code} {finding.message}" for finding in found]


def test_headings_below_what_does_not_apply_are_not_missed() -> None:
    """A section that does not apply needs none of the template's headings under it."""
    made = "# [N]\n\n## Data\n\n<!-- c -->\n\n### Below\n\n## Rollout\n"

    assert told(made, "# N\n\n## Data\n\nNot applicable: no data.\n\n## Rollout\n\nText.\n") == []
    [missed] = told(made, "# N\n\n## Data\n\nText.\n\n## Rollout\n\nText.\n")
    assert missed.startswith('D101 the heading "### Below" is missing')


def test_references_without_a_label_are_not_missed() -> None:
    """A document that supersedes nothing needs no label that says so; a status is missed."""
    made = "# [N]\n\n- **Status:** [Open | Done]\n- **Supersedes:** \n\n## A\n"

    [missed] = told(made, "# N\n\n## A\n\nText.\n")
    assert missed.startswith('D401 "Status" of the template\'s metadata is missing')


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("| Risk | Impact | Step | Day |", "D305"),
        ("| Risk | Hour | Step | Day |", "D105"),
    ],
)
def test_a_table_with_half_of_the_columns_is_the_templates(header: str, code: str) -> None:
    """A table with half of the template's columns is that one, changed; else it is another."""
    made = "# [N]\n\n## A\n\n| Risk | Impact | Answer | Owner |\n|---|---|---|---|\n| [x] | | | |\n"
    text = f"# N\n\n## A\n\n{header}\n|---|---|---|---|\n| a | b | c | d |\n"

    assert [line[:4] for line in told(made, text) if line[:4] in ("D105", "D305")] == [code]


TEMPLATE = read_template(
    parse_document(
        "# [Name]\n\n## Status\n- **Status:** [Draft | Done]\n\n## Why\n<!-- why -->\n\n"
        "## Parts\n- **Part A:** \n- **Part B:** \n\n## Data\n```sql\n-- example\n```\n"
    ),
    "t",
)
GOOD = (
    "# Sessions\n\n## Status\n- **Status:** Draft\n\n## Why\nBecause.\n\n"
    "## Parts\n- **Store:** keeps\n- **Page:** shows\n\n## Data\n```sql\nSELECT 1;\n```\n"
)


def structure(text: str) -> list[tuple[str, int]]:
    return [
        (finding.code, finding.line) for finding in check_structure(TEMPLATE, parse_document(text))
    ]


def test_good_document_has_no_findings() -> None:
    """A document that is whole and written has nothing to report."""
    assert structure(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("## Why\nBecause.\n\n", "", [("D101", 1)]),
        ("## Why", "### Why", [("D104", 6)]),
        ("Because.", "", [("D201", 7)]),
        ("Because.", "<!-- why -->", [("D201", 7)]),
        ("- **Page:** shows", "- **Part B:** ", [("D202", 11)]),
        ("- **Page:** shows", "- **Page:** ", [("D201", 11)]),
        ("SELECT 1;", "SELEC FROM WHERE", [("D301", 15)]),
        ("SELECT 1;", "-- example", [("D201", 15)]),
        ("# Sessions", "# [Name]", [("D202", 1)]),
        ("```\n", "", [("D302", 14)]),
    ],
)
def test_each_fault_is_found_where_it_is(
    old: str, new: str, expected: list[tuple[str, int]]
) -> None:
    """One fault gives one finding, in its line."""
    text = GOOD.replace(old, new) if old != "```\n" else GOOD.removesuffix(old)

    assert structure(text) == expected


def test_sections_out_of_order_are_found() -> None:
    """A section that stands behind its successor is named."""
    head, why, rest = GOOD.partition("## Why\nBecause.\n\n")
    parts, _, data = rest.partition("## Data")
    moved = head + parts + why + "## Data" + data

    assert [code for code, _ in structure(moved)] == ["D103"]


def test_repeated_section_is_found() -> None:
    """A heading of the template that stands twice is named at its second place."""
    assert ("D102", 18) in structure(GOOD + "\n## Why\nAgain.\n")


def test_inapplicable_section_is_whole() -> None:
    """A section that holds the one line why it does not apply misses nothing."""
    text = GOOD.replace(
        "- **Store:** keeps\n- **Page:** shows", "\nNot applicable: there are none."
    )

    assert structure(text) == []


def test_headings_in_fences_are_no_structure() -> None:
    """A heading inside a fence is not taken for the section that is missing."""
    text = GOOD.replace("## Why\nBecause.\n\n", "```\n## Why\n```\n")

    assert ("D101", 1) in structure(text) or ("D101", 3) in structure(text)


def test_builtin_template_by_itself_is_unwritten() -> None:
    """The template held against itself has its unwritten slots as notes, and no errors."""
    template = load_template(None)
    found = check_structure(template, template.document)

    assert found
    assert {finding.severity for finding in found} <= {"note", "warning"}
    assert all(isinstance(finding, Finding) for finding in found)
