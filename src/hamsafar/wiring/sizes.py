"""How large the stores are."""

from __future__ import annotations

from dataclasses import dataclass

from hamsafar.storage.types import Lane
from hamsafar.wiring.build import Hamsafar


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Bytes on disk, and what makes up the history."""

    database_bytes: int
    log_bytes: int
    history_bytes: int
    history_events: int
    history_files: int


def sizes_of(hamsafar: Hamsafar) -> Sizes:
    """Return how large the stores of a deployment are now."""
    history = hamsafar.store.stats()
    return Sizes(
        database_bytes=hamsafar.database.size_bytes(),
        log_bytes=hamsafar.log.end(Lane.LIVE).bytes,
        history_bytes=history.bytes,
        history_events=history.events,
        history_files=history.files,
    )
