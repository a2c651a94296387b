"""A document of a project given another number."""

from pathlib import Path

from assistant import tree
from assistant.renumbering import carry_out, moved, planned


def renumbered(project: Path, number: int = 12) -> None:
    docs = project / "docs"
    move = moved(project, docs / "007-x.md", number)
    carry_out(planned(project, move, tree.markdown(project, docs)))
