"""What a project needs, planned before it is done."""

import tomllib
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.commands import setup
from assistant.commands.setup import SetupPlan, SetupRequest, add_hook, format_hook, plan_setup
from assistant.errors import DraftError

CONFIGURATIONS = (
    "repos:\n- repo: https://x\n  rev: v1\n  hooks:\n  - id: a\n",
    "# ours\nexclude: ^x\nrepos:\n  - repo: local\n    hooks:\n      - id: b  # last",
    "repos:\r\n    -   repo: local\r\n        hooks:\r\n        -   id: b\r\n# the end\r\n\r\n",
    "---\nrepos:\n  # nothing\n  - repo: meta\n    hooks: [{id: c}]\n",
)


def planned(root: Path, template: str = "", folder: str = "memory/design") -> SetupPlan:
    return plan_setup(
        root / folder, SetupRequest(template=template), root, {"HOME": str(root.parent)}
    )


def done(root: Path, template: str = "") -> SetupPlan:
    made = planned(root, template)
    for step in made.steps:
        setup.take_step(step)
    return made


def test_bare_project(tmp_path: Path) -> None:
    """A folder and `.draft.toml` are made; the hook's lines are for a person."""
    steps = done(tmp_path).steps

    assert [step.kind for step in steps] == ["folder", "file", "advice"]
    assert (tmp_path / "memory" / "design").is_dir()
    assert (tmp_path / ".draft.toml").read_text() == 'dir = "memory/design"\n'
    assert not planned(tmp_path).acts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[project]\nname = 'x'\n",
        "[project]\r\nname = 'x'",
        "\ufeff[tool.ruff]\nline = 1\n\n",
        "[tool]\nx = 1\n",
        "[[a]]\n[[a]]\n",
    ],
)
def test_pyproject_is_added_to(tmp_path: Path, text: str) -> None:
    """The table goes to the end of pyproject.toml, every byte before it stays, once."""
    file = tmp_path / "pyproject.toml"
    file.write_bytes(text.encode())

    done(tmp_path, setup.BUILT_IN)

    data = file.read_bytes().decode()
    assert data.startswith(text)
    assert data.count("\n") == data.count("\r\n") or "\r" not in text
    known = tomllib.loads(data.removeprefix("\ufeff"))["tool"]["draft"]
    assert known == {"dir": "memory/design", "template": "memory/design/template.md"}
    assert not planned(tmp_path, setup.BUILT_IN).acts
    assert planned(tmp_path, setup.BUILT_IN).remarks == ()


@pytest.mark.parametrize("text", ["tool = {x = 1}\n", "[tool]\ndraft-x = 1\n[tool.ruff]\n"])
def test_pyproject_that_takes_no_table_is_left(tmp_path: Path, text: str) -> None:
    """Where a table at the end would be no TOML, the configuration is a file of its own."""
    (tmp_path / "pyproject.toml").write_text(text)

    done(tmp_path)

    kept = (tmp_path / "pyproject.toml").read_text()
    assert kept == text or tomllib.loads(kept)["tool"]["draft-x"] == 1
    assert (tmp_path / ".draft.toml").exists() == (kept == text)


def test_broken_pyproject_is_an_error(tmp_path: Path) -> None:
    """A file that is no TOML is not added to."""
    (tmp_path / "pyproject.toml").write_text("[a\n")

    with pytest.raises(DraftError, match="not valid TOML"):
        planned(tmp_path)


def test_configuration_that_is_there_stays(tmp_path: Path) -> None:
    """A project that is configured is left so, and told the lines that it lacks."""
    (tmp_path / ".draft.toml").write_text('dir = "docs"\n')

    (tmp_path / "t.md").write_text("# [Name]\n")

    made = planned(tmp_path, "t.md")

    words = 'to use this, write into it: dir = "memory/design"'
    assert made.remarks == (f".draft.toml stays as it is; {words}",)
    (step,) = [step for step in made.steps if step.path.name == ".draft.toml"]
    assert step.text == 'template = "t.md"\ndir = "docs"\n'


@pytest.mark.parametrize(
    ("name", "text", "after"),
    [
        (
            ".draft.toml",
            "\ufeff# ours\r\n[check]\r\n",
            '\ufefftemplate = "t.md"\r\n# ours\r\n[check]\r\n',
        ),
        (".draft.toml", 'template = "a.md"\n', ""),
        ("pyproject.toml", "[tool.draft] # ours", '[tool.draft] # ours\ntemplate = "t.md"'),
        (
            "pyproject.toml",
            "[tool.draft]\ndir = 'd'\n[tool.draft.check]\n",
            "[tool.draft]\ntemplate = \"t.md\"\ndir = 'd'\n[tool.draft.check]\n",
        ),
        ("pyproject.toml", "tool.draft.dir = 'd'\n", ""),
        ("pyproject.toml", 'x = """\n[tool.draft]\n"""\n[tool.draft.check]\n', ""),
    ],
)
def test_template_is_named_in_a_configuration_without_one(
    tmp_path: Path, name: str, text: str, after: str
) -> None:
    """Its line is the only change; where that is not sure, a person is told to write it."""
    (tmp_path / name).write_bytes(text.encode())
    (tmp_path / "t.md").write_text("# [Name]\n")

    made = planned(tmp_path, "t.md")
    steps = [step for step in made.steps if step.path.name == name]

    assert [step.text for step in steps] == [after] * bool(after)
    assert any('template = "t.md"' in remark for remark in made.remarks) is not bool(after)


def test_template_is_copied_once(tmp_path: Path) -> None:
    """A template from elsewhere is copied byte for byte; one that was changed since stays."""
    root = tmp_path / "project"
    root.mkdir()
    data = b"\xef\xbb\xbf# [Name]\r\n\r\n## Why\r\n"
    (tmp_path / "t.md").write_bytes(data)

    done(root, "../t.md")
    copy = root / "memory" / "design" / "template.md"
    same = copy.read_bytes() == data
    copy.write_bytes(b"# [Name]\n\n## Ours\n")

    assert same
    assert planned(root, "../t.md").remarks == ("template.md is there already and stays as it is",)
    assert not planned(root, "../t.md").acts


def test_template_of_the_project_is_named(tmp_path: Path) -> None:
    """A template that is the project's already is not copied but configured."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "t.md").write_text("# [Name]\n\n## Why\n")

    done(tmp_path, "docs/t.md")

    assert 'template = "docs/t.md"' in (tmp_path / ".draft.toml").read_text()
    assert not (tmp_path / "memory" / "design" / "template.md").exists()


def test_bad_template_is_refused(tmp_path: Path) -> None:
    """What is no template is not copied, and nothing else is planned."""
    (tmp_path / "t.md").write_text("no heading\n")

    with pytest.raises(DraftError, match="no heading"):
        planned(tmp_path, "t.md")
    with pytest.raises(DraftError, match="not there"):
        planned(tmp_path, "none.md")


@pytest.mark.parametrize("text", CONFIGURATIONS)
def test_hook_is_one_more_item(text: str) -> None:
    """In block form the hook is appended: the file means what it did, and one repository more."""
    new = add_hook(text, format_hook("docs/design"))

    assert new is not None
    assert new.startswith(text)
    before, after = yaml.safe_load(text), yaml.safe_load(new)
    assert after["repos"][:-1] == before["repos"]
    assert after["repos"][-1]["hooks"][0]["files"] == r"^docs/design/[0-9]+[-_. ].*\.md$"
    assert {k: v for k, v in after.items() if k != "repos"} == {
        k: v for k, v in before.items() if k != "repos"
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "repos: []\n",
        "repos:\n",
        "repos: [{repo: meta}]\n",
        "repos:\n- repo: x\nexclude: y\n",
        "repos:\n\t- repo: x\n",
        "repos:\n- repo: x\n---\na: 1\n",
        "- repo: x\n",
        "{repos: []}\n",
        "repos:\n- repo: x\n  y: |\n",
        '"repos":\n- repo: x\n',
    ],
)
def test_other_forms_are_left_to_a_person(text: str) -> None:
    """Where the end of the file is not the end of the list, nothing is appended."""
    assert add_hook(text, format_hook("x")) is None


@example(["repos:", "- repo: a", "repos:"], "\n", True)  # noqa: FBT003  hypothesis takes all by position
@given(
    st.lists(
        st.sampled_from(
            (
                "repos:",
                "- repo: a",
                "  - repo: a",
                "    hooks:",
                "  hooks: []",
                "exclude: x",
                "# words",
                "",
                "  rev: |",
                "    text",
                "---",
                "...",
                "  ? x",
                "  hooks: [",
                "  ]",
                "  rev: 'a",
                "  b'",
            )
        ),
        max_size=9,
    ),
    st.sampled_from(("\n", "\r\n")),
    st.booleans(),
)
def test_appending_never_changes_a_meaning(lines: list[str], newline: str, ended: bool) -> None:  # noqa: FBT001
    """Of any file that is YAML, what is appended is one more repository, or nothing is."""
    text = newline.join(lines) + newline * ended
    try:
        before = yaml.safe_load(text)
    except yaml.YAMLError:
        return
    new = add_hook(text, format_hook("x"))
    if new is not None:
        after = yaml.safe_load(new)
        assert after["repos"][:-1] == before["repos"]
        assert after | {"repos": []} == before | {"repos": []}


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("repos:\n- repo: x\n  hooks:\n  - id: 'draft-check'\n", False),
        ('repos:\n- repo: x\n  hooks: [{"id": "draft-check"}]\n', False),
        ("repos:\n- repo: local\n  hooks:\n  - id: x\n    entry: draft check -q\n", False),
        ("# id: draft-check\nrepos:\n- repo: x\n", True),
        ("repos:\n- repo: x\n  hooks:\n  - id: my-draft-check\n", True),
    ],
)
def test_hook_is_known_however_it_is_written(tmp_path: Path, text: str, added: bool) -> None:  # noqa: FBT001
    """A hook in quotes or in braces is there; one in a comment, or of another name, is not."""
    (tmp_path / ".pre-commit-config.yaml").write_text(text)

    assert any(step.what == "the hook draft-check" for step in planned(tmp_path).steps) is added


def test_hook_that_is_there_is_not_added(tmp_path: Path) -> None:
    """A configuration that has the hook is left alone, one that has not gets it once."""
    file = tmp_path / ".pre-commit-config.yaml"
    file.write_text(CONFIGURATIONS[0])

    done(tmp_path)

    assert file.read_text().startswith(CONFIGURATIONS[0])
    assert file.read_text().count("draft-check") == 1
    assert planned(tmp_path).steps == ()


def test_what_came_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """A file that somebody makes or changes after the plan is left as it is, and said."""
    (tmp_path / "pyproject.toml").write_text("a = 1\n")
    steps = planned(tmp_path, setup.BUILT_IN).steps
    (tmp_path / "pyproject.toml").write_text("b = 1\n")
    (tmp_path / "memory" / "design").mkdir(parents=True)
    (tmp_path / "memory" / "design" / "template.md").write_text("ours\n")

    for step in steps[1:3]:
        with pytest.raises(DraftError, match="just now"):
            setup.take_step(step)
    assert (tmp_path / "pyproject.toml").read_text() == "b = 1\n"
    assert (tmp_path / "memory" / "design" / "template.md").read_text() == "ours\n"


def test_file_where_the_folder_belongs(tmp_path: Path) -> None:
    """A file of the folder's name is an error, and stays."""
    (tmp_path / "memory").write_text("ours\n")

    with pytest.raises(DraftError):
        done(tmp_path)
    assert (tmp_path / "memory").read_text() == "ours\n"
