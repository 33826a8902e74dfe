"""Times of files: fast and slow ways agree, and nothing is taken for a time by mistake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.collect.importing.moments import (
    Timing,
    Writing,
    decide,
    iso,
    moment_of,
    moments,
    plain_iso,
)

TEHRAN = Timing(Writing.ISO, "Asia/Tehran", naive=True)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DATES = st.datetimes(datetime.fromisoformat("1901-01-01"), datetime.fromisoformat("2100-01-01"))


def us(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


class TestMoments:
    @given(DATES)
    def test_all_ways_agree_with_python(self, moment: datetime) -> None:
        text = moment.isoformat(sep=" ")
        expected = us(moment.replace(tzinfo=ZoneInfo("Asia/Tehran")))
        assert moments(pa.array([text]), TEHRAN).to_pylist() == [expected]
        assert moment_of(text, TEHRAN) == expected
        assert us(datetime.fromisoformat(plain_iso(text, "Asia/Tehran"))) == expected
        assert us(datetime.fromisoformat(iso(expected))) == expected

    def test_an_hour_the_clocks_skipped_is_read_the_same_whatever_stands_beside_it(self) -> None:
        skipped = "2021-03-22 00:30:00"
        alone = moments(pa.array([skipped]), TEHRAN).to_pylist()
        beside = moments(pa.array([skipped, "2021/03/22 09:00"]), TEHRAN).to_pylist()
        assert alone == beside[:1] == [us(datetime(2021, 3, 21, 21, tzinfo=UTC))]

    def test_one_odd_value_does_not_spoil_the_others(self) -> None:
        column = pa.array(["2024-03-13 10:00:00", "2024/03/13 10:00", "x", None])
        found = moments(column, TEHRAN).to_pylist()
        assert found[0] == found[1] == 1_710_311_400_000_000
        assert found[2:] == [None, None]

    def test_times_without_a_zone_are_none_where_no_zone_is_said(self) -> None:
        timing = Timing(Writing.ISO, "", naive=False)
        column = pa.array(["2024-03-13T10:00:00Z", "2024-03-13T10:00:00"])
        assert moments(column, timing).to_pylist() == [1_710_324_000_000_000, None]

    @pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
    def test_typed_times_need_no_reading(self, unit: str) -> None:
        moment = datetime(2024, 3, 13, 10, tzinfo=UTC)
        column = pa.array([moment], pa.timestamp(unit, "UTC"))
        assert moments(column, TEHRAN).to_pylist() == [us(moment)]
        naive = pa.array([moment.replace(tzinfo=None)], pa.timestamp(unit))
        assert moments(naive, TEHRAN).to_pylist() == [us(moment) - 12_600_000_000]

    @pytest.mark.parametrize("day", ["1402/12/30", "1403/13/01", "2024-02-30"])
    def test_days_that_do_not_exist_are_no_times(self, day: str) -> None:
        timing = Timing(Writing.JALALI if day[1] == "4" else Writing.ISO, "UTC", naive=True)
        assert moment_of(day, timing) is None


class TestDecide:
    @pytest.mark.parametrize(
        ("values", "writing"),
        [
            (["2024-03-13T10:00:00Z"], Writing.ISO),
            (["20240313", "20240314"], Writing.ISO),
            (["1403/01/01", "۱۴۰۳/۱۲/۲۹"], Writing.JALALI),
            (["1710325274"], Writing.SECONDS),
            (["1710325274000"], Writing.MILLISECONDS),
            (["31/12/2024", "01/02/2024"], Writing.DAY_FIRST),
            (["12/31/2024", "01/02/2024"], Writing.MONTH_FIRST),
        ],
    )
    def test_the_sample_decides(self, values: list[str], writing: Writing) -> None:
        found = decide(values, zone="UTC", column="t")
        assert found is not None
        assert found.writing is writing

    @pytest.mark.parametrize("values", [["12", "15"], ["3.5"], ["abc"], ["u_1"], [], [" "]])
    def test_other_things_are_no_times(self, values: list[str]) -> None:
        assert decide(values, zone="UTC", column="t") is None

    def test_zones_in_the_text_need_no_other(self) -> None:
        found = decide(["2024-03-13 10:00:00+03:30"], zone="", column="t")
        assert found is not None
        assert not found.naive


class TestEpochNumbers:
    def test_seconds_beside_milliseconds_are_not_guessed(self) -> None:
        assert decide(["1710311400", "1710311400000"], zone="", column="at") is None

    def test_nothing_and_never_do_not_matter(self) -> None:
        found = decide(["1710311400000", "0", "-1"], zone="", column="at")
        assert found is not None
        assert found.writing is Writing.MILLISECONDS
