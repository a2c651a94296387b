"""HTML comments in a text, and those among them that speak to the checker (directives)."""

import re
from dataclasses import dataclass

_DIRECTIVE = re.compile(r"<!--\s*draft:\s*ignore\b(?P<words>[^<>]{0,400}?)-->", re.IGNORECASE)
_WORD = re.compile(r"[\w-]+")


def find_comments(text: str) -> tuple[tuple[int, int], ...]:
    """Return where each HTML comment begins and ends; one that never ends is none."""
    found: list[tuple[int, int]] = []
    start = text.find("<!--")
    while start >= 0:
        # By CommonMark `<!-->` is a comment of its own.
        end = text.find("-->", start + 2)
        if end < 0:
            break
        found.append((start, end + 3))
        start = text.find("<!--", end + 3)
    return tuple(found)


def strip_comments(text: str) -> str:
    """Return the text less its HTML comments."""
    result: list[str] = []
    position = 0
    for start, end in find_comments(text):
        result.append(text[position:start])
        position = end
    return "".join(result) + text[position:]


def read_comments(text: str) -> tuple[str, ...]:
    """Return the words of each HTML comment in the text."""
    return tuple(text[start + 4 : end - 3].strip("- \t\r\n") for start, end in find_comments(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """A comment to the checker: where it is in the text, and the rules that it names."""

    start: int
    end: int
    rules: tuple[str, ...]


def find_directives(text: str) -> tuple[Directive, ...]:
    """Return the comments to the checker in a stretch of text, wherever they stand."""
    if "<!--" not in text:
        return ()
    return tuple(
        Directive(start=found.start(), end=found.end(), rules=tuple(_WORD.findall(found["words"])))
        for found in _DIRECTIVE.finditer(text)
    )


def is_directive(comment: str) -> bool:
    """Whether a comment, from its opening to its end, is one to the checker."""
    return _DIRECTIVE.fullmatch(comment) is not None


def holds_only_directives(line: str) -> bool:
    """Whether a line holds comments to the checker and nothing else."""
    return "<!--" in line and not _DIRECTIVE.sub("", line).strip()


def strip_directives(text: str) -> str:
    """Return the text less its comments to the checker."""
    return _DIRECTIVE.sub("", text) if "<!--" in text else text


def join_directives(text: str) -> str:
    """Return a line with a text's comments to the checker, each once; empty if it has none."""
    own = dict.fromkeys(text[one.start : one.end] for one in find_directives(text))
    return f"{' '.join(own)}\n" if own else ""
