"""The ground a query walks on: the sequences its scope leaves, and how the place counts time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

from hamsafar.expr import Condition, EventNamed, check_people, is_about_people
from hamsafar.journeys.clause import Clause
from hamsafar.journeys.filters import LEFT_OUT, shards_of
from hamsafar.journeys.kernels import scope_kernels
from hamsafar.journeys.masks import mask_of, people_mask_of
from hamsafar.journeys.query import Exclusion, Happening, Scope, Step
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import U8, Shard, frozen
from hamsafar.journeys.types import Filters
from hamsafar.kernel.clock import SECOND_US
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import Key, encode_cursor
from hamsafar.lang.calendar import Calendar, WeekStart
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import SortedChunk

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = len("2026-11-23")

What = str | frozenset[str] | tuple[U8, ...]
"""An event by its name, by one of some names, or by a mask; as `marks.What`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How the organisation counts time.

    Attributes:
        zone: IANA zone of its days.
        calendar: of its months.
        week_start: the first day of its weeks.
    """

    zone: str = "UTC"
    calendar: Calendar = Calendar.GREGORIAN
    week_start: WeekStart = WeekStart.MONDAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is left of the history, ready to be walked.

    Attributes:
        sequences: people (or sessions) and events that count, with the columns conditions read.
        filters: range, names, channels and sources; conditions are in the sequences already.
        compute: where shards run.
        place: zone, calendar and week of the query.
        as_of_us: everything until then is known, µs UTC.
        side: of a comparison, `a` or `b`; stands in every cell.
    """

    sequences: Sequences = field(repr=False)
    filters: Filters
    compute: Compute
    place: Place
    as_of_us: int
    side: str = "a"

    def what(self, asked: Happening | Step | Exclusion, where: str) -> What:
        """Return which events are meant.

        Raises:
            BadInput: a condition on people, or one whose columns are not loaded.
        """
        if asked.name is not None:
            return asked.name
        if asked.condition is None:
            raise BadInput("give either name or condition", where=where)
        condition = asked.condition.condition
        if isinstance(condition, EventNamed):
            known = set(self.sequences.names)
            return frozenset(name for name in condition.names if name in known)
        return mask_of(self.sequences, condition, where=f"{where}.condition")

    def cell(self, *keys: Key) -> str:
        """Return the text that opens a number of this side to its people."""
        return encode_cursor((self.side, *keys))

    def shards(self) -> list[Shard]:
        """Return the whole work."""
        return shards_of(self.sequences, self.filters, self.compute.width)

    def size(self) -> tuple[int, int]:
        """Return how many people have any event that counts, and how many events count."""
        parts = list(self.compute.map(_count, self.shards()))
        return sum(people for people, _ in parts), sum(events for _, events in parts)


def place_of(scope: Scope, usual: Place) -> Place:
    """Return how a query counts time: as it says, else as usual.

    Raises:
        BadInput: there is no such zone.
    """
    zone = usual.zone if scope.zone is None else scope.zone
    _zone(zone)
    return replace(usual, zone=zone, calendar=scope.calendar or usual.calendar)


def filters_of(scope: Scope, place: Place, where: str = "query.scope") -> Filters:
    """Return the scope's filters; its conditions are not among them.

    Args:
        scope: whose.
        place: whose days.
        where: where the range stands in the query.

    Raises:
        BadInput: a time that is none, or a range that ends before it begins.
    """
    from_us = None if scope.from_ is None else moment_us(scope.from_, place, f"{where}.from")
    to_us = None if scope.to is None else moment_us(scope.to, place, f"{where}.to")
    if from_us is not None and to_us is not None and from_us >= to_us:
        raise BadInput("`to` must be later than `from`", where=f"{where}.to")
    return Filters(
        from_us=from_us,
        to_us=to_us,
        include=frozenset(scope.include) or None,
        exclude=frozenset(scope.exclude),
        channels=frozenset(scope.channels) or None,
        sources=frozenset(scope.sources) or None,
        technical=scope.technical,
        derived=scope.derived,
    )


def moment_us(text: str, place: Place, where: str) -> int:
    """Return the µs UTC of a moment with a zone, or of the first moment of a day of the place.

    Raises:
        BadInput: it is neither.
    """
    try:
        found = datetime.fromisoformat(text.strip())
        if found.tzinfo is None and len(text.strip()) == _DAY:
            found = found.replace(tzinfo=_zone(place.zone))
        if found.tzinfo is not None:
            return (found.astimezone(UTC) - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):
        pass
    raise BadInput("give a time such as 2026-11-23 or 2026-11-23T10:00:00Z", where=where)


def narrowed(
    sequences: Sequences, scope: Scope, filters: Filters, people: Sequence[tuple[Condition, str]]
) -> Sequences:
    """Return the sequences without the events and people that the scope's conditions leave out.

    Nothing is copied but a column of flags (for events) or of skipped people.

    Args:
        sequences: with every column the conditions read.
        scope: whose `where`, `people`, `grain` and `session_gap_s` are applied.
        filters: the scope's, without its range: they decide where sessions are parted.
        people: further conditions on people, with where they stand.

    Raises:
        BadInput: a condition asks of events what only people have, or the other way round.
    """
    wanted = list(people)
    if scope.people is not None:
        wanted.insert(0, (check_people(scope.people.condition, "query.scope.people"), _PEOPLE))
    for condition, where in wanted:
        sequences = _without_people(sequences, people_mask_of(sequences, condition, where=where))
    if scope.where is not None:
        sequences = _without_events(sequences, _events_mask(sequences, scope.where))
    return sequences if scope.grain == "person" else in_sessions(sequences, scope, filters)


def in_sessions(sequences: Sequences, scope: Scope, filters: Filters) -> Sequences:
    """Return the sequences with each session standing as a person of its own.

    A session's `person` is still who it is of, so that cells open to people.
    """
    gap = int(scope.session_gap_s * SECOND_US)
    begins = [np.zeros(len(chunk.time) + 1, np.uint8) for chunk in sequences.chunks]
    whole = replace(filters, from_us=None, to_us=None)
    for shard in shards_of(sequences, whole, 1):
        scope_kernels().mark_sessions(shard.events, shard.sieve, gap, begins[shard.chunk])
    chunks, traits = [], {name: list(column.codes) for name, column in sequences.traits.items()}
    for number, chunk in enumerate(sequences.chunks):
        begins[number][-1] = 1
        starts = np.flatnonzero(begins[number]).astype(np.int64)
        owner = np.searchsorted(chunk.starts, starts[:-1], side="right") - 1
        skip = None if chunk.skip is None else frozen(chunk.skip[owner])
        chunks.append(replace(chunk, starts=frozen(starts), skip=skip))
        for codes in traits.values():
            codes[number] = frozen(codes[number][owner])
    columns = {
        name: replace(column, codes=tuple(traits[name]))
        for name, column in sequences.traits.items()
    }
    return replace(sequences, chunks=tuple(chunks), traits=columns)


_PEOPLE = "query.scope.people"
_WHERE = "query.scope.where"


def _events_mask(sequences: Sequences, where: Clause) -> tuple[U8, ...]:
    if is_about_people(where.condition):
        words = "this asks something of people: put it into scope.people"
        raise BadInput(words, where=_WHERE)
    return mask_of(sequences, where.condition, where=_WHERE)


def _without_people(sequences: Sequences, keep: Sequence[U8]) -> Sequences:
    def narrow(chunk: SortedChunk, mask: U8) -> SortedChunk:
        skip = mask == 0
        return replace(chunk, skip=frozen(skip if chunk.skip is None else skip | chunk.skip))

    return _changed(sequences, narrow, keep)


def _without_events(sequences: Sequences, keep: Sequence[U8]) -> Sequences:
    def narrow(chunk: SortedChunk, mask: U8) -> SortedChunk:
        out = np.where(mask == 0, np.uint16(LEFT_OUT), np.uint16(0))
        return replace(chunk, flags=frozen(out | chunk.flags))

    return _changed(sequences, narrow, keep)


def _changed(
    sequences: Sequences, narrow: Callable[[SortedChunk, U8], SortedChunk], masks: Sequence[U8]
) -> Sequences:
    pairs = zip(sequences.chunks, masks, strict=True)
    return replace(sequences, chunks=tuple(narrow(chunk, mask) for chunk, mask in pairs))


def _count(shard: Shard) -> tuple[int, int]:
    people, events = scope_kernels().count_scope(shard.events, shard.sieve)
    return int(people), int(events)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        words = f"no time zone is named {name!r}; take one such as Asia/Tehran"
        raise BadInput(words, where="query.scope.zone") from None
