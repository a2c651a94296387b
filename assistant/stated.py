"""What a slot that holds one value says: a status or a date, and where in the slot it stands."""

import re
from dataclasses import dataclass

from assistant.field import Field
from assistant.mark import comment_spans

_LINE = re.compile(r"[^\r\n]+")
_LEAD = re.compile(r"[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?")
_YAML = re.compile(
    r"""[ \t]*(?: "(?P<double>[^"\\\r\n]*)" | '(?P<single>[^'\r\n]*)'
      | (?P<plain>[^\s\#"'|>\[{&*!%@`][^\r\n]*?)? )[ \t]*(?:(?<=[ \t])\#[^\r\n]*)?
      (?P<rest>(?:\r\n|\n|\r).*)?""",
    re.VERBOSE | re.DOTALL,
)
_WRAPS = ("**", "__", "*", "_", "`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A value and its place in the slot's content; an empty one stands where one would begin.

    Markup, quotes and comments around it are no part of it.
    """

    start: int
    end: int
    text: str


def stated(field: Field) -> Stated | None:
    """The value that a slot holds; None where it is a list or a block, and so not one value.

    Of a slot of several lines it is the first that says anything; what the template has there
    counts as a value too, and is whole.
    """
    if field.slot.kind == "yaml":
        return _yaml(field)
    masked = field.content
    for start, end in comment_spans(field.content):
        masked = masked[:start] + re.sub(r"[^\r\n]", " ", masked[start:end]) + masked[end:]
    found = next((line for line in _LINE.finditer(masked) if line[0].strip()), None)
    if found is None:
        return Stated(start=0, end=0, text="")
    lead = _LEAD.match(found[0]) if field.slot.kind == "prose" else None
    start = found.start() + (lead.end() if lead else len(found[0]) - len(found[0].lstrip()))
    end = found.start() + len(found[0].rstrip())
    if not field.written:
        return Stated(start=start, end=end, text=masked[start:end])
    for wrap in _WRAPS:
        inner = masked[start + len(wrap) : end - len(wrap)]
        wrapped = masked.startswith(wrap, start) and masked.endswith(wrap, start, end)
        if wrapped and inner.strip() and wrap not in inner:
            start, end = start + len(wrap), end - len(wrap)
    return Stated(start=start, end=end, text=masked[start:end])


def _yaml(field: Field) -> Stated | None:
    if not field.written and field.content.strip():
        found = re.match(r"[ \t]*([^\r\n]*?)[ \t]*(?:[ \t]#[^\r\n]*)?(?:[\r\n]|\Z)", field.content)
        block = field.content.strip() and not (found and found[1])
        if found and not block:
            return Stated(start=found.start(1), end=found.end(1), text=found[1])
        return None
    match = _YAML.fullmatch(field.content)
    if match is None or any(
        line.strip() and not line.lstrip().startswith("#")
        for line in (match["rest"] or "").splitlines()
    ):
        return None
    name = next((name for name in ("double", "single", "plain") if match[name] is not None), "")
    if not name:
        return Stated(start=0, end=0, text="")
    return Stated(start=match.start(name), end=match.end(name), text=match[name])
