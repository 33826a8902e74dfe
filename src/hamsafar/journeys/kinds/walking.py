"""From a query and the history to what was found: the sides of it, their grounds, their runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import msgspec

from hamsafar.expr import Condition, to_json
from hamsafar.journeys.answers import Note, Result
from hamsafar.journeys.figures import Figure
from hamsafar.journeys.funnel import count_funnel
from hamsafar.journeys.kinds.calendars import walk_lifecycle, walk_retention, walk_stickiness
from hamsafar.journeys.kinds.funnels import dropped_since, rules_of, steps_of, walk_funnel
from hamsafar.journeys.kinds.graphs import walk_graph
from hamsafar.journeys.kinds.ground import Ground, Place, filters_of, narrowed
from hamsafar.journeys.kinds.run import Run
from hamsafar.journeys.kinds.walks import walk_match, walk_next, walk_paths, walk_sessions
from hamsafar.journeys.kinds.wholes import walk_variants
from hamsafar.journeys.query import (
    FunnelQuery,
    GraphQuery,
    LifecycleQuery,
    MatchQuery,
    NextQuery,
    PathsQuery,
    Query,
    RetentionQuery,
    Scope,
    SessionsQuery,
    StickinessQuery,
    VariantsQuery,
)
from hamsafar.journeys.query_json import write_query
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.types import Stamp
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.ports import Compute

_OF_THE_SCOPE = frozenset({"from", "to", "include", "exclude", "sources", "zone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A side of an answer, before it is walked.

    Attributes:
        name: what it is called; empty when there is but one.
        scope: of this side.
        condition: only people of whom this holds.
        where: where the side stands in the query.
    """

    name: str
    scope: Scope
    condition: Condition | None = None
    where: str = "query.scope"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of an answer: the ground, its size, and what was found on it."""

    name: str
    ground: Ground
    people: int
    events: int
    run: Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A query that was walked; what may be shown of it is decided when it is told."""

    stamp: Stamp
    sides: tuple[Side, ...]
    notes: tuple[Note, ...]
    _told: dict[int, tuple[Result, ...]] = field(default_factory=dict, repr=False)

    def results(self, least: int) -> tuple[Result, ...]:
        """Return the result of each side, with numbers of fewer than `least` people hidden."""
        found = self._told.get(least)
        if found is None:
            found = tuple(side.run.result(least) for side in self.sides)
            self._told.clear()
            self._told[least] = found
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """A query with all it needs.

    Attributes:
        groups: conditions of the scope's saved groups.
        now_us: µs UTC.
    """

    query: Query
    stamp: Stamp
    sequences: Sequences = field(repr=False)
    compute: Compute
    place: Place
    now_us: int
    groups: tuple[Condition, ...]
    sides: tuple[Wanted, ...]

    def key(self) -> bytes:
        """Return what tells this question from all others on the same history."""
        parts = [
            write_query(msgspec.structs.replace(self.query, min_people=None)),
            *map(to_json, self.groups),
            *(to_json(side.condition) for side in self.sides if side.condition is not None),
            repr(self.place).encode(),
        ]
        return b"\n".join(parts)

    def grounds(self) -> tuple[Ground, ...]:
        """Return the ground of each side.

        Raises:
            BadInput: a scope is wrong.
        """
        newest = max((int(c.time.max()) for c in self.sequences.chunks if len(c.time)), default=0)
        as_of_us = min(self.now_us, newest)
        common = [(condition, "query.scope.groups") for condition in self.groups]
        found = []
        for letter, side in zip("ab", self.sides, strict=False):
            filters = filters_of(side.scope, self.place, side.where)
            people = list(common)
            if side.condition is not None:
                people.append((side.condition, side.where))
            found.append(
                Ground(
                    sequences=narrowed(self.sequences, side.scope, filters, people),
                    filters=filters,
                    compute=self.compute,
                    place=self.place,
                    as_of_us=as_of_us,
                    side=letter,
                )
            )
        return tuple(found)


def found_on(laid: Laid) -> Found:
    """Walk every side of a query.

    Raises:
        BadInput: the query cannot be answered.
    """
    sides = []
    for wanted, ground in zip(laid.sides, laid.grounds(), strict=True):
        people, events = ground.size()
        run = walk(laid.query, ground)
        sides.append(Side(name=wanted.name, ground=ground, people=people, events=events, run=run))
    return Found(stamp=laid.stamp, sides=tuple(sides), notes=tuple(_notes(laid, sides)))


def walk(query: Query, ground: Ground) -> Run:  # noqa: C901 - one arm for each kind
    """Walk a query over a ground.

    Raises:
        BadInput: the query cannot be answered on it.
    """
    match query:
        case FunnelQuery():
            return walk_funnel(query, ground)
        case PathsQuery():
            return walk_paths(query, ground, _since(query, ground))
        case RetentionQuery():
            return walk_retention(query, ground)
        case LifecycleQuery():
            return walk_lifecycle(query, ground)
        case StickinessQuery():
            return walk_stickiness(query, ground)
        case SessionsQuery():
            return walk_sessions(query, ground)
        case NextQuery():
            return walk_next(query, ground)
        case MatchQuery():
            return walk_match(query, ground)
        case GraphQuery():
            return walk_graph(query, ground)
        case VariantsQuery():
            return walk_variants(query, ground)


def cells_of(part: object) -> Iterator[str]:
    """Yield every cell of a result that may be opened."""
    if isinstance(part, tuple):
        for one in part:
            yield from cells_of(one)
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            value = getattr(part, name)
            if name == "cell" and isinstance(value, str):
                yield value
            else:
                yield from cells_of(value)
    elif isinstance(part, Figure) and part.cell is not None:
        yield part.cell


@contextmanager
def placed() -> Iterator[None]:
    """Say where in the query an error of the walk stands.

    Raises:
        BadInput: as it was raised, `where` beginning with `query`.
    """
    try:
        yield
    except BadInput as error:
        where = "channels" if error.where == "channel" else error.where
        if where.startswith(("query", "cell", "cursor", "limit")):
            raise
        in_scope = where in _OF_THE_SCOPE | {"channels"}
        place = f"query.scope.{where}" if in_scope else f"query.{where}".rstrip(".")
        raise BadInput(error.detail, where=place) from error


def _since(query: PathsQuery, ground: Ground) -> dict[str | int, int] | None:
    asked = query.funnel
    if asked is None:
        return None
    found = count_funnel(
        ground.sequences,
        steps_of(asked, ground),
        ground.filters,
        rules=rules_of(asked, ground),
        compute=ground.compute,
    )
    return dropped_since(found, query.step)


def _notes(laid: Laid, sides: Sequence[Side]) -> Iterator[Note]:
    if len(sides) < 2:
        return
    shared = _overlap(*(side.ground.sequences for side in sides))
    a, b = (side.ground.filters for side in sides)
    if laid.sides[0].condition is not None and shared:
        yield Note(code="overlapping_groups", values={"people": shared})
    is_apart = (a.to_us is not None and b.from_us is not None and a.to_us <= b.from_us) or (
        b.to_us is not None and a.from_us is not None and b.to_us <= a.from_us
    )
    if laid.sides[0].condition is None and not is_apart:
        yield Note(code="overlapping_periods")


def _overlap(a: Sequences, b: Sequences) -> int:
    """Return how many people (or sessions) stand on both sides."""
    shared = 0
    for one, other in zip(a.chunks, b.chunks, strict=True):
        people = len(one.starts) - 1
        if one.skip is None or other.skip is None:
            rest = one.skip if other.skip is None else other.skip
            shared += people - (0 if rest is None else int(rest.sum()))
        else:
            shared += int((~one.skip & ~other.skip).sum())
    return shared
