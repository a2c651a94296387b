"""What other programs were measured to get wrong, done with this one as a person would do it."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import Exit
from assistant.markdown.document import parse_document
from tests.support.at_once import drafted_at_once
from tests.support.paths import SMALL
from tests.support.program import Draft, Ran
from tests.support.scripted import Reply, Request, Script, ScriptedServer, is_brief, plausible

AT_ONCE = 24


def titled(title: str) -> Script:
    """Good answers, of which the brief has this title."""

    def script(request: Request) -> Reply:
        good = plausible(request)
        if not is_brief(request):
            return good
        return Reply(text=json.dumps({**json.loads(good.text), "title": title}))

    return script


def saying(words: str) -> Script:
    """Good answers, of which the overview says this."""

    def script(request: Request) -> Reply:
        return Reply(text=words) if "Task: Overview" in request.text else plausible(request)

    return script


@pytest.fixture
def ask(draft: Draft) -> Callable[..., Ran]:
    """The program with a server that follows a script."""

    def run(script: Script, *words: str, template: Path = SMALL) -> Ran:
        with ScriptedServer(script) as server:
            more = ("--base-url", server.url, "--model", "tiny", "--template", str(template))
            return draft(*words, *more)

    return run


def put(name: str, text: str) -> Path:
    path = Path("memory/design") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


# adr-tools, and spec-kit


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Logs | metrics", "001_logs_metrics.md"),  # adr-tools: a file of 0 bytes
        ("R&D budget", "001_r_d_budget.md"),  # adr-tools: "RTITLED"
        ("数据库 迁移", "001_数据库_迁移.md"),  # adr-tools: 0005-.md; spec-kit: 002-
    ],
)
def test_titles_with_signs_and_of_other_scripts(
    title: str, name: str, ask: Callable[..., Ran]
) -> None:
    """A title's letters are all in the document's heading and in its name, with no sign lost."""
    ran = ask(titled(title), title)

    text = Path(ran.out.strip()).read_text("utf-8")
    heading = next(one.title for one in parse_document(text).sections if one.level == 1)
    assert (ran.code, ran.out) == (0, f"memory/design/{name}\n"), ran.err
    assert heading.replace("\\", "") == f"{title} Design"
    assert len(parse_document(text).sections) > 7


@pytest.mark.parametrize("end", ["\n", ""])
def test_superseding_a_document_whose_status_is_last(end: str, ask: Callable[..., Ran]) -> None:
    """The old document keeps its status, which adr-tools erases."""
    bare = put("001_a.md", f"# 1. A\n\nText.\n\n## Status\n\nAccepted{end}")
    whole = put("002_b.md", f"# 2. B\n\n## References\n\n- x\n\n## Status\n\nAccepted{end}")
    before = [path.read_bytes() for path in (bare, whole)]

    ran = ask(titled("C"), "new", "C", "--supersedes", "1", "--supersedes", "2")

    link = b"- Superseded by [003: C](003_c.md)\n"
    assert ran.out == "memory/design/003_c.md\n", ran.err
    assert bare.read_bytes() == before[0]
    assert whole.read_bytes() == before[1].replace(b"- x\n", b"- x\n" + link)
    assert "no section for references" in ran.err


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="processes part by fork")
def test_twenty_four_at_once(tmp_path: Path) -> None:
    """Where adr-tools gives 3 numbers and spec-kit 4, 24 at once get 24."""
    drafted_at_once(AT_ONCE, tmp_path)


# STORM

LIST = "Steps:\n\n1. First\n   - inner one\n   - inner two\n2. Second\n\n- [ ] to do\n- [x] done"
TABLE = "Who:\n\n| Who | What |\n|-----|------|\n| a   | b    |\n| c   | d \\| e |\n\nAnd so on."


@pytest.mark.parametrize("words", [LIST, TABLE])
def test_lists_and_tables_are_kept(words: str, ask: Callable[..., Ran]) -> None:
    """What a model lays out as a list or a table is in the document as it was said."""
    ran = ask(saying(words), "login timeout")

    assert words in Path(ran.out.strip()).read_text("utf-8"), ran.err


def test_texts_under_repeated_headings_are_kept(ask: Callable[..., Ran]) -> None:
    """Of two sections with one heading both keep their text when the document is filled."""
    notes = "## Notes\n\nTwo.\n\n## Notes\n\nThree.\n"
    path = put("001_x.md", f"# X Design\n\n## Overview\n\n{notes}")

    ran = ask(plausible, "fill", "1")

    after = path.read_text("utf-8")
    assert ran.code in (0, 1), ran.err
    assert after.endswith(notes)
    assert len(parse_document(after).sections[-3].body.strip()) > len("Overview")


def test_one_failed_section_costs_one_section(ask: Callable[..., Ran]) -> None:
    """Where one section fails for ever the others are written, and it is named."""

    def script(request: Request) -> Reply:
        return Reply(refusal="No.") if "Task: Risks" in request.text else plausible(request)

    ran = ask(script, "login timeout")

    text = Path(ran.out.strip()).read_text("utf-8")
    assert ran.code == Exit.FINDINGS
    assert re.findall(r"unwritten: (\w+)", ran.err) == ["Risks"]
    assert "[Risk]" in text
    assert "<!-- What problem" not in text
    assert "CREATE TABLE example" not in text


# OpenSpec, OpenShift, Kubernetes

TEMPLATE = """\
# [Name]

## Summary
<!-- What is it about?
## Not a heading
-->

## Goals
<!-- What must be true afterwards -->

```md
## Not this one either
```

## Plan
<!-- Steps -->
"""
GOOD = "# X\n\n## Summary\n\nText.\n\n## Goals\n\nText.\n\n```md\n## Y\n```\n\n## Plan\n\nText.\n"


@pytest.fixture
def checked(draft: Draft) -> Callable[[str], Ran]:
    """What `draft check` says of a document."""

    def run(text: str) -> Ran:
        Path("t.md").write_text(TEMPLATE)
        Path("x.md").write_text(text)
        return draft("check", "--template", "t.md", "x.md")

    return run


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("## Plan", "<!-- ## Goals\n\n## Goals\n-->\n\n## Plan"),
        GOOD.replace("## Plan", "```\n## Goals\n# Goals\n```\n\n## Plan"),
        GOOD.replace("## Plan", "~~~sh\n# Plan\n~~~\n\n## Plan"),
    ],
)
def test_headings_in_comments_and_fences_are_none(text: str, checked: Callable[[str], Ran]) -> None:
    """They are not missed where the template has them, nor counted where a document does."""
    ran = checked(text)

    assert ran.code == 0, ran.out
    assert "D1" not in ran.out.replace("D105", "")


@pytest.mark.parametrize(
    ("goals", "code"),
    [
        ("", "D101"),
        ("<!--\n## Goals\n-->\n", "D101"),
        ("```\n## Goals\n```\n", "D101"),
        ("Our ## Goals are these.\n", "D101"),
        ("**Goals**\n\nText.\n", "D101"),
        ("    ## Goals\n", "D101"),
        ("## Goals of others\n\nText.\n", "D107"),
        ("#### Goals\n\nText.\n", "D104"),
    ],
)
def test_what_only_looks_like_the_heading_does_not_pass(
    goals: str, code: str, checked: Callable[[str], Ran]
) -> None:
    """A heading in a comment, a fence, a sentence or at another level is missed.

    OpenShift's lint passes 112 such documents, and Kubernetes' check ends in `exit 0` whatever it
    found: here the exit code is 1.
    """
    start, end = GOOD.index("## Goals"), GOOD.index("## Plan")

    ran = checked(GOOD[:start] + goals + "\n" + GOOD[end:])

    assert ran.code == Exit.FINDINGS
    assert code in ran.out
    assert "Goals" in ran.out


def test_headings_out_of_order_do_not_pass(checked: Callable[[str], Ran]) -> None:
    """The template's headings in another order are an error."""
    start, end = GOOD.index("## Goals"), GOOD.index("## Plan")

    ran = checked(GOOD[:start] + GOOD[end:] + "\n" + GOOD[start:end])

    assert ran.code == Exit.FINDINGS
    assert "D103" in ran.out
