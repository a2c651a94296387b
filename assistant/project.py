"""What a project keeps in its configuration: `.draft.toml`, or `[tool.draft]` in pyproject.toml."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from assistant.branch import root
from assistant.errors import DraftError, Exit
from assistant.userfolder import config_folder

_TEXT = ("dir", "template", "model", "base-url", "language", "author", "points-of-view")
_WHOLE = ("concurrency", "max-tokens-total")
_NUMBERS = (*_WHOLE, "timeout")
_KEYS = (*_TEXT, *_NUMBERS, "check")
_SECTION = b"tool.draft"
OWN = ("trusted", "prices")  # what stands in a person's own configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project's defaults: `text` and `numbers` by their option's name, and what `check` obeys.

    `file` is where they stand; None where there is no configuration.
    """

    file: Path | None = None
    text: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    check: Mapping[str, object] = field(default_factory=dict)


def load(cwd: Path, home: Path) -> Project:
    """The nearest configuration at or above `cwd`, up to git's root, else up to `home`.

    Outside of both only `cwd` itself counts: above it, folders may be anybody's. Raises
    `DraftError` for a file that is no TOML, an unknown key, or a value of the wrong type.
    """
    end = root(cwd) or (home if home in (cwd, *cwd.parents) else cwd)
    for folder in (cwd, *cwd.parents):
        for name in (".draft.toml", "pyproject.toml"):
            file = folder / name
            table = _table(file)
            if table is not None:
                return _typed(file, table)
        if folder == end:
            break
    return Project()


def read_toml(file: Path) -> dict[str, object] | None:
    """A TOML file; None where there is none. Raises `DraftError` where it can't be read as one."""
    if not os.path.lexists(file):
        return None
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        message = f"the configuration cannot be read: {error.strerror}"
    except (ValueError, RecursionError) as error:
        message = f"the configuration is not valid TOML: {error}"
    raise DraftError(message, code="bad-configuration", exit_code=Exit.FILE, where=str(file))


def user_file() -> Path:
    """The person's own configuration, which no project can write to."""
    try:
        folder = config_folder()
    except OSError:
        folder = Path(os.devnull)  # whoever has no home has no configuration there
    return folder / "config.toml"


def wrong(file: Path, message: str, hint: str = "") -> DraftError:
    """What is wrong with a configuration file's content."""
    return DraftError(
        message, code="bad-configuration", exit_code=Exit.USAGE, where=str(file), hint=hint
    )


def _table(file: Path) -> Mapping[str, object] | None:
    if file.name == ".draft.toml":
        return read_toml(file)
    try:
        if _SECTION not in file.read_bytes():  # whatever else is in there, or wrong with it
            return None
    except OSError:
        return None
    tool = (read_toml(file) or {}).get("tool")
    table = tool.get("draft") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise wrong(file, "`tool.draft` must be a table")
    return table


def _typed(file: Path, table: Mapping[str, object]) -> Project:
    text: dict[str, str] = {}
    numbers: dict[str, float] = {}
    check: Mapping[str, object] = {}
    for written, value in table.items():
        key = written.replace("_", "-")
        if key not in _KEYS or (key != written and key in table):
            raise _unknown(file, written)
        number = _number(key, value)
        if key in _TEXT and isinstance(value, str):
            text[key] = value.strip()
        elif number is not None:
            numbers[key] = number
        elif key == "check" and isinstance(value, dict):
            check = MappingProxyType(value)
        else:
            raise wrong(file, f"`{written}` must be {_kind(key)}")
    return Project(file=file, text=text, numbers=numbers, check=check)


def _number(key: str, value: object) -> float | None:
    if isinstance(value, bool) or key not in _NUMBERS:
        return None
    if isinstance(value, int) or (isinstance(value, float) and key not in _WHOLE):
        return value
    return None


def _kind(key: str) -> str:
    if key in _TEXT:
        return "a string"
    if key in _WHOLE:
        return "a whole number"
    return "a table" if key == "check" else "a number of seconds"


def _unknown(file: Path, key: str) -> DraftError:
    if key.replace("_", "-") in {"api-key", "openai-api-key", "key"}:
        message = f"`{key}` does not belong here: a key is only ever read from the environment"
        return wrong(file, message, "Set OPENAI_API_KEY, and take the key out of the file.")
    if key.replace("_", "-") in _KEYS:
        return wrong(file, f"`{key}` stands here twice, once with `_` and once with `-`")
    if key in ("tool", "draft", "tool.draft") and file.name == ".draft.toml":
        message = f"`{key}` is not known here: in this file the keys stand at the top"
        return wrong(file, message, 'Without [tool.draft], as in: dir = "docs/design"')
    if key in OWN:
        message = f"`{key}` does not belong here: it is yours, and no project sets it"
        return wrong(file, message, f"Put it into {user_file()}.")
    return wrong(file, f"`{key}` is not known here", advise_key(key, _KEYS))


def advise_key(key: str, known: Sequence[str]) -> str:
    """Return what may be set where a key is not known, the one that was meant first."""
    from difflib import get_close_matches  # noqa: PLC0415  only for a key that is wrong

    near = get_close_matches(key.casefold().replace("_", "-"), known, n=1)
    meant = f"Did you mean `{near[0]}`? " if near else ""
    return f"{meant}What may be set: {', '.join(known)}."
