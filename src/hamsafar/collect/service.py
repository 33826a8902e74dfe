"""Looking at what came in: counts of every outcome, and the quarantine desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from hamsafar.collect.envelope import unpack
from hamsafar.collect.requests import one_event
from hamsafar.collect.store import (
    ALL_ENVELOPES,
    DROP_ROWS,
    EXPIRE_ROWS,
    FORGET_TALLIES,
    HELD,
    MINUTES,
    MINUTES_BY_SOURCE,
    OPEN_IDS,
    PAGE,
    REASONS,
    SET_STATE,
    TOTALS,
    count,
)
from hamsafar.collect.types import (
    Batch,
    Held,
    Outcome,
    Quarantined,
    QuarantineRow,
    QuarantineState,
    Reason,
)
from hamsafar.collect.why import Cause, from_text
from hamsafar.kernel.clock import Clock
from hamsafar.storage.ports import Database, EventLog, Tx
from hamsafar.storage.types import Lane, Row

_LAST = (1 << 63) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCounts:
    """What became of one source's events, and when the first and last was received (µs)."""

    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0
    rejected: int = 0
    first_at: int | None = None
    last_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The conservation sheet: `received = stored + duplicates + quarantined + rejected + lag`.

    Attributes:
        lag_events: accepted and not yet worked through.
        lanes: lag by lane.
    """

    received: int
    stored: int
    duplicates: int
    quarantined: int
    rejected: int
    lag_events: int
    lanes: dict[Lane, int] = field(default_factory=dict)


class Counts:
    """Reads the counts the pipeline keeps."""

    def __init__(self, database: Database, log: EventLog) -> None:
        self._database = database
        self._log = log

    def sheet(self) -> Sheet:
        """Return what became of every event ever received."""
        with self._database.read() as tx:
            rows = tx.rows(TOTALS)
        ends = {lane: self._log.end(lane).events for lane in Lane}
        sums = dict.fromkeys(Outcome, 0)
        done = dict.fromkeys(Lane, 0)
        for _, lane, outcome, number, _, _ in rows:
            sums[Outcome(str(outcome))] += _int(number)
            done[Lane(str(lane))] += _int(number)
        lags = {lane: max(ends[lane] - done[lane], 0) for lane in Lane}
        return Sheet(
            received=sum(sums.values()) + sum(lags.values()),
            stored=sums[Outcome.STORED],
            duplicates=sums[Outcome.DUPLICATE],
            quarantined=sums[Outcome.QUARANTINED],
            rejected=sums[Outcome.REJECTED],
            lag_events=sum(lags.values()),
            lanes=lags,
        )

    def by_source(self, lane: Lane | None = None) -> dict[int, SourceCounts]:
        """Return the counts of each source that ever sent anything, on one lane or on both."""
        with self._database.read() as tx:
            rows = tx.rows(TOTALS)
        found: dict[int, list[Row]] = {}
        for row in rows:
            if lane is None or row[1] == lane.value:
                found.setdefault(_int(row[0]), []).append(row)
        return {source: _source_counts(rows) for source, rows in found.items()}

    def minutes(self, since: int) -> dict[int, dict[Outcome, int]]:
        """Return the counts per minute (minutes since 1970) from `since` on."""
        with self._database.read() as tx:
            rows = tx.rows(MINUTES, {"since": since})
        out: dict[int, dict[Outcome, int]] = {}
        for minute, outcome, number in rows:
            out.setdefault(_int(minute), {})[Outcome(str(outcome))] = _int(number)
        return out

    def stored_by_source(self, since: int) -> dict[int, int]:
        """Return how many events of each source were stored since this minute."""
        with self._database.read() as tx:
            rows = tx.rows(MINUTES_BY_SOURCE, {"since": since})
        return {_int(source): _int(number) for source, number in rows}

    def forget_minutes(self, tx: Tx, before: int) -> None:
        """Drop the counts of minutes before this one; totals stay."""
        tx.run(FORGET_TALLIES, {"before": before})


@dataclass(frozen=True, slots=True)
class Naming:
    """Quarantined requests that name somebody.

    Attributes:
        ids: of the rows.
        through: the last row that was looked at.
    """

    ids: tuple[int, ...]
    through: int


class QuarantineDesk:
    """The quarantine: look, choose, close."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def page(
        self,
        *,
        state: QuarantineState = QuarantineState.OPEN,
        reason: str = "",
        source_id: int = 0,
        before: int | None = None,
        limit: int = 50,
    ) -> list[QuarantineRow]:
        """Return rows, newest first; `before` is the last id already seen."""
        params = {
            "state": state.value,
            "reason": reason,
            "source_id": source_id,
            "before": _LAST if before is None else before,
            "limit": limit,
        }
        with self._database.read() as tx:
            return [_shown(row) for row in tx.rows(PAGE, params)]

    def reasons(self, state: QuarantineState = QuarantineState.OPEN) -> dict[Reason, int]:
        """Return how many rows each reason has, most first."""
        with self._database.read() as tx:
            rows = tx.rows(REASONS, {"state": state.value})
        return {Reason(str(reason)): _int(number) for reason, number in rows}

    def open_ids(self, reason: str = "") -> list[int]:
        """Return the ids of all open rows (of one reason), oldest first."""
        with self._database.read() as tx:
            return [_int(row[0]) for row in tx.rows(OPEN_IDS, {"reason": reason})]

    def held(self, tx: Tx, ids: Sequence[int]) -> list[Held]:
        """Return those of these rows that are still open, in order of arrival."""
        rows = tx.lookup(HELD, list(ids))
        open_rows = [row for row in rows if row[7] == QuarantineState.OPEN.value]
        return sorted(map(_held, open_rows), key=_by_seq)

    def close(
        self, tx: Tx, held: Sequence[Held], state: QuarantineState = QuarantineState.REPLAYED
    ) -> None:
        """Close rows in the caller's transaction; a replay also takes them off the counts."""
        now = self._clock.now_us()
        tx.run_many(SET_STATE, [{"id": h.id, "state": state.value, "at": now} for h in held])
        if state is not QuarantineState.REPLAYED:
            return
        for lane in Lane:
            gone = [_as_counted(h) for h in held if h.lane is lane]
            if gone:
                count(Batch(lane=lane, part=0, events=[], quarantined=gone), tx, sign=-1)

    def naming(self, names: Callable[[bytes], bool], *, after: int = 0) -> Naming:
        """Return the rows behind `after`, open or closed, whose request `names` a person."""
        gone: list[int] = []
        while True:
            with self._database.read() as tx:
                rows = tx.rows(ALL_ENVELOPES, {"after": after, "limit": 500})
            if not rows:
                return Naming(tuple(gone), after)
            gone += [_int(row[0]) for row in rows if isinstance(row[1], bytes) and names(row[1])]
            after = _int(rows[-1][0])

    def erase(self, tx: Tx, rows: Iterable[int]) -> None:
        """Delete rows, open or closed. They stay counted as quarantined."""
        tx.remove(DROP_ROWS, list(rows))

    def expire(self, tx: Tx, source_id: int, before: int) -> int:
        """Delete rows of a source received before this, open or closed; return how many.

        They stay counted as quarantined.
        """
        return tx.run(EXPIRE_ROWS, {"source_id": source_id, "before": before})

    def discard(self, ids: Sequence[int]) -> int:
        """Close open rows without replay; return how many. They stay counted as quarantined."""
        with self._database.write() as tx:
            held = self.held(tx, ids)
            self.close(tx, held, QuarantineState.DISCARDED)
        return len(held)


def _int(value: object) -> int:
    return int(str(value or 0))


def _source_counts(rows: list[Row]) -> SourceCounts:
    sums = dict.fromkeys(Outcome, 0)
    for _, _, outcome, number, _, _ in rows:
        sums[Outcome(str(outcome))] += _int(number)
    return SourceCounts(
        stored=sums[Outcome.STORED],
        duplicates=sums[Outcome.DUPLICATE],
        quarantined=sums[Outcome.QUARANTINED],
        rejected=sums[Outcome.REJECTED],
        first_at=min(_int(row[4]) for row in rows),
        last_at=max(_int(row[5]) for row in rows),
    )


def _shown(row: Row) -> QuarantineRow:
    key, reason, detail, field_name, source, message_id, received, tries, state, envelope = row
    first = unpack(envelope)[0] if isinstance(envelope, bytes) else None
    return QuarantineRow(
        id=_int(key),
        reason=Reason(str(reason)),
        cause=from_text(str(detail)),
        field=str(field_name),
        source_id=_int(source),
        message_id=str(message_id),
        received_at=_int(received),
        tries=_int(tries),
        state=QuarantineState(str(state)),
        event=one_event(first) if first is not None else b"",
    )


def _held(row: Row) -> Held:
    key, seq, source, lane, received, tries, envelope, _ = row
    return Held(
        id=_int(key),
        seq=_int(seq),
        source_id=_int(source),
        lane=Lane(str(lane)),
        received_at=_int(received),
        tries=_int(tries),
        envelope=envelope if isinstance(envelope, bytes) else b"",
    )


def _by_seq(held: Held) -> int:
    return held.seq


def _as_counted(held: Held) -> Quarantined:
    return Quarantined(
        seq=held.seq,
        source_id=held.source_id,
        reason=Reason.BAD_FIELD,
        cause=Cause(None),
        field="",
        message_id="",
        received_at=held.received_at,
        envelope=b"",
    )
