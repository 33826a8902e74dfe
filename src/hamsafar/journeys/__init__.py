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
from hamsafar.journeys.drilldown import Crowd, edge_people, people_behind
from hamsafar.journeys.explain import Difference, Explanation, Rule, explain, explain_funnel
from hamsafar.journeys.explain_person import explain_one, explain_person
from hamsafar.journeys.explain_types import (
    AttemptTold,
    Ended,
    EventTold,
    Outcome,
    PersonExplanation,
)
from hamsafar.journeys.figures import (
    Z_95,
    Figure,
    Interval,
    benjamini_hochberg,
    figure,
    is_small,
    newcombe,
    p_value,
    wilson,
)
from hamsafar.journeys.following import NextEvent, NextEvents, next_events
from hamsafar.journeys.frames import to_arrow, to_pandas
from hamsafar.journeys.funnel import count_funnel, funnel
from hamsafar.journeys.funnel_result import Attempts, FunnelResult, FunnelSplit, FunnelStep, Part
from hamsafar.journeys.funnel_steps import step
from hamsafar.journeys.funnel_types import (
    Attribution,
    Breakdown,
    CountBy,
    Exclusion,
    ExclusionPolicy,
    FunnelRules,
    Order,
    Semantics,
    Step,
    Ties,
)
from hamsafar.journeys.intervals import Clockface, Intervals, Unit, intervals_between
from hamsafar.journeys.kept import kept_of
from hamsafar.journeys.lifecycle import Lifecycle, LifecycleInterval, lifecycle
from hamsafar.journeys.marks import Mask, What
from hamsafar.journeys.masks import mask_of, people_mask_of
from hamsafar.journeys.matters import DEFAULT_KEYS, MATTER_LASTS, MatterKeys, matter_of
from hamsafar.journeys.pages import page_of
from hamsafar.journeys.parties import Party, party_after
from hamsafar.journeys.path_results import PathExit, PathLink, PathNode, Paths
from hamsafar.journeys.paths import PathOptions, paths
from hamsafar.journeys.pattern_clickhouse import (
    SequenceCounts,
    sequence_count,
    sequence_retention,
)
from hamsafar.journeys.patterns import ChunkMatches, Matches, MatchExample, match
from hamsafar.journeys.retention import (
    Cohort,
    Retention,
    RetentionCell,
    RetentionOptions,
    retention,
)
from hamsafar.journeys.sequences import Attributes, Sequences
from hamsafar.journeys.services.answered import Answered
from hamsafar.journeys.sessions import (
    ChannelSessions,
    LengthClass,
    Sessions,
    sessions,
    split_sessions,
)
from hamsafar.journeys.shards import Threads, all_threads
from hamsafar.journeys.steps import INDEX_BITS, Steps, Symbols, steps_of
from hamsafar.journeys.stickiness import Bar, Stickiness, stickiness
from hamsafar.journeys.survival import Curve, CurveStep, kaplan_meier
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
    "INDEX_BITS",
    "MATTER_LASTS",
    "Z_95",
    "Answered",
    "AttemptTold",
    "Attempts",
    "Attributes",
    "Attribution",
    "Bar",
    "Breakdown",
    "Cell",
    "CellKind",
    "CellPeople",
    "CellPerson",
    "ChannelKind",
    "ChannelSessions",
    "ChunkMatches",
    "Clockface",
    "Cohort",
    "CountBy",
    "Crowd",
    "Curve",
    "CurveStep",
    "Difference",
    "Edge",
    "EdgeCell",
    "EndCell",
    "Ended",
    "EventTold",
    "EveryoneCell",
    "Exclusion",
    "ExclusionPolicy",
    "Explanation",
    "Figure",
    "Filters",
    "FunnelResult",
    "FunnelRules",
    "FunnelSplit",
    "FunnelStep",
    "Graph",
    "Interval",
    "Intervals",
    "LengthClass",
    "Lifecycle",
    "LifecycleInterval",
    "Mask",
    "MatchExample",
    "Matches",
    "MatterKeys",
    "NameCount",
    "NextEvent",
    "NextEvents",
    "Node",
    "NodeCell",
    "Order",
    "Outcome",
    "Part",
    "Party",
    "PathExit",
    "PathLink",
    "PathNode",
    "PathOptions",
    "Paths",
    "PersonExplanation",
    "PropertyColumn",
    "Retention",
    "RetentionCell",
    "RetentionOptions",
    "Role",
    "Roles",
    "Rule",
    "Semantics",
    "SequenceCounts",
    "Sequences",
    "Sessions",
    "Snapshot",
    "Stamp",
    "StartCell",
    "Step",
    "Steps",
    "Stickiness",
    "Symbols",
    "Threads",
    "Ties",
    "TraitColumn",
    "Unit",
    "Variant",
    "VariantCell",
    "Variants",
    "What",
    "all_threads",
    "benjamini_hochberg",
    "channel_kind",
    "count_funnel",
    "default_roles",
    "edge_people",
    "explain",
    "explain_funnel",
    "explain_one",
    "explain_person",
    "figure",
    "funnel",
    "graph",
    "intervals_between",
    "is_small",
    "kaplan_meier",
    "kept_of",
    "lifecycle",
    "mask_of",
    "match",
    "matter_of",
    "newcombe",
    "next_events",
    "p_value",
    "page_of",
    "party_after",
    "paths",
    "people_behind",
    "people_mask_of",
    "retention",
    "roles_of",
    "sequence_count",
    "sequence_retention",
    "sessions",
    "split_sessions",
    "step",
    "steps_of",
    "stickiness",
    "to_arrow",
    "to_pandas",
    "variants",
    "warm",
    "wilson",
]
