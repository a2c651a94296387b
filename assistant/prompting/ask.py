"""Asks a model until the answer can be used: repairs, cut-off answers, refusals, the run's cap."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from assistant.editing.answer import CopiedFields, Fault
from assistant.editing.place import strip_thoughts
from assistant.errors import DraftError, Exit
from assistant.llm.model import Completion, Message, Model, Prompt, Usage
from assistant.llm.tokens import TokenCounter
from assistant.markdown.elements import fold_name
from assistant.prompting import prompts
from assistant.prompting.answer import Json, flatten_json, parse_json
from assistant.settings import Settings
from assistant.template.parts import make_identifier


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
        found = parse_json(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def keep_keys(schema: str, keys: Collection[str]) -> str:
    """Return a JSON Schema of an object with some of its keys only."""
    data = json.loads(schema)
    kept = {key: value for key, value in data["properties"].items() if key in keys}
    return json.dumps({**data, "properties": kept, "required": list(kept)}, ensure_ascii=False)


def keep_item(schema: str, copy: CopiedFields) -> str:
    """Return a JSON Schema of an object with only one item of one of the objects in it."""
    data = json.loads(keep_keys(schema, [copy.key]))
    inner = keep_keys(json.dumps(data["properties"][copy.key]), [copy.name])
    data["properties"][copy.key] = json.loads(inner)
    return json.dumps(data, ensure_ascii=False)


T = TypeVar("T")
ReasonListener = Callable[[tuple[str, ...]], None]

MAX_REPAIRS = 2
MAX_ITEMS_ALONE = 3  # items that are asked for alone
MAX_LENGTHENINGS = 2  # how often a cut-off answer is asked for again
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

    `keys` are those of a JSON answer that have to be said again, where the rest can stay; of an
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
        """How bad the answer is, to be compared: the less the better."""
        return (self.empty, len(self.errors), len(self.flaws))

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the model is told of the answer, the errors first."""
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
        """The model's name at its server."""
        return self.model.name

    async def complete(self, prompt: Prompt) -> Completion:
        """Return the answer to one prompt. Raises Failure where the cap leaves no room for it."""
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
    most twice, and `told` hears them before. What only copies is asked for alone before that: with
    the copied text before it, a small model copies it again. Raises Failure where there is no whole
    answer, and lets a DraftError of the client's through where the server itself fails.
    """
    best: BestAnswer[T] | None = None
    least = (False, 0, 0)
    asking, kept, alone = prompt, "", 0
    gone = False
    why: tuple[str, ...] = ()
    reasons: list[str] = []

    def again(why: tuple[str, ...]) -> None:
        reasons.extend(why)
        told(why)

    for repair in range(MAX_REPAIRS + 1):
        if why:
            again(why)
        try:
            raw = merge_answers(kept, await _ask_until_whole(model, asking, again))
        except (RequestFailure, DraftError):
            if best is None:
                raise
            break
        read = check(raw)
        if read.copies and prompt.schema and not alone:
            apart = await _replace_copies(model, prompt, raw, read, check, again)
            raw, read, alone, gone = apart.raw, apart.read, apart.asked, apart.gone
        if best is None or read.badness < least:
            best = BestAnswer(raw=raw, result=read.result, errors=read.errors, repairs=repair)
            least = read.badness
        done = repair
        if gone or (not read.errors and (not read.flaws or repair > 0)):
            break
        kept = raw if read.keys else ""
        why = read.sentences
        asking = _make_repair_prompt(prompt, raw, read)
    if best is None:
        raise RequestFailure("there was no answer")
    return replace(best, repairs=done + alone, reasons=tuple(reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class _WithoutCopies(Generic[T]):
    """An answer whose copies were asked for one by one.

    `asked` counts the requests; the server is `gone` where none can be answered any more.
    """

    raw: str
    read: CheckedAnswer[T]
    asked: int
    gone: bool = False


async def _replace_copies(
    model: Model,
    prompt: Prompt,
    raw: str,
    read: CheckedAnswer[T],
    check: Callable[[str], CheckedAnswer[T]],
    told: ReasonListener,
) -> _WithoutCopies[T]:
    """Return the answer with what copies said anew, as far as that makes it no worse."""
    last = prompt.messages[-1]
    copies = read.copies[:MAX_ITEMS_ALONE]
    for number, copy in enumerate(copies, start=1):
        words = f"{last.content}\n\n{prompts.write_item_instruction(copy.name)}"
        messages = (*prompt.messages[:-1], replace(last, content=words))
        asking = replace(prompt, messages=messages, schema=keep_item(prompt.schema, copy))
        told((f'"{copy.name}" says what another one does: {", ".join(copy.fields)}',))
        try:
            other = place_item(raw, await _ask_until_whole(model, asking, told), copy)
        except RequestFailure:
            continue
        except DraftError:
            return _WithoutCopies(raw=raw, read=read, asked=number, gone=True)
        again = check(other)
        if again.badness <= read.badness:
            raw, read = other, again
    return _WithoutCopies(raw=raw, read=read, asked=len(copies))


def _make_repair_prompt(prompt: Prompt, raw: str, read: CheckedAnswer[T]) -> Prompt:
    """Return the prompt with an answer and what is wrong with it behind it."""
    # Only the latest answer goes back: earlier ones would fill the window.
    turns = (
        Message(role="assistant", content=raw or "(nothing)"),
        prompts.write_repair(read.sentences, read.keys),
    )
    schema = keep_keys(prompt.schema, read.keys) if prompt.schema and read.keys else prompt.schema
    return replace(prompt, messages=(*prompt.messages, *turns), schema=schema)


async def _ask_until_whole(model: Model, prompt: Prompt, told: ReasonListener) -> str:
    """Return the text of an answer that was not cut off."""
    asking, thought = prompt, False
    for attempt in range(MAX_LENGTHENINGS + 1):
        if attempt:
            told((f"the answer was cut off at {asking.max_tokens} tokens",))
            factor = _THINKING_FACTOR if thought else 2
            asking = replace(asking, max_tokens=asking.max_tokens * factor)
        completion = await model.complete(asking)
        if completion.finish == "refusal":
            reason = completion.text.strip().split("\n")[0][:200]
            raise RequestFailure(f"the model refused{': ' + reason if reason else ''}")
        if completion.finish == "stop":
            return completion.text
        thought = bool(completion.thinking) and not completion.text.strip()
    spent = ", all of them spent on thinking" if thought else ""
    raise RequestFailure(
        f"the answer was cut off {MAX_LENGTHENINGS + 1} times, at last at {asking.max_tokens} "
        f"tokens{spent}"
    )


def make_no_answer_error(reason: str, hint: str = "") -> DraftError:
    """Return the error for a run in which nothing came about, with a `hint` for its reason."""
    return DraftError(
        reason,
        code="no-answer",
        exit_code=Exit.MODEL,
        hint=f"Nothing was written. {hint or 'Try again, or try another model.'}",
    )


def refuse_above_cap(
    prompts: Iterable[Prompt], settings: Settings, counter: TokenCounter, hint: str
) -> None:
    """Raise DraftError (exit code 2) where a run's estimate is above its cap.

    `hint` says what would make the run smaller; without a cap no prompt is made.
    """
    cap = settings.max_tokens_total
    if cap is None:
        return
    expected = sum(counter.count_prompt(prompt) + prompt.max_tokens // 2 for prompt in prompts)
    if expected > cap:
        raise DraftError(
            f"this run would take about {expected:,} tokens; --max-tokens-total allows {cap:,}.",
            code="over-cap",
            exit_code=Exit.USAGE,
            hint=f"Nothing was sent. Raise the cap, or {hint}.",
        )
