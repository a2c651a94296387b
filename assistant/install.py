"""Find out how this program was installed, and by which command the embedded model is added."""

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from assistant.repo import git

DISTRIBUTION_NAME: Final = "draft-design"
_CHECKOUT: Final = Path(__file__).resolve().parent.parent  # a checkout, if it is one
_GIT_TIMEOUT: Final = 5.0  # seconds for git to read a file


def build_install_command(direct_url: str | None = None, *, again: bool = False) -> str:
    """Return the command that installs the extra `local` from where this program came from.

    No registry has the project, so that its bare name is never advised: anyone may claim it there.
    `direct_url` is the text of the file in which installers note that place (PEP 610), by default
    ours. `again` is for what is installed and damaged.
    """
    install = f"pip install{' --force-reinstall' if again else ''}"
    noted = _read_direct_url() if direct_url is None else direct_url
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        place = json.loads(noted)
        url = str(place["url"])
        if versions := place.get("vcs_info"):
            at = versions.get("requested_revision") or versions.get("commit_id") or ""
            source = f"{versions['vcs']}+{url}{'@' if at else ''}{at}"
            return f'{install} "{DISTRIBUTION_NAME}[local] @ {source}"'
        if url.startswith("file:") and "dir_info" in place:
            parts = urlsplit(url)
            folder = unquote(parts.path)
            if folder[2:3] == ":":  # /C:/folder
                folder = folder[1:]
            edits = "-e " if place["dir_info"].get("editable") else ""
            return f'{install} {edits}"{folder}[local]"'
    return f'{install} -e ".[local]" in a clone of this project'


def find_report_address(direct_url: str | None = None, folder: Path = _CHECKOUT) -> str:
    """Return where a bug of ours is to be reported; empty if nothing here says so.

    That is the project's own address, else where this copy is from: what its installer noted
    (`direct_url`, PEP 610), or the remote of the checkout that holds `folder`.
    """
    if address := _find_project_address():
        return address
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        place = json.loads(_read_direct_url() if direct_url is None else direct_url)
        if "vcs_info" in place:
            return _strip_user(str(place["url"]))
    with suppress(OSError):
        if (folder / ".git").exists():
            asked = ("remote", "get-url", "origin")
            return _strip_user(git.ask_git(folder, asked, os.environ, _GIT_TIMEOUT).strip())
    return ""


def _find_project_address() -> str:
    """Return the address for reports that the project's own metadata has; empty without one."""
    from importlib.metadata import PackageNotFoundError, metadata  # noqa: PLC0415

    try:
        urls = metadata(DISTRIBUTION_NAME).get_all("Project-URL") or []
    except (PackageNotFoundError, OSError):
        return ""
    named = (str(url).partition(", ") for url in urls)
    return next((address for label, _, address in named if label == "Issues"), "")


def _strip_user(address: str) -> str:
    """Return an address without the name and the token that a remote may hold; no local path."""
    address = re.sub(r"(?<=://)[^/@]*@", "", address)
    is_local = "://" not in address and not re.match(r"[\w.-]+@[\w.-]+:", address)
    return "" if is_local or address.startswith("file:") else address


def _read_direct_url() -> str:
    """Return what the installer noted of where this program came from; empty without a note."""
    # Takes 15 ms to import, and is wanted where something is missing only.
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415

    try:
        return distribution(DISTRIBUTION_NAME).read_text("direct_url.json") or ""
    except (PackageNotFoundError, OSError):
        return ""
