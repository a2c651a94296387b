"""D504: a link leads to a heading that is not there."""

from collections.abc import Iterator

from assistant.lint.analyses.links import MAX_TARGET, find_dead_links
from assistant.lint.neighbours import PlacedDocument
from assistant.lint.rule import Example, Hit, NeighbourRule
from assistant.template.similar import find_nearest_name

# Anchors that are compared with one that is not there, and links for which that is done: likeness
# takes its time, and a document of more headings or dead links was made by a program.
_MAX_COMPARED = 200
_MAX_HINTS = 50


def _check(placed: PlacedDocument) -> Iterator[Hit]:
    wrong = [link for link in placed.once(find_dead_links) if link.known is not None]
    for number, link in enumerate(wrong):
        where = f' in "{link.file[:MAX_TARGET]}"' if link.file else ""
        near = ""
        if number < _MAX_HINTS:
            near = find_nearest_name(link.anchor, sorted(link.known or ())[:_MAX_COMPARED])
        meant = f' Did you mean "#{near}"?' if near else ""
        message = f'there is no heading for "#{link.anchor[:MAX_TARGET]}"{where}.{meant}'
        yield Hit(spot=link.spot, message=message)


RULE = NeighbourRule(
    code="D504",
    name="link-to-no-heading",
    severity="error",
    about="A link leads to a heading that is not there.",
    why="The link opens the page at its top, and the reader looks for what was meant.",
    mend="Link to the words of the heading in lower case, with dashes: `#open-questions`.",
    example=Example(
        template="## Risks\n\n## Rollout\n",
        fails="## Risks\n\nTheft.\n\n## Rollout\n\nMind [the risks](#risk).\n",
        passes="## Risks\n\nTheft.\n\n## Rollout\n\nMind [the risks](#risks).\n",
    ),
    check=_check,
)
