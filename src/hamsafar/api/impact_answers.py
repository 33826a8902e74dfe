"""Questions about impact answered: over the API, and for the command line."""

from __future__ import annotations

import time
from dataclasses import dataclass

import msgspec

from hamsafar.api.impact_asks import attribution_question, drivers_question, taint_question
from hamsafar.api.impact_shapes import attribution_told, drivers_told, taint_told
from hamsafar.api.models.impact import (
    AttributionAsk,
    DriversAsk,
    ImpactAnswer,
    ImpactAsk,
    ImpactResult,
    TaintAsk,
)
from hamsafar.api.times import iso
from hamsafar.impact.questions import Laid
from hamsafar.impact.service import Impact
from hamsafar.journeys import Crowd
from hamsafar.journeys.answers import Header, Note
from hamsafar.journeys.figures import is_small
from hamsafar.journeys.kinds.ground import Ground
from hamsafar.journeys.kinds.walking import placed
from hamsafar.journeys.pages import page_of
from hamsafar.journeys.services.explore import PeopleAnswer
from hamsafar.journeys.services.queries import Queries
from hamsafar.kernel.errors import BadInput, NotAllowed
from hamsafar.kernel.paging import decode_cursor

_TWO = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and whom to ask."""

    queries: Queries
    impact: Impact
    ask: ImpactAsk

    @property
    def least(self) -> int:
        """Return how many people must stand behind a number that is shown.

        Raises:
            BadInput: it counts sessions though some people must be hidden.
        """
        least = max(self.queries.min_people, self.ask.min_people or 0)
        if least > 1 and self.ask.scope.grain == "session":
            words = f"numbers of fewer than {least} people are hidden, so people must be counted"
            raise BadInput(words, where="query.scope.grain")
        return least

    def answer(self) -> ImpactAnswer:
        """Return the answer.

        Raises:
            BadInput: the question cannot be answered; `where` names the field.
        """
        began = time.perf_counter()
        least = self.least
        with placed():
            laid, ground = self._laid()
            result, is_warm = self._result(laid, least)
        header = _header(ground, laid, least, is_warm=is_warm)
        took_ms = round((time.perf_counter() - began) * 1000, 3)
        return ImpactAnswer(header=msgspec.structs.replace(header, took_ms=took_ms), result=result)

    def people(self, cell: str, *, cursor: str | None, limit: int) -> PeopleAnswer:
        """Return a page of exactly the people behind a cell of the answer.

        Raises:
            BadInput: it is no cell of this answer, or a wrong cursor.
            NotFound: the answer has no such row.
            NotAllowed: too few people stand behind it.
        """
        least = self.least
        with placed():
            laid, _ = self._laid()
            crowd = self._crowd(laid, cell)
        page, whole = page_of(crowd, cursor=cursor, limit=limit)
        if is_small(whole.total, least):
            words = f"fewer than {least} people stand behind this; they are not listed"
            raise NotAllowed(words, where="cell")
        return PeopleAnswer(page=page, whole=whole, stamp=laid.stamp)

    def _result(self, laid: Laid, least: int) -> tuple[ImpactResult, bool]:
        ask = self.ask
        match ask:
            case DriversAsk():
                found, is_warm = self.impact.drivers(laid, drivers_question(ask, least))
                return drivers_told(found, limit=ask.limit, least=least), is_warm
            case AttributionAsk():
                owed, is_warm = self.impact.attribution(laid, attribution_question(ask))
                return attribution_told(owed, least=least), is_warm
            case TaintAsk():
                coloured, is_warm = self.impact.taint(laid, taint_question(ask))
                return taint_told(coloured, least=least), is_warm

    def _crowd(self, laid: Laid, cell: str) -> Crowd:
        ask, keys = self.ask, decode_cursor(cell)
        match ask, keys:
            case DriversAsk(), (str(key), str(side)):
                question = drivers_question(ask, self.least)
                return self.impact.drivers(laid, question)[0].crowd(key, side)
            case AttributionAsk(), (str(side), *touch) if len(touch) < _TWO:
                found, _ = self.impact.attribution(laid, attribution_question(ask))
                return found.crowd(str(touch[0]) if touch else None, side)
            case TaintAsk(), (int(place), str(who), str(did)):
                coloured, _ = self.impact.taint(laid, taint_question(ask))
                return coloured.crowd(place, who, did)
        raise BadInput("this cell belongs to another answer", where="cell")

    def _laid(self) -> tuple[Laid, Ground]:
        match self.ask:
            case DriversAsk() as ask:
                wanted = drivers_question(ask, 0).reads()
            case AttributionAsk() as ask:
                wanted = attribution_question(ask).reads()
            case TaintAsk() as ask:
                wanted = taint_question(ask).reads()
        ground, stamp, key = self.queries.grounded(self.ask.scope, wanted)
        laid = Laid(sequences=ground.sequences, filters=ground.filters, stamp=stamp, key=key)
        return laid, ground


def _header(ground: Ground, laid: Laid, least: int, *, is_warm: bool) -> Header:
    people, events = ground.size()
    is_few = is_small(people, least)
    from_us, to_us = laid.range
    notes = [Note(code="observational")]
    if least > 1:
        notes.append(Note(code="min_people", values={"min_people": least}))
    return Header(
        people=None if is_few else people,
        events=None if is_few else events,
        from_=None if from_us is None else iso(from_us),
        to=None if to_us is None else iso(to_us),
        as_of=iso(ground.as_of_us),
        took_ms=0.0,
        is_warm=is_warm,
        manifest=laid.stamp.manifest,
        identity_version=laid.stamp.identity,
        min_people=least,
        notes=tuple(notes),
    )
