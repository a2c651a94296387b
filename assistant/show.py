"""What commands print alike: paths as people type them."""

import os
from contextlib import suppress
from pathlib import Path


def relative(path: Path) -> str:
    """A path as a person here would type it."""
    with suppress(ValueError):
        return os.path.relpath(path)
    return str(path)
