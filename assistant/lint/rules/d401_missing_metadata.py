"""D401: a label, row or key of the template's metadata is missing."""

from collections.abc import Iterator

from assistant.lint.analyses.slots import (
    find_metadata_slots,
    find_missing_metadata,
    find_missing_parts,
)
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    for missing in subject.once(find_missing_parts):
        match = missing.match
        absent = match.body.missing
        yield from find_missing_metadata(subject, absent, missing.metadata, match.section.start)
    if not subject.front:
        return
    people = find_metadata_slots(subject.template.front)
    yield from find_missing_metadata(subject, subject.alignment.front.missing, people, 0)
    head = next((spec for spec in subject.template.specs[:1] if not spec.level), None)
    if head and all(match.spec is not head for match in subject.alignment.matches):
        # A document without text before its first heading has none of the keys that belong there.
        keys = find_metadata_slots(head.parts)
        yield from find_missing_metadata(subject, tuple(keys), keys, 0)


RULE = DocumentRule(
    code="D401",
    name="missing-metadata",
    severity="warning",
    about="A label, row or key of the template's metadata is missing.",
    why="`draft list` and `draft index` are made of the metadata: what is missing is blank there.",
    mend="Add the line as the template has it.",
    example=Example(
        template="- **Status:** [Draft | Done]\n- **Created:** \n",
        fails="- **Status:** Draft\n",
        passes="- **Status:** Draft\n- **Created:** 2026-11-24\n",
    ),
    structure=True,
    measures=True,
    check=_check,
)
