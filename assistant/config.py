"""Every option and setting once: how it is typed, what it means, where else it may stand.

From this table come the parameters of the command line and its help, the resolution of settings,
what `draft doctor` lists, the keys of the configuration files, and the tests of the README's table.
It is read at every start, so that it loads nothing and builds no dataclass.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

DEFAULT_DIR: Final = "memory/design"
# OpenAI takes gpt-5-mini, the default until now, off its API on 2026-12-11 and names this one in
# its place (developers.openai.com/api/docs/deprecations). It answers chat completions, streamed.
DEFAULT_MODEL: Final = "gpt-6.1-terra"
DEFAULT_BASE_URL: Final = "https://api.openai.com/v1"
DEFAULT_TIMEOUT: Final = 120.0  # seconds without a byte: a loaded server may be silent for long
DEFAULT_FORMAT: Final = "text"
CHECK_FORMATS: Final = (DEFAULT_FORMAT, "json", "github", "sarif")
DEFAULT_SORT: Final = "number"
LIST_COLUMNS: Final = (
    DEFAULT_SORT,
    "status",
    "title",
    "created",
    "updated",
    "unwritten",
    "questions",
)

PROJECT_FILE: Final = "project"  # `.draft.toml`, or `[tool.draft]` in pyproject.toml
USER_FILE: Final = "user"  # a person's own config.toml, which no project can write to

OWN_GROUP: Final = "Options"  # the group of the options that are a command's own
OPTION_GROUPS: Final = (OWN_GROUP, "Where", "Model", "Output")  # as help shows them

_ASKING_COMMANDS = "new fill suggest"  # the commands that ask a model
_TEMPLATE_COMMANDS = f"{_ASKING_COMMANDS} check list status index"  # those that go by a template
_ALL_COMMANDS = f"{_TEMPLATE_COMMANDS} renumber init doctor"


class Option(NamedTuple):
    """One thing that can be set, on the command line or elsewhere.

    `typed` is how it is written on the command line, or its key in a file where no command takes
    it; `commands` are those that do. `kind` is the type of its value; an option without a `metavar`
    takes none, one with `choices` only those. `file` is the configuration file that may hold it,
    `variable` the environment's. `default` says for people what holds where nothing is said.
    `attribute` is its name in Python.
    """

    typed: str
    commands: str
    help: str = ""
    metavar: str = ""
    group: str = OWN_GROUP
    kind: type = str
    repeatable: bool = False
    choices: tuple[str, ...] = ()
    variable: str = ""
    file: str = ""
    default: str = ""
    attribute: str = ""

    @property
    def key(self) -> str:
        """Return the name without dashes, as a file has it: the long one if there are two."""
        return self.typed.split()[0].lstrip("-")

    @property
    def field(self) -> str:
        """Return the name that a command's options have it by."""
        return self.attribute or self.key.replace("-", "_")

    @property
    def is_flag(self) -> bool:
        """Return whether it takes no value."""
        return not self.metavar

    @property
    def is_setting(self) -> bool:
        """Return whether it can be typed and can stand in a project's file too."""
        return bool(self.commands and self.file)


def _join_with_or(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"


OPTIONS: Final = (
    # `draft new`
    Option(
        "--from", "new", "Read the description from a file.", metavar="FILE", attribute="source"
    ),
    Option(
        "--supersedes",
        "new",
        "A document that this one replaces; repeatable.",
        metavar="DOC",
        repeatable=True,
    ),
    Option(
        "--relates-to",
        "new",
        "A document that this one has to do with; repeatable.",
        metavar="DOC",
        repeatable=True,
    ),
    # `draft fill`
    Option(
        "--section",
        "fill",
        "Only this heading, a prefix or a path `A > B`; repeatable.",
        metavar="HEADING",
        repeatable=True,
        attribute="sections",
    ),
    Option("--hint", "fill", "A sentence for the model.", metavar="TEXT"),
    Option("--force", "fill", "With --section: rewrite what is written, after asking."),
    Option("--add-missing", "fill", "Add the template's headings that are missing."),
    Option("--diff", "fill", "Show what would change; save nothing."),
    # `draft suggest`
    Option("--risks", "suggest", "Risks only."),
    Option("--questions", "suggest", "Open questions only."),
    Option(
        "-n",
        "suggest",
        "At most so many of each, the weightiest first.",
        metavar="N",
        kind=int,
        attribute="most",
    ),
    Option("--apply", "suggest", "Add them to the document's own table and list."),
    # `draft check`
    Option("--changed", "check", "Only documents that differ from HEAD."),
    Option(
        "--since", "check", "Only those changed since this branch, tag or commit.", metavar="REV"
    ),
    Option(
        "--format",
        "check",
        f"{_join_with_or(CHECK_FORMATS)}.",
        metavar="FORMAT",
        choices=CHECK_FORMATS,
        default=DEFAULT_FORMAT,
    ),
    Option("--fix", "check", "Mend what has one right answer; nothing else changes."),
    Option("--diff", "check", "With --fix: show what would change, write nothing."),
    Option("--explain", "check", "What a rule is about, by its code or name.", metavar="RULE"),
    Option("--list", "check", "All rules."),
    Option("--no-cache", "check list", "Read every document anew, and keep nothing for next time."),
    # `draft list`
    Option(
        "--status",
        "list",
        "Only these; repeatable.",
        metavar="STATUS",
        repeatable=True,
        attribute="statuses",
    ),
    Option("--search", "list", "Only with this in title or text.", metavar="TEXT"),
    Option(
        "--sort",
        "list",
        f"By {_join_with_or(LIST_COLUMNS)}.",
        metavar="COLUMN",
        choices=LIST_COLUMNS,
        default=DEFAULT_SORT,
    ),
    Option("--reverse", "list", "The other way round."),
    # `draft status`, `draft index`, `draft init`
    Option("--force", "status", "Even where the document is not ready for it."),
    Option(
        "--file",
        "index",
        "The file that holds the table.",
        metavar="FILE",
        default="the folder's README.md",
    ),
    Option("--check", "index", "Write nothing; exit code 1 where it is stale."),
    Option("--diff", "index", "Show what would change; write nothing."),
    Option(
        "--template",
        "init",
        "Give the project a copy of this file, of `built-in`, or what its documents share "
        "(`shared`).",
        metavar="FILE",
    ),
    # What can be set elsewhere too. `draft doctor` lists it in this order.
    Option(
        "--dir",
        _ALL_COMMANDS,
        "The folder of the documents.",
        metavar="DIR",
        group="Where",
        variable="DRAFT_DIR",
        file=PROJECT_FILE,
        default=DEFAULT_DIR,
    ),
    Option(
        "--template",
        f"{_TEMPLATE_COMMANDS} doctor",
        "Any Markdown template.",
        metavar="FILE",
        group="Where",
        variable="DRAFT_TEMPLATE",
        file=PROJECT_FILE,
        default="the built-in one",
    ),
    Option(
        "--model",
        f"{_ASKING_COMMANDS} doctor",
        "A model's name, or a GGUF file's path.",
        metavar="MODEL",
        group="Model",
        variable="DRAFT_MODEL",
        file=PROJECT_FILE,
        default=f"{DEFAULT_MODEL}, or the embedded model",
    ),
    Option(
        "--base-url",
        f"{_ASKING_COMMANDS} doctor",
        "Any OpenAI-compatible server.",
        metavar="URL",
        group="Model",
        variable="OPENAI_BASE_URL",
        file=PROJECT_FILE,
        default="OpenAI's, or the embedded model",
    ),
    Option(
        "--concurrency",
        f"{_ASKING_COMMANDS} doctor",
        "Requests in flight.",
        metavar="N",
        group="Model",
        kind=int,
        variable="DRAFT_CONCURRENCY",
        file=PROJECT_FILE,
        default="as many as there are",
    ),
    Option(
        "--timeout",
        f"{_ASKING_COMMANDS} doctor",
        "How long a server may not send a byte.",
        metavar="SECONDS",
        group="Model",
        kind=float,
        file=PROJECT_FILE,
        default=f"{DEFAULT_TIMEOUT:g}",
    ),
    Option(
        "--max-tokens-total",
        f"{_ASKING_COMMANDS} doctor",
        "Refuse or stop a run above this.",
        metavar="N",
        group="Model",
        kind=int,
        file=PROJECT_FILE,
        default="no cap",
    ),
    Option(
        "--language",
        f"{_ASKING_COMMANDS} doctor",
        "What to write in: a name, or a code like `de`.",
        metavar="LANGUAGE",
        group="Model",
        variable="DRAFT_LANGUAGE",
        file=PROJECT_FILE,
        default="the description's",
    ),
    Option(
        "--author",
        "new fill",
        "The author.",
        metavar="NAME",
        file=PROJECT_FILE,
        default="git's user",
    ),
    # What only a file says.
    Option("points-of-view", "", file=PROJECT_FILE),
    Option("check", "", kind=dict, file=PROJECT_FILE),
    Option("trusted", "", kind=list, file=USER_FILE),
    Option("prices", "", kind=dict, file=USER_FILE),
    # Whether anything is sent, written or asked
    Option("--dry-run", _ASKING_COMMANDS, "Show every prompt with its tokens; send nothing."),
    Option("--dry-run", "init", "Say what would be done; write nothing."),
    Option("--dry-run", "renumber", "Show what would change; write nothing."),
    Option("--yes", f"{_ASKING_COMMANDS} renumber init", "Answer yes to every question."),
    # How a command speaks
    Option(
        "--output",
        _ASKING_COMMANDS,
        "`-`: the document to stdout, nothing saved.",
        metavar="-",
        group="Output",
    ),
    Option(
        "--edit",
        "new fill",
        "Open the document in VISUAL or EDITOR when it is saved.",
        group="Output",
    ),
    Option("--json", _ALL_COMMANDS, "The result as one JSON object on stdout.", group="Output"),
    Option("--quiet -q", _ALL_COMMANDS, "Errors only.", group="Output"),
    Option("--verbose -v", _ALL_COMMANDS, "Every event, and tracebacks.", group="Output"),
)

# What stands on the command line, in a variable or in a project's file, by its key.
SETTINGS: Final[Mapping[str, Option]] = MappingProxyType(
    {option.key: option for option in OPTIONS if option.is_setting}
)


def list_options(command: str) -> Iterator[Option]:
    """Yield the options that a command takes, group after group as help shows them."""
    taken = [option for option in OPTIONS if command in option.commands.split()]
    for group in OPTION_GROUPS:
        yield from (option for option in taken if option.group == group)


def list_file_keys(file: str) -> dict[str, type]:
    """Return what may stand in a configuration file: the keys with the types of their values.

    Texts come first, then numbers, then tables, as a message lists them.
    """
    kinds = (str, int, float, list, dict)
    found = [option for option in OPTIONS if option.file == file]
    return {one.key: one.kind for one in sorted(found, key=lambda one: kinds.index(one.kind))}
