"""A document of a project given another number."""

from pathlib import Path

from assistant.folder.renumber import carry_out, moved, planned
from assistant.repo import files


def renumbered(project: Path, number: int = 12) -> None:
    docs = project / "docs"
    move = moved(project, docs / "007-x.md", number)
    carry_out(planned(project, move, files.markdown(project, docs)))
