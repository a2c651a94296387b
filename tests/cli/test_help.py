"""Help: its groups, its one notation, its width, and that what it says holds."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from assistant import config, settings
from assistant.cli.app import app
from assistant.cli.help import HelpPage, format_placeholder, wrap_help_text
from assistant.config import OPTION_GROUPS, SETTINGS
from assistant.settings import SettingOptions
from tests.support.paths import ROOT
from tests.support.program import MAIN, Draft

PROGRAM = typer.main.get_group(app)
COMMANDS = tuple(PROGRAM.commands)
PAGES = ["", *COMMANDS]


def parameters() -> Iterator[tuple[str, object]]:
    for name, command in PROGRAM.commands.items():
        for parameter in command.params:
            yield name, parameter


def page(draft: Draft, command: str) -> str:
    ran = draft(*command.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    return ran.out


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("command", PAGES)
def test_fits(command: str, columns: int, draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is wider than the terminal, and no word or remark in brackets is torn."""
    monkeypatch.setenv("COLUMNS", str(columns))
    wide = page(draft, command)
    monkeypatch.setenv("COLUMNS", "200")
    lines = wide.splitlines()

    assert max(map(len, lines)) <= min(columns, 100)
    assert wide.replace(" \\\n", " ").split() == page(draft, command).split()
    torn = [line for line in lines if "[" in line and "]" not in line.partition("[")[2]]
    assert not [line for line in torn if columns >= 80 or len(line) < columns / 2]


@pytest.mark.parametrize("command", COMMANDS)
def test_groups(command: str, draft: Draft) -> None:
    """What a command alone has comes first, then where, model and output, each in its place."""
    headings = re.findall(r"^(\w+):$", page(draft, command), re.MULTILINE)

    groups = [heading for heading in headings if heading in OPTION_GROUPS]
    assert groups == [heading for heading in OPTION_GROUPS if heading in groups]
    assert groups[0] == "Options"
    assert ("Model" in groups) == (command in ("new", "fill", "suggest", "doctor"))
    assert headings[-1] == "Examples"


@pytest.mark.parametrize("command", PAGES)
def test_one_notation(command: str, draft: Draft) -> None:
    """Values are words in capitals, what may be left out stands in brackets, and nothing else."""
    text = page(draft, command)

    usage = re.findall(r"^(?:Usage:|      ) (draft .*)$", text, re.MULTILINE)
    assert usage
    for line in usage:
        assert re.fullmatch(r"draft( [a-z]+)?( \[?[A-Z]+(\.\.\.)?\]?)*", line), line
    assert not re.search(r"<\w+>|\{\w+\}|\[\w+\]\.\.\.", text)


def test_every_value_has_a_name() -> None:
    """An option that takes a value says which, in capitals or as the one sign that it takes."""
    for _, parameter in parameters():
        if parameter.param_type_name == "option" and not parameter.is_flag:  # type: ignore[attr-defined]
            assert re.fullmatch(r"[A-Z]+|\[[A-Z]+(\.\.\.)?\]|-", parameter.metavar or ""), parameter  # type: ignore[attr-defined]
        if parameter.param_type_name == "argument":  # type: ignore[attr-defined]
            assert re.fullmatch(r"\[?[A-Z]+(\.\.\.)?\]?", format_placeholder(parameter))


def test_defaults_are_the_settings_own(tmp_path: Path) -> None:
    """What help calls a default is what holds where nothing is said."""
    found = settings.resolve_settings(SettingOptions(), {}, tmp_path, tmp_path / "none.toml")

    assert found.dir == tmp_path / SETTINGS["dir"].default
    assert found.concurrency is None  # as many as there are
    assert f"{found.timeout:g}" == SETTINGS["timeout"].default
    assert found.template is None
    assert found.max_tokens_total is None
    assert SETTINGS["model"].default.startswith(config.DEFAULT_MODEL)


@pytest.mark.parametrize("name", [n for n, one in SETTINGS.items() if one.variable])
def test_variables_are_the_settings_own(name: str, tmp_path: Path) -> None:
    """A variable that help names sets what its option sets."""
    value = {"concurrency": "3", "base-url": "http://127.0.0.1:9/v1"}.get(name, "said")
    attribute = name.replace("-", "_")
    set_so = settings.resolve_settings(SettingOptions(), {SETTINGS[name].variable: value}, tmp_path)
    given = int(value) if name == "concurrency" else value
    option = settings.resolve_settings(SettingOptions(**{attribute: given}), {}, tmp_path)  # type: ignore[arg-type]

    assert getattr(set_so, attribute) == getattr(option, attribute)


def test_every_setting_shows_its_default(draft: Draft) -> None:
    """Every option that can be set elsewhere says where, and what holds else."""
    text = " ".join(page(draft, "fill").split())

    for name, one in SETTINGS.items():
        own = text.partition(f" --{name} ")[2].partition(" --")[0]
        assert f"[default: {one.default}]" in own
        assert not one.variable or f"[env: {one.variable}]" in own


def test_other_defaults_hold(draft: Draft, tmp_path: Path) -> None:
    """What help calls the default of a command's own option is what holds without it."""
    (tmp_path / "memory" / "design").mkdir(parents=True)
    for name in ("002_a.md", "001_b.md"):
        (tmp_path / "memory/design" / name).write_text(f"# {name}\n")
    shown = {
        (command, parameter.opts[0]): parameter.show_default  # type: ignore[attr-defined]
        for command, parameter in parameters()
        if isinstance(getattr(parameter, "show_default", None), str)
        and parameter.opts[0].removeprefix("--") not in SETTINGS  # type: ignore[attr-defined]
    }

    assert draft("list", "--sort", shown["list", "--sort"]).out == draft("list").out != ""
    assert draft("check", "--format", shown["check", "--format"]).out == draft("check").out != ""
    assert "README.md" in shown["index", "--file"]
    assert len(shown) == 3


def test_the_readme_says_the_same() -> None:
    """The README's table has every setting, with the variable and the default that count."""
    readme = (ROOT / "README.md").read_text("utf-8")
    row = r"^\| `--([a-z-]+)`[^|]* \| (?:`([A-Z_]+)` )?\| (.*?) \|$"
    rows = {
        name: (variable, said) for name, variable, said in re.findall(row, readme, re.MULTILINE)
    }

    for name, one in SETTINGS.items():
        variable, said = rows[name]
        assert variable == one.variable
        words = said.replace("`", "")
        assert words.startswith(one.default) or one.default.startswith(words)


def test_a_file_called_as_an_option_is(draft: Draft, tmp_path: Path) -> None:
    """A file that is there is a document, whatever it is called."""
    (tmp_path / "list").write_text("# X\n")

    assert "Did you mean" not in draft("check", "list").err


def test_a_template_to_copy_is_no_setting(draft: Draft) -> None:
    """An option that only has a setting's name, as init's --template, has not its default."""
    assert "DRAFT_TEMPLATE" not in page(draft, "init")


@pytest.mark.parametrize(
    ("more", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colour(more: dict[str, str], coloured: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """A terminal gets colours, and none where it can't have them or nobody wants them."""
    ours, theirs = pty.openpty()
    environ = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environ |= {"PYTHONPATH": str(ROOT), "TERM": "xterm", **more}
    command = [sys.executable, "-c", MAIN, "check", "--help"]
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=theirs) as process:
        os.close(theirs)
        got = b""
        while chunk := _read(ours):
            got += chunk
    os.close(ours)

    assert process.returncode == 0
    assert b"--explain" in got
    assert (b"\x1b[" in got) == coloured
    plain = re.sub(rb"\x1b\[[0-9;]*m", b"", got)
    assert b"\x1b" not in plain


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux says so where the other end was closed
        return b""


def test_help_as_a_command(draft: Draft) -> None:
    """`draft help COMMAND` is what `draft COMMAND --help` is; a command that is none is named."""
    assert draft("help").out == page(draft, "")
    assert draft("help", "fill").out == page(draft, "fill")
    wrong = draft("help", "fil")

    assert wrong.code == 2
    assert "Did you mean fill?" in wrong.err


def test_an_empty_status_is_none(draft: Draft, tmp_path: Path) -> None:
    """An empty status, as of a shell's variable that is not set, asks for none in particular."""
    (tmp_path / "memory" / "design").mkdir(parents=True)
    (tmp_path / "memory" / "design" / "001_x.md").write_text("# X\n\n- Status: Draft\n")

    assert draft("list", "--status", "").out == draft("list").out != ""


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("one two [default: a b] three", 20, ["one two", "[default: a b] three"]),
        ("x [default: far too long for it]", 12, ["x [default:", "far too long", "for it]"]),
        ("unbreakableword x", 5, ["unbreakableword", "x"]),
        ("", 5, []),
    ],
)
def test_wrapped(text: str, columns: int, lines: list[str]) -> None:
    """Words and remarks in brackets stay whole where they can."""
    assert wrap_help_text(text, columns) == lines


def test_a_page_without_colour_is_plain() -> None:
    """Without colours terms are shown as they are."""
    assert HelpPage(80, colour=False).format_term("-q, --quiet") == "-q, --quiet"
    assert (
        HelpPage(80, colour=True).format_term("--dir DIR")
        == "\x1b[1;36m--dir\x1b[0m \x1b[36mDIR\x1b[0m"
    )
