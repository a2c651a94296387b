"""Which command a line means."""

import shlex

import pytest

from assistant.cli.line import put_command_first
from assistant.errors import DraftError

COMMANDS = ("new", "fill", "check", "init", "doctor")
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
        (["new", "chek"], ["new", "chek"]),
        (["chek the login"], ["new", "chek the login"]),
        (["--", "chek", "7"], ["new", "--", "chek", "7"]),
        (["full", "text", "search"], ["new", "full", "text", "search"]),
        (["state", "machine", "of", "orders"], ["new", "state", "machine", "of", "orders"]),
        (["create", "invoices"], ["new", "create", "invoices"]),
        (["onboarding"], ["new", "onboarding"]),
        (["open", "banking"], ["new", "open", "banking"]),
        (["remove", "v1"], ["new", "remove", "v1"]),
        (["draft", "beer"], ["new", "draft", "beer"]),
        (["show 1"], ["new", "show 1"]),
        (["ui"], ["new", "ui"]),
        (["login", "timeout"], ["new", "login", "timeout"]),
    ],
)
def test_meant(args: list[str], expected: list[str]) -> None:
    """A named command comes first, and where none is named it is `new`."""
    assert put_command_first(args, COMMANDS, VALUED) == expected


def test_nearly_a_command_is_wrong_usage() -> None:
    """Several words that begin with nearly a command are refused with both readings."""
    with pytest.raises(DraftError) as caught:
        put_command_first(["chek", "memory"], COMMANDS, VALUED)

    assert "draft check memory" in caught.value.hint
    assert 'draft "chek memory"' in caught.value.hint


@pytest.mark.parametrize(
    ("args", "command"),
    [
        (["chek"], "draft check"),
        (["CHECK"], "draft check"),
        (["fil"], "draft fill"),
        (["chek", "--dir", "d"], "draft check --dir d"),
        (["--json", "chek"], "draft check --json"),
        (["lint"], "draft check"),
        (["template"], "draft init"),
        (["config"], "draft doctor"),
        (["validate", "7"], "draft check 7"),
        (["version"], "draft --version"),
        (["completion", "zsh"], "draft --install-completion zsh"),
        (["ch"], "draft check"),
        (["draft", "fill", "7"], "draft fill 7"),
        (["show", "7"], "draft --help"),
        (["rm", "7", "8"], "draft --help"),
    ],
)
def test_a_doubtful_word(args: list[str], command: str) -> None:
    """A word alone that may be a slip, or another program's word, is no description unasked."""
    with pytest.raises(DraftError) as caught:
        put_command_first(args, COMMANDS, VALUED)

    assert f"`{command}`" in caught.value.hint
    assert "For a document about it: draft " in caught.value.hint


def test_a_person_is_sure() -> None:
    """Who says that a description is meant gets it, and is asked about one word only."""
    asked: list[str] = []

    def sure(question: str) -> bool:
        asked.append(question)
        return True

    assert put_command_first(["chek"], COMMANDS, VALUED, sure) == ["new", "chek"]
    assert len(asked) == 1
    assert 'a document about "chek"?' in asked[0]
    with pytest.raises(DraftError):
        put_command_first(["chek", "memory"], COMMANDS, VALUED, sure)
    assert put_command_first(["new", "chek"], COMMANDS, VALUED, sure) == ["new", "chek"]
    assert len(asked) == 1


def test_the_reading_is_as_it_is_typed() -> None:
    """What a shell would evaluate is quoted in what is to be typed for a document."""
    with pytest.raises(DraftError) as caught:
        put_command_first(["chek", "$(id)", "it's"], COMMANDS, VALUED)

    assert caught.value.hint.endswith(f"draft {shlex.quote('chek $(id) it' + chr(39) + 's')}")
