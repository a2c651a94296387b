"""Small projects that rules are tried on: documents, what is beside them, and another branch."""

import json
import shutil
from pathlib import Path

from assistant.lint.registry import RULES
from assistant.lint.rule import Example
from tests.support import repository
from tests.support.program import Draft

_TITLE, _NAME = "# [Title]\n\n", "# Login\n\n"


def lay_out(root: Path, example: Example, *, mended: bool) -> None:
    """Write what a rule's example shows into a folder: as it fails, or as it is mended."""
    name = example.renamed if mended and example.renamed else example.name
    beside = example.beside if not mended or example.mended is None else example.mended
    files = {name: _whole(example.passes if mended else example.fails, _NAME), **dict(beside)}
    project = repository.made(root / "project")
    for path, text in files.items():
        project.write(path, text)
    _branch_off(project, example.elsewhere)
    (root / "t.md").write_text(_whole(example.template, _TITLE), encoding="utf-8")


def copy_case(root: Path, case: Path) -> None:
    """Copy a rule's fixture, a folder of files, into a folder; `case.branch` names another's."""
    shutil.copytree(case, root / "project")
    project = repository.made(root / "project")
    other = case.with_suffix(".branch")
    _branch_off(project, other.read_text("utf-8").split() if other.exists() else ())
    shutil.copy(case.parent / "template.txt", root / "t.md")


def _branch_off(project: repository.Repository, names: tuple[str, ...] | list[str]) -> None:
    """Give a repository a branch that has documents of these names, where there are any."""
    if names:
        project.git("checkout", "-q", "-b", "side")
        project.commit(*names)
        project.git("checkout", "-q", "--orphan", "here")
        project.git("rm", "-q", "--cached", "-r", ".")
        for name in names:
            (project.root / name).unlink()


def _whole(text: str, title: str) -> str:
    return text if text.startswith(("# ", "---")) else title + text


def check_project(root: Path, draft: Draft) -> list[str]:
    """What every rule says of the project in a folder, a finding a line."""
    on = "".join(f'{code} = "{rule.severity}"\n' for code, rule in RULES.items() if not rule.on)
    (root / ".draft.toml").write_text(f"[check]\n{on}", encoding="utf-8")
    ran = draft("check", "--json", "--dir", "project", "--template", "t.md")
    return [
        f"{Path(one['path']).name}:{one['line']}:{one['column']}:{one['width']} "
        f"{one['severity']} {one['code']} {one['message']}"
        for one in json.loads(ran.out)["findings"]
    ]
