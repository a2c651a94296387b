"""Precision and recall of the rules about sections that disagree, on cases written for them.

python benchmarks/consistency.py [--json FILE] [--show develop]   (two seconds)

`develop` is the half that the rules were written against, `held` the half that nobody looked at
while writing them. `--show` prints what a half's cases differ in.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


from assistant.lint.registry import RULES
from assistant.template.template import load_template
from tests.support.cases import HALVES, Case, cases
from tests.support.rules import find_by

CODES = tuple(code for code in RULES if code.startswith("D7"))


def found(case: Case) -> list[tuple[str, str]]:
    """Code and name of what is found in a case, the name as the finding points at it."""
    lines = case.text.split("\n")
    return [
        (finding.code, lines[finding.line - 1][finding.column - 1 :][: finding.width].strip("`"))
        for finding in find_by("D7", load_template(None), case.text)
    ]


def measure(half: str, *, show: bool) -> dict[str, dict[str, float]]:
    """What is right, wrong and missed in a half, for each rule."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for case in cases(half):
        expected, actual = Counter(case.expected), Counter(found(case))
        right.update(code for code, _ in (expected & actual).elements())
        wrong.update(code for code, _ in (actual - expected).elements())
        missed.update(code for code, _ in (expected - actual).elements())
        if show and expected != actual:
            print(f"{case.title}: wrong {[*(actual - expected)]}, missed {[*(expected - actual)]}")
    rows = {code: (right[code], wrong[code], missed[code]) for code in CODES}
    rows["all"] = (right.total(), wrong.total(), missed.total())
    return {
        code: {
            "right": good,
            "wrong": bad,
            "missed": lost,
            "precision": round(good / (good + bad), 3) if good + bad else 0.0,
            "recall": round(good / (good + lost), 3) if good + lost else 0.0,
        }
        for code, (good, bad, lost) in rows.items()
    }


def main() -> int:
    """Print the tables; write them as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--show", choices=HALVES)
    options = parser.parse_args()
    result: dict[str, object] = {}
    for half in HALVES:
        planted = sum(bool(case.expected) for case in cases(half))
        clean = len(cases(half)) - planted
        rows = measure(half, show=options.show == half)
        result[half] = {"planted": planted, "clean": clean, "rules": rows}
        print(f"{half}: {planted} planted, {clean} clean")
        for code, row in rows.items():
            name = RULES[code].name if code in RULES else ""
            print(f"  {code:5}{name:24}" + "".join(f"{k}: {v:<7}" for k, v in row.items()))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
