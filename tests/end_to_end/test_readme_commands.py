"""The README: every command in it is run, every option that it names is there, every link leads.

A line in a fenced block of shell is one command. `draft` is really run, by a shell, in a project of
its own against a scripted server; what installs is held to its form; anything else has to be known
here, so that nobody writes a command that nothing tries.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer

from assistant.cli.app import app
from assistant.errors import Exit
from tests.support import repository
from tests.support.paths import ROOT
from tests.support.scripted import ScriptedServer
from tests.support.waiting import PATIENCE

README = (ROOT / "README.md").read_text("utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
SHELL = re.compile(r"^```(?:sh|bash|shell|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBERED = 9  # documents of the project: the README's examples speak of number 7, say
GROUP = typer.main.get_group(app)
# Other programs that a README may tell people to use, and what of them.
KNOWN = (
    r"git clone \S+( \S+)?",
    r"cd \S+",
    r"(?:python3?|py)(?: -3)? -m venv \S+",
    r"(?:\.|source) \S+/activate|\S+\\Scripts\\activate",
    r"pytest( -m embedded)?",
    r"bash \.ci/run( \w+)*",
    r"(?:sudo )?apt-get install \S+",
    r"brew install \S+|winget install \S+|conda install .*",
)


def lines(text: str) -> Iterator[str]:
    """The command lines of all shell blocks, without a prompt, a comment, or a continuation."""
    for block in SHELL.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            bare = re.sub(r"(?:^|\s+)#\s.*$", "", line.removeprefix("$ ")).strip()
            yield from filter(None, re.split(r"\s+&&\s+", bare))


COMMANDS = tuple(dict.fromkeys(lines(README)))
DRAFTS = tuple(line for line in COMMANDS if line.split()[0] == "draft")
OTHERS = tuple(line for line in COMMANDS if line not in DRAFTS)


@dataclass(frozen=True, slots=True)
class Project:
    """A repository with documents, and `draft` on PATH, for a shell to work in."""

    folder: Path
    environ: dict[str, str]

    def forget(self, heading: str) -> None:
        """Leave every document without what stands under a heading."""
        for path in self.folder.glob("memory/design/*.md"):
            text = path.read_text("utf-8")
            section = rf"(?s)(?<=\n## {heading}\n).*?(?=\n## )"
            path.write_text(re.sub(section, "", text), "utf-8")

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """What a shell makes of a command line; whoever is asked says yes, on a terminal."""
        import pty  # noqa: PLC0415  Unix has it

        ours, theirs = pty.openpty()
        os.write(ours, b"y\n")
        try:
            return subprocess.run(
                ["sh", "-c", line],
                cwd=self.folder,
                env=self.environ,
                stdin=theirs,
                capture_output=True,
                text=True,
                check=False,
                timeout=PATIENCE,
            )
        finally:
            os.close(ours)
            os.close(theirs)


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    """A server that answers plausibly."""
    with ScriptedServer() as running:
        yield running


@pytest.fixture(scope="module")
def written(server: ScriptedServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A document as the program drafts it."""
    folder = tmp_path_factory.mktemp("draft")
    environ = {**os.environ, "OPENAI_BASE_URL": server.url, "PYTHONPATH": str(ROOT)}
    words = ("bug: login timeout", "--model", "tiny", "--output", "-")
    done = subprocess.run(
        [sys.executable, "-m", "assistant", *words],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("# "), done.stderr
    return done.stdout


@pytest.fixture
def project(written: str, server: ScriptedServer, tmp_path: Path) -> Project:
    """A project in which each command of a README makes sense."""
    folder = tmp_path / "project"
    made = repository.made(folder)
    for number in range(1, NUMBERED + 1):
        made.write(f"memory/design/{number:03}_topic_{number}.md", written)
    for name in ("notes.txt", "idea.txt"):
        made.write(name, "The login of the shop times out after a minute.\n")
    template = (ROOT / "tests/data/templates/small.md").read_text("utf-8")
    for name in ("rfc.md", "docs/template.md"):
        made.write(name, template)
    made.commit()
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "draft").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m assistant "$@"\n')
    (programs / "draft").chmod(0o755)
    environ = {
        **os.environ,
        "OPENAI_BASE_URL": server.url,
        "GIT_AUTHOR_NAME": "Ada",
        "EDITOR": "true",
        "VISUAL": "true",
        "PAGER": "cat",
        "PYTHONPATH": str(ROOT),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }
    return Project(folder, environ)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the README's lines are a Unix shell's")
@pytest.mark.parametrize("line", DRAFTS)
def test_every_command_works(line: str, project: Project, server: ScriptedServer) -> None:
    """It ends well, or with findings, and asks nobody but the server that it is given."""
    here = re.sub(r"https?://localhost:\d+/v1", server.url, line)
    if line.startswith("draft fill"):
        project.forget("Goals")

    ran = project.run(here)

    assert ran.returncode in {Exit.DONE, Exit.FINDINGS}, ran.stderr
    assert ran.stdout or ran.stderr


@pytest.mark.parametrize("line", OTHERS)
def test_other_commands_are_known(line: str) -> None:
    """What is not ours is one of a few programs, and what is installed or run is there."""
    words = shlex.split(line)
    if words[0] in {"pip", "uv", "pipx"} or words[1:3] == ["-m", "pip"]:
        installs(words)
    elif re.fullmatch(r"python3?", words[0]) and words[1] != "-m":
        assert (ROOT / words[1]).is_file()
        source = (ROOT / words[1]).read_text("utf-8")
        assert all(f'"{one}"' in source for one in words[2:] if one.startswith("--"))
    else:
        assert any(re.fullmatch(form, line) for form in KNOWN), "tell this test what that is"


def installs(words: list[str]) -> None:
    """Fail where a line installs what no registry has, or an extra that is none of ours."""
    assert "install" in words
    wanted = [one for one in words[words.index("install") + 1 :] if not one.startswith("-")]
    assert wanted
    for one in wanted:
        place, _, extras = one.partition("[")
        assert place in {".", ""} or "git+" in one, f"{place} is on no registry"
        named = {name.strip() for name in extras.partition("]")[0].split(",")} - {""}
        assert named <= set(PYPROJECT["optional-dependencies"])


def spans(text: str) -> list[str]:
    """What stands between backticks, outside of fenced blocks."""
    return re.findall(
        r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    )


def test_every_option_that_is_named_is_there() -> None:
    """Each `--option` of the text is one of some command, and of its own where that is named."""
    of = {
        name: {option for parameter in command.params for option in parameter.opts} | {"--help"}
        for name, command in GROUP.commands.items()
    }
    every = set().union(*of.values()) | {"--version", "--install-completion", "--show-completion"}
    wrong = []
    for span in spans(README):
        words = span.split()
        command = words[1] if words[:1] == ["draft"] and words[1:2] and words[1] in of else ""
        known = of[command] if command else every
        foreign = words and words[0] != "draft" and not words[0].startswith("--")
        if not foreign:
            named = {word.partition("=")[0] for word in words if word.startswith("--")}
            wrong += [f"{one} in `{span}`" for one in named - known]
    assert wrong == []


def test_every_command_that_is_named_is_there() -> None:
    """`draft WORD` in the text names a command, where it is no description in quotes."""
    named = {
        words[1]
        for words in (span.split() for span in spans(README))
        if words[0] == "draft" and words[1:] and re.fullmatch("[a-z]+", words[1])
    }
    assert named <= set(GROUP.commands)


def test_links_lead_somewhere() -> None:
    """What the README links in the repository is there, headings of its own included."""
    headings = {
        re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in README.splitlines()
        if line.startswith("#")
    }
    targets = re.findall(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"", README)
    for target in (one or other for one, other in targets):
        path, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        assert not path or (ROOT / path).exists(), target
        assert path or anchor in headings, target


def test_a_stranger_can_begin() -> None:
    """There are commands at all, and the first ones install and draft."""
    assert DRAFTS
    assert any("install" in line for line in COMMANDS[:4])
    assert shutil.which("sh") or sys.platform == "win32"
