"""Explore: the questions the console asks about the running system's history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock

from hamsafar.expr import NOTHING, Fields
from hamsafar.journeys.cells import Cell, VariantCell
from hamsafar.journeys.directly_follows import graph
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.masks import CLOSURES, lacking_of
from hamsafar.journeys.pages import page_of
from hamsafar.journeys.ports import Journal, Judge
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.types import (
    EVERYTHING,
    CellPeople,
    CellPerson,
    FieldSeen,
    Filters,
    Graph,
    Node,
    Stamp,
    Variants,
)
from hamsafar.journeys.variant_table import variants
from hamsafar.journeys.verdicts import Verdicts
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import Page
from hamsafar.storage.ports import Compute

MAX_VARIANTS = 1_000
_ALL = Filters(technical=True, derived=True)
MOST_COLUMNS = 32
"""Columns that are held beside the history at once."""
LONGEST = 100
"""Variants are cut here in the console; nobody reads further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellQuery:
    """The people of which number.

    Attributes:
        cell: the number; a variant's key is one of `Explore.variants`.
        filters: those of the graph or variants the number was seen in.
        cursor: `next` of the page before; None: the first page.
        limit: people on a page, 1 … 500.
    """

    cell: Cell
    filters: Filters = EVERYTHING
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphAnswer:
    """A graph and the state of the history it is of."""

    graph: Graph
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleAnswer:
    """A page of people, with the exact figures of all of them.

    Attributes:
        page: those counted most first, then latest, then by id.
        whole: the figures of all pages; its `people` are those of this page.
        stamp: the state of the history.
    """

    page: Page[CellPerson]
    whole: CellPeople
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantsAnswer:
    """Variants and the state of the history they are of."""

    variants: Variants
    stamp: Stamp


class Explore:
    """Answers about journeys; safe to call from many threads.

    The sequences are kept until the history's stamp changes: a new manifest, identity or event.
    """

    def __init__(self, journal: Journal, compute: Compute, judge: Judge | None = None) -> None:
        """Ask a journal; `judge` decides conditions (None: closures)."""
        self._journal = journal
        self._compute = compute
        self._verdicts = Verdicts(CLOSURES if judge is None else judge)
        self._lock = Lock()
        self._kept: tuple[Stamp, Sequences] | None = None
        self._loading = Lock()
        self._loaded: tuple[Stamp, Sequences] | None = None

    def sequences(self, wanted: Fields = NOTHING) -> tuple[Stamp, Sequences]:
        """Return the history as it is now, with the state it is in; the same until that changes.

        Args:
            wanted: properties and traits that are to be there as columns; others may be too.

        Raises:
            BadInput: a field has too many different values to ask by.
        """
        with self._lock:
            if self._kept is None or self._kept[0] != self._journal.stamp():
                now = self._journal.snapshot()
                sequences = Sequences.from_chunks(
                    now.chunks, names=now.names, channels=now.channels
                )
                self._kept = now.stamp, replace(sequences, judge=self._verdicts)
                self._verdicts.keep(sequences)
            kept = self._kept
        return self._with(kept, wanted) if wanted else kept

    def _with(self, kept: tuple[Stamp, Sequences], wanted: Fields) -> tuple[Stamp, Sequences]:
        """Return the sequences with columns, which are kept as long as the stamp is the same."""
        stamp, plain = kept
        with self._loading:
            before = plain
            if self._loaded is not None and self._loaded[0] == stamp:
                before = self._loaded[1]
            if lacking_of(before, wanted) is None:
                return stamp, before
            if len(before.properties) + len(before.traits) >= MOST_COLUMNS:
                before = plain
            self._loaded = stamp, self._journal.loaded(before, wanted)
            return self._loaded

    def properties_seen(self, name: str = "") -> list[FieldSeen]:
        """Return what events (of a name) say, most frequent first, from some of the newest."""
        return self._journal.properties_seen([name] if name else [])

    def traits_seen(self) -> list[FieldSeen]:
        """Return the traits people have, most frequent first, from some of the newest."""
        return self._journal.traits_seen()

    def graph(self, filters: Filters = EVERYTHING) -> GraphAnswer:
        """Return the directly-follows graph with quantiles.

        Raises:
            BadInput: a filter names an event or channel that does not exist, or the range is
                empty.
        """
        stamp, sequences = self.sequences()
        return GraphAnswer(graph=graph(sequences, filters, compute=self._compute), stamp=stamp)

    def names(self) -> tuple[Node, ...]:
        """Return every event name with how often it happened, most frequent first."""
        _, sequences = self.sequences()
        return graph(sequences, _ALL, quantiles=False, compute=self._compute).nodes

    def people_behind(self, query: CellQuery) -> PeopleAnswer:
        """Return a page of the people behind a number.

        Raises:
            BadInput: an unknown name, a wrong filter, limit or cursor.
        """
        stamp, sequences = self.sequences()
        cell = query.cell
        if isinstance(cell, VariantCell):
            cell = VariantCell(cell.key, max_length=LONGEST)
        crowd = Crowd.of(sequences, cell, query.filters, compute=self._compute)
        page, whole = page_of(crowd, cursor=query.cursor, limit=query.limit)
        return PeopleAnswer(page=page, whole=whole, stamp=stamp)

    def variants(self, filters: Filters = EVERYTHING, *, limit: int = 50) -> VariantsAnswer:
        """Return the most frequent whole sequences, cut after `LONGEST` events.

        Raises:
            BadInput: a wrong filter, or a limit outside 1 … `MAX_VARIANTS`.
        """
        if not 1 <= limit <= MAX_VARIANTS:
            raise BadInput(f"limit must be 1 … {MAX_VARIANTS}, not {limit}", where="limit")
        stamp, sequences = self.sequences()
        found = variants(sequences, filters, limit=limit, max_length=LONGEST, compute=self._compute)
        return VariantsAnswer(variants=found, stamp=stamp)
