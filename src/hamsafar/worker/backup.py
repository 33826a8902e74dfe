"""A backup: one folder with database, log, history and secret of one moment.

It is written beside its place under another name and takes its name when it is whole and on disk,
so a folder that has its sheet is a backup, and one that has none is not.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from hamsafar import __version__
from hamsafar.access.services.jobs import Jobs
from hamsafar.kernel.errors import BadInput
from hamsafar.wiring.build import Hamsafar
from hamsafar.wiring.erasures import SHEET

FORMAT = 1
Progress = Callable[[int, int], None]


def write_backup(
    hamsafar: Hamsafar, to: Path, progress: Progress, *, job: str
) -> dict[str, object]:
    """Write everything into the new folder `to` and return what it holds.

    The database goes first and the log after it, so the log reaches at least as far as the
    positions in the database; the caller keeps history's files from moving. What a dead worker
    left half written is begun anew; a backup that the same job ended is not written twice.

    Raises:
        BadInput: the folder exists and is not empty, or cannot be written; `where` is `to`.
    """
    done = _written_by(job, to)
    if done is not None:
        return _summary(to, done)
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise BadInput(f"{to} is not empty; give a new folder", where="to")
    part = to.with_name(f".{to.name}.partial")
    try:
        _fresh(part)
        names = _copy(hamsafar, part, progress)
        sheet: dict[str, object] = {
            "format": FORMAT,
            "version": __version__,
            "job": job,
            "made_at": hamsafar.clock.now_us(),
            "files": {name: digest_of(part / name) for name in names},
        }
        sync_write(part / SHEET, json.dumps(sheet, indent=1))
        sync_folder(part)
        part.rename(to)
        sync_folder(to.parent)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise BadInput(f"{to} cannot be written: {error.strerror or error}", where="to") from error
    return _summary(to, sheet)


def backup_folders(jobs: Jobs) -> set[Path]:
    """Return the folders in which backups lie, as far as they are still there."""
    made = [Path(str(json.loads(args)["to"])) for args in jobs.backups()]
    return {to.parent for to in made if (to / SHEET).is_file()}


def read_sheet(folder: Path) -> dict[str, object]:
    """Return what a backup says of itself.

    Raises:
        BadInput: no backup, unreadable, or written by a newer release; `where` is `BACKUP`.
    """
    path = folder / SHEET
    if not path.is_file():
        raise BadInput(f"{folder} is not a backup: it has no {SHEET}", where="BACKUP")
    try:
        sheet = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        sheet = None
    if not isinstance(sheet, dict) or not isinstance(sheet.get("files"), dict):
        raise BadInput(f"{path} is damaged: it does not list the files", where="BACKUP")
    if sheet.get("format") != FORMAT:
        found = f"{folder} is a backup of format {sheet.get('format')}"
        raise BadInput(f"{found}; this release reads {FORMAT}", where="BACKUP")
    return sheet


def check_backup(folder: Path) -> dict[str, str]:
    """Return the files of a backup with their digests, each found as it was written.

    Raises:
        BadInput: no backup, or a file is damaged, missing or not of it; `where` is `BACKUP`.
    """
    listed = read_sheet(folder)["files"]
    files = {str(k): str(v) for k, v in listed.items()} if isinstance(listed, dict) else {}
    found = {str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()} - {SHEET}
    if strange := sorted(found - files.keys()):
        raise BadInput(f"{strange[0]} does not belong to this backup", where="BACKUP")
    for name, digest in files.items():
        if not (folder / name).is_file() or digest_of(folder / name) != digest:
            raise BadInput(f"{name} is damaged or missing in this backup", where="BACKUP")
    return files


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


def sync_copy(source: Path, to: Path) -> None:
    """Copy a file and wait until it is on disk."""
    shutil.copyfile(source, to)
    with to.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _written_by(job: str, to: Path) -> dict[str, object] | None:
    """Return the sheet of the backup this very job has written before, None if it has not."""
    if not (to / SHEET).is_file():
        return None
    sheet = read_sheet(to)
    return sheet if sheet.get("job") == job else None


def _fresh(part: Path) -> None:
    if part.exists():
        shutil.rmtree(part)
    part.mkdir(parents=True, mode=0o700)
    (part / "lake").mkdir(mode=0o700)


def _copy(hamsafar: Hamsafar, part: Path, progress: Progress) -> list[str]:
    """Copy everything; return the names of the files."""
    hamsafar.database.backup(part / "main.db")
    progress(1, 0)
    hamsafar.log.backup(part / "log.db")
    files = hamsafar.store.files()
    steps = len(files) + 3
    progress(2, steps)
    for number, name in enumerate(files, start=3):
        sync_copy(hamsafar.settings.lake / name, part / "lake" / name)
        if number % 16 == 0:
            progress(number, steps)
    sync_folder(part / "lake")
    for own in (hamsafar.settings.secret_file, hamsafar.settings.erasures_file):
        if own.exists():
            sync_copy(own, part / own.name)
            (part / own.name).chmod(0o600)
    progress(steps, steps)
    return sorted(str(path.relative_to(part)) for path in part.rglob("*") if path.is_file())


def _summary(to: Path, sheet: dict[str, object]) -> dict[str, object]:
    files = sheet["files"]
    names = list(files) if isinstance(files, dict) else []
    size = sum((to / name).stat().st_size for name in names)
    return {"to": str(to), "files": len(names), "bytes": size}
