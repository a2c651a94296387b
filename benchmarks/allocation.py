"""What a number costs in a large folder: python benchmarks/allocation.py [--json FILE].

In a folder of 100,000 documents, medians of nine, one directly behind the other in the same run:

- survey: the pass over the folder that finds the next number, over `os.scandir` to its end
- claim: survey, name, and link of the finished file (no git, no write), over `os.scandir`
- git: what other branches have, with 120 branches of which each has a document of its own, in a
  repository of 1,000 documents: seconds, and how many git processes were started

The aim is 3 for survey and claim, and one process for git. Takes about 20 s.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

FILES, BRANCHES, DOCUMENTS = 100_000, 120, 1_000
RUNS = 9
GOALS = {"survey": 3.0, "claim": 3.0}
ENVIRONMENT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def seconds(act: Callable[[], object]) -> float:
    """The time that `act` takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def scanned(folder: Path) -> int:
    """List a folder as `os.scandir` does, and count."""
    with os.scandir(folder) as scan:
        return sum(1 for _ in scan)


def filesystem(folder: Path) -> dict[str, float]:
    """The medians of scandir, survey and claim, and the ratios of the last two to the first."""
    from assistant import files  # noqa: PLC0415
    from assistant.folder.numbers import make_file_name, survey_folder  # noqa: PLC0415

    for number in range(1, FILES + 1):
        (folder / f"{number:06}_document_about_something.md").touch()

    def claim() -> None:
        found = survey_folder(folder)
        name = folder / make_file_name(found.highest + 1, "the next one", found.style)
        files.publish_file(ready, name)
        name.unlink()

    measured: dict[str, list[float]] = {"scandir": [], "survey": [], "claim": []}
    with files.write_temporary(folder, b"# The next one\n") as ready:
        scanned(folder)
        for _ in range(RUNS):
            measured["scandir"].append(seconds(lambda: scanned(folder)))
            measured["survey"].append(seconds(lambda: survey_folder(folder)))
            measured["claim"].append(seconds(claim))
    medians = {name: statistics.median(times) for name, times in measured.items()}
    return {
        **{f"{name}_seconds": value for name, value in medians.items()},
        "survey": medians["survey"] / medians["scandir"],
        "claim": medians["claim"] / medians["scandir"],
    }


def git(root: Path, *words: str, given: str = "") -> str:
    """What git prints."""
    person = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    done = subprocess.run(
        ["git", "-C", str(root), *person, *words],
        check=True,
        capture_output=True,
        text=True,
        input=given,
        env=ENVIRONMENT,
    )
    return done.stdout


def history(root: Path) -> None:
    """A repository with many branches, each with one document that the others lack."""
    git(root, "init", "-q", "-b", "main")
    text = "".join(
        f"M 100644 inline memory/design/{number:04}_x.md\ndata 2\n{number % 10}\n"
        for number in range(1, DOCUMENTS + 1)
    )
    who = "committer A <a@example.com> 1700000000 +0000\ndata 1\nx\n"
    stream = [f"commit refs/heads/main\nmark :1\n{who}{text}"]
    for number in range(BRANCHES):
        name = f"memory/design/{DOCUMENTS + 1 + number:04}_branch_{number}.md"
        change = f"M 100644 inline {name}\ndata 1\ny\n"
        stream.append(f"commit refs/heads/b{number}\n{who}from :1\n{change}")
    git(root, "fast-import", "--quiet", given="".join(stream))
    (root / "memory" / "design").mkdir(parents=True)


def branches(root: Path) -> dict[str, float]:
    """How long looking at all branches takes, and how many processes it starts."""
    from assistant.folder.elsewhere import look_elsewhere  # noqa: PLC0415

    history(root)
    folder = root / "memory" / "design"
    times = [seconds(lambda: look_elsewhere(folder)) for _ in range(RUNS)]
    found = look_elsewhere(folder)
    assert not found.note, found.note
    assert found.highest == DOCUMENTS + BRANCHES, found.highest
    return {
        "git_seconds": statistics.median(times),
        "git_processes": processes(root, folder),
        "branches": BRANCHES + 1,
    }


def processes(root: Path, folder: Path) -> int:
    """The git processes that are started for one look at all branches."""
    from assistant.folder.elsewhere import look_elsewhere  # noqa: PLC0415

    log, counting = root / "log", root / "bin" / "git"
    counting.parent.mkdir()
    counting.write_text(f'#!/bin/sh\necho x >> "{log}"\nexec "{shutil.which("git")}" "$@"\n')
    counting.chmod(0o755)
    path = os.environ["PATH"]
    os.environ["PATH"] = f"{counting.parent}{os.pathsep}{path}"
    try:
        look_elsewhere(folder)
    finally:
        os.environ["PATH"] = path
    return len(log.read_text().splitlines())


def main() -> None:
    """Measure, print a table, and write JSON where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        for name in ("folder", "repository"):
            (Path(made) / name).mkdir()
        result = {**filesystem(Path(made) / "folder"), **branches(Path(made) / "repository")}
    for name, value in result.items():
        goal = f"  (aim: at most {GOALS[name]:g})" if name in GOALS else ""
        print(f"{name:16} {value:10.3f}{goal}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
