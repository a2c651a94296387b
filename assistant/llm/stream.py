"""A streamed chat completion: bytes become server-sent events, and these an answer. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from assistant.llm.model import FinishReason, Usage

JsonObject = dict[str, object]
# What a line of an event stream begins with; a line that begins with a colon is a comment.
EVENT_FIELD = re.compile(rb"(?:data|event|id|retry)(?::|$)|:")
# Bytes of other lines that are kept, as they may be one JSON body: more than any answer has, and
# little enough for a server that never ends.
STRAY_LIMIT = 16_000_000
# Characters of what came instead of an answer; an error shows fewer.
SAMPLE_LIMIT = 2000
# Bytes per token where the server counts none. What they are for is a cost: no careful guess, as
# `tokens` makes for what has to fit, but a middle one. By judgement.
USUAL_BYTES_PER_TOKEN = 3.5
# The reasons that servers have besides `stop`; an unknown one counts as that.
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
    _stray_bytes: int = 0

    def feed(self, received: bytes) -> list[bytes]:
        """Return the data of the events that are complete with these bytes."""
        text = self._rest + received
        if b"\r" in text:
            # A CR at the very end may be half of a CRLF.
            half = b"\r" if text.endswith(b"\r") else b""
            text = text.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n") + half
        *lines, self._rest = text.split(b"\n")
        return self._take_lines(lines)

    def finish(self) -> list[bytes]:
        """Return the data of an event that was not followed by an empty line."""
        line = self._rest.removesuffix(b"\r")
        self._rest = b""
        return self._take_lines([line, b""])

    def _take_lines(self, lines: list[bytes]) -> list[bytes]:
        """Take in whole lines; return the data of the events that they complete."""
        found: list[bytes] = []
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[6:] if line[5:6] == b" " else line[5:])
            elif not line:
                if self._data:
                    found.append(b"\n".join(self._data))
                    self._data = []
            elif not EVENT_FIELD.match(line.removeprefix(b"\xef\xbb\xbf")):
                self._keep_stray(line)
            elif line.startswith(b"\xef\xbb\xbfdata:"):
                self._data.append(line[8:].strip())
        return found

    def _keep_stray(self, line: bytes) -> None:
        self._stray_bytes += len(line)
        if self._stray_bytes <= STRAY_LIMIT:
            self.stray.append(line)


@dataclass(slots=True)
class StreamedAnswer:
    """Gathers a chat completion from the bytes of its response.

    `pieces` counts the parts that had words, `finish` is how the answer ended, once that is known,
    `done` whether the server sent its last event, and `model` the name by its own word.
    """

    pieces: int = 0
    finish: FinishReason | None = None
    done: bool = False
    model: str = ""
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
        """The answer so far, without thoughts that its text marks."""
        return mend_surrogates(split_thinking("".join(self._text))[1])

    def feed(self, received: bytes) -> None:
        """Take in what the network brought. Raises `NotAnApi` and `ErrorEvent`."""
        for data in self._events.feed(received):
            self._take_event(data)

    def end(self) -> None:
        """Take in that the response is over: it may have been one JSON body all along."""
        for data in self._events.finish():
            try:
                self._take_event(data)
            except NotAnApi:
                # The half of an event that a broken connection left behind.
                break
        if not self._choices and not self._sample and self._events.stray:
            self._take_event(b"\n".join(self._events.stray))
        if not self._choices and self._sample:
            raise NotAnApi(self._sample)

    def _take_event(self, data: bytes) -> None:
        """Take in the data of one event. Raises `NotAnApi` and `ErrorEvent`."""
        if data.strip() == b"[DONE]":
            self.done = True
            return
        try:
            value = json.loads(data.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise NotAnApi(_take_sample(data)) from None
        if not isinstance(value, dict):
            raise NotAnApi(_take_sample(data))
        if value.get("error"):
            raise ErrorEvent(value)
        self._take_facts(value)
        choices = value.get("choices")
        if isinstance(choices, list):
            self._choices = True
            if choices and isinstance(choices[0], dict):
                self._take_choice(choices[0])
        elif not self._sample:
            self._sample = _take_sample(data)

    def _take_facts(self, value: Mapping[str, Any]) -> None:
        """Take in what an event says besides words: who answers, and what it counted."""
        if not self.model and isinstance(value.get("model"), str):
            self.model = value["model"]
        if isinstance(value.get("usage"), dict):
            self._usage = value["usage"]
        if isinstance(value.get("timings"), dict):
            self._timings = value["timings"]

    def _take_choice(self, choice: JsonObject) -> None:
        """Take in a part of the answer, or all of it, and how it ended."""
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, dict):
            self._take_words(delta)
        reason = choice.get("finish_reason")
        if isinstance(reason, str) and reason and reason != "error":
            self.finish = FINISH_REASONS.get(reason, "stop")

    def _take_words(self, delta: JsonObject) -> None:
        """Take in words, each with those of its kind: said, thought or in refusal."""
        for names, gathered in (
            (("content",), self._text),
            (("reasoning_content", "reasoning"), self._thinking),
            (("refusal",), self._refusal),
        ):
            if words := next(filter(None, (join_content(delta.get(one)) for one in names)), ""):
                gathered.append(words)
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
            names = ("cache_n", "prompt_n", "predicted_n")
            read_before, read_now, written = (read_count(self._timings.get(one)) for one in names)
            counted = read_before + read_now
            said = said or written
        own = estimate_tokens("".join((*self._text, *self._thinking, *self._refusal)))
        return Usage(
            prompt=counted or prompt,
            completion=said or (0 if counted else own),
            cached=cached,
            wasted=wasted,
            requests=requests,
            estimated=not counted,
        )


def _take_sample(data: bytes) -> str:
    """Return the beginning of what came instead of an answer."""
    return data[:SAMPLE_LIMIT].decode("utf-8", "replace")


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
