"""D707: a metric decides the rollout, and the monitoring has none of its kind."""

from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.sections.chapters import find_chapters, point_at_name
from assistant.lint.sections.metrics import find_unwatched_metrics
from assistant.lint.subject import CheckedDocument

_MESSAGE = (
    "decides the rollout under {title} and is not watched under Monitoring & Alerts: "
    "add it to the key metrics."
)


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    chapters = subject.once(find_chapters)
    for one in find_unwatched_metrics(chapters.written):
        yield point_at_name(one, one.title, _MESSAGE.format(title=one.title))


RULE = DocumentRule(
    code="D707",
    name="metric-not-watched",
    severity="warning",
    on=False,
    about="A metric decides the rollout, and the monitoring has none of its kind.",
    why="A rollout can't stop at a figure that nobody measures.",
    mend="Add the metric to the monitoring, or decide by one that is there.",
    example=Example(
        template="## Deployment Strategy\n\n## Monitoring & Alerts\n",
        fails=(
            "## Deployment Strategy\n"
            "\n"
            "It goes on while latency stays below 200 ms.\n"
            "\n"
            "## Monitoring & Alerts\n"
            "\n"
            "Errors are counted.\n"
        ),
        passes=(
            "## Deployment Strategy\n"
            "\n"
            "It goes on while latency stays below 200 ms.\n"
            "\n"
            "## Monitoring & Alerts\n"
            "\n"
            "Errors are counted, and latency is measured.\n"
        ),
    ),
    check=_check,
)
