"""Events of an import as log records of about 0.75 MB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from hamsafar.collect.envelope import pack
from hamsafar.collect.types import Envelope, Reason
from hamsafar.collect.why import Cause, Why, because, refusal_of

RECORD_BYTES = 768 * 1024
RECORD_EVENTS = 5_000
EVENT_BYTES = 256 * 1024
_TEXT_KEPT = 64 * 1024
_AGENT = "hamsafar-import"


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that cannot even be told apart into fields; it goes to quarantine as it is."""

    reason: Reason
    cause: Cause
    text: str


class Packer:
    """Collects the events of one source and packs them."""

    def __init__(self, source_id: int, received_at: int) -> None:
        self._source_id = source_id
        self._received_at = received_at
        self._items: list[bytes] = []
        self._size = 0

    def add(self, items: list[bytes]) -> Iterator[tuple[bytes, int]]:
        """Take events; yield each full record as (blob, count)."""
        for item in items:
            size = len(item)
            if size > EVENT_BYTES:
                yield self.refuse(_too_large(item))
                continue
            self._items.append(item)
            self._size += size
            if self._size >= RECORD_BYTES or len(self._items) >= RECORD_EVENTS:
                yield self._record()

    def refuse(self, row: Refused) -> tuple[bytes, int]:
        """Return the record that takes a row to quarantine."""
        said = {
            **refusal_of(row.cause),
            "reason": row.reason,
            "text": row.text[:_TEXT_KEPT],
        }
        return pack([self._envelope("refused", msgspec.json.encode(said), 1)]), 1

    def rest(self) -> Iterator[tuple[bytes, int]]:
        """Yield the last record, if anything is left."""
        if self._items:
            yield self._record()

    def _record(self) -> tuple[bytes, int]:
        items, self._items, self._size = self._items, [], 0
        body = b'{"batch":[' + b",".join(items) + b"]}"
        return pack([self._envelope("import", body, len(items))]), len(items)

    def _envelope(self, kind: str, body: bytes, count: int) -> Envelope:
        return Envelope(self._source_id, kind, self._received_at, "", _AGENT, count, body)


def _too_large(item: bytes) -> Refused:
    return Refused(
        Reason.TOO_LARGE,
        because(Why.ROW_LARGE, size=len(item), limit=EVENT_BYTES),
        item[:_TEXT_KEPT].decode(errors="replace"),
    )
