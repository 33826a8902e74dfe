"""Why numbers differ: a funnel of the running system by the rules of four programs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from hamsafar.journeys.explain import Explanation, explain_funnel
from hamsafar.journeys.explain_person import explain_one
from hamsafar.journeys.explain_types import Ended
from hamsafar.journeys.explained import (
    DifferenceRow,
    Explained,
    RuleRow,
    SemanticsRow,
    Story,
    StoryAttempt,
    StoryEvent,
)
from hamsafar.journeys.figures import is_small
from hamsafar.journeys.kinds.funnels import rules_of, steps_of
from hamsafar.journeys.kinds.ground import Ground
from hamsafar.journeys.kinds.times import iso
from hamsafar.journeys.kinds.walking import placed
from hamsafar.journeys.pages import MAX_PAGE
from hamsafar.journeys.query import FunnelQuery, Query, fields_of
from hamsafar.journeys.query_json import write_query
from hamsafar.journeys.services.answered import Answered
from hamsafar.journeys.services.queries import LASTS_US, Queries
from hamsafar.journeys.suppression import Key, chain, shown
from hamsafar.journeys.types import Stamp
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import BadInput, NotAllowed
from hamsafar.kernel.paging import decode_cursor, encode_cursor

MOST_KEPT = 4
"""Explanations kept; each holds a level for every person of every program."""


@dataclass(frozen=True, slots=True)
class _Asked:
    query: FunnelQuery
    ground: Ground
    stamp: Stamp
    key: bytes


class Explaining:
    """Explains funnels; safe to call from many threads."""

    def __init__(self, queries: Queries, clock: Clock) -> None:
        """Take what gives the ground of a query, and the time."""
        self._queries = queries
        self._clock = clock
        self._kept: Answered[Explanation] = Answered(most=MOST_KEPT, lasts_us=LASTS_US)

    def explain(
        self, query: Query, *, cursor: str | None = None, limit: int = 50
    ) -> tuple[Explained, list[int]]:
        """Return why programs count a funnel differently, and the people listed.

        Raises:
            BadInput: no funnel, one that cannot be counted, or a wrong limit or cursor.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise BadInput(f"limit must be 1 … {MAX_PAGE}, not {limit}", where="limit")
        after = 0 if not cursor else _place(cursor)
        asked = self._asked(query)
        least = self._queries.least_of(asked.query)
        found, _ = self._kept.get(
            asked.stamp, asked.key, self._clock.now_us(), lambda: _explanation(asked)
        )
        rows = found.differences(after, limit) if least <= 1 else ()
        has_more = after + len(rows) < found.total and bool(rows)
        told = Explained(
            semantics=tuple(
                SemanticsRow(semantics=row.semantics.value, counts=_counts(row.counts, least))
                for row in found.semantics
            ),
            by_rule=tuple(
                RuleRow(rule=row.rule.value, people=_told(row.people, least))
                for row in found.by_rule
            ),
            total=_told(found.total, least),
            differences=tuple(
                DifferenceRow(
                    person=str(row.person),
                    label="",
                    levels={whose.value: level for whose, level in row.levels.items()},
                    rule=row.rule.value,
                    values={whose.value: rule.value for whose, rule in row.rules.items()}
                    | {f"entered_{w.value}": iso(at) for w, at in row.entered_us.items()},
                )
                for row in rows
            ),
            next=encode_cursor((after + len(rows),)) if has_more else None,
        )
        return told, [row.person for row in rows]

    def story(self, query: Query, person: int) -> Story:
        """Return what each event of a person did in a funnel.

        Raises:
            BadInput: no funnel, or one that cannot be counted.
            NotAllowed: few people are hidden here, and a person is one.
            NotFound: there is no such person in the scope.
        """
        asked = self._asked(query)
        if self._queries.least_of(asked.query) > 1:
            raise NotAllowed(
                "numbers of few people are hidden, so nobody is explained", where="person"
            )
        ground = asked.ground
        with placed():
            told = explain_one(
                ground.sequences,
                person,
                steps_of(asked.query, ground),
                ground.filters,
                rules=replace(rules_of(asked.query, ground), breakdown=None),
            )
        return Story(
            events=tuple(
                StoryEvent(
                    at=iso(event.at_us),
                    name=event.name,
                    channel=event.channel,
                    outcome=event.outcome.value,
                    step=event.step,
                    attempt=event.attempt,
                    values={} if event.late_s is None else {"late_s": event.late_s},
                )
                for event in told.events
            ),
            attempts=tuple(
                StoryAttempt(
                    number=attempt.number,
                    entered_at=iso(attempt.entered_at_us),
                    level=attempt.level,
                    ended=attempt.ended.value,
                    ended_at=None if attempt.ended is Ended.OPEN else iso(attempt.ended_at_us),
                )
                for attempt in told.attempts
            ),
            levels={whose.value: level for whose, level in told.levels.items()},
        )

    def _asked(self, query: Query) -> _Asked:
        if not isinstance(query, FunnelQuery):
            raise BadInput("only funnels are counted differently by others", where="query.kind")
        ground, stamp, key = self._queries.grounded(query.scope, fields_of(query))
        return _Asked(query, ground, stamp, key + b"\n" + write_query(query))


def _explanation(asked: _Asked) -> Explanation:
    ground = asked.ground
    with placed():
        rules = replace(rules_of(asked.query, ground), breakdown=None)
        return explain_funnel(
            ground.sequences,
            steps_of(asked.query, ground),
            ground.filters,
            rules=rules,
            compute=ground.compute,
        )


def _counts(counts: tuple[int, ...], least: int) -> tuple[int | None, ...]:
    """Return what of a row of falling counts may be shown."""
    keys: list[Key] = [("reached", step) for step in range(len(counts))]
    lost: list[Key] = [("lost", step) for step in range(len(counts) - 1)]
    numbers: dict[Key, int] = dict(zip(keys, counts, strict=True))
    gaps = (max(0, a - b) for a, b in pairwise(counts))
    numbers.update(zip(lost, gaps, strict=True))
    told = shown(numbers, chain(keys, lost), least=least)
    return tuple(told.count(key) for key in keys)


def _told(people: int, least: int) -> int | None:
    return None if is_small(people, least) else people


def _place(cursor: str) -> int:
    match decode_cursor(cursor):
        case (int(offset),) if offset >= 0:
            return offset
        case _:
            raise BadInput("this cursor belongs to another list", where="cursor")
