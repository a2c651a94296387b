"""What other people's repositories take: the pre-commit hook and the GitHub Action."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from assistant.cli.app import app
from tests.support import repository
from tests.support.paths import ROOT

DOCUMENT = "memory/design/001_layers.md"


def loaded(name: str) -> Any:  # noqa: ANN401  YAML
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def options(words: list[str]) -> None:
    """Fail where a command line names an option that the command does not have."""
    group = typer.main.get_group(app)
    command = group.commands[words[0]]
    known = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words[1:] if word.startswith("-")} <= known


def test_hook() -> None:
    """The hook runs an entry that is installed, with options that exist, on documents only."""
    (hook,) = loaded(".pre-commit-hooks.yaml")
    program, *words = shlex.split(hook["entry"])
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]

    assert hook["id"] == "draft-check"
    assert hook["language"] == "python"
    assert hook["types"] == ["markdown"]
    assert hook.get("pass_filenames", True)
    assert program in scripts
    options(words)
    assert re.search(hook["files"], DOCUMENT)
    assert not re.search(hook["files"], "memory/design/README.md")
    assert not re.search(hook["files"], "docs/memory/design/001_x.md")


def test_action() -> None:
    """The action is a composite one whose inputs are all used, and never pasted into a command."""
    action = loaded("action.yml")
    steps = action["runs"]["steps"]
    given = " ".join(value for step in steps for value in step["env"].values())

    assert action["runs"]["using"] == "composite"
    assert set(action["inputs"]) == {"path", "args", "python"}
    assert set(re.findall(r"inputs\.(\w+)", given)) == set(action["inputs"])
    for step in steps:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"
        named = set(re.findall(r"\$(DRAFT_\w+)", step["run"]))
        assert named == set(step["env"])
    (line,) = (one for one in steps[1]["run"].splitlines() if "/draft" in one and "check " in one)
    options(["check", *(word for word in shlex.split(line) if word.startswith("--"))])


@dataclass(frozen=True, slots=True)
class Runner:
    """A machine of somebody's CI: a repository in a folder with blanks, and a place for tools."""

    temp: Path
    workspace: Path
    bin: str

    def run(self, step: int, **inputs: str) -> subprocess.CompletedProcess[str]:
        """What a step of the action does, as GitHub runs it."""
        script = loaded("action.yml")["runs"]["steps"][step]["run"]
        environ = {**os.environ, "RUNNER_TEMP": str(self.temp), "PYTHONPATH": str(ROOT)}
        environ |= {"GITHUB_WORKSPACE": str(self.workspace), **inputs}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.workspace,
            capture_output=True,
            text=True,
            check=False,
            env=environ,
        )

    def check(
        self, path: str = "", args: str = "", **more: str
    ) -> subprocess.CompletedProcess[str]:
        """What the second step says, with draft installed by the first."""
        program = self.temp / "draft-check" / self.bin / "draft"
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m assistant "$@"\n', "utf-8")
        program.chmod(0o755)
        return self.run(1, DRAFT_PATHS=path, DRAFT_ARGS=args, **more)


@pytest.fixture(params=["bin", "Scripts"])
def runner(request: pytest.FixtureRequest, tmp_path: Path) -> Runner:
    """A runner; on Windows a virtual environment has `Scripts`."""
    temp, workspace = tmp_path / "the temp", tmp_path / "work space"
    temp.mkdir()
    made = repository.made(workspace)
    small = (ROOT / "tests/data/templates/small.md").read_text("utf-8")
    made.write("docs/our design/template.md", small)
    for name in ("docs/our design/001_a.md", "docs/more/001_b.md", "docs/none/001_c.md"):
        made.write(name, small.replace("## Schema", "") if "none" not in name else small)
    made.commit()
    return Runner(temp, workspace, str(request.param))


FOUND = "title=D101 missing-heading"
ONE, TWO = "file=docs/our design/001_a.md", "file=docs/more/001_b.md"


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("docs/our design", {ONE}),
        ("docs/our design/001_a.md", {ONE}),
        ("docs/our design\n", {ONE}),
        ("docs/our design\ndocs/more\n", {ONE, TWO}),
        ("\n  docs/our design/001_a.md  \r\n\n  docs/more\r\n", {ONE, TWO}),
        ("docs/more docs/none", {TWO}),
        ("docs/more", {TWO}),
    ],
)
def test_action_takes_paths(path: str, found: set[str], runner: Runner) -> None:
    """Paths are lines, which may hold blanks; on a single line they may also be words."""
    ran = runner.check(path, "--template=docs/our design/template.md\n--quiet\n")

    lines = [line for line in ran.stdout.splitlines() if FOUND in line]
    assert ran.returncode == 1, ran.stderr
    assert {name for name in (ONE, TWO) if any(name in line for line in lines)} == found


@pytest.mark.parametrize(
    ("path", "args", "code"),
    [
        ("docs/none", "--template tests.md --quiet", 4),
        ("*", "", 4),
        ("$(touch x)", "", 4),
        ("", "--dir docs/none --changed", 0),
        ("", "--dir docs/none --quiet --list", 0),
    ],
)
def test_action_takes_options(path: str, args: str, code: int, runner: Runner) -> None:
    """Options are words or lines; nothing in an input is a pattern or a command."""
    ran = runner.check(path, args)

    assert ran.returncode == code, ran.stdout + ran.stderr
    assert not (runner.workspace / "x").exists()


def test_action_in_a_container(runner: Runner) -> None:
    """A checkout that is another user's is read by git, which is told so for this run only."""
    ran = runner.check("", "--dir docs/none --changed", GIT_TEST_ASSUME_DIFFERENT_OWNER="1")

    assert (ran.returncode, "dubious" in ran.stderr) == (0, False), ran.stderr


PYTHON = """\
#!/bin/sh
[ "$1" != -c ] || exit {old}
case $2 in
venv) mkdir -p "$3/{bin}" && cp "$0" "$3/{bin}/python" ;;
*) echo "{name}:$*" ;;
esac
"""


@pytest.mark.parametrize(
    ("there", "wanted", "code", "said"),
    [
        ({"python3": 0, "python": 0}, "", 0, "python3:-m pip install"),
        (
            {"python3": 9, "python": 0},
            "",
            0,
            "python:-m pip install",
        ),  # an old one, or Windows' stub
        ({"python": 0}, "", 0, "python:-m pip install"),
        ({"python3": 1, "python": 1}, "", 2, "::error::draft needs Python 3.11"),
        ({"python3": 0, "my python": 0}, "my python", 0, "my python:-m pip install"),
        ({"python3": 0, "my python": 1}, "my python", 2, "::error::draft needs Python 3.11"),
    ],
)
def test_action_installs(
    there: dict[str, int], wanted: str, code: int, said: str, runner: Runner
) -> None:
    """The Python that is asked for is taken, else the first one that is new enough."""
    folder = runner.temp / "programs"
    folder.mkdir()
    for name, old in there.items():
        (folder / name).write_text(PYTHON.format(old=old, bin=runner.bin, name=name), "utf-8")
        (folder / name).chmod(0o755)
    for name in ("bash", "sh", "mkdir", "cp"):
        (folder / name).symlink_to(shutil.which(name) or "")
    ran = runner.run(0, DRAFT_PYTHON=wanted, DRAFT_SOURCE="/a b/draft", PATH=str(folder))

    assert (ran.returncode, said in ran.stdout) == (code, True), ran.stdout + ran.stderr
    if not code:
        assert ran.stdout.rstrip().endswith("/a b/draft")
