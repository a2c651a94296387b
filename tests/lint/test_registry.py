"""What a project sets about findings."""

import os
import subprocess
import sys

import pytest

from assistant.errors import DraftError, Exit
from assistant.lint.registry import DEFAULT_CONFIG, RULES, parse_rule_config
from tests.support.paths import ROOT
from tests.support.waiting import PATIENCE


def test_codes_and_names_are_understood() -> None:
    """A rule is set by its code or its name, in any case, with `-` or `_`."""
    table = {"d201": "error", "missing-heading": "note", "heading_level": "off"}
    own = parse_rule_config(table, "x")

    assert own.severity_of("D201") == "error"
    assert own.severity_of("D101") == "note"
    assert not own.is_enabled("D104")
    assert own.is_enabled("D201")


def test_nothing_set_hears_what_is_on() -> None:
    """Without a table every rule is heard that is on by itself, at its own severity."""
    assert all(DEFAULT_CONFIG.is_enabled(code) == rule.on for code, rule in RULES.items())
    assert DEFAULT_CONFIG.severity_of("D101") is None
    assert parse_rule_config({}, "x") == DEFAULT_CONFIG


@pytest.mark.parametrize(
    ("table", "message", "hint"),
    [
        ({"missing-headings": "off"}, 'no rule "missing-headings"', "missing-heading"),
        ({"D1O1": "off"}, 'no rule "D1O1"', "`draft check` prints"),
        ({"D101": "fatal"}, "D101 must be one of", ""),
        ({"D101": True}, "D101 must be one of", ""),
        ({"D101": {"severity": "error"}}, "D101 must be one of", ""),
        ({"D101": "off", "missing-heading": "off"}, "stands here twice", ""),
    ],
)
def test_what_is_not_known_is_refused(table: dict[str, object], message: str, hint: str) -> None:
    """An unknown rule or value is wrong usage; the file and the nearest name are said."""
    with pytest.raises(DraftError) as caught:
        parse_rule_config(table, "pyproject.toml")

    assert caught.value.exit_code is Exit.USAGE
    assert caught.value.where == "pyproject.toml"
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_rules_load_nothing_that_a_check_of_documents_does_without() -> None:
    """What renumbers, and the index with its catalogue, are loaded by the rules that need them."""
    program = (
        "import sys, assistant.lint.run; from assistant.lint.registry import RULES; list(RULES)"
    )
    needless = "assistant.folder.renumber", "assistant.folder.index", "assistant.folder.catalog"
    code = f"{program}; print([name for name in {needless!r} if name in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=PATIENCE,
    )

    assert ran.stdout.strip() == "[]"
