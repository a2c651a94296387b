"""Documents read, examined and mended, one at a time."""

import os
from pathlib import Path

import pytest

from assistant import files
from assistant.lint.rule import NAME_IS_NO_SLUG
from assistant.lint.run import Inspection
from tests.support.documents import TEMPLATE, WHOLE
from tests.support.meanwhile import edit_meanwhile

WRONG = WHOLE.replace("## Why Now", "## WHY NOW")


@pytest.fixture
def inspection() -> Inspection:
    return Inspection(TEMPLATE)


def document(folder: Path, name: str = "001_x.md", text: str = WRONG) -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def codes(inspection: Inspection, path: Path) -> list[str]:
    return [remark.finding.code for remark in inspection.check(path).remarks]


def test_verdict(inspection: Inspection, tmp_path: Path) -> None:
    """A verdict has the findings with their lines, and changes nothing."""
    path = document(tmp_path)
    (remark,) = inspection.check(path).remarks

    assert (remark.finding.code, remark.source) == ("D106", "## WHY NOW")
    assert path.read_text() == WRONG


@pytest.mark.parametrize("content", [b"\0", b"x" * (files.MAX_DOCUMENT_BYTES + 1), None])
def test_unusable(content: bytes | None, inspection: Inspection, tmp_path: Path) -> None:
    """A file that can't be read as a document is an error of its own, also to be mended."""
    path = tmp_path / "001_x.md"
    if content is not None:
        path.write_bytes(content)

    assert inspection.check(path).error is not None
    assert inspection.fix(path, write=True).error is not None


def test_mended(inspection: Inspection, tmp_path: Path) -> None:
    """What is mended is in the file, every other byte as it was."""
    odd = "\udcff\r\n<!-- \t -->\r no end"
    path = document(tmp_path, text=WRONG + odd)
    verdict = inspection.fix(path, write=True)

    assert (verdict.fixed, verdict.errors) == (1, 0)
    assert path.read_bytes() == (WHOLE + odd).encode("utf-8", "surrogateescape")


def test_a_document_without_faults_is_not_written(inspection: Inspection, tmp_path: Path) -> None:
    """Where nothing is to be mended, the file is the same one, and read-only ones are no error."""
    path = document(tmp_path, text=WHOLE)
    path.chmod(0o444)
    before = path.stat()

    assert inspection.fix(path, write=True).fixed == 0
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_without_writing(inspection: Inspection, tmp_path: Path) -> None:
    """What would change is shown as a diff, and nothing is written."""
    path = document(tmp_path)
    verdict = inspection.fix(path, write=False)

    assert "-## WHY NOW\n+## Why Now\n" in verdict.changes
    assert path.read_text() == WRONG


def test_changed_meanwhile(
    inspection: Inspection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit made between reading and writing stays, and the document is mended all the same."""
    path = document(tmp_path)
    edit_meanwhile(monkeypatch, path, lambda data: data.replace(b"Because.", b"Because I say so."))

    inspection.fix(path, write=True)

    assert path.read_text() == WHOLE.replace("Because.", "Because I say so.")


def test_a_file_that_keeps_changing(
    inspection: Inspection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that never holds still is left as it is, and said."""
    path = document(tmp_path)
    edit_meanwhile(monkeypatch, path, lambda data: data + b"More.\n", times=99)

    error = inspection.fix(path, write=True).error

    assert error is not None
    assert error.code == "busy"


def test_name(inspection: Inspection, tmp_path: Path) -> None:
    """A name that is no slug becomes one, whatever else is mended; the verdict has the new path."""
    path = document(tmp_path, "001_a & b.md")
    assert NAME_IS_NO_SLUG in codes(inspection, path)
    shown = inspection.fix(path, write=False)
    verdict = inspection.fix(path, write=True)

    assert "rename to" in shown.changes
    assert shown.path == path
    assert verdict.path == tmp_path / "001_a_b.md"
    assert verdict.fixed == 2
    assert os.listdir(tmp_path) == ["001_a_b.md"]  # noqa: PTH208
    assert codes(inspection, verdict.path) == []


def test_names_that_stay(inspection: Inspection, tmp_path: Path) -> None:
    """A name that others refer to, that is a link's, or whose slug is taken, stays, and is said."""
    mentioned = document(tmp_path, "001_a & b.md")
    document(tmp_path, "002_c.md", WHOLE + "See [x](<001_a & b.md>).\n")
    link = tmp_path / "003_a & b.md"
    link.symlink_to(document(tmp_path, "004_x.md"))
    taken = document(tmp_path, "005_a & b.md")
    document(tmp_path, "005_a_b.md")
    for path in (mentioned, link, taken):
        verdict = inspection.fix(path, write=True)

        assert path.exists()
        assert verdict.note.startswith(path.name)
        assert NAME_IS_NO_SLUG in [remark.finding.code for remark in verdict.remarks]
    assert link.is_symlink()
