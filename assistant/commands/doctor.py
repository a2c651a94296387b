"""`draft doctor`: who would answer, whether they can, and where each setting comes from."""

import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from os import environ
from pathlib import Path

from assistant import settings
from assistant.address import check_base_url, format_host, is_loopback
from assistant.config import SETTINGS
from assistant.errors import DraftError, Exit, Json
from assistant.folder import store
from assistant.folder.numbers import list_entries
from assistant.llm.connect import EMBEDDED_MODEL_NAME, require_model_name
from assistant.llm.failures import FailedAttempt, FailureReporter
from assistant.llm.local import requirement
from assistant.llm.prices import load_prices
from assistant.llm.server import (
    Server,
    advise_model,
    knows_model,
    mask_key,
    read_model_list,
    read_model_names,
    scrub_text,
)
from assistant.llm.transport import Transport
from assistant.settings import (
    SettingOptions,
    Settings,
    find_user_file,
    is_gguf_path,
    needs_embedded_model,
)
from assistant.template.template import load_template
from assistant.terminal import report, style
from assistant.terminal.report import OutputStyle
from assistant.terminal.style import StreamLook, TextKind, format_path, pluralize_noun
from assistant.text import make_harmless

MODEL_LIST_TIMEOUT = 5.0  # seconds for a server to list its models
_UNTRUSTED_CODE = "untrusted-server"
_KEY_VARIABLE = "OPENAI_API_KEY"
_KEY_CODES = ("no-key", "bad-key")
_LEADING_GROUPS = ("Model", "Where")  # the groups that stand before the embedded model
_NAME_COLUMNS = 12  # columns of the names in the report
_NARROW_FACTOR = 3  # times the columns before a text: in less, it has no column of its own
_SAMPLE_BYTES = 400  # bytes of an answer that is none, of which the first words are shown
# What a server answers where it has no list of models, though it may answer prompts.
_NO_LIST_STATUSES = frozenset({400, 404, 405, 501})


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorOptions:
    """What a person would give a draft."""

    settings: SettingOptions = field(default_factory=SettingOptions)
    manner: OutputStyle = field(default_factory=OutputStyle)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """One thing that was looked at: `needed` says that no draft can work without it."""

    group: str
    name: str
    ok: bool
    detail: str
    hint: str = ""
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveSetting:
    """A setting as it holds here; `source` is the place that says it, `where` its name there."""

    name: str
    value: str
    source: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """What was found."""

    checks: tuple[HealthCheck, ...]
    settings: tuple[EffectiveSetting, ...] = ()
    secret: str = ""

    @property
    def ok(self) -> bool:
        """Whether a draft could work here."""
        return all(found.ok or not found.needed for found in self.checks)


def run_doctor(options: DoctorOptions) -> int:
    """Look at all that a draft needs, without asking a model; exit code 1 where none could work."""
    health = examine_setup(options.settings, environ, Path.cwd())
    if options.manner.json:
        report.print_json(**build_health_fields(health))
    else:
        how = style.choose_look(sys.stdout, environ)
        lines = format_health(health, how, errors_only=options.manner.quiet)
        report.print_document(mask_key("".join(f"{line}\n" for line in lines), health.secret))
    return Exit.DONE if health.ok else Exit.FINDINGS


def examine_setup(options: SettingOptions, variables: Mapping[str, str], cwd: Path) -> HealthReport:
    """Return what there is to say; what is wrong with a configuration is a check that failed."""
    secret = variables.get(_KEY_VARIABLE, "").strip()
    refused: list[HealthCheck] = []
    try:
        resolved = settings.resolve_settings(options, variables, cwd)
    except DraftError as error:
        refused = [
            make_failed_check(
                "Model", "server" if error.code == _UNTRUSTED_CODE else "settings", error
            )
        ]
        if error.code != _UNTRUSTED_CODE:
            return HealthReport(checks=tuple(refused), secret=secret)
        without = {name: said for name, said in variables.items() if name != _KEY_VARIABLE}
        resolved = settings.resolve_settings(options, without, cwd)
    found = tuple(refused or _check_model(resolved))
    keys = (
        ()
        if any(one.name == "key" for one in found)
        else (_check_key(resolved, secret, trusted=not refused),)
    )
    checks = (
        *found,
        *keys,
        _check_template(resolved),
        _check_folder(resolved),
        *_check_embedded(resolved),
        *_check_prices(),
    )
    return HealthReport(
        checks=checks, settings=tuple(_list_settings(resolved, secret)), secret=secret
    )


def make_failed_check(group: str, name: str, error: DraftError) -> HealthCheck:
    """Return an error as a check that failed."""
    place = f"{report.strip_working_directory(error.where)}: " if error.where else ""
    detail = f"{place}{error.message}"
    return HealthCheck(group=group, name=name, ok=False, detail=detail, hint=error.hint)


def _check_model(resolved: Settings) -> Iterator[HealthCheck]:
    """Who would answer: the model, and whether its server knows it."""
    if needs_embedded_model(resolved) and not is_gguf_path(resolved.model):
        name = resolved.model or EMBEDDED_MODEL_NAME
        detail = f"{name}, the embedded one: there is no key, and no server is named"
        yield HealthCheck(group="Model", name="model", ok=True, detail=detail)
        return
    file = is_gguf_path(resolved.model)
    name = resolved.server_model
    try:
        require_model_name(resolved)
    except DraftError as error:
        if not file:
            yield HealthCheck(group="Model", name="model", ok=True, detail=name)
        about = "model" if file else "key" if error.code in _KEY_CODES else "server"
        yield make_failed_check("Model", about, error)
        return
    yield HealthCheck(group="Model", name="model", ok=True, detail=name)
    if not file:
        yield _check_server(resolved, name)


def _check_server(resolved: Settings, name: str) -> HealthCheck:
    """Whether the server answers, and lists the model; only the list is asked for."""
    address = check_base_url(resolved.server_url)
    host = format_host(address) + (", on this machine," if is_loopback(address) else "")
    server = Server(
        base_url=address, api_key=resolved.api_key or "none", timeout=MODEL_LIST_TIMEOUT
    )
    content, hint = b"", ""
    try:
        content = asyncio.run(
            _fetch_model_list(server, name, min(MODEL_LIST_TIMEOUT, resolved.timeout))
        )
    except FailedAttempt as fault:
        if fault.status not in _NO_LIST_STATUSES:
            return make_failed_check("Model", "server", fault.error)
        if not address.endswith("/v1"):
            hint = "Check the address: it usually ends in /v1."
        elif fault.error.code == "not-an-api":
            hint = (
                f"That is a plain {fault.status}: check that an OpenAI-compatible server is there."
            )
    except DraftError as error:
        return make_failed_check("Model", "server", error)
    if content and not _is_json(content):
        words = FailureReporter(base_url=address, api_key=resolved.api_key, model=name)
        start = content[:_SAMPLE_BYTES].decode(errors="replace")
        return make_failed_check(
            "Model", "server", words.explain_not_an_api(start, "list of models")
        )
    found = _check_model_list(content, name, host, resolved.api_key)
    return replace(found, hint=found.hint or hint)


def _check_model_list(content: bytes, name: str, host: str, key: str) -> HealthCheck:
    """Whether a server knows a model, by its list of models."""
    said = HealthCheck(group="Model", name="server", ok=True, detail="")
    names = read_model_names(content)
    if not names:
        unknown = f"{host} answers, and lists no models: whether it knows {name} is not known"
        return replace(said, detail=unknown)
    if knows_model(names, name):
        return replace(said, detail=f"{host} answers, and knows {name}")
    if any(one.get("owned_by") == "llamacpp" for one in read_model_list(content)):
        other = scrub_text(names[0], key)
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


async def _fetch_model_list(server: Server, name: str, seconds: float) -> bytes:
    """Return the server's list of its models as it sent it."""
    transport = Transport(server, model=name)
    try:
        return await transport.list_models(seconds)
    finally:
        await transport.close()


def _check_key(resolved: Settings, secret: str, *, trusted: bool) -> HealthCheck:
    """Whether there is a key, and whether it would be sent; never the key."""
    if not secret:
        detail = f"{_KEY_VARIABLE} is not set"
    elif not trusted:
        detail = f"{_KEY_VARIABLE} is set, and not sent to a server that only the project names"
    elif is_gguf_path(resolved.model):
        detail = f"{_KEY_VARIABLE} is set, and not needed: a file answers"
    elif not resolved.api_key:
        why = "only the project names the server, on this machine"
        detail = f"{_KEY_VARIABLE} is set, and not sent: {why}"
    else:
        detail = f"{_KEY_VARIABLE} is set"
    return HealthCheck(group="Model", name="key", ok=True, detail=detail)


def _check_template(resolved: Settings) -> HealthCheck:
    try:
        template = load_template(resolved.template)
    except DraftError as error:
        return make_failed_check("Where", "template", error)
    name = format_path(resolved.template) if resolved.template else SETTINGS["template"].default
    detail = f"{name}: {len(template.specs)} headings"
    return HealthCheck(group="Where", name="template", ok=True, detail=detail)


def _check_folder(resolved: Settings) -> HealthCheck:
    shown = format_path(resolved.dir)
    try:
        store.check_can_save(resolved.dir)
        documents = [entry for entry in list_entries(resolved.dir) if entry.suffix]
    except DraftError as error:
        return make_failed_check("Where", "folder", error)
    except FileNotFoundError:
        detail = f"{shown}: not there yet, the first draft makes it"
        return HealthCheck(group="Where", name="folder", ok=True, detail=detail)
    count = f"{len(documents)} {pluralize_noun(len(documents), 'numbered document')}"
    return HealthCheck(group="Where", name="folder", ok=True, detail=f"{shown}: {count}")


def _check_embedded(resolved: Settings) -> Iterator[HealthCheck]:
    """Whether the embedded model can run here; where another answers, nothing rests on that."""
    needed = needs_embedded_model(resolved)
    file = Path(resolved.model) if is_gguf_path(resolved.model) else None
    try:
        found = requirement.list_requirements(file)
    except (DraftError, OSError):  # the file is no model, which is said where the model is
        found = requirement.list_requirements()
    group = "Embedded model" if needed else "Embedded model, which is not the one that answers"
    for one in found:
        hint = "" if one.ok else one.hint
        yield HealthCheck(
            group=group, name=one.name, ok=one.ok, detail=one.detail, hint=hint, needed=needed
        )


def _check_prices() -> Iterator[HealthCheck]:
    for fault in load_prices().faults:
        yield HealthCheck(group="Where", name="prices", ok=False, detail=fault, needed=False)


def _list_settings(resolved: Settings, secret: str) -> Iterator[EffectiveSetting]:
    """Every setting that a person can make, with the place that it comes from."""
    values: dict[str, object] = {
        "dir": format_path(resolved.dir),
        "template": format_path(resolved.template) if resolved.template else None,
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
            "project": format_path(resolved.file) if resolved.file else "",
        }.get(source, "")
        yield EffectiveSetting(
            name=name, value=str(values[name] or option.default), source=source, where=where
        )
    kept = "environment" if secret else "default"
    yield EffectiveSetting(
        name="key",
        value="set" if secret else "not set",
        source=kept,
        where=_KEY_VARIABLE if secret else "",
    )
    own = find_user_file()
    if own.is_file():
        prices = load_prices()
        known = f"prices of {', '.join(prices.models) or 'no model'}"
        yield EffectiveSetting(name="prices", value=known, source="user", where=str(own))


def build_health_fields(health: HealthReport) -> dict[str, Json]:
    """What was found as the fields of a JSON object."""

    def clean(text: str) -> str:
        return mask_key(text, health.secret)

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


def format_health(
    health: HealthReport, how: StreamLook, *, errors_only: bool = False
) -> Iterator[str]:
    """Return what was found as lines for a person; `errors_only` leaves what is in the way."""
    group = ""
    for one in sorted(health.checks, key=lambda one: one.group not in _LEADING_GROUPS):
        if errors_only and (one.ok or not one.needed):
            continue
        if one.group != group:
            group = one.group
            yield style.paint_words(group, "head", how)
        yield from _format_check(one, how)
    if errors_only:
        return
    if health.settings:
        yield style.paint_words("Settings", "head", how)
    for said in health.settings:
        place = f"{said.source} {said.where}".strip()
        yield from _format_row(said.name, f"{said.value}  [{place}]", how)
    yield ""
    if health.ok:
        yield style.paint_words("A draft can work here.", "added", how)
    else:
        yield style.paint_words("No draft can work here.", "error", how)


def _format_check(one: HealthCheck, how: StreamLook) -> Iterator[str]:
    mark = "ok" if one.ok else "no"
    kind: TextKind = "added" if one.ok else "error" if one.needed else "faint"
    first, *rest = _format_row(one.name, one.detail, how, before=f"{mark:4}")
    yield first.replace(mark, style.paint_words(mark, kind, how), 1)
    yield from rest
    for line in one.hint.split("\n") if one.hint else ():
        yield from _format_row("", line, how, before="    ")


def _format_row(name: str, text: str, how: StreamLook, before: str = "") -> list[str]:
    """Return a name and what there is to say of it, which goes on in its own column.

    Where that column would be narrower than the words before it are, it goes on below those.
    """
    head = f"  {before}{name.ljust(_NAME_COLUMNS if before else _NAME_COLUMNS + 4)}  "
    said = [make_harmless(line) for line in text.split("\n")]
    if how.columns and how.columns < _NARROW_FACTOR * len(head):
        lead = head if name else " " * (2 + len(before))
        return [
            part
            for line in said
            for part in style.wrap_line(f"{lead}{line}", how.columns, len(before))
        ]
    most = how.columns - len(head) if how.columns else 0
    parts = [part for line in said for part in style.wrap_line(line, most)]
    return [f"{' ' * len(head) if number else head}{part}" for number, part in enumerate(parts)]
