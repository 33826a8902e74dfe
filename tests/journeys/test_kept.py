"""Masks of filters say of every event what the kernels say."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from support.journeys import EVENTS, FILTERS, counts, in_chunks, sequences

from hamsafar.journeys import Filters, kept_of

_ALL = Filters(technical=True, derived=True)


class TestKeptOf:
    @settings(max_examples=80, deadline=None)
    @given(EVENTS, FILTERS)
    def test_equals_the_filters_said_slowly(self, events, filters):
        s = sequences(events)
        (kept,) = kept_of(s, filters)
        expected = [counts(events[row], filters) for row in s.chunks[0].seq.tolist()]
        assert kept.tolist() == expected

    @settings(max_examples=40, deadline=None)
    @given(EVENTS, st.frozensets(st.integers(0, 6)))
    def test_skipped_people_are_left_out(self, events, moved):
        s = in_chunks(events, 2, moved)
        from_chunks = sum(int(kept.sum()) for kept in kept_of(s, _ALL))
        assert from_chunks == len(events)
