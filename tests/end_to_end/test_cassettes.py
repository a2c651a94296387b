"""What a real model said, replayed without a network.

`python -m tests.support.record` records it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from vcr.cassette import Cassette  # type: ignore[import-untyped]

from assistant.errors import Exit
from assistant.shipped import find_shipped_folder
from assistant.template.template import parse_template
from tests.support import paths, recording
from tests.support.kept import broken
from tests.support.paths import SMALL
from tests.support.program import Draft, Ran, saved
from tests.support.reviewing import DOCUMENT
from tests.support.templates import SECTIONS

pytestmark = [pytest.mark.vcr, pytest.mark.block_network(allowed_hosts=["nowhere.invalid"])]

FOLDER = paths.CASSETTES
BUILT_IN = find_shipped_folder() / "design_document.md"
NOBODY = "http://127.0.0.1:9/v1"
KEY = "sk-anything-0123456789"
MODEL = "qwen2.5-coder-1.5b-instruct"


@pytest.fixture(scope="module")
def vcr_cassette_dir(request: pytest.FixtureRequest) -> str:
    """One folder for all cassettes, and in it one for each test module."""
    return str(FOLDER / request.node.path.stem)


@pytest.fixture
def vcr_config() -> dict[str, object]:
    """What is kept of a call, and what makes two calls the same."""
    return {
        "serializer": "yaml",
        "match_on": ["method", "path", "query", "content"],
        "before_record_request": recording.kept_request,
        "before_record_response": recording.kept_response,
        "decode_compressed_response": True,
    }


@pytest.fixture(autouse=True)
def every_call_is_used(vcr: Cassette, record_mode: str) -> Iterator[None]:
    """A recorded call that nobody makes any more is an error."""
    yield
    if record_mode == "none":
        assert vcr.all_played


@pytest.fixture
def server(record_mode: str) -> Iterator[Callable[[str], tuple[str, str]]]:
    """The address and key of the real server while recording, through a shim where one is named."""
    url, key = os.environ.get("DRAFT_RECORD_URL", ""), os.environ.get("DRAFT_RECORD_KEY", "")
    shims: list[subprocess.Popen[str]] = []

    def given(how: str = "") -> tuple[str, str]:
        if record_mode == "none":
            return NOBODY, KEY
        assert url, "recording needs a server: python -m tests.support.record"
        if not how:
            return url, key
        words = [sys.executable, "-m", "tests.support.shim", url, key, how]
        shims.append(subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=FOLDER.parent))
        assert shims[-1].stdout is not None
        return shims[-1].stdout.readline().strip(), key

    yield given
    for shim in shims:
        shim.kill()
        shim.communicate()


@pytest.fixture
def ask(
    draft: Draft,
    monkeypatch: pytest.MonkeyPatch,
    server: Callable[[str], tuple[str, str]],
) -> Callable[..., Ran]:
    """A draft by the recorded server."""

    def run(how: str = "", *, key: str = "", template: Path = SMALL) -> Ran:
        url, real = server(how)
        monkeypatch.setenv("OPENAI_API_KEY", key or real)
        words = ["--base-url", url, "--model", MODEL]
        words += [] if template == BUILT_IN else ["--template", str(template)]
        ran = draft("bug: login timeout", *words, "--concurrency", "4", "--timeout", "600")
        assert real not in ran.out + ran.err
        return ran

    return run


def document(folder: Path, template: Path = SMALL) -> str:
    """The one document that was saved, which has its template's structure."""
    [path] = saved(folder)
    text = path.read_text("utf-8")
    assert not broken(parse_template(template.read_bytes(), template.name), text)
    return text


def test_draft(ask: Callable[..., Ran], vcr: Cassette, tmp_path: Path) -> None:
    """A real model's answers become a whole document with nothing left over of the template."""
    ran = ask()

    assert (ran.code, ran.out) == (0, "memory/design/001_login_timeout.md\n"), ran.err
    text = document(tmp_path)
    assert "Option A" not in text
    assert "[Risk]" not in text
    assert len(vcr) >= 2 + SECTIONS


def test_builtin_template(ask: Callable[..., Ran], vcr: Cassette, tmp_path: Path) -> None:
    """A real model's answers become a design document, of which nothing is left unwritten."""
    ran = ask(template=BUILT_IN)

    assert (ran.code, ran.out) == (0, "memory/design/001_login_timeout.md\n"), ran.err
    text = document(tmp_path, BUILT_IN)
    assert "[Diagram here" not in text
    assert "Component A" not in text
    assert "```mermaid" in text
    assert len(vcr) >= 15


def test_repair(ask: Callable[..., Ran], tmp_path: Path) -> None:
    """A model that answered with prose is told so, and answers with what was asked for."""
    ran = ask("prose")

    assert ran.code == 0, ran.err
    assert "repair" in ran.err
    assert "**Recommendation:** " in document(tmp_path)


def test_fill(
    draft: Draft,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    vcr: Cassette,
    server: Callable[[str], tuple[str, str]],
) -> None:
    """A real model writes the sections that are named, by what a person wrote, and nothing else."""
    begun = BUILT_IN.read_text("utf-8")
    begun = begun.replace("[Feature/Component Name]", "Offline Orders")
    begun = begun.replace("## Goals\n", "## Goals\n\nNo order is lost when the till is offline.\n")
    path = tmp_path / "doc.md"
    path.write_text(begun)
    url, key = server("")
    monkeypatch.setenv("OPENAI_API_KEY", key)
    sections = ("Technical Debt", "Rollout Plan > Rollback Plan", "Monitoring & Alerts")
    words = [word for name in sections for word in ("--section", name)]
    words += ["--base-url", url, "--model", MODEL, "--concurrency", "4", "--timeout", "600"]
    ran = draft("fill", "doc.md", "--json", *words)

    body = json.loads(ran.out)
    assert (ran.code, body["unwritten"]) == (0, []), ran.err
    assert len(body["written"]) == len(sections)
    before, after = begun.splitlines(), path.read_text().splitlines()
    start = before.index("### Technical Debt")
    assert after[:start] == before[:start]
    slots = {
        "",
        "- ",
        "- **Key metrics:** ",
        "- **Alert thresholds:** ",
        "- **Dashboards:** ",
        "<!-- How do we undo this if something goes wrong? -->",
    }
    kept = [line for line in before if line not in slots]
    assert [line for line in after if line in kept] == kept
    assert len(vcr) >= 1 + len(sections)


def test_suggest(
    draft: Draft,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    vcr: Cassette,
    server: Callable[[str], tuple[str, str]],
) -> None:
    """What a real model suggests rests on the document, and goes into its table and its list."""
    path = tmp_path / "doc.md"
    path.write_text(DOCUMENT)
    url, key = server("")
    monkeypatch.setenv("OPENAI_API_KEY", key)
    words = ("--base-url", url, "--model", MODEL, "--concurrency", "4", "--timeout", "600")
    ran = draft("suggest", "doc.md", "--apply", "--json", *words)

    body = json.loads(ran.out)
    assert (ran.code, body["saved"]) == (0, True), ran.err
    found = body["risks"] + body["questions"]
    assert all(one["quote"] in DOCUMENT for one in found)
    assert sum(bool(one["quote"]) for one in found) >= 2
    after = path.read_text().splitlines()
    assert [line for line in after if line in DOCUMENT.splitlines()] == DOCUMENT.splitlines()
    assert len(after) == len(DOCUMENT.splitlines()) + len(found)
    assert len(vcr) >= 1 + 5


def test_wrong_key(ask: Callable[..., Ran], vcr: Cassette, tmp_path: Path) -> None:
    """A server that does not accept the key is named, and asked once."""
    ran = ask(key="sk-wrong-0123456789")

    assert (ran.code, ran.out, saved(tmp_path)) == (Exit.MODEL, "", [])
    assert "does not accept the key" in ran.err
    assert len(vcr) == 2


def test_no_json_schema(ask: Callable[..., Ran], vcr: Cassette, tmp_path: Path) -> None:
    """A server without json_schema is told so once, and what it says becomes a document."""
    ran = ask("no-schema")

    assert ran.code in (0, 1), ran.err
    refused = [one for one in vcr.responses if one["status"]["code"] == 400]
    assert len(refused) == 1
    assert "- **" in document(tmp_path)
