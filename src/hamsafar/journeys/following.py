"""What comes next: the event right after a chain of events, or right before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from hamsafar.journeys.drawing import BarRow, bars, card, joined
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.filters import code_of
from hamsafar.journeys.frames import to_arrow, to_pandas
from hamsafar.journeys.funnel_chart import duration_text
from hamsafar.journeys.kernels import following_kernels
from hamsafar.journeys.marks import Marked, What, marked_shards
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import all_threads
from hamsafar.journeys.types import EVERYTHING, CellPeople, Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

COLUMNS = ("name", "people", "count", "median_s")
NOTHING = -1
"""The code of nothing: the journey ended (backward: began) there."""

_SECOND_US = 1e6
_EMPTY = np.zeros(0, np.int64)


class Direction(StrEnum):
    """Where to look."""

    FORWARD = "forward"
    BACKWARD = "backward"


class Base(StrEnum):
    """Where the chain begins."""

    EVERY = "every"
    HEAD = "head"
    TAIL = "tail"
    FIRST_MATCH = "first_match"
    LAST_MATCH = "last_match"


_BASES = tuple(Base)
_WRONG = {(Direction.FORWARD, Base.TAIL), (Direction.BACKWARD, Base.HEAD)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextEvent:
    """One event that came next.

    Attributes:
        name: its name; "" is nothing: the journey ended (backward: began) there.
        people: different people.
        count: times.
        median_s: exact median of the seconds between the chain and it; NaN for nothing.
    """

    name: str
    people: int
    count: int
    median_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NextEvents:
    """What came next.

    It reconciles: the counts of `items`, `other` and `nothing` add up to `count`.

    Attributes:
        items: most frequent first, then by name.
        other: the names beyond the limit together; None when there are none.
        other_names: how many names `other` has.
        nothing: where nothing came.
        count: times the chain was found.
        people_with_chain: different people with the chain.
    """

    items: tuple[NextEvent, ...]
    other: NextEvent | None
    other_names: int
    nothing: NextEvent
    count: int
    people_with_chain: int
    ask: Callable[[str | None], Crowd] = field(repr=False, compare=False)

    def crowd(self, name: str | None = None) -> Crowd:
        """Return the people of an item as columns; durations are between the chain and it.

        Args:
            name: the event that came next; "": nothing came; None: everybody with the chain.

        Raises:
            BadInput: no event has this name.
        """
        return self.ask(name)

    def people(self, name: str | None = None) -> CellPeople:
        """Return exactly the people of an item; arguments and errors as of `crowd`."""
        return self.crowd(name).page(0, None)

    def to_pandas(self) -> pd.DataFrame:
        """Return a row per item: name, people, count, median_s.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(COLUMNS, self._rows())

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with the columns of `to_pandas`."""
        return to_arrow(COLUMNS, self._rows())

    def _repr_html_(self) -> str:
        items = [*self.items, *([self.other] if self.other else []), self.nothing]
        rows = [
            BarRow(
                item.name or "(nothing)",
                item.count,
                joined(f"{item.count:,}", duration_text(item.median_s)),
            )
            for item in items
            if item.count
        ]
        title = f"{self.count:,} times, {self.people_with_chain:,} people"
        return card(title, bars(rows, title))

    def _rows(self) -> list[tuple[object, ...]]:
        return [(i.name, i.people, i.count, i.median_s) for i in self.items]


@dataclass(frozen=True, slots=True)
class Found:
    """Each time the chain was found, aligned.

    Attributes:
        person: i64[m], ids, together for each person.
        code: i64[m], what came next; `NOTHING`.
        took: i64[m], µs between.
        at: i64[m], when it came (nothing: when the chain ended), µs UTC.
    """

    person: I64
    code: I64
    took: I64
    at: I64


def next_events(
    sequences: Sequences,
    filters: Filters = EVERYTHING,
    *,
    after: What | Sequence[What],
    direction: str = "forward",
    limit: int = 20,
    base: str = "every",
) -> NextEvents:
    """Count what came right after a chain of events that directly follow each other.

    Args:
        sequences: whose events.
        filters: which events count; the others vanish first.
        after: the chain; one event or several. Backward: read against time, so ["A", "B"] is an A
            with a B right before it.
        direction: "forward" or "backward".
        limit: names to list; the others are added up.
        base: where the chain begins: "every" (each time it is found), "head" (a person's first
            event; forward only), "tail" (the last one; backward only), "first_match" and
            "last_match" (the first, last event that meets the chain's first condition, and only
            that). As ClickHouse's sequenceNextNode, but for "every".

    Raises:
        BadInput: an unknown event, an empty chain, a wrong option or filter.
    """
    if limit < 1:
        raise BadInput(f"limit must be 1 or more, not {limit}", where="limit")
    found = follow(sequences, filters, chain_of(after), direction=direction, base=base)
    return _named(found, sequences, limit)


def chain_of(after: What | Sequence[What]) -> tuple[What, ...]:
    """Return one or several conditions as a chain; a tuple of arrays is one mask.

    Raises:
        BadInput: the chain is empty.
    """
    if isinstance(after, str) or not isinstance(after, Sequence):
        return (after,)
    if not after:
        raise BadInput("give at least one event", where="after")
    if isinstance(after, tuple) and isinstance(after[0], np.ndarray):
        return (after,)
    return tuple(after)


def follow(
    sequences: Sequences,
    filters: Filters,
    chain: Sequence[What],
    *,
    direction: str,
    base: str,
) -> Found:
    """Return each time a chain was found and what came next; arguments as of `next_events`.

    Raises:
        BadInput: an unknown event, direction or base, or a wrong filter.
    """
    rules = _rules(len(chain), direction, base)
    workers = all_threads()
    conditions = [(f"after[{k}]", what) for k, what in enumerate(chain)]
    work = marked_shards(sequences, filters, conditions, workers.width)
    columns: list[tuple[I64, ...]] = [(_EMPTY,) * 4]
    answers = workers.map(partial(follow_shard, rules=rules), work)
    for marked, (place, code, took, at) in zip(work, answers, strict=True):
        chunk = sequences.chunks[marked.shard.chunk]
        columns.append((chunk.person[chunk.starts[place]].astype(np.int64), code, took, at))
    return Found(*(np.concatenate(column) for column in zip(*columns, strict=True)))


def follow_shard(marked: Marked, *, rules: tuple[int, int, int]) -> tuple[I64, I64, I64, I64]:
    """Return (place of the person, code, duration µs, time µs) of one shard; pure.

    Args:
        marked: whose events; condition k is place k of the chain.
        rules: (length of the chain, step, place in `Base`).
    """
    walk = following_kernels().follow
    shard = marked.shard
    work = (shard.sieve, marked.marks)
    out = _room(walk(shard.events, work, rules, _room(0)))
    walk(shard.events, work, rules, out)
    return out


def _rules(length: int, direction: str, base: str) -> tuple[int, int, int]:
    for kind, value, where in ((Direction, direction, "direction"), (Base, base, "base")):
        if value not in tuple(kind):
            raise BadInput(f"{where} must be one of {', '.join(kind)}, not {value!r}", where=where)
    if (Direction(direction), Base(base)) in _WRONG:
        raise BadInput(f"{base} cannot go {direction}: nothing lies there", where="base")
    return length, 1 if direction == Direction.FORWARD else -1, _BASES.index(Base(base))


def _named(found: Found, sequences: Sequences, limit: int) -> NextEvents:
    names = sequences.names
    order = np.lexsort((found.took, found.code))
    codes, first, counts = np.unique(found.code[order], return_index=True, return_counts=True)
    rows: dict[int, NextEvent] = {}
    for code, begin, count in zip(codes.tolist(), first.tolist(), counts.tolist(), strict=True):
        rows[code] = _item(found, order[begin : begin + count], names[code] if code >= 0 else "")
    nothing = rows.pop(NOTHING, NextEvent(name="", people=0, count=0, median_s=float("nan")))
    ranked = sorted(rows, key=lambda code: (-rows[code].count, rows[code].name))
    beyond = np.isin(found.code, ranked[limit:])

    def ask(name: str | None) -> Crowd:
        if name is None:
            return _crowd(found, np.ones(len(found.code), np.bool_)).labelled(sequences.labels)
        code = NOTHING if name == "" else code_of(names, name, "cell")
        return _crowd(found, found.code == code).labelled(sequences.labels)

    return NextEvents(
        items=tuple(rows[code] for code in ranked[:limit]),
        other=_item(found, np.flatnonzero(beyond), "other") if beyond.any() else None,
        other_names=len(ranked[limit:]),
        nothing=nothing,
        count=len(found.code),
        people_with_chain=len(np.unique(found.person)),
        ask=ask,
    )


def _item(found: Found, places: I64, name: str) -> NextEvent:
    return NextEvent(
        name=name,
        people=len(np.unique(found.person[places])),
        count=len(places),
        median_s=float(np.median(found.took[places])) / _SECOND_US if name else float("nan"),
    )


def _crowd(found: Found, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Crowd:
    order = np.flatnonzero(chosen)
    order = order[np.argsort(found.person[order], kind="stable")]
    who, at, took = found.person[order], found.at[order], found.took[order]
    is_something = bool(len(order)) and bool((found.code[order] != NOTHING).all())
    first = np.flatnonzero(np.diff(who, prepend=-1))
    counts = np.diff(np.append(first, len(who)))
    last_at = np.maximum.reduceat(at, first) if len(first) else _EMPTY
    took = took if is_something else _EMPTY
    return Crowd(person=who[first], counts=counts, last_at=last_at, took=took)


def _room(n: int) -> tuple[I64, I64, I64, I64]:
    return tuple(np.empty(n, np.int64) for _ in range(4))  # type: ignore[return-value]
