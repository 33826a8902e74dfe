"""Times as clients write them, and as we write them back."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.collect.payload import Stored, to_wire
from hamsafar.collect.times import parse_time, time_text
from hamsafar.collect.wire import WireEvent
from hamsafar.kernel.clock import DAY_US

AD_1, AD_5000 = -719_162 * DAY_US, 1_107_000 * DAY_US


class TestWritingBack:
    @given(st.integers(AD_1, AD_5000))
    def test_what_we_write_is_read_as_the_same_moment(self, us: int) -> None:
        assert parse_time(time_text(us), "Asia/Tehran", "timestamp") == us

    @given(st.integers(1, AD_5000))
    def test_a_replayed_event_keeps_the_times_its_client_gave(self, us: int) -> None:
        stored = Stored(type="track", message_id="m", client_at=us, sent_at=us + 7)
        told = msgspec.json.decode(to_wire(stored, us + 3), type=WireEvent)
        read = [
            parse_time(value, "UTC", "time")
            for value in (told.originalTimestamp, told.timestamp, told.sentAt)
            if isinstance(value, str)
        ]
        assert read == [us, us + 3, us + 7]
