from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from support.access import NOW

from hamsafar.access.throttle import FREE_TRIES, FREE_TRIES_ADDRESS, Throttle
from hamsafar.kernel.clock import SECOND_US, FixedClock


def failed(throttle, times, account="sara", address="1.2.3.4"):
    for _ in range(times):
        throttle.failed(account, address)


class TestThrottle:
    def test_waiting_begins_after_five_and_doubles(self):
        throttle = Throttle(FixedClock(NOW))
        failed(throttle, FREE_TRIES - 1)
        assert throttle.wait("sara", "1.2.3.4") is None
        failed(throttle, 1)
        assert throttle.wait("sara", "1.2.3.4") == timedelta(seconds=30)
        failed(throttle, 1)
        assert throttle.wait("sara", "1.2.3.4") == timedelta(seconds=60)

    def test_the_person_elsewhere_is_not_locked_out(self):
        throttle = Throttle(FixedClock(NOW))
        failed(throttle, FREE_TRIES + 3)
        assert throttle.wait("sara", "5.6.7.8") is None

    def test_one_address_trying_many_accounts_waits(self):
        throttle = Throttle(FixedClock(NOW))
        for number in range(FREE_TRIES_ADDRESS):
            throttle.failed(f"account{number}", "1.2.3.4")
        assert throttle.wait("another", "1.2.3.4") is not None

    def test_time_and_success_forgive(self):
        clock = FixedClock(NOW)
        throttle = Throttle(clock)
        failed(throttle, FREE_TRIES)
        clock.move(31 * SECOND_US)
        assert throttle.wait("sara", "1.2.3.4") is None
        throttle.succeeded("sara", "1.2.3.4")
        failed(throttle, FREE_TRIES - 1)
        assert throttle.wait("sara", "1.2.3.4") is None

    @given(st.integers(0, 90))
    def test_nobody_waits_longer_than_a_quarter_of_an_hour(self, times):
        throttle = Throttle(FixedClock(NOW))
        failed(throttle, times)
        assert (throttle.wait("sara", "1.2.3.4") or timedelta(0)) <= timedelta(minutes=15)
