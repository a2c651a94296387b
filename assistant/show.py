"""What commands that ask a model print alike: paths, costs, prompts."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from assistant import report
from assistant.llm import Prompt, Usage
from assistant.report import Manner
from assistant.tokens import Counter


def relative(path: Path) -> str:
    """A path as a person here would type it."""
    with suppress(ValueError):
        return os.path.relpath(path)
    return str(path)


def costs(usage: Usage, seconds: float, model: str, repairs: int = 0, resumed: int = 0) -> str:
    """Requests, tokens, cached ones, repairs and time, in a line."""
    about = "about " if usage.estimated else ""
    cached = f" ({usage.cached:,} cached)" if usage.cached else ""
    again = f", {_counted(repairs, 'repair')}" if repairs else ""
    kept = f", {_counted(resumed, 'answer')} kept from before" if resumed else ""
    lost = f", about {usage.wasted:,} lost in failed attempts" if usage.wasted else ""
    return (
        f"{_counted(usage.requests, 'request')}{again}{kept}, "
        f"{about}{usage.prompt:,} tokens in{cached}, "
        f"{usage.completion:,} out{lost}, {seconds:.1f} s, {model}"
    )


def spent(usage: Usage, seconds: float) -> dict[str, report.Json]:
    """What a run cost, as the fields of a JSON object."""
    return {
        "requests": usage.requests,
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "cached_tokens": usage.cached,
        "lost_tokens": usage.wasted,
        "estimated": usage.estimated,
        "seconds": round(seconds, 3),
    }


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def unwritten(sections: Sequence[tuple[str, str]], manner: Manner) -> None:
    """Print which sections are unwritten, and why; those for one reason in one line."""
    titles: dict[str, list[str]] = {}
    for section, reason in sections:
        titles.setdefault(reason, []).append(section.rsplit(" > ", 1)[-1])
    for reason, alike in titles.items():
        report.say(f"unwritten: {', '.join(alike)}: {reason}", manner, "warning")


def rehearsed(prompts: Sequence[Prompt], count: Counter, manner: Manner) -> None:
    """Print every prompt of a run with its tokens, and the sum."""
    total = sum(count.prompt(prompt) for prompt in prompts)
    if manner.json:
        report.as_json(
            ok=True,
            prompts=[
                {
                    "section": p.label,
                    "tokens": count.prompt(p),
                    "max_tokens": p.max_tokens,
                    "messages": [{"role": m.role, "content": m.content} for m in p.messages],
                }
                for p in prompts
            ],
            prompt_tokens=total,
            estimated=count.estimated,
        )
        return
    about = "~" if count.estimated else ""
    for prompt in prompts:
        tokens = f"{about}{count.prompt(prompt)} tokens, answer at most {prompt.max_tokens}"
        report.result(f"=== {prompt.label}: {tokens}")
        for message in prompt.messages:
            report.result(f"--- {message.role}\n{message.content}")
    report.result(
        f"=== {len(prompts)} requests, {about}{total:,} tokens of prompts; nothing was sent"
    )
