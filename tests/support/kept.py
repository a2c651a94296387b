"""What every saved document must have, whatever a model said (law 2)."""

from markdown_it import MarkdownIt

from assistant.lint.check import check_structure
from assistant.markdown.document import parse_document
from assistant.template.align import align_document
from assistant.template.template import Template

_STRUCTURE = ("D101", "D102", "D103", "D104", "D105", "D302")


def broken(template: Template, text: str) -> list[str]:
    """What of the template's structure a document lacks, and what it has beside it."""
    document = parse_document(text)
    found = [
        f"{f.line}: {f.message}"
        for f in check_structure(template, document)
        if f.code in _STRUCTURE
    ]
    found += [f"heading: {section.title}" for section in align_document(template, document).unknown]
    found += sorted(_outside(text) - _outside(template.text))
    return found


def _outside(text: str) -> set[str]:
    """What is not words: HTML and reference definitions, by a parser that is not ours."""
    environment: dict[str, dict[str, object]] = {}
    tokens = MarkdownIt("commonmark").parse(text, environment)
    every = [one for token in tokens for one in (token, *(token.children or ()))]
    html = {token.content.strip() for token in every if token.type.startswith("html_")}
    return html | set(environment.get("references", {}))
