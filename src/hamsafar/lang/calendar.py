"""Dates in the Jalali and the Gregorian calendar, weeks, months and public holidays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib import import_module

import jdatetime

from hamsafar.lang.digits import to_latin, to_persian
from hamsafar.lang.errors import NoSuchDay, UnknownCountry


class Calendar(StrEnum):
    """How a date is written."""

    JALALI = "jalali"
    GREGORIAN = "gregorian"


class WeekStart(StrEnum):
    """The first day of a week."""

    SATURDAY = "saturday"
    SUNDAY = "sunday"
    MONDAY = "monday"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday."""

    on: date
    name: str


_FIRST_WEEKDAY = {WeekStart.MONDAY: 0, WeekStart.SATURDAY: 5, WeekStart.SUNDAY: 6}
_WRITTEN = re.compile(r"(\d{4})([-/.\s])(\d{1,2})\2(\d{1,2})")
_MONTHS = 12
_LAST_JALALI_YEAR = 1700
"""No date people write lies in a Gregorian year before this, or a Jalali one after."""

JALALI_MONTHS = (
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
)


def to_jalali(on: date) -> tuple[int, int, int]:
    """Return (year, month, day) of a date in the Jalali calendar.

    >>> to_jalali(date(2026, 11, 23))
    (1405, 9, 2)
    """
    jalali = jdatetime.date.fromgregorian(date=on)
    return jalali.year, jalali.month, jalali.day


def civil_date(calendar: Calendar, year: int, month: int, day: int) -> date:
    """Return the date these numbers name in a calendar.

    Raises:
        NoSuchDay: there is no such day.
    """
    try:
        if calendar is Calendar.GREGORIAN:
            return date(year, month, day)
        found: date = jdatetime.date(year, month, day).togregorian()
    except (ValueError, OverflowError):
        raise NoSuchDay(
            f"there is no day {year}/{month}/{day} in the {calendar} calendar"
        ) from None
    return found


def parse_date(text: str, calendar: Calendar | None = None) -> date:
    """Return the date written as year, month, day, with `/`, `-`, `.` or spaces between.

    Digits may be Persian, Arabic or Latin. Without `calendar` the year tells which one is meant.

    >>> parse_date("۱۴۰۵/۹/۲").isoformat()
    '2026-11-23'

    Raises:
        NoSuchDay: not a date.
    """
    match = _WRITTEN.fullmatch(to_latin(text).strip())
    if match is None:
        raise NoSuchDay(f"{text!r} is not a date such as 2026-11-23 or ۱۴۰۵/۰۹/۰۲")
    year = int(match[1])
    guess = Calendar.JALALI if year < _LAST_JALALI_YEAR else Calendar.GREGORIAN
    return civil_date(calendar or guess, year, int(match[3]), int(match[4]))


def format_date(on: date, calendar: Calendar, *, persian_digits: bool = False) -> str:
    """Return the date as `1405/09/02` (Jalali) or `2026-11-23` (Gregorian).

    >>> format_date(date(2026, 11, 23), Calendar.JALALI, persian_digits=True)
    '۱۴۰۵/۰۹/۰۲'
    """
    if calendar is Calendar.GREGORIAN:
        text = on.isoformat()
    else:
        year, month, day = to_jalali(on)
        text = f"{year:04}/{month:02}/{day:02}"
    return to_persian(text) if persian_digits else text


def week_of(on: date, start: WeekStart) -> tuple[date, date]:
    """Return the first and the last day of the week this date lies in.

    >>> [day.isoformat() for day in week_of(date(2026, 11, 23), WeekStart.SATURDAY)]
    ['2026-11-21', '2026-11-27']
    """
    first = on - timedelta(days=(on.weekday() - _FIRST_WEEKDAY[start]) % 7)
    return first, first + timedelta(days=6)


def month_of(on: date, calendar: Calendar) -> tuple[date, date]:
    """Return the first and the last day of the month this date lies in."""
    year, month, _ = to_jalali(on) if calendar is Calendar.JALALI else (on.year, on.month, on.day)
    return month_range(year, month, calendar)


def month_range(year: int, month: int, calendar: Calendar) -> tuple[date, date]:
    """Return the first and the last day of a month.

    >>> [day.isoformat() for day in month_range(1405, 12, Calendar.JALALI)]
    ['2027-02-20', '2027-03-20']

    Raises:
        NoSuchDay: there is no such month.
    """
    first = civil_date(calendar, year, month, 1)
    following = (year + 1, 1) if month == _MONTHS else (year, month + 1)
    return first, civil_date(calendar, *following, 1) - timedelta(days=1)


def holidays(country: str, first: date, last: date) -> tuple[Holiday, ...]:
    """Return the public holidays of a country from `first` to `last`, both included, in order.

    Weekly days off are not among them. Iranian names are in Persian.

    Raises:
        UnknownCountry: a country (ISO 3166, two letters) we have no calendar of.
    """
    found = [
        holiday
        for year in range(first.year, last.year + 1)
        for holiday in _holidays_of_year(country.upper(), year)
        if first <= holiday.on <= last
    ]
    return tuple(found)


@lru_cache(maxsize=256)
def _holidays_of_year(country: str, year: int) -> tuple[Holiday, ...]:
    # Loaded on first use: importing it costs 200 ms.
    library = import_module("holidays")
    try:
        days = library.country_holidays(country, years=year, expand=False)
    except NotImplementedError:
        raise UnknownCountry(country) from None
    return tuple(Holiday(on, str(days[on])) for on in sorted(days))
