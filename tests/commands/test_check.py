"""`draft check`: streams, exit codes, forms, and files that are no good."""

import json
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from assistant.commands.check import CheckOptions, run_check
from assistant.errors import Exit
from assistant.folder.store import DocumentChoice
from assistant.lint.registry import RULES
from tests.support.paths import ROOT
from tests.support.program import MAIN, Draft
from tests.support.repository import made
from tests.support.schemas import SARIF, schema

TEMPLATE = "# [Name]\n\n## Why\n\n## Goals\n\n- **Created:** \n"
GOOD = "# A\n\n## Why\n\nSo.\n\n## Goals\n\n- **Created:** 2026-11-24\n"
BAD = GOOD.replace("## Why", "### Why")
FAULTY = b"## WHY\r\n\xff\n\x1b[31m\r### Goals"


@pytest.fixture
def project(draft: Draft, tmp_path: Path) -> Path:
    """A project with a template of its own and two documents, the second with an error."""
    del draft  # which has made this the working directory
    (tmp_path / ".draft.toml").write_text('dir = "docs"\ntemplate = "t.md"\n')
    (tmp_path / "t.md").write_text(TEMPLATE)
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "001_a.md").write_text(GOOD)
    (docs / "002_b.md").write_text(BAD)
    return docs


def parsed(out: str) -> Any:  # noqa: ANN401  JSON
    """An output that is valid by the package's schema."""
    body = json.loads(out)
    Draft202012Validator(schema()).validate(body)
    return body


def test_text(draft: Draft, project: Path) -> None:
    """Findings are on stdout with their lines, the sums on stderr; an error makes exit code 1."""
    ran = draft("check")

    assert ran.code == Exit.FINDINGS
    assert ran.out == (
        'docs/002_b.md:3:5: error: D104 "Why" is at level 3; the template has it at level 2.\n'
        "  |\n3 | ### Why\n  |     ^^^\n  |\n"
    )
    assert ran.err == (
        "2 documents: 1 error\nhint: `draft check --explain D104` says how to mend the first\n"
        "hint: `draft check --fix` may mend 1 of them\n"
    )
    assert draft("check", "1").code == Exit.DONE
    assert draft("check", "1", "--quiet").err == ""
    assert project.is_dir()


def test_documents_of_another_template_are_one_line(draft: Draft, project: Path) -> None:
    """A folder of them is one line and the way out; for machines each is a finding, an error."""
    for number in range(3, 8):
        text = f"# X{number}\n\n## Context\n\nSo.\n\n## Decision\n\nYes.\n"
        (project / f"{number:03}_x.md").write_text(text)
    (project.parent / "t.md").write_text(TEMPLATE + "\n## Risks\n\n## Rollback\n")
    ran = draft("check", "docs")
    line = "docs: error: D108 5 documents follow another template: 003_x.md, 004_x.md, 005_x.md"

    assert ran.code == Exit.FINDINGS
    assert ran.out.splitlines()[-1] == f"{line} and 2 more."
    assert ran.out.count("D108") == 1
    assert ran.out.count("D101") == 4  # of the two others
    assert "hint: --template names the other documents' own template" in ran.err
    assert parsed(draft("check", "--json").out)["findings"][-1]["code"] == "D108"
    alone = draft("check", "3", "--quiet")
    assert alone.out.startswith("docs/003_x.md:1:3: error: D108 this document follows another")


def test_a_document_of_another_template_in_each_of_two_folders(draft: Draft, project: Path) -> None:
    """Where a folder has one such document, it is told with its place."""
    (project.parent / "t.md").write_text(TEMPLATE + "\n## Risks\n\n## Rollback\n")
    for name in ("one", "two"):
        (project / name).mkdir()
        text = f"# {name}\n\n## Context\n\nSo.\n\n## Decision\n\nYes.\n"
        (project / name / "001_x.md").write_text(text)
    ran = draft("check", "docs/one", "docs/two")

    places = [line.split(": ")[0] for line in ran.out.splitlines() if "D108" in line]
    assert places == ["docs/one/001_x.md:1:3", "docs/two/001_x.md:1:3"]


def test_quiet_is_errors_only(draft: Draft, project: Path) -> None:
    """--quiet leaves errors, and no sums."""
    (project / "002_b.md").write_text(BAD.replace("So.", ""))
    loud, quiet = draft("check"), draft("check", "--quiet")

    assert "D201" in loud.out
    assert ("D104" in quiet.out, "D201" in quiet.out, quiet.err) == (True, False, "")


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_forms(form: str, draft: Draft, project: Path) -> None:
    """Every form has the same findings and the same exit code."""
    ran = draft("check", "--format", form)

    assert ran.code == Exit.FINDINGS
    assert "docs/002_b.md" in ran.out
    assert ran.out.count("is at level 3") == 1
    if form == "json":
        body = parsed(ran.out)
        assert (body["ok"], body["documents"], body["fixed"]) == (False, 2, 0)
        assert body["findings"][0]["width"] == 3
        assert draft("check", "--json").out == ran.out
    elif form == "sarif":
        Draft4Validator(SARIF).validate(json.loads(ran.out))
    else:
        assert ran.out.startswith("::error file=docs/002_b.md,line=3,")
    assert project.is_dir()


def test_paths_are_githubs(
    draft: Draft, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Annotations and SARIF name files from the workspace, or the repository, on down."""
    made(tmp_path)
    monkeypatch.chdir(project)
    inside = draft("check", "--format", "github")
    sarif = draft("check", "--format", "sarif")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path.parent))
    outside = draft("check", "--format", "github")

    assert "file=docs/002_b.md," in inside.out
    assert f"file={tmp_path.name}/docs/002_b.md," in outside.out
    assert '"uri": "docs/002_b.md"' in sarif.out


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "xml"),
        ("--diff",),
        ("--fix", "--diff", "--json"),
        ("--json", "--format", "sarif"),
        ("--changed", "--since", "main"),
        ("--explain", "D999"),
        ("--nonsense",),
    ],
)
def test_wrong_usage(words: tuple[str, ...], draft: Draft, project: Path) -> None:
    """Options that mean nothing together are wrong usage, and nothing is changed."""
    ran = draft("check", *words)

    assert ran.code == Exit.USAGE
    assert ran.err.startswith("error: ")
    assert (project / "002_b.md").read_text() == BAD


def test_wrong_configuration(draft: Draft, project: Path) -> None:
    """A rule that does not exist, in the project's table, is wrong usage that names the file."""
    file = project.parent / ".draft.toml"
    file.write_text(file.read_text() + '[check]\nD999 = "off"\n')
    ran = draft("check")

    assert ran.code == Exit.USAGE
    assert ".draft.toml" in ran.err


def test_nothing_to_check(draft: Draft, project: Path) -> None:
    """Where there is nothing to check, that is said, and is no failure."""
    made(project.parent).commit()
    (project / "003_folder").mkdir()
    for words in (("--changed",), ("--since", "main"), (str(project / "003_folder"),)):
        ran = draft("check", *words)
        assert (ran.code, ran.out, ran.err) == (Exit.DONE, "", "nothing to check\n")
    assert parsed(draft("check", "--changed", "--json").out)["documents"] == 0
    Draft4Validator(SARIF).validate(json.loads(draft("check", "--changed", "--format=sarif").out))


def test_changed(draft: Draft, project: Path) -> None:
    """--changed checks what differs from HEAD."""
    repository = made(project.parent)
    repository.commit()
    (project / "001_a.md").write_text(BAD)
    (project / "002_b.md").unlink()

    assert draft("check", "--changed").out.startswith("docs/001_a.md:3:5: error")
    assert draft("check", "--since", "nowhere").code == Exit.USAGE


def test_no_folder(draft: Draft, project: Path) -> None:
    """A folder that is not there is an error that names it."""
    ran = draft("check", "--dir", "nowhere")

    assert (ran.code, ran.out) == (Exit.FILE, "")
    assert "nowhere" in ran.err
    assert project.is_dir()


def test_one_file_that_is_no_good(draft: Draft, project: Path) -> None:
    """A file that can't be used is an error of its own; the others are checked; exit code 4."""
    (project / "003_c.md").write_bytes(b"\0")
    (project / "004_d.md").symlink_to("nowhere")
    (project / "005_e.md").symlink_to("005_e.md")
    ran = draft("check")

    assert ran.code == Exit.FILE
    assert "D104" in ran.out
    for name in ("003_c.md", "004_d.md", "005_e.md"):
        assert name in ran.err
    assert "3 could not be checked" in ran.err
    body = parsed(draft("check", "--json").out)
    assert [one["code"] for one in body["unusable"]] == ["not-text", "missing", "symlink-loop"]
    assert len(body["findings"]) == 1
    assert draft("check", "--format", "github").out.count("::error ") == 4
    assert parsed(draft("check", "1", "3", "--json").out)["ok"] is False
    alone = json.loads(draft("check", "3", "--json").out)
    assert (alone["ok"], alone["error"]["code"]) == (False, "not-text")


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf", FAULTY, b"\xff\xfe\r\r\n"])
@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_odd_documents(content: bytes, form: str, draft: Draft, project: Path) -> None:
    """Empty documents, mixed line endings and bytes that are no text are checked in every form."""
    (project / "002_b.md").write_bytes(content)
    ran = draft("check", "2", "--format", form)

    assert ran.code == Exit.FINDINGS
    assert "Traceback" not in ran.err
    assert "\x1b" not in ran.out
    ran.out.encode("utf-8")
    if form == "sarif":
        Draft4Validator(SARIF).validate(json.loads(ran.out))
    elif form == "json":
        parsed(ran.out)
    assert (project / "002_b.md").read_bytes() == content


def test_fix(draft: Draft, project: Path) -> None:
    """--fix mends, and says how many it found, mended and left."""
    (project / "002_b.md").write_text(BAD.replace("2026-11-24", "03/04/2026"))
    ran = draft("check", "--fix")

    assert ran.code == Exit.DONE
    assert ran.err.endswith(": 1 warning; found 2, fixed 1, 1 remains\n")
    assert (project / "002_b.md").read_text() == GOOD.replace("2026-11-24", "03/04/2026")
    again = draft("check", "--fix", "--json")
    assert parsed(again.out)["fixed"] == 0


def test_fix_shown(draft: Draft, project: Path) -> None:
    """--fix --diff shows a diff, writes nothing, and exits 1 where something would change."""
    ran = draft("check", "--fix", "--diff")
    clean = draft("check", "--fix", "--diff", "1")

    assert ran.code == Exit.FINDINGS
    assert ran.out.startswith("--- docs/002_b.md\n+++ docs/002_b.md\n@@ -1,6 +1,6 @@\n")
    assert "-### Why\n+## Why\n" in ran.out
    assert "would fix 1" in ran.err
    assert (project / "002_b.md").read_text() == BAD
    assert (clean.code, clean.out) == (Exit.DONE, "")


def test_fix_of_a_file_that_may_not_be_written(
    draft: Draft, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that can't be written is said, and stays."""
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write every file
    ran = draft("check", "--fix")

    assert ran.code == Exit.FILE
    assert (project / "002_b.md").read_text() == BAD


@pytest.mark.parametrize("words", [(), ("--fix", "--diff")])
def test_what_could_not_be_looked_at(
    words: tuple[str, ...], draft: Draft, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where git can't be asked for the files that documents name, a note says so once."""
    for name in ("001_a.md", "002_b.md"):
        (project / name).write_text(GOOD.replace("So.", "See `src/no.py`."))
    (project.parent / ".git").mkdir()
    monkeypatch.setenv("PATH", str(project))
    ran = draft("check", *words)

    assert "D801" not in ran.out
    assert ran.err.count("paths in documents were not looked for") == 1, ran.err


def test_rules(draft: Draft) -> None:
    """A rule is explained, and all are listed."""
    assert draft("check", "--explain", "heading-level").out.startswith("# heading-level (D104)\n")
    assert len(draft("check", "--list").out.splitlines()) == len(RULES)
    assert len(parsed(draft("check", "--list", "--json").out)["rules"]) == len(RULES)
    assert parsed(draft("check", "--explain", "D104", "--json").out)["rules"][0]["on"] is True


def test_ten_thousand_findings(draft: Draft, project: Path) -> None:
    """However much is found, all of it is said."""
    (project / "002_b.md").write_text(GOOD + "\n## Why\n" * 10_000)
    ran = draft("check", "2", "--json")

    assert len(parsed(ran.out)["findings"]) == 10_000


def test_memory_is_flat(
    draft: Draft, project: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Twenty documents more need less memory than five of them, names and all."""
    del draft
    text = BAD + "word " * 4_000
    peaks = []
    for many in (4, 24):
        for number in range(1, many + 1):
            (project / f"{number:03}_x.md").write_text(text)
        tracemalloc.start()
        run_check(CheckOptions(choice=DocumentChoice(names=(str(project),))))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        capfdbinary.readouterr()

    assert peaks[1] < peaks[0] + 5 * len(text)


def test_closed_pipe(project: Path) -> None:
    """A reader that goes away ends a check with 141, in silence."""
    (project / "002_b.md").write_text(GOOD + "\n## Why\n" * 500)
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-c", MAIN, "check"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    os.close(writing)

    assert (ran.returncode, ran.stderr) == (Exit.PIPE, b"")


def test_what_was_not_looked_at_is_said_once(draft: Draft, project: Path) -> None:
    """Where the repository could not be looked at, a check says so, once for all documents."""
    for number in range(3, 6):
        (project / f"00{number}_x.md").write_text(GOOD + "\nSee `src/a.py`.\n")
    (project.parent / ".git").write_text("gitdir: nowhere\n")
    ran = draft("check")

    assert ran.err.count("paths were not looked for") == 1
