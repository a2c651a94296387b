"""`draft init`: a project's folder, template, configuration and hook; nothing is overwritten."""

from os import environ
from pathlib import Path

from assistant import outfit, report, settings
from assistant.errors import Exit
from assistant.outfit import Plan, Step
from assistant.report import Manner
from assistant.settings import Options
from assistant.show import relative

_DONE = {"folder": "made", "file": "wrote", "append": "added to"}
_TO_DO = {"folder": "would make", "file": "would write", "append": "would add to"}


def init(folder: str | None, template: str, manner: Manner, *, dry_run: bool) -> int:
    """Set a project up, and say line by line what was done; a second run has nothing to do."""
    cwd = Path.cwd()
    resolved = settings.resolve(Options(dir=folder), environ, cwd)
    plan = outfit.plan(resolved.dir, template, cwd.resolve(), environ)
    taken: list[Step] = []
    for step in plan.steps if plan.acts else ():
        if not dry_run and step.kind != "advice":
            outfit.take(step)
        taken.append(step)
        if not manner.json and step.kind != "advice":
            report.result(_line(step, dry_run=dry_run))
    _rest(plan, taken, manner, dry_run=dry_run)
    return Exit.DONE


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
            report.say(f"for pre-commit, these lines belong in {place}:\n{step.text}", manner)
    if not taken:
        report.say("nothing to do: the project is set up", manner)
    elif dry_run:
        report.say("nothing was written", manner)


def _new(step: Step) -> str:
    """The text that a step adds."""
    added = len(step.before.decode("utf-8", "surrogateescape"))
    return step.text[added:].encode("utf-8", "replace").decode()
