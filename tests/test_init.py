"""`draft init`."""

import json
from pathlib import Path

from tests import templates
from tests.conftest import Draft


def test_project_is_set_up_once(draft: Draft, tmp_path: Path) -> None:
    """Each step is a line; the second run has nothing to do and says so."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')

    first, second = draft("init"), draft("init")

    assert (first.code, second.code) == (0, 0)
    assert first.out.splitlines() == [
        "made memory/design: for the documents",
        "added to pyproject.toml: [tool.draft] with dir",
    ]
    assert "belong in .pre-commit-config.yaml" in first.err
    assert "id: draft-check" in first.err
    assert (second.out, second.err) == ("", "nothing to do: the project is set up\n")
    assert draft("list").err == "no documents in memory/design\n"


def test_own_template_is_the_projects(draft: Draft, tmp_path: Path) -> None:
    """After a copy of the built-in template the project uses the copy."""
    done = draft("init", "--dir", "docs/rfc", "--template", "built-in")

    copy = tmp_path / "docs" / "rfc" / "template.md"
    assert done.code == 0
    assert copy.read_bytes() == templates.BUILT_IN.read_bytes()
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
        "kind": "append", "path": "pyproject.toml", "what": "[tool.draft] with dir",
        "text": '\n[tool.draft]\ndir = "memory/design"\n',
    }  # fmt: skip
    assert json.loads(draft("init", "--json").out)["steps"] == []
