"""Options that several commands take, each with its one meaning, in the groups that help shows.

A command takes a group as one parameter, and typer sees its fields. It is no dataclass because
each of those costs a millisecond at every start.
"""

import os
from collections.abc import Callable, Iterator
from functools import wraps
from inspect import Parameter, get_annotations, signature
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, get_args

import typer

from assistant.errors import DraftError, Exit

if TYPE_CHECKING:
    from assistant.report import Manner

Document = Annotated[str, typer.Argument(metavar="DOC", help="A document, by path or number.")]
Author = Annotated[str | None, typer.Option("--author", metavar="NAME", help="The author.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show every prompt with its tokens; send nothing.")
]
Edit = Annotated[
    bool,
    typer.Option(
        "--edit",
        help="Open the document in VISUAL or EDITOR when it is saved.",
        rich_help_panel="Output",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Answer yes to every question.")]
Output = Annotated[
    str,
    typer.Option(
        "--output",
        metavar="-",
        help="`-`: the document to stdout, nothing saved.",
        rich_help_panel="Output",
    ),
]


class Group:
    """Options that help shows together; each is an attribute, with its default in the class."""

    heading: ClassVar[str]

    def __init__(self, **given: Any) -> None:  # noqa: ANN401  typer's values
        self.__dict__.update(given)


class Folder(Group):
    """Where the documents are."""

    heading = "Where"

    dir: Annotated[
        str | None, typer.Option("--dir", metavar="DIR", help="The folder of the documents.")
    ] = None


class Where(Folder):
    """Where the documents are, and their template."""

    template: Annotated[
        str | None, typer.Option("--template", metavar="FILE", help="Any Markdown template.")
    ] = None


class Model(Group):
    """Who answers, and how much may be asked."""

    heading = "Model"

    model: Annotated[
        str | None,
        typer.Option("--model", metavar="MODEL", help="A model's name, or a GGUF file's path."),
    ] = None
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="Any OpenAI-compatible server.")
    ] = None
    concurrency: Annotated[
        int | None, typer.Option("--concurrency", metavar="N", help="Requests in flight.")
    ] = None
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="SECONDS", help="How long a server may not send a byte."),
    ] = None
    max_tokens_total: Annotated[
        int | None,
        typer.Option("--max-tokens-total", metavar="N", help="Refuse or stop a run above this."),
    ] = None
    language: Annotated[
        str | None,
        typer.Option(
            "--language", metavar="LANGUAGE", help="What to write in: a name, or a code like `de`."
        ),
    ] = None


class Manners(Group):
    """How a command speaks."""

    heading = "Output"

    json: Annotated[
        bool, typer.Option("--json", help="The result as one JSON object on stdout.")
    ] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Every event, and tracebacks.")
    ] = False

    def manner(self, output: str = "", *, json: bool = False) -> "Manner":
        """Return how a command speaks, for those who print."""
        from assistant.report import Manner  # noqa: PLC0415  help prints without it

        return Manner(json=self.json or json, quiet=self.quiet, verbose=self.verbose, output=output)


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command as typer reads it: a group of options is as many parameters as it has."""
    shape = signature(command)
    kept: list[Parameter] = []
    groups: dict[str, tuple[type[Group], list[str]]] = {}
    for parameter in shape.parameters.values():
        kind = parameter.annotation
        if isinstance(kind, type) and issubclass(kind, Group):
            own = list(_parameters(kind))
            groups[parameter.name] = kind, [one.name for one in own]
            kept += own
        else:
            kept.append(parameter)

    @wraps(command)
    def run(**given: Any) -> None:  # noqa: ANN401  typer's values, each of its option's type
        for name, (kind, names) in groups.items():
            given[name] = kind(**{own: given.pop(own) for own in names})
        _refuse_lost_folder()
        command(**given)

    run.__signature__ = shape.replace(parameters=kept)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in kept}
    return run


def _refuse_lost_folder() -> None:
    """Raise DraftError where the working directory is gone: every command begins from it."""
    try:
        os.getcwd()  # noqa: PTH109  pathlib takes longer to load
    except OSError as error:
        raise DraftError(
            f"the folder that you are in cannot be used: {error.strerror}",
            code="no-working-directory", exit_code=Exit.FILE,
            hint="Change to another one: it may have been removed, or made anew under its name.",
        ) from None  # fmt: skip


def _parameters(group: type[Group]) -> Iterator[Parameter]:
    """Yield a group's options as parameters, those of what it inherits from first."""
    for part in reversed(group.__mro__):
        for name, annotation in get_annotations(part).items():
            if not hasattr(annotation, "__metadata__"):  # it is no option
                continue
            get_args(annotation)[1].rich_help_panel = group.heading
            default = getattr(group, name)
            yield Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
