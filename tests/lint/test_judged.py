"""Real documents, judged by hand before there was a checker."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from assistant.lint.check import check_document
from assistant.lint.rule import Finding
from assistant.markdown.document import load_document
from tests.support import paths, templates

_TABLE = paths.DATA / "judged.tsv"
_CODES = {
    "missing": "D101",
    "repeated": "D102",
    "order": "D103",
    "level": "D104",
    "form": "D106",
    "wording": "D107",
}


def _rows() -> list[dict[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _counted(found: tuple[Finding, ...]) -> dict[str, int]:
    counts = Counter(finding.code for finding in found)
    return {name: counts[code] for name, code in _CODES.items()}


@pytest.mark.skipif(not os.environ.get("DRAFT_CORPUS"), reason="DRAFT_CORPUS is not set")
@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["document"])
def test_checker_says_what_a_careful_reader_said(row: dict[str, str]) -> None:
    """Of each document the checker counts what was counted by hand, and names what is blank."""
    path = Path(templates.CORPUS) / row["template"] / row["document"]
    found = check_document(
        templates.load(row["template"]), load_document(path.read_bytes(), path.name)
    )

    unwritten = {finding.section for finding in found if finding.code == "D201"}
    other = [finding for finding in found if finding.code == "D108"]
    expected = {name: int(row[name]) for name in _CODES}
    if row["other"] == "1":
        # It follows another template: that is one finding, in place of every heading it lacks.
        assert len(other) == 1
        expected["missing"] = 0
    assert (_counted(found), len(other)) == (expected, int(row["other"]))
    assert unwritten == set(filter(None, row["unwritten"].split("; ")))
