"""The person's own folders, and every command where there are none."""

import pwd
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from assistant import cache, files
from assistant.errors import Exit
from assistant.folder import journal
from tests.support.journals import list_left
from tests.support.paths import SMALL
from tests.support.starting import Starter, begun, heard

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="homes are Unix's here"),
]

MODEL = ("--model", "tiny", "--template", str(SMALL))
NO_XDG: dict[str, str | None] = dict.fromkeys(
    ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
)
RELATIVE: dict[str, str | None] = dict.fromkeys(NO_XDG, "some/where")
# Nothing can be made below /proc, whoever tries. None: the variable is not set.
PLACES: dict[str, dict[str, str | None]] = {
    "HOME unset, user unknown": {"HOME": None, **NO_XDG},
    "HOME empty, user unknown": {"HOME": "", **NO_XDG},
    "HOME not there": {"HOME": "{tmp}/none", **NO_XDG},
    "HOME read-only": {"HOME": "/proc", **NO_XDG},
    "HOME a file": {"HOME": "{tmp}/file", **NO_XDG},
    "HOME relative": {"HOME": "home", **NO_XDG},
    "XDG relative": RELATIVE,
    "XDG relative, no HOME": {"HOME": "", **RELATIVE},
    "XDG read-only": dict.fromkeys(NO_XDG, "/proc"),
    "XDG a file": dict.fromkeys(NO_XDG, "{tmp}/file"),
    "XDG empty": {"HOME": "{tmp}/none", **dict.fromkeys(NO_XDG, "")},
    "TMPDIR not there": {"TMPDIR": "{tmp}/none"},
    "TMPDIR read-only, no HOME": {"TMPDIR": "/proc", "HOME": "/proc", **NO_XDG},
}
COMMANDS = {
    "new": ("bug: login timeout", *MODEL),
    "fill": ("fill", "2", "--hint", "logins", *MODEL),
    "check": ("check", "--fix"),
    "list": ("list",),
    "status": ("status", "1", "in review"),
    "renumber": ("renumber", "1", "--yes"),
    "index": ("index",),
    "doctor": ("doctor", "--model", "tiny"),
    "init": ("init", "--dry-run"),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_command_works_without_a_home(place: str, starter: Starter, tmp_path: Path) -> None:
    """Where nothing can be kept for a person the work is done, and no folder is made elsewhere."""
    for name, words in COMMANDS.items():
        folder = tmp_path / name
        project = begun(folder)
        (folder / "file").write_text("a file")
        environ = {
            name: value and value.replace("{tmp}", str(folder))
            for name, value in PLACES[place].items()
        }

        code = starter.run(project, (), *words, **environ)

        out, err = heard(project)
        assert code in {Exit.DONE, Exit.FINDINGS}, (name, out, err)
        assert out, (name, err)
        assert {path.name for path in folder.iterdir()} == {"project", "file", "out", "err"}
        assert {path.name for path in project.iterdir()} == {"memory"}
        if name == "new" and place == "HOME not there":
            assert err.count("answers are not kept on the disk") == 1
            assert f"HOME names no folder that is there ({folder}/none)" in err


def test_tokens_are_counted_without_a_home(starter: Starter, tmp_path: Path) -> None:
    """A model's own table of tokens, which is unpacked into a cache, is used without one too."""
    project = begun(tmp_path)
    words = ("--dry-run", "x", "--model", "gpt-5-mini", "--template", str(SMALL))

    assert starter.run(project, (), *words, HOME="/proc", **NO_XDG) == Exit.DONE

    assert "~" not in heard(project)[0].splitlines()[-1]  # no estimate


def test_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """They are where XDG's variables say, else below the home; a relative variable says nothing."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", "/var/state")
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    monkeypatch.delenv("XDG_CONFIG_HOME")

    assert files.find_state_folder() == Path("/var/state/draft")
    assert files.find_cache_folder() == tmp_path / ".cache" / "draft"
    assert files.find_config_folder() == tmp_path / ".config" / "draft"


def test_a_home_that_only_the_system_knows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without HOME it is the one on the system's list; a user who is not on it has none."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("HOME", "")
    monkeypatch.delenv("XDG_CACHE_HOME")

    class Entry:
        pw_dir = str(tmp_path)

    monkeypatch.setattr(pwd, "getpwuid", lambda _: Entry)
    assert files.find_cache_folder() == tmp_path / ".cache" / "draft"

    def unknown(number: int) -> NoReturn:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(OSError, match="HOME is not set"):
        files.find_cache_folder()
    assert cache.find_cache_path("list", tmp_path) is None
    monkeypatch.delenv("XDG_STATE_HOME")
    assert list_left() == ()
    assert not journal.Journal.open("key", {}).durable
