"""Queries over a journal that is written by hand."""

from __future__ import annotations

from support.journeys import CHANNELS, NAMES, Happened, in_chunks

from hamsafar.journeys import Snapshot, Stamp, Threads
from hamsafar.journeys.kinds.ground import Place
from hamsafar.journeys.ports import NullGroups, NullJournal
from hamsafar.journeys.services.explore import Explore
from hamsafar.journeys.services.queries import Queries
from hamsafar.kernel.clock import FixedClock

DAY_US = 86_400_000_000


class Book(NullJournal):
    """A journal written by hand."""

    def __init__(self, events: list[Happened]) -> None:
        self.events = events
        self.now = Stamp(manifest=1, identity=1)

    def stamp(self) -> Stamp:
        return self.now

    def snapshot(self) -> Snapshot:
        chunks = in_chunks(self.events, 2, frozenset({3})).chunks
        return Snapshot(stamp=self.now, chunks=chunks, names=NAMES, channels=CHANNELS)


def queries_of(book: Book, *, min_people: int = 0) -> Queries:
    return Queries(
        Explore(book, Threads(1)),
        NullGroups(),
        compute=Threads(1),
        clock=FixedClock(90 * DAY_US),
        place=Place,
        min_people=min_people,
    )
