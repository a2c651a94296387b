"""What somebody wrote under a heading."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.lint.analyses.chapters import (
    COMPONENTS,
    ENDPOINTS,
    LIFECYCLE,
    SCHEMA,
    SERVICES,
    Chapter,
    collect_chapters,
)
from assistant.markdown.document import parse_document
from assistant.template.align import align_document
from assistant.template.template import load_template

TEXT = (
    "### Key Components\n<!-- Major pieces -->\n- **Store:** keeps\n- **Component B:** \n\n"
    "## Lifecycle of Code for Key Use Case\n1. **User initiates action:** clicks\n"
    "2. **System validates:** \n\n### Services / Business Logic\n#### Store\nKeeps.\n"
)


def of(text: str) -> dict[str, Chapter]:
    return collect_chapters(align_document(load_template(None), parse_document(text)))


def test_text_is_what_somebody_wrote() -> None:
    """The template's labels, comments and examples are blank, and all else is at its place."""
    found = of(TEXT)

    assert found[COMPONENTS].text.split() == ["-", "**Store:**", "keeps"]
    assert found[LIFECYCLE].text.split() == ["clicks"]
    at = found[COMPONENTS].start + found[COMPONENTS].text.index("Store")
    assert TEXT[at : at + 5] == "Store"


def test_chapter_ends_before_what_the_template_has_elsewhere() -> None:
    """A heading that stands too deep is not part of the chapter above it."""
    found = of(TEXT)

    assert [section.title for section in found[LIFECYCLE].sections] == []
    assert [section.title for section in found[SERVICES].sections] == ["Store"]


def test_aside() -> None:
    """A chapter that does not apply is known as such; one that nobody wrote is not there."""
    found = of("### API Endpoints\nNot applicable: a command.\n\n### Key Components\n\n")

    assert found[ENDPOINTS].aside
    assert COMPONENTS not in found


def test_part() -> None:
    """A part is named by the document's offsets."""
    found = of(TEXT)[SERVICES]
    at = TEXT.index("Keeps.")

    assert found.part(at, at + 6) == "Keeps."


def test_template_is_unwritten() -> None:
    """Of the template itself nothing is written but what it has no slot for."""
    text = "".join(spec.text for spec in load_template(None).specs)

    assert not {COMPONENTS, LIFECYCLE, SCHEMA, SERVICES, ENDPOINTS} & set(of(text))


@given(st.text(alphabet="#ab- *:\n`<!>\r1.", max_size=80))
def test_offsets(text: str) -> None:
    """What is not blank is the document's, at the same offset."""
    whole = f"### Key Components\n{text}"
    for chapter in of(whole).values():
        own = whole[chapter.start : chapter.start + len(chapter.text)]
        assert all(a in (b, " ") for a, b in zip(chapter.text, own, strict=True))
