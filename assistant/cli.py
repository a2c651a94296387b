"""The command line: words and options to plain values, outcomes and errors to streams and codes."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from assistant import line, report
from assistant.errors import DraftError, Exit

EPILOG = """\
Examples:

  draft "bug: login timeout"                  a design document for a bug

  draft "feature: export as CSV" --dry-run    every prompt with its tokens; nothing is sent

  draft new check the login flow              a description that begins with a command's name

  draft fill 7                                write what is unwritten in document 7

  draft check                                 hold all documents against their template
"""


class _ReaderGone(Exception):  # noqa: N818  nobody is left to be told of an error
    """A closed pipe, in a shape that typer does not make an exit code 1 of."""


class Commands(TyperGroup):
    """A group whose unnamed command is `new`: `draft "bug: x"`, options before or after."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  click's own type
        """Put `new` in front where no command is named, and a named one before its options."""
        options = (option for command in self.commands.values() for option in command.params)
        valued = {
            name
            for option in options
            if option.param_type_name == "option" and not getattr(option, "is_flag", False)
            for name in option.opts
        }
        return super().parse_args(ctx, line.meant(args, tuple(self.commands), valued))

    def make_context(self, *words: Any, **named: Any) -> Any:  # noqa: ANN401  click's own types
        """Read the command line; help is printed here."""
        try:
            return super().make_context(*words, **named)
        except BrokenPipeError:
            raise _ReaderGone from None

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  click's own types
        """Run the command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _ReaderGone from None


app = typer.Typer(
    name="draft",
    cls=Commands,
    help="One line in, the next numbered design document out.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(*, value: bool) -> None:
    if value:
        typer.echo(f"draft {report.version()}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """One line in, the next numbered design document out."""


Dir = Annotated[str | None, typer.Option("--dir", help="Where documents live [memory/design].")]
TemplateFile = Annotated[
    str | None, typer.Option("--template", help="Any Markdown template [the built-in one].")
]
ModelName = Annotated[
    str | None, typer.Option("--model", help="A model's name, or the path of a GGUF file.")
]
BaseUrl = Annotated[str | None, typer.Option("--base-url", help="Any OpenAI-compatible server.")]
Concurrency = Annotated[int | None, typer.Option("--concurrency", help="Requests in flight [8].")]
Timeout = Annotated[
    float | None, typer.Option("--timeout", help="Seconds without a byte from the server [120].")
]
Cap = Annotated[
    int | None, typer.Option("--max-tokens-total", help="Refuse or stop a run above this.")
]
Language = Annotated[
    str | None, typer.Option("--language", help="Language to write in [the description's].")
]
Author = Annotated[str | None, typer.Option("--author", help="The author [git's user].")]
Output = Annotated[
    str | None, typer.Option("--output", help="`-`: the document to stdout, nothing saved.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show every prompt with its tokens; send nothing.")
]
Json = Annotated[bool, typer.Option("--json", help="The result as one JSON object on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", help="Answer yes to every question.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Errors only.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Every event, and tracebacks.")]


@dataclass(slots=True)
class Voice:
    """How this run speaks, for errors that come before or after a command's own code."""

    json: bool = False
    verbose: bool = False


@app.command()
def new(  # noqa: PLR0913  a command's options are its signature
    *,
    description: Annotated[
        list[str] | None, typer.Argument(help="Words, or - for standard input.", show_default=False)
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="Read the description from a file.")
    ] = None,
    folder: Dir = None,
    template: TemplateFile = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    concurrency: Concurrency = None,
    timeout: Timeout = None,
    max_tokens_total: Cap = None,
    language: Language = None,
    author: Author = None,
    output: Output = None,
    dry_run: DryRun = False,
    json: Json = False,
    yes: Yes = False,  # noqa: ARG001  nothing here asks
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Draft the next numbered document: draft "bug: login timeout"."""
    from assistant import new_command  # noqa: PLC0415  loads the model's half of the program
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(
        dir=folder, template=template, model=model, base_url=base_url, concurrency=concurrency,
        timeout=timeout, max_tokens_total=max_tokens_total, language=language, author=author,
    )  # fmt: skip
    manner = report.Manner(json=json, quiet=quiet, verbose=verbose, output=output or "")
    raise typer.Exit(new_command.run(description or [], source, options, manner, dry_run=dry_run))


@app.command()
def fill(  # noqa: PLR0913
    *,
    document: Annotated[str, typer.Argument(metavar="DOC", help="A path or a number.")],
    section: Annotated[
        list[str] | None,
        typer.Option(
            "--section", help="Only this heading, a prefix or a path `A > B`; repeatable."
        ),
    ] = None,
    hint: Annotated[str, typer.Option("--hint", help="A sentence for the model.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="With --section: rewrite what is written, after asking.")
    ] = False,
    add_missing: Annotated[
        bool, typer.Option("--add-missing", help="Add the template's headings that are missing.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change; save nothing.")
    ] = False,
    folder: Dir = None,
    template: TemplateFile = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    concurrency: Concurrency = None,
    timeout: Timeout = None,
    max_tokens_total: Cap = None,
    language: Language = None,
    author: Author = None,
    output: Output = None,
    dry_run: DryRun = False,
    json: Json = False,
    yes: Yes = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Write what is unwritten in a document, and touch nothing else: draft fill 7."""
    from assistant import fill as command  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(
        dir=folder, template=template, model=model, base_url=base_url, concurrency=concurrency,
        timeout=timeout, max_tokens_total=max_tokens_total, language=language, author=author,
    )  # fmt: skip
    wish = command.Wish(
        sections=tuple(section or ()), hint=hint, force=force, add_missing=add_missing,
        dry_run=dry_run, diff=diff, yes=yes,
    )  # fmt: skip
    manner = report.Manner(json=json, quiet=quiet, verbose=verbose, output=output or "")
    raise typer.Exit(command.fill(document, wish, options, manner))


@app.command()
def check(
    *,
    documents: Annotated[
        list[str] | None, typer.Argument(help="Paths or numbers; a folder means its documents.")
    ] = None,
    folder: Dir = None,
    template: TemplateFile = None,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Hold documents against their template, without a model."""
    from assistant import check as command  # noqa: PLC0415
    from assistant.settings import Options  # noqa: PLC0415

    options = Options(dir=folder, template=template)
    manner = report.Manner(json=json, quiet=quiet, verbose=verbose)
    raise typer.Exit(command.check(documents or [], options, manner))


def main() -> None:
    """The program: runs a command and ends with its exit code."""
    voice = Voice(json="--json" in sys.argv, verbose=bool({"--verbose", "-v"} & set(sys.argv)))
    sys.exit(guarded(lambda: app(standalone_mode=False, prog_name="draft"), voice))


def guarded(run: Callable[[], Any], voice: Voice) -> int:
    """The exit code of a run, whatever ends it, a reader of its output that goes away included."""
    try:
        code = _ended(run, voice)
        sys.stdout.flush()
    except (BrokenPipeError, _ReaderGone):
        report.silence()
        return Exit.PIPE
    return code


def _ended(run: Callable[[], Any], voice: Voice) -> int:
    """The exit code of a run; errors are printed here and nowhere else."""
    try:
        result = run()
        sys.stdout.flush()
    except DraftError as error:
        return report.failed(error, json=voice.json, verbose=voice.verbose)
    except typer.Exit as done:
        return done.exit_code
    except typer.TyperException as error:
        return report.failed(report.usage(_said(error)), json=voice.json)
    except (KeyboardInterrupt, typer.Abort):
        return Exit.INTERRUPTED
    except (BrokenPipeError, _ReaderGone):
        raise
    except Exception as error:  # noqa: BLE001  the one place where a bug becomes a report
        return report.bug(error, json=voice.json)
    return result if isinstance(result, int) else 0


def _said(error: typer.TyperException) -> str:
    """What typer has against the command line, as a sentence."""
    said = getattr(error, "format_message", error.__str__)()
    return str(said).rstrip(".") + "."
