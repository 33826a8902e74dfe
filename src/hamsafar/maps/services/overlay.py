"""Maps laid over the running system's history."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from threading import Lock

from hamsafar.journeys import EVERYTHING, CellPeople, CellPerson, Filters, Stamp, is_small, page_of
from hamsafar.kernel.clock import Clock
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import Page
from hamsafar.maps.alphabet import columns_read
from hamsafar.maps.conformance import Picture
from hamsafar.maps.draft import Draft, DraftWish, draft
from hamsafar.maps.ports import Lives
from hamsafar.maps.reading import to_json
from hamsafar.maps.results import Conformance
from hamsafar.maps.types import JourneyMap
from hamsafar.storage.ports import Compute

KEPT = 4
"""Pictures kept in memory; one of five million steps takes some 150 MB."""
_FRESH_US = 60_000_000
"""What may still go on is judged as of the minute."""

_Place = tuple[Stamp, bytes, Filters, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleQuery:
    """The people behind which number.

    Attributes:
        cell: name of the number, see `maps.cells`.
        filters: those the number was seen under.
        allowed: deviations that were allowed then.
        cursor: `next` of the page before; None: the first page.
        limit: people on a page.
    """

    cell: str
    filters: Filters = EVERYTHING
    allowed: frozenset[str] = frozenset()
    cursor: str | None = None
    limit: int = 50


class Overlay:
    """Answers how real journeys fit a map; safe to call from many threads."""

    def __init__(self, lives: Lives, compute: Compute, clock: Clock, *, least: int = 0) -> None:
        """Take where events come from; what fewer than `least` people stand behind is hidden."""
        self._least = least
        self._lives = lives
        self._compute = compute
        self._clock = clock
        self._lock = Lock()
        self._kept: OrderedDict[_Place, Picture] = OrderedDict()

    def conformance(
        self,
        journey: JourneyMap,
        filters: Filters = EVERYTHING,
        *,
        allowed: frozenset[str] = frozenset(),
    ) -> Conformance:
        """Return the figures of a map under these filters.

        Raises:
            BadInput: a filter is wrong.
        """
        return self.picture(journey, filters).conformance(allowed)

    def people(
        self, journey: JourneyMap, query: PeopleQuery
    ) -> tuple[Page[CellPerson], CellPeople]:
        """Return a page of the people behind a number, and the figures of all of them.

        Raises:
            BadInput: the map has no such number, or a wrong filter, limit or cursor.
        """
        crowd = self.picture(journey, query.filters).crowd(query.cell, query.allowed)
        page, whole = page_of(crowd, cursor=query.cursor, limit=query.limit)
        if is_small(whole.total, self._least):
            message = f"fewer than {self._least} people are not shown"
            raise BadInput(message, where="deviation")
        return page, whole

    def draft(self, wish: DraftWish) -> Draft:
        """Return a first draft of a map from what people really did.

        Raises:
            BadInput: no such event, a share or silence that cannot be, or nobody reached the goal.
        """
        _, sequences = self._lives.sequences()
        return draft(sequences, wish, compute=self._compute)

    def picture(self, journey: JourneyMap, filters: Filters = EVERYTHING) -> Picture:
        """Return the map laid over the present history; kept until either changes.

        Raises:
            BadInput: a filter is wrong.
        """
        stamp, sequences = self._lives.sequences(columns_read(journey))
        now = self._clock.now_us() // _FRESH_US * _FRESH_US
        key = (stamp, to_json(journey), filters, now)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        found = Picture.of(journey, sequences, filters, as_of_us=now, compute=self._compute)
        found = replace(found, least=self._least)
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found
