"""How a run of a model ends: what needs eyes, what it cost, and what to type next."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant.drafting.scope import picked, rewritable
from assistant.errors import DraftError, Json
from assistant.lint.rule import UNWRITTEN, Finding
from assistant.llm.model import Usage
from assistant.llm.prices import load_prices
from assistant.markdown.document import Document, parse
from assistant.prompting.request import titled
from assistant.settings import Options, Settings
from assistant.template.align import align
from assistant.template.fields import Field
from assistant.template.status import open_questions
from assistant.template.template import Template
from assistant.terminal import report, style
from assistant.terminal.pager import command_to_open
from assistant.terminal.report import Manner
from assistant.terminal.style import Kind, plural, quoted, relative
from assistant.text import harmless

_SHOWN = 12  # remarks about a document; `draft check` has the rest
_COLUMN = 36  # where the words beside a command begin, if the command is no longer

Unwritten = tuple[tuple[str, str], ...]


class Run(Protocol):
    """What every command that asks a model knows of what that took."""

    @property
    def usage(self) -> Usage:
        """Its tokens."""

    @property
    def seconds(self) -> float:
        """Its time."""

    @property
    def repairs(self) -> int:
        """How often something was asked again."""

    @property
    def resumed(self) -> int:
        """How many answers an earlier run had paid for."""

    @property
    def model(self) -> str:
        """The model that was asked for."""

    @property
    def answered(self) -> tuple[str, ...]:
        """The names by which the server says it answered."""

    @property
    def place(self) -> str:
        """The server's host; nothing for the embedded model."""

    @property
    def repaired(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What was asked again, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A line about a document that needs eyes; `line` is 0 where it is about all of it."""

    text: str
    kind: Kind = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command that may be what a person wants next, and what it does."""

    command: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A document as the next command has to name it, with the options that it was made with."""

    path: Path
    settings: Settings
    options: Options

    @property
    def name(self) -> str:
        """Its number where that means it, else its path."""
        digits = re.match("[0-9]+", self.path.name)
        own = self.path.parent == self.settings.dir and not self.options.dir
        if digits and own:
            return str(int(digits[0]))
        path = relative(self.path)
        return f"./{path}" if path.startswith("-") else path  # else it is taken for an option

    def command(self, verb: str, *words: str, model: bool = True) -> str:
        """Return a command about this document as it can be typed."""
        wanted = ("template", "model", "base_url") if model else ("template",)
        given = ((name, getattr(self.options, name)) for name in wanted)
        more = (word for name, said in given if said for word in (_option(name), str(said)))
        return " ".join(map(quoted, ("draft", verb, self.name, *words, *more)))

    def step_to_open(self, questions: int) -> Step:
        """Return how the document is opened."""
        answer = f", and answer {counted(questions, 'open question')}" if questions else ""
        return Step(
            command=command_to_open(relative(self.path), os.environ), why=f"read it{answer}"
        )

    def step_to_fill(self) -> Step:
        """Return how what is missing is written."""
        why = "write what is unwritten, for the price of that alone"
        return Step(command=self.command("fill"), why=why)

    def step_to_suggest(self) -> Step:
        """Return how a document is reviewed."""
        return Step(command=self.command("suggest"), why="risks and questions that it lacks")

    def step_to_move(self, status: str) -> Step:
        """Return how the document gets a status."""
        return Step(command=self.command("status", status, model=False), why="when it is ready")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def show_document(head: str, remarks: Sequence[Remark], manner: Manner) -> None:
    """Print what needs eyes in a document, under its name."""
    report.say(head, manner, "head")
    for remark in remarks[:_SHOWN]:
        where = f"line {remark.line}: " if remark.line else ""
        report.say(remark.text, manner, remark.kind, f"  {where}")
    if len(remarks) > _SHOWN:
        report.say(f"  and {len(remarks) - _SHOWN} more, which `draft check` shows", manner)


def remarks_about(
    findings: Sequence[Finding], unwritten: Unwritten, notes: Sequence[str]
) -> tuple[Remark, ...]:
    """Return what there is to say: sections without text and why, findings by line, notes."""
    failed = {titled(section) for section, _ in unwritten}
    return (
        *_unwritten(unwritten),
        *(
            Remark(text=f"{found.code} {found.message}", kind=found.severity, line=found.line)
            for found in findings
            if found.severity != "note" or (found.code == UNWRITTEN and found.section not in failed)
        ),
        *(Remark(text=note, kind="note") for note in notes),
    )


def _unwritten(unwritten: Unwritten) -> Iterator[Remark]:
    """Return what is unwritten: those for one reason in one line, as one cause is said once."""
    titles: dict[str, list[str]] = {}
    for section, reason in unwritten:
        titles.setdefault(reason, []).append(titled(section))
    for reason, alike in titles.items():
        yield Remark(text=f"unwritten: {', '.join(alike)}: {reason}", kind="warning")


def all_unwritten(findings: Sequence[Finding], unwritten: Unwritten) -> Unwritten:
    """Return what is unwritten, and why: each slot that `list` counts and `check` reports.

    Besides those it names what was to be written anew and kept its text.
    """
    reasons = {titled(section): (section, reason) for section, reason in unwritten}
    found = [
        reasons.get(finding.section, (finding.section, finding.message))
        for finding in findings
        if finding.code == UNWRITTEN
    ]
    listed = {section for section, _ in found}
    return (*found, *(one for one in unwritten if one[0] not in listed))


def unwritten_fields(findings: Sequence[Finding], unwritten: Unwritten) -> list[Json]:
    """Return what is unwritten as JSON."""
    found = all_unwritten(findings, unwritten)
    return [{"section": section, "reason": reason} for section, reason in found]


def count_questions(template: Template | None, text: str) -> tuple[int, str]:
    """Return how many questions a document has open, and the heading that they stand under."""
    if template is None:
        return 0, ""
    alignment = align(template, parse(text))
    titles = (
        match.section.title
        for match in alignment.matches
        for field in match.body.fields
        if isinstance(field, Field) and field.slot.role == "questions"
    )
    return len(open_questions(alignment)), next(titles, "")


def about_questions(template: Template | None, text: str) -> tuple[Remark, ...]:
    """Return a line on the open questions of a document, if it has any."""
    number, heading = count_questions(template, text)
    where = f' under "{heading}"' if heading else ""
    return (Remark(text=f"{counted(number, 'open question')}{where}"),) if number else ()


def show_costs(run: Run, manner: Manner) -> None:
    """Print what a run cost, in one line; with --verbose also what was asked again, and why."""
    if manner.verbose:
        for label, reasons in run.repaired:
            report.say(f"asked again: {titled(label)}: {' '.join(reasons)}", manner)
    prices = load_prices()
    for fault in prices.faults:
        report.say(fault, manner, "warning")
    price = prices.price_of(*run.answered, run.model)
    money = str(price.of(run.usage)) if price and run.usage.requests else ""
    report.say(_costs(run, money), manner, "faint")


def _costs(run: Run, money: str) -> str:
    """Return requests, repairs, tokens, money, time and who answered, as a line."""
    usage = run.usage
    about = "about " if usage.estimated else ""
    parts = [
        counted(usage.requests, "request"),
        counted(run.repairs, "repair") if run.repairs else "",
        f"{counted(run.resumed, 'answer')} kept from before" if run.resumed else "",
        f"{about}{usage.prompt:,} tokens in"
        + (f" ({usage.cached:,} of them cached)" if usage.cached else ""),
        f"{usage.completion:,} out",
        f"about {usage.wasted:,} lost in failed attempts" if usage.wasted else "",
        money,
        f"{run.seconds:.1f} s",
        answerer(run),
    ]
    return ", ".join(part for part in parts if part)


def answerer(run: Run) -> str:
    """Return which model answered, by its server's word, and where it is."""
    others = [name for name in run.answered if name != run.model]
    name = f"{', '.join(others)} for {run.model}" if others else run.model
    return f"{name} at {run.place}" if run.place else name


def counted(number: int, thing: str) -> str:
    """Return a number of things in words, written as numbers of tokens are."""
    return f"{number:,} {plural(number, thing)}"


def run_fields(run: Run) -> dict[str, Json]:
    """Return what a run cost and who answered, as the fields of a JSON object."""
    price = load_prices().price_of(*run.answered, run.model)
    cost = price.of(run.usage) if price else None
    usage = run.usage
    return {
        "usage": {
            "requests": usage.requests,
            "prompt_tokens": usage.prompt,
            "completion_tokens": usage.completion,
            "cached_tokens": usage.cached,
            "lost_tokens": usage.wasted,
            "estimated": usage.estimated,
            "seconds": round(run.seconds, 3),
            "cost": {"amount": round(cost.amount, 6), "currency": cost.currency} if cost else None,
        },
        "repairs": run.repairs,
        "repaired": [{"section": name, "reasons": list(why)} for name, why in run.repaired],
        "model": run.model,
        "answered_by": list(run.answered),
        "server": run.place,
    }


def show_next(steps: Sequence[Step], manner: Manner) -> None:
    """Print the commands that a person may want to type now, with what each of them does."""
    if manner.json or not steps:
        return
    most = style.columns(sys.stderr, os.environ)
    report.say("next:", manner, "head")
    for step in steps:
        beside = f"  {step.command.ljust(_COLUMN)}  {step.why}"
        if len(step.command) <= _COLUMN and (not most or len(beside) <= most):
            report.say(beside, manner)
            continue
        # Not wrapped as words are: a line may not end in the midst of what stands in quotes.
        report.offer(style.wrap_command(f"  {step.command}", most), manner)
        wide = len(beside) <= most + max(len(step.command) - _COLUMN, 0)
        report.say(f"{' ' * (_COLUMN + 4 if wide or not most else 6)}{step.why}", manner)


def redo(
    named: Named, template: Template | None, text: str, titles: Sequence[str], left: Unwritten
) -> tuple[Step, ...]:
    """Return how one section is written anew: the first of these that a model can write.

    What is `left` unwritten is not among them: `fill` writes it without being told to.
    """
    document = parse(text)
    gone = {titled(section) for section, _ in left}
    for title in dict.fromkeys((*titles, *_headings(document))):
        if (
            template is not None
            and title not in gone
            and harmless(title) == title
            and _can_be_rewritten(document, title, template)
        ):
            command = named.command("fill", "--section", title, "--force")
            return (Step(command=f'{command} --hint "..."', why="write one section again"),)
    return ()


def _headings(document: Document) -> Iterator[str]:
    return (section.title for section in document.sections if section.level > 1)


def _can_be_rewritten(document: Document, title: str, template: Template) -> bool:
    try:
        return bool(rewritable(document, picked(document, (title,), template), template))
    except DraftError:
        return False
