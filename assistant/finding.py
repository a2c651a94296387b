"""What there is to say about a document: findings."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]

# Codes that the rest of the program asks about; what they mean is in `lint/rules`.
FOREIGN = "D108"
UNWRITTEN = "D201"
NAME = "D506"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about a document that a person should know: data, not an exception.

    `line` and `column` count from 1, `width` is how many characters of that line are meant (0: the
    rest of it); `section` is the heading it stands under.
    """

    code: str
    severity: Severity
    line: int
    column: int = 1
    width: int = 0
    section: str = ""
    message: str
