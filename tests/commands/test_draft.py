"""Tests of `description`: which kind of document a person asks for."""

# ruff: noqa: RUF001  Chinese has a colon of full width

import pytest

from assistant.commands.draft import check_description, classify_description
from assistant.errors import DraftError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bug: login timeout", ("bug", "login timeout")),
        ("Feature: export: CSV", ("feature", "export: CSV")),
        ("Fehler: Verbindung bricht ab", ("bug", "Verbindung bricht ab")),
        ("Neue  Funktion: Export", ("feature", "Export")),
        ("新功能: 按日期筛选", ("feature", "按日期筛选")),
        ("修复：登录超时", ("bug", "登录超时")),
        ("security: rotate keys", ("change", "security: rotate keys")),
        ("login timeout", ("change", "login timeout")),
        ("bug:", ("change", "bug:")),
        ("the bug: it times out", ("change", "the bug: it times out")),
    ],
)
def test_kinds(text: str, expected: tuple[str, str]) -> None:
    """A word before a colon sets the kind, in the description's language too."""
    assert classify_description(text) == expected


@pytest.mark.parametrize("text", ["", " \n", "bug:", "Fehler :", "新功能："])
def test_a_kind_alone_is_no_description(text: str) -> None:
    """Nothing can be made of a kind without a word on what it is about."""
    with pytest.raises(DraftError, match="empty"):
        check_description(text)
