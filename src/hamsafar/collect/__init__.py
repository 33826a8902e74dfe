"""Collect: what comes in at the door becomes valid events, or quarantine with the reason in words.

Comes in: envelopes from the log. Goes out: a `Batch` of fresh events with name and channel codes,
quarantine rows, the conservation sheet. Emits no events. Stands on `storage`, `lang`, `kernel`.
"""

from __future__ import annotations

from hamsafar.collect.dedup import Dedup, bodies, halves
from hamsafar.collect.envelope import pack, unpack
from hamsafar.collect.payload import Stored, to_wire
from hamsafar.collect.payload import decode as decode_payload
from hamsafar.collect.read import Reader, Reading
from hamsafar.collect.service import Counts, QuarantineDesk, Sheet, SourceCounts
from hamsafar.collect.stage import CollectStage, LedgerStage, set_aside

__all__ = [
    "CollectStage",
    "Counts",
    "Dedup",
    "LedgerStage",
    "QuarantineDesk",
    "Reader",
    "Reading",
    "Sheet",
    "SourceCounts",
    "Stored",
    "bodies",
    "decode_payload",
    "halves",
    "pack",
    "set_aside",
    "to_wire",
    "unpack",
]
