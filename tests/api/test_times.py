import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.api.times import iso, iso_or_none, moment
from hamsafar.api.vitals import Kept
from hamsafar.kernel.clock import FixedClock
from hamsafar.kernel.errors import BadInput

MILLISECONDS = st.integers(0, 4_000_000_000_000)


class TestTimes:
    @given(MILLISECONDS)
    def test_come_back_to_the_millisecond(self, ms):
        assert moment(iso(ms * 1000), "at") == ms * 1000

    @pytest.mark.parametrize(
        ("text", "us"),
        [
            ("", None),
            ("2026-11-23", 1_795_392_000_000_000),
            ("2026-11-23T10:00:00Z", 1_795_428_000_000_000),
            ("2026-11-23T13:30:00+03:30", 1_795_428_000_000_000),
            ("2026-11-23T13:30:00 03:30", 1_795_428_000_000_000),
        ],
    )
    def test_are_read_with_their_zone(self, text, us):
        assert moment(text, "from") == us

    @pytest.mark.parametrize("text", ["x", "2026-11-23T10:00:00"])
    def test_others_are_refused(self, text):
        with pytest.raises(BadInput) as caught:
            moment(text, "from")
        assert caught.value.where == "from"

    @given(st.integers(-(2**63), 2**63 - 1))
    def test_beyond_the_calendar_is_told_as_its_edge(self, us):
        assert len(iso(us)) == len("2026-11-23T10:00:00.000Z")

    def test_none_stays_none(self):
        assert (iso_or_none(None), iso_or_none(0)) == (None, "1970-01-01T00:00:00.000Z")


class TestKept:
    def test_is_computed_again_only_when_it_is_old(self):
        clock, calls = FixedClock(0), []
        kept = Kept(lambda: calls.append(1) or len(calls), 10, clock.now_us)
        assert [kept.get(), kept.get()] == [1, 1]
        clock.move(10)
        assert kept.get() == 2
