"""Lifecycle and stickiness equal sets of active people, interval by interval."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journeys import NAMES, Happened, in_chunks, paths, sequences

from hamsafar.journeys import EVERYTHING, Filters, lifecycle, stickiness
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.types import Flag

HOUR = 3_600_000_000
DAY = 24 * HOUR
START = int(datetime(2026, 3, 10, tzinfo=UTC).timestamp() * 1e6)
STATES = ("new", "returning", "resurrecting", "dormant")

EVENTS = st.lists(
    st.builds(
        Happened,
        person=st.integers(0, 6),
        time=st.integers(0, 12 * 24).map(lambda h: START + h * HOUR),
        code=st.integers(0, 3),
        channel=st.integers(0, 2),
        flags=st.sampled_from([0, 0, 0, Flag.DERIVED]),
    ),
    max_size=50,
)
BOUNDS = st.sampled_from([
    (None, None),
    (START + 3 * DAY, START + 8 * DAY),
    (START + 2 * DAY, None),
    (None, START + 6 * DAY),
])
OF = st.sampled_from([None, "home", frozenset({"home", "cart"})])


def active_days(events, of):
    """{day number: people} of all time, and each person's first day ever."""
    wanted = set(NAMES) if of is None else ({of} if isinstance(of, str) else of)
    days, first = {}, {}
    for who, path in paths(events, EVERYTHING).items():
        for e in path:
            if NAMES[e.code] in wanted:
                day = (e.time - START) // DAY
                days.setdefault(day, set()).add(who)
                first.setdefault(who, day)
    return days, first


def expected(days, first, day):
    now, before = days.get(day, set()), days.get(day - 1, set())
    new = {who for who in now if first[who] == day}
    return {
        "new": new,
        "returning": now & before,
        "resurrecting": now - before - new,
        "dormant": before - now,
    }


class TestLifecycle:
    @given(events=EVENTS, bounds=BOUNDS, of=OF)
    def test_equals_brute_force_and_its_people(self, events, bounds, of):
        found = lifecycle(sequences(events), Filters(from_us=bounds[0], to_us=bounds[1]), of=of)
        days, first = active_days(events, of)
        for place, interval in enumerate(found.intervals):
            sets = expected(days, first, (interval.start_us - START) // DAY)
            for state in STATES:
                assert getattr(interval, state) == len(sets[state])
                behind = found.people(place, state)
                assert {p.person for p in behind.people} == sets[state]
                assert behind.total == len(sets[state])

    @given(events=EVENTS, of=OF)
    def test_reconciles_with_the_interval_before(self, events, of):
        found = lifecycle(sequences(events), of=of).intervals
        for before, now in pairwise(found):
            assert now.returning + now.dormant == before.active
        assert sum(i.new for i in found) == len(active_days(events, of)[1])

    @given(
        events=EVENTS,
        of=OF,
        pieces=st.integers(1, 3),
        moved=st.frozensets(st.integers(0, 6)),
    )
    def test_is_the_same_over_chunks_with_skipped_people(self, events, of, pieces, moved):
        cut = in_chunks(events, pieces, moved)
        assert lifecycle(cut, of=of) == lifecycle(sequences(events), of=of)
        assert stickiness(cut, of=of) == stickiness(sequences(events), of=of)

    @given(events=EVENTS, random=st.randoms())
    def test_does_not_depend_on_the_order_of_input(self, events, random):
        shuffled = random.sample(events, len(events))
        assert lifecycle(sequences(shuffled)) == lifecycle(sequences(events))
        assert stickiness(sequences(shuffled)) == stickiness(sequences(events))

    @given(events=EVENTS, days=st.integers(-900, 900))
    def test_shifts_with_time_in_whole_days(self, events, days):
        moved = [Happened(e.person, e.time + days * DAY, e.code, flags=e.flags) for e in events]
        before, after = lifecycle(sequences(events)), lifecycle(sequences(moved))
        assert [i.active for i in after.intervals] == [i.active for i in before.intervals]
        assert stickiness(sequences(moved)).bars == stickiness(sequences(events)).bars

    def test_who_was_there_long_before_the_range_is_not_new(self):
        events = [Happened(1, START, 0), Happened(1, START + 5 * DAY, 0)]
        found = lifecycle(sequences(events), Filters(from_us=START + 5 * DAY)).intervals
        assert [(i.new, i.resurrecting) for i in found] == [(0, 1)]

    def test_the_last_interval_is_not_over(self):
        events = [Happened(1, START, 0), Happened(1, START + DAY, 0)]
        assert [i.is_over for i in lifecycle(sequences(events)).intervals] == [True, False]

    def test_shows_as_tables(self):
        found = lifecycle(sequences([Happened(1, START, 0)]))
        assert found.to_pandas().to_dict("records") == [
            {
                "interval": "2026-03-10",
                "new": 1,
                "returning": 0,
                "resurrecting": 0,
                "dormant": 0,
                "is_over": False,
            }
        ]
        assert found.to_arrow().num_rows == 1

    @pytest.mark.parametrize(
        ("change", "where"), [({"of": "x"}, "of"), ({"unit": "x"}, "unit"), ({"zone": "x"}, "zone")]
    )
    def test_refuses_what_cannot_be(self, change, where):
        for ask in (lifecycle, stickiness):
            with pytest.raises(BadInput) as refused:
                ask(sequences([Happened(1, START, 0)]), **change)
            assert refused.value.where == where

    @pytest.mark.parametrize("cell", [(1, "new"), (-1, "new"), (0, "old")])
    def test_refuses_a_cell_that_is_not_there(self, cell):
        with pytest.raises(BadInput):
            lifecycle(sequences([Happened(1, START, 0)])).people(*cell)


class TestStickiness:
    @given(events=EVENTS, bounds=BOUNDS, of=OF)
    def test_equals_brute_force_and_its_people(self, events, bounds, of):
        filters = Filters(from_us=bounds[0], to_us=bounds[1])
        found = stickiness(sequences(events), filters, of=of)
        low = min((e.time for e in events), default=0) if bounds[0] is None else bounds[0]
        high = max((e.time for e in events), default=low) if bounds[1] is None else bounds[1] - 1
        days, _ = active_days(
            [e for e in events if (bounds[0] or e.time) <= e.time < (bounds[1] or e.time + 1)], of
        )
        if events:
            assert found.of_intervals == max(1, (high - START) // DAY - (low - START) // DAY + 1)
        everyone = set().union(*days.values())
        for bar in found.bars:
            people = {w for w in everyone if sum(w in d for d in days.values()) == bar.intervals}
            assert bar.people == len(people)
            assert {p.person for p in found.people(bar.intervals).people} == people
        assert found.people_active == len(everyone) == sum(b.people for b in found.bars)

    def test_refuses_a_bar_that_is_not_there(self):
        with pytest.raises(BadInput):
            stickiness(sequences([Happened(1, START, 0)])).people(2)

    def test_shows_as_tables(self):
        found = stickiness(sequences([Happened(1, START, 0)]))
        assert found.to_pandas().to_dict("records") == [{"intervals": 1, "people": 1}]
        assert found.to_arrow().num_rows == 1
