"""A document of a project given another number."""

from pathlib import Path

from assistant.folder.renumber import carry_out_plan, make_move, plan_renumbering
from assistant.repo import files


def renumbered(project: Path, number: int = 12) -> None:
    docs = project / "docs"
    move = make_move(project, docs / "007-x.md", number)
    carry_out_plan(plan_renumbering(project, move, files.list_markdown_files(project, docs)))
