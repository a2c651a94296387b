"""D604: an approved document has open questions."""

import re
from collections.abc import Iterator, Sequence

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.comments import strip_comments
from assistant.markdown.document import Section
from assistant.markdown.elements import Mark, fold_name
from assistant.template.parts import find_role
from assistant.template.unwritten import is_not_applicable

# How people write that nothing is open.
_NO_QUESTION = re.compile(
    r"(?:none|no|nil|n/?a|nothing|not applicable|all (?:\w+ ){0,4}(?:resolved|answered|closed))\b"
)
# A question with one of these words in it has its answer beside it.
_CLOSED_WORD = re.compile(r"\b(?:resolved|answered|decided|closed)\b", re.IGNORECASE)


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for section, marks in subject.bodies() if subject.settled else ():
        if find_role(section.title) != "questions" or is_not_applicable(section):
            continue
        count = _count_open(section, marks)
        if count:
            what = "an open question" if count == 1 else f"{count} open questions"
            message = f"this document is {subject.status} and has {what}: answer or move them."
            at = max(section.heading.find(section.title), 0)
            spot = Spot(offset=section.start + at, width=len(section.title))
            yield Hit(spot=spot, message=message, section=section.title)


def _count_open(section: Section, marks: Sequence[Mark]) -> int:
    """Return how many questions a section asks: its items, or else its text as one."""
    top = [mark for mark in marks if mark.depth == 1]
    if top:
        return sum(_is_open(section, mark) for mark in top)
    text = fold_name(strip_comments(section.body))
    return int(bool(text) and not _NO_QUESTION.match(text) and not _CLOSED_WORD.search(text))


def _is_open(section: Section, mark: Mark) -> bool:
    text = section.body[mark.start : mark.reach]
    bare = re.sub(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]*", "", text)
    done = bare.startswith(("[x]", "[X]", "~~")) or _CLOSED_WORD.search(bare)
    return (
        bool(re.search(r"\w", bare))
        and not done
        and not _NO_QUESTION.fullmatch(fold_name(bare).rstrip("."))
    )


RULE = DocumentRule(
    code="D604",
    name="questions-left",
    severity="warning",
    about="An approved document has open questions.",
    why="What was approved with open questions is decided later, by whoever builds it.",
    mend="Answer them where they belong, or move them into a document of their own.",
    example=Example(
        template="- **Status:** [Draft | Approved]\n\n## Open Questions\n",
        fails="- **Status:** Approved\n\n## Open Questions\n\n- Who pays for it?\n",
        passes=(
            "- **Status:** Approved\n\n## Open Questions\n\n- ~~Who pays for it?~~ The team does.\n"
        ),
    ),
    check=_check,
)
