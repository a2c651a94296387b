"""The body of a request for a completion, and the optional parameters that a server may refuse."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from assistant.llm.model import Prompt
from assistant.llm.stream import mend_surrogates

# Words of an error's message, and the field of Parameters that they are about.
PARAMETER_WORDS = (
    ("max_completion_tokens", "limit"),
    ("max_tokens", "limit"),
    ("response_format", "format"),
    ("json_schema", "format"),
    ("json_object", "format"),
    ("structured output", "format"),
    ("stream_options", "stream_options"),
    ("include_usage", "stream_options"),
    ("temperature", "temperature"),
)
# From the third token on, what repeats the last 400 tokens is less likely: by 3 in the logit, and
# 12 % more with each token. With the usual base of 1.75 words lose their spaces: "sessionduration".
# (memory/design/016_repeats.md)
DRY_SETTINGS = {
    "dry_multiplier": 3.0,
    "dry_base": 1.12,
    "dry_allowed_length": 2,
    "dry_penalty_last_n": 400,
    "dry_sequence_breakers": ["\n", ":", '"', "*", ".", "。"],
}
# What a server that refuses a format is sent instead; at last nothing: then only the prompt asks.
NEXT_FORMATS = {"json_schema": "json_object", "json_object": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The parameters that a server takes, as far as is known; an empty value is not sent.

    `limit` is the name of the one that bounds a completion; `swapped` says that the other name was
    tried as well. `llama` says that the server is llama.cpp's.
    """

    format: str = "json_schema"
    limit: str = "max_tokens"
    stream_options: bool = True
    temperature: float | None = None
    llama: bool = False
    swapped: bool = False

    def build_body(self, model: str, prompt: Prompt) -> bytes:
        """Return the request's JSON; what cannot be encoded is replaced."""
        messages = [{"role": one.role, "content": one.content} for one in prompt.messages]
        if prompt.schema and self.format != "json_schema":
            # Nobody else tells the model which form its answer has.
            form = json.dumps(build_skeleton(json.loads(prompt.schema)), ensure_ascii=False)
            messages[-1]["content"] += f"\n\nAnswer with JSON of this form, nothing else:\n{form}"
        body: dict[str, object] = {"model": model, "messages": messages, "stream": True}
        if self.stream_options:
            body["stream_options"] = {"include_usage": True}
        if self.limit:
            body[self.limit] = prompt.max_tokens
        if self.temperature is not None:
            body["temperature"] = self.temperature
        if self.llama:
            body |= _build_llama_fields(prompt)
        if prompt.schema and self.format == "json_schema":
            schema = {"name": "answer", "schema": json.loads(prompt.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif prompt.schema and self.format:
            body["response_format"] = {"type": self.format}
        return mend_surrogates(json.dumps(body, ensure_ascii=False)).encode()

    def without(self, refused: str, sent: Self, *, formatted: bool) -> Self | None:
        """Return what to send after a server refused the parameter `refused` of `sent`.

        Several requests may have been refused at once: the first changes the parameters, the others
        find them changed. None where `sent` held no such parameter, so that nothing is to be tried.
        """
        held = formatted if refused == "format" else getattr(sent, refused) not in ("", None, False)
        if not held or (refused == "format" and not sent.format):
            return None
        if getattr(self, refused) != getattr(sent, refused):
            return self
        if refused == "format":
            return replace(self, format=NEXT_FORMATS[self.format])
        if refused == "limit":
            other = "max_tokens" if self.limit != "max_tokens" else "max_completion_tokens"
            return replace(self, limit="" if self.swapped else other, swapped=True)
        if refused == "stream_options":
            return replace(self, stream_options=False)
        return replace(self, temperature=None)

    def describe_change(self, before: Self) -> str:
        """Return how these differ from those `before`, as a sentence for a person; else nothing."""
        pairs = (
            (before.format and f"response_format {before.format}", self.format, before.format),
            (before.limit, self.limit, before.limit),
            ("stream_options", self.stream_options, before.stream_options),
            ("temperature", self.temperature, before.temperature),
        )
        for name, now, then in pairs:
            if now != then:
                instead = f"{now} is sent instead" if isinstance(now, str) and now else "left out"
                return f"The server does not take {name}: {instead} from now on."
        return ""


def _build_llama_fields(prompt: Prompt) -> Mapping[str, object]:
    """Return what of a prompt llama.cpp takes besides the parameters of OpenAI's API."""
    own: dict[str, object] = dict(DRY_SETTINGS) if prompt.dry else {}
    if prompt.stop:
        own["stop"] = list(prompt.stop)
    if prompt.grammar:
        own["grammar"] = prompt.grammar
    return own


def build_skeleton(schema: Mapping[str, Any]) -> Any:  # noqa: ANN401  any JSON
    """Return what JSON of a schema looks like: every key, an item of each list, `...` for texts."""
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "object":
        return {key: build_skeleton(part) for key, part in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [build_skeleton(schema.get("items", {}))]
    return "..."


def find_refused_parameter(text: str, param: str) -> str:
    """Return which optional parameter an error is about, or nothing.

    `param` is what the server says it is about, `text` its message; the first one named counts.
    """
    for words in (param, text):
        lowered = words.lower()
        places = [(lowered.find(name), kind) for name, kind in PARAMETER_WORDS if name in lowered]
        if places:
            return min(places)[1]
    return ""
