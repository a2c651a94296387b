"""What a run goes by: option, else environment, else project's file, else default.

A project's file is `.draft.toml`, or `[tool.draft]` in pyproject.toml. What there is to set, and
where, is the table in config.
"""

import os
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from assistant import config
from assistant.address import is_loopback, read_address
from assistant.config import SETTINGS
from assistant.errors import DraftError, Exit
from assistant.files import config_folder
from assistant.repo import git
from assistant.repo import git as branch

Source = Literal["option", "environment", "project", "default"]

_MOST = 1_000_000_000
_PATIENCE = 2.0  # seconds for git to say who the author is
_SECTION = b"tool.draft"
_KEYS = config.file_keys(config.PROJECT)
USER_KEYS = tuple(config.file_keys(config.USER))
_KINDS: Mapping[type, str] = MappingProxyType(
    {str: "a string", int: "a whole number", float: "a number of seconds", dict: "a table"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project's defaults: `text` and `numbers` by their option's name, and what `check` obeys.

    `file` is where they stand; None where there is no configuration.
    """

    file: Path | None = None
    text: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    check: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What stands on the command line; None and empty are both unset."""

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
    """Everything resolved. `dir` is absolute; empty text and None mean that nothing was said.

    `api_key` is empty where it may not be sent to `base_url`; `check` is the project's table, and
    `file` the configuration that it stands in; `points_of_view` its folder of them, inside of it.
    `sources` says of each setting, by its option's name, which place it comes from.
    `concurrency` is None where as many requests as there are may be in flight.
    """

    dir: Path
    template: Path | None
    model: str
    base_url: str
    base_url_source: Source
    api_key: str = field(repr=False)
    concurrency: int | None
    timeout: float
    max_tokens_total: int | None
    language: str
    author: str
    check: Mapping[str, object]
    file: Path | None = None
    points_of_view: Path | None = None
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def server_url(self) -> str:
        """Return the address of the server that is asked, as long as one is."""
        return self.base_url or config.BASE_URL

    @property
    def server_model(self) -> str:
        """Return the name of the model that a server is asked for."""
        return self.model or config.MODEL


@dataclass(frozen=True, slots=True)
class _Layers:
    """The three places where something may be said."""

    options: Options
    environ: Mapping[str, str]
    project: Project

    def said(self, name: str) -> tuple[str | float, Source]:
        """What the first place that says anything of `name` says, and which it is; else nothing."""
        option: str | float | None = getattr(self.options, SETTINGS[name].field)
        if option is not None and option != "":
            return option, "option"
        if variable := self.environ.get(SETTINGS[name].variable, "").strip():
            return variable, "environment"
        said = self.project.text.get(name, "") or self.project.numbers.get(name, "")
        return said, "default" if said == "" else "project"

    def text(self, name: str) -> tuple[str, Source]:
        """Likewise for a text."""
        said, source = self.said(name)
        return str(said), source

    def number(self, name: str, least: float) -> float | None:
        """What is said of a number, which must be at least `least`; None where nothing is."""
        said, source = self.said(name)
        if source == "default":
            return None
        where = {
            "option": f"--{name}",
            "environment": SETTINGS[name].variable,
            "project": f"{self.project.file}, `{name}`",
        }[source]
        try:
            value = int(said) if isinstance(said, str) else said
        except ValueError as error:
            raise _usage(f"`{said}` is not a whole number", where) from error
        if not least <= value <= _MOST:  # NaN is neither
            raise _usage(f"this must be between {least:g} and {_MOST}", where)
        return value


def resolve(
    options: Options, environ: Mapping[str, str], cwd: Path, user: Path | None = None
) -> Settings:
    """All settings of a run in the folder `cwd`. `user` replaces the person's configuration file.

    A relative `dir` starts at the project's configuration, else at git's root, else at `cwd`; a
    template or a GGUF file at the configuration that names it, else at `cwd`. Raises `DraftError`,
    also where a key would go to a server that only the project's file names.
    """
    cwd = Path(os.path.realpath(cwd))
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or cwd)
    project = load_project(cwd, Path(os.path.realpath(home)))
    layers = _Layers(options, environ, project)
    start = project.file.parent if project.file else branch.root(cwd) or cwd
    base_url, source = layers.text("base-url")
    key = environ.get("OPENAI_API_KEY", "").strip()
    if source == "project" and key and not _trusted(base_url, user):
        if not is_loopback(base_url):
            raise _untrusted(base_url, project)
        key = ""
    template, whose = layers.text("template")
    total = layers.number("max-tokens-total", 1)
    at_once = layers.number("concurrency", 1)
    return Settings(
        dir=start / _path(layers.text("dir")[0] or config.DIR, home),
        template=(start if whose == "project" else cwd) / _path(template, home)
        if template
        else None,
        model=_model(layers, start, home),
        base_url=base_url,
        base_url_source=source,
        api_key=key,
        concurrency=None if at_once is None else int(at_once),
        timeout=layers.number("timeout", 0.001) or config.TIMEOUT,
        max_tokens_total=None if total is None else int(total),
        language=layers.text("language")[0],
        author=layers.text("author")[0],
        check=MappingProxyType(dict(project.check)),
        file=project.file,
        points_of_view=_inside(project, "points-of-view"),
        sources=MappingProxyType({name: layers.said(name)[1] for name in SETTINGS}),
    )


def needs_embedded(settings: Settings) -> bool:
    """Whether the embedded model answers: a GGUF file is named, or neither key nor server."""
    return names_file(settings.model) or not (settings.api_key or settings.base_url)


def names_file(model: str) -> bool:
    """Whether a model's name is the path of a GGUF file."""
    return model.lower().endswith(".gguf")


def find_author(resolved: Settings, environ: Mapping[str, str], cwd: Path) -> str:
    """Return who writes: the author that was set, else git's user, else an empty string."""
    return resolved.author or author(environ, cwd)


def author(environ: Mapping[str, str], cwd: Path) -> str:
    """Who git says is writing, or an empty string."""
    named = environ.get("GIT_AUTHOR_NAME", "").strip()
    if named:
        return named
    try:
        done = subprocess.run(
            git.command(cwd, ("config", "user.name")),
            env=git.environment(environ),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=True,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return " ".join(done.stdout.decode(errors="replace").split())


def _inside(project: Project, name: str) -> Path | None:
    """A folder that a project's file names, which must be the project's own.

    What is in it is sent to a server, and a cloned repository must not choose from elsewhere.
    """
    said = project.text.get(name, "")
    if not said or project.file is None:
        return None
    root = os.path.realpath(project.file.parent)
    folder = os.path.realpath(os.path.join(root, said))  # noqa: PTH118  realpath's own kind
    if folder != root and not folder.startswith(root + os.sep):
        raise wrong(project.file, f"`{name}` must be a folder inside of the project")
    return Path(folder)


def _model(layers: _Layers, start: Path, home: Path) -> str:
    model, source = layers.text("model")
    return str(start / _path(model, home)) if source == "project" and names_file(model) else model


def _path(text: str, home: Path) -> Path:
    return home / text[2:] if text.startswith("~/") else Path(text)


def _trusted(url: str, user: Path | None) -> bool:
    """Whether the person's own configuration names exactly this server."""
    file = user or user_file()
    table = read_toml(file) or {}
    if unknown := sorted(set(table) - set(USER_KEYS)):
        raise wrong(file, f"`{unknown[0]}` is not known here", advise_key(unknown[0], USER_KEYS))
    listed = table.get("trusted", [])
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise wrong(file, "`trusted` must be a list of addresses")
    server = read_address(url)
    return server is not None and server in [read_address(one) for one in listed]


def _untrusted(url: str, project: Project) -> DraftError:
    shown = ascii(url)[1:-1]
    return _usage(
        f"the project wants your key sent to {shown}, which only its own file names",
        str(project.file),
        f"If you trust that server, say so yourself: --base-url {shlex.quote(shown)}, or "
        f'OPENAI_BASE_URL, or trusted = ["{shown}"] in {user_file()}.',
        "untrusted-server",
    )


def _usage(message: str, where: str, hint: str = "", code: str = "bad-value") -> DraftError:
    return DraftError(message, code=code, exit_code=Exit.USAGE, where=where, hint=hint)


def load_project(cwd: Path, home: Path) -> Project:
    """The nearest configuration at or above `cwd`, up to git's root, else up to `home`.

    Outside of both only `cwd` itself counts: above it, folders may be anybody's. Raises
    `DraftError` for a file that is no TOML, an unknown key, or a value of the wrong type.
    """
    end = branch.root(cwd) or (home if home in (cwd, *cwd.parents) else cwd)
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
    import tomllib  # noqa: PLC0415  many a project has no file

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
        kind = _KEYS[key]
        number = _number(kind, value)
        if kind is str and isinstance(value, str):
            text[key] = value.strip()
        elif number is not None:
            numbers[key] = number
        elif kind is dict and isinstance(value, dict):
            check = MappingProxyType(value)
        else:
            raise wrong(file, f"`{written}` must be {_KINDS[kind]}")
    return Project(file=file, text=text, numbers=numbers, check=check)


def _number(kind: type, value: object) -> float | None:
    if isinstance(value, bool) or kind not in (int, float):
        return None
    if isinstance(value, int) or (isinstance(value, float) and kind is float):
        return value
    return None


def _unknown(file: Path, key: str) -> DraftError:
    if key.replace("_", "-") in {"api-key", "openai-api-key", "key"}:
        message = f"`{key}` does not belong here: a key is only ever read from the environment"
        return wrong(file, message, "Set OPENAI_API_KEY, and take the key out of the file.")
    if key.replace("_", "-") in _KEYS:
        return wrong(file, f"`{key}` stands here twice, once with `_` and once with `-`")
    if key in ("tool", "draft", "tool.draft") and file.name == ".draft.toml":
        message = f"`{key}` is not known here: in this file the keys stand at the top"
        return wrong(file, message, 'Without [tool.draft], as in: dir = "docs/design"')
    if key in USER_KEYS:
        message = f"`{key}` does not belong here: it is yours, and no project sets it"
        return wrong(file, message, f"Put it into {user_file()}.")
    return wrong(file, f"`{key}` is not known here", advise_key(key, _KEYS))


def advise_key(key: str, known: Iterable[str]) -> str:
    """Return what may be set where a key is not known, the one that was meant first."""
    from difflib import get_close_matches  # noqa: PLC0415  only for a key that is wrong

    near = get_close_matches(key.casefold().replace("_", "-"), list(known), n=1)
    meant = f"Did you mean `{near[0]}`? " if near else ""
    return f"{meant}What may be set: {', '.join(known)}."
