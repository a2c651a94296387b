"""Options that several commands take, each with its one meaning, in the groups that help shows.

A group is a dataclass: a command takes it as one parameter, typer sees its fields.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, ClassVar, get_args, get_type_hints

import typer

from assistant.report import Manner

Document = Annotated[str, typer.Argument(metavar="DOC", help="A document, by path or number.")]
Author = Annotated[str | None, typer.Option("--author", metavar="NAME", help="The author.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show every prompt with its tokens; send nothing.")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """Where the documents are."""

    heading: ClassVar = "Where"

    dir: Annotated[
        str | None, typer.Option("--dir", metavar="DIR", help="The folder of the documents.")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Where(Folder):
    """Where the documents are, and their template."""

    template: Annotated[
        str | None, typer.Option("--template", metavar="FILE", help="Any Markdown template.")
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Who answers, and how much may be asked."""

    heading: ClassVar = "Model"

    model: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME", help="A model's name, or a GGUF file's path."),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a command speaks."""

    heading: ClassVar = "Output"

    json: Annotated[
        bool, typer.Option("--json", help="The result as one JSON object on stdout.")
    ] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")] = False
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Every event, and tracebacks.")
    ] = False

    def manner(self, output: str = "", *, json: bool = False) -> Manner:
        """Return how a command speaks, for those who print."""
        return Manner(json=self.json or json, quiet=self.quiet, verbose=self.verbose, output=output)


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command as typer reads it: a group of options is as many parameters as it has."""
    hints = get_type_hints(command, include_extras=True)
    kept: list[Parameter] = []
    groups: dict[str, type[Any]] = {}
    for parameter in signature(command).parameters.values():
        kind = hints[parameter.name]
        if isinstance(kind, type) and is_dataclass(kind):
            groups[parameter.name] = kind
            kept += _parameters(kind)
        else:
            kept.append(parameter.replace(annotation=kind))

    @wraps(command)
    def run(**given: Any) -> None:  # noqa: ANN401  typer's values, each of its option's type
        for name, kind in groups.items():
            given[name] = kind(**{field.name: given.pop(field.name) for field in fields(kind)})
        command(**given)

    run.__signature__ = signature(command).replace(parameters=kept)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in kept}
    return run


def _parameters(group: Any) -> list[Parameter]:  # noqa: ANN401  any of the groups above
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        get_args(hints[field.name])[1].rich_help_panel = group.heading
    return [
        Parameter(
            field.name, Parameter.KEYWORD_ONLY, default=field.default,
            annotation=hints[field.name],
        )
        for field in fields(group)
    ]  # fmt: skip
