"""`draft doctor`: look who would answer, whether they can, and where each setting comes from."""

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
from assistant.display.health import (
    EffectiveSetting,
    HealthCheck,
    HealthReport,
    build_health_fields,
    format_health,
)
from assistant.errors import DraftError, Exit
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
from assistant.terminal.style import format_path, pluralize_noun

MODEL_LIST_TIMEOUT = 5.0  # seconds for a server to list its models: a person waits; by judgement
_UNTRUSTED_CODE = "untrusted-server"
_KEY_VARIABLE = "OPENAI_API_KEY"
_KEY_CODES = ("no-key", "bad-key")
_SAMPLE_BYTES = 400  # of an answer that is no list: its first words are shown
# HTTP statuses of a server that has no list of models, though it may answer prompts.
_NO_LIST_STATUSES = frozenset({400, 404, 405, 501})


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorOptions:
    """The options of a draft, and how to speak of what was found."""

    settings: SettingOptions = field(default_factory=SettingOptions)
    manner: OutputStyle = field(default_factory=OutputStyle)


def run_doctor(options: DoctorOptions) -> int:
    """Look at all that a draft needs, without asking a model; exit code 1 if none could work."""
    health = examine_setup(options.settings, environ, Path.cwd())
    if options.manner.json:
        report.print_json(**build_health_fields(health))
    else:
        look = style.choose_look(sys.stdout, environ)
        lines = format_health(health, look, errors_only=options.manner.quiet)
        report.print_document(mask_key("".join(f"{line}\n" for line in lines), health.secret))
    return Exit.DONE if health.ok else Exit.FINDINGS


def examine_setup(options: SettingOptions, variables: Mapping[str, str], cwd: Path) -> HealthReport:
    """Return what was found; a fault of the configuration is a check that failed."""
    secret = variables.get(_KEY_VARIABLE, "").strip()
    refused: list[HealthCheck] = []
    try:
        resolved = settings.resolve_settings(options, variables, cwd)
    except DraftError as error:
        if error.code != _UNTRUSTED_CODE:
            failed = make_failed_check("Model", "settings", error)
            return HealthReport(checks=(failed,), secret=secret)
        refused = [make_failed_check("Model", "server", error)]
        # Without a key nothing could be sent to that server: the other settings can be looked at.
        keyless = {name: value for name, value in variables.items() if name != _KEY_VARIABLE}
        resolved = settings.resolve_settings(options, keyless, cwd)
    checks = list(refused or _check_model(resolved))
    if not any(one.name == "key" for one in checks):
        checks.append(_check_key(resolved, secret, trusted=not refused))
    checks += (_check_template(resolved), _check_folder(resolved))
    checks += (*_check_embedded(resolved), *_check_prices())
    values = tuple(_list_settings(resolved, secret))
    return HealthReport(checks=tuple(checks), settings=values, secret=secret)


def make_failed_check(group: str, name: str, error: DraftError) -> HealthCheck:
    """Return an error as a check that failed."""
    place = f"{report.strip_working_directory(error.where)}: " if error.where else ""
    detail = f"{place}{error.message}"
    return HealthCheck(group=group, name=name, ok=False, detail=detail, hint=error.hint)


def _check_model(resolved: Settings) -> Iterator[HealthCheck]:
    """Yield who would answer: the model, and whether its server knows it."""
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
    """Return whether the server answers, and lists the model; only the list is asked for."""
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
    """Return whether a server knows a model, by its list of models."""
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
    """Return whether a body is JSON, as every API's is."""
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
    """Return whether there is a key, and whether it would be sent; the key itself is not shown."""
    if not secret:
        state = "is not set"
    elif not trusted:
        state = "is set, and not sent to a server that only the project names"
    elif is_gguf_path(resolved.model):
        state = "is set, and not needed: a file answers"
    elif not resolved.api_key:
        state = "is set, and not sent: only the project names the server, on this machine"
    else:
        state = "is set"
    return HealthCheck(group="Model", name="key", ok=True, detail=f"{_KEY_VARIABLE} {state}")


def _check_template(resolved: Settings) -> HealthCheck:
    """Return whether the template can be used, and how many headings it has."""
    try:
        template = load_template(resolved.template)
    except DraftError as error:
        return make_failed_check("Where", "template", error)
    name = format_path(resolved.template) if resolved.template else SETTINGS["template"].default
    detail = f"{name}: {len(template.specs)} headings"
    return HealthCheck(group="Where", name="template", ok=True, detail=detail)


def _check_folder(resolved: Settings) -> HealthCheck:
    """Return whether a document could be saved in the folder, and how many it has."""
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
    """Yield what the embedded model needs to run here; if another answers, no draft needs it."""
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
    """Yield what is wrong with the person's own prices."""
    for fault in load_prices().faults:
        yield HealthCheck(group="Where", name="prices", ok=False, detail=fault, needed=False)


def _list_settings(resolved: Settings, secret: str) -> Iterator[EffectiveSetting]:
    """Yield every setting that a person can make, with the place that it comes from."""
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
