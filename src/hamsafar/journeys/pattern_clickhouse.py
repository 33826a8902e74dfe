"""ClickHouse's sequence functions, so that numbers of the two can be compared one to one.

`match` is the richer language. Here `(?1).*(?2)(?t<=3)` means what it means there: `(?k)` is
condition k from 1, `.` any event that meets some condition, `.*` any number of them, and
`(?t<=3)`, `<`, `>=`, `>`, `==` limit the seconds since the event before. **Events that meet no
condition are invisible.** Times are compared to the microsecond, where ClickHouse has whole seconds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.kernels import action_kernels
from hamsafar.journeys.marks import Marked, What, marked_shards
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import Rows, all_threads, frozen
from hamsafar.journeys.tallies import crowd_of, taken
from hamsafar.journeys.types import EVERYTHING, CellPeople, Filters
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64

MOST_ACTIONS = 60
_SECOND_US = 1_000_000
_TOKEN = re.compile(r"\(\?(\d+)\)|\(\?t(<=|<|>=|>|==)(\d+)\)|(\.\*)|(\.)")
_SPECIFIC, _ANY, _STAR = range(3)
_TIME = {"<=": 3, "<": 4, ">=": 5, ">": 6, "==": 7}

Script = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceCounts:
    """In whom a pattern was found, and how often.

    Attributes:
        people_matched: `sum(sequenceMatch)` over people.
        count: `sum(sequenceCount)` over people.
        found: the people as columns.
    """

    people_matched: int
    count: int
    found: Crowd = field(repr=False, compare=False)

    def people(self) -> CellPeople:
        """Return exactly these people; a person's `count` is how often it was found."""
        return self.found.page(0, None)


def sequence_count(
    sequences: Sequences,
    pattern: str,
    conditions: Sequence[What],
    filters: Filters = EVERYTHING,
    *,
    compute: Compute | None = None,
) -> SequenceCounts:
    """Count a pattern as ClickHouse's `sequenceMatch` and `sequenceCount` do.

    Args:
        sequences: whose events.
        pattern: in ClickHouse's language, see above.
        conditions: number 1, 2, …
        filters: which events count.
        compute: where shards run; None: a thread for each processor.

    Raises:
        BadInput: the pattern cannot be read or needs no event, a condition is missing or unknown,
            or a filter is wrong.
    """
    script = script_of(pattern, len(conditions))
    workers = compute or all_threads()
    named = [(f"conditions[{k}]", what) for k, what in enumerate(conditions)]
    work = marked_shards(sequences, filters, named, workers.width)
    parts = list(workers.map(partial(count_shard, script=script), work))
    crowd = crowd_of(sequences, parts)
    return SequenceCounts(
        people_matched=sum(len(rows.who) for _, rows in parts),
        count=sum(int(rows.counts.sum()) for _, rows in parts),
        found=crowd,
    )


def sequence_retention(
    sequences: Sequences,
    conditions: Sequence[What],
    filters: Filters = EVERYTHING,
    *,
    compute: Compute | None = None,
) -> tuple[int, ...]:
    """Return ClickHouse's `retention` summed over people: who met 1, 1 and 2, 1 and 3.

    It knows no time at all: the second may come before the first. For time use `retention`.

    Args:
        sequences: whose events.
        conditions: number 1, 2, …
        filters: which events count.
        compute: where shards run; None: a thread for each processor.

    Raises:
        BadInput: no condition or an unknown one, or a wrong filter.
    """
    if not conditions:
        raise BadInput("give at least one condition", where="conditions")
    workers = compute or all_threads()
    named = [(f"conditions[{k}]", what) for k, what in enumerate(conditions)]
    work = marked_shards(sequences, filters, named, workers.width)
    counts = np.zeros(len(conditions), np.int64)
    for part in workers.map(partial(met_shard, conditions=len(conditions)), work):
        counts += part
    return tuple(counts.tolist())


def count_shard(marked: Marked, *, script: Script) -> tuple[int, Rows]:
    """Return (chunk, people in whom the pattern is found) of one shard; pure.

    Args:
        marked: whose events.
        script: kinds and values of the actions.
    """
    kernels = action_kernels()
    shard = marked.shard
    people = shard.events.hi - shard.events.lo
    rows = Rows(*(np.empty(people, np.int64) for _ in range(3)))
    kinds, values = (frozen(np.array(column, np.int64)) for column in script)
    has_time = int(any(kind in _TIME.values() for kind in script[0]))
    work = (shard.sieve, marked.marks)
    actions = kernels.Script(kind=kinds, value=values)
    found = kernels.count_sequence(shard.events, work, actions, has_time, rows)
    return shard.chunk, taken(rows, found)


def met_shard(marked: Marked, *, conditions: int) -> I64:
    """Return how many people met condition 0, and 0 and k, in one shard; pure.

    Args:
        marked: whose events.
        conditions: how many there are.
    """
    counts = np.zeros(conditions, np.int64)
    action_kernels().met(marked.shard.events, (marked.shard.sieve, marked.marks), counts)
    return counts


def script_of(pattern: str, conditions: int) -> Script:
    """Return the actions of a pattern, after the star every pattern begins with.

    Args:
        pattern: in ClickHouse's language.
        conditions: how many conditions there are.

    Raises:
        BadInput: it cannot be read, needs no event, or names a condition that is not there.
    """
    kinds, values = [_STAR], [0]
    at = 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None:
            message = f"cannot read {pattern[at : at + 20]!r} (character {at})"
            raise BadInput(message, where="pattern")
        at = token.end()
        number, limit, seconds, star, _ = token.groups()
        if number is not None:
            if not 1 <= int(number) <= conditions:
                message = f"there is no condition {number}; there are {conditions}"
                raise BadInput(message, where="pattern")
            kinds.append(_SPECIFIC)
            values.append(int(number) - 1)
        elif limit is not None:
            if kinds[-1] in _TIME.values():
                message = "two limits of time follow each other; put an event between"
                raise BadInput(message, where="pattern")
            kinds.append(_TIME[limit])
            values.append(int(seconds) * _SECOND_US)
        else:
            kinds.append(_STAR if star else _ANY)
            values.append(0)
    if not {_SPECIFIC, _ANY} & set(kinds):
        raise BadInput("the pattern must need at least one event", where="pattern")
    if len(kinds) > MOST_ACTIONS:
        raise BadInput(f"a pattern has at most {MOST_ACTIONS} parts", where="pattern")
    return tuple(kinds), tuple(values)
