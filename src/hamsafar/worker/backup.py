"""A backup: one folder with database, log, history and secret of one moment."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from hamsafar import __version__
from hamsafar.kernel.errors import BadInput
from hamsafar.wiring.build import Hamsafar

SHEET = "backup.json"
FORMAT = 1
Progress = Callable[[int, int], None]


def write_backup(hamsafar: Hamsafar, to: Path, progress: Progress) -> dict[str, object]:
    """Write everything into the new folder `to` and return what it holds.

    The database goes first and the log after it, so the log reaches at least as far as the
    positions in the database; the caller keeps history's files from moving.

    Raises:
        BadInput: the folder exists and is not empty.
    """
    if to.exists() and any(to.iterdir()):
        raise BadInput(f"{to} is not empty; give a new folder", where="to")
    (to / "lake").mkdir(parents=True, exist_ok=True, mode=0o700)
    files = hamsafar.store.files()
    steps = len(files) + 2
    hamsafar.database.backup(to / "main.db")
    progress(1, steps)
    hamsafar.log.backup(to / "log.db")
    progress(2, steps)
    for number, name in enumerate(files, start=3):
        shutil.copyfile(hamsafar.settings.lake / name, to / "lake" / name)
        progress(number, steps)
    shutil.copyfile(hamsafar.settings.secret_file, to / "secret")
    (to / "secret").chmod(0o600)
    names = sorted(str(path.relative_to(to)) for path in to.rglob("*") if path.is_file())
    sheet = {
        "format": FORMAT,
        "version": __version__,
        "made_at": hamsafar.clock.now_us(),
        "files": {name: digest_of(to / name) for name in names},
    }
    sync_write(to / SHEET, json.dumps(sheet, indent=1))
    total = sum((to / name).stat().st_size for name in names)
    return {"to": str(to), "files": len(names), "bytes": total}


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_write(path: Path, text: str) -> None:
    """Write a text file and wait until it is on disk."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
