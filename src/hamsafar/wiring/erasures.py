"""Who was erased, told by nothing that names anybody: so that a restored backup forgets them again.

`DIR/erasures` has one line for each erasure with a keyed hash (by the folder's secret) of every
identifier the person had. It goes into every backup, and a copy of it lies beside them. A restore
takes up all it finds: what they have and the restored backup has not, happened after that backup.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

from hamsafar.kernel.errors import BadInput, Retriable
from hamsafar.kernel.ids import digest128, uuid7
from hamsafar.wiring.place import sync_folder

FILE: Final = "erasures"
SHEET: Final = "backup.json"
"""Lies in every whole backup."""
SECRET: Final = "secret"  # noqa: S105  the name of a file
_MARK_BYTES = 16
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One erasure.

    Attributes:
        id: of this entry.
        at: µs UTC.
        key: tells by which secret the marks were made.
        marks: a keyed hash of each identifier, hexadecimal.
    """

    id: str
    at: int
    key: str
    marks: frozenset[str]


class Marker:
    """Makes marks with one secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"hamsafar erasure", sha256)
        self.id = hmac.digest(self._key, b"id", sha256)[:8].hex()

    def mark(self, identifier: bytes) -> str:
        """Return the mark of an identifier, given as its `digest128(kind, value)`."""
        return hmac.digest(self._key, identifier, sha256)[:_MARK_BYTES].hex()


class ErasureLedger:
    """The ledger of one data folder. One process writes it: who owns the river."""

    def __init__(self, path: Path, secret: bytes) -> None:
        self._path = path
        self._marker = Marker(secret)

    def add(self, named: Iterable[tuple[str, str]], at: int) -> None:
        """Keep that these identifiers are erased; when this returns it is on disk.

        Raises:
            Retriable: it cannot be written now.
        """
        marks = frozenset(self._marker.mark(digest128(*identifier)) for identifier in named)
        try:
            self.merge([Erasure(id=uuid7(), at=at, key=self._marker.id, marks=marks)])
        except OSError as error:
            message = f"the erasure cannot be noted: {error.strerror}"
            raise Retriable(message, after=timedelta(seconds=30), where=FILE) from error

    def merge(self, entries: Iterable[Erasure]) -> None:
        """Add entries of other ledgers, those it has already left out."""
        _join(self._path, entries)

    def copy_beside(self, folders: Iterable[Path]) -> None:
        """Put a copy into folders where backups lie: it outlives this data folder there."""
        entries = read_ledger(self._path)
        for folder in folders if entries else ():
            try:
                _join(folder / f"{FILE}-{self._marker.id}", entries)
            except (OSError, BadInput) as error:
                _log.warning("no copy of the erasures in %s: %s", folder, error)


@dataclass(frozen=True, kw_only=True)
class Due:
    """Erasures a backup does not know of.

    Attributes:
        entries: to be done again.
        markers: of every secret they were made with, by its id.
        places: how many other ledgers were found.
    """

    entries: tuple[Erasure, ...] = ()
    markers: Mapping[str, Marker] = field(default_factory=dict)
    places: int = 0

    def mentions(self, identifier: bytes) -> bool:
        """Return whether an identifier (its `digest128(kind, value)`) is to be erased again."""
        return any(self.markers[key].mark(identifier) in marks for key, marks in self._wanted)

    @cached_property
    def _wanted(self) -> list[tuple[str, frozenset[str]]]:
        keys = {entry.key for entry in self.entries}
        return [
            (key, frozenset().union(*(e.marks for e in self.entries if e.key == key)))
            for key in keys
        ]


def find_due(backup: Path, given: Path | None) -> Due:
    """Return the erasures since a backup: of the ledgers beside it, and of one that is `given`.

    Raises:
        BadInput: `given` is no data folder, backup or ledger, or of another deployment.
    """
    secret = (backup / SECRET).read_bytes()
    markers = {(own := Marker(secret)).id: own}
    entries: dict[str, Erasure] = {}
    places = 0
    for path in _beside(backup, secret, own):
        entries |= {entry.id: entry for entry in read_ledger(path) if entry.key in markers}
        places += 1
    if given is not None:
        found, more = _given(given)
        markers |= more
        foreign = [entry for entry in found if entry.key not in markers]
        if foreign:
            message = f"{given} is of another deployment; give its data folder, with the secret"
            raise BadInput(message, where="--erasures")
        entries |= {entry.id: entry for entry in found}
        places += 1
    known = {entry.id for entry in read_ledger(backup / FILE)}
    due = tuple(entry for entry in entries.values() if entry.id not in known)
    return Due(entries=due, markers=markers, places=places)


def _beside(backup: Path, secret: bytes, own: Marker) -> list[Path]:
    """Return the ledgers beside a backup that belong to the same deployment."""
    folder = backup.absolute().parent
    others = [path.parent for path in folder.glob(f"*/{SHEET}") if path.parent.name != backup.name]
    mine = [other / FILE for other in others if _has(other / SECRET, secret)]
    copies = [folder / f"{FILE}-{own.id}"]
    return [
        *sorted(path for path in mine if path.is_file()),
        *(path for path in copies if path.is_file()),
    ]


def _has(path: Path, secret: bytes) -> bool:
    try:
        return path.read_bytes() == secret
    except OSError:
        return False


def _given(path: Path) -> tuple[list[Erasure], dict[str, Marker]]:
    if path.is_file():
        return read_ledger(path), {}
    secret = path / SECRET
    if not secret.is_file():
        message = f"{path} is no data folder, backup or file of erasures"
        raise BadInput(message, where="--erasures")
    marker = Marker(secret.read_bytes())
    return read_ledger(path / FILE), {marker.id: marker}


def read_ledger(path: Path) -> list[Erasure]:
    """Return the entries of a ledger, none when there is no file.

    Raises:
        BadInput: it is damaged.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} cannot be read: {error}", where=FILE) from None
    try:
        return [_entry(json.loads(line)) for line in lines]
    except (ValueError, KeyError, TypeError):
        raise BadInput(f"{path} is damaged or no file of erasures", where=FILE) from None


def _entry(line: Mapping[str, object]) -> Erasure:
    marks = line["who"]
    if not isinstance(marks, list):
        raise TypeError
    return Erasure(
        id=str(line["id"]),
        at=int(str(line["at"])),
        key=str(line["key"]),
        marks=frozenset(map(str, marks)),
    )


def _join(path: Path, entries: Iterable[Erasure]) -> None:
    """Add to a ledger what it has not: another instance of the deployment may write it too."""
    known = {entry.id: entry for entry in read_ledger(path)}
    fresh = {entry.id: entry for entry in entries if entry.id not in known}
    if fresh:
        _write(path, [*known.values(), *fresh.values()])


def _write(path: Path, entries: Iterable[Erasure]) -> None:
    """Replace a ledger durably and at once."""
    part = path.with_name(f".{path.name}.partial")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        for entry in sorted(entries, key=_by_id):
            line = {"id": entry.id, "at": entry.at, "key": entry.key, "who": sorted(entry.marks)}
            file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def _by_id(entry: Erasure) -> str:
    return entry.id
