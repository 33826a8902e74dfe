"""What collection needs from outside: the sources, and who a write key belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from hamsafar.collect.types import SourceInfo


class Sources(Protocol):
    """Knows every source that may send, as the pipeline needs it."""

    def find(self, source_id: int) -> SourceInfo | None:
        """Return the source, or None when it does not exist (any more)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRef:
    """The source behind a write key.

    A write key may append events of its source and do nothing else.

    Attributes:
        source_id: the source, as in `Envelope.source_id`.
        key_id: the write key's own id; rates are counted by it.
        channel: touchpoint of the source, e.g. `web`.
    """

    source_id: int
    key_id: str
    channel: str


class KeyRing(Protocol):
    """Knows every write key."""

    def find(self, write_key: str) -> SourceRef | None:
        """Return the source of a write key that is valid now, else None.

        May read the database, so the HTTP side calls it in a thread and keeps the answer for a
        few seconds. Any error means "cannot say": known keys stay valid, others get 503.
        """
        ...


class NoKeys:
    """The null key ring: knows no key."""

    def find(self, write_key: str) -> SourceRef | None:  # noqa: ARG002 - shape of the port
        """Return None."""
        return None


class FixedKeys:
    """A key ring held in memory, for tests and benchmarks."""

    def __init__(self, sources: dict[str, SourceRef]) -> None:
        self._sources = dict(sources)

    def find(self, write_key: str) -> SourceRef | None:
        """Return the source of the key."""
        return self._sources.get(write_key)
