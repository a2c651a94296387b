"""The table of options and the list of commands: what is made from them, and that all have it."""

import re
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
import typer

from assistant import config, settings
from assistant.cli import commands, completion
from assistant.cli.app import app
from assistant.cli.options import GivenOptions
from assistant.commands.check import PRINTERS
from assistant.config import OPTIONS, SETTINGS, list_options
from assistant.folder.catalog import COLUMNS
from tests.support.paths import ROOT
from tests.support.program import Draft

PROGRAM = typer.main.get_group(app)
NAMES = tuple(PROGRAM.commands)
# What a command takes so that a script may always give it, though nothing is asked there.
UNUSED = {("new", "yes"), ("suggest", "yes")}


class _Built(Exception):  # noqa: N818  it is the result
    """The class of options that a command wants built."""


class _Asked(GivenOptions):
    """What a command line says, for a command that is to go no further than its options."""

    def build_options(self, kind: type[Any]) -> Any:  # noqa: ANN401
        raise _Built(GivenOptions(None, self.values).build_options(kind))


def built(command: str, values: dict[str, Any]) -> dict[str, Any]:
    """The options that a command makes of values, with those inside of them, by name."""
    with pytest.raises(_Built) as caught:
        getattr(commands, f"_run_{command}")(_Asked(None, values))
    return flattened(caught.value.args[0])


def flattened(options: Any) -> dict[str, Any]:  # noqa: ANN401
    found: dict[str, Any] = {}
    for one in fields(options):
        value = getattr(options, one.name)
        found |= flattened(value) if is_dataclass(value) else {one.name: value}
    return found


@pytest.mark.parametrize("name", [name for name in NAMES if name != "help"])
def test_every_value_reaches_its_command(name: str) -> None:
    """What is typed for any argument or option is in the command's own options, unchanged."""
    values: dict[str, Any] = {}
    for parameter in PROGRAM.commands[name].params:
        flag = parameter.param_type_name == "option" and getattr(parameter, "is_flag", False)
        value = {"integer": 3, "float": 1.5}.get(parameter.type.name, "x")
        many = parameter.nargs < 0 or getattr(parameter, "multiple", False)
        assert parameter.name is not None
        values[parameter.name] = True if flag else [value] if many else value
    got = built(name, values)

    for key, value in values.items():
        if (name, key) not in UNUSED:
            assert got[key] == (tuple(value) if isinstance(value, list) else value), key


@pytest.mark.parametrize("name", [name for name in NAMES if name != "help"])
def test_what_is_not_typed_has_the_default_of_the_class(name: str) -> None:
    """Without options nothing is set: a setting may come from elsewhere."""
    needed = {str(p.name): "x" for p in PROGRAM.commands[name].params if p.required}
    got = built(name, needed)

    assert [one.field for one in SETTINGS.values() if got.get(one.field)] == []


def test_every_command_is_everywhere(draft: Draft) -> None:
    """Each is in help and at the Tab key in one order, in the README, and in the schema."""
    schema = (ROOT / "assistant" / "result.schema.json").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    listed = draft("--help").out.partition("Commands:\n")[2].partition("\n\n")[0]
    offered = completion.find_completion_target(PROGRAM, [], "")

    assert re.findall(r"^  (\w+)", listed, re.MULTILINE) == list(NAMES)
    assert [name for name, _ in completion.offer_names(PROGRAM, offered)] == list(NAMES)
    for name in NAMES:
        assert re.search(rf"`draft {name}\b|^draft {name}\b", readme, re.MULTILINE), name
        if "--json" in (option for p in PROGRAM.commands[name].params for option in p.opts):
            assert f"`draft {name}" in schema


def test_every_option_belongs_to_commands_or_a_file() -> None:
    """A row names commands that there are, or stands in a file; each has its help and group."""
    for option in OPTIONS:
        assert set(option.commands.split()) <= set(NAMES)
        assert bool(option.commands) or bool(option.file)
        assert option.group in config.OPTION_GROUPS
        assert not option.commands or option.help.endswith(".")


def test_choices_are_what_there_is() -> None:
    """The forms of `check` and the columns of `list` are those that are printed."""
    assert [form for form in PRINTERS if form != "diff"] == list(config.CHECK_FORMATS)
    assert config.LIST_COLUMNS == COLUMNS


def test_no_command_has_an_option_twice() -> None:
    """Two rows of one name are two commands' own."""
    for name in NAMES:
        typed = [word for option in list_options(name) for word in option.typed.split()]
        taken = [option.field for option in list_options(name)]
        assert len(set(typed)) == len(typed)
        assert len(set(taken)) == len(taken)


def test_every_setting_is_one_of_the_options_and_resolved() -> None:
    """A setting of the table has its field in what the command line says."""
    assert [one.field for one in SETTINGS.values()] == [
        one.name for one in fields(settings.SettingOptions)
    ]
