"""`draft init`: a project's folder, template, configuration and hook; nothing is overwritten."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from assistant import files, settings
from assistant.commands import setup
from assistant.commands.setup import Plan, Step, Wanted
from assistant.errors import DraftError, Exit
from assistant.folder.numbers import listing
from assistant.folder.store import documents
from assistant.lint.check import check_document, follows_another
from assistant.lint.subject import Subject
from assistant.markdown.document import Document, load, parse
from assistant.repo import git
from assistant.settings import Options, Settings
from assistant.template import derive as derivation
from assistant.template import template as builtin
from assistant.template.derive import Derived
from assistant.template.template import Template, from_document
from assistant.terminal import report, streams
from assistant.terminal.report import Manner
from assistant.terminal.style import relative

_DONE = {"folder": "made", "file": "wrote", "append": "added to"}
_TO_DO = {"folder": "would make", "file": "would write", "append": "would add to"}
# Where projects keep decisions, proposals and designs, below their root.
_PLACES = tuple(
    f"{above}{name}"
    for above in ("", "doc/", "docs/", "doc/architecture/", "docs/architecture/")
    for name in (
        "adr", "adrs", "decisions", "architecture-decisions", "design", "designs", "design-docs",
        "proposals", "rfc", "rfcs", "enhancements", "keps", "specs", "text",
    )
)  # fmt: skip
_READ = 200  # documents, the latest, that tell a folder's form


@dataclass(frozen=True, slots=True, kw_only=True)
class InitOptions:
    """What a person asked of a setup: whose template, and whether anything is written or asked."""

    dir: str | None = None
    template: str = ""
    dry_run: bool = False
    yes: bool = False
    manner: Manner = field(default_factory=Manner)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The documents that a folder has already, and what they share where that is no template yet.

    `foreign` counts those that do not follow the template that holds now.
    """

    documents: tuple[Document, ...] = ()
    foreign: int = 0
    shared: Derived | None = None


def init(options: InitOptions) -> int:
    """Set a project up, and say line by line what was done; a second run has nothing to do."""
    cwd, manner = Path.cwd(), options.manner
    resolved = settings.resolve(Options(dir=options.dir), environ, cwd)
    if not options.dir and (there := _elsewhere(resolved, cwd)) and _taken(there, options):
        resolved = settings.resolve(Options(dir=str(there)), environ, cwd)
    found = _found(resolved, options)
    template = options.template or (setup.SHARED if _agreed(found, options) else "")
    text = found.shared.text if found.shared and template == setup.SHARED else ""
    refused = 0
    if found.documents:
        refused = _refused(found.documents, _held_against(resolved, template, text))
    wanted = Wanted(template=template, text=text, hook=not refused)
    plan = setup.plan(resolved.dir, wanted, cwd.resolve(), environ)
    taken: list[Step] = []
    for step in plan.steps if plan.acts else ():
        if not options.dry_run and step.kind != "advice":
            setup.take(step)
        taken.append(step)
        if not manner.json and step.kind != "advice":
            report.result(_line(step, dry_run=options.dry_run))
    _rest(plan, taken, manner, dry_run=options.dry_run)
    if text and found.shared:
        said = f"`draft check` holds {len(found.documents)} documents against it now"
        report.say(said, manner, "hint")
    if refused:
        number = len(found.documents)
        report.say(
            f"no hook: it would refuse commits that touch {refused} of {number} documents, which "
            "have errors by this template (`draft check` lists them)",
            manner, "note",
        )  # fmt: skip
    return Exit.DONE


def _elsewhere(resolved: Settings, cwd: Path) -> Path | None:
    """The folder of numbered documents that a project has under another name than draft's."""
    if resolved.file or environ.get("DRAFT_DIR") or resolved.dir.exists():
        return None
    base = git.root(cwd) or cwd
    counts = {base / name: _count(base / name) for name in _PLACES}
    best = max(counts, key=lambda folder: counts[folder])
    return best if counts[best] > 1 else None  # one file with a number is no folder of documents


def _count(folder: Path) -> int:
    try:
        return sum(bool(one.suffix) and not one.folder for one in listing(folder))
    except OSError:
        return 0


def _taken(there: Path, options: InitOptions) -> bool:
    """Whether the folder is to be the project's, asked on a terminal."""
    shown, number = relative(there), _count(there)
    if options.yes:
        return True
    if options.manner.json or not sys.stdin.isatty():
        said = f"{shown} has {number} numbered documents: `draft init --dir {shown}` takes it"
        report.say(said, options.manner, "hint")
        return False
    return streams.agreed(f"{shown} has {number} numbered documents. Make it the project's folder?")


def _found(resolved: Settings, options: InitOptions) -> _Found:
    """What is there already. Raises DraftError where a shared template is asked for in vain."""
    try:
        paths = list(documents(resolved.dir, resolved.template))
    except DraftError:  # no folder, or none that can be listed: making it will say so
        paths = []
    read = [_read(path) for path in paths[-_READ:] if path.name != setup.COPY]
    known = tuple(document for document in read if document is not None)
    if options.template == setup.SHARED:
        shared = derivation.derive(known) if known else None
        if shared is None:
            raise DraftError(
                f"the documents share no headings: {len(known)} were read.", code="nothing-shared",
                exit_code=Exit.USAGE, where=str(resolved.dir),
                hint="--template built-in gives the project a copy of the built-in template.",
            )  # fmt: skip
        return _Found(documents=known, shared=shared)
    if not known or options.template or resolved.template:
        return _Found(documents=known)
    own = builtin.chosen(None)
    others = sum(follows_another(Subject(own, document)) for document in known)
    shared = derivation.derive(known) if others * 2 > len(known) else None
    return _Found(documents=known, foreign=others, shared=shared)


def _read(path: Path) -> Document | None:
    try:
        return load(files.read(path), str(path))
    except DraftError:  # `draft check` names it
        return None


def _agreed(found: _Found, options: InitOptions) -> bool:
    """Whether the documents' own form is to be the project's template, asked on a terminal."""
    manner = options.manner
    if found.shared is None:
        return False
    if options.yes or options.template:
        return True
    shared, number = found.shared, len(found.documents)
    said = f"{found.foreign} of {number} documents follow another template than the built-in one"
    report.say(said, manner)
    if manner.json or not sys.stdin.isatty():
        where = f" --dir {shlex.quote(options.dir)}" if options.dir else ""
        hint = (
            f"`draft init{where} --template shared` gives the project the template that they share"
        )
        report.say(hint, manner, "hint")
        return False
    report.say(f"{shared.members} share this, which can be changed later:\n", manner)
    report.say("".join(f"    {line}\n" for line in shared.text.splitlines() if line), manner)
    return streams.agreed("Make it the project's template?")


def _held_against(resolved: Settings, template: str, text: str) -> Template:
    """The template that documents will be held against once all is done."""
    if text:
        return from_document(parse(text), setup.SHARED)
    if template == setup.BUILT_IN:
        return builtin.chosen(None)
    return builtin.chosen(Path.cwd() / template if template else resolved.template)


def _refused(found: Sequence[Document], template: Template) -> int:
    """How many documents have errors by a template; a hook refuses commits that touch them."""
    return sum(
        any(one.severity == "error" for one in check_document(template, document))
        for document in found
    )


def _line(step: Step, *, dry_run: bool) -> str:
    words = _TO_DO if dry_run else _DONE
    return f"{words[step.kind]} {relative(step.path)}: {step.what}"


def _rest(plan: Plan, taken: list[Step], manner: Manner, *, dry_run: bool) -> None:
    """What is said beside the steps, and all of it as JSON."""
    if manner.json:
        report.as_json(
            ok=True,
            steps=[
                {"kind": s.kind, "path": relative(s.path), "what": s.what, "text": _new(s)}
                for s in taken
            ],
            dry_run=dry_run,
        )
    for remark in plan.remarks:
        report.say(remark, manner, "note")
    for step in taken:
        if step.kind == "advice" and not manner.json:
            place = relative(step.path)
            report.say(f"for pre-commit, write these lines into {place}:\n{step.text}", manner)
    if not taken:
        report.say("nothing to do: the project has its folder and its configuration", manner)
    elif dry_run:
        report.say("nothing was written", manner)


def _new(step: Step) -> str:
    """The text that a step adds, wherever in a file that is."""
    before = step.before.decode("utf-8", "surrogateescape")
    start = 0
    while start < len(before) and step.text[start : start + 1] == before[start]:
        start += 1
    behind = len(before) - start
    added = step.text[start : len(step.text) - behind]
    return added.encode("utf-8", "replace").decode()
