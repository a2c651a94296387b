"""What rules are about."""

import re

import pytest

from assistant import builtin
from assistant.document import parse
from assistant.errors import DraftError, Exit
from assistant.examine import examine
from assistant.explain import fields, page, rule, table
from assistant.finding import MENDED, RULES
from assistant.manual import MANUAL
from assistant.template import from_bytes


@pytest.mark.parametrize("name", ["D104", "d104", "heading-level", " D104 "])
def test_a_rule_by_code_or_name(name: str) -> None:
    """A rule's page has its name, how bad it is and what it is about."""
    said = page(rule(name))

    assert said.startswith("# heading-level (D104)\n\nerror, on by default\n")
    assert RULES["D104"].about in said


def test_no_such_rule() -> None:
    """A rule that is none is wrong usage, and the nearest one is named."""
    with pytest.raises(DraftError, match="heading-level") as caught:
        rule("heading-levels")
    assert caught.value.exit_code == Exit.USAGE


def test_all_rules() -> None:
    """Every rule has its line, beginning with its code; as JSON it has the same."""
    assert [line.split()[0] for line in table(list(RULES.values())).splitlines()] == list(RULES)
    assert fields(RULES["D104"])["name"] == "heading-level"


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_all_rules_on_a_terminal(columns: int) -> None:
    """On a terminal no line is wider than it, and what goes on does so below its beginning."""
    text = table(list(RULES.values()), columns)

    assert max(map(len, text.splitlines())) <= columns
    assert [line.split()[0] for line in text.splitlines() if line[0] != " "] == list(RULES)
    assert " ".join(text.split()) == " ".join(table(list(RULES.values())).split())


@pytest.mark.parametrize("code", RULES)
def test_every_rule_has_a_page(code: str) -> None:
    """A page says why a rule is there and what to do, in sentences, and fits a terminal."""
    advice = MANUAL[code]
    said = page(RULES[code], 80)

    assert advice.why.endswith(".")
    assert advice.mend.endswith(".")
    assert "\nWhy: " in said
    assert "\nWhat to do: " in said
    assert ("\nFor example:\n" in said) == bool(advice.example)
    assert ("\nMended:\n" in said) == bool(advice.mended) == bool(advice.example)
    assert max(map(len, said.splitlines())) <= 80
    assert ("--fix" in advice.mend) <= (code in MENDED)
    assert f"<!-- draft: ignore {code} -->" in said


def test_no_advice_for_what_is_no_rule() -> None:
    """The manual has the rules that there are, in their order."""
    assert list(MANUAL) == list(RULES)


@pytest.mark.parametrize(
    "code", ["D001", "D002", "D103", "D201", "D202", "D301", "D302", "D303", "D304", "D602", "D603"]
)
def test_an_example_is_one(code: str) -> None:
    """What a page shows as an example is found, where a document alone tells it."""
    template = builtin.chosen(None)
    example = MANUAL[code].example
    before = template.text.replace("## Risks &", f"{example}\n\n## Risks &", 1)
    found = [
        finding.code
        for text in (f"{template.text}\n\n{example}\n", before)
        for finding in examine(template, parse(text))
    ]

    assert code in found


@pytest.mark.parametrize(
    "code",
    [
        "D001", "D002", "D103", "D104", "D106", "D107", "D201", "D301", "D302", "D303", "D304",
        "D402", "D403", "D404", "D602", "D603",
    ],
)  # fmt: skip
def test_what_is_mended_is_found_no_more(code: str) -> None:
    """What a page shows as an example is found, and what it shows as mended is not."""
    advice = MANUAL[code]
    labels = "- **Status:** [Draft | In Review | Done]\n- **Created:** \n- **Updated:** \n"
    headings = ("## Goals", "## Overview", "## Rollout Plan", "## Open Questions")
    used = [heading for heading in headings if f"{heading}\n" in f"{advice.mended}\n"]
    template = from_bytes("\n\n".join(["# [Title]", labels, *used, "## End", ""]).encode(), "t")
    said: list[bool] = []
    for text in (advice.example, advice.mended):
        lines = re.sub(r" {6}\(.*\)$", "", text, flags=re.MULTILINE)  # what is said beside it
        document = parse(f"# X\n\n{lines}\n\n## End\n\nWords.\n")
        said.append(code in [finding.code for finding in examine(template, document)])

    assert said == [True, False]


def test_how_bad_by_status() -> None:
    """Where a document's status decides how bad a finding is, the page says so."""
    assert "\nnote in a draft, error once it is approved; on by default\n" in page(RULES["D201"])
    assert "\nwarning in a draft, error once it is approved;" in page(RULES["D202"])


def test_rules_of_its_kind() -> None:
    """A code that no rule has is answered with those that begin like it."""
    with pytest.raises(DraftError) as caught:
        rule("D499")

    assert "D401" in caught.value.hint
    assert "D501" not in caught.value.hint
