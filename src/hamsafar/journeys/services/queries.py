"""Queries: every kind of question, answered over the running system's history."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec

from hamsafar.expr import NOTHING, Condition, Fields, fields
from hamsafar.journeys.answers import Answer, Compared, Header, Note
from hamsafar.journeys.clause import Clause
from hamsafar.journeys.compare import differences
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.figures import is_small
from hamsafar.journeys.kinds.ground import Ground, Place, place_of
from hamsafar.journeys.kinds.run import Keys, no_cell
from hamsafar.journeys.kinds.times import iso
from hamsafar.journeys.kinds.walking import Found, Laid, Side, Wanted, cells_of, found_on, placed
from hamsafar.journeys.pages import page_of
from hamsafar.journeys.ports import GroupBook
from hamsafar.journeys.query import (
    ByGroups,
    ByPeriod,
    FunnelQuery,
    GraphQuery,
    GroupSide,
    Query,
    Scope,
    fields_of,
    kind_of,
)
from hamsafar.journeys.services.answered import Answered
from hamsafar.journeys.services.explore import Explore, PeopleAnswer
from hamsafar.journeys.types import Stamp
from hamsafar.kernel.clock import SECOND_US, Clock
from hamsafar.kernel.errors import BadInput, NotAllowed
from hamsafar.kernel.paging import decode_cursor
from hamsafar.storage.ports import Compute

MOST_KEPT = 24
"""Answers kept in memory; each holds some bytes for every person it counted."""
LASTS_US = 300 * SECOND_US
"""An answer says what is undecided at its time, so it is not given for longer than this."""


class Queries:
    """Answers queries; safe to call from many threads."""

    def __init__(
        self,
        explore: Explore,
        groups: GroupBook,
        *,
        compute: Compute,
        clock: Clock,
        place: Callable[[], Place],
        min_people: int = 0,
    ) -> None:
        """Take what queries stand on.

        Args:
            explore: gives the history.
            groups: gives the conditions of saved groups.
            compute: where shards run.
            clock: what time it is.
            place: how the organisation counts time, asked at every query.
            min_people: no number of fewer people is ever shown, whatever a query says.
        """
        self._explore = explore
        self._groups = groups
        self._compute = compute
        self._clock = clock
        self._place = place
        self._floor = min_people
        self._kept: Answered[Found] = Answered(most=MOST_KEPT, lasts_us=LASTS_US)

    @property
    def min_people(self) -> int:
        """Return how many people must stand behind any number that is shown."""
        return self._floor

    def answer(self, query: Query) -> Answer:
        """Return the answer.

        Raises:
            BadInput: the query cannot be answered; `where` names the field.
            UnknownGroup: a saved group is not there.
        """
        began = time.perf_counter()
        least = self.least_of(query)
        found, is_warm = self._found(query)
        results = found.results(least)
        compared = None
        if len(results) > 1:
            compared = Compared(
                name_a=found.sides[0].name,
                name_b=found.sides[1].name,
                result_b=results[1],
                differences=differences(results[0], results[1]),
            )
        return Answer(
            kind=kind_of(query),
            header=_header(found, least, began, is_warm=is_warm),
            result=results[0],
            compared=compared,
        )

    def people(
        self, query: Query, cell: str, *, cursor: str | None = None, limit: int = 50
    ) -> PeopleAnswer:
        """Return a page of exactly the people behind a figure of the answer.

        Raises:
            BadInput: the answer has no such cell, or a wrong cursor or limit.
            NotAllowed: too few people stand behind it.
        """
        least = self.least_of(query)
        found, _ = self._found(query)
        side, own = _opened(found, cell)
        if least > 1 and cell not in set(cells_of(found.results(least))):
            words = f"fewer than {least} people stand behind this; they are not listed"
            raise NotAllowed(words, where="cell")
        crowd = _crowd(side, own)
        # A funnel's people are told with the number of their sessions already.
        if query.scope.grain == "session" and not isinstance(query, FunnelQuery):
            crowd = crowd.by_person()
        page, whole = page_of(crowd, cursor=cursor, limit=limit)
        return PeopleAnswer(page=page, whole=whole, stamp=found.stamp)

    def count(self, condition: Condition) -> int:
        """Return how many people with any event a condition holds of.

        Raises:
            BadInput: it asks something of events.
        """
        scope = Scope(people=Clause(condition), technical=True, derived=True)
        return self.ground(scope).size()[0]

    def ground(self, scope: Scope, wanted: Fields = NOTHING) -> Ground:
        """Return what a scope leaves of the history; arguments and errors as of `grounded`."""
        return self.grounded(scope, wanted)[0]

    def grounded(self, scope: Scope, wanted: Fields = NOTHING) -> tuple[Ground, Stamp, bytes]:
        """Return what a scope leaves of the history, its state, and what tells the scope from others.

        Args:
            scope: of the question.
            wanted: what the question reads beside the scope's conditions.

        Raises:
            BadInput: the scope is wrong; `where` names the field.
            UnknownGroup: a saved group is not there.
        """
        with placed():
            laid = self._lay(GraphQuery(scope=scope), wanted)
            return laid.grounds()[0], laid.stamp, laid.key()

    def least_of(self, query: Query) -> int:
        """Return how many people must stand behind a number of this query.

        Raises:
            BadInput: it counts something else than people though some must be hidden.
        """
        least = max(self._floor, query.min_people or 0)
        words = f"numbers of fewer than {least} people are hidden, so people must be counted"
        if least > 1 and query.scope.grain == "session":
            raise BadInput(words, where="query.scope.grain")
        if least > 1 and isinstance(query, FunnelQuery) and query.count_by != "people":
            raise BadInput(words, where="query.count_by")
        return least

    def _found(self, query: Query) -> tuple[Found, bool]:
        with placed():
            laid = self._lay(query)
            return self._kept.get(
                laid.stamp, laid.key(), self._clock.now_us(), lambda: found_on(laid)
            )

    def _lay(self, query: Query, wanted: Fields = NOTHING) -> Laid:
        groups = self._groups.conditions(query.scope.groups)
        sides = self._sides(query)
        conditions = [*groups, *(side.condition for side in sides)]
        stamp, sequences = self._explore.sequences(fields_of(query) | fields(*conditions) | wanted)
        return Laid(
            query=query,
            stamp=stamp,
            sequences=sequences,
            compute=self._compute,
            place=place_of(query.scope, self._place()),
            now_us=self._clock.now_us(),
            groups=groups,
            sides=sides,
        )

    def _sides(self, query: Query) -> tuple[Wanted, ...]:
        match query.compare:
            case None:
                return (Wanted(name="", scope=query.scope),)
            case ByPeriod(from_=from_, to=to):
                other = msgspec.structs.replace(query.scope, from_=from_, to=to)
                return (
                    Wanted(name=_range_name(query.scope), scope=query.scope),
                    Wanted(name=_range_name(other), scope=other, where="query.compare"),
                )
            case ByGroups(groups=groups):
                return tuple(
                    self._group_side(side, f"query.compare.groups[{number}]", query.scope)
                    for number, side in enumerate(groups)
                )

    def _group_side(self, side: GroupSide, where: str, scope: Scope) -> Wanted:
        if side.people is not None:
            condition, name = side.people.condition, side.name
        else:
            group = self._groups.get(side.id or "")
            condition, name = group.condition, side.name or group.name
        return Wanted(name=name or "", scope=scope, condition=condition, where=f"{where}.people")


def _opened(found: Found, cell: str) -> tuple[Side, Keys]:
    """Return the side a cell is of, and the rest of the cell."""
    try:
        keys = decode_cursor(cell)
    except BadInput:
        raise no_cell() from None
    for side in found.sides:
        if keys and side.ground.side == keys[0]:
            return side, keys[1:]
    raise no_cell()


def _crowd(side: Side, keys: Keys) -> Crowd:
    """Return the people of a cell; one that names what is not there was never shown."""
    try:
        return side.run.crowd(keys)
    except BadInput:
        raise no_cell() from None


def _range_name(scope: Scope) -> str:
    return f"{scope.from_ or '…'} – {scope.to or '…'}"


def _header(found: Found, least: int, began: float, *, is_warm: bool) -> Header:
    side = found.sides[0]
    filters = side.ground.filters
    is_few = is_small(side.people, least)
    notes = list(found.notes)
    if least > 1:
        notes.append(Note(code="min_people", values={"min_people": least}))
    return Header(
        people=None if is_few else side.people,
        events=None if is_few else side.events,
        from_=None if filters.from_us is None else iso(filters.from_us),
        to=None if filters.to_us is None else iso(filters.to_us),
        as_of=iso(side.ground.as_of_us),
        took_ms=round((time.perf_counter() - began) * 1000, 3),
        is_warm=is_warm,
        manifest=found.stamp.manifest,
        identity_version=found.stamp.identity,
        min_people=least,
        notes=tuple(notes),
    )
