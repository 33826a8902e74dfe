"""Journeys: what people really do, in which order, and how long it takes.

Answers: which event directly followed which (`graph`), which whole
sequences were lived (`variants`), who stands behind each number (`people_behind`); for a running system through `services.explore.Explore`.
Comes in: `Sequences`, from plain arrays or from the chunks of the history. Goes out: frozen rows.
Emits no events. Stands on `storage` (chunks, `Compute`) and `kernel`.

Importing this package does not import numba; the first question does, or `warm()`.
"""

from hamsafar.journeys.catalogue import (
    ChannelKind,
    Role,
    Roles,
    channel_kind,
    default_roles,
    roles_of,
)
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
from hamsafar.journeys.columns import PropertyColumn, TraitColumn
from hamsafar.journeys.directly_follows import graph
from hamsafar.journeys.drilldown import edge_people, people_behind
from hamsafar.journeys.figures import Figure, Interval, benjamini_hochberg, figure, newcombe, wilson
from hamsafar.journeys.frames import to_arrow, to_pandas
from hamsafar.journeys.kept import kept_of
from hamsafar.journeys.masks import mask_of, people_mask_of
from hamsafar.journeys.matters import DEFAULT_KEYS, MATTER_LASTS, MatterKeys, matter_of
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
    "DEFAULT_KEYS",
    "EVERYTHING",
    "MATTER_LASTS",
    "Attributes",
    "Cell",
    "CellKind",
    "CellPeople",
    "CellPerson",
    "ChannelKind",
    "Edge",
    "EdgeCell",
    "EndCell",
    "EveryoneCell",
    "Figure",
    "Filters",
    "Graph",
    "Interval",
    "MatterKeys",
    "NameCount",
    "Node",
    "NodeCell",
    "PropertyColumn",
    "Role",
    "Roles",
    "Sequences",
    "Snapshot",
    "Stamp",
    "StartCell",
    "Threads",
    "TraitColumn",
    "Variant",
    "VariantCell",
    "Variants",
    "benjamini_hochberg",
    "channel_kind",
    "default_roles",
    "edge_people",
    "figure",
    "graph",
    "kept_of",
    "mask_of",
    "matter_of",
    "newcombe",
    "people_behind",
    "people_mask_of",
    "roles_of",
    "to_arrow",
    "to_pandas",
    "variants",
    "warm",
    "wilson",
]
