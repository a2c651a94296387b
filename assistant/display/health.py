"""What `draft doctor` found, as a person reads it and as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.errors import Json
from assistant.llm.server import mask_key
from assistant.terminal import style
from assistant.terminal.style import StreamLook, TextKind
from assistant.text import make_harmless

_LEADING_GROUPS = ("Model", "Where")  # of checks: they stand before the embedded model's
_NAME_COLUMNS = 12  # of the names of checks; settings have four more, for `max-tokens-total`
# A text has a column of its own if the terminal has this many times the columns before it: in less,
# its lines would be shorter than what stands before them. By judgement.
_NARROW_FACTOR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """One thing that was looked at; no draft can work without one that is `needed`."""

    group: str
    name: str
    ok: bool
    detail: str
    hint: str = ""
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveSetting:
    """A setting as it holds here; `source` is who sets it, `where` its name there."""

    name: str
    value: str
    source: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """What was found: checks and settings; `secret` is the key, which must not be shown."""

    checks: tuple[HealthCheck, ...]
    settings: tuple[EffectiveSetting, ...] = ()
    secret: str = ""

    @property
    def ok(self) -> bool:
        """Return whether a draft could work here."""
        return all(found.ok or not found.needed for found in self.checks)


def build_health_fields(health: HealthReport) -> dict[str, Json]:
    """Return what was found as the fields of a JSON object."""

    def clean(text: str) -> str:
        return mask_key(text, health.secret)

    return {
        "ok": health.ok,
        "checks": [
            {
                "group": one.group,
                "name": one.name,
                "ok": one.ok,
                "needed": one.needed,
                "detail": clean(one.detail),
                "hint": clean(one.hint),
            }
            for one in health.checks
        ],
        "settings": [
            {"name": one.name, "value": clean(one.value), "source": one.source, "where": one.where}
            for one in health.settings
        ],
    }


def format_health(
    health: HealthReport, look: StreamLook, *, errors_only: bool = False
) -> Iterator[str]:
    """Yield what was found as lines for a person; with `errors_only` only what is in the way."""
    group = ""
    for one in sorted(health.checks, key=lambda one: one.group not in _LEADING_GROUPS):
        if errors_only and (one.ok or not one.needed):
            continue
        if one.group != group:
            group = one.group
            yield style.paint_words(group, "head", look)
        yield from _format_check(one, look)
    if errors_only:
        return
    if health.settings:
        yield style.paint_words("Settings", "head", look)
    for setting in health.settings:
        place = f"{setting.source} {setting.where}".strip()
        yield from _format_row(setting.name, f"{setting.value}  [{place}]", look)
    yield ""
    if health.ok:
        yield style.paint_words("A draft can work here.", "added", look)
    else:
        yield style.paint_words("No draft can work here.", "error", look)


def _format_check(one: HealthCheck, look: StreamLook) -> Iterator[str]:
    """Yield the lines of a check: whether it went well, its name, its detail, then its hint."""
    mark = "ok" if one.ok else "no"
    kind: TextKind = "added" if one.ok else "error" if one.needed else "faint"
    first, *rest = _format_row(one.name, one.detail, look, before=f"{mark:4}")
    yield first.replace(mark, style.paint_words(mark, kind, look), 1)
    yield from rest
    for line in one.hint.split("\n") if one.hint else ():
        yield from _format_row("", line, look, before="    ")


def _format_row(name: str, text: str, look: StreamLook, before: str = "") -> list[str]:
    """Return lines with a name and a text, whose later lines stand in a column of their own.

    On a narrow terminal they stand below the name.
    """
    head = f"  {before}{name.ljust(_NAME_COLUMNS if before else _NAME_COLUMNS + 4)}  "
    texts = [make_harmless(line) for line in text.split("\n")]
    if look.columns and look.columns < _NARROW_FACTOR * len(head):
        lead = head if name else " " * (2 + len(before))
        return [
            part
            for line in texts
            for part in style.wrap_line(f"{lead}{line}", look.columns, len(before))
        ]
    most = look.columns - len(head) if look.columns else 0
    parts = [part for line in texts for part in style.wrap_line(line, most)]
    return [f"{' ' * len(head) if number else head}{part}" for number, part in enumerate(parts)]
