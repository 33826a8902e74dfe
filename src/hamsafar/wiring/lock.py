"""`DIR/lock`: a data folder has one owner at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hamsafar.kernel.errors import BadInput, Conflict


class FolderInUse(Conflict):
    """Another process owns the data folder."""


@contextmanager
def owned(data: Path) -> Iterator[None]:
    """Own a data folder while the block runs; the lock dies with the process.

    Raises:
        FolderInUse: another process owns it.
        BadInput: it is no folder, or cannot be made or written.
    """
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        message = f"{data} cannot be the data folder: {error.strerror}"
        raise BadInput(message, where="--data") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            message = f"{data} is in use by a running hamsafar"
            raise FolderInUse(message, where="--data") from None
        yield
    finally:
        os.close(descriptor)


def is_owned(data: Path) -> bool:
    """Return whether a process owns the data folder now."""
    try:
        with owned(data):
            return False
    except FolderInUse:
        return True
