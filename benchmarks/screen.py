"""What a person sees during a draft: python benchmarks/screen.py [--cast DIR] [--svg DIR].

A draft runs in a terminal of 40, 80 and 120 columns, against a server in a process of its own that
says what a small model said when a cassette was recorded, 0.5 s to the first token and 60 tokens a
second for each request. What was to be seen is judged:

- longest: the longest time between two pictures that differ, from the first on (`first`: when that
  came, which is the program's start and not judged here)
- falls: counts that went down (tokens, sections done, the bar)
- breaks: lines that fill the terminal, where the next word is broken

`--cast` keeps the recordings, as asciinema plays them. `--svg` makes the pictures for the README: a
moment of the run and its end, for light and for dark pages.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from io import StringIO
from itertools import groupby, takewhile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.terminal import Recording, breaks, falls, gaps, record  # noqa: E402

CASSETTE = ROOT / "cassettes" / "test_cassettes" / "test_builtin_template.yaml"
MODEL = "qwen2.5-coder-1.5b-instruct"
DESCRIPTION = "bug: login timeout"
DELAY, RATE = 0.5, 60.0
WIDTHS = (40, 80, 120)
LONGEST = 1.0
LINES = 6  # of a moment that shows all there is
PICTURE, PORT = 90, 8080  # columns, and where the server of a picture is
TOKEN = re.compile(r"\s?\w{1,6}|\s?[^\w\s]|\s")
NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
COLOURS = {**{name: name for name in NAMES}, "brown": "yellow"}  # by pyte's names
LIGHT = (
    ("#ffffff", "#24292f"),
    ("#24292f", "#a40e26", "#116329", "#7d4e00", "#0550ae", "#8250df", "#0b6e7f", "#57606a"),
)
DARK = (
    ("#0d1117", "#e6edf3"),
    ("#484f58", "#ff7b72", "#56d364", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#8b949e"),
)


def answers() -> dict[str, str]:
    """What the recorded model said, by the messages it was asked with."""
    import yaml  # noqa: PLC0415

    found: dict[str, str] = {}
    for call in yaml.safe_load(CASSETTE.read_text("utf-8"))["interactions"]:
        if call["request"]["body"]:
            asked = json.loads(call["request"]["body"])["messages"]
            body = str(call["response"]["body"]["string"])
            first = json.loads(body.removeprefix("data: ").split("\n")[0])
            found[_key(asked)] = first["choices"][0]["delta"]["content"]
    return found


def _key(messages: object) -> str:
    return json.dumps(messages, sort_keys=True)


def serve(port: int) -> None:
    """Answer at a port until standard input closes."""
    from tests.support.scripted import Reply, Request, ScriptedServer, plausible  # noqa: PLC0415

    known = answers()

    def script(request: Request) -> Reply:
        text = known.get(_key(request.body.get("messages"))) or plausible(request).text
        pieces = tuple(TOKEN.findall(text))
        size = (len(request.text) // 4, len(pieces), 0)
        return Reply(text=text, pieces=pieces, usage=size, delay=DELAY, rate=RATE)

    with ScriptedServer(script, port=port) as server:
        print(server.url, flush=True)
        sys.stdin.read()


def drafted(columns: int, rows: int = 24, port: int = 0) -> Recording:
    """A draft in a terminal, from Enter to the end."""
    with tempfile.TemporaryDirectory() as folder, _server(port) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        # Not as options: what the end suggests to type next would repeat them.
        named = {"OPENAI_BASE_URL": url, "DRAFT_MODEL": MODEL}
        recording = record(
            [sys.executable, "-m", "assistant", DESCRIPTION],
            environ={**_environ(folder), **named},
            cwd=_project(folder),
            columns=columns,
            rows=rows,
        )
        assert server.stdin is not None
        server.stdin.close()
    return recording


def _project(folder: str) -> Path:
    made = Path(folder, "project")
    made.mkdir()
    return made


def _environ(folder: str) -> Mapping[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    homes = ("HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")
    plain = {"LANG": "C.UTF-8", "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    # xterm's own, as the terminal here breaks no line anew; GIT: nobody's author.
    author = {"GIT_AUTHOR_NAME": "Ada", "GIT_CONFIG_GLOBAL": os.devnull, "XTERM_VERSION": "1"}
    return {**kept, **dict.fromkeys(homes, folder), **plain, **author}


def _server(port: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, __file__, "--serve", str(port)],
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def judged(columns: int, recording: Recording) -> bool:
    """Print what was to be seen, as a line of a table; whether all of it is good."""
    frames = list(recording.frames())
    first = frames[0].seconds
    longest, fell, broken = max(gaps(frames)), falls(frames), breaks(frames)
    kept = longest <= LONGEST and not fell and not broken
    print(
        f"{columns:7} {first:6.2f} s {len(frames):8} {longest:8.2f} s "
        f"{len(fell):6} {len(broken):7}  {'yes' if kept else 'NO'}"
    )
    for line in (*fell, *broken):
        print(f"        {line}")
    return kept


def picture(recording: Recording, theme: Any, name: str) -> str:  # noqa: ANN401  of rich
    """A moment of a run and its end as an SVG that needs nothing from elsewhere."""
    from rich import _export_format  # noqa: PLC0415  its only home
    from rich.console import Console  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(record=True, width=PICTURE, file=StringIO(), force_terminal=True)
    console.print(Text(f'$ draft "{DESCRIPTION}"', "bold"))
    for line in (*_moments(recording), ""):  # the last line's underscores would be cut off
        console.print(line)
    form = _export_format.CONSOLE_SVG_FORMAT
    own = re.sub(r"@font-face \{\{.*?\}\}\s*", "", form, flags=re.DOTALL)
    own = own.replace("rgba(255,255,255,0.35)", "#8b949e")  # a frame on any ground
    own = re.sub(r"<!-- Generated .*? -->\s*", "", own).replace(
        "Fira Code", "ui-monospace, SFMono-Regular, Menlo, Consolas"
    )
    svg = console.export_svg(title="", theme=theme, code_format=own, unique_id=name)
    assert not re.search(r"""(?:href|src)=|url\(["']?http|@import|@font-face""", svg)
    return svg


def _moments(recording: Recording) -> "list[Any]":
    """The lines of a picture, in colours: in the midst of the run, and at the end."""
    import pyte  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    class Faint(pyte.Screen):
        """A screen that shows faint words in grey: pyte knows none."""

        def select_graphic_rendition(self, *codes: int, **more: object) -> None:
            """Set the looks of what comes."""
            super().select_graphic_rendition(*(37 if code == 2 else code for code in codes), **more)

    screen = Faint(recording.columns, recording.rows)
    middle: list[Text] = []
    for frame in recording.frames(screen):
        told = re.search(r"(\d+)/(\d+) sections", frame.text)
        busy = told and int(told[1]) * 4 >= int(told[2]) and "left" in frame.text
        if not middle and busy and frame.text.count("\n") >= LINES:
            middle = [*_coloured(screen), Text("[...]", "white")]
    end = _coloured(screen)
    same = takewhile(lambda pair: pair[0] == pair[1], zip(middle, end, strict=False))
    return [*middle, *end[len(list(same)) :]]


def _coloured(screen: Any) -> "list[Any]":  # noqa: ANN401  of pyte
    from rich.text import Text  # noqa: PLC0415

    lines = []
    for row in range(screen.lines):
        cells = [screen.buffer[row][column] for column in range(screen.columns)]
        line = Text()
        for looks, alike in groupby(cells, key=_looks):
            line.append("".join(cell.data for cell in alike), looks)
        line.rstrip()
        lines.append(line)
    while lines and not lines[-1].plain:
        lines.pop()
    return lines


def _looks(cell: Any) -> str:  # noqa: ANN401  of pyte
    colour = COLOURS.get(cell.fg, "")
    return f"bold {colour}" if cell.bold and not cell.data.isspace() else colour


def draw(folder: Path) -> None:
    """Write both pictures."""
    from rich.color import Color  # noqa: PLC0415
    from rich.terminal_theme import TerminalTheme  # noqa: PLC0415

    recording = drafted(PICTURE, 48, PORT)
    for name, (ground, colours) in {"light": LIGHT, "dark": DARK}.items():
        triplets = [tuple(Color.parse(one).get_truecolor()) for one in (*ground, *colours)]
        theme = TerminalTheme(triplets[0], triplets[1], triplets[2:], triplets[2:])  # type: ignore[arg-type]
        path = folder / f"draft-{name}.svg"
        path.write_text(picture(recording, theme, f"draft-{name}"), "utf-8")
        print(path)


def main() -> int:
    """Record, judge, print a table; return 1 where what was to be seen is not good."""
    parser = argparse.ArgumentParser(description="What a person sees during a draft.")
    parser.add_argument("--cast", type=Path, help="keep the recordings in this folder")
    parser.add_argument("--svg", type=Path, help="write the README's pictures to this folder")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.serve)
        return 0
    if options.svg:
        options.svg.mkdir(exist_ok=True)
        draw(options.svg)
        return 0
    heads = f"{'columns':7} {'first':>8} {'pictures':8} {'longest':>10}"
    print(f"{heads} {'falls':>6} {'breaks':>7}  good")
    good = True
    for columns in WIDTHS:
        recording = drafted(columns)
        if options.cast:
            options.cast.mkdir(exist_ok=True)
            (options.cast / f"draft-{columns}.cast").write_text(recording.cast(), "utf-8")
        good = judged(columns, recording) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
