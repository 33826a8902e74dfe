"""Taking a person's events out of the log, where they lie as they were sent."""

from __future__ import annotations

import msgspec

from hamsafar.collect import Reader, Reading, pack, unpack
from hamsafar.collect.types import Envelope, Identifier
from hamsafar.wiring.build import Hamsafar

_NOTHING = b"null"


class Forgetter:
    """Knows whom to forget by identifiers, and blanks their events.

    An erased event becomes `null` in its request, so that every other event keeps its place.
    """

    def __init__(self, hamsafar: Hamsafar, named: set[Identifier]) -> None:
        self._named = named
        self._reader = Reader(hamsafar.sources, hamsafar.country)
        self._values = [value.encode() for _, value in named]

    def names(self, envelope: bytes) -> bool:
        """Return whether a stored request names a person to forget."""
        return any(self._touched(item) for item in unpack(envelope))

    def without(self, blob: bytes) -> bytes | None:
        """Return a log blob without the person's events, None when it has none."""
        envelopes = unpack(blob)
        kept = [self._blanked(e) if self._touched(e) else e for e in envelopes]
        return pack(kept) if kept != envelopes else None

    def _touched(self, envelope: Envelope) -> bool:
        return bool(self._indices(envelope))

    def _indices(self, envelope: Envelope) -> set[int]:
        out = Reading()
        self._reader.read_envelope(envelope, out)
        found = {e.seq for e in out.events if not self._named.isdisjoint(e.identifiers)}
        for held in out.quarantined:
            if any(value in held.envelope for value in self._values):
                found.add(held.seq)
        return found

    def _blanked(self, envelope: Envelope) -> Envelope:
        gone = self._indices(envelope)
        body = msgspec.json.decode(envelope.body)
        if isinstance(body, dict) and isinstance(body.get("batch"), list):
            body["batch"] = [
                None if index in gone else item for index, item in enumerate(body["batch"])
            ]
            return msgspec.structs.replace(envelope, body=msgspec.json.encode(body), address="")
        return msgspec.structs.replace(envelope, body=_NOTHING, address="")
