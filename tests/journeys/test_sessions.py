"""Sessions equal cutting each journey by hand at every long silence."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journeys import CHANNELS, EVENTS, FILTERS, Happened, in_chunks, paths, sequences

from hamsafar.journeys import EVERYTHING, edge_people, graph, sessions, split_sessions
from hamsafar.journeys.sessions import LENGTHS_S
from hamsafar.kernel.errors import BadInput

GAPS = st.dictionaries(st.sampled_from(CHANNELS), st.sampled_from([0.0, 1e-6, 3e-6, 100.0]))
GAP = st.sampled_from([0.0, 2e-6, 1800.0])


def by_hand(events, filters, gap_s, gaps_s):
    """(person, events of the session) in order."""
    found = []
    for who, path in paths(events, filters).items():
        part = [path[0]]
        for before, now in pairwise(path):
            allowed = round(gaps_s.get(CHANNELS[before.channel], gap_s) * 1e6)
            if now.time - before.time > allowed:
                found.append((who, part))
                part = []
            part.append(now)
        found.append((who, part))
    return found


class TestSessions:
    @given(events=EVENTS, filters=FILTERS, gap_s=GAP, gaps_s=GAPS)
    def test_equal_brute_force_and_their_people(self, events, filters, gap_s, gaps_s):
        found = sessions(sequences(events), filters, gap_s=gap_s, gaps_s=gaps_s)
        expected = by_hand(events, filters, gap_s, gaps_s)
        assert found.everywhere.sessions == len(expected) == found.crowd().page(0, None).count
        assert found.everywhere.people == len({who for who, _ in expected})
        assert {c.channel for c in found.channels} == {
            CHANNELS[part[0].channel] for _, part in expected
        }
        for row in found.channels:
            mine = [(w, p) for w, p in expected if CHANNELS[p[0].channel] == row.channel]
            assert row.sessions == len(mine)
            assert row.people == len({who for who, _ in mine})
            assert row.events == sum(len(part) for _, part in mine)
            assert row.single == sum(len(part) == 1 for _, part in mine)
            lengths = [(part[-1].time - part[0].time) / 1e6 for _, part in mine]
            assert row.median_s == pytest.approx(median(lengths), rel=0.01)
            assert row.median_events == median(len(part) for _, part in mine)
            behind = found.people(row.channel)
            assert behind.count == row.sessions
            assert {p.person: p.count for p in behind.people} == {
                who: sum(w == who for w, _ in mine) for who, _ in mine
            }
            assert found.people(row.channel, is_single=True).count == row.single
        for place, bar in enumerate(found.lengths):
            inside = [
                who
                for who, part in expected
                if bar.from_s <= (part[-1].time - part[0].time) / 1e6 < (bar.to_s or float("inf"))
            ]
            assert bar.sessions == len(inside) == found.people(length=place).count
            assert {p.person for p in found.people(length=place).people} == set(inside)

    @given(events=EVENTS, filters=FILTERS, gap_s=GAP)
    def test_reconcile(self, events, filters, gap_s):
        found = sessions(sequences(events), filters, gap_s=gap_s)
        for figure in ("sessions", "events", "single"):
            total = sum(getattr(c, figure) for c in found.channels)
            assert total == getattr(found.everywhere, figure)
        assert sum(bar.sessions for bar in found.lengths) == found.everywhere.sessions

    @given(
        events=EVENTS,
        filters=FILTERS,
        pieces=st.integers(1, 3),
        moved=st.frozensets(st.integers(0, 6)),
    )
    def test_are_the_same_over_chunks_with_skipped_people(self, events, filters, pieces, moved):
        cut = sessions(in_chunks(events, pieces, moved), filters, gap_s=1e-6)
        whole = sessions(sequences(events), filters, gap_s=1e-6)
        assert repr(cut) == repr(whole)

    @given(events=EVENTS, shift=st.integers(-(10**15), 10**15))
    def test_do_not_change_when_all_times_shift(self, events, shift):
        moved = [Happened(e.person, e.time + shift, e.code, e.channel) for e in events]
        plain = [Happened(e.person, e.time, e.code, e.channel) for e in events]
        after, before = sessions(sequences(moved)), sessions(sequences(plain))
        assert repr(after) == repr(before)

    def test_a_silence_as_long_as_the_gap_does_not_end_one(self):
        events = [Happened(1, 0, 0), Happened(1, 1_800_000_000, 1)]
        assert sessions(sequences(events)).everywhere.sessions == 1
        events[1] = Happened(1, 1_800_000_001, 1)
        assert sessions(sequences(events)).everywhere.sessions == 2

    def test_after_a_call_one_may_wait_longer(self):
        events = [Happened(1, 0, 0, channel=2), Happened(1, 3_600_000_000, 1, channel=0)]
        found = sessions(sequences(events), gaps_s={"store": 3_600})
        assert [(c.channel, c.sessions) for c in found.channels] == [("store", 1)]

    @pytest.mark.parametrize(
        ("change", "where"),
        [
            ({"gap_s": -1}, "gap_s"),
            ({"gaps_s": {"fax": 1}}, "gaps_s"),
            ({"gaps_s": {"web": 1e12}}, "gaps_s.web"),
        ],
    )
    def test_refuse_what_cannot_be(self, change, where):
        with pytest.raises(BadInput) as refused:
            sessions(sequences([Happened(1, 0, 0)]), **change)
        assert refused.value.where == where

    @pytest.mark.parametrize("cell", [{"channel": "app"}, {"length": len(LENGTHS_S)}])
    def test_refuse_a_cell_that_is_not_there(self, cell):
        with pytest.raises(BadInput):
            sessions(sequences([Happened(1, 0, 0)])).people(**cell)

    def test_show_as_tables(self):
        found = sessions(sequences([Happened(1, 0, 0)]))
        assert found.to_pandas()["channel"].tolist() == ["web"]
        assert found.to_arrow().num_rows == 1


class TestSplitSessions:
    @given(
        events=EVENTS,
        filters=FILTERS,
        gap_s=GAP,
        pieces=st.integers(1, 3),
        moved=st.frozensets(st.integers(0, 6)),
    )
    def test_every_question_then_counts_sessions(self, events, filters, gap_s, pieces, moved):
        cut = split_sessions(in_chunks(events, pieces, moved), filters, gap_s=gap_s)
        expected = by_hand(events, filters, gap_s, {})
        found = graph(cut, filters)
        assert found.people == len(expected)
        assert found.events == sum(len(part) for _, part in expected)
        assert sum(e.count for e in found.edges) == sum(len(part) - 1 for _, part in expected)

    def test_one_event_stays_one_session(self):
        assert split_sessions(sequences([Happened(1, 0, 0)]), EVERYTHING).people == 1

    def test_an_edge_is_told_for_each_session_of_a_person(self):
        minute, pause = 60_000_000, 7_200_000_000
        lived = [
            Happened(1, at, code)
            for day in range(3)
            for code in (0, 1)
            for at in (day * pause + code * minute,)
        ]
        cut = split_sessions(sequences(lived), EVERYTHING)
        (edge,) = graph(cut).edges
        behind = edge_people(cut, edge.from_, edge.to)
        assert (edge.count, behind.total, behind.count) == (3, 3, 3)
        assert [person.count for person in behind.people] == [1, 1, 1]
