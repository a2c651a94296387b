"""What rules are about."""

import pytest

from assistant.display.manual import (
    build_rule_fields,
    find_rule,
    format_rule_page,
    format_rule_table,
)
from assistant.errors import DraftError, Exit
from assistant.lint.registry import RULES


@pytest.mark.parametrize("name", ["D104", "d104", "heading-level", " D104 "])
def test_a_rule_by_code_or_name(name: str) -> None:
    """A rule's page has its name, how bad it is and what it is about."""
    said = format_rule_page(find_rule(name))

    assert said.startswith("# heading-level (D104)\n\nerror, on by default\n")
    assert RULES["D104"].about in said


def test_no_such_rule() -> None:
    """A rule that is none is wrong usage, and the nearest one is named."""
    with pytest.raises(DraftError, match="heading-level") as caught:
        find_rule("heading-levels")
    assert caught.value.exit_code == Exit.USAGE


def test_all_rules() -> None:
    """Every rule has its line, beginning with its code; as JSON it has the same."""
    assert [
        line.split()[0] for line in format_rule_table(list(RULES.values())).splitlines()
    ] == list(RULES)
    assert build_rule_fields(RULES["D104"])["name"] == "heading-level"


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_all_rules_on_a_terminal(columns: int) -> None:
    """On a terminal no line is wider than it, and what goes on does so below its beginning."""
    text = format_rule_table(list(RULES.values()), columns)

    assert max(map(len, text.splitlines())) <= columns
    assert [line.split()[0] for line in text.splitlines() if line[0] != " "] == list(RULES)
    assert " ".join(text.split()) == " ".join(format_rule_table(list(RULES.values())).split())


@pytest.mark.parametrize("code", RULES)
def test_every_rule_has_a_page(code: str) -> None:
    """A page says why a rule is there and what to do, in sentences, and fits a terminal."""
    known = RULES[code]
    said = format_rule_page(RULES[code], 80)

    assert known.why.endswith(".")
    assert known.mend.endswith(".")
    assert "\nWhy: " in said
    assert "\nWhat to do: " in said
    assert "\nFor example" in said
    assert "\nMended:\n" in said
    assert max(map(len, said.splitlines())) <= 80
    assert ("--fix" in known.mend) <= known.mends
    assert f"<!-- draft: ignore {code} -->" in said


def test_how_bad_by_status() -> None:
    """Where a document's status decides how bad a finding is, the page says so."""
    assert "\nnote in a draft, error once it is approved; on by default\n" in format_rule_page(
        RULES["D201"]
    )
    assert "\nwarning in a draft, error once it is approved;" in format_rule_page(RULES["D202"])


def test_rules_of_its_kind() -> None:
    """A code that no rule has is answered with those that begin like it."""
    with pytest.raises(DraftError) as caught:
        find_rule("D499")

    assert "D401" in caught.value.hint
    assert "D501" not in caught.value.hint
