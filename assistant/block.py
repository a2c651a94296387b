"""The blocks of a stretch of Markdown: lists, fences, tables, by line."""

from assistant import scanner
from assistant.document import bare
from assistant.scanner import Block

__all__ = ["Block", "scan"]


def scan(text: str) -> tuple[Block, ...]:
    """The blocks of a section's body, tables included, reference definitions as paragraphs."""
    return scanner.scan(bare(text), tables=True, references=False)
