"""`draft doctor`: who would answer, whether they can, and where each setting comes from."""

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from os import environ
from pathlib import Path

from assistant import settings
from assistant.address import check_base_url, host_of, is_loopback
from assistant.config import SETTINGS
from assistant.errors import DraftError, Exit, Json
from assistant.folder import store
from assistant.folder.numbers import listing
from assistant.llm.client import Client
from assistant.llm.connect import EMBEDDED_NAME, check
from assistant.llm.faults import Fault, Reporter
from assistant.llm.local import requirement
from assistant.llm.model import Watcher
from assistant.llm.prices import load_prices
from assistant.llm.server import (
    Server,
    advise_model,
    knows_model,
    listed_models,
    model_names,
    scrubbed,
    without_key,
)
from assistant.settings import Options, Settings, names_file, needs_embedded, user_file
from assistant.template.template import chosen
from assistant.terminal import report, style
from assistant.terminal.report import Manner
from assistant.terminal.style import Kind, Look, plural, relative
from assistant.text import harmless

PATIENCE = 5.0  # seconds for a server to list its models
_UNTRUSTED = "untrusted-server"
_KEY = "OPENAI_API_KEY"
_ABOUT_KEYS = ("no-key", "bad-key")
_FIRST = ("Model", "Where")  # the groups that stand before the embedded model
_NAME = 12  # columns of the names in the report
_NARROW = 3  # times the columns before a text: in less, it has no column of its own
_SAMPLE = 400  # bytes of an answer that is none, of which the first words are shown
# What a server answers where it has no list of models, though it may answer prompts.
_NO_LIST = frozenset({400, 404, 405, 501})


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorOptions:
    """What a person would give a draft."""

    settings: Options = field(default_factory=Options)
    manner: Manner = field(default_factory=Manner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at: `needed` says that no draft can work without it."""

    group: str
    name: str
    ok: bool
    detail: str
    hint: str = ""
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting as it holds here; `source` is the place that says it, `where` its name there."""

    name: str
    value: str
    source: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What was found."""

    checks: tuple[Check, ...]
    settings: tuple[Setting, ...] = ()
    secret: str = ""

    @property
    def ok(self) -> bool:
        """Whether a draft could work here."""
        return all(found.ok or not found.needed for found in self.checks)


class Silent(Watcher):
    """Hears of nothing: one short look is all there is."""

    def received(self, label: str, pieces: int, text: str = "") -> None:
        """Nothing is streamed."""

    def waiting(self, label: str, seconds: float, reason: str) -> None:
        """Nothing is tried again."""

    def noted(self, text: str) -> None:
        """Nothing is noted."""

    def phase(self, text: str, done: int = 0, total: int = 0) -> None:
        """Nothing takes long."""


def doctor(options: DoctorOptions) -> int:
    """Look at all that a draft needs, without asking a model; exit code 1 where none could work."""
    health = examined(options.settings, environ, Path.cwd())
    if options.manner.json:
        report.as_json(**fields(health))
    else:
        how = style.look(sys.stdout, environ)
        lines = health_lines(health, how, errors_only=options.manner.quiet)
        report.document(without_key("".join(f"{line}\n" for line in lines), health.secret))
    return Exit.DONE if health.ok else Exit.FINDINGS


def examined(options: Options, variables: Mapping[str, str], cwd: Path) -> Health:
    """Return what there is to say; what is wrong with a configuration is a check that failed."""
    secret = variables.get(_KEY, "").strip()
    refused: list[Check] = []
    try:
        resolved = settings.resolve(options, variables, cwd)
    except DraftError as error:
        refused = [failed("Model", "server" if error.code == _UNTRUSTED else "settings", error)]
        if error.code != _UNTRUSTED:
            return Health(checks=tuple(refused), secret=secret)
        without = {name: said for name, said in variables.items() if name != _KEY}
        resolved = settings.resolve(options, without, cwd)
    found = tuple(refused or _model(resolved))
    keys = (
        ()
        if any(one.name == "key" for one in found)
        else (_key(resolved, secret, trusted=not refused),)
    )
    checks = (
        *found,
        *keys,
        _template(resolved),
        _folder(resolved),
        *_embedded(resolved),
        *_prices(),
    )
    return Health(checks=checks, settings=tuple(_settings(resolved, secret)), secret=secret)


def failed(group: str, name: str, error: DraftError) -> Check:
    """Return an error as a check that failed."""
    place = f"{report.shown(error.where)}: " if error.where else ""
    detail = f"{place}{error.message}"
    return Check(group=group, name=name, ok=False, detail=detail, hint=error.hint)


def _model(resolved: Settings) -> Iterator[Check]:
    """Who would answer: the model, and whether its server knows it."""
    if needs_embedded(resolved) and not names_file(resolved.model):
        name = resolved.model or EMBEDDED_NAME
        detail = f"{name}, the embedded one: there is no key, and no server is named"
        yield Check(group="Model", name="model", ok=True, detail=detail)
        return
    file = names_file(resolved.model)
    name = resolved.server_model
    try:
        check(resolved)
    except DraftError as error:
        if not file:
            yield Check(group="Model", name="model", ok=True, detail=name)
        about = "model" if file else "key" if error.code in _ABOUT_KEYS else "server"
        yield failed("Model", about, error)
        return
    yield Check(group="Model", name="model", ok=True, detail=name)
    if not file:
        yield _server(resolved, name)


def _server(resolved: Settings, name: str) -> Check:
    """Whether the server answers, and lists the model; only the list is asked for."""
    address = check_base_url(resolved.server_url)
    host = host_of(address) + (", on this machine," if is_loopback(address) else "")
    server = Server(base_url=address, api_key=resolved.api_key or "none", timeout=PATIENCE)
    content, hint = b"", ""
    try:
        content = asyncio.run(_listed(server, name, min(PATIENCE, resolved.timeout)))
    except Fault as fault:
        if fault.status not in _NO_LIST:
            return failed("Model", "server", fault.error)
        if not address.endswith("/v1"):
            hint = "Check the address: it usually ends in /v1."
        elif fault.error.code == "not-an-api":
            hint = (
                f"That is a plain {fault.status}: check that an OpenAI-compatible server is there."
            )
    except DraftError as error:
        return failed("Model", "server", error)
    if content and not _is_json(content):
        words = Reporter(base_url=address, api_key=resolved.api_key, model=name)
        start = content[:_SAMPLE].decode(errors="replace")
        return failed("Model", "server", words.not_an_api(start, "list of models"))
    found = _listing(content, name, host, resolved.api_key)
    return replace(found, hint=found.hint or hint)


def _listing(content: bytes, name: str, host: str, key: str) -> Check:
    """Whether a server knows a model, by its list of models."""
    said = Check(group="Model", name="server", ok=True, detail="")
    names = model_names(content)
    if not names:
        unknown = f"{host} answers, and lists no models: whether it knows {name} is not known"
        return replace(said, detail=unknown)
    if knows_model(names, name):
        return replace(said, detail=f"{host} answers, and knows {name}")
    if any(one.get("owned_by") == "llamacpp" for one in listed_models(content)):
        other = scrubbed(names[0], key)
        return replace(said, detail=f"{host} answers with {other}, whatever the model's name")
    detail = f"{host} answers, and does not know {name}"
    return replace(said, ok=False, detail=detail, hint=advise_model(name, names, key))


def _is_json(content: bytes) -> bool:
    """Whether a body is JSON, as every API's is."""
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


async def _listed(server: Server, name: str, seconds: float) -> bytes:
    client = Client(server, model=name, watcher=Silent())
    try:
        return await client.list_models(seconds)
    finally:
        await client.close()


def _key(resolved: Settings, secret: str, *, trusted: bool) -> Check:
    """Whether there is a key, and whether it would be sent; never the key."""
    if not secret:
        detail = f"{_KEY} is not set"
    elif not trusted:
        detail = f"{_KEY} is set, and not sent to a server that only the project names"
    elif names_file(resolved.model):
        detail = f"{_KEY} is set, and not needed: a file answers"
    elif not resolved.api_key:
        detail = f"{_KEY} is set, and not sent: only the project names the server, on this machine"
    else:
        detail = f"{_KEY} is set"
    return Check(group="Model", name="key", ok=True, detail=detail)


def _template(resolved: Settings) -> Check:
    try:
        template = chosen(resolved.template)
    except DraftError as error:
        return failed("Where", "template", error)
    name = relative(resolved.template) if resolved.template else SETTINGS["template"].default
    detail = f"{name}: {len(template.specs)} headings"
    return Check(group="Where", name="template", ok=True, detail=detail)


def _folder(resolved: Settings) -> Check:
    shown = relative(resolved.dir)
    try:
        store.prepare(resolved.dir)
        documents = [entry for entry in listing(resolved.dir) if entry.suffix]
    except DraftError as error:
        return failed("Where", "folder", error)
    except FileNotFoundError:
        detail = f"{shown}: not there yet, the first draft makes it"
        return Check(group="Where", name="folder", ok=True, detail=detail)
    count = f"{len(documents)} {plural(len(documents), 'numbered document')}"
    return Check(group="Where", name="folder", ok=True, detail=f"{shown}: {count}")


def _embedded(resolved: Settings) -> Iterator[Check]:
    """Whether the embedded model can run here; where another answers, nothing rests on that."""
    needed = needs_embedded(resolved)
    file = Path(resolved.model) if names_file(resolved.model) else None
    try:
        found = requirement.requirements(file)
    except (DraftError, OSError):  # the file is no model, which is said where the model is
        found = requirement.requirements()
    group = "Embedded model" if needed else "Embedded model, which is not the one that answers"
    for one in found:
        hint = "" if one.ok else one.hint
        yield Check(
            group=group, name=one.name, ok=one.ok, detail=one.detail, hint=hint, needed=needed
        )


def _prices() -> Iterator[Check]:
    for fault in load_prices().faults:
        yield Check(group="Where", name="prices", ok=False, detail=fault, needed=False)


def _settings(resolved: Settings, secret: str) -> Iterator[Setting]:
    """Every setting that a person can make, with the place that it comes from."""
    values: dict[str, object] = {
        "dir": relative(resolved.dir),
        "template": relative(resolved.template) if resolved.template else None,
        "model": resolved.model,
        "base-url": resolved.base_url,
        "concurrency": resolved.concurrency,
        "timeout": f"{resolved.timeout:g}",
        "max-tokens-total": resolved.max_tokens_total,
        "language": resolved.language,
        "author": settings.find_author(resolved, environ, Path.cwd()),
    }
    for name, option in SETTINGS.items():
        source = resolved.sources[name]
        where = {
            "option": f"--{name}",
            "environment": option.variable,
            "project": relative(resolved.file) if resolved.file else "",
        }.get(source, "")
        yield Setting(
            name=name, value=str(values[name] or option.default), source=source, where=where
        )
    kept = "environment" if secret else "default"
    yield Setting(
        name="key", value="set" if secret else "not set", source=kept, where=_KEY if secret else ""
    )
    own = user_file()
    if own.is_file():
        prices = load_prices()
        known = f"prices of {', '.join(prices.models) or 'no model'}"
        yield Setting(name="prices", value=known, source="user", where=str(own))


def fields(health: Health) -> dict[str, Json]:
    """What was found as the fields of a JSON object."""

    def clean(text: str) -> str:
        return without_key(text, health.secret)

    return {
        "ok": health.ok,
        "checks": [
            {"group": one.group, "name": one.name, "ok": one.ok, "needed": one.needed,
             "detail": clean(one.detail), "hint": clean(one.hint)}
            for one in health.checks
        ],
        "settings": [
            {"name": one.name, "value": clean(one.value), "source": one.source, "where": one.where}
            for one in health.settings
        ],
    }  # fmt: skip


def health_lines(health: Health, how: Look, *, errors_only: bool = False) -> Iterator[str]:
    """Return what was found as lines for a person; `errors_only` leaves what is in the way."""
    group = ""
    for one in sorted(health.checks, key=lambda one: one.group not in _FIRST):
        if errors_only and (one.ok or not one.needed):
            continue
        if one.group != group:
            group = one.group
            yield style.paint(group, "head", how)
        yield from _check_lines(one, how)
    if errors_only:
        return
    if health.settings:
        yield style.paint("Settings", "head", how)
    for said in health.settings:
        place = f"{said.source} {said.where}".strip()
        yield from _row(said.name, f"{said.value}  [{place}]", how)
    yield ""
    if health.ok:
        yield style.paint("A draft can work here.", "added", how)
    else:
        yield style.paint("No draft can work here.", "error", how)


def _check_lines(one: Check, how: Look) -> Iterator[str]:
    mark = "ok" if one.ok else "no"
    kind: Kind = "added" if one.ok else "error" if one.needed else "faint"
    first, *rest = _row(one.name, one.detail, how, before=f"{mark:4}")
    yield first.replace(mark, style.paint(mark, kind, how), 1)
    yield from rest
    for line in one.hint.split("\n") if one.hint else ():
        yield from _row("", line, how, before="    ")


def _row(name: str, text: str, how: Look, before: str = "") -> list[str]:
    """Return a name and what there is to say of it, which goes on in its own column.

    Where that column would be narrower than the words before it are, it goes on below those.
    """
    head = f"  {before}{name.ljust(_NAME if before else _NAME + 4)}  "
    said = [harmless(line) for line in text.split("\n")]
    if how.columns and how.columns < _NARROW * len(head):
        lead = head if name else " " * (2 + len(before))
        return [
            part for line in said for part in style.wrap(f"{lead}{line}", how.columns, len(before))
        ]
    most = how.columns - len(head) if how.columns else 0
    parts = [part for line in said for part in style.wrap(line, most)]
    return [f"{' ' * len(head) if number else head}{part}" for number, part in enumerate(parts)]
