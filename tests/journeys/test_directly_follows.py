"""The graph equals counting by hand, however the events are stored."""

from __future__ import annotations

import math
from collections import Counter
from functools import partial

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
)

from hamsafar.journeys import (
    EVERYTHING,
    Filters,
    Graph,
    Sequences,
    Threads,
    directly_follows,
    graph,
)
from hamsafar.journeys.durations import value_us
from hamsafar.journeys.filters import shards_of
from hamsafar.journeys.kernels import edge_kernels
from hamsafar.journeys.partial import merged, no_graph
from hamsafar.kernel.errors import BadInput

HUGE = 1 << 57


def assert_equals_brute_force(found: Graph, events: list[Happened], filters: Filters) -> None:
    expected = transitions(events, filters)
    assert {(e.from_, e.to): e.count for e in found.edges} == {
        edge: len(took) for edge, took in expected.items()
    }
    for edge in found.edges:
        seconds = np.array([t[1] for t in expected[edge.from_, edge.to]]) / 1e6
        assert edge.mean_s == pytest.approx(seconds.mean(), rel=1e-12)
        assert edge.median_s == pytest.approx(np.quantile(seconds, 0.5), rel=0.01)
        assert edge.p95_s == pytest.approx(np.quantile(seconds, 0.95), rel=0.01)
    lived = paths(events, filters)
    assert dict(found.starts) == Counter(NAMES[p[0].code] for p in lived.values())
    assert dict(found.ends) == Counter(NAMES[p[-1].code] for p in lived.values())
    happened = Counter(NAMES[e.code] for p in lived.values() for e in p)
    people = Counter(name for p in lived.values() for name in {NAMES[e.code] for e in p})
    assert {n.name: n.count for n in found.nodes} == happened
    assert {n.name: n.people for n in found.nodes} == people
    assert found.people == len(lived)
    assert found.events == happened.total()


class TestGraph:
    @given(events=EVENTS, filters=FILTERS)
    def test_equals_brute_force_under_any_filters(self, events, filters):
        assert_equals_brute_force(graph(sequences(events), filters), events, filters)

    @given(
        events=EVENTS,
        filters=FILTERS,
        pieces=st.integers(1, 3),
        moved=st.frozensets(st.integers(0, 6)),
    )
    def test_is_the_same_over_chunks_with_skipped_people(self, events, filters, pieces, moved):
        assert graph(in_chunks(events, pieces, moved), filters) == graph(sequences(events), filters)

    @given(events=EVENTS, filters=FILTERS)
    def test_is_the_same_by_hash_table_as_by_dense_table(self, events, filters):
        many = (*NAMES, *(f"never {i}" for i in range(directly_follows.DENSE_NAMES)))
        by_hash = graph(sequences(events, many), filters)
        assert by_hash == graph(sequences(events), filters)

    @given(events=EVENTS, random=st.randoms())
    def test_does_not_depend_on_input_order_of_different_times(self, events, random):
        distinct = list({(e.person, e.time): e for e in events}.values())
        shuffled = random.sample(distinct, len(distinct))
        assert graph(sequences(shuffled)) == graph(sequences(distinct))

    @given(events=EVENTS, shift=st.integers(-(10**15), 10**15))
    def test_does_not_change_when_all_times_shift(self, events, shift):
        moved = [Happened(e.person, e.time + shift, e.code, 0, 0, e.flags) for e in events]
        assert graph(sequences(moved)) == graph(sequences(events))

    @given(events=EVENTS)
    def test_an_unrelated_person_adds_only_themselves(self, events):
        before = graph(sequences(events))
        after = graph(sequences([*events, Happened(99, 0, 2)]))
        assert after.edges == before.edges
        assert after.people == before.people + 1

    @given(events=EVENTS, filters=FILTERS)
    def test_reconciles_nodes_with_edges_starts_and_ends(self, events, filters):
        found = graph(sequences(events), filters)
        arrived, left = Counter(dict(found.starts)), Counter(dict(found.ends))
        for edge in found.edges:
            arrived[edge.to] += edge.count
            left[edge.from_] += edge.count
        assert {n.name: n.count for n in found.nodes} == arrived == left

    def test_of_nothing_is_empty(self):
        found = graph(sequences([]))
        assert found == Graph(edges=(), starts=(), ends=(), nodes=(), people=0, events=0)
        assert graph(Sequences.from_chunks([], names=[])) == found
        assert list(found.to_pandas().columns) == [
            "from",
            "to",
            "count",
            "mean_s",
            "median_s",
            "p95_s",
        ]
        assert found.to_arrow().num_rows == 0

    def test_a_person_with_one_event_starts_and_ends_there(self):
        found = graph(sequences([Happened(3, 10, 1)]))
        assert found.edges == ()
        assert dict(found.starts) == dict(found.ends) == {"search": 1}

    def test_events_at_one_time_stay_in_input_order_with_a_duration_of_zero(self):
        found = graph(sequences([Happened(1, 5, 2), Happened(1, 5, 0), Happened(1, 5, 1)]))
        assert [tuple(e) for e in found.edges] == [
            ("cart", "home", 1, 0.0, 0.0, 0.0),
            ("home", "search", 1, 0.0, 0.0, 0.0),
        ]

    def test_excluded_events_vanish_before_edges_are_formed(self):
        events = [Happened(1, 0, 0), Happened(1, 1_000_000, 1), Happened(1, 3_000_000, 3)]
        found = graph(sequences(events), Filters(exclude=frozenset({"search"})))
        assert [tuple(e)[:4] for e in found.edges] == [("home", "order", 1, 3.0)]

    def test_a_range_may_reach_beyond_all_times(self):
        events = [Happened(1, 0, 0), Happened(1, 9, 1)]
        assert graph(sequences(events), Filters(from_us=-(10**30), to_us=10**30)).people == 1
        assert graph(sequences(events), Filters(from_us=10**30)).people == 0

    def test_leaves_quantiles_out_when_not_asked_for(self):
        edge = graph(sequences([Happened(1, 0, 0), Happened(1, 9, 1)]), quantiles=False).edges[0]
        assert math.isnan(edge.median_s)
        assert math.isnan(edge.p95_s)
        assert edge.mean_s == 9e-6

    def test_sums_beyond_64_bits_are_exact(self):
        events = [
            Happened(person, time, code)
            for person in range(200)
            for code, time in enumerate((-HUGE, HUGE))
        ]
        found = graph(sequences(events))
        assert found.edges[0].mean_s == pytest.approx(2 * HUGE / 1e6, rel=1e-15)

    def test_is_the_same_on_two_threads_over_many_people(self):
        random = np.random.default_rng(5)
        big = Sequences.from_arrays(
            person=random.integers(0, 50_000, 600_000),
            time_us=random.integers(0, 10**13, 600_000),
            code=random.integers(0, 4, 600_000),
            names=NAMES,
        )
        assert graph(big, compute=Threads(2)) == graph(big, compute=Threads(1))

    def test_shows_its_edges_as_tables(self):
        found = graph(sequences([Happened(1, 0, 0), Happened(1, 2_000_000, 4)]))
        row = {"from": "home", "to": "خرید", "count": 1, "mean_s": 2.0}
        assert found.to_pandas()[list(row)].to_dict("records") == [row]
        assert found.to_arrow().select(list(row)).to_pylist() == [row]
        assert found.edges[0].source == "home"
        assert found.edges[0].target == found.edges[0][1] == "خرید"

    @pytest.mark.parametrize(
        ("filters", "where"),
        [
            (Filters(include=frozenset({"hom"})), "include"),
            (Filters(exclude=frozenset({"hom"})), "exclude"),
            (Filters(channels=frozenset({"fax"})), "channel"),
            (Filters(from_us=5, to_us=5), "to"),
        ],
    )
    def test_refuses_filters_that_cannot_match(self, filters, where):
        with pytest.raises(BadInput) as refused:
            graph(sequences([Happened(1, 0, 0)]), filters)
        assert refused.value.where == where


class TestBins:
    @given(duration=st.integers(0, 1 << 59))
    def test_stand_for_durations_within_one_percent(self, duration):
        stands_for = value_us(np.array([edge_kernels().bin_of(duration)]))[0]
        assert abs(stands_for - duration) <= duration * 0.01
        if duration < 128:
            assert stands_for == duration

    @given(durations=st.lists(st.integers(0, 10 * 365 * 86_400 * 10**6), min_size=2, max_size=300))
    def test_give_quantiles_within_one_percent(self, durations):
        events = []
        for person, took in enumerate(durations):
            events += [Happened(person, 0, 0), Happened(person, took, 1)]
        edge = graph(sequences(events)).edges[0]
        for found, share in ((edge.median_s, 0.5), (edge.p95_s, 0.95)):
            assert found == pytest.approx(np.quantile(np.array(durations) / 1e6, share), rel=0.01)


class TestMerge:
    @staticmethod
    def parts(events: list[Happened], cuts: int):
        groups = [[e for e in events if e.person % cuts == k] for k in range(cuts)]
        count = partial(directly_follows.count_shard, names=len(NAMES), quantiles=True)
        return [
            merged(
                [count(shard) for shard in shards_of(sequences(group), EVERYTHING, 1)], len(NAMES)
            )
            for group in groups
        ]

    @staticmethod
    def as_lists(part):
        return {name: getattr(part, name).tolist() for name in part.__slots__}

    @given(events=EVENTS)
    def test_is_associative_commutative_and_equals_the_whole(self, events):
        a, b, c = self.parts(events, 3)
        whole = self.as_lists(self.parts(events, 1)[0])
        assert self.as_lists(a.merge(b).merge(c)) == whole
        assert self.as_lists(a.merge(b.merge(c))) == whole
        assert self.as_lists(c.merge(a).merge(b)) == whole

    @given(events=EVENTS)
    def test_with_nobody_changes_nothing(self, events):
        (whole,) = self.parts(events, 1)
        assert self.as_lists(whole.merge(no_graph(len(NAMES)))) == self.as_lists(whole)
