"""What other people's repositories take: the pre-commit hook and the GitHub Action."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from assistant.cli.app import app

ROOT = Path(__file__).resolve().parent.parent
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
    (line,) = (one for one in steps[1]["run"].splitlines() if "draft" in one)
    options([word for word in shlex.split(line)[1:] if "$" not in word])


@pytest.mark.parametrize(
    ("paths", "arguments", "code"),
    [("memory/design/001_layers.md", "", 0), ("", "--changed --quiet", 0), ("*", "", 4)],
)
def test_action_runs(paths: str, arguments: str, code: int, tmp_path: Path) -> None:
    """The action's own script, given a place where draft is installed, checks what it is told."""
    script = loaded("action.yml")["runs"]["steps"][1]["run"]
    program = tmp_path / "draft-check" / "bin" / "draft"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m assistant "$@"\n', "utf-8")
    program.chmod(0o755)
    more = {"RUNNER_TEMP": str(tmp_path), "DRAFT_PATHS": paths, "DRAFT_ARGS": arguments}
    ran = subprocess.run(
        ["bash", "-e", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, **more, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip

    assert ran.returncode == code, ran.stderr
