from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hamsafar.collect.rate import Rate


class TestWait:
    def test_a_burst_of_twice_the_rate_passes_at_once(self) -> None:
        rate = Rate(per_second=5.0)
        assert [rate.wait_s("k", now_s=1.0) for _ in range(10)] == [0] * 10
        assert rate.wait_s("k", now_s=1.0) == 1

    def test_names_do_not_share(self) -> None:
        rate = Rate(per_second=0.5)
        assert rate.wait_s("a", now_s=0.0) == 0
        assert rate.wait_s("a", now_s=0.0) == 2
        assert rate.wait_s("b", now_s=0.0) == 0

    def test_after_the_told_wait_it_passes(self) -> None:
        rate = Rate(per_second=0.3)
        while not (wait := rate.wait_s("k", now_s=0.0)):
            pass
        assert rate.wait_s("k", now_s=float(wait)) == 0

    def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing(self) -> None:
        rate = Rate(per_second=1.0)
        assert [rate.wait_s("k", now_s=s) for s in (10.0, 5.0, 5.0)] == [0, 0, 1]

    def test_a_cost_is_spent_whole_or_not_at_all(self) -> None:
        rate = Rate(per_second=10.0)
        assert rate.wait_s("k", now_s=0.0, cost=15.0) == 0
        assert rate.wait_s("k", now_s=0.0, cost=15.0) == 1
        assert rate.wait_s("k", now_s=0.0, cost=5.0) == 0

    def test_many_names_do_not_grow_for_ever(self) -> None:
        rate = Rate(per_second=100.0)
        for n in range(60_000):
            rate.wait_s(str(n), now_s=n * 0.01)
        assert len(rate._buckets) <= 20_001

    @given(st.lists(st.floats(0, 0.5), min_size=50, max_size=300))
    def test_over_any_time_no_more_than_rate_and_burst_pass(self, gaps: list[float]) -> None:
        rate = Rate(per_second=4.0)
        now, passed = 0.0, 0
        for gap in gaps:
            now += gap
            passed += rate.wait_s("k", now_s=now) == 0
        assert passed <= 8 + 4.0 * now + 1e-6
