"""Retention equals counting by hand, in any calendar, for the mature only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import jdatetime
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journeys import NAMES, Happened, in_chunks, paths, sequences

from hamsafar.journeys import EVERYTHING, Filters, Threads, retention
from hamsafar.journeys.intervals import Clockface, Unit, intervals_between
from hamsafar.kernel.errors import BadInput
from hamsafar.lang.calendar import WeekStart
from hamsafar.storage.types import Flag

HOUR = 3_600_000_000
DAY = 24 * HOUR
NOON = int(datetime(2026, 3, 10, 12, tzinfo=UTC).timestamp() * 1e6)

EVENTS = st.lists(
    st.builds(
        Happened,
        person=st.integers(0, 6),
        time=st.integers(0, 40 * 24).map(lambda h: NOON + h * HOUR),
        code=st.integers(0, 3),
        channel=st.integers(0, 2),
        flags=st.sampled_from([0, 0, 0, Flag.TECHNICAL]),
    ),
    max_size=50,
)
RULES = st.fixed_dictionaries({
    "unit": st.sampled_from(["day", "week"]),
    "periods": st.integers(1, 6),
    "mode": st.sampled_from(["calendar", "rolling"]),
    "cohort": st.sampled_from(["first_time", "recurring"]),
    "counting": st.sampled_from(["on", "on_or_after"]),
    "zone": st.sampled_from(["UTC", "Asia/Tehran", "America/New_York"]),
    "week_start": st.sampled_from(list(WeekStart)),
})
AS_OF = st.none() | st.integers(0, 50 * 24).map(lambda h: NOON + h * HOUR + 1)
RANGES = st.sampled_from([(None, None), (NOON + 5 * DAY, None), (NOON + 3 * DAY, NOON + 20 * DAY)])


def interval_of(at: int, rules) -> str:
    """The label of the interval a moment lies in, by wall clock."""
    day = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(
        ZoneInfo(rules["zone"])
    )
    on = day.date()
    match rules["unit"]:
        case "week":
            first = {"monday": 0, "saturday": 5, "sunday": 6}[rules["week_start"]]
            on -= timedelta(days=(on.weekday() - first) % 7)
        case "month":
            return f"{on:%Y-%m}"
        case "jalali_month":
            return jdatetime.date.fromgregorian(date=on).strftime("%Y-%m")
    return on.isoformat()


def by_hand(events, rules, found, *, as_of):
    """{(cohort label, period): (of, did, early)} the slow way; labels in order from `found`."""
    labels = [c.label for c in found.cohorts]
    table = {(c, p): [set(), set(), set()] for c in labels for p in range(rules["periods"] + 1)}
    later = list(
        intervals_between(
            Clockface(
                unit=Unit(rules["unit"]),
                zone=rules["zone"],
                week_start=WeekStart(rules["week_start"]),
            ),
            found.cohorts[0].start_us,
            found.cohorts[-1].start_us,
            after=rules["periods"],
        ).labels
    )
    ends = {}
    last_label = interval_of(as_of, rules)
    for place, label in enumerate(later):
        ends[label] = label < last_label if label in later else None
        assert place == later.index(label)
    length = DAY * (7 if rules["unit"] == "week" else 1)
    filters = Filters(to_us=as_of) if as_of else EVERYTHING
    for who, path in paths(events, filters).items():
        firsts = [e.time for e in path if e.code == 0]
        agains = [e.time for e in path if e.code == 1]
        entries = {}
        for at in firsts[:1] if rules["cohort"] == "first_time" else firsts:
            entries.setdefault(interval_of(at, rules), at)
        for cohort, at in entries.items():
            if cohort not in labels:
                continue
            for period in range(rules["periods"] + 1):
                if rules["mode"] == "rolling":
                    begins, stops = at + period * length, at + (period + 1) * length
                    came = [t for t in agains if begins <= t < stops]
                    later_on = [t for t in agains if t >= begins]
                    is_over = stops <= as_of
                else:
                    wanted = later[labels.index(cohort) + period]
                    came = [t for t in agains if interval_of(t, rules) == wanted]
                    later_on = [t for t in agains if interval_of(t, rules) >= wanted]
                    is_over = wanted < last_label
                did = bool(later_on if rules["counting"] == "on_or_after" else came) or period == 0
                of, who_did, early = table[cohort, period]
                if period == 0 or is_over:
                    of.add(who)
                    if did:
                        who_did.add(who)
                elif did:
                    early.add(who)
    return table


class TestRetention:
    @given(events=EVENTS, rules=RULES, as_of=AS_OF, bounds=RANGES)
    def test_equals_brute_force(self, events, rules, as_of, bounds):
        filters = Filters(from_us=bounds[0], to_us=bounds[1])
        s = sequences(events)
        found = retention(s, filters, first="home", again="search", as_of_us=as_of, **rules)
        known = max((e.time for e in events), default=0) + 1 if as_of is None else as_of
        expected = by_hand(events, rules, found, as_of=known)
        for place, cohort in enumerate(found.cohorts):
            for cell in cohort.cells:
                of, did, early = expected[cohort.label, cell.period]
                assert (cell.of, cell.count, cell.early) == (len(of), len(did), len(early))
                assert cell.open == cohort.size - cell.of
                behind = found.people(cell.period, place)
                assert {p.person for p in behind.people} == did
                assert behind.count == cell.count

    @given(events=EVENTS, rules=RULES)
    def test_reconciles_totals_with_cohorts_and_people(self, events, rules):
        found = retention(sequences(events), first="home", **rules)
        for period, cell in enumerate(found.total):
            parts = [c.cells[period] for c in found.cohorts]
            assert cell.count == sum(p.count for p in parts) == found.people(period).count
            assert cell.of + cell.open == found.size
        assert found.total[0].share == 1 or found.size == 0

    @given(
        events=EVENTS,
        rules=RULES,
        pieces=st.integers(1, 3),
        moved=st.frozensets(st.integers(0, 6)),
    )
    def test_is_the_same_over_chunks_with_skipped_people(self, events, rules, pieces, moved):
        whole = retention(sequences(events), first="home", again="cart", **rules)
        cut = retention(in_chunks(events, pieces, moved), first="home", again="cart", **rules)
        assert cut == whole

    @given(events=EVENTS, rules=RULES, random=st.randoms())
    def test_does_not_depend_on_the_order_of_input(self, events, rules, random):
        shuffled = random.sample(events, len(events))
        one = retention(sequences(events), first="home", again="search", **rules)
        assert retention(sequences(shuffled), first="home", again="search", **rules) == one

    @given(events=EVENTS, rules=RULES, weeks=st.integers(-300, 300))
    def test_shifts_with_time_in_whole_weeks(self, events, rules, weeks):
        rules = {**rules, "zone": "UTC"}
        moved = [replace(e, time=e.time + weeks * 7 * DAY) for e in events]
        before = retention(sequences(events), first="home", again="search", **rules)
        after = retention(sequences(moved), first="home", again="search", **rules)
        assert after.total == before.total
        assert [c.cells for c in after.cohorts] == [c.cells for c in before.cohorts]

    @given(events=EVENTS, rules=RULES)
    def test_an_unrelated_person_adds_only_themselves(self, events, rules):
        one = [*events, Happened(50, NOON, 3), Happened(50, NOON + 39 * DAY, 3)]
        two = [*one, Happened(51, NOON + DAY, 0)]
        before = retention(sequences(one), first="home", again="search", **rules)
        after = retention(sequences(two), first="home", again="search", **rules)
        assert after.size == before.size + 1
        assert [c.count for c in after.total[1:]] == [c.count for c in before.total[1:]]

    @pytest.mark.parametrize("unit", ["month", "jalali_month"])
    def test_counts_months(self, unit):
        random = np.random.default_rng(3)
        events = [
            Happened(int(p), NOON + int(t) * HOUR, int(c))
            for p, t, c in zip(
                random.integers(0, 9, 300),
                random.integers(0, 24 * 400, 300),
                random.integers(0, 2, 300),
                strict=True,
            )
        ]
        rules = {
            "unit": unit,
            "periods": 4,
            "mode": "calendar",
            "cohort": "recurring",
            "counting": "on",
            "zone": "Asia/Tehran",
            "week_start": "saturday",
        }
        found = retention(sequences(events), first="home", again="search", **rules)
        known = max(e.time for e in events) + 1
        expected = by_hand(events, rules, found, as_of=known)
        got = {
            (c.label, cell.period): (cell.of, cell.count, cell.early)
            for c in found.cohorts
            for cell in c.cells
        }
        assert got == {k: tuple(map(len, v)) for k, v in expected.items()}
        assert len(found.cohorts) > 12

    def test_first_time_is_decided_by_the_whole_history(self):
        events = [
            Happened(1, NOON, 0),
            Happened(1, NOON + 9 * DAY, 0),
            Happened(2, NOON + 9 * DAY, 0),
        ]
        late = Filters(from_us=NOON + 8 * DAY)
        assert retention(sequences(events), late, first="home", unit="day").size == 1
        again = retention(sequences(events), late, first="home", unit="day", cohort="recurring")
        assert again.size == 2

    def test_a_person_whose_period_is_not_over_is_open(self):
        events = [Happened(1, NOON, 0), Happened(2, NOON + DAY, 0), Happened(2, NOON + 2 * DAY, 1)]
        found = retention(
            sequences(events), first="home", again="search", unit="day", mode="rolling", periods=1
        )
        cell = found.total[1]
        assert (cell.of, cell.count, cell.open, cell.early) == (1, 0, 1, 1)
        assert not cell.is_mature

    def test_is_the_same_on_two_threads(self):
        random = np.random.default_rng(4)
        n = 500_000
        events = sequences([])
        big = type(events).from_arrays(
            person=random.integers(0, 40_000, n),
            time_us=NOON + random.integers(0, 60 * 24, n) * HOUR,
            code=random.integers(0, 4, n),
            names=NAMES,
        )
        two = retention(big, first="home", again="search", compute=Threads(2))
        assert two == retention(big, first="home", again="search", compute=Threads(1))

    def test_shows_as_tables(self):
        found = retention(sequences([Happened(1, NOON, 0)]), first="home", unit="day", periods=1)
        assert found.to_pandas().to_dict("records")[0] == {
            "cohort": "2026-03-10",
            "size": 1,
            "period": 0,
            "count": 1,
            "of": 1,
            "share": 1.0,
            "open": 0,
        }
        assert found.to_arrow().num_rows == 2

    def test_of_nothing_is_empty(self):
        found = retention(sequences([]), first="home")
        assert (found.size, found.total[1].of) == (0, 0)

    @pytest.mark.parametrize(
        ("change", "where"),
        [
            ({"first": "hom"}, "first"),
            ({"again": "hom"}, "again"),
            ({"unit": "year"}, "unit"),
            ({"unit": "month", "mode": "rolling"}, "unit"),
            ({"mode": "x"}, "mode"),
            ({"cohort": "x"}, "cohort"),
            ({"counting": "x"}, "counting"),
            ({"periods": 0}, "periods"),
            ({"zone": "Asia/Nowhere"}, "zone"),
            ({"week_start": "friday"}, "week_start"),
        ],
    )
    def test_refuses_what_cannot_be(self, change, where):
        with pytest.raises(BadInput) as refused:
            retention(sequences([Happened(1, 0, 0)]), **{"first": "home", **change})
        assert refused.value.where == where

    def test_refuses_a_cell_that_is_not_there(self):
        found = retention(sequences([Happened(1, NOON, 0)]), first="home", unit="day")
        for cell in ((9, None), (0, 1), (-1, 0)):
            with pytest.raises(BadInput):
                found.people(*cell)
