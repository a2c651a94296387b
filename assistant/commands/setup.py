"""What a project needs to use draft, as steps that are planned before any is taken."""

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant import files, settings
from assistant.errors import DraftError, Exit
from assistant.folder import store
from assistant.markdown.blocks import split_lines
from assistant.markdown.document import decode_text, encode_text, parse_document
from assistant.repo.git import find_repository_root
from assistant.settings import ProjectSettings
from assistant.shipped import read_template_bytes
from assistant.template.template import parse_template

BUILT_IN = "built-in"
SHARED = "shared"
COPY_NAME = "template.md"
HOOKS_FILE = ".pre-commit-config.yaml"
_HOOK_ENTRY = re.compile(
    r"""^[^#\n]*(?:\bentry["']?:\s*["']?draft\ check\b|\bid["']?:\s*["']?draft-check\b)""",
    re.MULTILINE | re.VERBOSE,
)

_TABLE_HEADER = re.compile(r"^\[tool\.draft\][ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)", re.MULTILINE)

StepKind = Literal["folder", "file", "append", "advice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupStep:
    """One thing to do: a folder or file to make, lines to append, or `advice` for a person.

    `text` is what is written or advised, `before` what the file holds, `what` says it in words.
    """

    kind: StepKind
    path: Path
    what: str
    text: str = ""
    before: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPlan:
    """The steps, and remarks on what stays as it is."""

    steps: tuple[SetupStep, ...]
    remarks: tuple[str, ...] = ()

    @property
    def acts(self) -> bool:
        """Return whether anything is to be written."""
        return any(step.kind != "advice" for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupRequest:
    """What a project is to have: the template's file, `built-in`, or empty for none of its own.

    `text` is that of a template that is no file yet: the one that the documents share. `hook` is
    false where a hook would refuse commits that it should not.
    """

    template: str = ""
    text: str = ""
    hook: bool = True


def plan_setup(
    folder: Path, wanted: SetupRequest, cwd: Path, environ: Mapping[str, str]
) -> SetupPlan:
    """Return what is missing for documents in `folder`. Raises DraftError for a bad template."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or cwd)
    known = settings.load_project(cwd, Path(os.path.realpath(home)))
    base = known.file.parent if known.file else find_repository_root(cwd) or cwd
    steps: list[SetupStep] = []
    remarks: list[str] = []
    if not folder.is_dir():
        steps.append(SetupStep(kind="folder", path=folder, what="for the documents"))
    own = _plan_template(folder, wanted, cwd, base)
    if own and own.text and os.path.lexists(own.path):
        if files.read_document_bytes(own.path) != encode_text(own.text):
            remarks.append(f"{own.path.name} is there already and stays as it is")
    elif own and own.text:
        steps.append(own)
    values = {"dir": _make_relative(folder, base)}
    if own:
        values["template"] = _make_relative(own.path, base)
    if known.file is None:
        steps.append(_plan_configuration(base, values))
    else:
        steps += (added := list(_plan_template_key(known, values)))
        pairs = [pair for pair in values.items() if known.text.get(pair[0]) != pair[1]]
        missing = ", ".join(
            _format_pair(pair) for pair in pairs if not (added and pair[0] == "template")
        )
        if missing:
            name = known.file.name
            remarks.append(f"{name} stays as it is; to use this, write into it: {missing}")
    steps.extend(_plan_hook(base, values["dir"]) if wanted.hook else ())
    return SetupPlan(steps=tuple(steps), remarks=tuple(remarks))


def _format_pair(pair: tuple[str, str]) -> str:
    """Return a key and its value as TOML."""
    return f"{pair[0]} = {json.dumps(pair[1], ensure_ascii=False)}"


def _plan_template(folder: Path, asked: SetupRequest, cwd: Path, base: Path) -> SetupStep | None:
    """Return the project's own template: a copy to be made, or a file of its own, without text."""
    wanted = asked.template
    if not wanted:
        return None
    if asked.text:
        what = "the template that the documents share"
        return SetupStep(kind="file", path=folder / COPY_NAME, text=asked.text, what=what)
    source = None if wanted == BUILT_IN else cwd / wanted
    data = read_template_bytes(source)
    parse_template(data, wanted)
    if source is not None and Path(os.path.realpath(source)).is_relative_to(base):
        return SetupStep(kind="file", path=Path(os.path.realpath(source)), what="")
    return SetupStep(
        kind="file",
        path=folder / COPY_NAME,
        text=decode_text(data),
        what=f"a copy of the template {wanted}",
    )


def _make_relative(path: Path, base: Path) -> str:
    real = Path(os.path.realpath(path))
    return real.relative_to(base).as_posix() if real.is_relative_to(base) else str(real)


def _plan_configuration(base: Path, values: Mapping[str, str]) -> SetupStep:
    """Return the step that makes a configuration: a table of pyproject.toml if that is safe."""
    pairs = [_format_pair(pair) for pair in values.items()]
    file = base / "pyproject.toml"
    if file.is_file():
        before = files.read_document_bytes(file)
        settings.read_toml(file)  # raises where it is none
        text = _append_paragraph(decode_text(before), ["[tool.draft]", *pairs])
        if _adds_only_table(decode_text(before), text, values):
            what = f"[tool.draft] with {', '.join(values)}"
            return SetupStep(kind="append", path=file, what=what, text=text, before=before)
    text = "".join(f"{pair}\n" for pair in pairs)
    return SetupStep(kind="file", path=base / ".draft.toml", text=text, what=", ".join(pairs))


def _plan_template_key(known: ProjectSettings, values: Mapping[str, str]) -> Iterator[SetupStep]:
    """Yield the step that names the template in a configuration without one; none if unsafe."""
    if known.file is None or "template" not in values or "template" in known.text:
        return
    before = files.read_document_bytes(known.file)
    old, newline = decode_text(before), parse_document(decode_text(before)).newline
    line = _format_pair(("template", values["template"]))
    if known.file.name == "pyproject.toml":
        text, found = _TABLE_HEADER.subn(lambda head: f"{head[0]}{newline}{line}", old, count=1)
    else:
        mark = "\ufeff" if old.startswith("\ufeff") else ""
        text, found = f"{mark}{line}{newline}{old.removeprefix(mark)}", 1
    if found and _adds_only_template(old, text, known.file.name, values["template"]):
        yield SetupStep(kind="append", path=known.file, what=line, text=text, before=before)


def _adds_only_template(before: str, after: str, name: str, template: str) -> bool:
    """Return whether the TOML means what it did, and the template besides."""
    try:
        old, new = (tomllib.loads(text.removeprefix("\ufeff")) for text in (before, after))
    except tomllib.TOMLDecodeError:
        return False
    table = new.get("tool", {}).get("draft", {}) if name == "pyproject.toml" else new
    return bool(table.pop("template", None) == template and old == new)


def _append_paragraph(text: str, new: list[str]) -> str:
    """Return a text with a paragraph at its end, in its own line endings."""
    newline = parse_document(text).newline
    lead = "" if not text.strip("\ufeff") else newline
    if lead and not text.endswith(("\n", "\r")):
        lead += newline
    return text + lead + "".join(line + newline for line in new)


def _adds_only_table(before: str, after: str, values: Mapping[str, str]) -> bool:
    """Return whether the TOML means what it did, and the table besides."""
    try:
        old, new = (tomllib.loads(text.removeprefix("\ufeff")) for text in (before, after))
    except tomllib.TOMLDecodeError:  # `tool` may be written in a way that takes no table
        return False
    added = new.get("tool", {}).pop("draft", None)
    if not new.get("tool") and "tool" not in old:
        new.pop("tool", None)
    return bool(old == new and added == dict(values))


def _plan_hook(base: Path, folder: str) -> Iterator[SetupStep]:
    """Yield the step that has pre-commit check documents; its lines as advice if that is unsafe."""
    file = base / HOOKS_FILE
    new = format_hook(folder)
    what = "the hook draft-check"
    if not file.is_file():
        yield SetupStep(kind="advice", path=file, what=what, text="\n".join(["repos:", *new]))
        return
    before = files.read_document_bytes(file)
    text = decode_text(before)
    if _HOOK_ENTRY.search(text):
        return
    added = add_hook(text, new)
    if added is None:
        lead = () if re.search(r"^repos\s*:", text, re.MULTILINE) else ("repos:",)
        yield SetupStep(kind="advice", path=file, what=what, text="\n".join((*lead, *new)))
    else:
        yield SetupStep(kind="append", path=file, what=what, text=added, before=before)


def format_hook(folder: str) -> tuple[str, ...]:
    """Return the lines that have pre-commit check the documents of a folder."""
    pattern = re.escape(folder).replace("\\-", "-").replace("'", "''")
    return (
        "  - repo: local",
        "    hooks:",
        "      - id: draft-check",
        "        name: draft check",
        "        entry: draft check",
        "        language: system",
        f"        files: '^{pattern}/[0-9]+[-_. ].*\\.md$'",
    )


def add_hook(text: str, new: tuple[str, ...]) -> str | None:
    """Return a pre-commit configuration with a hook's lines at its end; None if that is unsafe.

    It is where `repos:` is the last key and holds a list in block form, so that what follows the
    last line is one more of its items.
    """
    source = split_lines(text)
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
    newline = parse_document(text).newline
    lead = "" if text.endswith(("\n", "\r")) else newline
    return text + lead + "".join(indent + line[2:] + newline for line in new)


def take_step(step: SetupStep) -> None:
    """Carry out one step. Raises DraftError (exit code 4) if that fails; nothing is overwritten."""
    try:
        if step.kind == "folder":
            step.path.mkdir(parents=True, exist_ok=True)
        elif step.kind == "append":
            store.replace_file(step.path, step.before, encode_text(step.text))
        elif step.kind == "file":
            with files.write_temporary(step.path.parent, encode_text(step.text)) as ready:
                files.publish_file(ready, step.path)
    except files.FileChanged:
        raise _make_busy_error(step.path) from None
    except FileExistsError:
        if step.kind == "folder":
            raise _make_busy_error(
                step.path, "this is a file, and documents need a folder"
            ) from None
        raise _make_busy_error(step.path) from None
    except OSError as error:
        raise files.translate_os_error(error, step.path) from error


def _make_busy_error(
    path: Path, message: str = "somebody else changed this just now"
) -> DraftError:
    """Return the error for a path that somebody else uses or changed."""
    return DraftError(
        message,
        code="in-the-way",
        exit_code=Exit.FILE,
        where=str(path),
        hint="Run `draft init` again when that is settled.",
    )
