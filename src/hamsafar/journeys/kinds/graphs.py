"""The directly-follows graph as an answer: people on every edge, hidden ones counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from hamsafar.journeys.answers import GraphLink, GraphPlace, GraphResult
from hamsafar.journeys.cells import Cell, EdgeCell, EndCell, NodeCell, StartCell
from hamsafar.journeys.directly_follows import found_edges, graph, slots_of
from hamsafar.journeys.drilldown import Crowd
from hamsafar.journeys.kernels import scope_kernels
from hamsafar.journeys.kinds.ground import Ground
from hamsafar.journeys.kinds.run import Keys, finite, no_cell
from hamsafar.journeys.query import GraphQuery
from hamsafar.journeys.shards import NAME_BITS, Shard
from hamsafar.journeys.suppression import Key, Shown, Sum, shown
from hamsafar.journeys.types import Edge, Graph, Node
from hamsafar.storage.types import I64

EVERYBODY = ("all",)
Pair = tuple[str, str]


def walk_graph(query: GraphQuery, ground: Ground) -> GraphRun:
    """Walk for a graph.

    Raises:
        BadInput: a filter is wrong.
    """
    found = graph(ground.sequences, ground.filters, compute=ground.compute)
    return GraphRun(query=query, ground=ground, graph=found, crossers=_crossers(ground))


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphRun:
    """A graph that was walked.

    Attributes:
        crossers: how many people took each edge.
    """

    query: GraphQuery
    ground: Ground
    graph: Graph
    crossers: dict[Pair, int]

    def result(self, least: int) -> GraphResult:
        """Return the `limit` edges of most people, and all events."""
        told, counts = self._shown(least)
        edges = [e for e in self._listed() if ("edge", e.from_, e.to) not in told.hidden]
        return GraphResult(
            edges=tuple(self._link(edge, told, counts) for edge in edges),
            nodes=tuple(self._place(node, told, counts) for node in self.graph.nodes),
            hidden_edges=len(self.graph.edges) - len(edges),
        )

    def crowd(self, keys: Keys) -> Crowd:
        """Return the people of an edge, an event, a start or an end."""
        cell: Cell
        match keys:
            case ("edge", str(from_), str(to)):
                cell = EdgeCell(from_, to)
            case ("node", str(name)):
                cell = NodeCell(name)
            case ("start", str(name)):
                cell = StartCell(name)
            case ("end", str(name)):
                cell = EndCell(name)
            case _:
                raise no_cell()
        ground = self.ground
        return Crowd.of(ground.sequences, cell, ground.filters, compute=ground.compute)

    def _listed(self) -> list[Edge]:
        """Return the edges of most people; the others are hidden whoever asks."""
        ranked = sorted(
            self.graph.edges, key=lambda e: (-self.crossers[e.from_, e.to], -e.count, e.from_, e.to)
        )
        return ranked[: self.query.limit]

    def _shown(self, least: int) -> tuple[Shown, Shown]:
        """Decide which people, and which events, are shown.

        An edge of few people is not listed; its transitions must not follow from those of the
        other edges at its ends either.
        """
        people: dict[Key, int] = {EVERYBODY: self.graph.people}
        events: dict[Key, int] = {}
        for node in self.graph.nodes:
            people["node", node.name] = node.people
            people["start", node.name] = people["end", node.name] = 0
            events["node", node.name] = node.count
        for start in self.graph.starts:
            people["start", start.name] = start.count
        for end in self.graph.ends:
            people["end", end.name] = end.count
        for edge in self.graph.edges:
            people["edge", edge.from_, edge.to] = self.crossers[edge.from_, edge.to]
            events["edge", edge.from_, edge.to] = edge.count
        names = [node.name for node in self.graph.nodes]
        sums: list[Sum] = [(EVERYBODY, [(end, name) for name in names]) for end in ("start", "end")]
        told = shown(people, sums, least=least)
        if not told.hidden:
            return told, Shown(counts=events)
        return told, self._events_shown(events, told, least)

    def _events_shown(self, events: dict[Key, int], told: Shown, least: int) -> Shown:
        parts: dict[str, tuple[list[Key], list[Key]]] = {
            node.name: ([], []) for node in self.graph.nodes
        }
        for edge in self.graph.edges:
            key = ("edge", edge.from_, edge.to)
            parts[edge.from_][0].append(key)
            parts[edge.to][1].append(key)
        sums: list[Sum] = []
        for name, (outgoing, incoming) in parts.items():
            for end, own in (("end", outgoing), ("start", incoming)):
                events[end, name] = told.counts[end, name]
                sums.append((("node", name), [(end, name), *own]))
        secret = {key for key in events if key in told.hidden}
        listed = {("edge", edge.from_, edge.to) for edge in self._listed()}
        absent = {("edge", edge.from_, edge.to) for edge in self.graph.edges} - listed
        return shown(events, sums, least=least, secret=secret, absent=absent)

    def _link(self, edge: Edge, told: Shown, counts: Shown) -> GraphLink:
        key = ("edge", edge.from_, edge.to)
        cell = self.ground.cell(*key)
        return GraphLink(
            from_=edge.from_,
            to=edge.to,
            people=told.figure(key, EVERYBODY, cell=cell),
            count=counts.count(key),
            mean_s=finite(edge.mean_s),
            median_s=finite(edge.median_s),
            p95_s=finite(edge.p95_s),
        )

    def _place(self, node: Node, told: Shown, counts: Shown) -> GraphPlace:
        people, start, end = (
            told.figure((kind, node.name), EVERYBODY, cell=self.ground.cell(kind, node.name))
            for kind in ("node", "start", "end")
        )
        return GraphPlace(
            name=node.name,
            people=people,
            count=None if people.suppressed else counts.count(("node", node.name)),
            starts=start,
            ends=end,
        )


def _crossers(ground: Ground) -> dict[Pair, int]:
    names = ground.sequences.names
    task = partial(_count_crossers, names=len(names))
    parts = list(ground.compute.map(task, ground.shards()))
    if not parts:
        return {}
    edges, place = np.unique(np.concatenate([edges for edges, _ in parts]), return_inverse=True)
    people = np.zeros(len(edges), np.int64)
    np.add.at(people, place, np.concatenate([counts for _, counts in parts]))
    low = (1 << NAME_BITS) - 1
    return {
        (names[edge >> NAME_BITS], names[edge & low]): count
        for edge, count in zip(edges.tolist(), people.tolist(), strict=True)
    }


def _count_crossers(shard: Shard, *, names: int) -> tuple[I64, I64]:
    """Return the edges of a shard, rising, and how many people took each."""
    if len(shard) == 0:
        none = np.zeros(0, np.int64)
        return none, none
    table, slots = slots_of(shard, names)
    last, people = np.full(slots, -1, np.int64), np.zeros(slots, np.int64)
    scope_kernels().count_crossers(shard.events, shard.sieve, table, names, last, people)
    slot, edges = found_edges(table, people, names)
    return edges, people[slot]
