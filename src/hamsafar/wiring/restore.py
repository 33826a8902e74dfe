"""Makes a data folder from a backup whose files were checked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from hamsafar.access import local_caller
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import Statement
from hamsafar.wiring.build import RESTORING, Hamsafar, opened
from hamsafar.wiring.place import sync_folder
from hamsafar.wiring.settings import Settings

LOCK = "lock"
_END_BACKUPS = Statement(
    "restore.end_backups",
    "UPDATE job SET state = 'done', finished_at = :now"
    " WHERE kind = 'backup' AND state IN ('queued', 'running')",
)
"""The backup itself was under way when it was written; it must not be written again."""
_TELL_NOTHING = Statement(
    "restore.tell_nothing", "UPDATE alert SET told_at = :now WHERE told_at IS NULL"
)
"""What was wrong at the time of the backup is no news for anybody's webhook."""


Finish = Callable[[Hamsafar], None]


def restore_files(
    backup: Path, names: Iterable[str], settings: Settings, finish: Finish | None = None
) -> None:
    """Copy the files of a backup into an empty data folder, and begin a new epoch.

    `finish` is the last thing done to it before anybody can open it.

    The database becomes `DIR/main.db`, wherever it was before. While it is not finished nobody can
    open the folder; killed, it is begun anew. The caller owns the folder.

    Raises:
        BadInput: the folder holds something else.
    """
    data = settings.data
    marker = data / RESTORING
    others = {path.name for path in data.iterdir()} - {LOCK}
    if others and not marker.exists():
        raise BadInput(f"{data} is not empty; restore into a new folder", where="--data")
    _clear(data, marker)
    (data / "lake").mkdir(mode=0o700)
    for name in names:
        _copy(backup / name, data / name)
    for folder in (data / "lake", data):
        sync_folder(folder)
    with opened(replace(settings, database=""), restoring=True) as hamsafar:
        with hamsafar.database.write() as tx:
            now = hamsafar.clock.now_us()
            tx.run(_END_BACKUPS, {"now": now})
            tx.run(_TELL_NOTHING, {"now": now})
        hamsafar.access.workspaces.new_epoch(local_caller("restore"))
        if finish is not None:
            finish(hamsafar)
    marker.unlink()
    sync_folder(data)


def _clear(data: Path, marker: Path) -> None:
    """Empty the folder of what an interrupted restore left."""
    marker.touch(0o600)
    sync_folder(data)
    for path in data.iterdir():
        if path.name in {LOCK, RESTORING}:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    data.chmod(0o700)


def _copy(source: Path, to: Path) -> None:
    shutil.copyfile(source, to)
    to.chmod(0o600)
    with to.open("rb") as file:
        os.fsync(file.fileno())
