"""Paths: which step people took first, second, third; forward, backward, between, after a drop.

Two looks at the same table of paths: the first counts **every** link, so that what is hidden is
decided by all paths; the second counts people and durations of what is shown, with the rest of the
names of each step folded into "other". So nothing is lost, and the numbers of a small list equal
those of a long one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypedDict, Unpack

import numpy as np

from hamsafar.journeys.folding import fold_of
from hamsafar.journeys.kernels import route_kernels
from hamsafar.journeys.marks import Marked, What, marked_shards
from hamsafar.journeys.path_results import Paths, PathsAsk, named
from hamsafar.journeys.path_tables import Folded, RouteTable, Tallied, tally_of
from hamsafar.journeys.reading import Label
from hamsafar.journeys.sequences import TIME_LIMIT_US, Sequences
from hamsafar.journeys.shards import all_threads, frozen
from hamsafar.journeys.types import EVERYTHING, Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64

if TYPE_CHECKING:
    from hamsafar.journeys.kernels.routes import Routes

MAX_DEPTH = 20
MAX_LIMIT = 500
_NO_GAP = 1 << 61
_SECOND_US = 1_000_000


class PathDirection(StrEnum):
    """Which part of a journey a path is."""

    FORWARD = "forward"
    BACKWARD = "backward"
    BETWEEN = "between"
    AFTER_DROPOFF = "after_dropoff"


_DIRECTIONS = tuple(PathDirection)


class PathOptions(TypedDict, total=False):
    """What may be set; see `paths`."""

    direction: str
    start: What | None
    end: What | None
    since_us: Mapping[Label, int] | None
    depth: int
    limit: int
    gap_s: float | None
    collapse: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """Options that were checked."""

    direction: PathDirection
    start: What | None
    end: What | None
    depth: int
    limit: int
    gap_us: int
    collapse: bool

    @classmethod
    def of(cls, options: PathOptions) -> _Rules:
        direction = options.get("direction", "forward")
        if direction not in _DIRECTIONS:
            message = f"direction must be one of {', '.join(_DIRECTIONS)}, not {direction!r}"
            raise BadInput(message, where="direction")
        rules = cls(
            direction=PathDirection(direction),
            start=options.get("start"),
            end=options.get("end"),
            depth=_within("depth", options.get("depth", 5), 2, MAX_DEPTH),
            limit=_within("limit", options.get("limit", 50), 1, MAX_LIMIT),
            gap_us=_gap_us(options.get("gap_s")),
            collapse=options.get("collapse", True),
        )
        rules.check(options.get("since_us"))
        return rules

    def check(self, since_us: Mapping[Label, int] | None) -> None:
        """Refuse what the direction has no use for, and what it lacks."""
        uses = {
            PathDirection.FORWARD: {"start"},
            PathDirection.BACKWARD: {"end"},
            PathDirection.BETWEEN: {"start", "end"},
            PathDirection.AFTER_DROPOFF: {"since_us"},
        }[self.direction]
        given = {"start": self.start, "end": self.end, "since_us": since_us}
        for name, value in given.items():
            if value is not None and name not in uses:
                raise BadInput(f"{self.direction} paths have no {name}; leave it out", where=name)
        needs = uses if self.direction in {"between", "after_dropoff"} else set()
        for name in sorted(needs):
            if given[name] is None:
                raise BadInput(f"{self.direction} paths need {name}", where=name)


def paths(
    sequences: Sequences,
    filters: Filters = EVERYTHING,
    *,
    compute: Compute | None = None,
    **options: Unpack[PathOptions],
) -> Paths:
    """Count the steps people took, by their place on the path.

    Args:
        sequences: whose events.
        filters: which events count; the others vanish first.
        compute: where shards run; None: a thread for each processor.
        **options:
            `direction`: "forward" (from the first `start`, or the journey's first event), "backward"
            (from the first `end`, or the journey's last event, against time), "between" (from the
            first `start` to the first `end` after it; of longer ones the middle becomes "…") or
            "after_dropoff" (what people did after the moment `since_us` gives each of them).
            `start`, `end`: events.
            `since_us`: µs UTC by person as the caller names them; only events strictly later are looked at, others' not.
            `depth`: steps to tell, 2 … 20 (5).
            `limit`: links to show, 1 … 500 (50).
            `gap_s`: a silence strictly longer begins another path; None: a path is a whole journey.
            `collapse`: a run of one event is one step (True).

    Raises:
        BadInput: an unknown event, an option out of range or of no use here, or a wrong filter.
    """
    rules = _Rules.of(options)
    workers = compute or all_threads()
    work = _work(sequences, filters, rules, workers.width)
    since = _since(sequences, options.get("since_us"))
    names = len(sequences.names)

    def tables() -> list[RouteTable]:
        task = partial(route_shard, rules=rules, names=names)
        pairs = [(marked, since[marked.shard.chunk]) for marked in work]
        return list(workers.map(task, pairs))

    found = tables()
    fold = fold_of(found, names, rules.limit)
    tally = tally_of(list(workers.map(partial(_tallied, fold=fold), found)), fold)
    people = [len(np.unique(table.routes.person)) for table in found]
    ask = PathsAsk(sequences=sequences, tables=tables, fold=fold)
    return named(
        tally,
        fold,
        ask,
        is_backward=rules.direction is PathDirection.BACKWARD,
        people=sum(people),
    )


def route_shard(pair: tuple[Marked, I64], *, rules: _Rules, names: int) -> RouteTable:
    """Return the paths of one shard; pure.

    Args:
        pair: whose events (condition 0 starts, 1 ends), and from when on each person is looked at.
        rules: which part of a journey is a path.
        names: how many event names there are.
    """
    marked, since = pair
    shard = marked.shard
    kernels = route_kernels()
    route_rules = kernels.RouteRules(
        direction=_DIRECTIONS.index(rules.direction),
        has_start=rules.start is not None,
        has_end=rules.end is not None,
        depth=rules.depth,
        gap=rules.gap_us,
        collapse=rules.collapse,
        middle=names,
    )
    work = (shard.sieve, marked.marks, since)
    width = rules.depth + 1
    number = kernels.route(shard.events, work, route_rules, _room(0, width))
    routes = _room(number, width)
    kernels.route(shard.events, work, route_rules, routes)
    return RouteTable(chunk=shard.chunk, routes=routes)


def _tallied(table: RouteTable, *, fold: Folded) -> Tallied:
    return table.tally(fold)


def _room(rows: int, width: int) -> Routes:
    made: Routes = route_kernels().Routes(
        person=np.empty(rows, np.int64),
        length=np.empty(rows, np.int64),
        goes_on=np.empty(rows, np.uint8),
        code=np.empty((rows, width), np.uint32),
        time=np.empty((rows, width), np.int64),
    )
    return made


def _work(sequences: Sequences, filters: Filters, rules: _Rules, pieces: int) -> list[Marked]:
    nothing: What = frozenset()
    conditions = [
        ("start", nothing if rules.start is None else rules.start),
        ("end", nothing if rules.end is None else rules.end),
    ]
    return marked_shards(sequences, filters, conditions, pieces)


def _since(sequences: Sequences, since_us: Mapping[Label, int] | None) -> Sequence[I64]:
    """Return from when on each person of each chunk is looked at; nobody else ever."""
    if since_us is None:
        return [frozen(np.zeros(1, np.int64)) for _ in sequences.chunks]
    known = _ids(sequences, since_us)
    who = np.fromiter(known.keys(), np.int64, len(known))
    order = np.argsort(who)
    at = np.fromiter(known.values(), np.int64, len(known))[order]
    who = who[order]
    columns = []
    for chunk in sequences.chunks:
        column = np.full(max(1, len(chunk.starts) - 1), TIME_LIMIT_US, np.int64)
        people = chunk.person[np.minimum(chunk.starts[:-1], len(chunk.time) - 1)].astype(np.int64)
        if len(who) and len(people):
            place = np.minimum(np.searchsorted(who, people), len(who) - 1)
            column = np.where(who[place] == people, at[place], TIME_LIMIT_US)
        columns.append(frozen(column))
    return columns


def _ids(sequences: Sequences, since_us: Mapping[Label, int]) -> dict[int, int]:
    """Return the moments by person id instead of by the caller's names."""
    if sequences.labels is None:
        return {int(person): at for person, at in since_us.items()}
    places = {label: person for person, label in enumerate(sequences.labels)}
    return {places[label]: at for label, at in since_us.items() if label in places}


def _within(where: str, value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise BadInput(f"{where} must be {least} … {most}, not {value}", where=where)
    return value


def _gap_us(gap_s: float | None) -> int:
    if gap_s is None:
        return _NO_GAP
    if not 0 <= gap_s <= _NO_GAP / _SECOND_US:
        raise BadInput(f"gap_s must be 0 or more seconds, not {gap_s}", where="gap_s")
    return round(gap_s * _SECOND_US)
