"""Completion: what is wanted at the cursor, and what the shells make of the answers."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from assistant.cli import candidates, completion, shells
from assistant.cli.app import app
from assistant.cli.candidates import CursorPlace, offer_candidates
from assistant.template import template
from tests.support.paths import ROOT
from tests.support.program import HEAVY, LOADED, Draft
from tests.support.typist import Typist

EVIL = """It's $(touch pwned) `touch pwned` "quoted": a*b & <c> \\ back; x!y"""
DOCUMENT = f"""\
---
# a comment
---
# 001 - Login: the "timeout" isn't $HOME

- **Status:** Draft

## Risks

## Open Questions

## {EVIL}

## Größe ändern

## Rollout

### Plan

## Tests

### Plan
"""
PROGRAM = typer.main.get_command(app)
Ask = Callable[..., list[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with documents, a letter for --from, and nothing else."""
    folder = tmp_path / "project"
    (folder / "memory" / "design").mkdir(parents=True)
    (folder / "memory/design/001_login_timeout.md").write_text(DOCUMENT, "utf-8")
    (folder / "memory/design/012_csv_export.md").write_text("no heading\n", "utf-8")
    (folder / "letter.txt").write_text("x\n")
    return folder


@pytest.fixture
def ask(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Ask:
    """What is offered behind some words, without what a shell needs to insert it."""
    monkeypatch.chdir(project)

    def run(*words: str, shell: str = "zsh") -> list[str]:
        monkeypatch.setattr(sys, "argv", ["draft", *words])
        assert completion.answer_shell(PROGRAM, f"complete_{shell}") == 0
        said = capfdbinary.readouterr()
        assert said.err == b""
        return said.out.decode().splitlines()

    return run


def values(lines: list[str]) -> list[str]:
    return [line.partition("\t")[0] for line in lines[1:]]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("fi",), ["fill"]),
        (("",), list(PROGRAM.list_commands(None))),  # type: ignore[attr-defined]
        (("--json", "che"), ["check"]),
        (("help", "st"), ["status"]),
        (("fill", ""), ["12", "1"]),
        (("fill", "0"), ["012", "001"]),
        (("suggest", "1"), ["12", "1"]),
        (("check", "1", "12", "1"), ["12", "1"]),
        (("renumber", "1"), ["12", "1"]),
        (("status", "1"), ["12", "1"]),
        (("--supersedes", ""), ["12", "1"]),
        (("x", "--relates-to="), ["--relates-to=12", "--relates-to=1"]),
        (("status", "1", "in"), ["In Review"]),
        (("status", "1", "--force", "app"), ["Approved"]),
        (("list", "--status", "imp"), ["Implemented"]),
        (("list", "--status=d"), ["--status=Draft"]),
        (("list", "--sort", "q"), ["questions"]),
        (("fill", "1", "--section", "r"), ["Risks", "Rollout", "Rollout > Plan"]),
        (("fill", "--section", "Ri"), ["Risks & Mitigations"]),
        (("fill", "1", "--section", "Risks", "--section", "Tests"), ["Tests", "Tests > Plan"]),
        (("check", "--explain", "D10"), ["D101", "D102", "D103", "D104", "D105", "D106"]),
        (("check", "--explain", "heading-l"), ["heading-level"]),
        (("check", "--format", ""), ["text", "json", "github", "sarif"]),
        (("check", "--since", "H"), ["HEAD"]),
        (("x", "--language", "ger"), ["German"]),
        (("x", "--output", ""), ["-"]),
        (("a bug", "--mo"), ["--model"]),
        (("--mo",), ["--model"]),
        (("--ver",), ["--verbose", "--version"]),
        (("fill", "1", "--js"), ["--json"]),
        (("fill", "--json", "1", "--js"), []),
        (("a bug", "--supersedes", "1", "--sup"), ["--supersedes"]),
        (("fill", "1", "--he"), ["--help"]),
        (("--show-completion", "f"), ["fish"]),
        (("a bug", ""), []),
        (("fill", "1", ""), []),
        (("fill", "--hint", ""), []),
        (("x", "--author", ""), []),
        (("--", "fi"), []),
        (("status", "1", "Draft", ""), []),
    ],
)
def test_what_is_offered(words: tuple[str, ...], expected: list[str], ask: Ask) -> None:
    """At every place exactly what may stand there is offered, in an order that helps."""
    lines = ask(*words)

    assert lines[0] == "words"
    found = values(lines)
    if words[:2] == ("check", "--explain"):  # there may be more rules one day
        assert set(expected) <= set(found)
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("words", "paths"),
    [
        (("--from", ""), "files"),
        (("x", "--template", "t"), "files"),
        (("x", "--template=t"), "files"),
        (("check", "memory/"), "files"),
        (("fill", "./"), "files"),
        (("x", "--model", "weights/"), "files"),
        (("--dir", ""), "folders"),
        (("index", "--file", ""), "files"),
    ],
)
def test_files(words: tuple[str, ...], paths: str, ask: Ask) -> None:
    """Where a path is wanted the shell is told to look for it itself."""
    assert ask(*words) == [paths]


def test_titles(ask: Ask) -> None:
    """A number has its document's title beside it, without the number; else its name's words."""
    assert ask("fill", "") == ["words", "12\tcsv export", '1\tLogin: the "timeout" isn\'t $HOME']


def test_a_title_is_no_section(ask: Ask) -> None:
    """Of a document's headings all are offered but its title."""
    found = values(ask("fill", "1", "--section", ""))

    assert found == [
        "Risks",
        "Open Questions",
        EVIL,
        "Größe ändern",
        "Rollout",
        "Tests",
        "Rollout > Plan",
        "Tests > Plan",
    ]


def test_what_is_unwritten_says_so(ask: Ask, project: Path) -> None:
    """Beside a heading stands whether a model would write something there, else its line."""
    text = template.load_template(None).text.replace("## Goals\n", "## Goals\n- It is fast.\n", 1)
    (project / "memory/design/003_new.md").write_text(text, "utf-8")

    found = dict(line.split("\t") for line in ask("fill", "3", "--section", "")[1:])

    assert found["Overview"] == "unwritten"
    assert found["Goals"].startswith("line ")
    assert found["References"].startswith("line ")


def test_rules_say_what_they_are(ask: Ask) -> None:
    """A code has the rule's name beside it."""
    assert ask("check", "--explain", "D104")[1].startswith("D104\theading-level: ")


def test_a_number_that_two_have_names_neither(ask: Ask, project: Path) -> None:
    """Documents that share a number are offered by their paths."""
    (project / "memory/design/012_other.md").write_text("# Other\n")

    found = values(ask("fill", ""))

    assert found[:2] == ["memory/design/012_other.md", "memory/design/012_csv_export.md"]


def test_every_kind_of_value_is_known() -> None:
    """A place that is neither completed nor known to have nothing to complete is a mistake."""
    without = {
        "NAME",
        "URL",
        "N",
        "SECONDS",
        "TEXT",
        "NUMBER",
        "DESCRIPTION",
        "FILE",
        "DIR",
        "COMMAND",
        "MODEL",
    }
    kinds = {
        parameter.metavar.strip("[].")
        for command in PROGRAM.commands.values()  # type: ignore[attr-defined]
        for parameter in command.params
        if parameter.param_type_name == "argument" or not parameter.is_flag
    }

    assert kinds <= without | set(candidates._OFFERS_BY_KIND)  # noqa: SLF001
    assert set(candidates._OFFERS_BY_KIND) <= kinds  # noqa: SLF001


def _broken(project: Path) -> None:
    (project / ".draft.toml").write_text("dir = [broken\n")


def _unknown(project: Path) -> None:
    (project / ".draft.toml").write_text('no-such-key = "x"\n')


def _empty(project: Path) -> None:
    shutil.rmtree(project / "memory")


def _no_template(project: Path) -> None:
    (project / ".draft.toml").write_text('template = "none.md"\n')


def _no_text(project: Path) -> None:
    (project / "memory/design/001_login_timeout.md").write_bytes(bytes(range(256)))


def _is_a_file(project: Path) -> None:
    shutil.rmtree(project / "memory")
    (project / "memory").write_text("no folder\n")


@pytest.mark.parametrize("shell", shells.SCRIPTS)
@pytest.mark.parametrize(
    ("how", "words"),
    [
        (_broken, ("fill", "")),
        (_broken, ("status", "1", "")),
        (_unknown, ("fill", "1", "--section", "")),
        (_empty, ("fill", "")),
        (_empty, ("fill", "1", "--section", "")),
        (_no_template, ("status", "1", "")),
        (_no_text, ("fill", "1", "--section", "")),
        (_is_a_file, ("check", "")),
    ],
)
def test_nothing_is_said_where_nothing_can_be_offered(
    how: Callable[[Path], None],
    words: tuple[str, ...],
    shell: str,
    ask: Ask,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without documents, or with a configuration that is broken, there is silence and code 0."""
    how(project)
    monkeypatch.setenv("COMP_LINE", " ".join(("draft", *words)))

    assert ask(*words, shell=shell) in ([], ["words"])


@pytest.mark.parametrize("how", [_broken, _empty, _no_template])
def test_commands_are_offered_everywhere(
    how: Callable[[Path], None], ask: Ask, project: Path
) -> None:
    """What the program itself names does not depend on the folder."""
    how(project)

    assert values(ask("fi")) == ["fill"]
    assert values(ask("x", "--mo")) == ["--model"]


def test_without_rights(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be read offers nothing, quietly; nor does one that is gone."""

    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", denied)
    assert ask("fill", "") == []
    monkeypatch.setattr(os, "getcwd", denied)
    assert ask("fill", "") == []


def test_a_key_does_not_stop_it(ask: Ask, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that names a server is completed in, whatever key is there."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret-0123456789")
    (project / ".draft.toml").write_text('base-url = "https://example.org/v1"\n')

    assert values(ask("fill", "1")) == ["12", "1"]


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("draft fill ", "12"),
        ("draft fill 1 --section ", "Risks"),
        ("draft status 1 ", "Draft"),
        ("draft check --explain ", "D001"),
        ("draft check --format ", "text"),
        ("draft fi", "fill"),
        ("draft x --language g", "German"),
    ],
)
def test_fast(line: str, first: str, project: Path) -> None:
    """The Tab key loads nothing that a model needs, and no help is printed into the line."""
    more = {"PYTHONPATH": str(ROOT), "_DRAFT_COMPLETE": "complete_bash", "COMP_WORDS": line}
    more["COMP_CWORD"] = str(line.count(" "))
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, json.dumps(HEAVY)],
        cwd=project,
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stdout.splitlines()[0]) == (0, first)
    assert ran.stderr.split() == ["LOADED"]


LINES = {
    "draft fi\t7": ["fill", "7"],
    "draft fill 1 --sect\tRis\t": ["fill", "1", "--section", "Risks"],
    "draft fill 1 --section ris\t": ["fill", "1", "--section", "Risks"],
    "draft fill 1 --section It\t": ["fill", "1", "--section", EVIL],
    'draft fill 1 --section "It\t': ["fill", "1", "--section", EVIL],
    "draft fill 1 --section 'It\t": ["fill", "1", "--section", EVIL],
    "draft fill 1 --section=Open\t": ["fill", "1", "--section=Open Questions"],
    "draft fill 1 --section Grö\t": ["fill", "1", "--section", "Größe ändern"],
    "draft fill 1 --section Tests\\ \\>\t": ["fill", "1", "--section", "Tests > Plan"],
    'draft fill 1 --section "Open Q\t --dry-r\t': [
        "fill",
        "1",
        "--section",
        "Open Questions",
        "--dry-run",
    ],
    "draft status 1 app\t": ["status", "1", "Approved"],
    "draft list --status in\t": ["list", "--status", "In Review"],
    "draft check --explain missing-h\t": ["check", "--explain", "missing-heading"],
    "draft fill 12\t": ["fill", "12"],
    "draft --mo\tz": ["--model", "z"],
    "draft 'a bug' --mo\tz": ["a bug", "--model", "z"],
    "draft --from let\t": ["--from", "letter.txt"],
}


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_in_the_shell(shell: str, project: Path, tmp_path: Path, draft: Draft) -> None:
    """In a real shell the Tab key completes, with any quoting, and runs nothing of a heading."""
    if shutil.which(shell) is None:
        pytest.skip(f"no such shell here: {shell}")
    script = draft("--show-completion", shell).out
    with Typist(shell, project, tmp_path / "home", script) as typist:
        got = {keys: typist.types(keys) for keys in LINES}

    assert got == LINES
    assert not list(tmp_path.rglob("pwned"))


def test_bash_lists_what_they_are(project: Path, tmp_path: Path, draft: Draft) -> None:
    """Where bash shows candidates, it shows titles beside them."""
    script = draft("--show-completion", "bash").out
    with Typist("bash", project, tmp_path / "home", script) as typist:
        typist.types("draft fill 1\t\t\t")

    assert '(Login: the "timeout" isn\'t $HOME)' in typist.screen


def test_the_function_alone(project: Path, tmp_path: Path, draft: Draft) -> None:
    """Bash's function works with the words alone, as those call it who test completions."""
    script = tmp_path / "draft.bash"
    script.write_text(draft("--show-completion", "bash").out)
    program = tmp_path / "bin" / "draft"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m assistant "$@"\n')
    program.chmod(0o755)
    lines = (
        f"source {script}; COMP_WORDS=(draft fill 1 --section Ris); COMP_CWORD=4;"
        "_draft_completion draft Ris --section; printf '%s|' \"${COMPREPLY[@]}\""
    )
    ran = subprocess.run(
        ["bash", "--norc", "-c", lines],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": f"{program.parent}:/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )

    assert (ran.stdout, ran.stderr) == ("Risks|", "")


def test_place_without_a_kind() -> None:
    """Where nothing can be offered, nothing is."""
    assert offer_candidates(CursorPlace(kind="URL")).candidates == ()
    assert offer_candidates(CursorPlace(kind="")).paths == ""
