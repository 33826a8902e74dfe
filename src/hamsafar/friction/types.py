"""Nouns of friction: detectors, what they find, and what finding it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hamsafar.storage.types import I64


class Detector(StrEnum):
    """A kind of trouble; what each is exactly, stands in `definitions`."""

    DROP_OFF = "drop_off"
    HESITATION = "hesitation"
    LOOP = "loop"
    RAGE_CLICK = "rage_click"
    DEAD_CLICK = "dead_click"
    ERROR_TO_SUPPORT = "error_to_support"
    DROP_AFTER_ERROR = "drop_after_error"
    DEAD_END = "dead_end"
    SILENT_BOT = "silent_bot"
    REPEATED_CONTACT = "repeated_contact"
    CHANNEL_PING_PONG = "channel_ping_pong"
    TRANSFER_WITHOUT_CONTEXT = "transfer_without_context"
    HAD_TO_REPEAT = "had_to_repeat"
    ABANDONED_SELF_SERVICE = "abandoned_self_service"
    LONG_WAIT = "long_wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One trouble of one person, as a pure function of their events found it.

    Attributes:
        place: name of the event it is at.
        cause: `property=value` of that event, empty when it says nothing.
        person: whose.
        matter: `property=value` of the most exact key of its matter, empty for none.
        first_at, last_at: µs UTC.
        anchor: seq of the event it is at.
        evidence: seqs of the events it shows in, rising in time; at most `MOST_EVIDENCE`.
        lost_us: what it cost the customer.
        channel: where the event is.
    """

    detector: Detector
    place: str
    cause: str
    person: int
    matter: str
    first_at: int
    last_at: int
    anchor: int
    evidence: tuple[int, ...]
    lost_us: int
    channel: str

    @property
    def key(self) -> tuple[str, int, int]:
        """Return what makes it this finding and no other: detector, first event, where it is.

        Not the person: who is joined with another keeps their findings.
        """
        return self.detector.value, self.evidence[0], self.anchor


MOST_EVIDENCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """Where in the history the findings of one detector lie, aligned; for counting.

    Attributes:
        chunk: u32, which chunk. anchor, first, last: rows of it.
        lost: i64, µs.
    """

    chunk: NDArray[np.uint32]
    anchor: I64
    first: I64
    last: I64
    lost: I64
