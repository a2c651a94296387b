"""What a project needs to use draft, as steps that are planned before any is taken."""

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant import files as disk
from assistant import settings
from assistant.errors import DraftError, Exit
from assistant.folder import store
from assistant.markdown.document import decode, encode, lines, parse
from assistant.repo.git import root
from assistant.settings import Project
from assistant.template import template
from assistant.template import template as builtin

BUILT_IN = "built-in"
SHARED = "shared"
COPY = "template.md"
HOOKS = ".pre-commit-config.yaml"
_HOOKED = re.compile(
    r"""^[^#\n]*(?:\bentry["']?:\s*["']?draft\ check\b|\bid["']?:\s*["']?draft-check\b)""",
    re.MULTILINE | re.VERBOSE,
)

_HEADER = re.compile(r"^\[tool\.draft\][ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)", re.MULTILINE)

Kind = Literal["folder", "file", "append", "advice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do: a folder or file to make, lines to append, or `advice` for a person.

    `text` is what is written or advised, `before` what the file holds, `what` says it in words.
    """

    kind: Kind
    path: Path
    what: str
    text: str = ""
    before: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps, and remarks on what stays as it is."""

    steps: tuple[Step, ...]
    remarks: tuple[str, ...] = ()

    @property
    def acts(self) -> bool:
        """Whether anything is to be written."""
        return any(step.kind != "advice" for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a project is to have: the template's file, `built-in`, or empty for none of its own.

    `text` is that of a template that is no file yet: the one that the documents share. `hook` is
    false where a hook would refuse commits that it should not.
    """

    template: str = ""
    text: str = ""
    hook: bool = True


def plan(folder: Path, wanted: Wanted, cwd: Path, environ: Mapping[str, str]) -> Plan:
    """What is missing for documents in `folder`. Raises DraftError for what cannot be used."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or cwd)
    known = settings.load_project(cwd, Path(os.path.realpath(home)))
    base = known.file.parent if known.file else root(cwd) or cwd
    steps: list[Step] = []
    remarks: list[str] = []
    if not folder.is_dir():
        steps.append(Step(kind="folder", path=folder, what="for the documents"))
    own = _template(folder, wanted, cwd, base)
    if own and own.text and os.path.lexists(own.path):
        if disk.read(own.path) != encode(own.text):
            remarks.append(f"{own.path.name} is there already and stays as it is")
    elif own and own.text:
        steps.append(own)
    values = {"dir": _relative(folder, base)}
    if own:
        values["template"] = _relative(own.path, base)
    if known.file is None:
        steps.append(_configuration(base, values))
    else:
        steps += (added := list(_added(known, values)))
        pairs = [pair for pair in values.items() if known.text.get(pair[0]) != pair[1]]
        missing = ", ".join(_line(pair) for pair in pairs if not (added and pair[0] == "template"))
        if missing:
            name = known.file.name
            remarks.append(f"{name} stays as it is; to use this, write into it: {missing}")
    steps.extend(_hook(base, values["dir"]) if wanted.hook else ())
    return Plan(steps=tuple(steps), remarks=tuple(remarks))


def _line(pair: tuple[str, str]) -> str:
    """A key and its value as TOML."""
    return f"{pair[0]} = {json.dumps(pair[1], ensure_ascii=False)}"


def _template(folder: Path, asked: Wanted, cwd: Path, base: Path) -> Step | None:
    """The project's own template: a copy to be made, or a file of the project, without text."""
    wanted = asked.template
    if not wanted:
        return None
    if asked.text:
        what = "the template that the documents share"
        return Step(kind="file", path=folder / COPY, text=asked.text, what=what)
    source = None if wanted == BUILT_IN else cwd / wanted
    data = builtin.source(source)
    template.from_bytes(data, wanted)
    if source is not None and Path(os.path.realpath(source)).is_relative_to(base):
        return Step(kind="file", path=Path(os.path.realpath(source)), what="")
    return Step(
        kind="file", path=folder / COPY, text=decode(data), what=f"a copy of the template {wanted}"
    )


def _relative(path: Path, base: Path) -> str:
    real = Path(os.path.realpath(path))
    return real.relative_to(base).as_posix() if real.is_relative_to(base) else str(real)


def _configuration(base: Path, values: Mapping[str, str]) -> Step:
    pairs = [_line(pair) for pair in values.items()]
    file = base / "pyproject.toml"
    if file.is_file():
        before = disk.read(file)
        settings.read_toml(file)  # raises where it is none
        text = _appended(decode(before), ["[tool.draft]", *pairs])
        if _is_only_added(decode(before), text, values):
            what = f"[tool.draft] with {', '.join(values)}"
            return Step(kind="append", path=file, what=what, text=text, before=before)
    text = "".join(f"{pair}\n" for pair in pairs)
    return Step(kind="file", path=base / ".draft.toml", text=text, what=", ".join(pairs))


def _added(known: Project, values: Mapping[str, str]) -> Iterator[Step]:
    """The step that names the template in a configuration without one; none where unsafe."""
    if known.file is None or "template" not in values or "template" in known.text:
        return
    before = disk.read(known.file)
    old, newline = decode(before), parse(decode(before)).newline
    line = _line(("template", values["template"]))
    if known.file.name == "pyproject.toml":
        text, found = _HEADER.subn(lambda head: f"{head[0]}{newline}{line}", old, count=1)
    else:
        mark = "\ufeff" if old.startswith("\ufeff") else ""
        text, found = f"{mark}{line}{newline}{old.removeprefix(mark)}", 1
    if found and _is_one_more(old, text, known.file.name, values["template"]):
        yield Step(kind="append", path=known.file, what=line, text=text, before=before)


def _is_one_more(before: str, after: str, name: str, template: str) -> bool:
    """Whether the TOML means what it did, and the template besides."""
    try:
        old, new = (tomllib.loads(text.removeprefix("\ufeff")) for text in (before, after))
    except tomllib.TOMLDecodeError:
        return False
    table = new.get("tool", {}).get("draft", {}) if name == "pyproject.toml" else new
    return bool(table.pop("template", None) == template and old == new)


def _appended(text: str, new: list[str]) -> str:
    """The text with a paragraph at its end, in its own line endings."""
    newline = parse(text).newline
    lead = "" if not text.strip("\ufeff") else newline
    if lead and not text.endswith(("\n", "\r")):
        lead += newline
    return text + lead + "".join(line + newline for line in new)


def _is_only_added(before: str, after: str, values: Mapping[str, str]) -> bool:
    """Whether the TOML means what it did, and the table besides."""
    try:
        old, new = (tomllib.loads(text.removeprefix("\ufeff")) for text in (before, after))
    except tomllib.TOMLDecodeError:  # `tool` may be written in a way that takes no table
        return False
    added = new.get("tool", {}).pop("draft", None)
    if not new.get("tool") and "tool" not in old:
        new.pop("tool", None)
    return bool(old == new and added == dict(values))


def _hook(base: Path, folder: str) -> Iterator[Step]:
    """The step that has pre-commit check documents; its lines as advice where that is not safe."""
    file = base / HOOKS
    new = hook(folder)
    what = "the hook draft-check"
    if not file.is_file():
        yield Step(kind="advice", path=file, what=what, text="\n".join(["repos:", *new]))
        return
    before = disk.read(file)
    text = decode(before)
    if _HOOKED.search(text):
        return
    added = hooked(text, new)
    if added is None:
        lead = () if re.search(r"^repos\s*:", text, re.MULTILINE) else ("repos:",)
        yield Step(kind="advice", path=file, what=what, text="\n".join((*lead, *new)))
    else:
        yield Step(kind="append", path=file, what=what, text=added, before=before)


def hook(folder: str) -> tuple[str, ...]:
    """The lines that have pre-commit check the documents of a folder."""
    files = re.escape(folder).replace("\\-", "-").replace("'", "''")
    return (
        "  - repo: local",
        "    hooks:",
        "      - id: draft-check",
        "        name: draft check",
        "        entry: draft check",
        "        language: system",
        f"        files: '^{files}/[0-9]+[-_. ].*\\.md$'",
    )


def hooked(text: str, new: tuple[str, ...]) -> str | None:
    """A pre-commit configuration with a hook's lines at its end; None where that is not safe.

    It is where `repos:` is the last key and holds a list in block form, so that what follows the
    last line is one more of its items.
    """
    source = lines(text)
    top = [line.rstrip() for line in source if re.match(r"[^\s#\-]", line)]
    if not top or top[-1] != "repos:" or "\t" in text or "\0" in text:
        return None
    if top.count("repos:") > 1:  # the last one counts, and the list stands under another
        return None
    if any(re.match(r"(?:---|\.\.\.)\s*$", line) for line in source[1:]):
        return None
    begun = next(n for n, line in enumerate(source) if line.rstrip() == "repos:")
    items = (re.match(r"( *)- +repo:", line) for line in source[begun + 1 :])
    first = next((item for item in items if item), None)
    if first is None or re.search(r"[|>][-+]?\s*$", source[-1]):
        return None
    indent = first[1]
    newline = parse(text).newline
    lead = "" if text.endswith(("\n", "\r")) else newline
    return text + lead + "".join(indent + line[2:] + newline for line in new)


def take(step: Step) -> None:
    """Do one step. Raises DraftError (exit code 4) where that fails; nothing is overwritten."""
    try:
        if step.kind == "folder":
            step.path.mkdir(parents=True, exist_ok=True)
        elif step.kind == "append":
            store.replace(step.path, step.before, encode(step.text))
        elif step.kind == "file":
            with disk.written(step.path.parent, encode(step.text)) as ready:
                disk.publish(ready, step.path)
    except disk.Changed:
        raise _busy(step.path) from None
    except FileExistsError:
        if step.kind == "folder":
            raise _busy(step.path, "this is a file, and documents need a folder") from None
        raise _busy(step.path) from None
    except OSError as error:
        raise disk.unusable(error, step.path) from error


def _busy(path: Path, message: str = "somebody else changed this just now") -> DraftError:
    return DraftError(
        message, code="in-the-way", exit_code=Exit.FILE, where=str(path),
        hint="Run `draft init` again when that is settled.",
    )  # fmt: skip
