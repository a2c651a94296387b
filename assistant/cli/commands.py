"""Every command once: its name, what help says of it, and the module that carries it out.

The order is that in which help and the Tab key list them: as a document comes to them. To add a
command, write its module with a dataclass of its options, add its options to config's table and the
command here, and its result to result.schema.json. Each loads its module when it runs.
"""

import os

import typer

from assistant.cli import line
from assistant.cli.app import register_command
from assistant.cli.misuse import hint_at_draft
from assistant.cli.options import Argument, GivenOptions
from assistant.errors import Exit
from assistant.terminal import report

_DOCUMENT_ARGUMENT = Argument("document", "DOC", "A document, by path or number.", required=True)


@register_command(
    "new",
    about="Draft the next numbered document.",
    arguments=(
        Argument("description", "DESCRIPTION", "Words, or - for standard input.", repeatable=True),
    ),
    overview=(
        ('draft "bug: login timeout"', "a design document for a bug"),
        ('draft "feature: CSV export" --dry-run', "every prompt; nothing is sent"),
        ("draft new check the login flow", "begins with a command's name"),
    ),
    examples=(
        ('draft "bug: login timeout"', "a bug: a shorter document"),
        ("draft - < idea.txt", "a longer description"),
        ('draft "CSV export" --supersedes 3', "linked both ways"),
        ('draft "x" --base-url http://localhost:8080/v1', "any server, no key"),
        ('draft "x" --template rfc.md --output -', "to stdout, nothing saved"),
    ),
)
def _run_new(given: GivenOptions) -> int:
    """Draft the next numbered document: draft "bug: login timeout"."""
    from assistant.commands import draft  # noqa: PLC0415  loads the model's half of the program

    return draft.run_draft(given.build_options(draft.DraftOptions))


@register_command(
    "fill",
    about="Write what is unwritten in a document; touch nothing else.",
    arguments=(_DOCUMENT_ARGUMENT,),
    overview=(("draft fill 7", "write what is unwritten in it"),),
    examples=(
        ("draft fill 7", "all that is unwritten"),
        ("draft fill 7 --section Risks --diff", "look; save nothing"),
        ('draft fill 7 --section Risks --force --hint "say why"', "one section again"),
        ("draft fill notes.md --add-missing", "with missing headings"),
    ),
)
def _run_fill(given: GivenOptions) -> int:
    """Write what is unwritten in a document, and touch nothing else: draft fill 7."""
    from assistant.commands.fill import FillOptions, run_fill  # noqa: PLC0415

    return run_fill(given.build_options(FillOptions))


@register_command(
    "suggest",
    about="Name risks and open questions that a document does not.",
    arguments=(
        _DOCUMENT_ARGUMENT,
        Argument("numbers", "N", "With --apply: only these, as they were shown.", repeatable=True),
    ),
    overview=(("draft suggest 7", "risks and questions it lacks"),),
    examples=(
        ("draft suggest 7", "print risks and questions"),
        ("draft suggest 7 --risks -n 3", "the three weightiest risks"),
        ("draft suggest 7 --apply", "add them to the document"),
        ("draft suggest 7 --apply 1,3", "only these, as they were shown"),
    ),
)
def _run_suggest(given: GivenOptions) -> int:
    """Name risks and open questions that a document does not: draft suggest 7."""
    from assistant.commands.suggest import SuggestOptions, run_suggest  # noqa: PLC0415

    return run_suggest(given.build_options(SuggestOptions))


@register_command(
    "check",
    arguments=(
        Argument(
            "names", "DOC", "Paths or numbers; a folder means its documents.", repeatable=True
        ),
    ),
    overview=(("draft check", "hold all to their template"),),
    examples=(
        ("draft check", "every document of the folder"),
        ("draft check 7 docs/rfc.md", "by number or path"),
        ("draft check --since main", "what this branch changed"),
        ("draft check --fix --diff", "what could be mended"),
        ("draft check --explain D204", "what a rule is about"),
    ),
)
def _run_check(given: GivenOptions) -> int:
    """Hold documents against their template, without a model."""
    from assistant.commands.check import CheckOptions, run_check  # noqa: PLC0415

    options = given.build_options(CheckOptions)
    code = run_check(options)
    names = options.choice.names
    if code == Exit.FILE and len(names) > 1 and not any(map(os.path.lexists, names)):
        for hint in hint_at_draft("check", names):  # `draft check the login flow`
            report.print_message(hint, options.manner, "hint")
    return code


@register_command(
    "list",
    about="List documents: number, status, title, dates, what is open.",
    overview=(("draft list --status draft", "the drafts, what they lack"),),
    examples=(
        ("draft list --status draft", "only the drafts"),
        ("draft list --search login --sort updated", "by words, in any order"),
    ),
)
def _run_list(given: GivenOptions) -> int:
    """List the documents: number, status, title, dates, what is unwritten and what is open."""
    from assistant.commands.list import ListOptions, run_list  # noqa: PLC0415

    return run_list(given.build_options(ListOptions))


@register_command(
    "status",
    about="Move a document to another status of its template.",
    arguments=(
        _DOCUMENT_ARGUMENT,
        Argument("status", "STATUS", "One of the template's, or how it begins.", required=True),
    ),
    overview=(("draft status 7 approved", "move it to another status"),),
    examples=(
        ("draft status 7 approved", '"app" is enough'),
        ("draft status 7 approved --force", "though it is not ready"),
    ),
)
def _run_status(given: GivenOptions) -> int:
    """Move a document to another status of its template: draft status 7 approved."""
    from assistant.commands.status import StatusOptions, run_status  # noqa: PLC0415

    return run_status(given.build_options(StatusOptions))


@register_command(
    "renumber",
    about="Give a document another number, in every reference too.",
    arguments=(
        _DOCUMENT_ARGUMENT,
        Argument("number", "NUMBER", "The new number; without it the next free one."),
    ),
    overview=(("draft renumber 7", "the next free number"),),
    examples=(
        ("draft renumber 7", "the next free number"),
        ("draft renumber 7 12 --dry-run", "show what would change"),
    ),
)
def _run_renumber(given: GivenOptions) -> int:
    """Give a document another number, and rewrite what refers to it: draft renumber 7."""
    from assistant.commands.renumber import RenumberOptions, run_renumber  # noqa: PLC0415

    return run_renumber(given.build_options(RenumberOptions))


@register_command(
    "index",
    examples=(
        ("draft index", "in the folder's README.md"),
        ("draft index --check", "for CI: is it stale?"),
    ),
)
def _run_index(given: GivenOptions) -> int:
    """Write the table of all documents between two comments of a file."""
    from assistant.commands.index import IndexOptions, run_index  # noqa: PLC0415

    return run_index(given.build_options(IndexOptions))


@register_command(
    "init",
    about="Set a project up: folder, configuration, template.",
    examples=(
        ("draft init", "folder and configuration"),
        ("draft init --dry-run", "what that would do"),
        ("draft init --template built-in", "with a template to change"),
        ("draft init --template shared", "with the documents' own form"),
    ),
)
def _run_init(given: GivenOptions) -> int:
    """Set a project up: folder, configuration, and a template of its own if wanted.

    Where pre-commit is used its hook is added, or printed for you to add. Where the folder has
    documents that follow another template, the one that they share is offered.
    """
    from assistant.commands.init import InitOptions, run_init  # noqa: PLC0415

    return run_init(given.build_options(InitOptions))


@register_command(
    "doctor",
    about="Who would answer, and where each setting comes from.",
    examples=(
        ("draft doctor", "what a draft needs here"),
        ("draft doctor --model NAME", "with options as for a draft"),
    ),
)
def _run_doctor(given: GivenOptions) -> int:
    """Show who would answer, whether they can, and where each setting comes from.

    No model is asked: a server only lists what it has. The exit code is 1 where no draft can work.
    """
    from assistant.commands.doctor import DoctorOptions, run_doctor  # noqa: PLC0415

    return run_doctor(given.build_options(DoctorOptions))


@register_command(
    "help",
    about="Show the commands, or the options of one.",
    arguments=(Argument("name", "COMMAND", "Whose options."),),
    examples=(
        ("draft help", "all commands"),
        ("draft help fill", "as `draft fill --help`"),
    ),
)
def _run_help(given: GivenOptions) -> int:
    """Show the commands, or the options of one: draft help fill."""
    program = given.context.parent
    known = program.command.commands
    name = given.values["name"]
    if name and name not in known:
        raise line.make_unknown_command_error(name, tuple(known))
    typer.echo(known[name].get_help(given.context) if name else program.command.get_help(program))
    return Exit.DONE
