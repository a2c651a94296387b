"""Wants, and answers to them, that the tests of reading and of faults share."""

import json
from collections.abc import Iterable

from assistant.editing.answer import Fault
from assistant.prompting.request import SectionRequest, Want

PROSE = Want(key="overview", kind="prose", label="", words=40, placeholder="<!-- What? -->")
OPTIONS = Want(
    key="options",
    kind="group",
    label="Options",
    examples=("Option A", "Option B"),
    least=2,
    most=3,
    fields=(
        Want(key="description", kind="text", label="", words=10),
        Want(key="pros", kind="text", label="Pros", words=10),
    ),
)
CHOICE = Want(
    key="recommendation", kind="text", label="Recommendation", words=20, choice_of="options"
)
ROWS = Want(
    key="risks",
    kind="rows",
    label="",
    words=10,
    least=2,
    most=4,
    columns=(("Risk", ()), ("Impact", ("High", "Med", "Low"))),
)


def asked(*wants: Want) -> SectionRequest:
    """Return the request for a section with these wants."""
    return SectionRequest(id="x", title="X", path=("X",), guidance="", wants=wants)


def sentences(faults: Iterable[Fault]) -> tuple[str, ...]:
    """Return what a model is told of faults."""
    return tuple(fault.sentence for fault in faults)


def said(**data: object) -> str:
    """Return an answer in JSON."""
    return json.dumps(data)


def option(name: str, description: str = "keeps it", pros: str = "quick") -> dict[str, str]:
    """Return an option, its texts told from those of others by its name."""
    return {"name": name, "description": f"{description} {name}", "pros": f"{pros} {name}"}
