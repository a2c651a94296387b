"""Components and services: whether each is where the others are."""

from assistant.lint.sections.chapters import Chapter, collect_chapters
from assistant.lint.sections.components import (
    find_undrawn_components,
    find_unknown_services,
    find_unused_components,
)
from assistant.markdown.document import parse_document
from assistant.template.align import align_document
from assistant.template.template import load_template

COMPONENTS = "### Key Components\n- **Alpha:** a\n- **Beta:** b\n- **Gamma:** c\n\n"
DIAGRAM = "### Simple Architecture Diagram\n```\n{}\n```\n\n"
LIFECYCLE = "## Lifecycle of Code for Key Use Case\n1. **Processing step:** {}\n\n"
SERVICES = "## Detailed Design\n\n### Services / Business Logic\n{}\n"


def of(text: str) -> dict[str, Chapter]:
    return collect_chapters(align_document(load_template(None), parse_document(text)))


def test_unused() -> None:
    """A component is unused where no other section of the design has it."""
    found = of(COMPONENTS + LIFECYCLE.format("alpha, then beta"))

    assert [name.text for name in find_unused_components(found, "")] == ["Gamma"]
    assert list(find_unused_components(found, "no gamma is needed")) == []


def test_unused_in_other_words() -> None:
    """Where few components are found again, nothing is said of the others."""
    assert list(find_unused_components(of(COMPONENTS + LIFECYCLE.format("alpha")), "")) == []


def test_undrawn() -> None:
    """A component is undrawn where the diagram has two others and most of all."""
    assert [
        n.text for n in find_undrawn_components(of(COMPONENTS + DIAGRAM.format("Alpha -> Beta")))
    ] == ["Gamma"]
    assert list(find_undrawn_components(of(COMPONENTS + DIAGRAM.format("Alpha -> x")))) == []
    picture = "### Simple Architecture Diagram\n![alpha beta](a.png)\n"
    assert list(find_undrawn_components(of(COMPONENTS + picture))) == []


def test_things_beside_what_runs() -> None:
    """A feature flag, a dashboard, tests are not missed from a diagram."""
    text = COMPONENTS.replace("Gamma", "Feature flag") + DIAGRAM.format("Alpha -> Beta")

    assert list(find_undrawn_components(of(text))) == []


def test_unknown() -> None:
    """A service is unknown where neither another section nor another service names it."""
    first = "#### Alpha\nx\n#### Delta\ny\n"
    text = COMPONENTS + SERVICES

    assert [n.text for n in find_unknown_services(of(text.format(first)), "alpha")] == ["Delta"]
    assert list(find_unknown_services(of(text.format(first)), "alpha delta")) == []
    called = first.replace("x", "calls delta")
    assert list(find_unknown_services(of(text.format(called)), "alpha")) == []
    topic = first.replace("Delta", "How to delta")
    assert list(find_unknown_services(of(text.format(topic)), "alpha")) == []
