"""D701: a key component is in neither the diagram nor the lifecycle nor the design."""

from collections.abc import Iterator

from assistant.lint.analyses.chapters import COMPONENTS, find_chapters, point_at_name
from assistant.lint.analyses.components import find_unused_components
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument

_MESSAGE = (
    "is a key component that neither diagram nor lifecycle nor detailed design "
    "mentions: say what it does there, or remove it."
)


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    chapters = subject.once(find_chapters)
    for one in find_unused_components(chapters.written, chapters.asides):
        yield point_at_name(one, chapters.written[COMPONENTS].title, _MESSAGE)


RULE = DocumentRule(
    code="D701",
    name="component-unused",
    severity="warning",
    about="A key component is in neither the diagram nor the lifecycle nor the design.",
    why="Either nothing needs it, or its part in the design is not told.",
    mend="Say what it does in the lifecycle, the design or the diagram, or remove it.",
    example=Example(
        template="## Key Components\n\n## Lifecycle of Code for Key Use Case\n",
        fails=(
            "## Key Components\n"
            "\n"
            "- **Order API:** accepts orders.\n"
            "- **Stock service:** counts.\n"
            "- **Invoice worker:** writes invoices.\n"
            "\n"
            "## Lifecycle of Code for Key Use Case\n"
            "\n"
            "The order API asks the stock service.\n"
        ),
        passes=(
            "## Key Components\n"
            "\n"
            "- **Order API:** accepts orders.\n"
            "- **Stock service:** counts.\n"
            "- **Invoice worker:** writes invoices.\n"
            "\n"
            "## Lifecycle of Code for Key Use Case\n"
            "\n"
            "The order API asks the stock service, and the invoice worker writes.\n"
        ),
    ),
    check=_check,
)
