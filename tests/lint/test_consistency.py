"""Sections that disagree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.lint.registry import RULES
from assistant.lint.rule import Finding
from assistant.markdown.blocks import split_lines
from assistant.markdown.document import parse_document
from assistant.template.template import Template, load_template, read_template
from tests.support.cases import FOLDER, HALVES, Case, cases
from tests.support.rules import find_by

DEVELOP = cases("develop")

AGREES = """\
# Orders Design Document

## Proposed Solution

### Key Components
- **Order API:** accepts orders.
- **Stock service:** counts.
- **Invoice worker:** writes invoices.

### Simple Architecture Diagram
```mermaid
flowchart LR
    api[Order API] --> stock[Stock service]
    api --> worker[Invoice worker]
```

## Lifecycle of Code for Key Use Case

1. **User initiates action:** `POST /orders` reaches the order API.
2. **System validates:** The stock service counts.
3. **Processing step:** An invoice is written.

## Detailed Design

### API Endpoints

#### `POST /orders`
An order.

### Services / Business Logic

#### Stock service
Counts.
"""


def of(text: str, template: Template | None = None) -> tuple[Finding, ...]:
    return find_by("D7", template or load_template(None), text)


def pointed(finding: Finding, text: str) -> str:
    """The characters that a finding is about."""
    line = split_lines(text)[finding.line - 1]
    return line[finding.column - 1 :][: finding.width]


def codes(text: str) -> list[str]:
    return [finding.code for finding in of(text)]


@pytest.mark.parametrize("case", DEVELOP, ids=lambda case: str(case.title))
def test_cases(case: Case) -> None:
    """Each case has the findings that were written beside it, at the names, and no other."""
    found = [(one.code, pointed(one, case.text).strip("`")) for one in of(case.text)]

    assert sorted(found) == sorted(case.expected)


@pytest.mark.parametrize("half", HALVES[1:])
def test_rules_that_are_on_raise_no_false_alarm(half: str) -> None:
    """What was held out has no finding, by a rule that is on, that nobody expects."""
    for case in cases(half):
        expected = [code for code, _ in case.expected if RULES[code].on]
        found = [one.code for one in of(case.text) if RULES[one.code].on]
        assert sorted(found) == sorted(expected), case.title


def test_three_rules_are_on() -> None:
    """At least three of the rules are on by default, and all are warnings."""
    rules = [rule for code, rule in RULES.items() if code.startswith("D7")]

    assert sum(rule.on for rule in rules) >= 3
    assert {rule.severity for rule in rules} == {"warning"}


def test_cases_are_many() -> None:
    """At least fifty documents have something planted, and fifty have nothing."""
    planted = [bool(case.expected) for half in HALVES for case in cases(half)]

    assert sum(planted) >= 50
    assert planted.count(False) >= 50
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted([*HALVES, "README"])


def test_message() -> None:
    """A message names what was found and says what to do."""
    text = AGREES.replace("    api --> worker[Invoice worker]\n", "")

    (finding,) = of(text)

    assert finding.code == "D702"
    assert (finding.section, finding.severity) == ("Key Components", "warning")
    assert finding.message.startswith("`Invoice worker` is a key component")
    assert "add it there" in finding.message


def test_heading_in_a_message() -> None:
    """A call that is not described is reported with the heading that it stands under."""
    (finding,) = of(AGREES.replace("#### `POST /orders`", "#### `GET /orders`"))

    assert finding.message.startswith("`POST /orders` is called under Lifecycle of Code")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings(ending: str) -> None:
    """Line and column are right for every line ending."""
    text = AGREES.replace("    api --> worker[Invoice worker]\n", "").replace("\n", ending)

    assert [pointed(finding, text) for finding in of(text)] == ["Invoice worker"]


def test_agreement_is_silent() -> None:
    """A document whose sections agree has no findings, and neither has the template."""
    assert codes(AGREES) == []
    assert codes("".join(spec.text for spec in load_template(None).specs)) == []


@pytest.mark.parametrize("aside", ["Not applicable: nothing of the kind.", "N/A", ""])
def test_asides(aside: str) -> None:
    """Nothing is said of a section that is set aside or empty."""
    start = AGREES.index("### API Endpoints\n") + len("### API Endpoints\n")
    end = AGREES.index("### Services")

    assert codes(f"{AGREES[:start]}{aside}\n\n{AGREES[end:]}") == []


def test_other_templates() -> None:
    """Another template is held to the rules as far as it has the headings."""
    text = AGREES.replace("    api --> worker[Invoice worker]\n", "")
    parts = "### Key Components\n<!-- a -->\n\n### Simple Architecture Diagram\n<!-- b -->\n"
    with_them = read_template(parse_document(f"# T\n\n{parts}"), "t")
    without = read_template(
        parse_document("# T\n\n## Context\n<!-- a -->\n\n## Why\n<!-- b -->\n"), "t"
    )

    assert [finding.code for finding in of(text, with_them)] == ["D702"]
    assert of(text, without) == ()


def test_comments_and_fences_are_no_headings() -> None:
    """Names in comments are not there, and headings in fences open no section."""
    hidden = AGREES.replace("    api --> worker[Invoice worker]\n", "    %% x\n").replace(
        "## Lifecycle", "<!-- Invoice worker -->\n\n## Lifecycle"
    )

    assert codes(hidden) == ["D702"]


PIECES = st.sampled_from(
    [
        *AGREES.splitlines(keepends=True),
        "### Schema Updates\n",
        "### Data Migration Plan\n",
        "### Deployment Strategy\n",
        "### Rollback Plan\n",
        "### Monitoring & Alerts\n",
        "```sql\n",
        "CREATE TABLE a.b (id INT);\n",
        "ALTER TABLE [x y] ADD COLUMN z INT;\n",
        "/*",
        "`",
        "**",
        "Full rollout criteria: `a_b.rate` below 3 %\n",
        "latency < 3\n",
        "\r",
        "\t",
        "[",
        "]",
        "GET /a/{b}/:c\n",
        "1. **订单 (O):**\n",
        "\ud800",
        "<!--",
        "-->",
        "---\n",
        "Foo\nbar\n===\n",
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES | st.text(max_size=5), max_size=60).map("".join)))
def test_any_text(text: str) -> None:
    """No text raises an error, and each finding is within a line."""
    for finding in of(text):
        assert finding.code in RULES
        assert len(pointed(finding, text)) == finding.width > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "### Key Components\n" + "- **a b:** c\n" * 20000,
        "### Key Components\n- **A:** x\n- **B:** y\n\n### Services / Business Logic\n"
        + "".join(f"#### S{i}\n" for i in range(5000)),
        "### Schema Updates\n```sql\n" + "/*" * 100_000 + "\n```\n",
        "### Deployment Strategy\n`" + "a_b" * 60_000 + " 1\n\n### Monitoring & Alerts\nx\n",
        "### API Endpoints\nGET /a\n\n### UI Changes\n" + "GET /b\n" * 50_000,
    ],
    ids=["components", "services", "comments", "code span", "calls"],
)
def test_large_documents(text: str) -> None:
    """What would take for ever in a careless pattern ends; too many names are no names."""
    assert len(of(text)) <= 1
