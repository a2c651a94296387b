"""The rules: a file each, that says everything about one, with fixtures beside its code."""

import importlib
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.lint import rules
from assistant.lint.registry import RULES
from assistant.lint.rule import Rule
from tests.support.paths import DATA, ROOT
from tests.support.program import Draft
from tests.support.projects import check_project, copy_case, lay_out
from tests.support.waiting import PATIENCE

_FIXTURES = DATA / "check"
_MODULES = sorted(module.name for module in pkgutil.iter_modules(rules.__path__))
_CASES = sorted(path for path in _FIXTURES.rglob("*.expected") if path.with_suffix("").is_dir())
_CODE = re.compile(r" (?:error|warning|note) (D\d{3}) ")
NEW = '''"""D999: a document says nothing but `nothing`."""

from collections.abc import Iterator

from assistant.lint.rule import DocumentRule, Example, Hit
from assistant.lint.subject import CheckedDocument, Spot


def _check(subject: CheckedDocument) -> Iterator[Hit]:
    at = subject.text.find("nothing")
    if at >= 0:
        yield Hit(spot=Spot(offset=at, width=7), message="say something.")


RULE = DocumentRule(
    code="D999",
    name="says-nothing",
    severity="warning",
    about="A document says nothing.",
    why="Nobody reads what says nothing.",
    mend="Say something.",
    example=Example(fails="It says nothing.\\n", passes="It says this.\\n"),
    check=_check,
)
'''


def codes(found: list[str]) -> set[str]:
    return {match[1] for line in found if (match := _CODE.search(line))}


@pytest.mark.parametrize("name", _MODULES)
def test_a_module_declares_one_rule(name: str) -> None:
    """Each module has one rule, whose code and name are the file's."""
    module = importlib.import_module(f"{rules.__name__}.{name}")
    (declared,) = (value for value in vars(module).values() if isinstance(value, Rule))

    assert module.RULE is declared
    assert name == f"{declared.code.lower()}_{declared.name.replace('-', '_')}"
    assert RULES[declared.code] is declared


def test_the_registry_has_them_in_order() -> None:
    """The rules are those of the package's modules, sorted by their codes; no name is twice."""
    assert list(RULES) == sorted(RULES)
    assert len(RULES) == len(_MODULES) == len({rule.name for rule in RULES.values()})
    assert all(rule.about.endswith(".") for rule in RULES.values())


@pytest.mark.parametrize("code", RULES)
def test_a_rule_has_fixtures(code: str) -> None:
    """In the folder of its code a rule has a case that it is found in, and one that it is not."""
    expected = [path.read_text("utf-8") for path in (_FIXTURES / code).rglob("*.expected")]
    found = [code in codes(text.splitlines()) for text in expected]

    assert True in found
    assert False in found


def test_every_fixture_is_compared() -> None:
    """A document without what is expected of it would be no fixture."""
    for path in _FIXTURES.rglob("*.md"):
        inside = any((up.parent / f"{up.name}.expected").exists() for up in path.parents)
        assert inside or path.with_suffix(".expected").exists(), path


@pytest.mark.parametrize("path", _CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_folders_have_exactly_their_findings(path: Path, draft: Draft, tmp_path: Path) -> None:
    """Each small folder of files has the findings that are written beside it, and no others."""
    copy_case(tmp_path, path.with_suffix(""))
    found = check_project(tmp_path, draft)

    assert found == path.read_text("utf-8").splitlines()


@pytest.mark.parametrize("code", RULES)
def test_an_example_is_one(
    code: str, draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule's example has its finding and no other; mended, it has not."""
    example = RULES[code].example
    lay_out(tmp_path / "a", example, mended=False)
    lay_out(tmp_path / "b", example, mended=True)
    found: list[list[str]] = []
    for place in (tmp_path / "a", tmp_path / "b"):
        monkeypatch.chdir(place)
        found.append(check_project(place, draft))
    before, after = found

    assert codes(before) == {code}, before
    assert code not in codes(after), after


@pytest.mark.parametrize("code", [code for code, rule in RULES.items() if rule.mends])
def test_what_is_mended_by_itself(code: str, draft: Draft, tmp_path: Path) -> None:
    """Where a rule says that `--fix` knows what to do, it does it in the rule's example."""
    lay_out(tmp_path, RULES[code].example, mended=False)
    assert check_project(tmp_path, draft)
    draft("check", "--fix", "--dir", "project", "--template", "t.md")

    assert check_project(tmp_path, draft) == []


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program with one file more: a new rule."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("assistant", "prompts"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "assistant/lint/rules/d999_says_nothing.py").write_text(NEW, "utf-8")
    (copy / "work").mkdir()
    (copy / "work/t.md").write_text("# [Title]\n", "utf-8")
    return copy


def run(package: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = "import sys; from assistant.__main__ import main; sys.argv[0] = 'draft'; main()"
    environ = {**os.environ, "PYTHONPATH": str(package), "HOME": str(package / "home")}
    return subprocess.run(
        [sys.executable, "-c", program, "check", *words],
        cwd=package / "work",
        env=environ,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
    )


def test_adding_a_rule_is_one_file(package: Path) -> None:
    """A new file in the package is found, runs, is explained, turned off and ignored."""
    work = package / "work"
    words = ("--template", "t.md", "a.md")
    (work / "a.md").write_text("# A\n\nIt says nothing.\n", "utf-8")

    assert "a.md:3:9: warning: D999" in run(package, *words).stdout
    assert run(package, "--list").stdout.splitlines()[-1].startswith("D999  says-nothing")
    explained = run(package, "--explain", "D999").stdout
    assert explained.startswith("# says-nothing (D999)\n\nwarning, on by default\n")
    assert "Nobody reads what says nothing." in explained

    (work / ".draft.toml").write_text('[check]\nsays-nothing = "off"\n', "utf-8")
    assert run(package, *words).stdout == ""
    (work / ".draft.toml").write_text('[check]\nD999 = "error"\n', "utf-8")
    assert "a.md:3:9: error: D999" in run(package, *words).stdout
    (work / "a.md").write_text("# A\n\nIt says nothing. <!-- draft: ignore D999 -->\n", "utf-8")
    assert run(package, *words).stdout == ""
    (work / "a.md").write_text("# A\n\nIt says this. <!-- draft: ignore D999 -->\n", "utf-8")
    assert "D001" in run(package, *words).stdout
