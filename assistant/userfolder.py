"""The person's own folders, by the platform's rules. The only importer of platformdirs.

Where there is no home to keep them in, asking for one raises OSError: `HOME` is not set for a user
whom the system does not know (a container's `--user 54321`), or it names what is not there, which
nobody but the system's owner ought to make.
"""

import errno
import os
import sys
from pathlib import Path
from typing import Literal

_Kind = Literal["state", "cache", "config"]
_XDG = {"state": ".local/state", "cache": ".cache", "config": ".config"}
_NAME = "draft"


def state_folder() -> Path:
    """Return the folder of journals and locks. Raises OSError where there is none."""
    return _folder("state")


def cache_folder() -> Path:
    """Return the folder of what can be made again. Raises OSError where there is none."""
    return _folder("cache")


def config_folder() -> Path:
    """Return the folder of the person's configuration. Raises OSError where there is none."""
    return _folder("config")


def _folder(kind: _Kind) -> Path:
    if sys.platform in {"win32", "darwin", "android"}:
        return _platform(kind)
    # The rule of these systems is short, and platformdirs takes a relative path for a folder:
    # it must be ignored (XDG Base Directory Specification).
    named = os.environ.get(f"XDG_{kind.upper()}_HOME", "")
    return (Path(named) if os.path.isabs(named) else _home() / _XDG[kind]) / _NAME  # noqa: PTH117


def _home() -> Path:
    """Return the person's home, which is there."""
    home = os.environ.get("HOME", "") or _known()
    if not home:
        raise OSError(errno.ENOENT, "HOME is not set, and the system knows of no home of yours")
    if not os.path.isabs(home):  # noqa: PTH117  a string that may be anything
        raise OSError(errno.ENOENT, "HOME is no absolute path", home)
    if not os.path.isdir(home):  # noqa: PTH112
        raise OSError(errno.ENOENT, "HOME names no folder that is there", home)
    return Path(home)


def _known() -> str:
    """Return the home that the system has on its list of users, or nothing."""
    if sys.platform == "win32":
        return ""
    import pwd  # noqa: PLC0415  Unix has it

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


def _platform(kind: _Kind) -> Path:
    from platformdirs import user_cache_path, user_config_path, user_state_path  # noqa: PLC0415

    paths = {"state": user_state_path, "cache": user_cache_path, "config": user_config_path}
    try:
        return paths[kind](_NAME, appauthor=False)
    except RuntimeError as error:  # it finds no home
        raise OSError(errno.ENOENT, str(error)) from error
