"""Every deviation of every attempt, as columns: what figures and lists of people are read from.

The list of people and the number come from the same rows, so they are equal by construction.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hamsafar.maps.automaton import EXTRA, SKIP
from hamsafar.maps.cases import SECOND_US, Laid
from hamsafar.maps.deviations import Key
from hamsafar.maps.kernels import case_kernels
from hamsafar.maps.types import (
    AnyOrder,
    Block,
    Choice,
    DeviationKind,
    InOrder,
    Loop,
    Maybe,
    Touchpoint,
)
from hamsafar.maps.walk import stage_of, touchpoints_of
from hamsafar.storage.types import I64

LONGEST_US = 30 * 60 * SECOND_US
"""An event takes a customer at most this long: what comes later was a pause."""
CAME, WAITS, NEVER_CAME = 0, 1, 2
_EVENTS = (
    DeviationKind.TOO_OFTEN,
    DeviationKind.OUT_OF_SEQUENCE,
    DeviationKind.EXCLUSIVE,
    DeviationKind.WRONG_CHANNEL,
)

F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Each used step and the time to the next used one.

    Attributes:
        case, step, touch: i64[w].
        took: i64[w], µs; of one that still waits the time so far.
        state: i64[w], `CAME`, `WAITS` or `NEVER_CAME`.
    """

    case: I64
    step: I64
    touch: I64
    took: I64
    state: I64


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """All deviations of all attempts.

    Attributes:
        keys: which deviations there are.
        dev: i64[r], place in `keys`.
        case: i64[r], the attempt.
        step: i64[r], the step it shows at.
        lost: i64[r], µs of the customer's time.
        waits: used steps.
    """

    keys: tuple[Key, ...]
    dev: I64 = field(repr=False)
    case: I64 = field(repr=False)
    step: I64 = field(repr=False)
    lost: I64 = field(repr=False)
    waits: Waits = field(repr=False)

    def of(self, key: Key) -> I64:
        """Return the rows of a deviation; none when nobody has it."""
        if key not in self.keys:
            return np.zeros(0, np.int64)
        return np.flatnonzero(self.dev == self.keys.index(key))


def tally_of(laid: Laid) -> Tally:
    """Return every deviation of every attempt."""
    kernels = case_kernels()
    lives = kernels.Lives(
        laid.cases.first,
        laid.cases.last,
        laid.cases.who,
        laid.cases.variant,
        laid.cases.is_open.view(np.uint8),
        laid.cases.goal_at,
        laid.steps.time,
    )
    rows = kernels.Rows(
        laid.rows.lo,
        laid.rows.dev,
        laid.rows.at,
        laid.rows.has_kind(DeviationKind.STOPPED),
        laid.rows.has_kind(*_EVENTS),
    )
    found = kernels.occurrences(lives, rows, LONGEST_US, _room(0, 3))
    case, step, lost = room = _room(found, 3)
    kernels.occurrences(lives, rows, LONGEST_US, room)
    # Rows of an attempt follow those of its variant, but for stops of attempts still open.
    length = np.diff(laid.rows.lo)[laid.cases.variant]
    place = np.repeat(laid.rows.lo[laid.cases.variant], length) + _runs(length)
    kept = ~(rows.is_stop[place].astype(np.bool_) & np.repeat(laid.cases.is_open, length))
    dev = laid.rows.dev[place[kept]]
    waits = _waits(laid, lives)
    keys, late = _late(laid, waits)
    return Tally(
        keys=(*laid.rows.keys, *keys),
        dev=np.concatenate([dev, late[0] + len(laid.rows.keys)]),
        case=np.concatenate([case, late[1]]),
        step=np.concatenate([step, late[2]]),
        lost=np.concatenate([lost, late[3]]),
        waits=waits,
    )


def _room(n: int, columns: int) -> tuple[I64, ...]:
    return tuple(np.empty(n, np.int64) for _ in range(columns))


def _runs(length: I64) -> I64:
    """Return 0, 1, … of each run, one after the other."""
    ends = np.cumsum(length)
    return np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - length, length)


def _waits(laid: Laid, lives: object) -> Waits:
    kernels = case_kernels()
    last = _ends(laid)
    used = kernels.Used(laid.texts.starts, laid.alignments.touch, last)
    found = kernels.waits(lives, used, laid.as_of_us, _room(0, 5))
    case, step, touch, took, state = room = _room(found, 5)
    kernels.waits(lives, used, laid.as_of_us, room)
    return Waits(case=case, step=step, touch=touch, took=took, state=state)


def _ends(laid: Laid) -> NDArray[np.uint8]:
    """Return u8[t]: whether the map can end with a touchpoint, so nothing is waited for."""
    machine = laid.machine
    ends = np.zeros(len(touchpoints_of(laid.journey)), np.uint8)
    goal = int(machine.final[0] - machine.lo[0])
    for _, to, touch in machine.touch[: machine.touch_lo[1]].tolist():
        ends[touch] |= int(machine.skip[to, goal]) == 0
    for _, to, block in machine.fork[: machine.fork_lo[1]].tolist():
        if machine.skip[to, goal] == 0:
            ends[
                [touch for touch in range(len(ends)) if int(machine.alphabet[block]) >> touch & 1]
            ] = 1
    return ends


def _late(laid: Laid, waits: Waits) -> tuple[tuple[Key, ...], tuple[I64, ...]]:
    """Return which touchpoints are followed too late, and (key, case, step, µs beyond) of each."""
    keys: list[Key] = []
    parts: list[tuple[I64, ...]] = [_room(0, 4)]
    for number, one in enumerate(touchpoints_of(laid.journey)):
        if one.at_most_s is None:
            continue
        most = round(one.at_most_s * SECOND_US)
        is_late = (waits.touch == number) & (waits.state != NEVER_CAME) & (waits.took > most)
        rows = np.flatnonzero(is_late)
        if len(rows):
            dev = np.full(len(rows), len(keys), np.int64)
            parts.append((dev, waits.case[rows], waits.step[rows], waits.took[rows] - most))
            keys.append(Key(DeviationKind.TOO_LATE, number))
    joined = tuple(np.concatenate(column) for column in zip(*parts, strict=True))
    return tuple(keys), joined


def least_steps(block: Block) -> int:
    """Return the fewest touchpoints one can go through a block with."""
    match block:
        case Touchpoint():
            return 1
        case InOrder() | AnyOrder():
            return sum(map(least_steps, block.of))
        case Choice():
            return min(map(least_steps, block.of))
        case Maybe():
            return 0
        case Loop():
            return block.min * sum(map(least_steps, block.of))


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What each variant costs.

    Attributes:
        cost: i64[v], all deviations that are not allowed, of an attempt that is over.
        stop: i64[v], the part of it for what follows the last step.
        worst: i64[v], if nothing fitted.
        by_stage: i64[v, s], without `stop`.
        worst_by_stage: i64[v, s].
    """

    cost: I64
    stop: I64
    worst: I64
    by_stage: I64
    worst_by_stage: I64

    def fitness(self, variant: I64, is_open: NDArray[np.bool_]) -> F64:
        """Return the fitness of attempts, 0 … 1; what may still come is not held against them."""
        stop = np.where(is_open, self.stop[variant], 0)
        worst = np.maximum(self.worst[variant] - stop, 1)
        return 1.0 - (self.cost[variant] - stop) / worst


def costs_of(laid: Laid, allowed: frozenset[Key]) -> Costs:
    """Return what each variant costs, but for what is allowed."""
    rows, variants = laid.rows, len(laid.texts)
    stages = np.array(stage_of(laid.journey), np.int64)
    of = np.repeat(np.arange(variants), np.diff(rows.lo))
    counts = np.array([key not in allowed for key in rows.keys], np.int64)[rows.dev]
    spent = rows.cost * counts
    is_stop = rows.has_kind(DeviationKind.STOPPED).astype(np.bool_)
    cost, stop = np.zeros(variants, np.int64), np.zeros(variants, np.int64)
    np.add.at(cost, of, spent)
    np.add.at(stop, of, np.where(is_stop, spent, 0))
    width = len(laid.journey.stages)
    by_stage = np.zeros((variants, width), np.int64)
    touch = np.array([key.touch for key in rows.keys], np.int64)[rows.dev]
    on_way = ~is_stop
    np.add.at(by_stage, (of[on_way], stages[touch[on_way]]), spent[on_way])
    return Costs(
        cost=cost,
        stop=stop,
        worst=np.diff(laid.texts.starts) * EXTRA + _least(laid).sum(),
        by_stage=by_stage,
        worst_by_stage=_worst_by_stage(laid, stages),
    )


def _least(laid: Laid) -> I64:
    return np.array(
        [SKIP * sum(map(least_steps, stage.of)) for stage in laid.journey.stages], np.int64
    )


def _worst_by_stage(laid: Laid, stages: I64) -> I64:
    """Return i64[v, s]: events of a stage left over and its steps skipped, where it was begun."""
    texts = laid.texts
    variants, width = len(texts), len(laid.journey.stages)
    worst = np.zeros((variants, width), np.int64)
    if not len(texts.match):
        return worst
    # Of an event that may be several touchpoints the one it was used as, else the first.
    lowest = np.log2((texts.match & (~texts.match + np.uint64(1))).astype(np.float64))
    touch = np.where(laid.alignments.touch >= 0, laid.alignments.touch, lowest.astype(np.int64))
    of = np.repeat(np.arange(variants), np.diff(texts.starts))
    np.add.at(worst, (of, stages[touch]), EXTRA)
    used = np.where(laid.alignments.touch >= 0, stages[touch], -1)
    reached = np.full(variants, -1, np.int64)
    np.maximum.at(reached, of, used)
    return worst + np.where(np.arange(width)[None, :] <= reached[:, None], _least(laid)[None, :], 0)
