"""D703: a service is described that no other section mentions."""

from collections.abc import Iterator

from assistant.lint.analyses.chapters import SERVICES, find_chapters, point_at_name
from assistant.lint.analyses.components import find_unknown_services
from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument

_MESSAGE = (
    "is a service that no other section mentions: name it among the key components or "
    "in the lifecycle."
)


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    chapters = subject.once(find_chapters)
    for one in find_unknown_services(chapters.written, chapters.without(SERVICES)):
        yield point_at_name(one, chapters.written[SERVICES].title, _MESSAGE)


RULE = DocumentRule(
    code="D703",
    name="service-unknown",
    severity="warning",
    about="A service is described that no other section mentions.",
    why="A service that nothing calls is not needed, or the caller is missing.",
    mend="Name it where it is used, or remove it.",
    example=Example(
        template="## Key Components\n\n## Services / Business Logic\n",
        fails=(
            "## Key Components\n"
            "\n"
            "- **Stock service:** counts.\n"
            "\n"
            "## Services / Business Logic\n"
            "\n"
            "### Stock service\n"
            "\n"
            "Counts.\n"
            "\n"
            "### Mail sender\n"
            "\n"
            "Sends.\n"
        ),
        passes=(
            "## Key Components\n"
            "\n"
            "- **Stock service:** counts.\n"
            "- **Mail sender:** sends.\n"
            "\n"
            "## Services / Business Logic\n"
            "\n"
            "### Stock service\n"
            "\n"
            "Counts.\n"
            "\n"
            "### Mail sender\n"
            "\n"
            "Sends.\n"
        ),
    ),
    check=_check,
)
