"""Throttle: how many wrong passwords are too many, per account and address.

Counted in memory, in bounded room. What bounds the guesses at an account as a whole is counted again
from the audit after a restart; who guessed from where is not (the audit holds no addresses).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import timedelta

from hamsafar.kernel.clock import SECOND_US, Clock

FREE_TRIES = 5
"""Wrong passwords for one account from one address before waiting begins."""
FREE_TRIES_ADDRESS = 30
"""Wrong passwords from one address, over all accounts."""
FREE_TRIES_ACCOUNT = 100
"""Wrong passwords for one account, over all addresses: high, or strangers could lock people out."""

_FIRST_WAIT_S = 30
_LONGEST_WAIT_S = 15 * 60
FORGET_US = 60 * 60 * SECOND_US
_MAX_KEYS = 50_000


class Throttle:
    """Counts failures in memory and says how long to wait; waits double with each further one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()

    def wait(self, account: str, address: str) -> timedelta | None:
        """Return how long this account from this address must wait, None for not at all."""
        now = self._clock.now_us()
        with self._lock:
            left_us = max(self._left_us(key, free, now) for key, free in _keys(account, address))
        return timedelta(microseconds=left_us) if left_us > 0 else None

    def knows(self, account: str) -> bool:
        """Return whether an account was counted since the start of this process."""
        with self._lock:
            return (account, "") in self._failures

    def recall(self, account: str, count: int, last: int) -> None:
        """Take over how often an account's password was wrong before this process began."""
        with self._lock:
            self._failures.setdefault((account, ""), (count, last))

    def failed(self, account: str, address: str) -> None:
        """Count a wrong password."""
        now = self._clock.now_us()
        with self._lock:
            for key, _ in _keys(account, address):
                count, last = self._failures.pop(key, (0, now))
                kept = count if now - last < FORGET_US else 0
                self._failures[key] = (kept + 1, now)
            while len(self._failures) > _MAX_KEYS:
                self._failures.popitem(last=False)

    def succeeded(self, account: str, address: str) -> None:
        """Forget the failures of this account from this address."""
        with self._lock:
            self._failures.pop((account, address), None)

    def _left_us(self, key: tuple[str, str], free: int, now: int) -> int:
        count, last = self._failures.get(key, (0, 0))
        if count < free or now - last >= FORGET_US:
            return 0
        doublings = min(count - free, 10)
        wait_s = min(_FIRST_WAIT_S << doublings, _LONGEST_WAIT_S)
        return last + wait_s * SECOND_US - now


def _keys(account: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return (
        ((account, address), FREE_TRIES),
        (("", address), FREE_TRIES_ADDRESS),
        ((account, ""), FREE_TRIES_ACCOUNT),
    )
