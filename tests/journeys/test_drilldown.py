"""Behind every number stand exactly the people counted in it."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journeys import (
    EVENTS,
    FILTERS,
    NAMES,
    Happened,
    in_chunks,
    paths,
    sequences,
    transitions,
    variant_of,
)

from hamsafar.journeys import (
    EndCell,
    EveryoneCell,
    NodeCell,
    StartCell,
    VariantCell,
    edge_people,
    graph,
    people_behind,
    variants,
)
from hamsafar.kernel.errors import BadInput

PIECES = st.integers(1, 3)
MOVED = st.frozensets(st.integers(0, 6))


def told(behind):
    """(count, last, person) of everybody, as listed."""
    return [(p.count, p.last_at_us, p.person) for p in behind.people]


def ranked(rows):
    """The same in the order that was promised."""
    return sorted(rows, key=lambda row: (-row[0], -row[1], row[2]))


class TestEdgePeople:
    @given(events=EVENTS, filters=FILTERS, pieces=PIECES, moved=MOVED)
    def test_equals_the_graph_and_brute_force_for_every_edge(self, events, filters, pieces, moved):
        s = in_chunks(events, pieces, moved)
        expected = transitions(events, filters)
        for edge in graph(s, filters).edges:
            behind = edge_people(s, edge.from_, edge.to, filters)
            took, last = defaultdict(list), {}
            for who, duration, at in expected[edge.from_, edge.to]:
                took[who].append(duration / 1e6)
                last[who] = at
            assert behind.count == edge.count == sum(p.count for p in behind.people)
            assert {p.person: list(p.seconds) for p in behind.people} == took
            assert {p.person: p.last_at_us for p in behind.people} == last
            assert behind.total == len(took)
            ranks = [(-p.count, -p.last_at_us, p.person) for p in behind.people]
            assert ranks == sorted(ranks)
            everything = [s for seconds in took.values() for s in seconds]
            assert behind.median_s == pytest.approx(np.median(everything), rel=1e-12)
            assert behind.p95_s == pytest.approx(np.quantile(everything, 0.95), rel=1e-12)
            assert sum(p.mean_s * p.count for p in behind.people) == pytest.approx(
                edge.mean_s * edge.count
            )

    def test_is_empty_for_an_edge_nobody_took(self):
        behind = edge_people(sequences([Happened(1, 0, 0)]), "home", "cart")
        assert (behind.people, behind.count, behind.total) == ((), 0, 0)
        assert math.isnan(behind.median_s)

    def test_counts_an_event_followed_by_itself(self):
        behind = edge_people(sequences([Happened(1, t, 0) for t in range(4)]), "home", "home")
        assert behind.people[0].seconds == (1e-6, 1e-6, 1e-6)

    @pytest.mark.parametrize("edge", [("x", "home"), ("home", "x")])
    def test_refuses_an_unknown_name(self, edge):
        with pytest.raises(BadInput, match="no event is named 'x'") as refused:
            edge_people(sequences([Happened(1, 0, 0)]), *edge)
        assert refused.value.where == "name"


class TestNodePeople:
    @given(events=EVENTS, filters=FILTERS, pieces=PIECES, moved=MOVED)
    def test_equals_the_graph_and_brute_force_for_every_node(self, events, filters, pieces, moved):
        s = in_chunks(events, pieces, moved)
        lived = paths(events, filters)
        for node in graph(s, filters).nodes:
            behind = people_behind(s, NodeCell(node.name), filters)
            code = NAMES.index(node.name)
            times = {who: [e.time for e in path if e.code == code] for who, path in lived.items()}
            rows = [(len(at), at[-1], who) for who, at in times.items() if at]
            assert told(behind) == ranked(rows)
            assert (behind.count, behind.total) == (node.count, node.people)
            assert (behind.count, behind.total) == (sum(n for n, *_ in rows), len(rows))
            assert math.isnan(behind.median_s)


class TestEveryone:
    @given(events=EVENTS, filters=FILTERS, pieces=PIECES, moved=MOVED)
    def test_equals_the_graph_and_brute_force(self, events, filters, pieces, moved):
        s = in_chunks(events, pieces, moved)
        behind = people_behind(s, EveryoneCell(), filters)
        lived = paths(events, filters)
        assert told(behind) == ranked([(len(path), path[-1].time, p) for p, path in lived.items()])
        found = graph(s, filters)
        assert (behind.count, behind.total) == (found.events, found.people)


class TestBoundPeople:
    @given(events=EVENTS, filters=FILTERS, pieces=PIECES, moved=MOVED)
    def test_equals_the_graph_and_brute_force_for_every_start_and_end(
        self, events, filters, pieces, moved
    ):
        s = in_chunks(events, pieces, moved)
        lived = paths(events, filters)
        found = graph(s, filters)
        for cell, place, rows in ((StartCell, 0, found.starts), (EndCell, -1, found.ends)):
            for row in rows:
                behind = people_behind(s, cell(row.name), filters)
                bounds = {who: path[place] for who, path in lived.items()}
                expected = [
                    (1, e.time, who) for who, e in bounds.items() if NAMES[e.code] == row.name
                ]
                assert told(behind) == ranked(expected)
                assert behind.count == behind.total == row.count == len(expected)


class TestVariantPeople:
    @given(
        events=EVENTS,
        filters=FILTERS,
        pieces=PIECES,
        moved=MOVED,
        collapse=st.booleans(),
        max_length=st.none() | st.integers(1, 3),
    )
    def test_equals_the_variants_and_brute_force_for_every_variant(
        self, events, filters, pieces, moved, collapse, max_length
    ):
        s = in_chunks(events, pieces, moved)
        rules = {"collapse": collapse, "max_length": max_length}
        lived = paths(events, filters)
        expected = defaultdict(list)
        for who, path in lived.items():
            expected[variant_of(path, **rules)].append((1, path[-1].time, who))
        found = variants(s, filters, **rules)
        assert len(set(found.variant_keys)) == found.distinct
        for row, key in zip(found, found.variant_keys, strict=True):
            behind = people_behind(s, VariantCell(key, **rules), filters)
            assert told(behind) == ranked(expected[row.names])
            assert behind.count == behind.total == row.count
            took = {p.person: p.seconds for p in behind.people}
            assert took == {
                who: ((lived[who][-1].time - lived[who][0].time) / 1e6,) for who in took
            }

    def test_is_empty_for_a_variant_nobody_lived(self):
        behind = people_behind(sequences([Happened(1, 0, 0)]), VariantCell("0" * 32))
        assert (behind.people, behind.count) == ((), 0)

    @pytest.mark.parametrize("key", ["", "0" * 31, "G" * 32, "0" * 33, "۰" * 32])
    def test_refuses_what_is_no_key(self, key):
        with pytest.raises(BadInput, match="no variant has the key") as refused:
            people_behind(sequences([Happened(1, 0, 0)]), VariantCell(key))
        assert refused.value.where == "variant"
