"""Collection's step of the pipeline: drop repeats, set conflicts aside, number the names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hamsafar.collect.dedup import Dedup
from hamsafar.collect.envelope import pack
from hamsafar.collect.payload import decode, to_wire
from hamsafar.collect.store import (
    ADD_CHANNELS,
    ADD_NAMES,
    ADD_QUARANTINE,
    CHANNELS,
    NAMES,
    count,
)
from hamsafar.collect.types import Batch, Envelope, Event, Quarantined, Reason, Tallied
from hamsafar.collect.why import Cause, Why, because, to_text
from hamsafar.kernel.clock import Clock
from hamsafar.storage.ports import Tx
from hamsafar.storage.types import U16, U32, Flag

MAX_NAMES = 20_000
"""Names a source may bring; its further ones are counted as `other`."""
OTHER = "other"


class CollectStage:
    """Holds the codes of names and channels; the worker is their only writer."""

    def __init__(self, dedup: Dedup) -> None:
        self._dedup = dedup
        self._names: dict[str, int] = {}
        self._channels: dict[str, int] = {}
        self._per_source: dict[int, int] = {}
        self._loaded = False

    def apply(self, batch: Batch, tx: Tx) -> Batch:
        """Return the batch with only fresh events, their name and channel codes set."""
        if not self._loaded:
            self._load(tx)
        told = self._dedup.sort(batch.events)
        batch = replace(
            batch,
            events=told.fresh,
            duplicates=[*batch.duplicates, *map(_tallied, told.repeats)],
            quarantined=[*batch.quarantined, *map(_conflict, told.conflicts)],
        )
        return replace(
            batch,
            code=self._codes(batch.events, tx),
            channel=self._channel_codes(batch.events, tx),
        )

    def committed(self) -> None:
        """Keep what this batch taught."""
        self._dedup.committed()

    def rolled_back(self) -> None:
        """Forget what this batch taught."""
        self._dedup.rolled_back()
        self._loaded = False

    def _load(self, tx: Tx) -> None:
        self._names, self._per_source = {}, {}
        for code, name, source in tx.rows(NAMES):
            self._names[str(name)] = int(code or 0)
            self._per_source[int(source or 0)] = self._per_source.get(int(source or 0), 0) + 1
        self._channels = {str(name): int(code or 0) for code, name in tx.rows(CHANNELS)}
        self._loaded = True

    def _codes(self, events: list[Event], tx: Tx) -> U32:
        names = self._names
        fresh: list[tuple[int, str, int]] = []
        codes = np.empty(len(events), np.uint32)
        for index, event in enumerate(events):
            code = names.get(event.name)
            codes[index] = self._new_name(event, fresh) if code is None else code
        if fresh:
            tx.upsert(ADD_NAMES, fresh)
        return codes

    def _new_name(self, event: Event, fresh: list[tuple[int, str, int]]) -> int:
        known = self._per_source.get(event.source_id, 0)
        name = event.name if known < MAX_NAMES else OTHER
        code = self._names.get(name)
        if code is None:
            code = self._names[name] = len(self._names) + 1
            self._per_source[event.source_id] = known + 1
            fresh.append((code, name, event.source_id))
        return code

    def _channel_codes(self, events: list[Event], tx: Tx) -> U16:
        fresh: list[tuple[int, str]] = []
        codes = np.empty(len(events), np.uint16)
        for index, event in enumerate(events):
            code = self._channels.get(event.channel)
            if code is None:
                code = self._channels[event.channel] = len(self._channels) + 1
                fresh.append((code, event.channel))
            codes[index] = code
        if fresh:
            tx.upsert(ADD_CHANNELS, fresh)
        return codes


class LedgerStage:
    """Writes the quarantine and the conservation sheet of a batch."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def apply(self, batch: Batch, tx: Tx) -> Batch:
        """Count the batch and keep what was set aside; returns it unchanged."""
        now = self._clock.now_us()
        if batch.quarantined:
            lane = batch.lane.value
            tx.upsert(
                ADD_QUARANTINE,
                [
                    (
                        q.seq,
                        q.source_id,
                        lane,
                        q.reason.value,
                        to_text(q.cause),
                        q.field,
                        q.message_id,
                        q.received_at,
                        q.tries,
                        "open",
                        now,
                        q.envelope,
                    )
                    for q in batch.quarantined
                ],
            )
        count(batch, tx)
        return batch

    def committed(self) -> None:
        """Nothing is held."""

    def rolled_back(self) -> None:
        """Nothing is held."""


def _tallied(event: Event) -> Tallied:
    return Tallied(seq=event.seq, source_id=event.source_id, received_at=event.received_at)


def _conflict(event: Event) -> Quarantined:
    cause = because(Why.ID_TAKEN, id=event.message_id)
    return set_aside(event, Reason.ID_CONFLICT, cause, "messageId")


def set_aside(event: Event, reason: Reason, cause: Cause, field: str = "") -> Quarantined:
    """Return a readable event as a quarantine row, whole and replayable."""
    return Quarantined(
        seq=event.seq,
        source_id=event.source_id,
        reason=reason,
        cause=cause,
        field=field,
        message_id=event.message_id,
        received_at=event.received_at,
        envelope=pack([_envelope(event)]),
    )


def _envelope(event: Event) -> Envelope:
    item = to_wire(decode(event.payload), event.occurred_at)
    return Envelope(
        source_id=event.source_id,
        kind="import" if event.flags & Flag.HISTORICAL else "replay",
        received_at=event.received_at,
        address="",
        user_agent="",
        count=1,
        body=b'{"batch":[' + item + b"]}",
    )
