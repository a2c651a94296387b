"""What a person says a document is about: its kind, and whether anything can be made of it."""

import unicodedata

from assistant.errors import DraftError, Exit

MAX_DESCRIPTION = 8 << 20
# What stands before a colon and says what kind of document it will be.
KINDS = {"bug": "bug", "feature": "feature"}


def classify(text: str) -> tuple[str, str]:
    """The kind of a description, and the description without the word that says so."""
    head, colon, rest = text.partition(":")
    kind = head.strip().casefold()
    if colon and kind in KINDS and rest.strip():
        return KINDS[kind], rest.strip()
    return "change", text.strip()


def checked(description: str) -> str:
    """A description that something can be made of. Raises DraftError (exit code 2) for none."""
    bare = description.strip()
    if not bare or (bare[-1] == ":" and bare[:-1].strip().casefold() in KINDS):
        raise DraftError(
            "the description is empty.",
            code="empty-description",
            exit_code=Exit.USAGE,
            hint='Say in a few words what it is about: draft "bug: login timeout"',
        )
    undecoded = sum("\udc80" <= character <= "\udcff" for character in description)
    if "\0" in description or undecoded > len(description) // 10:
        raise DraftError(
            "the description is no text.",
            code="binary-description",
            exit_code=Exit.USAGE,
            hint="Give words, or a text file.",
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
