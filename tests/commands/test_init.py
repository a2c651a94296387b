"""`draft init`."""

import io
import json
from pathlib import Path

import pytest

from tests.support import paths
from tests.support.program import Draft, Terminal


def test_project_is_set_up_once(draft: Draft, tmp_path: Path) -> None:
    """Each step is a line; the second run has nothing to do and says so."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')

    first, second = draft("init"), draft("init")

    assert (first.code, second.code) == (0, 0)
    assert first.out.splitlines() == [
        "made memory/design: for the documents",
        "added to pyproject.toml: [tool.draft] with dir",
    ]
    assert "write these lines into .pre-commit-config.yaml" in first.err
    assert "id: draft-check" in first.err
    assert (second.out, second.err) == (
        "",
        "nothing to do: the project has its folder and its configuration\n",
    )
    assert draft("list").err == "no documents in memory/design\n"


def test_own_template_is_the_projects(draft: Draft, tmp_path: Path) -> None:
    """After a copy of the built-in template the project uses the copy."""
    done = draft("init", "--dir", "docs/rfc", "--template", "built-in")

    copy = tmp_path / "docs" / "rfc" / "template.md"
    assert done.code == 0
    assert copy.read_bytes() == paths.BUILT_IN.read_bytes()
    copy.write_text("# [Name]\n\n- **Status:** [Open | Shut]\n\n## Why\n")
    (tmp_path / "docs" / "rfc" / "001_a.md").write_text(
        "# A\n\n- **Status:** Open\n\n## Why\nSo.\n"
    )
    assert draft("status", "1", "shut").code == 0
    assert "001\tShut\tA" in draft("list").out


def test_dry_run_writes_nothing(draft: Draft, tmp_path: Path) -> None:
    """What would be done is said, and nothing is there afterwards."""
    done = draft("init", "--template", "built-in", "--dry-run")

    assert done.code == 0
    assert done.out.splitlines()[0] == "would make memory/design: for the documents"
    assert "nothing was written" in done.err
    assert list(tmp_path.iterdir()) == []


def test_json_lists_the_steps(draft: Draft, tmp_path: Path) -> None:
    """Each step with its kind, its path and what it adds."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')

    value = json.loads(draft("init", "--json").out)

    assert [step["kind"] for step in value["steps"]] == ["folder", "append", "advice"]
    assert value["steps"][1] == {
        "kind": "append",
        "path": "pyproject.toml",
        "what": "[tool.draft] with dir",
        "text": '\n[tool.draft]\ndir = "memory/design"\n',
    }
    assert json.loads(draft("init", "--json").out)["steps"] == []


def _documents(folder: Path) -> Path:
    """Three documents of one form, which is not the built-in template's."""
    docs = folder / "memory" / "design"
    docs.mkdir(parents=True)
    for number, status in enumerate(("Proposed", "Accepted", "Accepted"), 1):
        head = f"# {number}. Thing {number}\n\nDate: 2026-01-0{number}\n\n## Status\n\n{status}\n\n"
        text = f"{head}## Context\n\nSo {number}.\n\n## Decision\n\nThus {number}.\n"
        (docs / f"{number:03}_x.md").write_text(text)
    return docs


TEMPLATE = (
    "# NNN. [Title]\n\nDate: \n\n## Status\n\n[Proposed | Accepted]\n\n## Context\n\n## Decision\n"
)


@pytest.mark.parametrize("words", [("--yes",), ("--template", "shared")])
def test_documents_that_are_there_give_the_template(
    words: tuple[str, ...], draft: Draft, tmp_path: Path
) -> None:
    """What they share becomes the project's template, and a check of them is quiet then."""
    docs = _documents(tmp_path)
    before = draft("check")
    done = draft("init", *words)

    assert (before.code, before.out.count("D108")) == (1, 1)
    assert done.code == 0
    assert (docs / "template.md").read_text() == TEMPLATE
    assert 'template = "memory/design/template.md"' in (tmp_path / ".draft.toml").read_text()
    assert "id: draft-check" in done.err
    after = draft("check")
    assert (after.code, after.out) == (0, "")
    assert draft("status", "1", "acc").code == 0
    assert draft("init").err.startswith("nothing to do")


def test_template_is_offered_where_nobody_can_be_asked(draft: Draft, tmp_path: Path) -> None:
    """Without a terminal nothing is derived unasked, the way is named, and no hook is advised."""
    docs = _documents(tmp_path)
    done = draft("init")

    assert done.code == 0
    assert "hint: `draft init --template shared`" in done.err
    assert "would refuse commits that touch 3 of 3 documents" in done.err
    assert "draft-check" not in done.err
    assert not (docs / "template.md").exists()
    assert draft("init", "--yes").code == 0
    assert (docs / "template.md").read_text() == TEMPLATE
    text = (tmp_path / ".draft.toml").read_text()
    assert text == 'template = "memory/design/template.md"\ndir = "memory/design"\n'


@pytest.mark.parametrize(("answer", "made"), [("y\n", True), ("n\n", False), ("", False)])
def test_a_terminal_is_asked(
    answer: str, draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, made: bool
) -> None:
    """The template is shown, and only a yes makes it the project's."""
    monkeypatch.setattr(io, "TextIOWrapper", Terminal)
    docs = _documents(tmp_path)
    done = draft("init", stdin=answer.encode())

    assert "    ## Context\n" in done.err
    assert "Make it the project's template? [y/N]" in done.err
    assert (docs / "template.md").exists() is made


def test_documents_of_the_built_in_template_are_offered_none(draft: Draft, tmp_path: Path) -> None:
    """Where the documents follow the template that holds, nothing is offered."""
    docs = _documents(tmp_path)
    for path in docs.iterdir():
        path.write_bytes(paths.BUILT_IN.read_bytes())

    assert "shared" not in draft("init").err


def test_a_template_that_is_gone_can_be_given_anew(draft: Draft, tmp_path: Path) -> None:
    """A configured template that is not there stops no setup that brings it."""
    docs = _documents(tmp_path)
    (tmp_path / ".draft.toml").write_text('template = "memory/design/template.md"\n')
    done = draft("init", "--template", "shared")

    assert done.code == 0
    assert (docs / "template.md").read_text() == TEMPLATE


def test_nothing_shared(draft: Draft, tmp_path: Path) -> None:
    """A shared template that is asked for where nothing is shared is refused."""
    done = draft("init", "--template", "shared")

    assert done.code == 2
    assert "share no headings" in done.err
    assert list(tmp_path.iterdir()) == []


def _elsewhere(folder: Path) -> Path:
    """A project whose documents are in docs/adr."""
    docs = _documents(folder)
    (folder / "docs").mkdir()
    return docs.rename(folder / "docs" / "adr")


def test_documents_under_another_name_are_found(draft: Draft, tmp_path: Path) -> None:
    """With --yes the folder that has them becomes the project's, its form the template."""
    docs = _elsewhere(tmp_path)
    (tmp_path / "memory").rmdir()

    assert draft("init", "--yes").code == 0
    assert 'dir = "docs/adr"' in (tmp_path / ".draft.toml").read_text()
    assert (docs / "template.md").read_text() == TEMPLATE
    assert not (tmp_path / "memory").exists()
    assert draft("check").out == ""


def test_a_file_with_a_number_is_no_folder_of_documents(draft: Draft, tmp_path: Path) -> None:
    """One numbered file elsewhere is nothing to ask about."""
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "2026 plan.md").write_text("# Plan\n")
    (tmp_path / "specs" / "1_a").mkdir()

    assert draft("init").err.count("specs") == 0


def test_documents_under_another_name_are_named(draft: Draft, tmp_path: Path) -> None:
    """Where nobody can be asked the command that takes them is named; a folder given is taken."""
    _elsewhere(tmp_path)
    done = draft("init", "--dry-run")

    assert (
        "hint: docs/adr has 3 numbered documents: `draft init --dir docs/adr` takes it" in done.err
    )
    assert "docs/adr has" not in draft("init", "--dry-run", "--dir", "docs/x").err
    assert draft("init", "--dir", "docs/adr").code == 0
    assert "docs/adr has" not in draft("init").err


@pytest.mark.parametrize(("answer", "folder"), [("y\ny\n", "docs/adr"), ("n\n", "memory/design")])
def test_a_terminal_is_asked_for_the_folder(
    answer: str, folder: str, draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal the folder is asked for before the template."""
    monkeypatch.setattr(io, "TextIOWrapper", Terminal)
    _elsewhere(tmp_path)
    done = draft("init", stdin=answer.encode())

    assert "docs/adr has 3 numbered documents. Make it the project's folder? [y/N]" in done.err
    assert f'dir = "{folder}"' in (tmp_path / ".draft.toml").read_text()
