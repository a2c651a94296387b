"""What commands print alike: paths as people type them, prompts before they are sent."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from assistant import report
from assistant.llm import Prompt
from assistant.report import Manner
from assistant.tokens import Counter


def relative(path: Path) -> str:
    """A path as a person here would type it."""
    with suppress(ValueError):
        return os.path.relpath(path)
    return str(path)


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
