"""Two trees of headings, side by side, and headings in almost a template's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.markdown.document import Section, parse_document
from assistant.template.headings import find_parents, fold_title
from assistant.template.pairing import Pairing, is_untouched, pair_reworded
from assistant.template.parts import Spec
from assistant.template.template import read_template
from tests.support import strategies

LEVELS = st.lists(st.integers(0, 6), max_size=12)


@given(LEVELS)
def test_the_heading_above(levels: list[int]) -> None:
    """Above a heading is the last one before it that is less deep; the preamble is above none."""
    for index, found in enumerate(find_parents(levels)):
        before = [other for other in range(index) if levels[other] < levels[index]]
        nearest = before[-1] if before else -1
        assert found == (nearest if nearest >= 0 and levels[nearest] > 0 else -1)


@given(strategies.templates(), strategies.templates())
def test_a_section_is_one_and_only_one(template: str, document: str) -> None:
    """No section of a document is two of the template's, no plain section is found twice."""
    own = read_template(parse_document(template), "t")
    matches = Pairing(own, parse_document(document)).run()

    assert len({match.index for match in matches}) == len(matches)
    plain = [match.spec.index for match in matches if not match.spec.group]
    assert len(set(plain)) == len(plain)
    for match in matches:
        section = parse_document(document).sections[match.index]
        assert match.section == section
        assert match.final == (section.end == len(document))
        if not (match.misplaced or match.spec is own.title or match.spec.group):
            assert match.section.level == match.spec.level


@given(strategies.templates())
def test_a_templates_own_text_is_all_in_its_place(text: str) -> None:
    """Of a template's own text each section is untouched, and none is misplaced."""
    template = read_template(parse_document(text), "t")
    matches = Pairing(template, template.document).run()

    for match in matches:
        assert not match.misplaced
        if match.section.title == match.spec.title:
            assert is_untouched(match) or match.spec.group


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Why Now (Optional)", "why now"),
        ("  WHY   now ", "why now"),
        ("`Why` now", "why now"),
        ("Why now?", "why now?"),
    ],
)
def test_titles_are_compared_without_their_dress(title: str, name: str) -> None:
    """Case, blanks, marks and an aside in brackets make no other title of one."""
    assert fold_title(title) == fold_title(name)


def test_a_title_that_stands_twice_is_no_guess() -> None:
    """At another level a section is found by its title only where the template has it once."""
    once = read_template(parse_document("# [N]\n\n## Why\n\n### Notes\n\n## How\n"), "t")
    twice = read_template(
        parse_document("# [N]\n\n## Why\n\n### Notes\n\n## How\n\n### Notes\n"), "t"
    )
    document = parse_document("# T\n\n## Why\n\n## How\n\n## Notes\n\nx\n")

    assert [m.misplaced for m in Pairing(once, document).run() if m.spec.title == "Notes"] == [True]
    assert not [m for m in Pairing(twice, document).run() if m.spec.title == "Notes"]


def test_a_document_without_the_title_has_none() -> None:
    """The first heading is the document's title, whatever it says, unless it is another section."""
    template = read_template(parse_document("# [Name]\n\n## Why\n"), "t")

    def title(text: str) -> list[str]:
        matches = Pairing(template, parse_document(text)).run()
        return [match.section.title for match in matches if match.spec is template.title]

    assert title("# Login\n\n## Why\n") == ["Login"]
    assert title("# Why\n") == []
    assert title("## Login\n") == []


def test_an_item_is_what_a_person_made_of_it() -> None:
    """A section with other words in it is touched; one with other blanks is not."""
    template = read_template(parse_document("# [Name]\n\n## Why\n\n- **Use:** \n"), "t")

    def why(text: str) -> bool:
        matches = Pairing(template, parse_document(f"# T\n\n## Why\n{text}")).run()
        return is_untouched(matches[-1])

    assert why("\n\n-   **Use:**\n")
    assert not why("\n- **Use:** all\n")
    assert not why("")


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
