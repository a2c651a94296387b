"""What is shipped: the wheel's content, what its commands load, and the schema of `--json`."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from email.parser import Parser
from pathlib import Path
from types import MappingProxyType
from zipfile import ZipFile

import pytest
from jsonschema import Draft202012Validator

from assistant import __version__, shipped
from assistant.commands import draft as new_command
from assistant.drafting.draft import DraftOutcome
from assistant.errors import DraftError, Exit
from assistant.lint.rule import Finding
from assistant.llm.model import Usage
from assistant.terminal import report
from tests.support.paths import ROOT
from tests.support.program import HEAVY, LOADED
from tests.support.scripted import ScriptedServer
from tests.support.waiting import PATIENCE

SCHEMA = json.loads((ROOT / "assistant" / "result.schema.json").read_text("utf-8"))
SCRIPT = "import sys; from assistant.__main__ import main; sys.argv[0] = 'draft'; main()"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of what it is made of, with files lying about that are not."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, source / name)
    for name in ("assistant", "prompts"):
        shutil.copytree(ROOT / name, source / name)
    for stray in (".env", "assistant/.env", "prompts/.env", "secret.txt", "tests/test_x.py"):
        (source / stray).parent.mkdir(exist_ok=True)
        (source / stray).write_text("KEY=1\n")
    out = source / "dist"
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, text=True)
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A working directory that is nobody's repository."""
    made = tmp_path / "project"
    made.mkdir()
    return made


def run(
    project: Path,
    *words: str,
    program: tuple[str, ...] = (SCRIPT,),
    more: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.CompletedProcess[str]:
    """Run `draft` with these words, with nothing set but what is named."""
    kept = {"PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LANG"}
    environ = {name: value for name, value in os.environ.items() if name in kept}
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        environ[name] = str(project.parent / "home")
    return subprocess.run(
        [sys.executable, "-c", *program, *words],
        cwd=project,
        env={**environ, **more},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=PATIENCE,
    )


def valid(output: str) -> dict[str, object]:
    """The one object in an output, which is valid and has no field that the schema leaves out."""
    value = json.loads(output)
    Draft202012Validator(SCHEMA).validate(value)
    assert keys(value) <= named(SCHEMA)
    assert isinstance(value, dict)
    return value


def keys(value: object) -> set[str]:
    """Every key in some JSON."""
    if isinstance(value, Mapping):
        return {str(key) for key in value} | {key for part in value.values() for key in keys(part)}
    if isinstance(value, list):
        return {key for part in value for key in keys(part)}
    return set()


def named(schema: object) -> set[str]:
    """Every property that a JSON Schema names."""
    if isinstance(schema, Mapping):
        own = schema.get("properties", {})
        return set(own) | {name for part in schema.values() for name in named(part)}
    if isinstance(schema, list):
        return {name for part in schema for name in named(part)}
    return set()


def test_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """A wheel has modules, prompts, the schema and the licence, and no file that lay about."""
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        about = {name.partition(".dist-info/")[2] for name in set(archive.namelist()) - names}
    package = {str(path.relative_to(ROOT)) for path in (ROOT / "assistant").rglob("*.py")}
    texts = [path for path in (ROOT / "prompts").rglob("*") if path.is_file()]
    prompts = {f"assistant/_prompts/{path.relative_to(ROOT / 'prompts')}" for path in texts}

    assert names == package | prompts | {"assistant/py.typed", "assistant/result.schema.json"}
    assert about == {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
    assert "assistant/_prompts/design_document.md" in prompts


def test_wheel_says_what_it_is(wheel: Path) -> None:
    """The metadata names licence, Python, extras and script, and no address to install from."""
    with ZipFile(wheel) as archive:
        folder = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        metadata = Parser().parsestr(archive.read(folder).decode())
        scripts = archive.read(folder.replace("METADATA", "entry_points.txt")).decode()

    assert metadata["Name"] == "draft-design"
    assert metadata["Version"] == __version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert {"dev", "local", "mermaid"} <= set(metadata.get_all("Provides-Extra", []))
    assert not [need for need in metadata.get_all("Requires-Dist", []) if "@" in need]
    assert "draft = assistant.__main__:main" in scripts


def test_wheel_works_where_there_is_no_checkout(wheel: Path, project: Path) -> None:
    """From an unpacked wheel, a document is rehearsed, drafted and checked."""
    site = project.parent / "site"
    with ZipFile(wheel) as archive:
        archive.extractall(site)
    here = {"PYTHONPATH": str(site)}
    where = run(project, program=("import assistant; print(assistant.__file__)",), more=here)
    version = run(project, "--version", more=here)
    rehearsal = run(project, "--dry-run", "bug: login timeout", more=here)
    with ScriptedServer() as server:
        model = {"OPENAI_BASE_URL": server.url, "DRAFT_MODEL": "scripted"}
        drafted = run(project, "bug: login timeout", more=here | model)
    checked = run(project, "check", "1", more=here)

    assert Path(where.stdout.strip()).is_relative_to(site)
    assert version.stdout.startswith("draft ")
    assert rehearsal.returncode == 0, rehearsal.stderr
    assert "nothing was sent" in rehearsal.stdout
    assert drafted.stdout == "memory/design/001_login_timeout.md\n", drafted.stderr
    assert (project / drafted.stdout.strip()).is_file()
    assert checked.returncode in {Exit.DONE, Exit.FINDINGS}, checked.stderr


def test_prompts_are_found_wherever_their_module_stands(wheel: Path, project: Path) -> None:
    """In an unpacked wheel the prompts are found from a module that stands levels deeper."""
    site = project.parent / "site"
    with ZipFile(wheel) as archive:
        archive.extractall(site)
    deep = site / "assistant" / "one" / "two"
    deep.mkdir(parents=True)
    shutil.copy(site / Path(shipped.__file__).relative_to(ROOT), deep / "moved.py")
    program = "from assistant.one.two import moved; print(moved.find_shipped_folder())"
    found = run(project, program=(program,), more={"PYTHONPATH": str(site)})

    assert Path(found.stdout.strip()) == (site / "assistant" / "_prompts").resolve(), found.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("--help",),
        ("--version",),
        ("new", "--help"),
        ("suggest", "--help"),
        ("check", "--help"),
        ("check", "1"),
        ("check", "--fix", "1"),
        ("check", "--format", "sarif", "1"),
        ("renumber", "1", "2", "--yes"),
        ("list",),
        ("status", "1", "in review"),
        ("index",),
        ("init",),
    ],
)
def test_commands_without_a_model_load_none_of_its_libraries(
    project: Path, words: tuple[str, ...]
) -> None:
    """What needs no model loads neither openai nor tiktoken, jinja2, pydantic or rich."""
    (project / "memory" / "design").mkdir(parents=True)
    shutil.copy(ROOT / "prompts" / "design_document.md", project / "memory/design/001_x.md")

    done = run(project, *words, program=(LOADED, json.dumps(HEAVY)))

    assert done.returncode in {Exit.DONE, Exit.FINDINGS}, done.stderr
    loaded = done.stderr.rpartition("LOADED")[2].split()
    allowed = {"sqlglot"} if words[-1] == "1" else set()  # it parses SQL
    assert set(loaded) <= allowed


def test_a_draft_loads_no_more_than_it_needs(project: Path) -> None:
    """Before and after its requests a draft needs neither a token table nor openai's other APIs."""
    unneeded = ("tiktoken", "openai.types.responses.response", "openai.resources", "rich.live")
    with ScriptedServer() as server:
        model = {"OPENAI_BASE_URL": server.url, "DRAFT_MODEL": "gpt-5-mini"}
        words = ("bug: login timeout", "--quiet")
        names = json.dumps(("openai", *unneeded))
        done = run(project, *words, program=(LOADED, names), more=model)
        capped = ("--max-tokens-total", "1000000", "--output", "-")
        counted = run(project, *words, *capped, program=(LOADED, names), more=model)

    assert done.stderr.rpartition("LOADED")[2].split() == ["openai"], done.stderr
    assert counted.stderr.rpartition("LOADED")[2].split() == ["openai", "tiktoken"]


def test_a_draft_into_a_pipe_loads_no_rich(project: Path) -> None:
    """Where nothing can be rewritten, nothing is loaded that would draw it."""
    with ScriptedServer() as server:
        model = {"OPENAI_BASE_URL": server.url, "DRAFT_MODEL": "scripted"}
        done = run(project, "bug: x", program=(LOADED, json.dumps(["rich", "openai"])), more=model)

    assert done.stderr.rpartition("LOADED")[2].split() == ["openai"]


def test_warm_list_reads_no_markdown(project: Path) -> None:
    """A list from the cache loads neither a parser nor what locks and writes files."""
    (project / "memory" / "design").mkdir(parents=True)
    path = project / "memory/design/001_x.md"
    shutil.copy(ROOT / "prompts" / "design_document.md", path)
    long_ago = path.stat().st_mtime - 60
    os.utime(path, (long_ago, long_ago))
    names = (*HEAVY, "yaml", "filelock", "assistant.markdown.blocks", "assistant.template.template")
    while time.time() - path.stat().st_ctime < 2.1:
        time.sleep(0.1)

    cold = run(project, "list", program=(LOADED, json.dumps(names)))
    warm = run(project, "list", program=(LOADED, json.dumps(names)))

    assert "assistant.markdown.blocks" in cold.stderr
    assert warm.stderr.rpartition("LOADED")[2].split() == []
    assert warm.stdout == cold.stdout


def test_schema_is_one() -> None:
    """The schema is valid by the draft it names."""
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--json", " "), "empty-description"),
        (("--json", "--no-such-option", "x"), "usage"),
        (("--json", "chek", "memory"), "no-such-command"),
        (("check", "--json"), "no-folder"),
        (("check", "--json", "--template", "none.md"), ""),
        (("--json", "--base-url", "not a url", "bug: x"), ""),
        (("--json", "--base-url", "http://127.0.0.1:9/v1", "bug: x"), ""),
    ],
)
def test_errors_are_objects_too(project: Path, words: tuple[str, ...], code: str) -> None:
    """An error with `--json` is one object on stdout, with a code, and no other output there."""
    done = run(project, *words)

    value = valid(done.stdout)
    error = value["error"]
    assert isinstance(error, dict)
    assert value["ok"] is False
    assert done.returncode in {Exit.USAGE, Exit.MODEL, Exit.FILE}
    assert not code or error["code"] == code


def test_failure_and_bug_are_valid(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """An error that is a person's and one that is ours print an object by the schema."""
    error = DraftError("it is so.", code="so", exit_code=Exit.FILE, where="here", hint="Do that.")

    assert report.print_error(error, json=True) == Exit.FILE
    assert valid(capsysbinary.readouterr().out.decode())["error"] == {
        "code": "so",
        "message": "it is so.",
        "where": "here",
        "hint": "Do that.",
    }
    assert report.print_bug_report(ValueError("a key"), json=True) == Exit.BUG
    assert "a key" not in json.dumps(valid(capsysbinary.readouterr().out.decode()))


@pytest.mark.parametrize("path", [None, Path.cwd() / "memory" / "design" / "001_x.md"])
def test_outcome_is_valid(path: Path | None, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """An outcome's fields are those of the schema, saved or not."""
    finding = Finding(code="D201", severity="warning", line=3, section="Goals", message="Empty.")
    outcome = DraftOutcome(
        text="# X\n",
        title="X",
        path=path,
        findings=(finding,),
        unwritten=(("Goals", "refused"),),
        notes=("a note",),
        usage=Usage(),
        seconds=1.23456,
        repairs=1,
        resumed=0,
        model="m",
    )

    report.print_json(**new_command.build_draft_fields(outcome))

    value = valid(capsysbinary.readouterr().out.decode())
    assert value["ok"] is False
    assert (value["path"] is None) == (path is None) == (value["text"] is not None)


@pytest.mark.slow
def test_results_of_commands_are_valid(project: Path) -> None:
    """What every command prints with --json is an object by the schema."""
    with ScriptedServer() as server:
        model = {"OPENAI_BASE_URL": server.url, "DRAFT_MODEL": "scripted"}
        rehearsal = run(project, "--json", "--dry-run", "bug: x", more=model)
        drafted = run(project, "--json", "bug: login timeout", more=model)
        shown = run(project, "--json", "--output", "-", "bug: login timeout", more=model)
        reviewed = run(project, "suggest", "1", "--json", "--apply", more=model)
        rehearsed = run(project, "suggest", "1", "--json", "--dry-run", more=model)
        looked = run(project, "doctor", "--json", more=model)
    checked = run(project, "check", "--json")
    listed = run(project, "list", "--json")
    moved = run(project, "status", "1", "in review", "--json")
    refused = run(project, "status", "1", "approved", "--json")
    indexed = run(project, "index", "--json")
    begun = run(project, "init", "--json")
    renumbered = run(project, "renumber", "1", "--json", "--yes")

    assert valid(renumbered.stdout)["number"] == 2, renumbered.stderr
    assert valid(reviewed.stdout)["path"] == "memory/design/001_login_timeout.md", reviewed.stderr
    assert len(valid(rehearsed.stdout)["prompts"]) == 5  # type: ignore[arg-type]
    assert valid(rehearsal.stdout)["prompts"]
    assert valid(drafted.stdout)["path"] == "memory/design/001_login_timeout.md"
    assert valid(drafted.stdout)["ok"] == (drafted.returncode == 0)
    assert valid(shown.stdout)["path"] is None
    assert str(valid(shown.stdout)["text"]).startswith("#")
    assert valid(looked.stdout)["settings"], looked.stderr
    assert valid(looked.stdout)["ok"] == (looked.returncode == 0)
    assert valid(checked.stdout)["ok"] == (checked.returncode == 0)
    assert valid(listed.stdout)["documents"]
    assert valid(moved.stdout)["changed"] is True
    assert valid(refused.stdout)["ok"] == (refused.returncode == 0)
    assert valid(indexed.stdout)["written"] is True
    assert valid(begun.stdout)["steps"]
