"""D301: code in a fence does not parse in the fence's language."""

import re
from collections.abc import Iterator

from assistant.lint.analyses.written import find_fences
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument, spot_line
from assistant.markdown import code as fence

# Three dots on a line of their own, or for a value: something was left out on purpose, as in 15 of
# the 21 fences of real documents that do not parse (memory/design/009_check.md).
_ELLIPSIS = re.compile(
    r"^[ \t>]*(?:[-*#]|//|--)?[ \t]*(?:\.{3}|\u2026)|[:,{\[(][ \t]*(?:\.{3}|\u2026)", re.MULTILINE
)


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for one in subject.once(find_fences):
        problem = fence.check_code(one.language, one.code) if one.closed else None
        if problem is None:
            continue
        partial = bool(_ELLIPSIS.search(one.code))
        hint = " (something left out?)" if partial and not problem.note else ""
        row = min(max(problem.line, 1), max(one.rows, 1)) - 1
        yield Hit(
            spot=spot_line(subject, one.inside + one.starts[row]),
            message=f"this {one.language} does not parse: {problem.message}{hint}.",
            section=one.section.title,
            doubtful=bool(problem.note or partial),
        )


RULE = DocumentRule(
    code="D301",
    name="fence-does-not-parse",
    severity="error",
    doubtful="note",
    about="Code in a fence does not parse in the fence's language.",
    why="Readers copy code. What does not parse was not tried.",
    mend="Mend it, or give the fence another language: `text` is never parsed.",
    example=Example(
        fails='## Data\n\n```json\n{"a": 1,}\n```\n',
        passes='## Data\n\n```json\n{"a": 1}\n```\n',
        template="## Data\n",
    ),
    structure=True,
    check=_check,
)
