"""D603: an item under the open questions is blank."""

import re
from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.markdown.comments import strip_comments
from assistant.markdown.document import Section
from assistant.markdown.elements import Mark
from assistant.template.parts import find_role
from assistant.template.unwritten import find_unwritten_fields, is_not_applicable

_ITEM_MARK = re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])?[ \t]*(?:\[[ xX]\])?")


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for index, (section, marks) in enumerate(subject.bodies()):
        asks = find_role(section.title) == "questions" and not is_not_applicable(section)
        if not asks or _is_unwritten(subject, index):
            continue
        for mark in marks:
            if mark.depth and mark.kind in ("item", "check", "label") and _is_blank(section, mark):
                offset = section.body_start + mark.start
                width = len(section.body[mark.start : mark.stop].rstrip())
                message = "this question has no text: write it or delete it."
                spot = Spot(offset=offset, width=width)
                yield Hit(spot=spot, message=message, section=section.title)


def _is_unwritten(subject: CheckedDocument, index: int) -> bool:
    """Whether a section has a slot of which it is said already that nothing is in it."""
    return index in subject.known and bool(find_unwritten_fields(subject.known[index]))


def _is_blank(section: Section, mark: Mark) -> bool:
    own = section.body[mark.end if mark.kind != "check" else mark.start : mark.reach]
    return not re.search(r"\w", _ITEM_MARK.sub("", strip_comments(own)))


RULE = DocumentRule(
    code="D603",
    name="question-without-text",
    severity="warning",
    about="An item under the open questions is blank.",
    why="A bullet alone counts as a question, and asks nothing.",
    mend="Write the question, or delete the bullet.",
    example=Example(
        template="## Open Questions\n",
        fails="## Open Questions\n\n- Who pays for it?\n-\n",
        passes="## Open Questions\n\n- Who pays for it?\n- Who runs it?\n",
    ),
    check=_check,
)
