"""From findings to a ranked list of problems, and from problems to a list of changes.

The score is in minutes, so that time and goals can be ranked together: the customers' lost time,
and `OUTCOME_MINUTES` for each goal surely lost (the lower end of the interval, 0 when that is below
0). A symptom (a drop-off, a hesitation) says that something hurts, not what; only what goes beyond
its usual number counts for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

import numpy as np

from hamsafar.friction.board import SYMPTOMS, Board, Lane, exposures
from hamsafar.friction.comparing import Loss, loss_of
from hamsafar.friction.definitions import DEFINITIONS
from hamsafar.friction.life import Fact
from hamsafar.friction.types import (
    Change,
    ChangeKind,
    Detector,
    Example,
    Problem,
    ProblemId,
    ProblemState,
    TrendPoint,
    Verdict,
)
from hamsafar.journeys import figure
from hamsafar.kernel.clock import SECOND_US
from hamsafar.storage.types import I64

OUTCOME_MINUTES = 60.0
"""A lost goal weighs as much as an hour of a customer's time."""
EXAMPLES = 3
DAYS_BY_DAY = 35
"""A range up to this many days has a trend by day, a longer one by week."""
LEAST_PERIODS = 4
"""With fewer whole periods nothing is usual yet."""
VALUES = ("revenue", "value", "total")
_UNUSUAL = 3.0
"""A period is above usual when it exceeds it by so many Poisson deviations."""
_LONG_DAY_US = 25 * 3_600 * SECOND_US
"""The longest day there is: clocks go back in it."""
_MINUTE_US = 60 * SECOND_US

_CHANGES: Mapping[Detector, ChangeKind] = {
    Detector.DROP_OFF: ChangeKind.EASE_STEP,
    Detector.HESITATION: ChangeKind.EASE_STEP,
    Detector.LOOP: ChangeKind.FIX_FORM,
    Detector.RAGE_CLICK: ChangeKind.FIX_ELEMENT,
    Detector.DEAD_CLICK: ChangeKind.FIX_ELEMENT,
    Detector.ERROR_TO_SUPPORT: ChangeKind.FIX_ERROR,
    Detector.DROP_AFTER_ERROR: ChangeKind.FIX_ERROR,
    Detector.DEAD_END: ChangeKind.ADD_CONTENT,
    Detector.SILENT_BOT: ChangeKind.TEACH_BOT,
    Detector.REPEATED_CONTACT: ChangeKind.OWN_CASE,
    Detector.CHANNEL_PING_PONG: ChangeKind.OWN_CASE,
    Detector.TRANSFER_WITHOUT_CONTEXT: ChangeKind.PASS_CONTEXT,
    Detector.HAD_TO_REPEAT: ChangeKind.PASS_CONTEXT,
    Detector.ABANDONED_SELF_SERVICE: ChangeKind.WRITE_ARTICLE,
    Detector.LONG_WAIT: ChangeKind.STAFF_QUEUE,
}
_BY_CAUSE = frozenset({ChangeKind.OWN_CASE, ChangeKind.PASS_CONTEXT, ChangeKind.STAFF_QUEUE})
"""What these change is a desk, so problems at different events of one topic are one change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which findings count.

    Attributes:
        from_us, to_us: by when they began, half open; None: all.
        channels: where they are; None: everywhere.
        zone: whose midnights part the days of the trend.
        now_us: when it is asked.
    """

    now_us: int
    zone: tzinfo
    from_us: int | None = None
    to_us: int | None = None
    channels: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All problems of a range, the worst first, and what to change.

    Attributes:
        people: with any event of their own in the range.
        as_of_us: newest event. settled_us: findings up to then are final, but for late events.
    """

    problems: tuple[Problem, ...]
    changes: tuple[Change, ...]
    people: int
    as_of_us: int | None
    bounds: tuple[int, ...] = field(repr=False)


def report(
    board: Board, asked: Range, verdicts: Mapping[str, Verdict], *, least: int = 0
) -> Report:
    """Return the problems of a range and what to change.

    Args:
        board: what was found.
        asked: which findings count.
        verdicts: what people said, by key of the problem.
        least: problems of fewer people are left out.
    """
    newest, people = _everybody(board, asked)
    bounds = periods(board, asked)
    ground = _Ground(
        asked=asked, bounds=bounds, people=people, value=_goal_value(board), verdicts=verdicts
    )
    found: list[Problem] = []
    for detector, lane in board.lanes.items():
        kept = within(board, lane, asked)
        for group in np.unique(lane.group[kept]).tolist():
            one = _Group(board, detector, group, kept & (lane.group == group))
            if len(np.unique(lane.person[one.rows])) >= least:
                found.append(_problem(one, ground))
    found.sort(key=lambda p: (-p.score, -p.count, p.id.key))
    still = [p for p in found if p.verdict.state is ProblemState.OPEN]
    return Report(
        problems=tuple(found),
        changes=changes_of(still),
        people=people,
        as_of_us=newest,
        bounds=bounds,
    )


def changes_of(problems: Sequence[Problem]) -> tuple[Change, ...]:
    """Return what takes these problems away, by expected effect."""
    groups: dict[tuple[ChangeKind, str, str], list[Problem]] = {}
    for problem in problems:
        kind = _CHANGES[problem.id.detector]
        place = "" if kind in _BY_CAUSE and problem.id.cause else problem.id.place
        groups.setdefault((kind, place, problem.id.cause), []).append(problem)
    changes = [_change(key, group) for key, group in groups.items()]
    return tuple(sorted(changes, key=lambda c: (-c.score, c.key)))


def within(board: Board, lane: Lane, asked: Range) -> np.typing.NDArray[np.bool_]:
    """Return which findings of a lane count."""
    kept = np.ones(len(lane.group), np.bool_)
    if asked.from_us is not None:
        kept &= lane.first_at >= asked.from_us
    if asked.to_us is not None:
        kept &= lane.first_at < asked.to_us
    if asked.channels is not None:
        names = board.facts.sequences.channels
        codes = [code for code, name in enumerate(names) if name in asked.channels]
        kept &= np.isin(lane.channel, codes)
    return kept


def periods(board: Board, asked: Range) -> tuple[int, ...]:
    """Return the bounds of the trend's days or weeks: n + 1 midnights for n periods."""
    times = [
        (int(c.time.min()), int(c.time.max())) for c in board.facts.sequences.chunks if len(c.time)
    ]
    if not times:
        return ()
    first = min(t[0] for t in times) if asked.from_us is None else asked.from_us
    last = max(t[1] for t in times) + 1 if asked.to_us is None else asked.to_us
    if last <= first:
        return ()
    day = _midnight(first, asked.zone)
    end = _midnight(last - 1, asked.zone) + timedelta(days=1)
    step = timedelta(days=1 if (end - day).days <= DAYS_BY_DAY else 7)
    if step.days > 1:
        # Weeks are counted back from the end, so that the last one is whole.
        day -= timedelta(days=-(end - day).days % 7)
    bounds = [day]
    while bounds[-1] < end:
        bounds.append((bounds[-1] + step).replace(hour=0))
    return tuple(int(bound.timestamp() * SECOND_US) for bound in bounds)


@dataclass(frozen=True, slots=True)
class _Group:
    """The findings of one problem in the range."""

    board: Board
    detector: Detector
    group: int
    rows: np.typing.NDArray[np.bool_]

    @property
    def lane(self) -> Lane:
        return self.board.lanes[self.detector]

    @property
    def id(self) -> ProblemId:
        return self.lane.groups[self.group]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What all problems of a report share; `visited` is filled as places come up."""

    asked: Range
    bounds: tuple[int, ...]
    people: int
    value: float | None
    verdicts: Mapping[str, Verdict]
    visited: dict[str, I64] = field(default_factory=dict)

    def visits(self, board: Board, place: str) -> I64:
        """Return how many sessions came to a place in each period."""
        if place not in self.visited:
            self.visited[place] = visits(board, place, self.bounds)
        return self.visited[place]


def _problem(one: _Group, ground: _Ground) -> Problem:
    asked, bounds = ground.asked, ground.bounds
    lane, rows, problem = one.lane, one.rows, one.id
    count = int(rows.sum())
    counts: I64 = np.zeros(0, np.int64)
    if bounds:
        counts = np.histogram(lane.first_at[rows], np.array(bounds, np.int64))[0]
    # Today is not over: its number says nothing yet.
    is_partial = len(bounds) > 1 and asked.now_us < bounds[-1] <= bounds[-2] + _LONG_DAY_US
    usual, change = _usual(counts[:-1] if is_partial else counts)
    share = 1.0
    if one.detector in SYMPTOMS:
        share = unusual_share(counts, ground.visits(one.board, problem.place))
    loss = _loss(one, asked)
    minutes = float(lane.lost[rows].sum()) / _MINUTE_US * share
    lost, low, high = (figure * share for figure in (loss.lost, loss.low, loss.high))
    met = np.unique(lane.person[rows])
    return Problem(
        id=problem,
        count=count,
        people=figure(len(met), ground.people, open=_open(one, asked), cell=problem.key),
        trend=tuple(TrendPoint(b, int(c)) for b, c in zip(bounds, counts, strict=False)),
        usual=usual,
        change_pct=change,
        cost_minutes=minutes,
        lost_outcomes=lost,
        lost_low=low,
        lost_high=high,
        lost_value=None if ground.value is None else lost * ground.value,
        score=minutes + OUTCOME_MINUTES * max(low, 0.0),
        examples=_examples(lane, rows),
        verdict=ground.verdicts.get(problem.key, Verdict(key=problem.key)).at(asked.now_us),
    )


def _loss(one: _Group, asked: Range) -> Loss:
    met = exposures(one.board, one.detector, one.id)
    if DEFINITIONS[one.detector].exposed_by:
        number, row = np.divmod(met, 1 << 40)
        at = np.zeros(len(met), np.int64)
        for chunk in np.unique(number).tolist():
            here = number == chunk
            at[here] = one.board.facts.lives[chunk].time[row[here]]
        if asked.from_us is not None:
            met, at = met[at >= asked.from_us], at[at >= asked.from_us]
        if asked.to_us is not None:
            met = met[at < asked.to_us]
    else:
        met = one.lane.where[one.rows]
    return loss_of(one.board.moments, met)


def _open(one: _Group, asked: Range) -> int:
    """Return how many people have a finding that may still be undone."""
    settings = one.board.settings.detectors[one.detector].values
    after = DEFINITIONS[one.detector].settled_after(settings)
    edge = asked.now_us - int(after.total_seconds() * SECOND_US)
    return len(np.unique(one.lane.person[one.rows & (one.lane.last_at > edge)]))


def _usual(counts: I64) -> tuple[float | None, float | None]:
    """Return the median of the whole periods but the last, and the last against it in per cent."""
    if len(counts) < LEAST_PERIODS:
        return None, None
    usual = float(np.median(counts[:-1]))
    change = 100 * (float(counts[-1]) - usual) / usual if usual else None
    return usual, change


def unusual_share(counts: I64, visited: I64) -> float:
    """Return which part of the findings goes beyond what is usual for so many visits.

    Usual is the same share of the visits in every day or week; a period is unusual when its number
    exceeds that by more than `_UNUSUAL` deviations of a Poisson count.

    Args:
        counts: findings of each period.
        visited: sessions that came to the place in each period.
    """
    total = float(np.sum(counts))
    if len(counts) < LEAST_PERIODS or not total:
        return 0.0
    expected = total * visited / max(float(visited.sum()), 1.0)
    above = np.asarray(counts, np.float64) - expected
    is_unusual = above > _UNUSUAL * np.sqrt(np.maximum(expected, 1.0))
    return float(above[is_unusual].sum() / total)


def visits(board: Board, place: str, bounds: tuple[int, ...]) -> I64:
    """Return how many sessions came to a place in each period."""
    code = board.facts.sequences.names.index(place)
    found = np.zeros(max(len(bounds) - 1, 0), np.int64)
    for life, chunk in zip(board.facts.lives, board.facts.sequences.chunks, strict=True):
        rows = np.flatnonzero((chunk.code == code) & (life.end >= 0))
        _, first = np.unique(life.end[rows], return_index=True)
        found += np.histogram(life.time[rows[first]], np.array(bounds, np.int64))[0]
    return found


def _examples(lane: Lane, rows: np.typing.NDArray[np.bool_]) -> tuple[Example, ...]:
    """Return the newest findings of different people."""
    at = np.flatnonzero(rows)
    at = at[np.lexsort((lane.person[at], -lane.first_at[at]))]
    _, first = np.unique(lane.person[at], return_index=True)
    newest = at[np.sort(first)[:EXAMPLES]].tolist()
    return tuple(Example(int(lane.person[i]), int(lane.first_at[i])) for i in newest)


def _change(key: tuple[ChangeKind, str, str], group: Sequence[Problem]) -> Change:
    kind, place, cause = key
    worst = max(group, key=lambda p: (p.lost_low, p.lost_outcomes))
    minutes = max(p.cost_minutes for p in group)
    return Change(
        kind=kind,
        place=place,
        cause=cause,
        problems=tuple(p.id.key for p in group),
        minutes=minutes,
        outcomes=worst.lost_outcomes,
        low=worst.lost_low,
        high=worst.lost_high,
        score=minutes + OUTCOME_MINUTES * max(worst.lost_low, 0.0),
    )


def _everybody(board: Board, asked: Range) -> tuple[int | None, int]:
    """Return the time of the newest event, and how many people did something in the range."""
    newest: int | None = None
    people = 0
    for life, chunk in zip(board.facts.lives, board.facts.sequences.chunks, strict=True):
        if not len(life.time):
            continue
        newest = max(int(life.time.max()), newest or int(life.time.max()))
        kept = life.end >= 0
        if asked.from_us is not None:
            kept &= life.time >= asked.from_us
        if asked.to_us is not None:
            kept &= life.time < asked.to_us
        if asked.channels is not None:
            names = board.facts.sequences.channels
            kept &= np.isin(life.channel, [c for c, n in enumerate(names) if n in asked.channels])
        who = np.searchsorted(chunk.starts, np.flatnonzero(kept), side="right") - 1
        who = np.unique(who)
        people += len(who) if chunk.skip is None else int((~chunk.skip[who]).sum())
    return newest, people


def _goal_value(board: Board) -> float | None:
    """Return the mean value of a goal, None when goals say none."""
    total, known = 0.0, 0
    for number, life in enumerate(board.facts.lives):
        goal = (life.facts & (Fact.GOAL | Fact.IGNORED)) == Fact.GOAL
        values = np.full(len(goal), np.nan)
        for path in VALUES:
            column = board.facts.sequences.properties.get(path)
            if column is not None:
                values = np.where(np.isnan(values), column.numbers(number), values)
        told = values[goal & ~np.isnan(values)]
        total, known = total + float(told.sum()), known + len(told)
    return total / known if known else None


def _midnight(at_us: int, zone: tzinfo) -> datetime:
    moment = datetime.fromtimestamp(at_us / SECOND_US, tz=zone)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
