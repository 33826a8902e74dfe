"""Journeys: what people really do, in which order, and how long it takes.

Answers: which event directly followed which (`graph`), which whole
sequences were lived (`variants`), who stands behind each number (`people_behind`); for a running system through `services.explore.Explore`.
Comes in: `Sequences`, from plain arrays or from the chunks of the history. Goes out: frozen rows.
Emits no events. Stands on `storage` (chunks, `Compute`) and `kernel`.

Importing this package does not import numba; the first question does, or `warm()`.
"""

from hamsafar.journeys.cells import (
    Cell,
    CellKind,
    EdgeCell,
    EndCell,
    EveryoneCell,
    NodeCell,
    StartCell,
    VariantCell,
)
from hamsafar.journeys.directly_follows import graph
from hamsafar.journeys.drilldown import edge_people, people_behind
from hamsafar.journeys.sequences import Attributes, Sequences
from hamsafar.journeys.shards import Threads
from hamsafar.journeys.types import (
    CUT,
    EVERYTHING,
    CellPeople,
    CellPerson,
    Edge,
    Filters,
    Graph,
    NameCount,
    Node,
    Snapshot,
    Stamp,
    Variant,
    Variants,
)
from hamsafar.journeys.variant_table import variants
from hamsafar.journeys.warm import warm

__all__ = [
    "CUT",
    "EVERYTHING",
    "Attributes",
    "Cell",
    "CellKind",
    "CellPeople",
    "CellPerson",
    "Edge",
    "EdgeCell",
    "EndCell",
    "EveryoneCell",
    "Filters",
    "Graph",
    "NameCount",
    "Node",
    "NodeCell",
    "Sequences",
    "Snapshot",
    "Stamp",
    "StartCell",
    "Threads",
    "Variant",
    "VariantCell",
    "Variants",
    "edge_people",
    "graph",
    "people_behind",
    "variants",
    "warm",
]
