"""Findings as SARIF 2.1.0, the format in which code scanning takes them.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from assistant import __version__
from assistant.errors import Json
from assistant.excerpt import harmless
from assistant.lint.registry import RULES
from assistant.lint.rule import Rule
from assistant.verdict import Remark, Verdict, relative

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "SRCROOT"


def log(verdicts: Iterable[Verdict], root: Path) -> dict[str, Json]:
    """One run's log; paths below `root` are given from there: no machine's path is in it."""
    rules = list(RULES.values())
    places = {rule.code: index for index, rule in enumerate(rules)}
    results: list[Json] = []
    notifications: list[Json] = []
    for verdict in verdicts:
        artifact = _artifact(verdict.path, root)
        results.extend(
            _result(remark, artifact, places[remark.finding.code]) for remark in verdict.remarks
        )
        if verdict.error is not None:
            notifications.append(
                {
                    "level": "error",
                    "message": {"text": harmless(verdict.error.message)},
                    "locations": [{"physicalLocation": {"artifactLocation": artifact}}],
                }
            )
    run: dict[str, Json] = {
        "tool": {"driver": _driver(rules)},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [
            {
                "executionSuccessful": not notifications,
                "toolExecutionNotifications": notifications,
            }
        ],
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _driver(rules: Sequence[Rule]) -> dict[str, Json]:
    return {"name": "draft", "version": __version__, "rules": [_rule(rule) for rule in rules]}


def _rule(rule: Rule) -> dict[str, Json]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.about},
        "help": {"text": f"{rule.about} `draft check --explain {rule.code}` says more."},
        "defaultConfiguration": {"level": rule.severity, "enabled": rule.on},
    }


def _artifact(path: Path, root: Path) -> dict[str, Json]:
    inside = relative(path, root)
    if not inside:
        return {"uri": Path(path).resolve().as_uri()}
    return {"uri": quote(inside, errors="surrogateescape"), "uriBaseId": _ROOT}


def _result(remark: Remark, artifact: Json, rule: int) -> dict[str, Json]:
    finding = remark.finding
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": harmless(finding.message)},
        "locations": [
            {"physicalLocation": {"artifactLocation": artifact, "region": _region(remark)}}
        ],
    }


def _region(remark: Remark) -> dict[str, Json]:
    """Where a finding is: lines and columns from 1, columns in code units of UTF-16."""
    line = remark.source.rstrip("\r\n")
    finding = remark.finding
    start = min(finding.column - 1, len(line))
    end = min(start + finding.width, len(line)) if finding.width else len(line.rstrip())
    region: dict[str, Json] = {"startLine": finding.line, "startColumn": _units(line[:start]) + 1}
    if end > start:
        region |= {"endLine": finding.line, "endColumn": _units(line[:end]) + 1}
    return region


def _units(text: str) -> int:
    """The length of a text in UTF-16; a byte that is no UTF-8 counts as one."""
    return len(text) + sum(character > "\uffff" for character in text)
