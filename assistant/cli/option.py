"""Options that several commands take, each with its one meaning."""

from typing import Annotated

import typer

Dir = Annotated[
    str | None, typer.Option("--dir", metavar="DIR", help="Where documents live [memory/design].")
]
TemplateFile = Annotated[
    str | None,
    typer.Option("--template", metavar="FILE", help="Any Markdown template [the built-in one]."),
]
ModelName = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="NAME", help="A model's name, or a GGUF file's path [gpt-6.1-terra]."
    ),
]
BaseUrl = Annotated[
    str | None, typer.Option("--base-url", metavar="URL", help="Any OpenAI-compatible server.")
]
Concurrency = Annotated[
    int | None, typer.Option("--concurrency", metavar="N", help="Requests in flight [8].")
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", metavar="SECONDS", help="Seconds without a byte from the server [120]."
    ),
]
Cap = Annotated[
    int | None,
    typer.Option("--max-tokens-total", metavar="N", help="Refuse or stop a run above this."),
]
Language = Annotated[
    str | None,
    typer.Option(
        "--language",
        metavar="NAME",
        help="Language to write in, by name or code [the description's].",
    ),
]
Author = Annotated[
    str | None, typer.Option("--author", metavar="NAME", help="The author [git's user].")
]
Output = Annotated[
    str | None,
    typer.Option("--output", metavar="-", help="`-`: the document to stdout, nothing saved."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show every prompt with its tokens; send nothing.")
]
Json = Annotated[bool, typer.Option("--json", help="The result as one JSON object on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", help="Answer yes to every question.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Every event, and tracebacks.")]
