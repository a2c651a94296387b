"""What a person says a document is about: its kind, and whether anything can be made of it."""

# ruff: noqa: RUF001  words of other languages

import re
import unicodedata

from assistant.errors import DraftError, Exit

MAX_DESCRIPTION = 8 << 20
# What stands before a colon and says what kind of document it will be, in the languages that a
# description's is found out for.
_WORDS = {
    "bug": "bug, bugfix, fehler, bogue, erreur, fallo, errore, erro, fout, ошибка, баг, "
    "错误, 缺陷, 修复, 錯誤, 修復, バグ, 不具合, 버그, 오류",
    "feature": "feature, funktion, neue funktion, fonctionnalité, nouvelle fonctionnalité, "
    "función, nueva función, funzionalità, nuova funzionalità, funcionalidade, "
    "nova funcionalidade, functie, nieuwe functie, функция, новая функция, "
    "功能, 新功能, 機能, 新機能, 기능, 새 기능",
}
KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split(", ")}
_COLON = re.compile("[:\uff1a]")


def classify(text: str) -> tuple[str, str]:
    """The kind of a description, and the description without the word that says so."""
    head, *rest = _COLON.split(text, maxsplit=1)
    kind = " ".join(head.split()).casefold()
    if rest and kind in KINDS and rest[0].strip():
        return KINDS[kind], rest[0].strip()
    return "change", text.strip()


def checked(description: str, spoilt: float = 0.1) -> str:
    """A description that something can be made of. Raises DraftError (exit code 2) for none.

    `spoilt` is the share of it that may be bytes which are no UTF-8.
    """
    bare = description.strip()
    if not bare or (_COLON.match(bare[-1]) and bare[:-1].strip().casefold() in KINDS):
        raise DraftError(
            "the description is empty.",
            code="empty-description",
            exit_code=Exit.USAGE,
            hint='Say in a few words what it is about: draft "bug: login timeout"',
        )
    undecoded = sum("\udc80" <= character <= "\udcff" for character in description)
    if "\0" in description or undecoded > len(description) * spoilt:
        raise DraftError(
            "the description is no text in UTF-8.",
            code="binary-description",
            exit_code=Exit.USAGE,
            hint="Give words, or a text file in UTF-8.",
        )
    if not any(c.isalnum() or unicodedata.category(c) == "So" for c in bare):  # So: emoji
        raise DraftError(
            "the description has no word in it.",
            code="empty-description",
            exit_code=Exit.USAGE,
            where=bare[:40],
            hint='Say in a few words what it is about: draft "bug: login timeout"',
        )
    if len(description) > MAX_DESCRIPTION:
        raise DraftError(
            f"the description has {len(description):,} characters, over {MAX_DESCRIPTION:,}.",
            code="too-long",
            exit_code=Exit.USAGE,
        )
    return bare
