"""D402: a value is none of those that the template lists."""

import re
from collections.abc import Iterator

from assistant.lint.analyses.written import find_values, spot_value
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument
from assistant.markdown.elements import fold_name
from assistant.template.particulars import clean_value
from assistant.template.similar import find_nearest_name

_MAX_SHOWN = 60  # characters of a value, which may be a paragraph


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for base, field in subject.once(find_values):
        choices = field.slot.choices
        said = clean_value(field.content)
        if not choices or not said or _is_choice(said, choices):
            continue
        near = find_nearest_name(said, choices)
        hint = f' Did you mean "{near}"?' if near else ""
        listed = ", ".join(choices)
        name = field.slot.label or "this"
        message = f'"{name}" must be one of {listed}, not "{said[:_MAX_SHOWN]}".{hint}'
        yield Hit(spot=spot_value(base, field), message=message)


def _is_choice(said: str, choices: tuple[str, ...]) -> bool:
    """Whether a value is one of a list; words may follow it, as in `Superseded by 12`."""
    return any(
        re.match(rf"{re.escape(fold_name(choice))}(?![\w-]|\s*[|/])", fold_name(said))
        for choice in choices
    )


RULE = DocumentRule(
    code="D402",
    name="not-in-enumeration",
    severity="error",
    about="A value is none of those that the template lists.",
    why=(
        "Programs go by these values: `draft list --status` does not find a document by any other."
    ),
    mend="Write one of the template's values; for a status `draft status DOC STATUS` does.",
    example=Example(
        template="- **Status:** [Draft | In Review | Done]\n",
        fails="- **Status:** Nearly done\n",
        passes="- **Status:** In Review\n",
    ),
    measures=True,
    check=_check,
)
