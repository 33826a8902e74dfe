"""The directly-follows graph: `graph(sequences)`.

Two walks over the events of each shard: the first counts and sums per edge, the second (only for
quantiles) scatters each duration's bin to its edge. See
`docs/decisions/journey-kernels.md`.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from hamsafar.journeys.filters import shards_of
from hamsafar.journeys.kernels import edge_kernels
from hamsafar.journeys.partial import GraphPartial, merged, no_graph
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.shards import NAME_BITS, Shard, Tally, all_threads
from hamsafar.journeys.types import EVERYTHING, Edge, Filters, Graph, NameCount, Node
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64

DENSE_NAMES = 2048
"""Up to this many names edges lie in a dense table, if the events are enough to pay for it."""

SMALL_TABLE = 1 << 16
_FIRST_ROOM = 1 << 12

Table = tuple[I64, I64]


def graph(
    sequences: Sequences,
    filters: Filters = EVERYTHING,
    *,
    quantiles: bool = True,
    compute: Compute | None = None,
) -> Graph:
    """Count what directly followed what.

    Events that do not pass the filters vanish first; then each person's remaining events, in
    order, form an edge with the next one.

    Args:
        sequences: whose events.
        filters: which events count.
        quantiles: also median and 95th percentile (a second walk).
        compute: where shards run; None: a thread for each processor.

    Raises:
        BadInput: a filter names an event or channel that does not exist, or the range is empty.
    """
    workers = compute or all_threads()
    width = len(sequences.names)
    task = partial(count_shard, names=width, quantiles=quantiles)
    shards = shards_of(sequences, filters, workers.width)
    whole = merged(list(workers.map(task, shards)), width)
    return _named(whole, sequences.names)


def count_shard(shard: Shard, *, names: int, quantiles: bool) -> GraphPartial:
    """Return the graph of one shard; pure, so any machine may run it.

    Args:
        shard: whose events.
        names: how many event names there are.
        quantiles: also fill the histograms.
    """
    if len(shard) == 0:
        return no_graph(names)
    kernels = edge_kernels()
    table, slots = slots_of(shard, names)
    tally = Tally(
        stats=np.zeros((slots, 2), np.int64),
        high=np.zeros(slots, np.int64),
        starts=np.zeros(names, np.int64),
        ends=np.zeros(names, np.int64),
        people=np.zeros(names, np.int64),
        last=np.full(names, -1, np.int64),
    )
    kernels.count_edges(shard.events, shard.sieve, table, tally)
    slot, edges = found_edges(table, tally.stats[:, 0], names)
    counts = tally.stats[slot, 0]
    cells = cell_counts = np.zeros(0, np.int64)
    if quantiles and len(edges):
        bounds = np.concatenate([[0], np.cumsum(counts)])
        cursor = np.zeros(slots + 1, np.int64)
        cursor[slot] = bounds[:-1]
        cursor[-1] = bounds[-1]
        bins = kernels.scatter_bins(shard.events, shard.sieve, table, cursor, names)
        cells, cell_counts = kernels.count_cells(edges, bounds, bins)
    return GraphPartial(
        edges=edges,
        counts=counts,
        high=tally.high[slot],
        low=tally.stats[slot, 1],
        cells=cells,
        cell_counts=cell_counts,
        starts=tally.starts,
        ends=tally.ends,
        people=tally.people,
    )


def slots_of(shard: Shard, names: int) -> tuple[Table | None, int]:
    """Return the hash table of edges (None: a dense table does) and the number of slots."""
    if names <= DENSE_NAMES and names * names <= max(SMALL_TABLE, 2 * len(shard)):
        return None, names * names
    keys, slots, found = edge_kernels().index_edges(shard.events, shard.sieve, _FIRST_ROOM)
    return (keys, slots), found


def found_edges(table: Table | None, counts: I64, names: int) -> tuple[I64, I64]:
    """Return the slots that hold an edge and these edges, rising."""
    if table is None:
        slot = np.flatnonzero(counts)
        return slot, (slot // names) << NAME_BITS | (slot % names)
    keys, slots = table
    taken = np.flatnonzero(keys >= 0)
    order = np.argsort(keys[taken])
    return slots[taken][order], keys[taken][order]


def _named(whole: GraphPartial, names: tuple[str, ...]) -> Graph:
    sources = [names[code] for code in whole.sources.tolist()]
    targets = [names[code] for code in whole.targets.tolist()]
    figures = (
        whole.counts.tolist(),
        whole.means_s().tolist(),
        *(figure.tolist() for figure in whole.quantiles_s(0.5, 0.95)),
    )
    edges = [Edge(*row) for row in zip(sources, targets, *figures, strict=True)]
    counts = whole.node_counts()
    people = whole.people.tolist()
    nodes = [Node(names[c], int(counts[c]), people[c]) for c in np.flatnonzero(counts).tolist()]
    return Graph(
        edges=tuple(sorted(edges, key=lambda e: (-e.count, e.from_, e.to))),
        starts=_ranked(whole.starts, names),
        ends=_ranked(whole.ends, names),
        nodes=tuple(sorted(nodes, key=lambda n: (-n.count, n.name))),
        people=int(whole.starts.sum()),
        events=int(counts.sum()),
    )


def _ranked(counts: I64, names: tuple[str, ...]) -> tuple[NameCount, ...]:
    rows = [NameCount(names[code], int(counts[code])) for code in np.flatnonzero(counts).tolist()]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.name)))
