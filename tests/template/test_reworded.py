"""Headings in almost a template's words."""

import pytest

from assistant.markdown.document import Section, parse_document
from assistant.template.align import pair_reworded
from assistant.template.parts import Spec


def spec(level: int, title: str, index: int = 1) -> Spec:
    return Spec(index=index, level=level, title=title, path=("T", title), heading="", parts=())


def sections(text: str) -> tuple[Section, ...]:
    return tuple(section for section in parse_document(text).sections if section.level)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("## Alternatives\n", True),
        ("### Alternatives\n", False),
        ("## Rational and alternatives\n", True),
        ("### Rationale and alternative\n", True),
        ("## Nothing of it\n", False),
    ],
)
def test_other_level_needs_more_agreement(text: str, *, meant: bool) -> None:
    """At the template's level most words are enough; at another nearly all must agree."""
    found = pair_reworded([(spec(2, "Rationale and alternatives"), 0)], {0: sections(text)})

    assert bool(found) == meant


def test_elsewhere_only_the_same_letters_count() -> None:
    """Under another heading a heading is meant only where it has the same letters."""
    wanted = [(spec(2, "Non-Goals"), 0)]

    assert pair_reworded(wanted, {5: sections("## Non Goals\n")})
    assert not pair_reworded(wanted, {5: sections("## Non Goal\n")})


def test_each_heading_is_meant_once() -> None:
    """Of two that could be meant the more alike is taken, and none is taken twice."""
    wanted = [(spec(2, "Test Plans"), 0), (spec(2, "Test Plan A", 2), 0)]
    found = pair_reworded(wanted, {0: sections("## Test Plan\n\n## Test Plan\n")})

    assert len({one.section.start for one in found}) == len(found) == 2
    assert found[0].spec.title == "Test Plans"


def test_two_headings_that_are_alike_are_two() -> None:
    """Headings of a template that differ in their place alone are each meant by another one."""
    wanted = [(spec(2, "Rationale", index), 0) for index in (1, 2)]

    found = pair_reworded(wanted, {0: sections("## Rational\n\n## Rationales\n")})

    assert sorted(one.spec.index for one in found) == [1, 2]
    assert len({one.section.start for one in found}) == 2
