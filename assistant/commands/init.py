"""`draft init`: a project's folder, template, configuration and hook; nothing is overwritten."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from assistant import files, settings
from assistant.commands import setup
from assistant.commands.setup import SetupPlan, SetupRequest, SetupStep
from assistant.errors import DraftError, Exit
from assistant.folder.numbers import list_entries
from assistant.folder.store import list_document_paths
from assistant.lint.check import check_document, follows_other_template
from assistant.lint.subject import CheckedDocument
from assistant.markdown.document import Document, load_document, parse_document
from assistant.repo import git
from assistant.settings import SettingOptions, Settings
from assistant.template.derive import DerivedTemplate, derive_template
from assistant.template.template import Template, load_template, read_template
from assistant.terminal import report, streams
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import format_path

_DONE_WORDS = {"folder": "made", "file": "wrote", "append": "added to"}
_PLANNED_WORDS = {"folder": "would make", "file": "would write", "append": "would add to"}
# Where projects keep decisions, proposals and designs, below their root.
_USUAL_FOLDERS = tuple(
    f"{above}{name}"
    for above in ("", "doc/", "docs/", "doc/architecture/", "docs/architecture/")
    for name in (
        "adr",
        "adrs",
        "decisions",
        "architecture-decisions",
        "design",
        "designs",
        "design-docs",
        "proposals",
        "rfc",
        "rfcs",
        "enhancements",
        "keps",
        "specs",
        "text",
    )
)
# The latest documents, which tell a folder's form: its older ones may have another. By judgement.
_MAX_DOCUMENTS_READ = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class InitOptions:
    """What a person asked of a setup: whose template, and whether anything is written or asked."""

    dir: str | None = None
    template: str = ""
    dry_run: bool = False
    yes: bool = False
    manner: OutputStyle = field(default_factory=OutputStyle)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FolderContent:
    """The documents that a folder has already, and what they share where that is no template yet.

    `foreign` counts those that do not follow the template that holds now.
    """

    documents: tuple[Document, ...] = ()
    foreign: int = 0
    shared: DerivedTemplate | None = None


def run_init(options: InitOptions) -> int:
    """Set a project up, and say line by line what was done; a second run has nothing to do."""
    cwd, manner = Path.cwd(), options.manner
    resolved = settings.resolve_settings(SettingOptions(dir=options.dir), environ, cwd)
    if (
        not options.dir
        and (there := _find_other_folder(resolved, cwd))
        and _agree_to_folder(there, options)
    ):
        resolved = settings.resolve_settings(SettingOptions(dir=str(there)), environ, cwd)
    found = _look_into_folder(resolved, options)
    template = options.template or (setup.SHARED if _agree_to_shared(found, options) else "")
    text = found.shared.text if found.shared and template == setup.SHARED else ""
    refused = 0
    if found.documents:
        refused = _count_refused(found.documents, _choose_future_template(resolved, template, text))
    wanted = SetupRequest(template=template, text=text, hook=not refused)
    plan = setup.plan_setup(resolved.dir, wanted, cwd.resolve(), environ)
    taken: list[SetupStep] = []
    for step in plan.steps if plan.acts else ():
        if not options.dry_run and step.kind != "advice":
            setup.take_step(step)
        taken.append(step)
        if not manner.json and step.kind != "advice":
            report.print_result(_format_step(step, dry_run=options.dry_run))
    _show_rest(plan, taken, manner, dry_run=options.dry_run)
    if text and found.shared:
        said = f"`draft check` holds {len(found.documents)} documents against it now"
        report.print_message(said, manner, "hint")
    if refused:
        number = len(found.documents)
        report.print_message(
            f"no hook: it would refuse commits that touch {refused} of {number} documents, which "
            "have errors by this template (`draft check` lists them)",
            manner,
            "note",
        )
    return Exit.DONE


def _find_other_folder(resolved: Settings, cwd: Path) -> Path | None:
    """Return the folder of numbered documents that a project keeps elsewhere than draft does."""
    if resolved.file or environ.get("DRAFT_DIR") or resolved.dir.exists():
        return None
    base = git.find_repository_root(cwd) or cwd
    counts = {base / name: _count_documents(base / name) for name in _USUAL_FOLDERS}
    best = max(counts, key=lambda folder: counts[folder])
    return best if counts[best] > 1 else None  # one file with a number is no folder of documents


def _count_documents(folder: Path) -> int:
    try:
        return sum(bool(one.suffix) and not one.folder for one in list_entries(folder))
    except OSError:
        return 0


def _agree_to_folder(there: Path, options: InitOptions) -> bool:
    """Return whether the folder is to be the project's, which a person is asked on a terminal."""
    shown, number = format_path(there), _count_documents(there)
    if options.yes:
        return True
    if options.manner.json or not sys.stdin.isatty():
        said = f"{shown} has {number} numbered documents: `draft init --dir {shown}` takes it"
        report.print_message(said, options.manner, "hint")
        return False
    return streams.ask_yes_no(
        f"{shown} has {number} numbered documents. Make it the project's folder?"
    )


def _look_into_folder(resolved: Settings, options: InitOptions) -> _FolderContent:
    """Return what is there already. Raises DraftError if a shared template is asked for in vain."""
    try:
        paths = list(list_document_paths(resolved.dir, resolved.template))
    except DraftError:  # no folder, or none that can be listed: making it will say so
        paths = []
    read = [
        _load_document(path)
        for path in paths[-_MAX_DOCUMENTS_READ:]
        if path.name != setup.COPY_NAME
    ]
    known = tuple(document for document in read if document is not None)
    if options.template == setup.SHARED:
        shared = derive_template(known) if known else None
        if shared is None:
            raise DraftError(
                f"the documents share no headings: {len(known)} were read.",
                code="nothing-shared",
                exit_code=Exit.USAGE,
                where=str(resolved.dir),
                hint="--template built-in gives the project a copy of the built-in template.",
            )
        return _FolderContent(documents=known, shared=shared)
    if not known or options.template or resolved.template:
        return _FolderContent(documents=known)
    own = load_template(None)
    others = sum(follows_other_template(CheckedDocument(own, document)) for document in known)
    shared = derive_template(known) if others * 2 > len(known) else None
    return _FolderContent(documents=known, foreign=others, shared=shared)


def _load_document(path: Path) -> Document | None:
    try:
        return load_document(files.read_document_bytes(path), str(path))
    except DraftError:  # `draft check` names it
        return None


def _agree_to_shared(found: _FolderContent, options: InitOptions) -> bool:
    """Return whether the shared form is to be the template; a person is asked on a terminal."""
    manner = options.manner
    if found.shared is None:
        return False
    if options.yes or options.template:
        return True
    shared, number = found.shared, len(found.documents)
    said = f"{found.foreign} of {number} documents follow another template than the built-in one"
    report.print_message(said, manner)
    if manner.json or not sys.stdin.isatty():
        where = f" --dir {shlex.quote(options.dir)}" if options.dir else ""
        hint = (
            f"`draft init{where} --template shared` gives the project the template that they share"
        )
        report.print_message(hint, manner, "hint")
        return False
    report.print_message(f"{shared.members} share this, which can be changed later:\n", manner)
    report.print_message(
        "".join(f"    {line}\n" for line in shared.text.splitlines() if line), manner
    )
    return streams.ask_yes_no("Make it the project's template?")


def _choose_future_template(resolved: Settings, template: str, text: str) -> Template:
    """Return the template that documents will be held against once all is done."""
    if text:
        return read_template(parse_document(text), setup.SHARED)
    if template == setup.BUILT_IN:
        return load_template(None)
    return load_template(Path.cwd() / template if template else resolved.template)


def _count_refused(found: Sequence[Document], template: Template) -> int:
    """Return how many documents have errors by a template, so that a hook would refuse them."""
    return sum(
        any(one.severity == "error" for one in check_document(template, document))
        for document in found
    )


def _format_step(step: SetupStep, *, dry_run: bool) -> str:
    words = _PLANNED_WORDS if dry_run else _DONE_WORDS
    return f"{words[step.kind]} {format_path(step.path)}: {step.what}"


def _show_rest(
    plan: SetupPlan, taken: list[SetupStep], manner: OutputStyle, *, dry_run: bool
) -> None:
    """Print what is said beside the steps, and all of it as JSON."""
    if manner.json:
        report.print_json(
            ok=True,
            steps=[
                {
                    "kind": s.kind,
                    "path": format_path(s.path),
                    "what": s.what,
                    "text": _extract_added_text(s),
                }
                for s in taken
            ],
            dry_run=dry_run,
        )
    for remark in plan.remarks:
        report.print_message(remark, manner, "note")
    for step in taken:
        if step.kind == "advice" and not manner.json:
            place = format_path(step.path)
            report.print_message(
                f"for pre-commit, write these lines into {place}:\n{step.text}", manner
            )
    if not taken:
        report.print_message(
            "nothing to do: the project has its folder and its configuration", manner
        )
    elif dry_run:
        report.print_message("nothing was written", manner)


def _extract_added_text(step: SetupStep) -> str:
    """Return the text that a step adds, wherever in a file that is."""
    before = step.before.decode("utf-8", "surrogateescape")
    start = 0
    while start < len(before) and step.text[start : start + 1] == before[start]:
        start += 1
    behind = len(before) - start
    added = step.text[start : len(step.text) - behind]
    return added.encode("utf-8", "replace").decode()
