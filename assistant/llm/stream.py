"""A streamed chat completion: bytes to server-sent events to an answer. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from assistant.llm.model import FinishReason, Usage

JsonObject = dict[str, object]
EVENT_FIELD = re.compile(rb"(?:data|event|id|retry)(?::|$)|:")
STRAY_LIMIT = 16_000_000
USUAL_BYTES_PER_TOKEN = 3.5
FINISH_REASONS: dict[str, FinishReason] = {
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "refusal",
    "refusal": "refusal",
}
FILTER_NOTICE = "The server's content filter stopped the answer."


class NotAnApi(Exception):  # noqa: N818 -- it says what the server is
    """What came is no chat completion; `sample` is what came instead."""

    def __init__(self, sample: str) -> None:
        super().__init__(sample)
        self.sample = sample


class ErrorEvent(Exception):  # noqa: N818 -- a server's own word for it
    """The server reported an error inside an answer that had begun well."""

    def __init__(self, body: JsonObject) -> None:
        super().__init__(json.dumps(body))
        self.body = body


@dataclass(slots=True)
class EventSplitter:
    """Splits bytes into the data of server-sent events, however the network cut them.

    Lines end at LF, CR or CRLF and nowhere else. Lines that no event stream has are kept in
    `stray`: a whole JSON body, or HTML.
    """

    stray: list[bytes] = field(default_factory=list)
    _rest: bytes = b""
    _data: list[bytes] = field(default_factory=list)
    _kept: int = 0

    def feed(self, received: bytes) -> list[bytes]:
        """Return the data of the events that are complete with these bytes."""
        text = self._rest + received
        if b"\r" in text:
            # A CR at the very end may be half of a CRLF.
            held = b"\r" if text.endswith(b"\r") else b""
            text = text.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n") + held
        *lines, self._rest = text.split(b"\n")
        return self._events(lines)

    def finish(self) -> list[bytes]:
        """Return the data of an event that was not followed by an empty line."""
        line = self._rest.removesuffix(b"\r")
        self._rest = b""
        return self._events([line, b""])

    def _events(self, lines: list[bytes]) -> list[bytes]:
        found: list[bytes] = []
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[6:] if line[5:6] == b" " else line[5:])
            elif not line:
                if self._data:
                    found.append(b"\n".join(self._data))
                    self._data = []
            elif not EVENT_FIELD.match(line.removeprefix(b"\xef\xbb\xbf")):
                self._stray(line)
            elif line.startswith(b"\xef\xbb\xbfdata:"):
                self._data.append(line[8:].strip())
        return found

    def _stray(self, line: bytes) -> None:
        self._kept += len(line)
        if self._kept <= STRAY_LIMIT:
            self.stray.append(line)


@dataclass(slots=True)
class StreamedAnswer:
    """Gathers a chat completion from the bytes of its response."""

    pieces: int = 0
    finish: FinishReason | None = None
    done: bool = False
    model: str = ""  # by the server's own word
    _text: list[str] = field(default_factory=list)
    _thinking: list[str] = field(default_factory=list)
    _refusal: list[str] = field(default_factory=list)
    _usage: JsonObject = field(default_factory=dict)
    _timings: JsonObject = field(default_factory=dict)
    _events: EventSplitter = field(default_factory=EventSplitter)
    _choices: bool = False
    _sample: str = ""

    @property
    def complete(self) -> bool:
        """Whether the server said that nothing more is to come."""
        return self.finish is not None or self.done

    @property
    def text(self) -> str:
        """What was said aloud so far."""
        return mend_surrogates(split_thinking("".join(self._text))[1])

    def feed(self, received: bytes) -> None:
        """Take in what the network brought. Raises `NotAnApi` and `ErrorEvent`."""
        for data in self._events.feed(received):
            self._event(data)

    def end(self) -> None:
        """Take in that the response is over: it may have been one JSON body all along."""
        for data in self._events.finish():
            try:
                self._event(data)
            except NotAnApi:
                # The half of an event that a broken connection left behind.
                break
        if not self._choices and not self._sample and self._events.stray:
            self._event(b"\n".join(self._events.stray))
        if not self._choices and self._sample:
            raise NotAnApi(self._sample)

    def _event(self, data: bytes) -> None:
        if data.strip() == b"[DONE]":
            self.done = True
            return
        try:
            value = json.loads(data.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise NotAnApi(data[:2000].decode("utf-8", "replace")) from None
        if not isinstance(value, dict):
            raise NotAnApi(data[:2000].decode("utf-8", "replace"))
        if value.get("error"):
            raise ErrorEvent(value)
        self._facts(value)
        choices = value.get("choices")
        if isinstance(choices, list):
            self._choices = True
            if choices and isinstance(choices[0], dict):
                self._choice(choices[0])
        elif not self._sample:
            self._sample = data[:2000].decode("utf-8", "replace")

    def _facts(self, value: Mapping[str, Any]) -> None:
        """Take in what an event says besides words: who answers, and what it counted."""
        if not self.model and isinstance(value.get("model"), str):
            self.model = value["model"]
        if isinstance(value.get("usage"), dict):
            self._usage = value["usage"]
        if isinstance(value.get("timings"), dict):
            self._timings = value["timings"]

    def _choice(self, choice: JsonObject) -> None:
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, dict):
            self._delta(delta)
        reason = choice.get("finish_reason")
        if isinstance(reason, str) and reason and reason != "error":
            self.finish = FINISH_REASONS.get(reason, "stop")

    def _delta(self, delta: JsonObject) -> None:
        said = join_content(delta.get("content"))
        thought = join_content(delta.get("reasoning_content")) or join_content(
            delta.get("reasoning")
        )
        refused = join_content(delta.get("refusal"))
        for word, place in (
            (said, self._text),
            (thought, self._thinking),
            (refused, self._refusal),
        ):
            if word:
                place.append(word)
                self.pieces += 1

    def result(self) -> tuple[str, str, FinishReason]:
        """Return the text, the thinking, and how the answer ended."""
        inner, text = split_thinking("".join(self._text))
        thinking = mend_surrogates("".join(self._thinking) or inner)
        refusal = "".join(self._refusal)
        if refusal:
            return mend_surrogates(refusal), thinking, "refusal"
        if self.finish == "refusal":
            return FILTER_NOTICE, thinking, "refusal"
        return mend_surrogates(text), thinking, self.finish or "stop"

    def usage(self, prompt: int, requests: int, wasted: int) -> Usage:
        """Return the tokens as the server counted them, else an estimate.

        `prompt` is our own count of prompt tokens, `requests` and `wasted` stand as they are given.
        """
        details = self._usage.get("prompt_tokens_details")
        cache = details.get("cached_tokens") if isinstance(details, dict) else None
        cached = read_count(cache) or read_count(self._timings.get("cache_n"))
        counted = read_count(self._usage.get("prompt_tokens"))
        said = read_count(self._usage.get("completion_tokens"))
        if not counted and self._timings:
            counted = read_count(self._timings.get("cache_n")) + read_count(
                self._timings.get("prompt_n")
            )
            said = said or read_count(self._timings.get("predicted_n"))
        own = estimate_tokens("".join((*self._text, *self._thinking, *self._refusal)))
        return Usage(
            prompt=counted or prompt,
            completion=said or (0 if counted else own),
            cached=cached,
            wasted=wasted,
            requests=requests,
            estimated=not counted,
        )


def join_content(content: object) -> str:
    """Return a delta's text, which some servers send as a list of typed parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [cast("JsonObject", one) for one in content if isinstance(one, dict)]
        return "".join(str(part["text"]) for part in parts if isinstance(part.get("text"), str))
    return ""


def split_thinking(text: str) -> tuple[str, str]:
    """Return what a leading `<think>` block holds, and the rest; unclosed, it holds all."""
    if not text.lstrip().startswith("<think>"):
        return "", text
    inner, _, rest = text.lstrip().removeprefix("<think>").partition("</think>")
    return inner.strip(), rest.lstrip()


def mend_surrogates(text: str) -> str:
    """Return text that can be encoded: pairs of surrogates joined, single ones replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def read_count(value: object) -> int:
    """Return a count as a server sent it, or 0 where it sent none."""
    return value if isinstance(value, int) and value > 0 else 0


def estimate_tokens(text: str) -> int:
    """Return about how many tokens a text is."""
    return round(len(text.encode("utf-8", "replace")) / USUAL_BYTES_PER_TOKEN)
