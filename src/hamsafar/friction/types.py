"""Nouns of friction: detectors, what they find, and what finding it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys import Figure
from hamsafar.kernel.ids import digest128
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemId:
    """Which problem: the same trouble at the same place from the same cause.

    Attributes:
        cause: `property=value`, empty when the events say nothing.
    """

    detector: Detector
    place: str
    cause: str

    @property
    def key(self) -> str:
        """Return its name in addresses and in the table `problem`."""
        return f"{self.detector.value}.{digest128(self.place, self.cause).hex()[:16]}"


class ProblemState(StrEnum):
    """What people decided about a problem."""

    OPEN = "open"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What people said about a problem.

    Attributes:
        key: of the problem.
        owner: who cares for it, empty for nobody.
        reason: why it was dismissed or snoozed.
        until_at: µs UTC; a snoozed problem is open again from then on.
    """

    key: str
    owner: str = ""
    state: ProblemState = ProblemState.OPEN
    reason: str = ""
    until_at: int | None = None

    def at(self, now_us: int) -> Verdict:
        """Return what holds now: a problem whose sleep is over is open."""
        is_over = self.until_at is not None and self.until_at <= now_us
        if self.state is ProblemState.SNOOZED and is_over:
            return Verdict(key=self.key, owner=self.owner)
        return self


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """How many findings began in a day or week.

    Attributes:
        start_us: µs UTC, in the asker's zone midnight.
    """

    start_us: int
    count: int


@dataclass(frozen=True, slots=True)
class Example:
    """A person who met a problem, and when."""

    person: int
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A trouble that several findings share, with what it costs.

    Attributes:
        count: findings. people: who met it, of everybody with an event in the range.
        trend: by day or week, oldest first.
        usual: findings in a day or week as a rule (median of the whole ones); None when the range
            has too few. change_pct: the last whole one against it.
        cost_minutes: time customers lost.
        lost_outcomes: goals lost against comparable people, with 95 % interval; None where nobody
            comparable is.
        lost_value: `lost_outcomes` by the mean value of a goal; None when goals have no value.
        score: minutes; what the list is ranked by.
        verdict: what people decided.
    """

    id: ProblemId
    count: int
    people: Figure
    trend: tuple[TrendPoint, ...]
    usual: float | None
    change_pct: float | None
    cost_minutes: float
    lost_outcomes: float
    lost_low: float
    lost_high: float
    lost_value: float | None
    score: float
    examples: tuple[Example, ...]
    verdict: Verdict


class ChangeKind(StrEnum):
    """What one can do about problems."""

    FIX_ERROR = "fix_error"
    FIX_ELEMENT = "fix_element"
    FIX_FORM = "fix_form"
    EASE_STEP = "ease_step"
    ADD_CONTENT = "add_content"
    TEACH_BOT = "teach_bot"
    WRITE_ARTICLE = "write_article"
    OWN_CASE = "own_case"
    PASS_CONTEXT = "pass_context"  # noqa: S105 - no password
    STAFF_QUEUE = "staff_queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to do, and what it is expected to bring in a range as long as the one asked about.

    Attributes:
        place, cause: what to change.
        problems: keys of the problems it takes away, the worst first.
        minutes: customers' time saved.
        outcomes: goals won, with a 95 % interval: that of its worst problem, as problems of one
            change mostly are the same people.
    """

    kind: ChangeKind
    place: str
    cause: str
    problems: tuple[str, ...]
    minutes: float
    outcomes: float
    low: float
    high: float
    score: float

    @property
    def key(self) -> str:
        """Return its name."""
        return f"{self.kind.value}.{digest128(self.place, self.cause).hex()[:16]}"
