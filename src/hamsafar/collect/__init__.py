"""Collect: what comes in at the door becomes valid events, or quarantine with the reason in words.

At the door (`hamsafar.api.collect` is its HTTP side): limits, write keys, rates, group commit.
In the pipeline: envelopes from the log come in; out go a `Batch` of fresh events with name and
channel codes, quarantine rows, the conservation sheet. Emits no events. Stands on `storage`, `lang`, `kernel`.
"""

from __future__ import annotations

from hamsafar.collect.dedup import Dedup, bodies, halves
from hamsafar.collect.envelope import pack, unpack
from hamsafar.collect.keys import MAX_KEY, KeyMemory, key_of_request
from hamsafar.collect.limits import Limits, check_count, check_events
from hamsafar.collect.payload import Stored, to_wire
from hamsafar.collect.payload import decode as decode_payload
from hamsafar.collect.rate import Rate
from hamsafar.collect.read import Reader, Reading
from hamsafar.collect.requests import LISTS, raw_events_of, split_raw
from hamsafar.collect.service import Counts, Naming, QuarantineDesk, Sheet, SourceCounts
from hamsafar.collect.split import Split, Splitter, raw_events, with_whole_surrogates, without_mark
from hamsafar.collect.stage import CollectStage, LedgerStage, set_aside
from hamsafar.collect.why import Cause, Value, Why, because, refusal_of
from hamsafar.collect.writer import LogWriter, WriterCounts

__all__ = [
    "LISTS",
    "MAX_KEY",
    "Cause",
    "CollectStage",
    "Counts",
    "Dedup",
    "KeyMemory",
    "LedgerStage",
    "Limits",
    "LogWriter",
    "Naming",
    "QuarantineDesk",
    "Rate",
    "Reader",
    "Reading",
    "Sheet",
    "SourceCounts",
    "Split",
    "Splitter",
    "Stored",
    "Value",
    "Why",
    "WriterCounts",
    "because",
    "bodies",
    "check_count",
    "check_events",
    "decode_payload",
    "halves",
    "key_of_request",
    "pack",
    "raw_events",
    "raw_events_of",
    "refusal_of",
    "set_aside",
    "split_raw",
    "to_wire",
    "unpack",
    "with_whole_surrogates",
    "without_mark",
]
