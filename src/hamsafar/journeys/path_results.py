"""What `paths` returns: steps, links and where paths stop, each opening to its people."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hamsafar.journeys.drawing import Flow, FlowNode, card, sankey
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.durations import quantiles_us
from hamsafar.journeys.frames import to_arrow, to_pandas
from hamsafar.journeys.path_tables import Folded, RouteTable, Tallied
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.tallies import crowd_of
from hamsafar.journeys.types import CUT, CellPeople
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import I64

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

OTHER = "other"
"""Name of the node that holds a step's names which are not shown."""

COLUMNS = ("from", "to", "position", "count", "people", "median_s")
_SECOND_US = 1e6
_NAMED, _SPECIAL = "|", "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathNode:
    """An event at one step.

    It reconciles: `count` is what arrives (`hidden_in` included) or, at the first step, the paths;
    and what leaves (`hidden_out` included) + `stops` + `goes_on`.

    Attributes:
        id: `2|Cart`; the rest of a step is `2~other`, the left out middle `3~…`.
        position: step, 1 first; backward: counted from the end.
        name: of the event.
        count: paths.
        people: different people.
        stops: paths that stop here (backward: that began here).
        goes_on: paths that go on, beyond the depth.
        hidden_in: how often a link that is not shown arrives.
        hidden_out: how often one leaves.
    """

    id: str
    position: int
    name: str
    count: int
    people: int
    stops: int
    goes_on: int
    hidden_in: int
    hidden_out: int

    @property
    def is_other(self) -> bool:
        """Return whether this is the rest of a step's names."""
        return self.id == f"{self.position}{_SPECIAL}{OTHER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathLink:
    """A step from one node to another, in the direction of time.

    Attributes:
        from_: id of the earlier node.
        to: id of the later one.
        position: the lower of their positions.
        count: paths.
        people: different people.
        median_s: median of the seconds between, within 1 %.
    """

    from_: str
    to: str
    position: int
    count: int
    people: int
    median_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PathExit:
    """Paths that stop at a step (backward: that began there)."""

    position: int
    count: int
    people: int


@dataclass(frozen=True, slots=True)
class PathsAsk:
    """Walks again when somebody wants the people of a cell."""

    sequences: Sequences
    tables: Callable[[], list[RouteTable]]
    fold: Folded

    def crowd(self, choose: Callable[[RouteTable, I64], tuple[NDArray[np.bool_], I64]]) -> Crowd:
        """Return the people of the paths `choose(table, nodes)` picks, with the step that tells when."""
        parts = []
        for table in self.tables():
            chosen, at = choose(table, table.nodes_at(self.fold))
            parts.append((table.chunk, table.rows(chosen, at)))
        return crowd_of(self.sequences, parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Steps of all paths.

    Attributes:
        nodes: by position, then most frequent first.
        links: by position, then most frequent first; at most the limit.
        exits: by position.
        paths: how many paths there are; the sum of the first step's nodes.
        people_on_paths: different people with a path.
        goes_on: paths longer than the depth (times, people).
        hidden_links: links that are not shown, after names were folded.
        hidden_count: how often these were taken.
        hidden_names: names told as "other", counted at each step.
    """

    nodes: tuple[PathNode, ...]
    links: tuple[PathLink, ...]
    exits: tuple[PathExit, ...]
    paths: int
    people_on_paths: int
    goes_on: PathExit
    hidden_links: int
    hidden_count: int
    hidden_names: int
    is_backward: bool
    ask: PathsAsk = field(repr=False, compare=False)
    places: dict[str, int] = field(repr=False, compare=False)

    def node_crowd(self, node: str) -> Crowd:
        """Return the people of a node as columns; a person's count is their paths through it.

        Raises:
            BadInput: there is no such node.
        """
        place = self._place(node)
        step = self.ask.fold.steps[place]

        def choose(_table: RouteTable, nodes: I64) -> tuple[NDArray[np.bool_], I64]:
            return nodes[:, step] == place, np.full(len(nodes), step)

        return self.ask.crowd(choose)

    def link_crowd(self, from_: str, to: str) -> Crowd:
        """Return the people of a link as columns; a person's count is their paths over it.

        Args:
            from_: id of the earlier node.
            to: id of the later one.

        Raises:
            BadInput: there is no such node, or the two are not one step apart.
        """
        source, target = self._place(from_), self._place(to)
        if self.is_backward:
            source, target = target, source
        step = self.ask.fold.steps[source]
        if self.ask.fold.steps[target] != step + 1:
            raise BadInput(f"{from_!r} and {to!r} are not one step apart", where="cell")
        arrival = step if self.is_backward else step + 1

        def choose(_table: RouteTable, nodes: I64) -> tuple[NDArray[np.bool_], I64]:
            is_taken = (nodes[:, step] == source) & (nodes[:, step + 1] == target)
            return is_taken, np.full(len(nodes), arrival)

        return self.ask.crowd(choose)

    def exit_crowd(self, position: int) -> Crowd:
        """Return the people whose paths stop at a step, as columns.

        Raises:
            BadInput: there is no such step.
        """
        if not 1 <= position <= max(1, len(self.exits)):
            raise BadInput(f"there is no step {position}", where="cell")

        def choose(table: RouteTable, nodes: I64) -> tuple[NDArray[np.bool_], I64]:
            length = table.routes.length
            is_there = (length == position) & (table.routes.goes_on == 0)
            return is_there, np.full(len(nodes), position - 1)

        return self.ask.crowd(choose)

    def everyone(self) -> Crowd:
        """Return everybody with a path, as columns."""

        def choose(_table: RouteTable, nodes: I64) -> tuple[NDArray[np.bool_], I64]:
            return np.ones(len(nodes), np.bool_), np.zeros(len(nodes), np.int64)

        return self.ask.crowd(choose)

    def people(self, node: str, to: str | None = None) -> CellPeople:
        """Return exactly the people of a node or, with `to`, of the link between two."""
        crowd = self.node_crowd(node) if to is None else self.link_crowd(node, to)
        return crowd.page(0, None)

    def to_pandas(self) -> pd.DataFrame:
        """Return the links as a data frame: from, to, position, count, people, median_s.

        Raises:
            BadInput: pandas is not installed.
        """
        return to_pandas(COLUMNS, self._rows())

    def to_arrow(self) -> pa.Table:
        """Return the links as an Arrow table with the columns of `to_pandas`."""
        return to_arrow(COLUMNS, self._rows())

    def _repr_html_(self) -> str:
        last = max((node.position for node in self.nodes), default=1)

        def column(position: int) -> int:
            return last - position if self.is_backward else position - 1

        nodes = [FlowNode(n.id, column(n.position), n.name, n.count) for n in self.nodes]
        flows = [Flow(k.from_, k.to, k.count) for k in self.links]
        title = f"{self.paths:,} paths of {self.people_on_paths:,} people"
        hidden = ""
        if self.hidden_count:
            hidden = (
                f"; {self.hidden_count:,} steps over {self.hidden_links:,} weaker links not drawn"
            )
        return card(title + hidden, sankey(nodes, flows, title))

    def _rows(self) -> Iterable[tuple[object, ...]]:
        return [(k.from_, k.to, k.position, k.count, k.people, k.median_s) for k in self.links]

    def _place(self, node: str) -> int:
        if node not in self.places:
            raise BadInput(f"there is no node {node!r}; take an id of nodes", where="cell")
        return self.places[node]


def named(tally: Tallied, fold: Folded, ask: PathsAsk, *, is_backward: bool, people: int) -> Paths:
    """Return the figures under the names people know.

    Args:
        tally: of all shards.
        fold: what is shown.
        ask: opens cells.
        is_backward: whether steps count from the end.
        people: different people with a path.
    """
    figures, links, stops, onward, took = tally
    names = ask.sequences.names
    ids, labels = _names(fold, names)
    nodes = [
        PathNode(
            id=ids[place],
            position=fold.steps[place] + 1,
            name=labels[place],
            count=count,
            people=who,
            stops=stopped,
            goes_on=further,
            hidden_in=fold.hidden_out[place] if is_backward else fold.hidden_in[place],
            hidden_out=fold.hidden_in[place] if is_backward else fold.hidden_out[place],
        )
        for place, (count, who, stopped, further) in enumerate(figures.tolist())
    ]
    rows = []
    for (source, target), (count, who), histogram in zip(
        fold.links, links.tolist(), took, strict=True
    ):
        pair = (ids[source], ids[target])
        rows.append(
            PathLink(
                from_=pair[1] if is_backward else pair[0],
                to=pair[0] if is_backward else pair[1],
                position=fold.steps[source] + 1,
                count=count,
                people=who,
                median_s=_median_s(histogram),
            )
        )
    first = sum(node.count for node in nodes if node.position == 1)
    return Paths(
        nodes=tuple(sorted(nodes, key=lambda n: (n.position, n.is_other, -n.count, n.name))),
        links=tuple(sorted(rows, key=lambda k: (k.position, -k.count, k.from_, k.to))),
        exits=tuple(
            PathExit(position=step + 1, count=count, people=who)
            for step, (count, who) in enumerate(stops.tolist())
        ),
        paths=first,
        people_on_paths=people,
        goes_on=PathExit(position=len(stops), count=int(onward[0]), people=int(onward[1])),
        hidden_links=fold.hidden_links,
        hidden_count=sum(fold.hidden_out),
        hidden_names=fold.hidden_names,
        is_backward=is_backward,
        ask=ask,
        places={name: place for place, name in enumerate(ids)},
    )


def _names(fold: Folded, names: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return the id and the name of each node."""
    ids, labels = [], []
    for step, code in zip(fold.steps, fold.codes, strict=True):
        is_event = 0 <= code < len(names)
        label = names[code] if is_event else (OTHER if code < 0 else CUT)
        labels.append(label)
        ids.append(f"{step + 1}{_NAMED if is_event else _SPECIAL}{label}")
    return ids, labels


def _median_s(histogram: I64) -> float:
    bins = np.flatnonzero(histogram)
    if not len(bins):
        return float("nan")
    (median,) = quantiles_us(bins, histogram[bins], np.array([len(bins)]), (0.5,))
    return float(median[0]) / _SECOND_US
