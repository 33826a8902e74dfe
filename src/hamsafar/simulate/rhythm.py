"""When things begin: evenings are busy, Thursday and Friday are the weekend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hamsafar.kernel.clock import DAY_US
from hamsafar.simulate.blueprint import Rhythm

HOUR_US = 3_600_000_000
MINUTE_US = 60_000_000
_EPOCH_WEEKDAY = 5
"""1970-01-01 was a Thursday; counted from Saturday that is day 5."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Episodes to come, in order of time; aligned by index.

    Attributes:
        start: i64[n], µs UTC.
        person: u32[n].
        story: u16[n], index in the blueprint's weights.
    """

    start: NDArray[np.int64]
    person: NDArray[np.uint32]
    story: NDArray[np.uint16]


def starts(
    rhythm: Rhythm,
    *,
    until_us: int,
    days: int,
    offset_minutes: int,
    count: int,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Return i64[count] sorted moments (µs UTC) of the `days` before `until_us`."""
    first = until_us - days * DAY_US
    hours = first + np.arange(days * 24, dtype=np.int64) * HOUR_US
    local = hours + offset_minutes * MINUTE_US
    weekday = (local // DAY_US + _EPOCH_WEEKDAY) % 7
    weight = np.asarray(rhythm.weekday)[weekday] * np.asarray(rhythm.hour)[local // HOUR_US % 24]
    bucket = drawn(weight, count, rng)
    return np.sort(hours[bucket] + (rng.random(count) * HOUR_US).astype(np.int64))


def drawn(weight: NDArray[np.float64], count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return i64[count] indexes, each as often as its weight says."""
    edges = np.cumsum(weight)
    found = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    index: NDArray[np.int64] = np.minimum(found, len(edges) - 1).astype(np.int64)
    return index


def open_from(rhythm: Rhythm, moment_us: int, offset_minutes: int) -> int:
    """Return the first moment from here on when staff are there (µs UTC)."""
    opens, closes = rhythm.opening
    local = moment_us + offset_minutes * MINUTE_US
    midnight = local - local % DAY_US
    hour = (local - midnight) / HOUR_US
    if opens <= hour < closes:
        return moment_us
    day = midnight if hour < opens else midnight + DAY_US
    # Those who waited for the door do not all call in the same second.
    return day + opens * HOUR_US + moment_us % HOUR_US - offset_minutes * MINUTE_US
