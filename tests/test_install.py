"""Where this program came from, and where a bug in it is to be reported."""

import json
import subprocess
from pathlib import Path

import pytest

from assistant import install
from assistant.terminal import report

ADDRESS = "https://example.com/them/draft"


def noted(url: str, **more: object) -> str:
    return json.dumps({"url": url, **more})


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the project have no address of its own, as long as it has none."""
    monkeypatch.setattr(install, "_find_project_address", lambda: "")


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        (ADDRESS, ADDRESS),
        ("https://user:token@example.com/them/draft", ADDRESS),
        ("git@example.com:them/draft.git", "git@example.com:them/draft.git"),
        ("ssh://git@example.com/them/draft", "ssh://example.com/them/draft"),
        ("/somebody's/folder", ""),
        ("file:///somebody's/folder", ""),
        ("../beside", ""),
        ("", ""),
    ],
)
def test_a_checkout_is_reported_to_its_remote(remote: str, address: str, tmp_path: Path) -> None:
    """The remote is named without a user or a token in it; a path is nobody's address."""
    git = ("git", "-C", str(tmp_path))
    subprocess.run([*git, "init", "-q"], check=True)
    if remote:
        subprocess.run([*git, "remote", "add", "origin", remote], check=True)

    assert install.find_report_address("", tmp_path) == address


def test_a_hook_does_not_name_another_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a hook, git's variables name the repository at hand: that is not where a bug belongs."""
    for name, remote in (("ours", ADDRESS), ("theirs", "https://example.com/others/work")):
        git = ("git", "-C", str(tmp_path / name))
        (tmp_path / name).mkdir()
        subprocess.run([*git, "init", "-q"], check=True)
        subprocess.run([*git, "remote", "add", "origin", remote], check=True)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "theirs" / ".git"))

    assert install.find_report_address("", tmp_path / "ours") == ADDRESS


def test_an_installed_copy_is_reported_to_where_it_came_from(tmp_path: Path) -> None:
    """What was installed from a git address is reported there; a folder or nothing says nothing."""
    vcs = {"vcs": "git", "commit_id": "1"}

    assert install.find_report_address(noted(ADDRESS, vcs_info=vcs), tmp_path) == ADDRESS
    assert install.find_report_address(noted("file:///x", dir_info={}), tmp_path) == ""
    assert install.find_report_address("no JSON", tmp_path) == ""


def test_the_report_names_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug says where to report it, or that whoever gave the program is to be told."""
    monkeypatch.setattr(install, "_find_project_address", lambda: ADDRESS)
    report.print_bug_report(ValueError())
    assert f"Please report it at {ADDRESS} with these lines:" in capsys.readouterr().err

    monkeypatch.setattr(install, "find_report_address", lambda: "")
    report.print_bug_report(ValueError())
    assert "Please report it to whoever gave you this program" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("noted", "expected"),
    [
        (
            '{"url": "file:///a%20b/clone", "dir_info": {"editable": true}}',
            'pip install -e "/a b/clone[local]"',
        ),
        ('{"url": "file:///clone", "dir_info": {}}', 'pip install "/clone[local]"'),
        (
            '{"url": "file:///C:/clone", "dir_info": {"editable": true}}',
            'pip install -e "C:/clone[local]"',
        ),
        (
            '{"url": "https://example.org/a/b",'  # noqa: ISC004
            ' "vcs_info": {"vcs": "git", "commit_id": "1f", "requested_revision": "v1"}}',
            'pip install "draft-design[local] @ git+https://example.org/a/b@v1"',
        ),
        (
            '{"url": "https://example.org/a/b", "vcs_info": {"vcs": "git"}}',
            'pip install "draft-design[local] @ git+https://example.org/a/b"',
        ),
        ("", 'pip install -e ".[local]" in a clone of this project'),
        ("[]", 'pip install -e ".[local]" in a clone of this project'),
        ('{"url": "file:///a.whl"}', 'pip install -e ".[local]" in a clone of this project'),
    ],
)
def test_command_for_the_extra(noted: str, expected: str) -> None:
    """The extra is installed from where the program came from, never by a name on a registry."""
    assert install.build_install_command(noted) == expected
