"""What is known of an OpenAI-compatible server: its key, which is never shown, and its models."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from assistant.errors import DraftError, Exit

# A word that shares so many characters in a row with the key gives it away. By judgement: servers
# that shorten a key in their errors leave 4 or so at its end standing, which is too little to find.
REVEALING_LENGTH = 8
# Characters of a key; shorter ones without a digit are words that some servers want as a key.
SECRET_LENGTH = 16
# Where llama.cpp, vLLM and others say how many tokens a model takes, the most exact first: `n_ctx`
# is what one request may have, `n_ctx_train` what the model was trained for.
WINDOW_FIELDS = ("n_ctx", "max_model_len", "context_length", "context_window", "n_ctx_train")
# Nothing of the environment (organisations, headers meant for another server) travels along.
SENT_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    }
)
LONGEST_SHOWN_NAME = 200  # characters of a model's name that are printed: some are paths of files
KEY_MASK = "[key]"
_MARKDOWN_MARKS = "\\*_`~"
# What may stand between two characters of a key that somebody reads as one all the same: blanks,
# marks of Markdown, and what is not seen or dropped before a text is saved.
_UNSEEN_BETWEEN = (
    "\\s\\x00-\\x1f\\x7f-\\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    + re.escape(_MARKDOWN_MARKS)
)
# The same as JSON escapes it.
_ESCAPED_BETWEEN = r"\\(?:[bfnrt]|u(?i:00[0189][0-9a-f]|007f|00ad|200[b-f]|20[26][0-9a-f]|feff))"
# What looks like a key though it is not ours: a server may quote another one, or one with stars.
KEY_LIKE = re.compile(
    r"(?i)\bbearer\s+\S+|\b(?:sk|pk|rk|gsk|xai|api[-_]?key)[-_=][\w*.-]{6,}|\S*\*{3,}\S*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a model answers, and how it is to be treated.

    `timeout` is how many seconds may pass without a byte. `queueing` says that requests wait in a
    queue of the server's own, so that the time before the first byte does not count. `llama` says
    that it is llama.cpp's, which takes a prompt's `stop`, `grammar` and `dry`. `alive` tells of a
    server of our own whether it still runs, and may raise a `DraftError` that says why not.
    """

    base_url: str
    api_key: str = field(repr=False)
    timeout: float = 120.0
    queueing: bool = False
    llama: bool = False
    alive: Callable[[], bool] | None = field(default=None, repr=False)


def check_key(key: str) -> str:
    """Return the key without blanks around it. Raises `DraftError` if it can be no header."""
    stripped = key.strip()
    hint = "Copy the key again, on one line."
    if stripped[:1] in ("'", '"') and stripped[:1] == stripped[-1:]:
        # A file of variables that a shell reads has quotes, and one that Docker reads keeps them.
        problem, hint = "The key stands in quotes.", "Leave them out: they are no part of it."
    elif stripped.lower().startswith("bearer "):
        problem, hint = "The key begins with Bearer.", "Leave that out: it is no part of it."
    elif not re.fullmatch(r"[\x21-\x7e]*", stripped):
        problem = "The key holds white space or characters that no key has."
    else:
        return stripped
    raise DraftError(
        problem, code="bad-key", exit_code=Exit.USAGE, where="OPENAI_API_KEY", hint=hint
    )


def scrub_text(text: str, key: str, limit: int = 300) -> str:
    """Return foreign text as it may be printed: on one line, short, and without the key.

    A word that shares eight characters in a row with the key goes too: servers shorten keys.
    """
    text = text[:20_000]
    text = _build_key_pattern(key).sub(KEY_MASK, text) if len(key) >= REVEALING_LENGTH else text
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    line = KEY_LIKE.sub(KEY_MASK, line)
    line = " ".join(KEY_MASK if reveals_key(word, key) else word for word in line.split(" "))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def mask_key(text: str, key: str) -> str:
    """Return words of a server with the key masked, which it may have said; short keys are words.

    Escaped as JSON, Markdown, HTML or an address has it, or with something between its characters
    that is not seen, it is the key all the same.
    """
    return _build_key_pattern(key).sub(KEY_MASK, text) if _is_secret(key) else text


def mask_begun_key(text: str, key: str) -> str:
    """Return the same for a text that is still coming, and may end in the middle of the key."""
    text = mask_key(text, key)
    last = text[max(map(text.rfind, " \n")) + 1 :]
    if _is_secret(key) and len(last) >= REVEALING_LENGTH and reveals_key(last, key):
        return text.removesuffix(last) + KEY_MASK
    return text


def _is_secret(key: str) -> bool:
    """Return whether a key is more than a word that a text may hold, such as `lm-studio`."""
    return len(key) >= SECRET_LENGTH or (
        len(key) >= REVEALING_LENGTH and any(map(str.isdigit, key))
    )


@lru_cache(maxsize=4)
def _build_key_pattern(key: str) -> re.Pattern[str]:
    """Return the pattern of a key in all its spellings."""
    parts: list[str] = []
    for one in key:
        code = ord(one)
        escaped = rf"u(?i:{code:04x})|x(?i:{code:02x})"
        written = rf"%(?i:{code:02x})|&#0*{code};|&#[xX]0*(?i:{code:x});"
        if parts:
            # Without what comes next, and not for ever: a run of marks is not walked through anew.
            own = re.escape(one)
            unseen = _UNSEEN_BETWEEN
            if one in _MARKDOWN_MARKS:
                unseen = unseen.replace(own, "")
            gap = f"[{unseen}]" if one == "\\" else f"(?:{_ESCAPED_BETWEEN}|[{unseen}])"
            parts.append(f"{gap}{{0,20}}+(?:{own}|{escaped}|{written})")
        else:
            parts.append(rf"(?:{re.escape(one)}|\\+(?:{escaped})|{written})")
    return re.compile("".join(parts))


def reveals_key(word: str, key: str) -> bool:
    """Return whether a word gives away the key or a good part of it."""
    if not key:
        return False
    if len(key) < REVEALING_LENGTH:
        return word.strip("\"'`.,:;()[]{}<>") == key
    starts = range(len(key) - REVEALING_LENGTH + 1)
    return any(key[start : start + REVEALING_LENGTH] in word for start in starts)


def read_model_list(content: bytes) -> list[dict[str, object]]:
    """Return the entries of a list of models; none where it is no such list."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return []
    found = body.get("data") if isinstance(body, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def read_model_names(content: bytes) -> tuple[str, ...]:
    """Return the names in a list of models, as the server has them."""
    names = (one.get("id") for one in read_model_list(content))
    return tuple(name for name in names if isinstance(name, str) and name.strip())


def knows_model(names: Sequence[str], model: str) -> bool:
    """Return whether a name is listed: Ollama adds a tag to it, Gemini puts a folder before it."""
    return any(name in (model, f"{model}:latest", f"models/{model}") for name in names)


def find_nearest_models(model: str, names: Sequence[str], most: int = 5) -> tuple[str, ...]:
    """Return the few names that are most like a model's, the nearest first."""
    from difflib import SequenceMatcher  # noqa: PLC0415  only for a name that is wrong

    def likeness(name: str) -> float:
        return SequenceMatcher(None, model.casefold(), name.casefold(), autojunk=False).ratio()

    return tuple(sorted(dict.fromkeys(names), key=lambda one: (-likeness(one), one))[:most])


def advise_model(model: str, names: Sequence[str], key: str) -> str:
    """Return what to do about a model that a server does not know; nothing if it lists none.

    Only names that can be typed as they are shown are named.
    """
    shown = [name for name in names if scrub_text(name, key, LONGEST_SHOWN_NAME) == name]
    near = find_nearest_models(model, shown)
    more = len(set(names)) - len(near)
    rest = f" and {more} more" if more else ""
    return f"It knows {', '.join(near)}{rest}: name one with --model." if near else ""


def read_context_window(content: bytes, model: str) -> int | None:
    """Return the context window that a list of models names for a model, or for its only one."""
    models = read_model_list(content)
    mine = [one for one in models if one.get("id") == model] or models
    if len(mine) != 1:
        return None
    meta = mine[0].get("meta")
    places = (meta if isinstance(meta, dict) else {}, mine[0])
    sizes = (place.get(name) for name in WINDOW_FIELDS for place in places)
    return next((size for size in sizes if isinstance(size, int) and size > 0), None)


def choose_headers(headers: Mapping[str, str], key: str) -> dict[str, str]:
    """Return what each header of a request is to be, empty where it is not to be sent.

    The only key is the one that is meant for this server.
    """
    found = {name: value if name in SENT_HEADERS else "" for name, value in headers.items()}
    if "authorization" in found:
        found["authorization"] = f"Bearer {key}" if key else ""
    return found
