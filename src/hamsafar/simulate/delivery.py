"""How lines reach the server: soon, late, twice, or broken."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime

import msgspec

from hamsafar.simulate.blueprint import Disorder
from hamsafar.simulate.dice import Dice
from hamsafar.simulate.rhythm import HOUR_US, MINUTE_US
from hamsafar.simulate.truth import Counts

SECOND_US = 1_000_000
_MINUTES_KEPT = 100_000


class Line(msgspec.Struct, rename="camel", omit_defaults=True, gc=False):
    """One event as a touchpoint sends it, and `source`, the slug of the touchpoint."""

    type: str
    message_id: str
    timestamp: str
    event: str | None = None
    name: str | None = None
    anonymous_id: str | None = None
    user_id: str | None = None
    original_timestamp: str | None = None
    sent_at: str | None = None
    properties: dict[str, object] | None = None
    traits: dict[str, object] | None = None
    context: msgspec.Raw = msgspec.Raw(b"{}")
    source: str = ""


class IsoTimes:
    """Writes µs UTC as ISO 8601 with milliseconds, remembering minutes."""

    def __init__(self) -> None:
        self._minutes: dict[int, str] = {}

    def text(self, moment_us: int) -> str:
        """Return for example `2026-11-23T10:00:00.250Z`."""
        minute, rest = divmod(moment_us, MINUTE_US)
        start = self._minutes.get(minute)
        if start is None:
            if len(self._minutes) > _MINUTES_KEPT:
                self._minutes.clear()
            start = self._minutes[minute] = _minute_text(minute)
        return f"{start}{rest // SECOND_US:02}.{rest // 1000 % 1000:03}Z"


class Delivery:
    """Lines on their way, ordered by when they arrive."""

    def __init__(self, disorder: Disorder, dice: Dice, counts: Counts) -> None:
        self._disorder = disorder
        self._dice = dice
        self._counts = counts
        self._encoder = msgspec.json.Encoder()
        self._waiting: list[tuple[int, int, bytes]] = []
        self._number = 0

    def put(self, occurred_us: int, line: Line) -> None:
        """Send a valid event on its way; some are late, some arrive twice, some break."""
        roll = self._dice.roll
        data = self._encoder.encode(line)
        arrives = occurred_us + SECOND_US
        if roll() < self._disorder.late:
            arrives += int((1 + 40 * roll()) * HOUR_US)
            self._counts.late += 1
        self._queue(arrives, data)
        if roll() < self._disorder.duplicates:
            # A retry comes soon as a rule, and sometimes after a night without network.
            self._queue(arrives + int((0.01 + 30 * roll() ** 6) * HOUR_US), data)
            self._counts.duplicates += 1
        if roll() < self._disorder.invalid:
            reason, broken = _broken(line, self._dice)
            self._queue(arrives, self._encoder.encode(broken))
            self._counts.invalid += 1
            table = self._counts.invalid_by_reason
            table[reason] = table.get(reason, 0) + 1

    def release(self, before_us: int | None) -> list[bytes]:
        """Return lines arriving before this moment (None: all that are left), oldest first."""
        self._waiting.sort()
        waiting = self._waiting
        if before_us is None:
            self._waiting = []
            return [data for _, _, data in waiting]
        cut = bisect_left(waiting, (before_us,))
        self._waiting = waiting[cut:]
        return [data for _, _, data in waiting[:cut]]

    def _queue(self, arrives: int, data: bytes) -> None:
        self._number += 1
        self._waiting.append((arrives, self._number, data))


def _broken(line: Line, dice: Dice) -> tuple[str, Line]:
    """Return a line nobody can take as it is, with the reason it must be refused for."""
    change = msgspec.structs.replace
    other = change(line, message_id=f"x{line.message_id}")
    kind = dice.below(5)
    if kind == 0:
        nobody = change(other, type="track", event="Cart Viewed", name=None, traits=None)
        nobody = change(nobody, properties=None, context=msgspec.Raw(b"{}"))
        return "no_identity", change(nobody, user_id=None, anonymous_id=None)
    if kind == 1:
        return "no_name", change(other, type="track", event="")
    if kind == 2:
        return "bad_type", change(other, type="purchase", event="Bought")
    if kind == 3:
        return "bad_field", change(other, timestamp="دیروز عصر")
    return "bad_text", change(other, type="track", event="Cart Viewed", properties={"note": "\0"})


def _minute_text(minute: int) -> str:
    return datetime.fromtimestamp(minute * 60, tz=UTC).strftime("%Y-%m-%dT%H:%M:")
