"""`draft status DOC STATUS`."""

import json
from pathlib import Path

import pytest

from assistant.commands import status
from assistant.errors import DraftError
from tests.support import paths
from tests.support.documents import HEAD
from tests.support.meanwhile import edit_meanwhile
from tests.support.program import Draft

TEMPLATE = "# [Name]\n\n- **Status:** [Draft | Approved]\n- **Updated:** \n\n## Why\n"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A document that is written, in the folder where documents are, with its template."""
    (tmp_path / ".draft.toml").write_text('template = "t.md"\n')
    (tmp_path / "t.md").write_text(TEMPLATE)
    path = tmp_path / "memory" / "design" / "007_a.md"
    path.parent.mkdir(parents=True)
    path.write_bytes((HEAD.format(" Draft", " 2026-01-01") + "So.\n").encode())
    return path


def test_status_and_date_are_set(draft: Draft, document: Path) -> None:
    """The path is the result, the change is said, and only the two values differ."""
    done = draft("status", "7", "appr")

    today = document.read_text().split("**Updated:** ")[1][:10]
    assert (done.code, done.out) == (0, "memory/design/007_a.md\n")
    assert "Draft -> Approved" in done.err
    assert document.read_text() == HEAD.format(" Approved", f" {today}") + "So.\n"
    assert today > "2026-01-01"


def test_either_direction(draft: Draft, document: Path) -> None:
    """A document goes back as it goes on."""
    draft("status", "7", "approved")

    assert draft("status", "memory/design/007_a.md", "draft").code == 0
    assert "**Status:** Draft\n" in document.read_text()


def test_same_status_writes_nothing(draft: Draft, document: Path) -> None:
    """A status that it has already is said to be, and the file is not touched."""
    before = document.stat()

    done = draft("status", "7", "DRAFT")

    assert (done.code, done.out) == (0, "memory/design/007_a.md\n")
    assert "Draft already" in done.err
    after = document.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_other_words_are_refused(draft: Draft, document: Path) -> None:
    """What is no status of the template's is wrong usage, and the list is shown."""
    before = document.read_bytes()

    done = draft("status", "7", "Finished")

    assert done.code == 2
    assert "Draft, Approved" in done.err
    assert document.read_bytes() == before


@pytest.mark.parametrize(("text", "code"), [("", "7: D201"), ("```json\n{\n```\nSo.\n", "8: D301")])
def test_unready_document_is_not_approved(
    draft: Draft, document: Path, text: str, code: str
) -> None:
    """What is unwritten or an error is printed, and nothing is written unless that is forced."""
    before = HEAD.format(" Draft", " 2026-01-01") + text
    document.write_text(before)

    refused = draft("status", "7", "approved")
    kept = document.read_text()
    forced = draft("status", "7", "approved", "--force")

    assert (refused.code, refused.out, kept) == (2, "", before)
    assert f"memory/design/007_a.md:{code}" in refused.err
    assert "--force" in refused.err
    assert (forced.code, forced.out) == (0, "memory/design/007_a.md\n")
    assert "**Status:** Approved" in document.read_text()


def test_going_back_asks_for_nothing(draft: Draft, document: Path) -> None:
    """An unready document that was approved goes back without force."""
    document.write_text(HEAD.format(" Approved", ""))

    assert draft("status", "7", "draft").code == 0


def test_json_says_what_was_done(draft: Draft, document: Path) -> None:
    """A change, none, and a refusal are objects on stdout."""
    document.write_text(HEAD.format(" Draft", ""))

    refused = json.loads(draft("status", "7", "approved", "--json").out)
    forced = json.loads(draft("status", "7", "approved", "--json", "--force").out)
    again = json.loads(draft("status", "7", "approved", "--json").out)

    assert (refused["ok"], refused["error"]["code"]) == (False, "not-ready")
    assert [one["code"] for one in refused["blocking"]] == ["D201"]
    assert forced["ok"]
    assert (forced["before"], forced["status"], forced["changed"]) == ("Draft", "Approved", True)
    assert (again["changed"], again["blocking"]) == (False, [])


def test_no_place_names_the_file(draft: Draft, document: Path) -> None:
    """A document without a status is an error with its path, and stays."""
    document.write_text("# A\n\n## Why\nSo.\n")

    done = draft("status", "7", "draft")

    assert done.code == 4
    assert done.err.startswith("error: memory/design/007_a.md: ") or "007_a.md: the doc" in done.err
    assert document.read_text() == "# A\n\n## Why\nSo.\n"


def test_change_meanwhile_stays(
    document: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What somebody writes while we work is kept, and the status is set beside it."""
    monkeypatch.chdir(tmp_path)
    edit_meanwhile(monkeypatch, document, lambda data: data + b"Theirs.\n")
    options = status.StatusOptions(document="7", status="approved", today="2026-11-24")

    assert status.run_status(options) == 0
    after = HEAD.format(" Approved", " 2026-11-24") + "So.\nTheirs.\n"
    assert document.read_text() == after


def test_read_only_file_is_an_error(
    draft: Draft, document: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that may not be written is an error, and stays."""
    before = document.read_bytes()
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write every file

    assert draft("status", "7", "approved").code == 4
    assert document.read_bytes() == before


def test_built_in_template_needs_no_file(draft: Draft, tmp_path: Path) -> None:
    """A blank document of the built-in template moves to a status that asks for nothing."""
    path = tmp_path / "memory" / "design" / "001_x.md"
    path.parent.mkdir(parents=True)
    path.write_bytes(paths.BUILT_IN.read_bytes())

    assert draft("status", "1", "in review").code == 0
    assert b"- **Status:** In Review\n" in path.read_bytes()


def test_somebody_who_never_stops_is_an_error(
    document: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After some attempts it is said that the file keeps changing."""
    monkeypatch.chdir(tmp_path)
    edit_meanwhile(monkeypatch, document, lambda data: data + b"x\n", times=99)
    options = status.StatusOptions(document="7", status="approved", today="2026-11-24")

    with pytest.raises(DraftError, match="keeps changing"):
        status.run_status(options)
