"""What a fill would send, and whether that is within its cap."""

from collections.abc import Mapping
from dataclasses import replace

from assistant import generate
from assistant.brief import Brief
from assistant.errors import DraftError, Exit
from assistant.generate import Subject
from assistant.kept import known_brief, needs_brief
from assistant.llm import Prompt
from assistant.settings import Settings
from assistant.task import Task, plan
from assistant.tokens import Counter


def rehearsal(task: Task, subject: Subject, entries: Mapping[str, str]) -> tuple[Prompt, ...]:
    """Every prompt of a run, with the template's own examples where a brief would give names."""
    task = replace(task, subject=subject)
    known = known_brief(entries, task)
    forced = task.scope.forced.__contains__
    first = plan(task, task.document, known or Brief(title=""), forced)
    prompts: list[Prompt] = []
    if known is None and (needs_brief(task) or len(first.requests) > 1):
        prompts.append(generate.brief_prompt(subject, first.template))
        names = tuple(
            (key, tuple(head.title for head in heads))
            for key, heads in first.template.groups.items()
        )
        examples = Brief(title="(the brief's title)", names=names)
        first = plan(task, task.document, examples, forced)
    prompts += [generate.section_prompt(subject, first.shared, asked) for asked in first.requests]
    return tuple(prompts)


def refuse_above_cap(
    task: Task, settings: Settings, counter: Counter, entries: Mapping[str, str]
) -> None:
    """Raise DraftError (exit code 2) where a run's estimate is above its cap."""
    cap = settings.max_tokens_total
    if cap is None:
        return
    prompts = rehearsal(task, task.subject, entries)
    expected = sum(counter.prompt(prompt) + prompt.max_tokens // 2 for prompt in prompts)
    if expected > cap:
        raise DraftError(
            f"this run would take about {expected:,} tokens; --max-tokens-total allows {cap:,}.",
            code="over-cap",
            exit_code=Exit.USAGE,
            hint="Nothing was sent. Raise the cap, or name fewer sections with --section.",
        )
