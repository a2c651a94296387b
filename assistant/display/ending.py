"""How a run of a model ends: what needs eyes, what it cost, and what to type next."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant.drafting.scope import find_rewritable_sections, select_sections
from assistant.errors import DraftError, Json
from assistant.lint.rule import UNWRITTEN, Finding
from assistant.llm.model import Usage
from assistant.llm.prices import load_prices
from assistant.markdown.document import Document, parse_document
from assistant.prompting.request import read_request_title
from assistant.settings import SettingOptions, Settings
from assistant.template.align import align_document
from assistant.template.fields import Field
from assistant.template.template import Template
from assistant.template.unwritten import find_open_questions
from assistant.terminal import report, style
from assistant.terminal.programs import format_open_command
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import TextKind, format_count, format_path, quote_word
from assistant.text import make_harmless

_MAX_REMARKS = 12  # about a document, by judgement half a screen; `draft check` has the rest
_WHY_COLUMN = 36  # where the words beside a command begin, if the command is no longer

UnwrittenSections = tuple[tuple[str, str], ...]


class ModelRun(Protocol):
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
class DocumentRemark:
    """A line about a document that needs eyes; `line` is 0 where it is about all of it."""

    text: str
    kind: TextKind = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """A command that may be what a person wants next, and what it does."""

    command: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDocument:
    """A document as the next command has to name it, with the options that it was made with."""

    path: Path
    settings: Settings
    options: SettingOptions

    @property
    def name(self) -> str:
        """Its number where that means it, else its path."""
        digits = re.match("[0-9]+", self.path.name)
        own = self.path.parent == self.settings.dir and not self.options.dir
        if digits and own:
            return str(int(digits[0]))
        path = format_path(self.path)
        return f"./{path}" if path.startswith("-") else path  # else it is taken for an option

    def command(self, verb: str, *words: str, model: bool = True) -> str:
        """Return a command about this document as it can be typed."""
        wanted = ("template", "model", "base_url") if model else ("template",)
        given = ((name, getattr(self.options, name)) for name in wanted)
        more = (word for name, said in given if said for word in (_spell_option(name), str(said)))
        return " ".join(map(quote_word, ("draft", verb, self.name, *words, *more)))

    def step_to_open(self, questions: int) -> NextStep:
        """Return how the document is opened."""
        answer = f", and answer {format_count(questions, 'open question')}" if questions else ""
        return NextStep(
            command=format_open_command(format_path(self.path), os.environ), why=f"read it{answer}"
        )

    def step_to_fill(self) -> NextStep:
        """Return how what is missing is written."""
        why = "write what is unwritten, for the price of that alone"
        return NextStep(command=self.command("fill"), why=why)

    def step_to_suggest(self) -> NextStep:
        """Return how a document is reviewed."""
        return NextStep(command=self.command("suggest"), why="risks and questions that it lacks")

    def step_to_move(self, status: str) -> NextStep:
        """Return how the document gets a status."""
        return NextStep(command=self.command("status", status, model=False), why="when it is ready")


def _spell_option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def show_remarks(head: str, remarks: Sequence[DocumentRemark], manner: OutputStyle) -> None:
    """Print what needs eyes in a document, under its name."""
    report.print_message(head, manner, "head")
    for remark in remarks[:_MAX_REMARKS]:
        where = f"line {remark.line}: " if remark.line else ""
        report.print_message(remark.text, manner, remark.kind, f"  {where}")
    if len(remarks) > _MAX_REMARKS:
        report.print_message(
            f"  and {len(remarks) - _MAX_REMARKS} more, which `draft check` shows", manner
        )


def make_remarks(
    findings: Sequence[Finding], unwritten: UnwrittenSections, notes: Sequence[str]
) -> tuple[DocumentRemark, ...]:
    """Return the remarks on a document: sections without text and why, findings by line, notes."""
    failed = {read_request_title(section) for section, _ in unwritten}
    return (
        *_remark_on_unwritten(unwritten),
        *(
            DocumentRemark(
                text=f"{found.code} {found.message}", kind=found.severity, line=found.line
            )
            for found in findings
            if found.severity != "note" or (found.code == UNWRITTEN and found.section not in failed)
        ),
        *(DocumentRemark(text=note, kind="note") for note in notes),
    )


def _remark_on_unwritten(unwritten: UnwrittenSections) -> Iterator[DocumentRemark]:
    """Yield what is unwritten: one line for each reason, as one cause is said once."""
    titles: dict[str, list[str]] = {}
    for section, reason in unwritten:
        titles.setdefault(reason, []).append(read_request_title(section))
    for reason, alike in titles.items():
        yield DocumentRemark(text=f"unwritten: {', '.join(alike)}: {reason}", kind="warning")


def list_all_unwritten(
    findings: Sequence[Finding], unwritten: UnwrittenSections
) -> UnwrittenSections:
    """Return what is unwritten, and why: each slot that `list` counts and `check` reports.

    Besides those it names what was to be written anew and kept its text.
    """
    reasons = {read_request_title(section): (section, reason) for section, reason in unwritten}
    found = [
        reasons.get(finding.section, (finding.section, finding.message))
        for finding in findings
        if finding.code == UNWRITTEN
    ]
    listed = {section for section, _ in found}
    return (*found, *(one for one in unwritten if one[0] not in listed))


def build_unwritten_fields(findings: Sequence[Finding], unwritten: UnwrittenSections) -> list[Json]:
    """Return what is unwritten as JSON."""
    found = list_all_unwritten(findings, unwritten)
    return [{"section": section, "reason": reason} for section, reason in found]


def count_questions(template: Template | None, text: str) -> tuple[int, str]:
    """Return how many questions a document has open, and the heading that they stand under."""
    if template is None:
        return 0, ""
    alignment = align_document(template, parse_document(text))
    titles = (
        match.section.title
        for match in alignment.matches
        for field in match.body.fields
        if isinstance(field, Field) and field.slot.role == "questions"
    )
    return len(find_open_questions(alignment)), next(titles, "")


def remark_on_questions(template: Template | None, text: str) -> tuple[DocumentRemark, ...]:
    """Return a line on the open questions of a document, if it has any."""
    number, heading = count_questions(template, text)
    where = f' under "{heading}"' if heading else ""
    return (
        (DocumentRemark(text=f"{format_count(number, 'open question')}{where}"),) if number else ()
    )


def show_costs(run: ModelRun, manner: OutputStyle) -> None:
    """Print what a run cost, in one line; with --verbose also what was asked again, and why."""
    if manner.verbose:
        for label, reasons in run.repaired:
            report.print_message(
                f"asked again: {read_request_title(label)}: {' '.join(reasons)}", manner
            )
    prices = load_prices()
    for fault in prices.faults:
        report.print_message(fault, manner, "warning")
    price = prices.price_of(*run.answered, run.model)
    money = str(price.compute_cost(run.usage)) if price and run.usage.requests else ""
    report.print_message(_format_costs(run, money), manner, "faint")


def _format_costs(run: ModelRun, money: str) -> str:
    """Return requests, repairs, tokens, money, time and who answered, as a line."""
    usage = run.usage
    about = "about " if usage.estimated else ""
    parts = [
        format_count(usage.requests, "request"),
        format_count(run.repairs, "repair") if run.repairs else "",
        f"{format_count(run.resumed, 'answer')} kept from before" if run.resumed else "",
        f"{about}{usage.prompt:,} tokens in"
        + (f" ({usage.cached:,} of them cached)" if usage.cached else ""),
        f"{usage.completion:,} out",
        f"about {usage.wasted:,} lost in failed attempts" if usage.wasted else "",
        money,
        f"{run.seconds:.1f} s",
        describe_answerer(run),
    ]
    return ", ".join(part for part in parts if part)


def describe_answerer(run: ModelRun) -> str:
    """Return which model answered, by its server's word, and where it is."""
    others = [name for name in run.answered if name != run.model]
    name = f"{', '.join(others)} for {run.model}" if others else run.model
    return f"{name} at {run.place}" if run.place else name


def build_run_fields(run: ModelRun) -> dict[str, Json]:
    """Return what a run cost and who answered, as the fields of a JSON object."""
    price = load_prices().price_of(*run.answered, run.model)
    cost = price.compute_cost(run.usage) if price else None
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


def show_next_steps(steps: Sequence[NextStep], manner: OutputStyle) -> None:
    """Print the commands that a person may want to type now, with what each of them does."""
    if manner.json or not steps:
        return
    most = style.measure_columns(sys.stderr, os.environ)
    report.print_message("next:", manner, "head")
    for step in steps:
        beside = f"  {step.command.ljust(_WHY_COLUMN)}  {step.why}"
        if len(step.command) <= _WHY_COLUMN and (not most or len(beside) <= most):
            report.print_message(beside, manner)
            continue
        # Not wrapped as words are: a line may not end in the midst of what stands in quotes.
        report.print_command(style.wrap_command(f"  {step.command}", most), manner)
        wide = len(beside) <= most + max(len(step.command) - _WHY_COLUMN, 0)
        report.print_message(
            f"{' ' * (_WHY_COLUMN + 4 if wide or not most else 6)}{step.why}", manner
        )


def suggest_rewrite(
    named: NamedDocument,
    template: Template | None,
    text: str,
    titles: Sequence[str],
    left: UnwrittenSections,
) -> tuple[NextStep, ...]:
    """Return how one section is written anew: the first of these that a model can write.

    What is `left` unwritten is not among them: `fill` writes it without being told to.
    """
    document = parse_document(text)
    gone = {read_request_title(section) for section, _ in left}
    for title in dict.fromkeys((*titles, *_list_headings(document))):
        if (
            template is not None
            and title not in gone
            and make_harmless(title) == title
            and _can_be_rewritten(document, title, template)
        ):
            command = named.command("fill", "--section", title, "--force")
            return (NextStep(command=f'{command} --hint "..."', why="write one section again"),)
    return ()


def _list_headings(document: Document) -> Iterator[str]:
    return (section.title for section in document.sections if section.level > 1)


def _can_be_rewritten(document: Document, title: str, template: Template) -> bool:
    try:
        return bool(
            find_rewritable_sections(
                document, select_sections(document, (title,), template), template
            )
        )
    except DraftError:
        return False
