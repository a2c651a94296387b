"""What a run would send, shown instead of sent: a table of its requests, then every prompt."""

import os
import sys
from collections import Counter as Counted
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from os.path import commonprefix

from assistant.llm.model import Prompt, Usage
from assistant.llm.prices import Price, load_prices
from assistant.llm.tokens import TokenCounter
from assistant.prompting.run import refuse_above_cap
from assistant.settings import Settings
from assistant.terminal import programs, report, style
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import StreamLook, format_count
from assistant.text import GridLayout, format_grid

_MIN_SHARED_BEGINNING = 400  # characters; by judgement, less is not worth a part of its own
_PATH_SEPARATOR = " > "


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """The requests of a run that is not made, how their tokens are counted, and what they cost."""

    prompts: Sequence[Prompt]
    counter: TokenCounter
    price: Price | None = None

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The tokens of each prompt, which take a while to count."""
        return tuple(map(self.counter.count_prompt, self.prompts))

    @property
    def tokens(self) -> int:
        """The tokens of all prompts."""
        return sum(self.sizes)


def print_rehearsal(
    prompts: Sequence[Prompt],
    counter: TokenCounter,
    manner: OutputStyle,
    settings: Settings,
    hint: str,
) -> None:
    """Print every prompt of a run with its tokens, their sum, and their price where it is known.

    Raises DraftError if the run would be refused for its cap, where `hint` says what would make it
    smaller; not with --json, as one object is all there may be.
    """
    if manner.json:
        _print_json(Rehearsal(prompts=prompts, counter=counter))
        return
    prices = load_prices()
    for fault in prices.faults:
        report.print_message(fault, manner, "warning")
    rehearsal = Rehearsal(prompts=prompts, counter=counter, price=prices.price_of(counter.model))
    look = style.choose_look(sys.stdout, os.environ)
    programs.show_pages(
        "".join(f"{line}\n" for line in format_rehearsal(rehearsal, look)), os.environ
    )
    refuse_above_cap(prompts, settings, counter, hint)


def _print_json(rehearsal: Rehearsal) -> None:
    report.print_json(
        ok=True,
        prompts=[
            {
                "section": p.label,
                "tokens": tokens,
                "max_tokens": p.max_tokens,
                "messages": [{"role": m.role, "content": m.content} for m in p.messages],
            }
            for p, tokens in zip(rehearsal.prompts, rehearsal.sizes, strict=True)
        ],
        prompt_tokens=rehearsal.tokens,
        estimated=rehearsal.counter.estimated,
    )


def format_rehearsal(rehearsal: Rehearsal, look: StreamLook) -> Iterator[str]:
    """Yield the lines of a rehearsal: its table, what most prompts begin with, and each prompt."""
    names = _shorten_labels(rehearsal.prompts)
    if rehearsal.prompts:
        yield from _format_table(rehearsal, names, look)
    texts = [_format_messages(prompt) for prompt in rehearsal.prompts]
    first, shared = find_shared_beginning(texts)
    about = "~" if rehearsal.counter.estimated else ""
    for at, (prompt, text) in enumerate(zip(rehearsal.prompts, texts, strict=True)):
        yield ""
        if shared and at == first:
            tokens = f"{about}{rehearsal.counter.count(shared):,} tokens"
            many = len(texts) - first
            yield _format_head(
                f"the beginning that the {many} requests below share: {tokens}", look
            )
            yield from shared.rstrip("\n").splitlines()
            yield ""
        tokens = f"{about}{rehearsal.sizes[at]:,} tokens"
        yield _format_head(f"{names[at]}: {tokens}, answer at most {prompt.max_tokens:,}", look)
        if shared and at >= first:
            yield style.paint_words("--- goes on behind what is shared", "faint", look)
        own = text.removeprefix(shared) if at >= first else text
        yield from own.strip("\n").splitlines()
    total = f"{about}{rehearsal.tokens:,} tokens of prompts"
    if texts:
        yield ""
    yield _format_head(f"{format_count(len(texts), 'request')}, {total}; nothing was sent", look)


def find_shared_beginning(texts: Sequence[str]) -> tuple[int, str]:
    """Return from which text on all begin alike, and how; where that is worth nothing, nothing.

    The first ones may differ: a brief is asked for otherwise than a section.
    """
    best = (len(texts), "")
    for first in range(min(2, len(texts))):
        alike = commonprefix(texts[first:])  # noqa: RUF071  by letters is what is wanted
        alike = alike[: alike.rfind("\n\n") + 2] if "\n\n" in alike else ""
        saved = len(alike) * (len(texts) - first - 1)
        if len(alike) >= _MIN_SHARED_BEGINNING and saved > len(best[1]) * (
            len(texts) - best[0] - 1
        ):
            best = first, alike
    return best


def _format_messages(prompt: Prompt) -> str:
    return "".join(f"--- {message.role}\n{message.content}\n" for message in prompt.messages)


def _format_head(text: str, look: StreamLook) -> str:
    return style.paint_words(f"=== {text}", "head", look)


def _format_table(rehearsal: Rehearsal, names: Sequence[str], look: StreamLook) -> Iterator[str]:
    """Yield a line for each request, and the sum: tokens out and back, and the price."""
    price = rehearsal.price
    mosts = [prompt.max_tokens for prompt in rehearsal.prompts]
    sizes = zip((*rehearsal.sizes, rehearsal.tokens), (*mosts, sum(mosts)), strict=True)
    names = [*names, format_count(len(mosts), "request")]
    about = "~" if rehearsal.counter.estimated else ""
    header = ["SECTION", "TOKENS", "ANSWER AT MOST"]
    rows = [
        [name, f"{about}{tokens:,}", f"{most:,}", *_price_cells(price, tokens, most)]
        for name, (tokens, most) in zip(names, sizes, strict=True)
    ]
    if price is not None:
        header.append("PRICE AT MOST")
    layout = GridLayout(right=(1, 2, 3), flexible=0, spare=(2,), most=look.columns)
    lines = format_grid([header, *rows], layout)
    for at, line in enumerate(lines):
        yield style.paint_words(line, "head" if at in (0, len(lines) - 1) else "", look)


def _price_cells(price: Price | None, tokens: int, most: int) -> list[str]:
    # What a server has seen before may cost less: this is the most.
    return (
        [str(price.compute_cost(Usage(prompt=tokens, completion=most)))]
        if price is not None
        else []
    )


def _shorten_labels(prompts: Sequence[Prompt]) -> list[str]:
    """Return the prompts' names, without the document's title that most begin with."""
    labels = [prompt.label for prompt in prompts]
    heads = Counted(
        label.partition(_PATH_SEPARATOR)[0] for label in labels if _PATH_SEPARATOR in label
    )
    title, times = heads.most_common(1)[0] if heads else ("", 0)
    lead = f"{title}{_PATH_SEPARATOR}" if times > len(labels) / 2 else ""
    return [label.removeprefix(lead) for label in labels]
