"""The lake folder: every change of it goes through here, in an order that survives a power cut."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

TEMPORARY = ".tmp"


class Disk:
    """Creates and removes immutable files in one folder.

    A file is written under a temporary name, synced, renamed; `settle` syncs the folder. Only then
    may a manifest row name it.
    """

    def __init__(self, root: Path, *, is_durable: bool = True) -> None:
        """Take a folder; without `is_durable` files are not synced: for caches that are verified."""
        self.root = root
        self._is_durable = is_durable
        self._created: dict[str, float] = {}

    def step(self, what: str) -> None:
        """Do nothing; called before each change so that a test can make any of them fail."""

    def prepare(self) -> None:
        """Create the folder."""
        self.root.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def create(self, name: str) -> Iterator[BinaryIO]:
        """Yield a new file for writing; at the end of the block it is whole and synced."""
        temporary = self.root / f"{name}.{os.getpid()}{TEMPORARY}"
        self._created[temporary.name] = self._created[name] = time.monotonic()
        try:
            self.step("write")
            with temporary.open("x+b") as file:
                yield file
                file.flush()
                self.step("sync")
                if self._is_durable:
                    os.fsync(file.fileno())
            self.step("rename")
            temporary.replace(self.root / name)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def forget_created(self, *, older_than: timedelta) -> set[str]:
        """Return what was created in this process since, and forget what is older."""
        oldest = time.monotonic() - older_than.total_seconds()
        self._created = {name: at for name, at in self._created.copy().items() if at >= oldest}
        return set(self._created)

    def settle(self) -> None:
        """Sync the folder: names created so far survive a power cut."""
        self.step("settle")
        folder = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self, name: str) -> bool:
        """Unlink a file; return False if it was not there."""
        self.step("remove")
        try:
            (self.root / name).unlink()
        except FileNotFoundError:
            return False
        return True

    def names(self) -> list[str]:
        """Return the names of all files in the folder, sorted."""
        return sorted(entry.name for entry in os.scandir(self.root) if entry.is_file())
