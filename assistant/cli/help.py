"""Help: the usage, arguments, options by group and examples, laid out for the terminal."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TextIO

from typer.core import TyperCommand

from assistant.cli.misuse import refuse_option_names
from assistant.config import OPTION_GROUPS, OWN_GROUP, list_options

HelpRows = Sequence[tuple[str, str]]

_MAX_COLUMNS = 100  # a longer line is hard to read; by judgement
_MIN_COLUMNS = 30  # of a page: a narrower terminal breaks the lines itself
_INDENT = 2  # of rows and examples below a heading
_COLUMN_GAP = 2  # between two columns
# Columns of the first column of a table: what is wider has its help on the next line. The widest
# there is, `--install-completion [SHELL]`, takes as many.
_MAX_FIRST_COLUMN = 32
_MIN_TABLE_COLUMNS = 64  # of a page: below this, half of it is no room for a second column
_CONTINUATION = " \\"  # what ends a line that the shell is to join with the next
_HANGING_INDENT = 6  # of help that stands below what it is about

_RESET = "\x1b[0m"
_HEADING_COLOUR = "\x1b[1;32m"  # as clap's, which is uv's and ruff's
_LITERAL_COLOUR = "\x1b[1;36m"
_PLACEHOLDER_COLOUR = "\x1b[36m"


class HelpPage:
    """A page of help on its way to a stream: how wide it may be, and whether it has colours."""

    def __init__(self, columns: int, *, colour: bool) -> None:
        self.columns = columns
        self.colour = colour

    def format_heading(self, text: str) -> str:
        """Return the line that stands above a part of the page."""
        return self._paint(f"{text}:", _HEADING_COLOUR)

    def format_term(self, text: str) -> str:
        """Return an option, argument or command with its words told apart from its values."""
        return " ".join(
            self._paint(part, _PLACEHOLDER_COLOUR if _is_placeholder(part) else _LITERAL_COLOUR)
            for part in text.split(" ")
        )

    def _paint(self, text: str, colour: str) -> str:
        if not self.colour or not text.strip():
            return text
        bare = text.lstrip(" ")
        return f"{text[: len(text) - len(bare)]}{colour}{bare}{_RESET}"

    def format_paragraph(self, text: str, indent: int = 0) -> Iterator[str]:
        """Yield a text as lines; what stands in brackets stays on one line where it can."""
        for line in wrap_help_text(text, self.columns - indent):
            yield " " * indent + line

    def format_table(self, rows: HelpRows, first: int) -> Iterator[str]:
        """Yield rows as lines in two columns, the first `first` wide.

        On a narrow page the second cell of a row stands below the first, as it does wherever the
        first is too wide.
        """
        second = _INDENT + first + _COLUMN_GAP
        for name, text in rows:
            if self.columns < _MIN_TABLE_COLUMNS:
                yield from self._format_below(name, text, _HANGING_INDENT)
            elif len(name) > first:
                yield from self._format_below(name, text, second)
            else:
                lines = wrap_help_text(text, self.columns - second) or [""]
                gap = " " * (first - len(name) + _COLUMN_GAP)
                yield f"{' ' * _INDENT}{self.format_term(name)}{gap}{lines[0]}".rstrip()
                for line in lines[1:]:
                    yield " " * second + line

    def _format_below(self, name: str, text: str, indent: int) -> Iterator[str]:
        """Yield a row whose second cell stands below the first, indented."""
        for number, line in enumerate(wrap_help_text(name, self.columns - _INDENT)):
            yield " " * (_HANGING_INDENT if number else _INDENT) + self.format_term(line)
        yield from self.format_paragraph(text, indent)


def _is_placeholder(part: str) -> bool:
    """Return whether a word of a usage stands for a value: `DOC`, `[OPTIONS]`."""
    return part.strip("[].").isupper()


def make_help_page(stream: TextIO) -> HelpPage:
    """Return an empty page for a stream, as wide as the terminal is."""
    columns = min(max(shutil.get_terminal_size().columns, _MIN_COLUMNS), _MAX_COLUMNS)
    return HelpPage(columns, colour=_is_colour_wanted(stream))


def _is_colour_wanted(stream: TextIO) -> bool:
    # What decides costs 4 ms to load: a pipe that nobody wants in colour does without.
    if not (stream.isatty() or os.environ.keys() & {"FORCE_COLOR", "CLICOLOR_FORCE"}):
        return False
    from assistant.terminal import style  # noqa: PLC0415

    return style.is_colour_wanted(stream, os.environ)


def wrap_help_text(text: str, columns: int) -> list[str]:
    """Return a text as lines of at most `columns`, where no word is wider than that.

    A remark in brackets is one word where it fits on a line, so that it is not torn.
    """
    lines: list[str] = []
    for word in _join_bracketed_words(text, columns):
        if lines and len(lines[-1]) + 1 + len(word) <= columns:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _join_bracketed_words(text: str, columns: int) -> Iterator[str]:
    """Yield the words of a text, a remark in brackets as one where it fits into `columns`."""
    remark: list[str] = []
    for word in text.split():
        remark.append(word)
        joined = " ".join(remark)
        if joined.startswith("[") and "]" not in joined and len(joined) < columns:
            continue
        if len(joined) <= columns:
            yield joined
        else:
            yield from remark
        remark = []
    yield from remark


class DraftCommand(TyperCommand):
    """A command whose help is a page of ours, and which refuses what can only be a slip."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  click's own type
        """Read the arguments, and refuse what can only be a slip."""
        rest = super().parse_args(ctx, args)
        refuse_option_names(self, ctx)
        return rest

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401  click's own type
        """Return the page of the command."""
        return format_command_page(self, ctx, make_help_page(sys.stdout))


def format_command_page(
    command: Any,  # noqa: ANN401  click's own type
    ctx: Any,  # noqa: ANN401  likewise
    page: HelpPage,
) -> str:
    """Return a command's help."""
    groups = group_options(command.get_params(ctx), command.name)
    arguments = [(format_placeholder(one), one.help or "") for one in _list_arguments(command)]
    tables = {"Arguments": arguments, **groups} if arguments else groups
    first = _measure_first_column(tables.values())
    about, *more = command.help.split("\n\n")
    lines = [*page.format_paragraph(about), "", *_format_usage(command, page)]
    for text in more:
        lines += ["", *page.format_paragraph(text)]
    for heading, rows in tables.items():
        lines += ["", page.format_heading(heading), *page.format_table(rows, first)]
    return "\n".join([*lines, *_format_examples(command, page)])


def format_program_page(
    group: Any,  # noqa: ANN401  click's own type
    ctx: Any,  # noqa: ANN401  likewise
    page: HelpPage,
) -> str:
    """Return the help of the whole program: its commands, its own options, examples."""
    known = [(name, group.commands[name]) for name in group.list_commands(ctx)]
    commands = [(name, command.short_help or command.help or "") for name, command in known]
    options = [row for table in group_options(group.get_params(ctx)).values() for row in table]
    lines = [*page.format_paragraph(group.help), ""]
    lines += _lay_out_usage(("draft DESCRIPTION...", "draft COMMAND [OPTIONS]"), page)
    for heading, rows in (("Commands", commands), (OWN_GROUP, options)):
        first = _measure_first_column([rows])
        lines += ["", page.format_heading(heading), *page.format_table(rows, first)]
    more = "`draft COMMAND --help` shows a command's options, `draft new --help` those of a draft."
    lines += ["", *page.format_paragraph(more)]
    return "\n".join([*lines, *_format_examples(group, page)])


def group_options(parameters: Sequence[Any], command: str = "") -> dict[str, list[tuple[str, str]]]:
    """Return a command's options as rows of names and help, by group, in the groups' order."""
    variables = {option.field: option.variable for option in list_options(command)}
    found: dict[str, list[tuple[str, str]]] = {}
    for parameter in parameters:
        if parameter.param_type_name == "option" and not parameter.hidden:
            found.setdefault(parameter.rich_help_panel or OWN_GROUP, []).append(
                _format_option(parameter, variables.get(parameter.name))
            )
    return {heading: found[heading] for heading in OPTION_GROUPS if heading in found}


def format_placeholder(parameter: Any) -> str:  # noqa: ANN401  click's own type
    """Return how an argument is written wherever help names it: `DOC`, `[NUMBER]`, `[DOC...]`."""
    many = "..." if parameter.nargs == -1 else ""
    name = f"{parameter.metavar or parameter.name.upper()}{many}"
    return name if parameter.required else f"[{name}]"


def _list_arguments(command: Any) -> list[Any]:  # noqa: ANN401  click's own types
    return [one for one in command.params if one.param_type_name == "argument"]


def _format_option(
    option: Any,  # noqa: ANN401  click's own type
    variable: str | None,
) -> tuple[str, str]:
    """Return an option's names with its value, and its help with its variable and its default."""
    short = [name for name in option.opts if not name.startswith("--")]
    long = [name for name in option.opts if name.startswith("--")]
    names = f"{short[0]}, {long[0]}" if short and long else f"    {long[0]}" if long else short[0]
    value = "" if option.is_flag else f" {option.metavar}"
    parts = [option.help or ""]
    if variable:
        parts.append(f"[env: {variable}]")
    if isinstance(option.show_default, str):
        parts.append(f"[default: {option.show_default}]")
    return names + value, " ".join(parts)


def _measure_first_column(tables: Iterable[HelpRows]) -> int:
    """Return the columns of the widest first cell that has its help beside it."""
    widths = [len(name) for rows in tables for name, _ in rows]
    fitting = (width for width in widths if width <= _MAX_FIRST_COLUMN)
    return max(fitting, default=_MAX_FIRST_COLUMN)


def _format_usage(command: Any, page: HelpPage) -> Iterator[str]:  # noqa: ANN401  click's own type
    """Yield the lines of a command's usage; `new` has two forms, as its name may be left out."""
    words = " ".join(["[OPTIONS]", *map(format_placeholder, _list_arguments(command))])
    forms = [f"draft {command.name} {words}"]
    if command.name == "new":
        forms.insert(0, f"draft {words}")
    yield from _lay_out_usage(forms, page)


def _lay_out_usage(forms: Sequence[str], page: HelpPage) -> Iterator[str]:
    """Yield forms of a usage below each other, with the label before the first."""
    label = "Usage:"
    indent = len(label) + 1
    for number, form in enumerate(forms):
        start = " " * indent if number else f"{page.format_heading('Usage')} "
        first, *rest = wrap_help_text(form, page.columns - indent)
        yield start + page.format_term(first)
        for line in rest:
            yield " " * (indent + _INDENT) + page.format_term(line)


def _format_examples(command: Any, page: HelpPage) -> list[str]:  # noqa: ANN401  click's own type
    """Return the end of a page: command lines, each with what it does."""
    rows = [tuple(line.split("\t")) for line in (command.epilog or "").splitlines()]
    if not rows:
        return []
    wide = max(len(line) for line, _ in rows)
    lines = ["", page.format_heading("Examples")]
    if wide + max(len(what) for _, what in rows) + _INDENT + _COLUMN_GAP <= page.columns:
        return [*lines, *(f"  {line.ljust(wide)}  {what}" for line, what in rows)]
    for line, what in rows:
        typed = wrap_help_text(line, page.columns - _HANGING_INDENT - len(_CONTINUATION))
        ends = [*[f"{part}{_CONTINUATION}" for part in typed[:-1]], typed[-1]]
        lines += [" " * (_HANGING_INDENT if at else _INDENT) + part for at, part in enumerate(ends)]
        lines += page.format_paragraph(what, _HANGING_INDENT)
    return lines
