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
from assistant.llm.tokens import Counter
from assistant.terminal import pager, report, style
from assistant.terminal.report import Manner
from assistant.terminal.style import Look, plural
from assistant.text import Layout, grid

_LEAST = 400  # characters: a shorter beginning is not worth a part of its own
_PATH = " > "


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """The requests of a run that is not made, how their tokens are counted, and what they cost."""

    prompts: Sequence[Prompt]
    counter: Counter
    price: Price | None = None

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """The tokens of each prompt, which take a while to count."""
        return tuple(map(self.counter.prompt, self.prompts))

    @property
    def tokens(self) -> int:
        """The tokens of all prompts."""
        return sum(self.sizes)


def rehearse(prompts: Sequence[Prompt], count: Counter, manner: Manner, model: str) -> None:
    """Print every prompt of a run with its tokens, their sum, and their price where it is known."""
    if manner.json:
        _print_json(Rehearsal(prompts=prompts, counter=count))
        return
    prices = load_prices()
    for fault in prices.faults:
        report.say(fault, manner, "warning")
    rehearsal = Rehearsal(prompts=prompts, counter=count, price=prices.price_of(model))
    look = style.look(sys.stdout, os.environ)
    pager.show_pages("".join(f"{line}\n" for line in page(rehearsal, look)), os.environ)


def _print_json(rehearsal: Rehearsal) -> None:
    report.as_json(
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


def page(rehearsal: Rehearsal, look: Look) -> Iterator[str]:
    """Yield the lines of a rehearsal: its table, what most prompts begin with, and each prompt."""
    names = _names(rehearsal.prompts)
    if rehearsal.prompts:
        yield from _table(rehearsal, names, look)
    texts = [_text(prompt) for prompt in rehearsal.prompts]
    first, shared = shared_beginning(texts)
    about = "~" if rehearsal.counter.estimated else ""
    for at, (prompt, text) in enumerate(zip(rehearsal.prompts, texts, strict=True)):
        yield ""
        if shared and at == first:
            tokens = f"{about}{rehearsal.counter.count(shared):,} tokens"
            many = len(texts) - first
            yield _mark(f"the beginning that the {many} requests below share: {tokens}", look)
            yield from shared.rstrip("\n").splitlines()
            yield ""
        tokens = f"{about}{rehearsal.sizes[at]:,} tokens"
        yield _mark(f"{names[at]}: {tokens}, answer at most {prompt.max_tokens:,}", look)
        if shared and at >= first:
            yield style.paint("--- goes on behind what is shared", "faint", look)
        own = text.removeprefix(shared) if at >= first else text
        yield from own.strip("\n").splitlines()
    total = f"{about}{rehearsal.tokens:,} tokens of prompts"
    if texts:
        yield ""
    yield _mark(f"{len(texts)} {plural(len(texts), 'request')}, {total}; nothing was sent", look)


def shared_beginning(texts: Sequence[str]) -> tuple[int, str]:
    """Return from which text on all begin alike, and how; where that is worth nothing, nothing.

    The first ones may differ: a brief is asked for otherwise than a section.
    """
    best = (len(texts), "")
    for first in range(min(2, len(texts))):
        alike = commonprefix(texts[first:])  # noqa: RUF071  by letters is what is wanted
        alike = alike[: alike.rfind("\n\n") + 2] if "\n\n" in alike else ""
        saved = len(alike) * (len(texts) - first - 1)
        if len(alike) >= _LEAST and saved > len(best[1]) * (len(texts) - best[0] - 1):
            best = first, alike
    return best


def _text(prompt: Prompt) -> str:
    return "".join(f"--- {message.role}\n{message.content}\n" for message in prompt.messages)


def _mark(text: str, look: Look) -> str:
    return style.paint(f"=== {text}", "head", look)


def _table(rehearsal: Rehearsal, names: Sequence[str], look: Look) -> Iterator[str]:
    """Yield a line for each request, and the sum: tokens out and back, and the price."""
    price = rehearsal.price
    mosts = [prompt.max_tokens for prompt in rehearsal.prompts]
    sizes = zip((*rehearsal.sizes, rehearsal.tokens), (*mosts, sum(mosts)), strict=True)
    names = [*names, f"{len(mosts)} {plural(len(mosts), 'request')}"]
    about = "~" if rehearsal.counter.estimated else ""
    header = ["SECTION", "TOKENS", "ANSWER AT MOST"]
    rows = [
        [name, f"{about}{tokens:,}", f"{most:,}", *_priced(price, tokens, most)]
        for name, (tokens, most) in zip(names, sizes, strict=True)
    ]
    if price is not None:
        header.append("PRICE AT MOST")
    layout = Layout(right=(1, 2, 3), flexible=0, spare=(2,), most=look.columns)
    lines = grid([header, *rows], layout)
    for at, line in enumerate(lines):
        yield style.paint(line, "head" if at in (0, len(lines) - 1) else "", look)


def _priced(price: Price | None, tokens: int, most: int) -> list[str]:
    # What a server has seen before may cost less: this is the most.
    return [str(price.of(Usage(prompt=tokens, completion=most)))] if price is not None else []


def _names(prompts: Sequence[Prompt]) -> list[str]:
    """Return the prompts' names, without the document's title that most begin with."""
    labels = [prompt.label for prompt in prompts]
    heads = Counted(label.partition(_PATH)[0] for label in labels if _PATH in label)
    title, times = heads.most_common(1)[0] if heads else ("", 0)
    lead = f"{title}{_PATH}" if times > len(labels) / 2 else ""
    return [label.removeprefix(lead) for label in labels]
