"""Headings: the edits that give one another level or other words, and where one is pointed at."""

import pytest

from assistant.lint.analyses.headings import (
    change_level,
    change_words,
    find_reworded_headings,
    point_at_heading,
)
from assistant.lint.subject import CheckedDocument
from assistant.markdown.document import Section, parse_document
from assistant.template.parts import Spec
from assistant.template.template import read_template

TEMPLATE = read_template(parse_document("# [Name]\n\n## Rollout Plan\n\n## Goals\n"), "t")


def last_section(text: str) -> Section:
    return parse_document(text).sections[-1]


def apply_change(text: str, change: tuple[int, int, str] | None) -> str | None:
    return text[: change[0]] + change[2] + text[change[1] :] if change else None


def spec(title: str) -> Spec:
    return next(one for one in TEMPLATE.specs if one.title.startswith(title))


@pytest.mark.parametrize(
    ("text", "level", "expected"),
    [
        ("a\n\n## One ##\n", 3, "a\n\n### One ##\n"),
        ("   #### One\n", 1, "   # One\n"),
        ("One\n===\n", 2, "One\n---\n"),
        ("One\nmore\n--\n", 1, "One\nmore\n==\n"),
        ("One\n===\n", 3, None),  # no underline is of level 3
        ("##\n", 1, "#\n"),
    ],
)
def test_level(text: str, level: int, expected: str | None) -> None:
    """A heading keeps its form at another level; where its form has none such, nothing is done."""
    assert apply_change(text, change_level(last_section(text), level)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("##  rollout  plan ##\n", "##  Rollout Plan ##\n"),
        ("## rollout plan ##\n", "## Rollout Plan ##\n"),
        ("rollout plan\n---\n", "Rollout Plan\n---\n"),
        ("## rollout plan (optional)\n", "## Rollout Plan (optional)\n"),
        ("## Rollout Plan\n", None),
        ("##\n", None),
    ],
)
def test_words(text: str, expected: str | None) -> None:
    """A heading gets the template's words and keeps what stands around them."""
    assert apply_change(text, change_words(last_section(text), spec("Rollout"))) == expected


def test_reworded() -> None:
    """Headings of the same letters and of nearly the same words are told apart, with a level."""
    text = "# N\n\n### rollout-plan\n\nx\n\n## Goal\n\ny\n"
    subject = CheckedDocument(TEMPLATE, parse_document(text))
    same, other = (
        [(section.title, words, level) for section, words, level in found]
        for found in (
            find_reworded_headings(subject, same=True),
            find_reworded_headings(subject, same=False),
        )
    )

    assert same == [("rollout-plan", "Rollout Plan", " at level 2")]
    assert other == [("Goal", "Goals", "")]


def test_a_hit_points_at_the_title() -> None:
    """A hit about a heading points at its title's first line; without one, at its beginning."""
    text = "a\n\n## One ##\n"
    hit = point_at_heading(last_section(text), "x")
    assert text[hit.spot.offset :][: hit.spot.width] == "One"
    assert hit.section == "One"

    two = point_at_heading(last_section("One\nmore\n---\n"), "x")
    assert (two.spot.offset, two.spot.width) == (0, 3)
    assert point_at_heading(last_section("##\n"), "x").spot.width == 0
