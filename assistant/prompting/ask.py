"""Asks a model until the answer can be used: repairs, cut-off answers, refusals, the run's cap."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from assistant.editing.answer import CopiedFields, Fault
from assistant.editing.place import strip_thoughts
from assistant.errors import DraftError
from assistant.llm.model import Completion, Message, Model, Prompt, Usage
from assistant.markdown.elements import fold_name
from assistant.prompting import prompts
from assistant.prompting.answer import Json, flatten_json, parse_json
from assistant.prompting.form import keep_item, keep_keys
from assistant.template.parts import make_identifier

T = TypeVar("T")
ReasonListener = Callable[[tuple[str, ...]], None]

# Each costs a user of the embedded model ten seconds (memory/design/012). By judgement, as are the
# next two.
MAX_REPAIRS = 2
MAX_ITEMS_ALONE = 3  # items that are asked for alone
MAX_LENGTHENINGS = 2  # how often a cut-off answer is asked for again, with twice the tokens
# A model that spent all its tokens on thinking has to have room for the answer besides.
_THINKING_FACTOR = 4


def ignore_reasons(_reasons: tuple[str, ...]) -> None:
    """Tell nobody why something is asked for again."""


class RequestFailure(Exception):  # noqa: N818  it is no error of the program's
    """One request came to nothing; `reason` says why, as a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedAnswer(Generic[T]):
    """An answer as read. `errors` are worth two more attempts, `flaws` alone are worth one.

    `keys` are those of a JSON answer that have to be said again while the rest can stay; of an
    `empty` one nothing can be used, and any other is better. `copies` are items' fields that say
    what others do: they are asked for anew out of sight of those.
    """

    result: T
    errors: tuple[Fault, ...] = ()
    flaws: tuple[Fault, ...] = ()
    keys: tuple[str, ...] = ()
    empty: bool = False
    copies: tuple[CopiedFields, ...] = ()

    @property
    def badness(self) -> tuple[bool, int, int]:
        """Return how bad the answer is, for comparison: the least is the best."""
        return (self.empty, len(self.errors), len(self.flaws))

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return what the model is told of the answer, the errors first."""
        return tuple(fault.sentence for fault in (*self.errors, *self.flaws))


@dataclass(frozen=True, slots=True, kw_only=True)
class BestAnswer(Generic[T]):
    """What was made of an answer: the answer as it came, what it says, and what is still wrong.

    `reasons` are the sentences for which it was asked for again.
    """

    raw: str
    result: T
    errors: tuple[Fault, ...]
    repairs: int
    reasons: tuple[str, ...] = ()


@dataclass(slots=True)
class MeteredModel:
    """A model whose tokens are counted, and which stops at the run's cap.

    `estimate` counts the tokens of a prompt before it is sent; `cap` is None for no cap. `answered`
    are the names by which the server says that models answered, `learned` hears of a new one.
    """

    model: Model
    estimate: Callable[[Prompt], int]
    cap: int | None = None
    usage: Usage = field(default_factory=lambda: Usage(requests=0))
    longest: float = 0.0
    reserved: int = 0
    answered: tuple[str, ...] = ()
    learned: Callable[[str], None] | None = None

    @property
    def name(self) -> str:
        """Return the model's name at its server."""
        return self.model.name

    async def complete(self, prompt: Prompt) -> Completion:
        """Return the answer to one prompt. Raises RequestFailure if the cap leaves no room."""
        # Counting takes a table that takes most of a second to load: only a cap asks for it.
        wanted = 0 if self.cap is None else self.estimate(prompt) + prompt.max_tokens
        if self._over(wanted):
            raise RequestFailure(f"the cap of {self.cap:,} tokens for this run left no room for it")
        lost: list[int] = []

        def failed(tokens: int) -> bool:
            lost.append(tokens)
            self.reserved += tokens
            return not self._over(0)

        self.reserved += wanted
        try:
            completion = await self.model.complete(replace(prompt, allow_retry=failed))
        except DraftError:
            # What was sent was paid for, whatever came of it.
            self.usage += Usage(requests=len(lost), wasted=sum(lost), estimated=True)
            raise
        finally:
            self.reserved -= wanted + sum(lost)
        self.usage += completion.usage
        self.longest = max(self.longest, completion.seconds)
        if completion.model and completion.model not in self.answered:
            self.answered += (completion.model,)
            if self.learned is not None:
                self.learned(", ".join(self.answered))
        return completion

    def _over(self, wanted: int) -> bool:
        """Return whether so many tokens more would go over the cap."""
        spent = self.usage.prompt + self.usage.completion + self.usage.wasted
        return self.cap is not None and spent + self.reserved + wanted > self.cap


async def ask_model(
    model: Model,
    prompt: Prompt,
    check: Callable[[str], CheckedAnswer[T]],
    told: ReasonListener = ignore_reasons,
) -> BestAnswer[T]:
    """Return the best answer that could be had: the first without errors, or the least bad.

    `check` reads an answer and says what is wrong with it; its sentences go back to the model, at
    most twice, and `told` hears them before. Copies are asked for alone before that: with the
    copied text before it, a small model copies it again. Raises RequestFailure without a whole
    answer, and lets a DraftError of the client's through if the server itself fails.
    """
    asking = _Conversation(model=model, prompt=prompt, check=check, told=told)
    raw, read = await asking.answer(prompt)
    best, repairs = (raw, read), 0
    while repairs < MAX_REPAIRS and not asking.gone and _is_worth_repairing(read, repairs):
        asking.tell(read.sentences)
        kept = raw if read.keys else ""
        try:
            raw, read = await asking.answer(_make_repair_prompt(prompt, raw, read), kept)
        except (RequestFailure, DraftError):
            break
        repairs += 1
        if read.badness < best[1].badness:
            best = raw, read
    return BestAnswer(
        raw=best[0],
        result=best[1].result,
        errors=best[1].errors,
        repairs=repairs + asking.alone,
        reasons=tuple(asking.reasons),
    )


def _is_worth_repairing(read: CheckedAnswer[T], repairs: int) -> bool:
    """Return whether an answer after so many repairs is to be asked for again: flaws only once."""
    return bool(read.errors) or (bool(read.flaws) and repairs == 0)


@dataclass(slots=True, kw_only=True)
class _Conversation(Generic[T]):
    """The requests for one answer, and the `reasons` why it was asked for again.

    `alone` counts the items that were asked for alone; the server is `gone` if it answers no more.
    """

    model: Model
    prompt: Prompt
    check: Callable[[str], CheckedAnswer[T]]
    told: ReasonListener
    reasons: list[str] = field(default_factory=list)
    alone: int = 0
    gone: bool = False

    def tell(self, reasons: tuple[str, ...]) -> None:
        """Say why something is asked for again."""
        self.reasons.extend(reasons)
        self.told(reasons)

    async def answer(self, prompt: Prompt, kept: str = "") -> tuple[str, CheckedAnswer[T]]:
        """Return the answer to a prompt, put into the `kept` one before it, as text and as read."""
        raw = merge_answers(kept, await self._ask_until_whole(prompt))
        read = self.check(raw)
        # Only once: what copies again goes back with the whole answer (memory/design/017).
        if read.copies and self.prompt.schema and not self.alone:
            return await self._replace_copies(raw, read)
        return raw, read

    async def _replace_copies(
        self, raw: str, read: CheckedAnswer[T]
    ) -> tuple[str, CheckedAnswer[T]]:
        """Return the answer with its copies said anew, as far as that makes it no worse."""
        for copy in read.copies[:MAX_ITEMS_ALONE]:
            self.tell((f'"{copy.name}" says what another one does: {", ".join(copy.fields)}',))
            self.alone += 1
            try:
                said = await self._ask_until_whole(_make_item_prompt(self.prompt, copy))
            except RequestFailure:
                continue
            except DraftError:
                self.gone = True
                break
            other = place_item(raw, said, copy)
            again = self.check(other)
            if again.badness <= read.badness:
                raw, read = other, again
        return raw, read

    async def _ask_until_whole(self, prompt: Prompt) -> str:
        """Return the text of an answer that was not cut off."""
        thought = False
        for attempt in range(MAX_LENGTHENINGS + 1):
            if attempt:
                self.tell((f"the answer was cut off at {prompt.max_tokens} tokens",))
                factor = _THINKING_FACTOR if thought else 2
                prompt = replace(prompt, max_tokens=prompt.max_tokens * factor)
            completion = await self.model.complete(prompt)
            if completion.finish == "refusal":
                reason = completion.text.strip().split("\n")[0][:200]
                raise RequestFailure(f"the model refused{': ' + reason if reason else ''}")
            if completion.finish == "stop":
                return completion.text
            thought = bool(completion.thinking) and not completion.text.strip()
        spent = ", all of them spent on thinking" if thought else ""
        times = MAX_LENGTHENINGS + 1
        raise RequestFailure(
            f"the answer was cut off {times} times, at last at {prompt.max_tokens} tokens{spent}"
        )


def _make_item_prompt(prompt: Prompt, copy: CopiedFields) -> Prompt:
    """Return the prompt for one item of an answer alone."""
    last = prompt.messages[-1]
    words = f"{last.content}\n\n{prompts.write_item_instruction(copy.name)}"
    messages = (*prompt.messages[:-1], replace(last, content=words))
    return replace(prompt, messages=messages, schema=keep_item(prompt.schema, copy))


def _make_repair_prompt(prompt: Prompt, raw: str, read: CheckedAnswer[T]) -> Prompt:
    """Return the prompt with an answer and what is wrong with it after it."""
    # Only the latest answer goes back: earlier ones would fill the window.
    turns = (
        Message(role="assistant", content=raw or "(nothing)"),
        prompts.write_repair(read.sentences, read.keys),
    )
    schema = keep_keys(prompt.schema, read.keys) if prompt.schema and read.keys else prompt.schema
    return replace(prompt, messages=(*prompt.messages, *turns), schema=schema)


def merge_answers(old: str, new: str) -> str:
    """Return a JSON answer with the keys that a later one says anew, or the old one as it is."""
    if not old:
        return new
    before, after = _parse_object(strip_thoughts(old)), _parse_object(strip_thoughts(new))
    if before is None or after is None:
        return old
    return json.dumps({**before, **after}, ensure_ascii=False)


def place_item(old: str, new: str, copy: CopiedFields) -> str:
    """Return a JSON answer with one item's fields from a later one, as far as that says them."""
    before, after = _parse_object(strip_thoughts(old)), _parse_object(strip_thoughts(new))
    group = _get_member(before, copy.key)
    item = _get_member(group, copy.name)
    inner = _get_member(after, copy.key)
    said = _get_member(after if inner is None else inner, copy.name)
    if isinstance(item, dict) and isinstance(said, dict):
        fields = {make_identifier(key): value for key, value in said.items()}
        item.update(
            {
                key: fields[make_identifier(key)]
                for key in item
                if make_identifier(key) in copy.fields
                and flatten_json(fields.get(make_identifier(key))).strip()
            }
        )
    elif isinstance(item, str) and flatten_json(said).strip() and isinstance(group, dict):
        group.update(
            {key: flatten_json(said) for key in group if fold_name(key) == fold_name(copy.name)}
        )
    else:
        return old
    return json.dumps(before, ensure_ascii=False)


def _get_member(data: Json, name: str) -> Json:
    """Return what an object has under a name, or a list as the item that is called so."""
    if isinstance(data, dict):
        return next(
            (value for key, value in data.items() if fold_name(key) == fold_name(name)), None
        )
    items = (one for one in data if isinstance(one, dict)) if isinstance(data, list) else ()
    return next(
        (one for one in items if fold_name(flatten_json(one.get("name"))) == fold_name(name)), None
    )


def _parse_object(text: str) -> dict[str, Json] | None:
    try:
        return parse_json(text)
    except ValueError:
        return None
