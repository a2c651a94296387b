"""Tests of `fill`: what a person types, and what comes of it."""

import errno
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from assistant import cli, files
from assistant.errors import Exit
from tests.support import paths
from tests.support.disk import ERRORS, STEPS, failing, layer
from tests.support.journals import list_left
from tests.support.scripted import Reply, Request, ScriptedServer, failure, plausible
from tests.support.waiting import PATIENCE

TEXT = paths.BUILT_IN.read_text("utf-8")


class Place:
    """A folder to run `draft` in, with a scripted server."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, output: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self.output = output
        self.url = ""
        (folder / "memory" / "design").mkdir(parents=True)
        patch.chdir(folder)
        for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME"):
            patch.setenv(name, str(folder / "home"))
        for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DRAFT_TEMPLATE", "DRAFT_DIR"):
            patch.delenv(name, raising=False)
        patch.setenv("GIT_AUTHOR_NAME", "A")
        self.patch = patch
        self.stdout = self.stderr = ""

    @property
    def path(self) -> Path:
        """The document."""
        return self.folder / "memory" / "design" / "007_x.md"

    def run(self, server: ScriptedServer | None, *words: str) -> int:
        """Run `draft`; the exit code."""
        address = ["--base-url", server.url] if server else ["--base-url", "http://127.0.0.1:9/v1"]
        self.patch.setattr("sys.argv", ["draft", *words, *address])
        with pytest.raises(SystemExit) as ended:
            cli.run_program()
        self.stdout, self.stderr = self.output.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code


@pytest.fixture
def place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Place:
    return Place(tmp_path, monkeypatch, capfd)


SMALL = (
    "# Login\n\n## Overview\nmine: the Gatekeeper\n\n## Goals\n\n## Proposed Solution\n\n"
    "### High-Level Approach\n"
)


def test_a_document_that_a_person_began(place: Place) -> None:
    """The model reads what the person wrote; a second run sends nothing and says so."""
    place.path.write_text(SMALL)
    place.path.chmod(0o640)
    with ScriptedServer() as server:
        assert place.run(server, "fill", "7") == Exit.DONE
        first = len(server.requests)
        assert all("mine: the Gatekeeper" in request.text for request in server.requests)
        assert place.stdout == "memory/design/007_x.md\n"
        text = place.path.read_text()

        assert place.run(server, "fill", "007") == Exit.DONE
        assert len(server.requests) == first
    assert "nothing to write" in place.stderr
    assert text.startswith("# Login\n\n## Overview\nmine: the Gatekeeper\n\n## Goals\n\n")
    assert place.path.read_text() == text
    assert place.path.stat().st_mode & 0o777 == 0o640


def test_a_persons_table_of_contents_stays(place: Place) -> None:
    """A fill names the items of a group, and leaves the list that links to the examples."""
    text = (
        "# Login\n\n- [Goals](#goals)\n- [Options](#options)\n  - [Option A](#option-a)\n"
        "  - [Option B](#option-b)\n\n## Goals\n\n## Options\n\n### Option A\n\n### Option B\n"
    )
    (place.folder / "t.md").write_text(text)
    place.path.write_text(text)
    with ScriptedServer() as server:
        assert place.run(server, "fill", "7", "--template", "t.md", "--hint", "sign in") == 0

    filled = place.path.read_text()
    begun = text.index("## Goals")
    assert filled[:begun] == text[:begun]
    assert "### Option A" not in filled


def test_a_link_stays_a_link(place: Place) -> None:
    """What is filled through a link is the file that it leads to; the link is as it was."""
    real = place.folder / "real.md"
    real.write_text(SMALL)
    place.path.symlink_to("../../real.md")
    with ScriptedServer() as server:
        assert place.run(server, "fill", "7") == Exit.DONE
    assert place.path.is_symlink()
    assert place.path.readlink() == Path("../../real.md")
    assert real.read_text().startswith(SMALL[: SMALL.index("\n\n## Proposed")])


def no_overview(request: Request) -> Reply:
    """Answer everything but the overview."""
    task_of = request.text.rpartition("# Task: ")[2]
    return failure(400, "no") if task_of.startswith("Overview") else plausible(request)


def test_a_draft_that_failed_goes_on(place: Place) -> None:
    """A partly failed draft is completed by its brief, for the price of what is missing."""
    with ScriptedServer(no_overview) as server:
        assert place.run(server, "bug: login timeout") == Exit.FINDINGS
        path = place.folder / place.stdout.strip()
        before = path.read_text()
        assert "What problem are we solving" in before
        sent = len(server.requests)

        server.script = plausible
        assert place.run(server, "fill", "1") == Exit.DONE
        (asked,) = server.requests[sent:]

    assert "login timeout" in asked.text
    assert "# Task: Overview" in asked.text
    after = path.read_text()
    assert "What problem are we solving" not in after
    assert after.replace(
        after[after.index("## Overview") : after.index("## Goals")], ""
    ) == before.replace(before[before.index("## Overview") : before.index("## Goals")], "")
    assert not list_left()


def test_a_draft_that_failed_and_was_edited_goes_on(place: Place) -> None:
    """A partly failed draft that a person changed since is still completed by its brief."""
    with ScriptedServer(no_overview) as server:
        assert place.run(server, "bug: login timeout") == Exit.FINDINGS
        path = place.folder / place.stdout.strip()
        path.write_text(path.read_text() + "\nA person wrote this.\n")
        sent = len(server.requests)

        server.script = plausible
        assert place.run(server, "fill", "1") == Exit.DONE
        (asked,) = server.requests[sent:]

    assert "login timeout" in asked.text
    assert path.read_text().endswith("\nA person wrote this.\n")


def test_only_the_section_that_is_named(place: Place) -> None:
    """`--section` limits the fill, by title, prefix or path; none and two are refused."""
    place.path.write_text(
        SMALL + "\n### Other\n\n## Rollout Plan\n\n### Rollback Plan\n\n### Other\n"
    )
    with ScriptedServer() as server:
        assert place.run(server, "fill", "7", "--section", "Nope") == Exit.USAGE
        assert "Rollback Plan" in place.stderr
        assert place.run(server, "fill", "7", "--section", "Ro") == Exit.USAGE
        assert "Rollout Plan" in place.stderr
        assert place.run(server, "fill", "7", "--section", "Rollout Plan > Roll") == Exit.DONE
        assert len(server.requests) == 1
        assert place.run(server, "fill", "7", "--section", "Overview") == Exit.DONE
        assert place.stderr.count("writes it again") == 1
        assert "fill 7 --section Overview --force" in " ".join(place.stderr.split())
        assert len(server.requests) == 1
    text = place.path.read_text()
    assert text.startswith(SMALL)
    assert re.search(r"### Rollback Plan\n\n\S", text)


def test_diff_shows_and_the_answers_are_kept(place: Place) -> None:
    """`--diff` writes nothing and exits 1; the fill after it asks for nothing again."""
    place.path.write_text(SMALL)
    with ScriptedServer() as server:
        assert place.run(server, "fill", "7", "--diff") == Exit.FINDINGS
        assert place.stdout.startswith("--- memory/design/007_x.md\n")
        assert place.path.read_text() == SMALL
        sent = len(server.requests)

        assert place.run(server, "fill", "7") == Exit.DONE
        assert len(server.requests) == sent
        assert place.run(server, "fill", "7", "--diff") == Exit.DONE
    assert place.path.read_text() != SMALL


def test_dry_run_sends_and_writes_nothing(place: Place) -> None:
    """`--dry-run` shows the brief and every section, and what the person wrote in each."""
    place.path.write_text(SMALL)

    assert place.run(None, "fill", "7", "--dry-run", "--hint", "Think of tests.") == Exit.DONE
    assert "=== brief" in place.stdout
    assert "mine: the Gatekeeper" in place.stdout
    assert "Think of tests." in place.stdout
    assert place.path.read_text() == SMALL


def test_force_rewrites_a_section(place: Place) -> None:
    """`--force` needs `--section`, and a yes; then that section alone is another."""
    place.path.write_text(SMALL)
    with ScriptedServer() as server:
        assert place.run(server, "fill", "7", "--force") == Exit.USAGE
        assert place.run(server, "fill", "7", "--force", "--section", "Overview") == Exit.USAGE
        assert "--yes" in place.stderr
        assert not server.requests
        words = ("fill", "7", "--force", "--yes", "--section", "Overview")
        assert place.run(server, *words) == Exit.DONE
        assert "-mine: the Gatekeeper" in place.stderr
    text = place.path.read_text()
    assert "mine" not in text
    assert text.endswith(SMALL[SMALL.index("## Goals") :])


def test_force_that_changes_nothing(place: Place) -> None:
    """Where a model says again what is there, that is said, and not that nobody asked it."""
    words = ("fill", "7", "--force", "--yes", "--section", "Overview")
    place.path.write_text(SMALL)

    def script(request: Request) -> Reply:
        same = Reply(text="It is said again in the very same words, which is all there is to it.")
        return plausible(request) if "response_format" in request.body else same

    with ScriptedServer(script) as server:
        place.run(server, *words)
        assert place.run(server, *words) == Exit.DONE

    assert "nothing changed: the answer says what is there already" in place.stderr


def test_force_keeps_comments_to_the_checker(place: Place) -> None:
    """A rewritten section keeps its comments to the checker, for they are nobody's text."""
    said, mine = "<!-- draft: ignore D601 -->", "mine: the Gatekeeper"
    place.path.write_text(SMALL.replace(mine, f"{mine} {said}"))
    with ScriptedServer() as server:
        words = ("fill", "7", "--force", "--yes", "--section", "Overview")
        assert place.run(server, *words) == Exit.DONE
    text = place.path.read_text()
    assert mine not in text
    assert f"## Overview\n{said}\n\n" in text


def test_force_that_is_declined(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a person says no the file stays, and nothing is said to be kept: it is asked anew."""
    place.path.write_text(SMALL)
    typed = io.StringIO("n\n")
    typed.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", typed)
    words = ("fill", "7", "--force", "--section", "Overview")
    with ScriptedServer() as server:
        assert place.run(server, *words) == Exit.DONE
        assert len(server.requests) == 1
    assert place.path.read_text() == SMALL
    assert "nothing was written; as you said" in place.stderr
    assert "kept" not in place.stderr


def test_force_keeps_what_the_model_could_not_rewrite(place: Place) -> None:
    """A section that was to be rewritten keeps its text where the model fails, with exit code 3."""
    place.path.write_text(SMALL)
    with ScriptedServer(lambda _: failure(400, "no")) as server:
        words = ("fill", "7", "--force", "--yes", "--section", "Overview")
        assert place.run(server, *words) == Exit.MODEL
    assert place.path.read_text() == SMALL


def test_the_file_changes_meanwhile(place: Place) -> None:
    """An edit during the run stays, in the same slot and elsewhere; our answer is named."""
    place.path.write_text(SMALL)
    edited = SMALL.replace("## Goals\n", "## Goals\n\nTheirs.\n") + "\n## More\n"

    def script(request: Request) -> Reply:
        place.path.write_text(edited)
        return plausible(request)

    with ScriptedServer(script) as server:
        assert place.run(server, "fill", "7") == Exit.DONE
    assert 'under "Login > Goals" stays; our answer is kept in ' in place.stderr
    text = place.path.read_text()
    assert text.startswith(edited[: edited.index("### High")])
    assert text.endswith("\n## More\n")
    kept = Path(re.findall(r"kept in (\S+)", place.stderr)[0])
    assert "Login > Goals" in kept.read_text()


def test_a_read_only_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file can't be written the answers are kept, and used by the next run."""
    place.path.write_text(SMALL)
    with ScriptedServer() as server:
        with monkeypatch.context() as patch:
            patch.setattr("os.access", lambda *_: False)
            assert place.run(server, "fill", "7") == Exit.FILE
        assert "The answers are kept in" in place.stderr
        sent = len(server.requests)
        assert place.run(server, "fill", "7", "--output", "-") == Exit.DONE
        assert "mine: the Gatekeeper" in place.stdout
        assert len(server.requests) == sent
    assert place.path.read_text() == SMALL


def test_a_dead_server(place: Place) -> None:
    """Where nothing can be filled nothing is written, with exit code 3."""
    place.path.write_text(SMALL)
    with ScriptedServer(lambda _: failure(401, "bad key")) as server:
        assert place.run(server, "fill", "7") == Exit.MODEL
    assert place.path.read_text() == SMALL


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, Exit.FILE),
        (b"", Exit.FILE),
        (b" \n", Exit.FILE),
        (b"# T\0", Exit.FILE),
        (b"# T\n" * 1_400_000, Exit.FILE),
        (TEXT.encode(), Exit.USAGE),
    ],
    ids=["missing", "empty", "blank", "binary", "large", "untouched template"],
)
def test_bad_documents(place: Place, content: bytes | None, code: Exit) -> None:
    """A document that can't be used is a clear error with its exit code, and stays as it is."""
    if content is not None:
        place.path.write_bytes(content)

    assert place.run(None, "fill", str(place.path)) == code
    assert place.stderr.startswith("error: ")
    assert not content or place.path.read_bytes() == content


def test_numbers_and_folders(place: Place) -> None:
    """A folder, a number that nobody has and one that two have are refused, both named."""
    place.path.write_text(SMALL)
    assert place.run(None, "fill", "memory/design") == Exit.FILE
    assert place.run(None, "fill", "8") == Exit.FILE
    (place.path.parent / "7_y.md").write_text(SMALL)
    assert place.run(None, "fill", "7") == Exit.FILE
    assert "007_x.md" in place.stderr
    assert "7_y.md" in place.stderr


BAD = {
    "nope.md": "missing",
    "memory/design": "is-a-folder",
    "8": "no-such-number",
    "7": "ambiguous-number",
    "empty.md": "empty-document",
    "binary.md": "not-text",
    "large.md": "too-large",
    "closed.md": "not-permitted",
    "two.md --section Go": "ambiguous-section",
    "two.md --section Nope": "no-such-section",
}


@pytest.mark.parametrize("words", BAD)
def test_bad_input_in_json(words: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong with a document or a section, JSON names it, and nothing is written."""
    contents = {
        "empty.md": b"",
        "binary.md": b"# T\0",
        "large.md": b"x" * 5 * 2**20,
        "closed.md": b"# T\n",
        "two.md": b"# T\n\n## Goals\n\n## Gone\n",
        "memory/design/007_x.md": b"# T\n",
        "memory/design/7_y.md": b"# T\n",
    }
    for name, content in contents.items():
        (place.folder / name).write_bytes(content)

    def opened(path: "os.PathLike[str]", flags: int, mode: int = 0o777) -> int:
        if Path(path).name == "closed.md":
            raise PermissionError(errno.EACCES, "not yours")
        return os.open(path, flags, mode)

    monkeypatch.setattr(files, "os", layer(open=opened))
    name, *options = words.split()

    code = place.run(None, "fill", name, *options, "--json")

    answer = json.loads(place.stdout)
    schema = json.loads((paths.ROOT / "assistant" / "result.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(answer)
    assert answer["error"]["code"] == BAD[words]
    assert code == (Exit.USAGE if options else Exit.FILE)
    shown = answer["error"]["message"] + answer["error"]["where"]
    assert all(one in shown for one in (("Goals", "Gone") if options else (name,)) if one != "7")
    assert {name: (place.folder / name).read_bytes() for name in contents} == contents


def test_what_changes_nothing(place: Place) -> None:
    """`--dry-run`, `--diff` and `--output -` write nothing, in JSON too; `--hint` is asked with."""
    place.path.write_text(SMALL)
    with ScriptedServer() as server:
        assert place.run(server, "fill", "7", "--dry-run", "--json", "--hint", "Be brief.") == 0
        prompts = json.loads(place.stdout)["prompts"]
        assert prompts[0]["section"] == "brief"
        assert "Be brief." in prompts[-1]["messages"][-1]["content"]
        assert not server.requests

        words = ("fill", "7", "--json", "--hint", "Be brief.")
        assert place.run(server, *words, "--diff") == Exit.FINDINGS
        shown = json.loads(place.stdout)
        assert "+++ memory/design/007_x.md" in shown["diff"]
        assert not shown["ok"]
        assert place.run(server, *words, "--output", "-") == Exit.DONE
        assert json.loads(place.stdout)["text"].startswith("# Login\n")
        assert place.path.read_text() == SMALL

        assert place.run(server, *words) == Exit.DONE
        assert place.run(server, *words) == Exit.DONE
    assert json.loads(place.stdout)["written"] == []
    assert place.path.read_text() != SMALL


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("step", STEPS)
def test_a_fill_interrupted_at_any_step(
    step: str, error: BaseException, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever write fails, the file is the old or the new one; the next run ends it."""
    place.path.write_text(SMALL)
    with ScriptedServer() as server:
        place.run(server, "fill", "7", "--diff")
        assert place.run(server, "fill", "7", "--output", "-") == Exit.DONE
        new = place.stdout
        for nth in (1, 2):
            with monkeypatch.context() as patch:
                patch.setattr(files, "os", failing(step, nth, error))
                place.run(server, "fill", "7")
            assert place.path.read_text() in (SMALL, new)
        assert place.run(server, "fill", "7") == Exit.DONE
        for leftover in place.path.parent.glob(".*"):
            os.utime(leftover, (0, 0))
    assert place.path.read_text() == new


def test_a_document_of_no_template(place: Place) -> None:
    """Without a template a document's own empty sections are written, from all that it says."""
    place.path.write_text("# Login\n\n## Why\nmine: the Gatekeeper\n\n## Mechanism\n\n## Costs\n")
    with ScriptedServer() as server:
        assert place.run(server, "fill", "7", "--json") == Exit.DONE
        assert all("mine: the Gatekeeper" in request.text for request in server.requests)
    schema = json.loads((paths.ROOT / "assistant" / "result.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads(place.stdout))
    text = place.path.read_text()
    assert text.startswith("# Login\n\n## Why\nmine: the Gatekeeper\n\n## Mechanism\n\n")
    assert re.search(r"## Costs\n\n\S", text)


def test_two_fills_at_once(place: Place) -> None:
    """Two fills of one document at once both end, and the document is filled once."""
    place.path.write_text(SMALL)
    command = [
        sys.executable,
        "-c",
        "from assistant.cli import run_program; run_program()",
        "fill",
        "7",
    ]
    with ScriptedServer() as server:
        environ = {**os.environ, "OPENAI_BASE_URL": server.url, "PYTHONPATH": str(paths.ROOT)}
        both = [
            subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(2)
        ]
        for one in both:
            one.communicate(timeout=PATIENCE)
        assert [one.returncode for one in both] == [0, 0]
        assert place.run(server, "fill", "7") == Exit.DONE
    assert "nothing to write" in place.stderr
    assert place.path.read_text().startswith(SMALL[: SMALL.index("## Goals")])


def asking(request: Request) -> Reply:
    """A plausible answer; the brief asks one question."""
    answer = plausible(request)
    try:
        data = json.loads(answer.text)
    except ValueError:
        return answer
    if "open_questions" in data:
        data["open_questions"] = ["Who may renew a session?"]
    return replace(answer, text=json.dumps(data))


@pytest.mark.parametrize("list_", ["", "\nNone known.\n", "\n- None known.\n", "\n"])
@pytest.mark.parametrize("words", [(), ("--section", "Goals", "--section", "High-Level Approach")])
def test_what_is_open_is_listed_in_a_filled_document(
    list_: str, words: tuple[str, ...], place: Place
) -> None:
    """`fill` lists what it leaves open where no question is yet, as a new draft does."""
    place.path.write_text(f"{SMALL}\n## Open Questions\n{list_}\n## References\n\nmine\n", "utf-8")
    with ScriptedServer(asking) as server:
        assert place.run(server, "fill", "7", *words) == Exit.DONE

    text = place.path.read_text("utf-8")
    assert "\n\n- Who may renew a session? (" in text.partition("## Open Questions")[2]
    assert "None known." not in text
    assert text.endswith("\n\n## References\n\nmine\n")
    assert "without a place" not in place.stderr


def test_questions_without_a_place_are_kept(place: Place) -> None:
    """Where a person wrote the list, it stays; what is open goes to a file, and is said once."""
    mine = "\n## Open Questions\n- Mine?\n"
    place.path.write_text(SMALL + mine, "utf-8")
    with ScriptedServer(asking) as server:
        place.run(server, "fill", "7", "--diff")
        assert "Who may renew a session?" in place.stderr

        assert place.run(server, "fill", "7", "--section", "Goals", "--json") == Exit.DONE
        notes = json.loads(place.stdout)["notes"]
        assert place.run(server, "fill", "7") == Exit.DONE

    [file] = (place.folder / "home" / "draft" / "questions").iterdir()
    assert place.path.read_text("utf-8").endswith(mine)
    assert file.read_text("utf-8").count("- Who may renew a session? (") == 1
    assert "kept in" in place.stderr
    assert file.name in place.stderr.replace("\n", "")
    assert notes == ["open question: Who may renew a session? (whole document)"]
    assert "renew" not in place.stderr  # it was said when it was new


def test_a_question_that_the_document_asks_is_no_new_one(place: Place) -> None:
    """What stands in the list already is neither kept nor said."""
    mine = "\n## Open Questions\n- Who may renew a session?\n"
    place.path.write_text(SMALL + mine, "utf-8")
    with ScriptedServer(asking) as server:
        assert place.run(server, "fill", "7") == Exit.DONE

    assert "renew" not in place.stderr
    assert not (place.folder / "home" / "draft" / "questions").exists()
