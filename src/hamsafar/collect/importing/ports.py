"""What an import needs from outside: the bulk lane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkCounts:
    """What became of the events of one source on the bulk lane, ever."""

    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    rejected: int = 0


class BulkSink(Protocol):
    """Takes log records for the bulk lane; somebody behind it runs them through the pipeline."""

    def source(self, slug: str, channel: str) -> int:
        """Return the number of a source; it is made, with this channel, when there is none."""
        ...

    def append(self, blob: bytes, count: int) -> None:
        """Append one log record of `count` events; on disk when this returns.

        May wait while the log is full, so that a large file never fills the disk.
        """
        ...

    def lag(self) -> int:
        """Return how many events of the bulk lane the pipeline has not finished."""
        ...

    def counts(self, source_id: int) -> BulkCounts:
        """Return what became of a source's events so far."""
        ...
