import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.lang.calendar import (
    Calendar,
    WeekStart,
    civil_date,
    format_date,
    holidays,
    month_of,
    month_range,
    parse_date,
    to_jalali,
    week_of,
)
from hamsafar.lang.errors import NoSuchDay, UnknownCountry

DAYS = st.dates(date(1800, 1, 1), date(2200, 12, 31))


class TestJalali:
    @pytest.mark.parametrize(
        ("gregorian", "jalali"),
        [
            (date(2026, 11, 23), (1405, 9, 2)),
            (date(2026, 3, 21), (1405, 1, 1)),
            (date(2025, 3, 20), (1403, 12, 30)),
            (date(1979, 2, 11), (1357, 11, 22)),
        ],
    )
    def test_known_days(self, gregorian, jalali):
        assert to_jalali(gregorian) == jalali
        assert civil_date(Calendar.JALALI, *jalali) == gregorian

    @given(DAYS)
    def test_the_way_back_leads_home(self, on):
        assert civil_date(Calendar.JALALI, *to_jalali(on)) == on

    def test_a_day_that_never_was_is_refused(self):
        with pytest.raises(NoSuchDay, match="1404/12/30"):
            civil_date(Calendar.JALALI, 1404, 12, 30)


class TestParse:
    @pytest.mark.parametrize(
        "text", ["1405/09/02", "۱۴۰۵/۹/۲", "١٤٠٥-٩-٢", "1405.9.2", " ۱۴۰۵ ۰۹ ۰۲ ", "2026-11-23"]
    )
    def test_reads_all_digits_and_both_calendars(self, text):
        assert parse_date(text) == date(2026, 11, 23)

    @given(DAYS, st.sampled_from(Calendar), st.booleans())
    def test_reads_what_format_writes(self, on, calendar, persian_digits):
        text = format_date(on, calendar, persian_digits=persian_digits)
        assert parse_date(text, calendar) == on

    @pytest.mark.parametrize(
        "text", ["", "دیروز", "1405/13/01", "1405/9-2", "0000/1/1", "2026-02-30"]
    )
    def test_what_is_no_date_is_refused(self, text):
        with pytest.raises(NoSuchDay):
            parse_date(text)


class TestWeek:
    @given(DAYS, st.sampled_from(WeekStart))
    def test_has_seven_days_around_the_date_and_starts_on_its_day(self, on, start):
        first, last = week_of(on, start)
        assert first <= on <= last
        assert last - first == timedelta(days=6)
        assert f"{first:%A}".lower() == start


class TestMonth:
    @given(DAYS, st.sampled_from(Calendar))
    def test_months_follow_each_other_without_a_gap(self, on, calendar):
        first, last = month_of(on, calendar)
        assert first <= on <= last
        assert month_of(last + timedelta(days=1), calendar)[0] == last + timedelta(days=1)

    def test_esfand_of_a_leap_year_has_thirty_days(self):
        first, last = month_range(1403, 12, Calendar.JALALI)
        assert (last - first).days == 29


class TestHolidays:
    def test_knows_nowruz(self):
        found = holidays("IR", date(2026, 3, 20), date(2026, 4, 3))
        assert date(2026, 3, 21) in [holiday.on for holiday in found]
        assert all(date(2026, 3, 20) <= holiday.on <= date(2026, 4, 3) for holiday in found)

    def test_spans_years_in_order(self):
        found = [holiday.on for holiday in holidays("de", date(2025, 12, 1), date(2026, 1, 31))]
        assert found == [date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1)]

    def test_an_unknown_country_is_refused(self):
        with pytest.raises(UnknownCountry) as caught:
            holidays("XX", date(2026, 1, 1), date(2026, 1, 2))
        assert caught.value.where == "country"

    def test_the_big_library_is_not_loaded_at_import(self):
        code = "import sys, hamsafar.lang.calendar; assert 'holidays' not in sys.modules"
        subprocess.run([sys.executable, "-c", code], check=True)
