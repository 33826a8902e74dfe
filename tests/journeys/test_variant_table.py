"""Variants equal counting whole sequences by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journeys import EVENTS, FILTERS, Happened, in_chunks, sequences, variant_counts

from hamsafar.journeys import CUT, EVERYTHING, Filters, variants
from hamsafar.kernel.errors import BadInput


class TestVariants:
    @given(
        events=EVENTS,
        filters=FILTERS,
        collapse=st.booleans(),
        max_length=st.none() | st.integers(1, 4),
    )
    def test_equal_brute_force(self, events, filters, collapse, max_length):
        found = variants(sequences(events), filters, collapse=collapse, max_length=max_length)
        expected = variant_counts(events, filters, collapse=collapse, max_length=max_length)
        assert dict(found) == expected
        assert found.people == expected.total()
        assert found.distinct == len(found) == len(expected)

    @given(
        events=EVENTS,
        filters=FILTERS,
        pieces=st.integers(1, 3),
        moved=st.frozensets(st.integers(0, 6)),
    )
    def test_are_the_same_over_chunks_with_skipped_people(self, events, filters, pieces, moved):
        assert variants(in_chunks(events, pieces, moved), filters) == variants(
            sequences(events), filters
        )

    @given(events=EVENTS, limit=st.integers(1, 8))
    def test_a_limit_keeps_the_most_frequent(self, events, limit):
        whole, some = variants(sequences(events)), variants(sequences(events), limit=limit)
        assert [v.count for v in some] == [v.count for v in whole][:limit]
        assert set(some.rows) <= set(whole.rows)
        assert (some.people, some.distinct) == (whole.people, whole.distinct)

    def test_come_most_frequent_first_then_shorter_then_by_name(self):
        events = [
            Happened(p, t, c)
            for p, path in enumerate([[1], [0], [2, 0], [2, 0], [3, 1, 3]])
            for t, c in enumerate(path)
        ]
        assert [tuple(v) for v in variants(sequences(events))] == [
            (("cart", "home"), 2),
            (("home",), 1),
            (("search",), 1),
            (("order", "search", "order"), 1),
        ]

    def test_a_cut_sequence_differs_from_one_that_ends_there(self):
        events = [Happened(1, 0, 0), Happened(1, 1, 1), Happened(2, 0, 0)]
        found = variants(sequences(events), max_length=1)
        assert set(found.rows) == {
            variants(sequences(events[2:])).rows[0],
            type(found[0])(("home", CUT), 1),
        }

    def test_of_nothing_are_none(self):
        found = variants(sequences([]))
        assert (found.rows, found.people, found.distinct) == ((), 0, 0)
        assert list(found.to_pandas().columns) == ["names", "count"]

    def test_show_as_tables(self):
        found = variants(sequences([Happened(1, 0, 0), Happened(1, 1, 1)]))
        assert found.to_arrow().to_pylist() == [{"names": ["home", "search"], "count": 1}]
        assert found.to_pandas()["names"].tolist() == [("home", "search")]

    def test_people_with_nothing_that_counts_are_in_none(self):
        assert (
            variants(sequences([Happened(1, 0, 0)]), Filters(exclude=frozenset({"home"}))).people
            == 0
        )

    @pytest.mark.parametrize("wrong", [{"limit": 0}, {"max_length": 0}])
    def test_refuse_bounds_below_one(self, wrong):
        with pytest.raises(BadInput) as refused:
            variants(sequences([]), EVERYTHING, **wrong)
        assert refused.value.where in wrong
