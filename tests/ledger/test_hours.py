from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hamsafar.kernel.errors import BadInput
from hamsafar.ledger.hours import MINUTE_US, checked, open_time
from hamsafar.ledger.types import WEEKDAYS, WorkingHours

ZONES = (
    "Asia/Tehran",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "UTC",
)
"""Lord Howe changes its clock by half an hour; Tehran did so until 2022."""
CHANGES = tuple(
    int(datetime(*day, tzinfo=UTC).timestamp()) // 60
    for day in (
        (2021, 3, 21),
        (2021, 9, 21),
        (2026, 3, 28),
        (2026, 10, 24),
        (2026, 4, 4),
        (2026, 3, 7),
    )
)
"""Minutes since 1970 shortly before clocks change somewhere."""

TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
SPANS = st.lists(st.tuples(TIMES, TIMES), max_size=2).map(tuple)
WEEKS = st.dictionaries(st.sampled_from(WEEKDAYS), SPANS)


def is_open(hours: WorkingHours, minute: int) -> bool:
    """Ask the local clock of one minute, the slow and obvious way."""
    clock = datetime.fromtimestamp(minute * 60, UTC).astimezone(ZoneInfo(hours.zone))
    now = clock.hour * 60 + clock.minute
    for days, begun in ((clock.date(), 0), (clock.date() - timedelta(days=1), 1440)):
        if days.isoformat() in hours.closed:
            continue
        for first, last in hours.week.get(WEEKDAYS[days.weekday()], ()):
            a, b = (int(t[:2]) * 60 + int(t[3:]) for t in (first, last))
            if a <= now + begun < (b if b > a else b + 1440):
                return True
    return False


def iso(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


TEHRAN = WorkingHours(
    id="call",
    zone="Asia/Tehran",
    week=dict.fromkeys(
        ("saturday", "sunday", "monday", "tuesday", "wednesday"), (("08:00", "16:00"),)
    ),
    country="IR",
)


class TestOpenTime:
    @settings(max_examples=60, deadline=None)
    @given(
        st.sampled_from(ZONES),
        WEEKS,
        st.sampled_from(CHANGES),
        st.integers(0, 1200),
        st.integers(0, 2400),
        st.booleans(),
    )
    def test_equals_the_count_of_open_minutes(self, zone, week, near, later, length, closes):
        first = near + later
        day = datetime.fromtimestamp(first * 60, UTC).date().isoformat()
        hours = WorkingHours(id="x", zone=zone, week=week, closed=(day,) if closes else ())
        last = first + length
        slow = sum(is_open(hours, minute) for minute in range(first, last))
        a, b = first * MINUTE_US, last * MINUTE_US
        found = open_time(hours, a, b).between(np.array([a]), np.array([b]))
        assert found[0] == slow * MINUTE_US

    def test_the_iranian_weekend_and_new_year_are_closed(self):
        hours = open_time(TEHRAN, iso("2026-03-01T00:00Z"), iso("2026-12-10T00:00Z"))

        def worked(first: str, last: str) -> float:
            return hours.between(np.array([iso(first)]), np.array([iso(last)]))[0] / 3.6e9

        assert worked("2026-11-18T15:00+03:30", "2026-11-21T09:00+03:30") == 2.0
        assert worked("2026-03-20T00:00+03:30", "2026-03-25T00:00+03:30") == 0.0

    def test_a_shift_over_midnight_belongs_to_the_day_it_began(self):
        hours = WorkingHours(id="n", zone="UTC", week={"monday": (("22:00", "06:00"),)})
        a, b = iso("2026-11-24T05:00Z"), iso("2026-11-24T07:00Z")
        assert open_time(hours, a, b).between(np.array([a]), np.array([b]))[0] == 3.6e9

    def test_without_any_hours_nothing_is_open(self):
        hours = WorkingHours(id="n", zone="UTC")
        assert open_time(hours, 0, 10**12).until(np.array([5, 10**12])).tolist() == [0, 0]


class TestChecked:
    @pytest.mark.parametrize(
        ("more", "where"),
        [
            ({"id": "No"}, "id"),
            ({"zone": "Mars/Base"}, "zone"),
            ({"zone": "../etc/passwd"}, "zone"),
            ({"week": {"someday": ()}}, "week.someday"),
            ({"week": {"monday": (("9", "17:00"),)}}, "week.monday[0]"),
            ({"week": {"monday": (("24:00", "01:00"),)}}, "week.monday[0]"),
            ({"closed": ("yesterday",)}, "closed[0]"),
            ({"country": "XX"}, "country"),
            ({"respond_s": 0}, "respond_s"),
        ],
    )
    def test_refuses_what_cannot_be_and_names_the_field(self, more, where):
        with pytest.raises(BadInput) as caught:
            checked(WorkingHours(**{"id": "x", "zone": "UTC", **more}))
        assert caught.value.where == where

    def test_dates_may_be_written_in_either_calendar(self):
        hours = checked(
            WorkingHours(
                id="x", zone="UTC", week={"monday": (("00:00", "24:00"),)}, closed=("۱۴۰۵/۰۹/۰۲",)
            )
        )
        assert date(2026, 11, 23).weekday() == 0
        a, b = iso("2026-11-23T00:00Z"), iso("2026-11-24T00:00Z")
        assert open_time(hours, a, b).between(np.array([a]), np.array([b]))[0] == 0
