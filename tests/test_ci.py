"""What CI is made of: the scan for what must not be published, and a script for bare machines."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support import repository
from tests.support.paths import ROOT

KEY = "sk-" + "A" * 30  # in two parts, so that it is none
TOOLS = (
    "bash",
    "cat",
    "cp",
    "dirname",
    "grep",
    "head",
    "ls",
    "mkdir",
    "mktemp",
    "rm",
    "sed",
    "sh",
    "tail",
    "tee",
    "wc",
)
# A Python that makes virtual environments of programs which do nothing but say what they are told.
PYTHON = f"""\\
#!/bin/sh
case "$1 $2" in
"-m venv") mkdir -p "$3/bin"; cp "$STUBS/python" "$STUBS/pytest" "$STUBS/draft" "$3/bin/" ;;
".ci/"*) exec "{sys.executable}" "$@" ;;
esac
"""
PYTEST = """\
#!/bin/sh
while [ $# -gt 0 ]; do
    [ "$1" != --junitxml ] || echo '<testsuite><testcase classname="a" name="b"/></testsuite>' >"$2"
    printf '<%s>' "$1"
    shift
done
echo
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="CI's script is for a Unix shell")


def scanned(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "scan.py")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "message", [f"Rotate {KEY}", f"Rotate keys\n\n- the old one: {KEY}\n- the new one"]
)
def test_the_scan_reads_messages(message: str, tmp_path: Path) -> None:
    """A key in a commit's message is found, in a list as well."""
    made = repository.made(tmp_path)
    made.commit("a.md")
    assert scanned(tmp_path).returncode == 0

    made.git("commit", "-q", "--allow-empty", "-m", message)

    assert (scanned(tmp_path).returncode, "a key" in scanned(tmp_path).stdout) == (1, True)


def test_the_scan_reads_what_was_taken_back(tmp_path: Path) -> None:
    """What a commit adds is found though a later one removes it; what it removes was added."""
    made = repository.made(tmp_path)
    made.put("a.md", f"{KEY}\n")
    made.put("a.md", "nothing\n")

    found = scanned(tmp_path).stdout.splitlines()

    assert len(found) == 2
    assert found[0].endswith(": a key")


def test_the_script_on_a_bare_machine(tmp_path: Path) -> None:
    """It runs where a temporary folder has blanks in its name and there is no `timeout`."""
    stubs, temporary = tmp_path / "stubs", tmp_path / "a temporary folder"
    stubs.mkdir()
    temporary.mkdir()
    for name, text in {"python": PYTHON, "pytest": PYTEST, "draft": "#!/bin/sh\n"}.items():
        (stubs / name).write_text(text)
        (stubs / name).chmod(0o755)
    for name in TOOLS:
        (stubs / name).symlink_to(shutil.which(name) or "")
    environ = {
        "PATH": str(stubs),
        "STUBS": str(stubs),
        "TMPDIR": str(temporary),
        "HOME": str(tmp_path),
        "PYTHON": str(stubs / "python"),
    }

    ran = subprocess.run(
        ["bash", str(ROOT / ".ci" / "run"), "tests", "skips"],
        env=environ,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"<{temporary}/draft-ci." in ran.stdout
    assert "0 skipped in every run" in ran.stdout
    assert list(temporary.iterdir()) == []


def test_the_sdist_has_what_its_tests_need() -> None:
    """All that is kept in the repository is in the sdist, but for what git itself reads."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    named = set(project["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"])
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=True
    )
    kept = {name.partition("/")[0] for name in listed.stdout.splitlines()}

    assert kept - {".gitattributes", ".gitignore", "pyproject.toml"} <= named


def test_workflow_runs_the_readmes_tests() -> None:
    """The workflow tries every Python that is claimed, on the three systems."""
    import yaml  # noqa: PLC0415  only here

    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    matrix = workflow["jobs"]["tests"]["strategy"]["matrix"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    claimed = {
        line.rpartition(" ")[2]
        for line in project["classifiers"]
        if line.startswith("Programming Language :: Python :: 3.")
    }

    assert {one.partition("-")[0] for one in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert set(matrix["python"]) == claimed
