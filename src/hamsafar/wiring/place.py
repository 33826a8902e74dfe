"""`DIR/settings.json`: what a data folder itself remembers, first of all where its database is.

The environment wins over it. It may hold a database password, so only its owner can read it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from hamsafar.kernel.errors import BadInput

FILE = "settings.json"
FORMAT = 1


def stored_database(data: Path) -> str:
    """Return the URL of the folder's database, empty while it is `DIR/main.db`.

    Raises:
        BadInput: the file cannot be read.
    """
    path = data / FILE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ""
    except (ValueError, OSError) as error:
        raise BadInput(f"{path} cannot be read: {error}", where=FILE) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadInput(f"{path} is not of this release; it must say format {FORMAT}", where=FILE)
    database = found.get("database", "")
    if not isinstance(database, str):
        raise BadInput(f"`database` in {path} must be a URL", where=FILE)
    return database


def store_database(data: Path, database: str) -> None:
    """Remember where the folder's database is, durably and at once."""
    part = data / f".{FILE}.partial"
    text = json.dumps({"format": FORMAT, "database": database}, indent=1)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(data / FILE)
    sync_folder(data)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
