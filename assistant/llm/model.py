"""A language model as all packages know it: prompts, completions, and who hears of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

MessageRole = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "refusal"]


def allow_another_attempt(_lost: int) -> bool:
    """Return that there may be another attempt, whatever was lost."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation."""

    role: MessageRole
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One request.

    `label` names it for progress and errors (a section's path), `max_tokens` bounds the completion,
    `schema` is the text of a JSON Schema that the completion must follow, or empty for plain text.
    `stop` are texts before which a completion ends, and `grammar` is the GBNF that it must follow,
    both if the server is known to take them. If it is, a `dry` completion is kept from saying a
    phrase twice as well (llama.cpp's DRY sampler: don't repeat yourself).
    `allow_retry` hears of each attempt that came to nothing, with about how many tokens it cost,
    and says whether there may be another one.
    """

    label: str
    messages: tuple[Message, ...]
    max_tokens: int
    schema: str = ""
    stop: tuple[str, ...] = ()
    grammar: str = ""
    dry: bool = False
    allow_retry: Callable[[int], bool] = field(
        default=allow_another_attempt, compare=False, repr=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the server counted them; `cached` is the part of `prompt` it had already seen.

    `estimated` says that the server did not count and that these are our own estimates.
    `wasted` is our estimate of the tokens of attempts that failed.
    """

    prompt: int = 0
    completion: int = 0
    cached: int = 0
    wasted: int = 0
    requests: int = 1
    estimated: bool = False

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            prompt=self.prompt + other.prompt,
            completion=self.completion + other.completion,
            cached=self.cached + other.cached,
            wasted=self.wasted + other.wasted,
            requests=self.requests + other.requests,
            estimated=self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One answer, whole or cut off.

    `text` is the answer itself, `thinking` what a reasoning model said to itself before.
    `finish` is `length` if the answer was cut off, and `refusal` if the model would not answer (the
    reason then stands in `text`). `model` is the name by which the server says that it answered.
    """

    text: str
    finish: FinishReason
    usage: Usage
    seconds: float
    thinking: str = ""
    model: str = ""


class Watcher(Protocol):
    """Hears of what goes on while requests are under way."""

    def received(self, label: str, pieces: int, text: str = "") -> None:
        """`pieces` streamed parts of the answer to `label` are here so far, and say `text`."""

    def waiting(self, label: str, seconds: float, reason: str) -> None:
        """The request `label` is tried again in `seconds`, because of `reason`."""

    def noted(self, text: str) -> None:
        """Something a person should know, as one sentence."""

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """What is done now besides requests, such as "loading the model"; nothing where it ended.

        `done` of `total` bytes or tokens are done, where that is known. Told often: it replaces
        what was told before, and only the last of it is of interest.
        """


class Model(Protocol):
    """Answers prompts. Raises `errors.DraftError` (exit code 3) where there can be no answer."""

    @property
    def name(self) -> str:
        """The model's name at its server."""

    async def complete(self, prompt: Prompt) -> Completion:
        """Return the answer to one prompt."""
