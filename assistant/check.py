"""`draft check [DOC...]`: documents against their template, without a model."""

from os import environ
from pathlib import Path

from assistant import builtin, collision, report, settings, store
from assistant.document import load
from assistant.errors import DraftError, Exit
from assistant.finding import Finding
from assistant.report import Manner
from assistant.settings import Options
from assistant.template import Template
from assistant.validate import validate


def check(names: list[str], options: Options, manner: Manner) -> int:
    """Print what is wrong with documents; exit code 1 where something is an error."""
    resolved = settings.resolve(options, environ, Path.cwd())
    made = builtin.chosen(resolved.template)
    paths = [path for name in names or [str(resolved.dir)] for path in _paths(resolved.dir, name)]
    found = [(path, finding) for path in paths for finding in _findings(made, path)]
    for folder in dict.fromkeys(path.parent for path in paths):
        found += collision.findings_for_folder(
            folder, {path.name for path in paths}, lambda note: report.say(note, manner)
        )
    errors = sum(finding.severity == "error" for _, finding in found)
    if manner.json:
        report.as_json(
            ok=not errors,
            findings=[{"path": _shown(path), **report.finding(finding)} for path, finding in found],
        )
    else:
        for path, finding in found:
            report.result(
                f"{_shown(path)}:{finding.line}:{finding.column}: {finding.severity}: "
                f"{finding.code} {finding.message}"
            )
        documents = "1 document" if len(paths) == 1 else f"{len(paths)} documents"
        report.say(f"{documents}, {errors} errors, {len(found) - errors} other findings", manner)
    return Exit.FINDINGS if errors else Exit.DONE


def _paths(folder: Path, name: str) -> list[Path]:
    """The documents that an argument names: a file, a number, or all of a folder."""
    path = Path(name)
    if path.is_dir():
        from assistant.number import listing  # noqa: PLC0415

        return [path / entry.name for entry in listing(path) if (path / entry.name).is_file()]
    if name == str(folder) and not path.exists():
        raise DraftError(
            "there is no such folder.", code="no-folder", exit_code=Exit.FILE, where=name,
            hint='`draft "..."` makes it with the first document; --dir names another.',
        )  # fmt: skip
    return [store.resolve(folder, name)]


def _findings(made: Template, path: Path) -> tuple[Finding, ...]:
    return validate(made, load(store.read(path), str(path)))


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
