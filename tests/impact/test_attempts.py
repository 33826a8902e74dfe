"""Attempts against a slow walk through each person's events."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hamsafar.impact.attempts import Time, attempts_of
from hamsafar.impact.flow import Flow, rank_at
from hamsafar.journeys import Sequences

EVENTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 2)), min_size=1, max_size=40
)


def flow_of(events):
    person, time, code = (np.array(column) for column in zip(*events, strict=True))
    return Flow.of(
        Sequences.from_arrays(person=person, time_us=time, code=code, names=["entry", "goal", "x"])
    )


def slowly(flow, window, *, is_included):
    """(first row, last row, reached, number) of each attempt whose time is known."""
    found = []
    for person in sorted(set(flow.place.tolist())):
        rows = np.flatnonzero(flow.place == person).tolist()
        at, number = 0, 0
        while at < len(rows):
            first = rows[at]
            if flow.code[first] != 0:
                at += 1
                continue
            end, reached = at + 1, False
            inside = [r for r in rows[at:] if flow.time[r] - flow.time[first] <= window]
            for row in inside:
                is_goal = flow.code[row] == (0 if is_included else 1)
                if is_goal and (row > first or is_included):
                    reached = True
                    break
            last = row + is_included if reached else inside[-1] + 1
            end = (rows.index(row) + 1) if reached else at + len(inside)
            if flow.time[first] + window <= flow.as_of_us:
                found.append((first, last, reached, number))
            number += 1
            at = end
    return found


class TestAttemptsOf:
    @settings(max_examples=200, deadline=None)
    @given(EVENTS, st.integers(0, 30))
    def test_equals_a_slow_walk(self, events, window):
        flow = flow_of(events)
        found = attempts_of(flow, flow.code == 0, flow.code == 1, Time(window_us=window))
        rows = zip(
            found.first.tolist(),
            found.last.tolist(),
            found.reached.tolist(),
            found.number.tolist(),
            strict=True,
        )
        assert list(rows) == slowly(flow, window, is_included=False)

    @settings(max_examples=100, deadline=None)
    @given(EVENTS, st.integers(0, 30))
    def test_an_outcome_may_be_the_entry_itself(self, events, window):
        flow = flow_of(events)
        found = attempts_of(
            flow, flow.code == 0, flow.code == 0, Time(window_us=window), is_included=True
        )
        assert found.reached.all()
        assert (found.last == found.first + 1).all()

    def test_attempts_outside_the_range_are_left_out_but_number_the_others(self):
        flow = flow_of([(0, 0, 0), (0, 50, 0), (0, 100, 0), (0, 300, 2)])
        time = Time(window_us=10, entered=(40, 100))
        found = attempts_of(flow, flow.code == 0, flow.code == 1, time)
        assert (found.first.tolist(), found.number.tolist(), found.open) == ([1], [1], 0)

    def test_attempts_whose_time_still_runs_are_open_even_if_they_succeeded(self):
        flow = flow_of([(0, 0, 0), (0, 95, 0), (0, 96, 1), (0, 100, 2)])
        found = attempts_of(flow, flow.code == 0, flow.code == 1, Time(window_us=10))
        assert (len(found), found.open) == (1, 1)


class TestRankAt:
    @settings(max_examples=100, deadline=None)
    @given(EVENTS, st.integers(0, 30))
    def test_finds_the_last_event_in_reach(self, events, reach):
        flow = flow_of(events)
        rows = np.arange(len(flow))
        expected = [
            max(
                j
                for j in range(i, len(flow))
                if flow.place[j] == flow.place[i] and flow.time[j] <= flow.time[i] + reach
            )
            + 1
            for i in range(len(flow))
        ]
        assert rank_at(flow, rows, reach).tolist() == expected
