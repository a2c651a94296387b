"""Which command a line means."""

import pytest

from assistant.errors import DraftError
from assistant.line import meant

COMMANDS = ("new", "fill", "check")
VALUED = {"--dir", "--model"}


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["bug: x"], ["new", "bug: x"]),
        (["--dry-run", "bug: x"], ["new", "--dry-run", "bug: x"]),
        (["--dir", "check", "bug: x"], ["new", "--dir", "check", "bug: x"]),
        (["--json", "check", "7"], ["check", "--json", "7"]),
        (["new", "check", "the", "login"], ["new", "check", "the", "login"]),
        (["--help"], ["--help"]),
        (["--show-completion", "bash"], ["--show-completion", "bash"]),
        ([], []),
        (["-"], ["new", "-"]),
        (["chek"], ["new", "chek"]),
        (["login", "timeout"], ["new", "login", "timeout"]),
    ],
)
def test_meant(args: list[str], expected: list[str]) -> None:
    """A named command comes first, and where none is named it is `new`."""
    assert meant(args, COMMANDS, VALUED) == expected


def test_nearly_a_command_is_wrong_usage() -> None:
    """Several words that begin with nearly a command are refused with both readings."""
    with pytest.raises(DraftError) as caught:
        meant(["chek", "memory"], COMMANDS, VALUED)

    assert "draft check memory" in caught.value.hint
    assert 'draft "chek memory"' in caught.value.hint
