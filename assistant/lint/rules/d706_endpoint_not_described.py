"""D706: an endpoint is called that is not among the endpoints described."""

from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.sections.chapters import find_chapters, point_at_name
from assistant.lint.sections.endpoints import find_undescribed_calls
from assistant.lint.subject import CheckedDocument

_MESSAGE = (
    "is called under {title} and not described under API Endpoints: describe it there, "
    "or say that it exists."
)


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    chapters = subject.once(find_chapters)
    for one in find_undescribed_calls(chapters.written):
        yield point_at_name(one, one.title, _MESSAGE.format(title=one.title))


RULE = DocumentRule(
    code="D706",
    name="endpoint-not-described",
    severity="warning",
    about="An endpoint is called that is not among the endpoints described.",
    why="Who builds the caller needs its request and its answer.",
    mend="Describe it among the endpoints, or name the one that is meant.",
    example=Example(
        template="## API Endpoints\n\n## Lifecycle of Code for Key Use Case\n",
        fails=(
            "## API Endpoints\n"
            "\n"
            "- `GET /sessions`: the open ones.\n"
            "\n"
            "## Lifecycle of Code for Key Use Case\n"
            "\n"
            "The page calls `POST /sessions`.\n"
        ),
        passes=(
            "## API Endpoints\n"
            "\n"
            "- `GET /sessions`: the open ones.\n"
            "- `POST /sessions`: a new one.\n"
            "\n"
            "## Lifecycle of Code for Key Use Case\n"
            "\n"
            "The page calls `POST /sessions`.\n"
        ),
    ),
    check=_check,
)
