"""A disk whose steps fail where a test wants it."""

import errno
import os
from collections.abc import Callable
from types import SimpleNamespace

import pytest

ERRORS = [
    pytest.param(OSError(errno.ENOSPC, "full"), id="full"),
    pytest.param(OSError(errno.EIO, "broken"), id="broken"),
    pytest.param(KeyboardInterrupt(), id="interrupted"),
]


STEPS = ("open", "write", "fsync", "fchmod", "link", "replace", "close", "unlink")


def failing(step: str, nth: int, error: BaseException) -> SimpleNamespace:
    """A disk whose `step` fails the nth time."""
    calls = [0]

    def fail(*arguments: object, **named: object) -> object:
        calls[0] += 1
        if calls[0] == nth:
            raise error
        return getattr(os, step)(*arguments, **named)

    return layer(**{step: fail})


def layer(**changed: Callable[..., object]) -> SimpleNamespace:
    """The functions of `os` as `files` sees them, some of them replaced."""
    return SimpleNamespace(**{**vars(os), **changed})
