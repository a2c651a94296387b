"""Settings of a run: each is the option's value, else the environment's, the file's, the default.

A project's file is `.draft.toml`, or `[tool.draft]` in pyproject.toml. What there is to set, and
where, is the table in config.
"""

import os
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from assistant import config
from assistant.address import is_loopback, read_address
from assistant.config import SETTINGS
from assistant.errors import DraftError, Exit
from assistant.files import find_config_folder
from assistant.repo import git

SettingSource = Literal["option", "environment", "project", "default"]

_LARGEST_NUMBER = 1_000_000_000  # more tokens, seconds or requests than any run takes
_GIT_TIMEOUT = 2.0  # seconds for git to say who the author is: a draft can do without; by judgement
_TABLE_NAME = b"tool.draft"
_PROJECT_KEYS = config.list_file_keys(config.PROJECT_FILE)
USER_KEYS = tuple(config.list_file_keys(config.USER_FILE))
_KIND_NAMES: Mapping[type, str] = MappingProxyType(
    {str: "a string", int: "a whole number", float: "a number of seconds", dict: "a table"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSettings:
    """A project's defaults: `text` and `numbers` by their option's name, and what `check` obeys.

    `file` is where they stand; None where there is no configuration.
    """

    file: Path | None = None
    text: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    check: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingOptions:
    """What the command line sets; None and empty are both unset."""

    dir: str | None = None
    template: str | None = None
    model: str | None = None
    base_url: str | None = None
    concurrency: int | None = None
    timeout: float | None = None
    max_tokens_total: int | None = None
    language: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything resolved. `dir` is absolute; empty text and None mean that nothing is set.

    `api_key` is empty where it may not be sent to `base_url`; `check` is the project's table, and
    `file` the configuration that it stands in; `points_of_view` its folder of them, inside of it.
    `sources` says of each setting, by its option's name, which place it comes from.
    `concurrency` is None where as many requests as there are may be in flight.
    """

    dir: Path
    template: Path | None
    model: str
    base_url: str
    base_url_source: SettingSource
    api_key: str = field(repr=False)
    concurrency: int | None
    timeout: float
    max_tokens_total: int | None
    language: str
    author: str
    check: Mapping[str, object]
    file: Path | None = None
    points_of_view: Path | None = None
    sources: Mapping[str, SettingSource] = field(default_factory=dict)

    @property
    def server_url(self) -> str:
        """Return the address of the server that is asked, as long as one is."""
        return self.base_url or config.DEFAULT_BASE_URL

    @property
    def server_model(self) -> str:
        """Return the name of the model that a server is asked for."""
        return self.model or config.DEFAULT_MODEL


@dataclass(frozen=True, slots=True)
class _SettingLayers:
    """The three places where something may be set."""

    options: SettingOptions
    environ: Mapping[str, str]
    project: ProjectSettings

    def find_value(self, name: str) -> tuple[str | float, SettingSource]:
        """Return the value of `name` in the first place that sets it, and that place."""
        option: str | float | None = getattr(self.options, SETTINGS[name].field)
        if option is not None and option != "":
            return option, "option"
        if variable := self.environ.get(SETTINGS[name].variable, "").strip():
            return variable, "environment"
        value = self.project.text.get(name, "") or self.project.numbers.get(name, "")
        return value, "default" if value == "" else "project"

    def find_text(self, name: str) -> tuple[str, SettingSource]:
        """Return a text in the same way."""
        value, source = self.find_value(name)
        return str(value), source

    def find_number(self, name: str, least: float) -> float | None:
        """Return a number, which must be at least `least`, in the same way; None if none is set."""
        given, source = self.find_value(name)
        if source == "default":
            return None
        where = {
            "option": f"--{name}",
            "environment": SETTINGS[name].variable,
            "project": f"{self.project.file}, `{name}`",
        }[source]
        try:
            value = int(given) if isinstance(given, str) else given
        except ValueError as error:
            raise _make_value_error(f"`{given}` is not a whole number", where) from error
        if not least <= value <= _LARGEST_NUMBER:  # NaN is neither
            raise _make_value_error(f"this must be between {least:g} and {_LARGEST_NUMBER}", where)
        return value


def resolve_settings(
    options: SettingOptions, environ: Mapping[str, str], cwd: Path, user: Path | None = None
) -> Settings:
    """Return all settings of a run in `cwd`. `user` replaces the person's configuration file.

    A relative `dir` starts at the project's configuration, else at git's root, else at `cwd`; a
    template or a GGUF file at the configuration that names it, else at `cwd`. Raises `DraftError`,
    also where a key would go to a server that only the project's file names.
    """
    cwd = Path(os.path.realpath(cwd))
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or cwd)
    project = load_project(cwd, Path(os.path.realpath(home)))
    layers = _SettingLayers(options, environ, project)
    start = project.file.parent if project.file else git.find_repository_root(cwd) or cwd
    base_url, source = layers.find_text("base-url")
    key = _choose_key(layers, user)
    template, whose = layers.find_text("template")
    base = start if whose == "project" else cwd
    total = layers.find_number("max-tokens-total", 1)
    at_once = layers.find_number("concurrency", 1)
    return Settings(
        dir=start / _expand_home(layers.find_text("dir")[0] or config.DEFAULT_DIR, home),
        template=base / _expand_home(template, home) if template else None,
        model=_resolve_model(layers, start, home),
        base_url=base_url,
        base_url_source=source,
        api_key=key,
        concurrency=None if at_once is None else int(at_once),
        timeout=layers.find_number("timeout", 0.001) or config.DEFAULT_TIMEOUT,
        max_tokens_total=None if total is None else int(total),
        language=layers.find_text("language")[0],
        author=layers.find_text("author")[0],
        check=MappingProxyType(dict(project.check)),
        file=project.file,
        points_of_view=_find_project_folder(project, "points-of-view"),
        sources=MappingProxyType({name: layers.find_value(name)[1] for name in SETTINGS}),
    )


def _choose_key(layers: _SettingLayers, user: Path | None) -> str:
    """Return the key to send; empty if there is none, or it may not be sent.

    Raises DraftError for a server that only the project names, unless it is on this machine.
    """
    key = layers.environ.get("OPENAI_API_KEY", "").strip()
    base_url, source = layers.find_text("base-url")
    if not key or source != "project" or _is_trusted(base_url, user):
        return key
    if not is_loopback(base_url):
        raise _make_untrusted_error(base_url, layers.project)
    return ""


def needs_embedded_model(settings: Settings) -> bool:
    """Return whether the embedded model answers: a GGUF file is named, or no key and no server."""
    return is_gguf_path(settings.model) or not (settings.api_key or settings.base_url)


def is_gguf_path(model: str) -> bool:
    """Return whether a model's name is the path of a GGUF file."""
    return model.lower().endswith(".gguf")


def find_author(resolved: Settings, environ: Mapping[str, str], cwd: Path) -> str:
    """Return who writes: the author that was set, else git's user, else an empty string."""
    return resolved.author or ask_git_for_author(environ, cwd)


def ask_git_for_author(environ: Mapping[str, str], cwd: Path) -> str:
    """Return who git says is writing, or an empty string."""
    if named := environ.get("GIT_AUTHOR_NAME", "").strip():
        return named
    return " ".join(git.ask_git(cwd, ("config", "user.name"), environ, _GIT_TIMEOUT).split())


def _find_project_folder(project: ProjectSettings, name: str) -> Path | None:
    """Return a folder that a project's file names, which must be inside of the project.

    What is in it is sent to a server, and a cloned repository must not choose from elsewhere.
    """
    said = project.text.get(name, "")
    if not said or project.file is None:
        return None
    root = os.path.realpath(project.file.parent)
    folder = os.path.realpath(os.path.join(root, said))  # noqa: PTH118  realpath's own kind
    if folder != root and not folder.startswith(root + os.sep):
        raise make_configuration_error(
            project.file, f"`{name}` must be a folder inside of the project"
        )
    return Path(folder)


def _resolve_model(layers: _SettingLayers, start: Path, home: Path) -> str:
    model, source = layers.find_text("model")
    return (
        str(start / _expand_home(model, home))
        if source == "project" and is_gguf_path(model)
        else model
    )


def _expand_home(text: str, home: Path) -> Path:
    return home / text[2:] if text.startswith("~/") else Path(text)


def _is_trusted(url: str, user: Path | None) -> bool:
    """Return whether the person's own configuration names exactly this server."""
    file = user or find_user_file()
    table = read_toml(file) or {}
    if unknown := sorted(set(table) - set(USER_KEYS)):
        raise make_configuration_error(
            file, f"`{unknown[0]}` is not known here", advise_key(unknown[0], USER_KEYS)
        )
    listed = table.get("trusted", [])
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise make_configuration_error(file, "`trusted` must be a list of addresses")
    server = read_address(url)
    return server is not None and server in [read_address(one) for one in listed]


def _make_untrusted_error(url: str, project: ProjectSettings) -> DraftError:
    shown = ascii(url)[1:-1]
    return _make_value_error(
        f"the project wants your key sent to {shown}, which only its own file names",
        str(project.file),
        f"If you trust that server, say so yourself: --base-url {shlex.quote(shown)}, or "
        f'OPENAI_BASE_URL, or trusted = ["{shown}"] in {find_user_file()}.',
        "untrusted-server",
    )


def _make_value_error(text: str, where: str, hint: str = "", code: str = "bad-value") -> DraftError:
    return DraftError(text, code=code, exit_code=Exit.USAGE, where=where, hint=hint)


def load_project(cwd: Path, home: Path) -> ProjectSettings:
    """Return the nearest configuration at or above `cwd`, up to git's root, else up to `home`.

    Outside of both only `cwd` itself counts: above it, folders may be anybody's. Raises
    `DraftError` for a file that is no TOML, an unknown key, or a value of the wrong type.
    """
    end = git.find_repository_root(cwd) or (home if home in (cwd, *cwd.parents) else cwd)
    for folder in (cwd, *cwd.parents):
        for name in (".draft.toml", "pyproject.toml"):
            file = folder / name
            if (table := _load_table(file)) is not None:
                return _convert_table(file, table)
        if folder == end:
            break
    return ProjectSettings()


def read_toml(file: Path) -> dict[str, object] | None:
    """Return a TOML file; None if there is none. Raises `DraftError` if it can't be read as one."""
    if not os.path.lexists(file):
        return None
    import tomllib  # noqa: PLC0415  many a project has no file

    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        message = f"the configuration cannot be read: {error.strerror}"
    except (ValueError, RecursionError) as error:
        message = f"the configuration is not valid TOML: {error}"
    raise DraftError(message, code="bad-configuration", exit_code=Exit.FILE, where=str(file))


def find_user_file() -> Path:
    """Return the path of the person's own configuration, which no project can write to."""
    try:
        folder = find_config_folder()
    except OSError:
        folder = Path(os.devnull)  # whoever has no home has no configuration there
    return folder / "config.toml"


def make_configuration_error(file: Path, message: str, hint: str = "") -> DraftError:
    """Return the error (exit code 2) for what is wrong with the content of a configuration file."""
    return DraftError(
        message, code="bad-configuration", exit_code=Exit.USAGE, where=str(file), hint=hint
    )


def _load_table(file: Path) -> Mapping[str, object] | None:
    """Return the table of a configuration file; None if it has none."""
    if file.name == ".draft.toml":
        return read_toml(file)
    try:
        if _TABLE_NAME not in file.read_bytes():  # whatever else is in there, or wrong with it
            return None
    except OSError:
        return None
    tool = (read_toml(file) or {}).get("tool")
    table = tool.get("draft") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise make_configuration_error(file, "`tool.draft` must be a table")
    return table


def _convert_table(file: Path, table: Mapping[str, object]) -> ProjectSettings:
    """Return a project's table with its values by type. Raises DraftError for a wrong one."""
    text: dict[str, str] = {}
    numbers: dict[str, float] = {}
    check: Mapping[str, object] = {}
    for written, value in table.items():
        key = written.replace("_", "-")
        if key not in _PROJECT_KEYS or (key != written and key in table):
            raise _make_unknown_key_error(file, written)
        kind = _PROJECT_KEYS[key]
        number = _convert_number(kind, value)
        if kind is str and isinstance(value, str):
            text[key] = value.strip()
        elif number is not None:
            numbers[key] = number
        elif kind is dict and isinstance(value, dict):
            check = MappingProxyType(value)
        else:
            raise make_configuration_error(file, f"`{written}` must be {_KIND_NAMES[kind]}")
    return ProjectSettings(file=file, text=text, numbers=numbers, check=check)


def _convert_number(kind: type, value: object) -> float | None:
    if isinstance(value, bool) or kind not in (int, float):
        return None
    if isinstance(value, int) or (isinstance(value, float) and kind is float):
        return value
    return None


def _make_unknown_key_error(file: Path, key: str) -> DraftError:
    """Return the error for a key that a project's file may not have, with where it belongs."""
    if key.replace("_", "-") in {"api-key", "openai-api-key", "key"}:
        message = f"`{key}` does not belong here: a key is only ever read from the environment"
        return make_configuration_error(
            file, message, "Set OPENAI_API_KEY, and take the key out of the file."
        )
    if key.replace("_", "-") in _PROJECT_KEYS:
        return make_configuration_error(
            file, f"`{key}` stands here twice, once with `_` and once with `-`"
        )
    if key in ("tool", "draft", "tool.draft") and file.name == ".draft.toml":
        message = f"`{key}` is not known here: in this file the keys stand at the top"
        return make_configuration_error(
            file, message, 'Without [tool.draft], as in: dir = "docs/design"'
        )
    if key in USER_KEYS:
        message = f"`{key}` does not belong here: it is yours, and no project sets it"
        return make_configuration_error(file, message, f"Put it into {find_user_file()}.")
    return make_configuration_error(
        file, f"`{key}` is not known here", advise_key(key, _PROJECT_KEYS)
    )


def advise_key(key: str, known: Iterable[str]) -> str:
    """Return a hint for an unknown key: the one that may be meant, then all that may be set."""
    from difflib import get_close_matches  # noqa: PLC0415  only for a key that is wrong

    near = get_close_matches(key.casefold().replace("_", "-"), list(known), n=1)
    meant = f"Did you mean `{near[0]}`? " if near else ""
    return f"{meant}What may be set: {', '.join(known)}."
