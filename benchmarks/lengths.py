"""How long people write: words per kind of slot in real documents, for the budgets in request.py.

DRAFT_CORPUS=../shared/corpus python benchmarks/lengths.py [--json FILE]
"""

import argparse
import json
import os
import statistics
import sys
from collections import defaultdict
from pathlib import Path

from assistant.markdown.blocks import split_lines
from assistant.markdown.comments import strip_comments
from assistant.markdown.document import decode_text, parse_document
from assistant.markdown.passage import Passage
from assistant.markdown.tables import split_cells

FAMILIES = (
    "kubernetes-enhancements",
    "openshift-enhancements",
    "optimism-design-docs",
    "rust-rfcs",
)


def words(text: str) -> int:
    """The words of a text, its comments left out."""
    return len(strip_comments(text).split())


def measure(folder: Path) -> dict[str, list[int]]:
    """Words of each leaf section, labelled item, plain item, table cell and fence."""
    found: dict[str, list[int]] = defaultdict(list)
    for family in FAMILIES:
        for path in sorted((folder / family).glob("*.md")):
            document = parse_document(decode_text(path.read_bytes()))
            for number, section in enumerate(document.sections):
                following = document.sections[number + 1 : number + 2]
                leaf = not following or following[0].level <= section.level
                if leaf and section.level and words(section.body):
                    found["leaf section"].append(words(section.body))
                for kind, count in _slots(section.body):
                    found[kind].append(count)
    return found


def _slots(body: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for mark in Passage(body=body).marks:
        own = words(body[mark.end : mark.stop])
        if mark.kind == "label" and mark.depth and mark.bold and own:
            found.append(("labelled item", own))
        elif mark.kind == "item" and own:
            found.append(("plain item", own))
        elif mark.kind == "table":
            rows = split_lines(body[mark.end : mark.stop])
            found += [
                ("table cell", words(cell)) for row in rows for cell in split_cells(row) if cell
            ]
        elif mark.kind == "fence" and own:
            found.append(("fence", own))
    return found


def main() -> int:
    """Print the table; write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    corpus = os.environ.get("DRAFT_CORPUS")
    if not corpus:
        print("set DRAFT_CORPUS to a folder of documents", file=sys.stderr)
        return 2
    found = measure(Path(corpus))
    table = {
        kind: {
            "count": len(counts),
            "first quartile": int(statistics.quantiles(counts, n=4)[0]),
            "median": int(statistics.median(counts)),
            "90th percentile": int(statistics.quantiles(counts, n=10)[8]),
        }
        for kind, counts in found.items()
    }
    for kind, row in table.items():
        print(f"{kind:15}" + "".join(f"{name}: {value:>6}  " for name, value in row.items()))
    if options.json:
        options.json.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
