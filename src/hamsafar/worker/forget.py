"""Taking a person's events out of the log, where they lie as they were sent."""

from __future__ import annotations

import msgspec

from hamsafar.collect import LISTS, Reader, Reading, pack, raw_events_of, split_raw, unpack
from hamsafar.collect.types import Envelope, Identifier
from hamsafar.wiring.build import Hamsafar
from hamsafar.worker.mentions import Mentions

_NOTHING = b"null"


class Forgetter:
    """Knows whom to forget by identifiers, and blanks their events.

    An erased event becomes `null` in its request, so that every other event keeps its place.
    """

    def __init__(self, hamsafar: Hamsafar, named: set[Identifier]) -> None:
        self._named = named
        self._reader = Reader(hamsafar.sources, hamsafar.country)
        self._mentions = Mentions(named, hamsafar.country)

    def names(self, envelope: bytes) -> bool:
        """Return whether a stored request names a person to forget."""
        return any(self._indices(item) for item in unpack(envelope))

    def without(self, blob: bytes) -> bytes | None:
        """Return a log blob without the person's events, None when it has none."""
        envelopes = unpack(blob)
        kept = [self._blanked(envelope) for envelope in envelopes]
        return pack(kept) if kept != envelopes else None

    def _indices(self, envelope: Envelope) -> set[int]:
        out = Reading()
        self._reader.read_envelope(envelope, out)
        found = {e.seq for e in out.events if not self._named.isdisjoint(e.identifiers)}
        unread = [*(held.seq for held in out.quarantined), *(gone.seq for gone in out.rejected)]
        if unread:
            raw = raw_events_of(envelope)
            found.update(index for index in unread if self._mentions.within(bytes(raw[index])))
        return found

    def _blanked(self, envelope: Envelope) -> Envelope:
        gone = self._indices(envelope)
        if not gone:
            return envelope
        if envelope.kind not in LISTS:
            return msgspec.structs.replace(envelope, body=_NOTHING, address="")
        # Kept raw: the other events may hold what cannot be decoded.
        batch = split_raw(envelope.body)
        batch.batch = [
            msgspec.Raw(_NOTHING) if index in gone else item
            for index, item in enumerate(batch.batch)
        ]
        if all(bytes(item) == _NOTHING for item in batch.batch):
            batch.context = msgspec.Raw(b"{}")
        body = msgspec.json.encode(batch)
        return msgspec.structs.replace(envelope, body=body, address="")
