"""D101: a heading of the template is not in the document."""

from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument, Spot
from assistant.template.unwritten import is_not_applicable


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    reworded = {one.spec.index for one in subject.alignment.reworded}
    known = {match.spec.path: match for match in subject.alignment.matches}
    for spec in subject.alignment.missing:
        if spec.index in reworded:
            continue
        if spec is subject.template.title:
            message = "the document has no title: begin it with a heading of level 1."
            yield Hit(spot=Spot(offset=len(subject.document.front)), message=message)
            continue
        above = known.get(spec.path[:-1])
        if above is not None and is_not_applicable(above.section):
            continue
        start = above.section.start if above and above.section.level else 0
        title = above.section.title if above else ""
        place = f' under "{title}"' if title else ""
        message = f'the heading "{"#" * spec.level} {spec.title}" is missing{place}: add it.'
        yield Hit(spot=Spot(offset=start), message=message, section=title)


RULE = DocumentRule(
    code="D101",
    name="missing-heading",
    severity="error",
    about="A heading of the template is not in the document.",
    why=(
        "Readers look for an answer under the heading where every document has it. That "
        "there is nothing to say is an answer too."
    ),
    mend=(
        "`draft fill DOC --add-missing` adds the heading and writes below it; `Not "
        "applicable: ...` below it says why it stays empty."
    ),
    example=Example(
        template="## Goals\n\n## Risks\n",
        fails="## Goals\n\nNobody is logged out unasked.\n",
        passes=(
            "## Goals\n"
            "\n"
            "Nobody is logged out unasked.\n"
            "\n"
            "## Risks\n"
            "\n"
            "Not applicable: a page of text.\n"
        ),
    ),
    structure=True,
    measures=True,
    check=_check,
)
