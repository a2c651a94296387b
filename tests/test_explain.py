"""What rules are about."""

import pytest

from assistant.errors import DraftError, Exit
from assistant.explain import fields, page, rule, table
from assistant.finding import RULES


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
