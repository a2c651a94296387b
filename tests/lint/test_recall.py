"""Verdicts of earlier runs: they are taken where nothing that they hang on has changed."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant import cache
from assistant.lint.registry import RULES
from assistant.lint.rule import FolderRule
from tests.support.program import Draft
from tests.support.repository import Repository

TEMPLATES = ("# [Name]\n\n## Why\n\n## Goals\n", "# [Name]\n\n## Why\n\n## Risks\n")
BODIES = (
    "# A\n\n## Why\n\nSee [b](002_b.md#goals), [c](../src/a.py), `src/a.py`.\n\n## Goals\n\nX.\n",
    "# ADR-002: B\n\n## Why\n\nADR-003, 003_c.md, [a](001_a.md#no-such) `src/no.py`.\n",
    "---\nsupersedes: 1, 3\n---\n# C\n\n### Why\n\nSo.\n\n## Goals\n\n[x](#why) [y](#goal)\n",
    "# D\n\n<!-- draft: ignore D503 -->\n[d](none.md)\n\n## WHY\n\n`open_it()` and `src/b/`\n",
    "# E\n\n## Why\n\n```json\n{\n```\n\n## Goals\n\n<!-- draft: ignore D505 -->\n",
)
CONFIGURATIONS = ("", "[check]\nD503 = 'off'\n", "[check]\nD104 = 'note'\nD802 = 'warning'\n")
NAMES = ("001_a.md", "002_b.md", "003_c.md", "003_other.md", "004_d & e.md")
Step = Callable[[Path, random.Random], None]


def edit_document(root: Path, chance: random.Random) -> None:
    path = root / "docs" / chance.choice(NAMES)
    path.write_text(chance.choice(BODIES), "utf-8")


def remove_document(root: Path, chance: random.Random) -> None:
    (root / "docs" / chance.choice(NAMES)).unlink(missing_ok=True)


def edit_template(root: Path, chance: random.Random) -> None:
    (root / "t.md").write_text(chance.choice(TEMPLATES), "utf-8")


def configure(root: Path, chance: random.Random) -> None:
    own = 'dir = "docs"\ntemplate = "t.md"\n'
    (root / ".draft.toml").write_text(own + chance.choice(CONFIGURATIONS), "utf-8")


def edit_neighbour(root: Path, chance: random.Random) -> None:
    path = root / chance.choice(("src/a.py", "src/no.py", "src/b/c.py", "docs/none.md"))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.unlink()
    else:
        path.write_text("def open_it(): ...\n", "utf-8")


def commit(root: Path, chance: random.Random) -> None:
    """Another branch gets a number, or the index knows what stands there."""
    repository = Repository(root)
    repository.commit()
    repository.git("branch", "-f", f"other{chance.randrange(2)}")


STEPS: tuple[Step, ...] = (
    *(edit_document,) * 4,
    remove_document,
    edit_template,
    configure,
    *(edit_neighbour,) * 2,
    commit,
)


@pytest.mark.parametrize("seed", range(6))
def test_what_was_known_is_what_would_be_found(seed: int, draft: Draft, tmp_path: Path) -> None:
    """After any edits of documents and all around them, a check prints what a fresh one does."""
    chance = random.Random(seed)  # noqa: S311
    (tmp_path / "docs").mkdir()
    Repository(tmp_path).git("init", "-q", "-b", "main")
    for step in (edit_template, configure, *(edit_document,) * 6):
        step(tmp_path, chance)
    for _ in range(12):
        chance.choice(STEPS)(tmp_path, chance)
        words = chance.choice(((), (), ("--json",), ("docs/003_c.md",)))

        assert draft("check", *words) == draft("check", *words, "--no-cache")


def test_a_verdict_is_taken_once_it_is_known(
    draft: Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second check of the same documents examines none; with --no-cache it examines all."""
    edit_template(tmp_path, random.Random(1))  # noqa: S311
    (tmp_path / "a.md").write_text(BODIES[0], "utf-8")
    words = ("check", "a.md", "--template", "t.md")
    first = draft(*words)

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("assistant.lint.run.Inspection.inspect", refuse)

    assert draft(*words) == first
    assert draft(*words, "--no-cache") != first


@pytest.mark.parametrize("line", ["", "[[", "[[], [[1]]]", '[[["no", "", 1]], []]', "[1, 2]", "{}"])
def test_lines_that_somebody_made_up_are_passed_over(
    line: str, draft: Draft, tmp_path: Path
) -> None:
    """A file whose checksum is right and whose lines mean nothing is as good as none."""
    edit_template(tmp_path, random.Random(1))  # noqa: S311
    (tmp_path / "a.md").write_text(BODIES[3], "utf-8")
    words = ("check", "a.md", "--template", "t.md")
    first = draft(*words)
    place = cache.find_cache_path("check", Path())
    known = cache.read_cache_lines(place)
    assert known
    cache.write_cache_lines(place, [f"{known[0].partition(' ')[0]} {line}", "x"])

    assert draft(*words) == first


def test_nothing_is_kept_where_nothing_may_be(draft: Draft, tmp_path: Path) -> None:
    """With --no-cache neither a check nor a list leaves a file behind."""
    docs = tmp_path / "memory/design"
    docs.mkdir(parents=True)
    (docs / "001_a.md").write_text(BODIES[0], "utf-8")

    draft("check", "--no-cache")
    draft("list", "--no-cache")

    for kind in ("check", "list"):
        place = cache.find_cache_path(kind, docs)
        assert place
        assert not place.exists()


def test_rules_about_folders_are_known_by_their_code() -> None:
    """A check of a folder loads those rules alone whose codes begin with D9: no other is one."""
    of_folders = {code for code, rule in RULES.items() if isinstance(rule, FolderRule)}

    assert of_folders == {code for code in RULES if code.startswith("D9")}
