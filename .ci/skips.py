"""Which tests no run has run: `python .ci/skips.py REPORT...` reads pytest's JUnit reports.

A test may be skipped in one report where another one has it as passed. What stays skipped is
listed, and an error where nothing may be skipped: CI=true on Linux x86_64. The corpus is an
exception, since a clone need not have it, and so are the shells and the pager that a machine need
not have.
"""

import os
import platform
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree as ET


def skipped(reports: list[str]) -> dict[str, str]:
    """The tests that were skipped in every report that names them, with the reasons."""
    reasons: dict[str, str] = {}
    passed: set[str] = set()
    for report in reports:
        # The reports are our own pytest's.
        for case in ET.fromstring(Path(report).read_text("utf-8")).iter("testcase"):  # noqa: S314
            name = f"{case.get('classname')}::{case.get('name')}"
            mark = case.find("skipped")
            if mark is None:
                passed.add(name)
            else:
                reasons[name] = mark.get("message", "")
    return {name: reason for name, reason in reasons.items() if name not in passed}


def main() -> int:
    """Print what was skipped; 1 where nothing may be."""
    strict = (
        os.environ.get("CI") == "true"
        and sys.platform == "linux"
        and platform.machine() == "x86_64"
    )
    left = skipped(sys.argv[1:])
    wrong = 0
    for name, reason in sorted(left.items()):
        corpus = "DRAFT_CORPUS" in reason and not os.environ.get("DRAFT_CORPUS")
        shell = reason.rpartition("no such shell here: ")[2]
        excused = corpus or (shell in ("zsh", "fish", "less") and shutil.which(shell) is None)
        wrong += strict and not excused
        print(f"skipped{'' if excused or not strict else ' (not allowed here)'}: {name}: {reason}")
    print(f"{len(left)} skipped in every run, {wrong} of them not allowed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
