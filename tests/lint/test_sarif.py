"""Findings as SARIF: by the official schema, and by what its specification says in words."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from assistant.errors import DraftError, Exit
from assistant.lint.formats import build_sarif_log
from assistant.lint.registry import RULES
from assistant.lint.rule import Finding
from assistant.lint.run import DocumentReport, QuotedFinding
from tests.support.schemas import SARIF as SCHEMA
from tests.support.strategies import ODD

VALIDATOR = Draft4Validator(SCHEMA)
ROOT = Path("/project")


def valid(*verdicts: DocumentReport) -> Any:  # noqa: ANN401  JSON
    """The one run of a log that is valid."""
    made = json.loads(json.dumps(build_sarif_log(verdicts, ROOT)).encode("utf-8", "replace"))
    VALIDATOR.validate(made)
    (run,) = made["runs"]
    return run


def remark(line: str, column: int, width: int = 0, code: str = "D104") -> QuotedFinding:
    finding = Finding(
        code=code, severity="error", line=3, column=column, width=width, message="it is so."
    )
    return QuotedFinding(finding=finding, source=line)


def region(line: str, column: int, width: int = 0) -> tuple[int, int]:
    """Start and end column of a finding."""
    run = valid(DocumentReport(path=ROOT / "x.md", remarks=(remark(line, column, width),)))
    found = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert found["startLine"] == 3
    return found["startColumn"], found.get("endColumn", 0)


def test_schema_is_one_that_refuses() -> None:
    """The official schema refuses a log that is none."""
    assert VALIDATOR.is_valid(build_sarif_log((), ROOT))
    assert not VALIDATOR.is_valid({**build_sarif_log((), ROOT), "version": "2.0.0"})
    assert not VALIDATOR.is_valid({**build_sarif_log((), ROOT), "more": 1})


def test_rules_are_the_registry() -> None:
    """Every rule is there with its level, and a result's index is that of its rule."""
    run = valid(DocumentReport(path=ROOT / "x.md", remarks=(remark("x", 1, code="D302"),)))
    rules = run["tool"]["driver"]["rules"]
    (result,) = run["results"]

    assert [rule["id"] for rule in rules] == list(RULES)
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "D302"
    assert {rule["defaultConfiguration"]["level"] for rule in rules} <= {"error", "warning", "note"}
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in rules)


def test_columns_are_utf16() -> None:
    """Columns count code units of UTF-16, as the log says; the end is behind the last one."""
    assert region("## Why\n", 1) == (1, 7)
    assert region("## Why  \r\n", 4, 3) == (4, 7)
    assert region("\U0001f600\U0001f600 x", 3, 2) == (5, 7)
    assert region("\udcff漢 x", 4, 1) == (4, 5)
    assert region("", 1) == (1, 0)
    assert region("ab", 9) == (3, 0)


def test_paths_are_relative_uris() -> None:
    """A path is a URI below the root, quoted, and no machine's path is in the log."""
    name = 'docs/a b#ü?"%20.md'
    run = valid(DocumentReport(path=ROOT / name, remarks=(remark("x", 1),)))
    artifact = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]

    assert artifact["uriBaseId"] in run["originalUriBaseIds"]
    assert unquote(artifact["uri"]) == name
    assert not set(artifact["uri"]) & set(' #?"ü')
    assert "/project" not in json.dumps(run)


def test_a_path_elsewhere_is_a_whole_uri() -> None:
    """A document outside of the root is named by its whole address."""
    run = valid(DocumentReport(path=Path("/elsewhere/x.md"), remarks=(remark("x", 1),)))

    assert '{"uri": "file:///elsewhere/x.md"}' in json.dumps(run)


def test_a_file_that_could_not_be_checked() -> None:
    """A file that can't be used makes the invocation one that failed, and is named."""
    error = DraftError("it is a folder", code="is-a-folder", exit_code=Exit.FILE)
    run = valid(DocumentReport(path=ROOT / "x.md", error=error), DocumentReport(path=ROOT / "y.md"))
    (invocation,) = run["invocations"]

    assert invocation["executionSuccessful"] is False
    assert "it is a folder" in json.dumps(invocation["toolExecutionNotifications"])
    assert valid()["invocations"][0]["executionSuccessful"] is True


@given(st.text(st.sampled_from(ODD + "\U0001f600"), max_size=40), st.data())
def test_every_place_is_valid(line: str, data: st.DataObject) -> None:
    """Whatever a line holds, the log is valid and a region ends behind its beginning."""
    column = data.draw(st.integers(1, len(line) + 3))
    start, end = region(line, column, data.draw(st.integers(0, 50)))

    assert start >= 1
    assert end == 0 or end > start
