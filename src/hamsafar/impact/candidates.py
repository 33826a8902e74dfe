"""Candidates for drivers: at which moments each exposure happened, and what it is compared with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from hamsafar.impact.attempts import Attempts
from hamsafar.impact.flow import B, Coded, Flow
from hamsafar.impact.matching import Moments, Pool, pool_of, with_ends
from hamsafar.impact.types import (
    Candidate,
    Channels,
    Events,
    Findings,
    FirstTime,
    Property,
    Source,
    Trait,
)
from hamsafar.journeys import Role, Roles
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64

MOST_VALUES = 50
"""Of a property or trait the so many most frequent values are candidates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One candidate.

    Attributes:
        source, name, value: what it is; `value` is None but for properties and traits.
        at: i64, moments at which it happened, rising.
        pool: what it may be compared with.
    """

    source: Source
    name: str
    value: object
    at: I64 = field(repr=False)
    pool: Pool = field(repr=False)

    @property
    def key(self) -> str:
        """Return a text that names it: `event:Payment Failed`, `property:gateway="saman"`."""
        return key_of(self.source, self.name, self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where candidates are looked for."""

    flow: Flow
    attempts: Attempts
    moments: Moments
    all: Pool
    entries: Pool
    roles: Roles


def ground_of(flow: Flow, attempts: Attempts, moments: Moments, roles: Roles) -> Ground:
    """Return the ground of these moments; `roles` say which events are errors."""
    return Ground(
        flow=flow,
        attempts=attempts,
        moments=moments,
        all=pool_of(moments, ~moments.is_end),
        entries=pool_of(moments, moments.is_entry),
        roles=roles,
    )


def key_of(source: Source, name: str, value: object = None) -> str:
    """Return the text that names a candidate."""
    if source in {Source.PROPERTY, Source.TRAIT}:
        return f"{source}:{name}={json.dumps(value, ensure_ascii=False)}"
    return f"{source}:{name}" if name else str(source)


def exposures_of(ground: Ground, candidates: Sequence[Candidate]) -> Iterator[Exposure]:
    """Yield every single candidate.

    Raises:
        BadInput: a name does not exist, or a property or trait is not loaded.
    """
    for place, candidate in enumerate(candidates):
        where = f"candidates[{place}]"
        match candidate:
            case Events():
                yield from _events(ground, candidate, where)
            case Property():
                yield from _values_of(ground, candidate, where)
            case Trait():
                yield from _traits(ground, candidate, where)
            case Channels():
                yield from _channels(ground)
            case FirstTime():
                first = ground.attempts.number[ground.moments.attempt] == 0
                at = np.flatnonzero(first & ground.moments.is_entry)
                yield Exposure(source=Source.FIRST, name="", value=None, at=at, pool=ground.entries)
            case Findings():
                yield _finding(ground, candidate)


def _events(ground: Ground, candidate: Events, where: str) -> Iterator[Exposure]:
    names = ground.flow.sequences.names
    unknown = set(candidate.names or ()) - set(names)
    if unknown:
        raise BadInput(f"no event is named {min(unknown)!r}", where=f"{where}.names")
    moments = ground.moments
    for value, at in _by_code(ground.flow.code[moments.row], moments):
        name = names[value]
        if candidate.names is not None and name not in candidate.names:
            continue
        is_error = Role.ERROR in ground.roles[name]
        pool = with_ends(moments, ground.all, at) if is_error else ground.all
        yield Exposure(source=Source.EVENT, name=name, value=None, at=at, pool=pool)


def _channels(ground: Ground) -> Iterator[Exposure]:
    names = ground.flow.sequences.channels
    for value, at in _by_code(ground.flow.channel[ground.moments.row], ground.moments):
        if value < len(names) and names[value]:
            yield Exposure(
                source=Source.CHANNEL, name=names[value], value=None, at=at, pool=ground.all
            )


def _values_of(ground: Ground, candidate: Property, where: str) -> Iterator[Exposure]:
    column = ground.flow.property(candidate.path, f"{where}.path")
    rows = ground.moments.row
    found = np.where(ground.moments.is_end, 0, column.code[rows])
    carriers = np.unique(ground.flow.code[rows[found > 0]])
    carried = np.isin(ground.flow.code[rows], carriers) & ~ground.moments.is_end
    pool = pool_of(ground.moments, carried)
    for value, at in _frequent(column, found, ground.moments):
        yield Exposure(source=Source.PROPERTY, name=candidate.path, value=value, at=at, pool=pool)


def _traits(ground: Ground, candidate: Trait, where: str) -> Iterator[Exposure]:
    column = ground.flow.trait(candidate.name, f"{where}.name")
    moments = ground.moments
    place = ground.flow.place[moments.row]
    found = np.where(moments.is_entry, column.code[place], 0)
    for value, at in _frequent(column, found, moments):
        yield Exposure(
            source=Source.TRAIT, name=candidate.name, value=value, at=at, pool=ground.entries
        )


def _finding(ground: Ground, candidate: Findings) -> Exposure:
    """Put each finding on the person's last moment until then, if it lies within an attempt."""
    flow, moments = ground.flow, ground.moments
    order = np.argsort(flow.people, kind="stable")
    spot = np.searchsorted(flow.people[order], candidate.person)
    place = order[np.minimum(spot, len(order) - 1)] if len(order) else np.zeros(0, np.int64)
    is_known = flow.people[place] == candidate.person if len(order) else np.zeros(0, np.bool_)
    rows = [
        _last_row(flow, int(who), int(at))
        for who, at in zip(place[is_known], candidate.at_us[is_known], strict=True)
    ]
    marked: B = np.zeros(len(flow), np.bool_)
    marked[[row for row in rows if row >= 0]] = True
    return Exposure(
        source=Source.FINDING,
        name=candidate.name,
        value=None,
        at=np.flatnonzero(marked[moments.row] & ~moments.is_end),
        pool=ground.all,
    )


def _last_row(flow: Flow, place: int, at_us: int) -> int:
    end = int(flow.ends[place])
    begin = int(flow.ends[place - 1]) if place else 0
    row = begin + int(np.searchsorted(flow.time[begin:end], at_us, side="right")) - 1
    return row if row >= begin else -1


def _frequent(column: Coded, found: I64, moments: Moments) -> Iterator[tuple[object, I64]]:
    groups = [(value, at) for value, at in _by_code(found, moments) if value > 0]
    groups.sort(key=lambda group: -len(group[1]))
    for value, at in groups[:MOST_VALUES]:
        yield column.values[value], at


def _by_code(code: I64, moments: Moments) -> Iterator[tuple[int, I64]]:
    """Yield each code with its moments, rising; the outcome itself is none."""
    order = np.argsort(code, kind="stable")
    order = order[~moments.is_end[order]]
    values, begins = np.unique(code[order], return_index=True)
    if not len(values):
        return
    yield from zip(values.tolist(), np.split(order, begins[1:]), strict=True)
