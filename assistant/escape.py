"""Makes a model's words harmless: what they say stays, what they would do to a document does not.

Letters and digits are never dropped; characters that cannot be seen are (controls, bidirectional
marks).
"""

import re
from bisect import bisect_left
from collections.abc import Iterator

from assistant.document import lines

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)")
_AUTOLINK = re.compile(r"<(?:[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*|[\w.+-]+@[\w.-]+)>", re.ASCII)
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_PREFIX = re.compile(r"(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])(?=[ \t]))*")
_DEFINITION = re.compile(r"\[(?:[^\[\]\\]|\\.)*\]:", re.DOTALL)
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~=:&])")
_LABEL = 1000  # a reference definition's label is shorter, by CommonMark


def clean(text: str) -> str:
    """The text with line feeds only, without terminal escapes and characters that can't be seen."""
    text = _UNSEEN.sub("", _ESCAPES.sub("", _BREAK.sub("\n", text)))
    text = text.encode("utf-8", "replace").decode("utf-8", "replace")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def inline(text: str, *, closed: bool = False) -> str:
    """The text with every HTML tag and comment outside code spans shown instead of obeyed.

    With `closed`, backticks that open no code span are shown too, for text whose paragraph goes on.
    """
    return "".join(_inline(text, closed=closed))


def _inline(text: str, *, closed: bool) -> Iterator[str]:
    spans = _Spans(text)
    at = 0
    while at < len(text):
        end = at + 1
        character = text[at]
        if character == "\\" and at + 1 < len(text) and not text[at + 1].isalnum():
            end = at + 2
            yield text[at:end]
        elif character == "`":
            run, end = spans.ends(at)
            opens = end > run
            yield text[at:end] if opens or not closed else "\\`" * (end - at)
        elif character == "<" and _TAG.match(text, at):
            link = _AUTOLINK.match(text, at)
            end = link.end() if link else end
            yield link[0] if link else "\\<"
        else:
            yield character
        at = end


class _Spans:
    """Where code spans end: at the next run of exactly as many backticks."""

    def __init__(self, text: str) -> None:
        self._ends: dict[int, int] = {}
        self._starts: dict[int, list[int]] = {}
        for run in re.finditer("`+", text):
            self._ends |= dict.fromkeys(range(run.start(), run.end()), run.end())
            self._starts.setdefault(run.end() - run.start(), []).append(run.start())

    def ends(self, at: int) -> tuple[int, int]:
        """The end of the run of backticks at `at`, and of its code span; the same if it has none.

        An escaped first backtick leaves a run that is shorter, so `at` may be inside of one.
        """
        run = self._ends[at]
        same = self._starts.get(run - at, [])
        index = bisect_left(same, run)
        return run, same[index] + run - at if index < len(same) else run


def definitions(text: str) -> str:
    """A paragraph's text with reference definitions in it shown instead of obeyed."""
    found = lines(text)
    for number, line in enumerate(found):
        start = _PREFIX.match(line)
        at = start.end() if start else 0
        if line[at : at + 1] == "[" and _DEFINITION.match(_label(found, number, at)):
            found[number] = f"{line[:at]}\\{line[at:]}"
    return "".join(found)


def _label(source: list[str], number: int, at: int) -> str:
    """What follows offset `at` of a line, as far as a definition's label can reach."""
    text = source[number][at : at + _LABEL]
    while len(text) < _LABEL and "]" not in text and (number := number + 1) < len(source):
        text += source[number]
    return text


def literal(text: str) -> str:
    """The text as plain words: everything that could mean something to Markdown is escaped."""
    return "\n".join(_PUNCTUATION.sub(r"\\\1", line.strip()) for line in text.split("\n"))
