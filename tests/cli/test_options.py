"""Options: what a command line gives becomes a command's own dataclass."""

import os
from dataclasses import dataclass, field

import pytest
import typer

from assistant.cli.options import Argument, GivenOptions, spread_options
from assistant.errors import DraftError, Exit


@dataclass(frozen=True, slots=True)
class Inner:
    """Options that several commands have."""

    model: str = "none"


@dataclass(frozen=True, slots=True)
class Outer:
    """A command's options."""

    names: tuple[str, ...] = ()
    force: bool = True
    inner: Inner = field(default_factory=Inner)


@pytest.mark.parametrize(
    ("values", "options"),
    [
        ({}, Outer()),
        ({"names": None, "force": None, "model": None}, Outer()),
        ({"names": ["a", "b"]}, Outer(names=("a", "b"))),
        ({"force": False, "model": "x"}, Outer(force=False, inner=Inner("x"))),
        ({"unknown": 1}, Outer()),
    ],
)
def test_values_find_their_fields(values: dict[str, object], options: Outer) -> None:
    """Each value is in the field of its name, however deep; what was not given has its default."""
    assert GivenOptions(None, values).build_options(Outer) == options


def test_a_command_ends_with_its_code() -> None:
    """A function becomes a command of its arguments and options, and its code is the program's."""

    def run(given: GivenOptions) -> int:
        """Look."""
        assert given.values["names"] == ["x"]
        return Exit.FINDINGS

    argument = Argument("names", "DOC", "Documents.", repeatable=True)
    made = spread_options("index", (argument,), run)

    assert made.__doc__ == "Look."
    assert {"ctx", "names", "dir", "check"} <= set(made.__annotations__)
    with pytest.raises(typer.Exit) as caught:
        made(None, names=["x"])
    assert caught.value.exit_code == Exit.FINDINGS


def test_a_folder_that_is_gone(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where the working directory was removed, each command says so instead of a bug's report."""
    folder = tmp_path_factory.mktemp("gone")
    before = os.getcwd()  # noqa: PTH109
    os.chdir(folder)
    try:
        folder.rmdir()
        with pytest.raises(DraftError, match="cannot be used") as caught:
            spread_options("index", (), lambda _given: 0)(None)
    finally:
        os.chdir(before)
    assert caught.value.exit_code == Exit.FILE
