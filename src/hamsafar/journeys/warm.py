"""Compile (or load from the cache) every kernel before the first question, never during one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hamsafar.journeys.cells import EdgeCell, NodeCell, VariantCell
from hamsafar.journeys.directly_follows import DENSE_NAMES, graph
from hamsafar.journeys.drilldown import people_behind
from hamsafar.journeys.following import next_events
from hamsafar.journeys.funnel import funnel
from hamsafar.journeys.funnel_types import Ties
from hamsafar.journeys.lifecycle import State, lifecycle
from hamsafar.journeys.paths import paths
from hamsafar.journeys.pattern_clickhouse import sequence_count, sequence_retention
from hamsafar.journeys.patterns import match
from hamsafar.journeys.retention import retention
from hamsafar.journeys.sequences import Sequences
from hamsafar.journeys.sessions import sessions, split_sessions
from hamsafar.journeys.shards import Threads
from hamsafar.journeys.stickiness import stickiness
from hamsafar.journeys.types import EVERYTHING
from hamsafar.journeys.variant_table import variants

_ONE = Threads(1)


def warm() -> None:
    """Run every kernel once in each of its forms; takes a second, or half a minute uncached."""
    for names in (2, DENSE_NAMES + 1):
        sequences = Sequences.from_arrays(
            person=np.array([1, 0, 0, 1, 0]),
            time_us=np.array([5, 4, 3, 2, 1]),
            code=np.array([0, 1, 0, 1, 0]),
            names=[f"warm {code}" for code in range(names)],
        )
        two = Sequences.from_chunks(sequences.chunks * 2, names=sequences.names)
        for filters in (EVERYTHING, replace(EVERYTHING, from_us=0)):
            graph(two, filters, compute=_ONE)
            (key,) = variants(two, filters, limit=1, compute=_ONE).variant_keys
            for cell in (EdgeCell("warm 0", "warm 1"), NodeCell("warm 0"), VariantCell(key)):
                people_behind(two, cell, filters, compute=_ONE)
        _warm_funnels(two)
        _warm_walks(two)


def _warm_funnels(sequences: Sequences) -> None:
    """Run the quick walk and the general one, each with and without filters."""
    for filters in (EVERYTHING, replace(EVERYTHING, exclude=frozenset({sequences.names[1]}))):
        for ties in (Ties.FAVOUR, Ties.STRICT_TIME):
            funnel(sequences, sequences.names[:2], filters, window_s=1, ties=ties, compute=_ONE)


def _warm_walks(sequences: Sequences) -> None:
    """Run every walk over intervals, sessions, paths and patterns, with and without filters."""
    one, two = sequences.names[:2]
    for filters in (EVERYTHING, replace(EVERYTHING, exclude=frozenset({two}))):
        retention(sequences, filters, first=one, again=two, unit="day", compute=_ONE).people(0)
        lifecycle(sequences, filters, compute=_ONE).people(0, State.NEW)
        stickiness(sequences, filters, compute=_ONE).people(1)
        sessions(sequences, filters, compute=_ONE).people()
        split_sessions(sequences, filters)
        next_events(sequences, filters, after=one)
        found = paths(sequences, filters, compute=_ONE)
        found.people(found.nodes[0].id)
        match(sequences, f'(?<group>"{one}") ... "{two}"', filters, compute=_ONE)
        for pattern in ("(?1).*(?2)", "(?1)(?t<=9)(?2)"):
            sequence_count(sequences, pattern, [one, two], filters, compute=_ONE)
        sequence_retention(sequences, [one, two], filters, compute=_ONE)
