"""D103: a heading stands in another place than in the template."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from assistant.lint.analyses.headings import point_at_heading
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument
from assistant.template.headings import find_parents


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    yield from _find_below_another(subject)
    yield from _find_out_of_order(subject)


def _find_below_another(subject: CheckedDocument) -> Iterator[Hit]:
    """Yield headings that stand under another heading than the template's."""
    document = subject.document
    own = find_parents([section.level for section in document.sections])
    moved = {match.index for match in subject.alignment.matches if match.misplaced}
    matched = {match.spec.path: match.index for match in subject.alignment.matches}
    for match in subject.alignment.matches:
        section, spec = match.section, match.spec
        if not match.misplaced or section.level != spec.level:
            continue
        above = matched.get(spec.path[:-1], -1)
        if above in moved or own[match.index] in moved or above < 0:
            continue  # it follows from what is said of the heading above
        parent = document.sections[above].title
        yield point_at_heading(section, f'"{section.title}" belongs under "{parent}".')


def _find_out_of_order(subject: CheckedDocument) -> Iterator[Hit]:
    """Yield the fewest headings that would have to move for the rest to be in order."""
    fixed = [
        match
        for match in subject.alignment.matches
        if not match.misplaced and not match.spec.group and match.section.level
    ]
    numbers = [match.spec.index for match in fixed]
    staying = _find_longest_rise(numbers)
    titles = sorted((numbers[index], fixed[index].section.title) for index in staying)
    for index, match in enumerate(fixed):
        if index in staying:
            continue
        at = bisect_left(titles, (numbers[index], ""))
        word, title = ("after", titles[at - 1][1]) if at else ("before", titles[0][1])
        section = match.section
        yield point_at_heading(section, f'"{section.title}" belongs {word} "{title}".')


def _find_longest_rise(numbers: Sequence[int]) -> frozenset[int]:
    """Return the indexes of a longest rising run of numbers."""
    tails: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        at = bisect_left(tails, number)
        before.append(last[at - 1] if at else -1)
        tails[at : at + 1] = [number]
        last[at : at + 1] = [index]
    run: set[int] = set()
    index = last[-1] if last else -1
    while index >= 0:
        run.add(index)
        index = before[index]
    return frozenset(run)


RULE = DocumentRule(
    code="D103",
    name="heading-out-of-order",
    severity="error",
    about="A heading stands in another place than in the template.",
    why="Documents of one template are read side by side, in its order.",
    mend="Move the section there, with all that stands below it.",
    example=Example(
        template="## Goals\n\n## Rollout Plan\n",
        fails="## Rollout Plan\n\nAll at once.\n\n## Goals\n\nNobody is logged out unasked.\n",
        passes="## Goals\n\nNobody is logged out unasked.\n\n## Rollout Plan\n\nAll at once.\n",
    ),
    structure=True,
    measures=True,
    check=_check,
)
