"""How this program was installed, and the command that brings the embedded model to it."""

import json
from contextlib import suppress
from typing import Final
from urllib.parse import unquote, urlsplit

NAME: Final = "draft-design"


def command_for_extra(direct_url: str | None = None, *, again: bool = False) -> str:
    """Return the command that installs the extra `local` from where this program came from.

    No registry has the project, so that its bare name is never advised: anyone may claim it there.
    `direct_url` is the text of the file in which installers note that place (PEP 610), by default
    ours. `again` is for what is installed and damaged.
    """
    install = f"pip install{' --force-reinstall' if again else ''}"
    noted = _noted() if direct_url is None else direct_url
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        place = json.loads(noted)
        url = str(place["url"])
        if versions := place.get("vcs_info"):
            at = versions.get("requested_revision") or versions.get("commit_id") or ""
            return f'{install} "{NAME}[local] @ {versions["vcs"]}+{url}{"@" if at else ""}{at}"'
        if url.startswith("file:") and "dir_info" in place:
            parts = urlsplit(url)
            folder = unquote(parts.path)
            if folder[2:3] == ":":  # /C:/folder
                folder = folder[1:]
            edits = "-e " if place["dir_info"].get("editable") else ""
            return f'{install} {edits}"{folder}[local]"'
    return f'{install} -e ".[local]" in a clone of this project'


def _noted() -> str:
    # Takes 15 ms to import, and is wanted where something is missing only.
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415

    try:
        return distribution(NAME).read_text("direct_url.json") or ""
    except (PackageNotFoundError, OSError):
        return ""
