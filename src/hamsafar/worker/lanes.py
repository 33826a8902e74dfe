"""Reading a lane of the log in stretches a transaction can take."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from hamsafar.collect import Reader, Reading
from hamsafar.collect.types import Event, Quarantined, Tallied
from hamsafar.storage.ports import EventLog
from hamsafar.storage.types import SEQ_BITS, Lane

READ_BYTES = 4_000_000
_INDEX_MASK = (1 << SEQ_BITS) - 1

Item = Event | Quarantined | Tallied


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive items of a lane: everything below `next_seq` not yet taken."""

    items: list[Item]
    next_seq: int

    @property
    def last(self) -> int:
        """Return the seq of the last item."""
        return self.items[-1].seq if self.items else self.next_seq - 1


class LaneReader:
    """Follows one lane from a position. The position moves only by `commit`."""

    def __init__(self, log: EventLog, reader: Reader, lane: Lane, position: int) -> None:
        self._log = log
        self._reader = reader
        self.lane = lane
        self._read_offset = max((position >> SEQ_BITS) - 1, 0)
        self._skip_below = position
        self._items: deque[Item] = deque()
        self._end = position

    def peek(self, limit: int) -> Stretch | None:
        """Return the next items, at most `limit`; None when the lane is read to its end."""
        while len(self._items) < limit and self._fill():
            pass
        if not self._items and self._end <= self._skip_below:
            return None
        if len(self._items) <= limit:
            return Stretch(list(self._items), self._end)
        items = [self._items[index] for index in range(limit)]
        return Stretch(items, self._items[limit].seq)

    def commit(self, stretch: Stretch) -> None:
        """Move behind this stretch; its transaction is committed."""
        while self._items and self._items[0].seq < stretch.next_seq:
            self._items.popleft()
        self._skip_below = stretch.next_seq

    def _fill(self) -> bool:
        records = self._log.read(self.lane, after=self._read_offset, limit_bytes=READ_BYTES)
        for record in records:
            reading = self._reader.read(record)
            self._items.extend(i for i in in_order(reading) if i.seq >= self._skip_below)
            self._read_offset = record.offset
            self._end = (record.offset + 1) << SEQ_BITS
        return bool(records)


def in_order(reading: Reading) -> list[Item]:
    """Return everything a reading gave, by seq."""
    if not reading.quarantined and not reading.rejected:
        return list(reading.events)
    items: list[Item] = [*reading.events, *reading.quarantined, *reading.rejected]
    return sorted(items, key=lambda item: item.seq)
