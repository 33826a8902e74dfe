"""Nouns of journeys: what one may ask, and the rows that come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

from hamsafar.expr import Normal
from hamsafar.journeys.drawing import MOST_ROWS, BarRow, bars, card, chain, joined, listed, percent
from hamsafar.journeys.frames import to_arrow, to_pandas
from hamsafar.journeys.funnel_chart import duration_text
from hamsafar.storage.types import SortedChunk

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

CUT = "…"
"""Stands at the end of a variant whose sequence goes on beyond `max_length`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which events count. What is left out vanishes before edges and variants are formed.

    Attributes:
        from_us: first µs UTC that counts; None: from the beginning.
        to_us: first µs UTC that no longer counts; None: to the end.
        include: only these event names; None: all.
        exclude: not these event names.
        channels: only these channels, by name; None: all.
        sources: only these source ids; None: all.
        technical: also identify, group and alias.
        derived: also what Hamsafar itself made.
    """

    from_us: int | None = None
    to_us: int | None = None
    include: frozenset[str] | None = None
    exclude: frozenset[str] = frozenset()
    channels: frozenset[str] | None = None
    sources: frozenset[int] | None = None
    technical: bool = False
    derived: bool = False


EVERYTHING = Filters()
"""All journey steps: no restriction, technical and derived events left out."""


class Row:
    """A frozen row that also unpacks and indexes like a tuple of its fields."""

    __slots__: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[object]:
        """Yield the fields in order."""
        return (getattr(self, name) for name in self.__slots__)

    def __len__(self) -> int:
        """Return how many fields there are."""
        return len(self.__slots__)

    def __getitem__(self, index: int) -> object:
        """Return a field by place."""
        return getattr(self, self.__slots__[index])


@dataclass(frozen=True, slots=True)
class Edge(Row):
    """How often `to` directly followed `from_`, and how long that took.

    Attributes:
        from_: name of the earlier event; also `source`.
        to: name of the event right after it; also `target`.
        count: transitions of all people.
        mean_s: exact mean of the seconds between the two.
        median_s: median, within 1 %; NaN when quantiles were not asked for.
        p95_s: 95th percentile, within 1 %; NaN when quantiles were not asked for.
    """

    from_: str
    to: str
    count: int
    mean_s: float
    median_s: float
    p95_s: float

    @property
    def source(self) -> str:
        """Return `from_`."""
        return self.from_

    @property
    def target(self) -> str:
        """Return `to`."""
        return self.to


@dataclass(frozen=True, slots=True)
class NameCount(Row):
    """How many people began (or ended) with this event."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Node(Row):
    """How often an event happened, and to how many people."""

    name: str
    count: int
    people: int


PEOPLE_COLUMNS = ("person", "count", "last_at_us", "mean_s")
EDGE_COLUMNS = ("from", "to", "count", "mean_s", "median_s", "p95_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The directly-follows graph: what really came after what.

    It reconciles: `sum(starts) == sum(ends) == people`; for each node,
    `count == starts + incoming edges == ends + outgoing edges`.

    Attributes:
        edges: most frequent first, then by name.
        starts: first events of people, most frequent first.
        ends: last events of people, most frequent first.
        nodes: events that happened, most frequent first.
        people: people with at least one event that counts.
        events: events that count.
    """

    edges: tuple[Edge, ...]
    starts: tuple[NameCount, ...]
    ends: tuple[NameCount, ...]
    nodes: tuple[Node, ...]
    people: int
    events: int

    def to_pandas(self) -> pd.DataFrame:
        """Return the edges as a data frame: from, to, count, mean_s, median_s, p95_s.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(EDGE_COLUMNS, self.edges)

    def to_arrow(self) -> pa.Table:
        """Return the edges as an Arrow table with the columns of `to_pandas`."""
        return to_arrow(EDGE_COLUMNS, self.edges)

    def _repr_html_(self) -> str:
        rows = [
            BarRow(
                chain((edge.from_, edge.to)),
                edge.count,
                joined(f"{edge.count:,}", duration_text(edge.median_s)),
            )
            for edge in self.edges[:MOST_ROWS]
        ]
        title = f"{self.people:,} people, {self.events:,} events, {len(self.edges):,} edges"
        return card(listed(title, len(self.edges)), bars(rows, title))


@dataclass(frozen=True, slots=True)
class Variant(Row):
    """One whole sequence of events and how many people lived exactly it."""

    names: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Variants(Sequence[Variant]):
    """Variants, most frequent first, then shorter, then by names.

    Attributes:
        rows: the variants asked for; all of them when no limit was set.
        variant_keys: names each row to `VariantCell`; the same as long as codes of events are.
        people: people with at least one event that counts, in all variants.
        distinct: how many variants there are, listed or not.
    """

    rows: tuple[Variant, ...]
    variant_keys: tuple[str, ...] = field(repr=False)
    people: int
    distinct: int

    def __len__(self) -> int:
        """Return how many variants are listed."""
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Variant: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Variant, ...]: ...
    def __getitem__(self, index: int | slice) -> Variant | tuple[Variant, ...]:
        """Return variants by place."""
        return self.rows[index]

    def to_pandas(self) -> pd.DataFrame:
        """Return a data frame: names, count.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(("names", "count"), self.rows)

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table: names (list of strings), count."""
        return to_arrow(("names", "count"), ((list(v.names), v.count) for v in self.rows))

    def _repr_html_(self) -> str:
        rows = [
            BarRow(chain(v.names), v.count, f"{v.count:,} ({percent(v.count / self.people)})")
            for v in self.rows[:MOST_ROWS]
        ]
        title = f"{self.distinct:,} variants of {self.people:,} people"
        return card(listed(title, self.distinct), bars(rows, title))


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPerson:
    """One person behind a number.

    Attributes:
        person: the person's id.
        count: how often the number counts them; 1 for a start, an end or a variant.
        last_at_us: when they last did it (an edge: arrived; a variant: ended), µs UTC.
        seconds: of an edge each transition's duration in time order, of a variant the time from
            its first event to its last; else empty.
        label: how the caller named them; None: by the id.
    """

    person: int
    count: int
    last_at_us: int
    seconds: tuple[float, ...]
    label: str | int | None = None

    @property
    def mean_s(self) -> float:
        """Return the mean duration in seconds; NaN when there is none."""
        return sum(self.seconds) / len(self.seconds) if self.seconds else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPeople:
    """Everybody behind a number, exactly: those counted most first, then latest, then by id.

    Attributes:
        people: the people; when asked for a part, only that part.
        count: equals the number: transitions of an edge, events of a node, else people.
        total: how many people there are.
        median_s: exact median of all durations; NaN when there are none.
        p95_s: exact 95th percentile; NaN when there are none.
    """

    people: tuple[CellPerson, ...]
    count: int
    total: int
    median_s: float
    p95_s: float

    def to_pandas(self) -> pd.DataFrame:
        """Return a row per person: person (as the caller names them), count, last_at_us, mean_s.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(PEOPLE_COLUMNS, self._rows())

    def to_arrow(self) -> pa.Table:
        """Return an Arrow table with the columns of `to_pandas`."""
        return to_arrow(PEOPLE_COLUMNS, self._rows())

    def _rows(self) -> list[tuple[object, ...]]:
        return [
            (p.person if p.label is None else p.label, p.count, p.last_at_us, p.mean_s)
            for p in self.people
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Names one state of the history; equal stamps mean equal chunks.

    Attributes:
        manifest: version of the manifest.
        identity: version of node → person.
        recent: newest seq not yet in the history that is included, 0 when there is none.
    """

    manifest: int
    identity: int
    recent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The history at one moment.

    Attributes:
        stamp: which moment.
        chunks: events of whole persons; persons of two chunks are disjoint (see `skip`).
        names: event names by code, read after the chunks; "" where a code has no name.
        channels: channel names by code; "" where a code has no name.
    """

    stamp: Stamp
    chunks: Sequence[SortedChunk] = field(repr=False)
    names: Sequence[str] = field(repr=False)
    channels: Sequence[str] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSeen:
    """A field a condition may ask of, as seen in some of the newest events or people.

    Attributes:
        kind: `property`, `context` or `trait`: the kind of condition.
        path: as the condition has it.
        count: how many of those looked at have it.
        of: how many were looked at.
        examples: some distinct values in normal form.
    """

    kind: str
    path: str
    count: int
    of: int
    examples: tuple[Normal, ...]
