"""The schemas of what the program prints."""

import json
from importlib.resources import files

from tests.support.paths import DATA

SARIF = json.loads((DATA / "sarif" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))


def schema() -> dict[str, object]:
    loaded: dict[str, object] = json.loads(
        files("assistant").joinpath("result.schema.json").read_text()
    )
    return loaded
