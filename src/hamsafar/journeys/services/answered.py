"""Answers kept for who asks again: bounded, and only of the history as it is now."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from hamsafar.journeys.types import Stamp

T = TypeVar("T")


@dataclass(slots=True)
class _Place(Generic[T]):
    """Where an answer lies, or will lie when who holds the lock has found it."""

    lock: Lock
    value: T | None = None
    found_at_us: int = 0


class Answered(Generic[T]):
    """Values by key, for one state of the history; safe to use from many threads.

    Two who ask the same at once wait for one answer. When the history changes everything is
    forgotten at once, so that nothing holds its old columns in memory.
    """

    def __init__(self, *, most: int, lasts_us: int) -> None:
        """Keep at most `most` values, each for at most `lasts_us` µs."""
        self._most = most
        self._lasts_us = lasts_us
        self._lock = Lock()
        self._stamp: Stamp | None = None
        self._places: OrderedDict[bytes, _Place[T]] = OrderedDict()

    def get(self, stamp: Stamp, key: bytes, now_us: int, find: Callable[[], T]) -> tuple[T, bool]:
        """Return a value and whether it was there already; else it is found and kept.

        Args:
            stamp: the state of the history it is of.
            key: the question.
            now_us: µs UTC.
            find: answers it.
        """
        with self._lock:
            if self._stamp != stamp:
                self._stamp = stamp
                self._places.clear()
            place = self._places.setdefault(key, _Place(Lock()))
            self._places.move_to_end(key)
            while len(self._places) > self._most:
                self._places.popitem(last=False)
        with place.lock:
            if place.value is not None and now_us - place.found_at_us < self._lasts_us:
                return place.value, True
            found = place.value = find()
            place.found_at_us = now_us
            return found, False
