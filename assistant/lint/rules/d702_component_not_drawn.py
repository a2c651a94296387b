"""D702: the diagram shows most key components and leaves one out."""

from collections.abc import Iterator

from assistant.lint.analyses.chapters import COMPONENTS, find_chapters, point_at_name
from assistant.lint.analyses.components import find_undrawn_components, find_unused_components
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument

_MESSAGE = "is a key component, and the diagram shows the others without it: add it there."


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    chapters = subject.once(find_chapters)
    unused = list(find_unused_components(chapters.written, chapters.asides))
    for one in find_undrawn_components(chapters.written):
        if one in unused:
            continue  # it is said of it already that nothing mentions it
        yield point_at_name(one, chapters.written[COMPONENTS].title, _MESSAGE)


RULE = DocumentRule(
    code="D702",
    name="component-not-drawn",
    severity="warning",
    about="The diagram shows most key components and leaves one out.",
    why="A reader takes the diagram for the whole.",
    mend="Draw it, with what it is connected to.",
    example=Example(
        template="## Key Components\n\n## Simple Architecture Diagram\n",
        fails=(
            "## Key Components\n"
            "\n"
            "- **Order API:** accepts orders.\n"
            "- **Stock service:** counts.\n"
            "- **Invoice worker:** writes invoices.\n"
            "\n"
            "## Simple Architecture Diagram\n"
            "\n"
            "```text\n"
            "order API -> stock service\n"
            "```\n"
        ),
        passes=(
            "## Key Components\n"
            "\n"
            "- **Order API:** accepts orders.\n"
            "- **Stock service:** counts.\n"
            "- **Invoice worker:** writes invoices.\n"
            "\n"
            "## Simple Architecture Diagram\n"
            "\n"
            "```text\n"
            "order API -> stock service\n"
            "order API -> invoice worker\n"
            "```\n"
        ),
    ),
    check=_check,
)
