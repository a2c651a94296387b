"""Tests of `fill`: what is unwritten is written, and every other byte stays."""

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from assistant import cli, disk, journal
from assistant.align import Match, align
from assistant.assemble import Facts
from assistant.brief import Brief
from assistant.document import Document, encode, parse
from assistant.errors import Exit
from assistant.field import Items
from assistant.generate import Subject, Written
from assistant.guard import Scope
from assistant.merge import Filled, merge
from assistant.shape import fits, keys, own
from assistant.task import Task, plan
from assistant.template import Template
from tests import templates
from tests.adversary import sentences, wild
from tests.scripted import Reply, Request, Scripted, failure, plausible
from tests.test_store import ERRORS, STEPS, failing
from tests.test_write import answer

BUILT_IN = templates.load("design_document")
TEXT = templates.BUILT_IN.read_text("utf-8")
FACTS = Facts(title="", author="A", date="2026-11-23", slug="x")


def task(document: Document, template: Template | None = BUILT_IN, **scope: object) -> Task:
    """A task to fill all of a document, or what `scope` says."""
    return Task(
        template=template, document=document, facts=FACTS, scope=Scope(**scope),  # type: ignore[arg-type]
        subject=Subject(description="", kind="change"),
    )  # fmt: skip


def never(_: tuple[str, ...]) -> bool:
    return False


def named(template: Template) -> Brief:
    """A brief that names the groups."""
    from assistant.naming import groups  # noqa: PLC0415

    names = tuple(
        (g.group, ("POST /a/b", "GET /a") if g.pattern else ("First of all", "Then another"))
        for g in groups(template)
    )
    return Brief(title="A Title", names=names, questions=("Why?",))


def filled(own_task: Task, say: Callable[[], str]) -> tuple[Filled, int]:
    """A document filled with what is said, and how many sections were asked for."""
    document = own_task.document
    brief = named(own_task.template or own(document))
    asked = plan(own_task, document, brief, own_task.scope.forced.__contains__)
    written = tuple(
        Written(asked=one, answer=answer(asked.matches[one.id], say)) for one in asked.requests
    )
    return merge(own_task, document, asked, written, brief), len(asked.requests)


def whole() -> str:
    """The built-in template with everything written by somebody."""
    done, _ = filled(task(parse(TEXT)), lambda: "Somebody wrote this sentence.")
    return done.text.replace("**Reviewers:** \n", "**Reviewers:** Another\n")


WHOLE = whole()


def bounds(match: Match) -> list[tuple[int, int, str]]:
    """The written slots of a section of a document: where they are, and a blank for each."""
    found: list[tuple[int, int, str]] = []
    base = match.section.body_start
    for field in match.body.fields:
        if isinstance(field, Items):
            for item in field.items:
                found += [(base + f.start, base + f.end, "") for f in item.fields]
        elif field.slot.owner == "model" and field.written:
            blank = {"prose": "\n\n", "items": "- "}.get(field.slot.kind, "")
            start, end = field.start, field.end
            if field.fence:
                # A fence is as wide as what stands in it needs.
                (start, _), (closing, end) = field.opening, field.closing
                blank = field.fence + match.section.body[closing:end]
            found.append((base + start, base + end, blank))
    return found


def blanked(text: str, choose: Callable[[], bool]) -> tuple[str, list[str]]:
    """A text with some of its slots blanked, and the pieces that stay."""
    slots = [one for match in align(BUILT_IN, parse(text)).matches for one in bounds(match)]
    result, pieces, position = "", [], 0
    for start, end, blank in sorted(slots):
        if start < position or not choose():
            continue
        pieces.append(text[position:start])
        result += text[position:start] + blank
        position = end
    pieces.append(text[position:])
    return result + text[position:], pieces


def stays(pieces: Sequence[str], text: str) -> bool:
    """Whether all pieces are in the text, in order, the first and the last at its ends."""
    at = 0
    for piece in pieces:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return text.startswith(pieces[0]) and text.endswith(pieces[-1])


@given(st.data(), st.sampled_from(["\n", "\r\n", "\r"]), st.lists(wild, min_size=1, max_size=8))
def test_every_other_byte_stays(data: st.DataObject, newline: str, texts: list[str]) -> None:
    """Whatever slots are blank and whatever a model says, all else is the same."""
    text, pieces = blanked(WHOLE, lambda: data.draw(st.booleans()))
    text, pieces = text.replace("\n", newline), [piece.replace("\n", newline) for piece in pieces]
    source = random.Random(data.draw(st.integers(0, 1 << 20)))  # noqa: S311
    note(repr(text))

    done, _ = filled(task(parse(text)), lambda: source.choice(texts))

    assert stays(pieces, done.text)
    assert parse(done.text).outline == parse(text).outline


@given(st.data(), sentences)
def test_twice_is_once(data: st.DataObject, said: str) -> None:
    """What was filled is complete: a second fill asks for nothing and changes nothing."""
    text, _ = blanked(WHOLE, lambda: data.draw(st.booleans()))
    once, _ = filled(task(parse(text)), lambda: said)

    twice, asked = filled(task(parse(once.text)), lambda: "Other words.")

    assert asked == 0
    assert twice.text == once.text


def corpus() -> list[Path]:
    """The real documents, where there are any."""
    folder = Path(templates.CORPUS) if templates.CORPUS else None
    return (
        sorted(p for name in templates.REAL for p in folder.glob(f"{name}/*.md")) if folder else []
    )


@pytest.mark.skipif(not templates.CORPUS, reason="real documents are where DRAFT_CORPUS says")
@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.name[:40])
def test_real_documents_keep_every_byte(path: Path) -> None:
    """Filling a real document by its family's template, or none, changes its empty slots only."""
    document = parse(path.read_bytes().decode("utf-8", "surrogateescape"))
    for template in (templates.load(path.parent.name), None):
        done, _ = filled(task(document, template), lambda: "A sentence.")

        again, asked = filled(task(parse(done.text), template), lambda: "Another.")
        assert asked == 0
        assert again.text == done.text


def test_open_bytes_stay() -> None:
    """A BOM, bytes that are no UTF-8, trailing spaces and a missing final newline stay."""
    before = b"\xef\xbb\xbf# T  \r\n\r\n## A\r\n\r\n## B  \r\nmine \xff \r\n## C\r\n x \t"
    document = parse(before.decode("utf-8", "surrogateescape"))

    done, asked = filled(task(document, None), lambda: "Said.")

    assert asked == 1
    assert encode(done.text) == before.replace(b"## A\r\n\r\n", b"## A\r\n\r\nSaid.\r\n\r\n")


def test_one_bullet_between_two_that_a_person_filled() -> None:
    """In a half-filled section only the empty bullet is written."""
    body = "- **Migration strategy:** mine\n- **Rollback plan:** \n- **Estimated data volume:** 3\n"
    text = f"# T\n\n## Detailed Design\n\n### Data Migration Plan\n{body}"

    done, asked = filled(task(parse(text)), lambda: "Undo it.")

    assert asked == 1
    assert done.text == text.replace("**Rollback plan:** ", "**Rollback plan:** Undo it.")


BLANK_OPTION = "  - Pros: \n  - Cons: \n"
ITEM = (
    "# T\n\n## Design Considerations\n\n### 1. One\n**Context:** c\n\n**Options:**\n"
    "- **Option A:** a\n  - Pros: p\n  - Cons: \n- **Option B:** b\n  - Pros: p\n  - Cons: c\n"
    f"- **Option C:** \n{BLANK_OPTION}\n**Recommendation:** r\n\n### 2. [Design Choice Name]\n"
    f"**Context:** \n\n**Options:**\n- **Option A:** \n{BLANK_OPTION}- **Option B:** \n"
    f"{BLANK_OPTION}\n**Recommendation:** \n\n### 3. My choice\n\n### 4. Prose\nMy own words.\n"
)


def test_examples_that_are_left_over_are_not_filled() -> None:
    """Of what was started only the blank is written; untouched examples stay as they are."""
    done, asked = filled(task(parse(ITEM)), lambda: "Said.")

    assert asked == 2
    assert "  - Pros: p\n  - Cons: Said.\n- **Option B:**" in done.text
    assert "- **Option C:** \n  - Pros: \n  - Cons: \n\n**Recommendation:** r" in done.text
    assert "### 2. [Design Choice Name]\n**Context:** \n" in done.text
    assert re.search(r"### 3\. My choice\n\*\*Context:\*\* Said\.\n", done.text)
    assert done.text.endswith("### 4. Prose\nMy own words.\n")
    assert any("left over" in text for text in done.notes)


def test_an_untouched_group_is_named_and_filled() -> None:
    """A blank template becomes a whole document, its groups named by the brief."""
    done, _ = filled(task(parse(TEXT)), lambda: "Said.")

    titles = [title for _, title in parse(done.text).outline]
    assert titles[0] == "A Title Design Document"
    assert "1. First of all" in titles
    assert "`POST /a/b`" in titles
    assert "Option C" not in done.text


def test_missing_headings_are_added_only_when_asked() -> None:
    """`--add-missing` puts a heading where the template has it, and changes nothing else."""
    cut = WHOLE.replace(WHOLE[WHOLE.index("### Rollback Plan") : WHOLE.index("### Monitoring")], "")
    left, _ = filled(task(parse(cut)), lambda: "Said.")
    added, asked = filled(task(parse(cut), missing=True), lambda: "Said.")

    assert left.text == cut
    assert asked == 1
    assert (
        added.text.replace(
            added.text[added.text.index("### Rollback Plan") : added.text.index("### Monitoring")],
            "",
        )
        == cut
    )


def test_an_edit_in_the_same_slot_wins() -> None:
    """Edits elsewhere are merged; where somebody wrote meanwhile, ours is named."""
    text = "# T\n\n## Overview\n\n## Goals\n\n## Proposed Solution\n\n### High-Level Approach\n"
    own_task = task(parse(text))
    brief = named(BUILT_IN)
    asked = plan(own_task, own_task.document, brief, never)
    written = tuple(
        Written(asked=one, answer=answer(asked.matches[one.id], lambda: "Ours."))
        for one in asked.requests
    )
    now = "new first line\n" + text.replace("## Overview\n", "## Overview\n\nTheirs.\n")

    done = merge(own_task, parse(now), asked, written, brief)

    assert done.overtaken == ("T > Overview",)
    assert done.text.startswith("new first line\n# T\n\n## Overview\n\nTheirs.\n")
    assert done.text.count("Ours.") == 2


def test_the_built_in_template_is_for_documents_that_fit_it() -> None:
    """A document of ours fits the built-in template, another one does not."""
    assert fits(BUILT_IN, parse(WHOLE))
    assert not fits(BUILT_IN, parse("# RFC\n\n## Summary\n\n## Motivation\n\n## Overview\n"))
    assert len(set(keys(parse("# T\n\n## A\n\n## A\n\n## A\n")))) == 4


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

    def run(self, server: Scripted | None, *words: str) -> int:
        """Run `draft`; the exit code."""
        address = ["--base-url", server.url] if server else ["--base-url", "http://127.0.0.1:9/v1"]
        self.patch.setattr("sys.argv", ["draft", *words, *address])
        with pytest.raises(SystemExit) as ended:
            cli.main()
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
    with Scripted() as server:
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


def test_a_draft_that_failed_goes_on(place: Place) -> None:
    """A partly failed draft is completed by its brief, for the price of what is missing."""

    def script(request: Request) -> Reply:
        task_of = request.text.rpartition("# Task: ")[2]
        return failure(400, "no") if task_of.startswith("Overview") else plausible(request)

    with Scripted(script) as server:
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
    assert not journal.pending()


def test_only_the_section_that_is_named(place: Place) -> None:
    """`--section` limits the fill, by title, prefix or path; none and two are refused."""
    place.path.write_text(
        SMALL + "\n### Other\n\n## Rollout Plan\n\n### Rollback Plan\n\n### Other\n"
    )
    with Scripted() as server:
        assert place.run(server, "fill", "7", "--section", "Nope") == Exit.USAGE
        assert "Rollback Plan" in place.stderr
        assert place.run(server, "fill", "7", "--section", "Ro") == Exit.USAGE
        assert "Rollout Plan" in place.stderr
        assert place.run(server, "fill", "7", "--section", "Rollout Plan > Roll") == Exit.DONE
        assert len(server.requests) == 1
        assert place.run(server, "fill", "7", "--section", "Overview") == Exit.DONE
        assert len(server.requests) == 1
    text = place.path.read_text()
    assert text.startswith(SMALL)
    assert re.search(r"### Rollback Plan\n\n\S", text)


def test_diff_shows_and_the_answers_are_kept(place: Place) -> None:
    """`--diff` writes nothing and exits 1; the fill after it asks for nothing again."""
    place.path.write_text(SMALL)
    with Scripted() as server:
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
    with Scripted() as server:
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


def test_force_keeps_what_the_model_could_not_rewrite(place: Place) -> None:
    """A section that was to be rewritten keeps its text where the model fails, with exit code 3."""
    place.path.write_text(SMALL)
    with Scripted(lambda _: failure(400, "no")) as server:
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

    with Scripted(script) as server:
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
    with Scripted() as server:
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
    with Scripted(lambda _: failure(401, "bad key")) as server:
        assert place.run(server, "fill", "7") == Exit.MODEL
    assert place.path.read_text() == SMALL


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, Exit.FILE), (b"", Exit.FILE), (b" \n", Exit.FILE), (b"# T\0", Exit.FILE),
     (b"# T\n" * 1_400_000, Exit.FILE), (TEXT.encode(), Exit.USAGE)],
    ids=["missing", "empty", "blank", "binary", "large", "untouched template"],
)  # fmt: skip
def test_bad_documents(place: Place, content: bytes | None, code: Exit) -> None:
    """A document that can't be used is a clear error with its exit code, and stays as it is."""
    if content is not None:
        place.path.write_bytes(content)

    assert place.run(None, "fill", str(place.path)) == code
    assert place.stderr.startswith("draft: ")
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


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("step", STEPS)
def test_a_fill_interrupted_at_any_step(
    step: str, error: BaseException, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever write fails, the file is the old or the new one; the next run ends it."""
    place.path.write_text(SMALL)
    with Scripted() as server:
        place.run(server, "fill", "7", "--diff")
        assert place.run(server, "fill", "7", "--output", "-") == Exit.DONE
        new = place.stdout
        for nth in (1, 2):
            with monkeypatch.context() as patch:
                patch.setattr(disk, "os", failing(step, nth, error))
                place.run(server, "fill", "7")
            assert place.path.read_text() in (SMALL, new)
        assert place.run(server, "fill", "7") == Exit.DONE
        for leftover in place.path.parent.glob(".*"):
            os.utime(leftover, (0, 0))
    assert place.path.read_text() == new


def test_a_document_of_no_template(place: Place) -> None:
    """Without a template a document's own empty sections are written, from all that it says."""
    place.path.write_text("# Login\n\n## Why\nmine: the Gatekeeper\n\n## Mechanism\n\n## Costs\n")
    with Scripted() as server:
        assert place.run(server, "fill", "7", "--json") == Exit.DONE
        assert all("mine: the Gatekeeper" in request.text for request in server.requests)
    schema = json.loads((templates.ROOT / "assistant" / "result.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(json.loads(place.stdout))
    text = place.path.read_text()
    assert text.startswith("# Login\n\n## Why\nmine: the Gatekeeper\n\n## Mechanism\n\n")
    assert re.search(r"## Costs\n\n\S", text)


def test_two_fills_at_once(place: Place) -> None:
    """Two fills of one document at once both end, and the document is filled once."""
    place.path.write_text(SMALL)
    command = [sys.executable, "-c", "from assistant.cli import main; main()", "fill", "7"]
    with Scripted() as server:
        environ = {**os.environ, "OPENAI_BASE_URL": server.url, "PYTHONPATH": str(templates.ROOT)}
        both = [
            subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
            for _ in range(2)
        ]
        for one in both:
            one.communicate(timeout=60)
        assert [one.returncode for one in both] == [0, 0]
        assert place.run(server, "fill", "7") == Exit.DONE
    assert "nothing to write" in place.stderr
    assert place.path.read_text().startswith(SMALL[: SMALL.index("## Goals")])
