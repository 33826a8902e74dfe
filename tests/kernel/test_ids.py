import time
import uuid

from hypothesis import given
from hypothesis import strategies as st

from hamsafar.kernel.ids import digest128, uuid7, uuid7_at

MOMENTS = st.integers(min_value=0, max_value=(1 << 48) * 1000 - 1)


class TestUuid7:
    def test_is_a_valid_version_7_of_now(self):
        before = time.time_ns() // 1_000_000
        made = uuid.UUID(uuid7())
        assert (made.version, made.variant) == (7, uuid.RFC_4122)
        assert before <= made.int >> 80 <= time.time_ns() // 1_000_000

    def test_ten_thousand_are_distinct(self):
        assert len({uuid7() for _ in range(10_000)}) == 10_000

    @given(MOMENTS, MOMENTS)
    def test_sorts_by_its_moment_to_the_microsecond(self, a, b):
        if a == b:
            return
        assert (uuid7_at(a)[:18] < uuid7_at(b)[:18]) == (a < b)

    @given(MOMENTS)
    def test_carries_its_millisecond(self, us):
        assert uuid.UUID(uuid7_at(us)).int >> 80 == us // 1000


class TestDigest128:
    @given(st.lists(st.text() | st.binary()), st.lists(st.text() | st.binary()))
    def test_differs_for_different_parts(self, a, b):
        def data(parts):
            return [p.encode("utf-8", "surrogatepass") if isinstance(p, str) else p for p in parts]

        assert (digest128(*a) == digest128(*b)) == (data(a) == data(b))

    def test_takes_lone_surrogates(self):
        assert len(digest128("\ud800")) == 16

    def test_stays_the_same_for_ever(self):
        assert digest128("email", "sara@example.com").hex() == "97600f56822f625a9961d26e15a59b24"
