"""Intervals are those of the wall calendar, where clocks change and years are Jalali."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import jdatetime
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.journeys.intervals import Clockface, Unit, intervals_between
from hamsafar.kernel.errors import BadInput
from hamsafar.lang.calendar import WeekStart

ZONES = ("UTC", "Asia/Tehran", "America/Sao_Paulo", "Europe/Berlin", "Australia/Lord_Howe")


def us(*when: int, zone: str = "UTC") -> int:
    return int(datetime(*when, tzinfo=ZoneInfo(zone)).timestamp() * 1e6)


class TestIntervals:
    @given(
        moment=st.integers(us(1975, 1, 1), us(2040, 1, 1)),
        zone=st.sampled_from(ZONES),
        unit=st.sampled_from(list(Unit)),
        start=st.sampled_from(list(WeekStart)),
    )
    def test_hold_the_moment_they_were_made_for(self, moment, zone, unit, start):
        face = Clockface(unit=unit, zone=zone, week_start=start)
        found = intervals_between(face, moment, moment, before=1, after=1)
        assert len(found) == 3
        assert found.edges[1] <= moment < found.edges[2]
        assert (np.diff(found.edges) > 0).all()
        local = [datetime.fromtimestamp(e / 1e6, ZoneInfo(zone)) for e in found.edges.tolist()]
        before = [datetime.fromtimestamp(e / 1e6 - 1, ZoneInfo(zone)) for e in found.edges.tolist()]
        for begins, ended in zip(local, before, strict=True):
            assert ended.date() < begins.date()
            match unit:
                case Unit.WEEK:
                    assert begins.strftime("%A").lower() == start
                case Unit.MONTH:
                    assert begins.day == 1
                case Unit.JALALI_MONTH:
                    assert jdatetime.date.fromgregorian(date=begins.date()).day == 1

    def test_a_day_is_23_or_25_hours_long_when_clocks_change(self):
        face = Clockface(zone="Europe/Berlin")
        spring = intervals_between(face, us(2026, 3, 28, 12), us(2026, 3, 30, 12))
        autumn = intervals_between(face, us(2026, 10, 24, 12), us(2026, 10, 26, 12))
        hours = [(np.diff(i.edges) / 3.6e9).tolist() for i in (spring, autumn)]
        assert hours == [[24, 23, 24], [24, 25, 24]]

    def test_a_day_without_midnight_begins_when_clocks_have_changed(self):
        face = Clockface(zone="Asia/Tehran")
        found = intervals_between(face, us(2020, 3, 20, 12), us(2020, 3, 22, 12))
        begins = datetime.fromtimestamp(int(found.edges[1]) / 1e6, ZoneInfo("Asia/Tehran"))
        assert (begins.date(), begins.hour) == (date(2020, 3, 21), 1)
        assert (np.diff(found.edges) / 3.6e9).tolist() == [24, 23, 24]

    def test_name_jalali_months(self):
        face = Clockface(unit=Unit.JALALI_MONTH, zone="Asia/Tehran")
        found = intervals_between(face, us(2026, 2, 1), us(2026, 4, 1))
        assert found.labels == ("1404-11", "1404-12", "1405-01")
        first = datetime.fromtimestamp(int(found.edges[2]) / 1e6, ZoneInfo("Asia/Tehran"))
        assert first == datetime(2026, 3, 21, tzinfo=ZoneInfo("Asia/Tehran"))

    def test_name_weeks_by_their_first_day(self):
        found = intervals_between(Clockface(unit=Unit.WEEK), us(2026, 11, 23), us(2026, 11, 23))
        assert found.labels == ("2026-11-21",)

    def test_before_and_after_are_added(self):
        day = us(2026, 1, 2)
        found = intervals_between(
            Clockface(),
            day,
            day + int(timedelta(days=2) / timedelta(microseconds=1)),
            before=2,
            after=3,
        )
        assert found.labels[0] == "2025-12-31"
        assert found.labels[-1] == "2026-01-07"

    @pytest.mark.parametrize("bounds", [(0, 10**18 // 2), (-(10**18) // 10, 0), (0, 10**17 * 2)])
    def test_refuses_more_than_anybody_reads(self, bounds):
        with pytest.raises(BadInput):
            intervals_between(Clockface(), *bounds)
