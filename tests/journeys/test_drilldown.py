"""Behind every edge stand exactly the people counted in it."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journeys import EVENTS, FILTERS, Happened, in_chunks, sequences, transitions

from hamsafar.journeys import edge_people, graph
from hamsafar.kernel.errors import BadInput


class TestEdgePeople:
    @given(
        events=EVENTS,
        filters=FILTERS,
        pieces=st.integers(1, 3),
        moved=st.frozensets(st.integers(0, 6)),
    )
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

    @pytest.mark.parametrize(("edge", "where"), [(("x", "home"), "from"), (("home", "x"), "to")])
    def test_refuses_an_unknown_name(self, edge, where):
        with pytest.raises(BadInput, match="no event is named 'x'") as refused:
            edge_people(sequences([Happened(1, 0, 0)]), *edge)
        assert refused.value.where == where
