import time

from hamsafar.kernel.clock import DAY_US, FixedClock, SystemClock


class TestClock:
    def test_the_system_clock_gives_microseconds(self):
        assert abs(SystemClock().now_us() - time.time_ns() // 1000) < DAY_US

    def test_a_fixed_clock_moves_only_when_moved(self):
        clock = FixedClock(5)
        clock.move(3)
        assert (clock.now_us(), clock.now_us()) == (8, 8)
