"""Where rows are filed: month × bucket, days when a month is dense, one mixed file for thin ones."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hamsafar.engines.segments.manifest import MIXED, WHOLE, Level, Segment
from hamsafar.engines.segments.parts import BUCKETS, bucket_of
from hamsafar.storage.types import I64, U32

Rows = NDArray[np.intp]

LAST_MONTH = 12 * 230
"""Months since 1970 up to 2200; a wilder client clock is filed as MIXED."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """When files are written, split and merged, in rows.

    Attributes:
        flush: most rows of one L0 segment.
        fresh_files, fresh_rows: L0 segments are filed when there are so many.
        thin: a month with fewer rows in a step stays in the mixed file.
        split: a month with so many rows in a step is split into buckets.
        day: a month with more rows than this per bucket is split into days.
        step: most rows one step of compaction reads.
        fan_in: how many segments of one tier are merged.
        pack_fan_in, pack: the same for payload files; those with more rows than `pack` rest.
    """

    flush: int = 50_000
    fresh_files: int = 16
    fresh_rows: int = 800_000
    thin: int = 50_000
    split: int = 2_000_000
    day: int = 5_000_000
    step: int = 4_000_000
    fan_in: int = 4
    pack_fan_in: int = 8
    pack: int = 3_000_000


def months_of(time: I64) -> I64:
    """Return months since 1970; -1 for times no calendar of ours files."""
    months = time.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    return np.where((months >= 0) & (months < LAST_MONTH), months, -1)


def month_name(month: int) -> str:
    """Return e.g. `2026-11`."""
    return f"{1970 + month // 12:04d}-{month % 12 + 1:02d}"


def dense_months(segments: tuple[Segment, ...], sizes: Sizes) -> frozenset[str]:
    """Return the months whose rows are to be split into days."""
    rows: dict[str, int] = {}
    for entry in segments:
        if entry.level == Level.FILED and entry.period != MIXED:
            month = entry.period[:7]
            rows[month] = rows.get(month, 0) + entry.rows
    return frozenset(month for month, count in rows.items() if count > sizes.day * BUCKETS)


def file_rows(
    time: I64, person: U32, source: Segment, sizes: Sizes, dense: AbstractSet[str]
) -> Iterator[tuple[str, int, Rows]]:
    """Yield (period, bucket, rows) for every segment to write; each row comes once, in order.

    Args:
        time: of each row, sorted by (person, time, seq).
        person: of each row.
        source: one of the segments the rows come from; all are of its period and bucket.
        sizes: when to split.
        dense: months to split into days.
    """
    months = months_of(time)
    counts = np.bincount(months + 1)
    thin = sizes.thin if source.period == MIXED else 1
    thick = [int(month) for month in np.flatnonzero(counts[1:] >= thin)]
    rest = ~np.isin(months, thick)
    for month in thick:
        rows = np.flatnonzero(months == month)
        if month_name(month) in dense:
            yield from _by_day(time, person, rows, source.bucket, sizes)
        else:
            yield from _by_bucket(person, rows, month_name(month), source.bucket, sizes)
    if rest.any():
        yield from _by_bucket(person, np.flatnonzero(rest), MIXED, source.bucket, sizes)


def _by_day(
    time: I64, person: U32, rows: Rows, source_bucket: int, sizes: Sizes
) -> Iterator[tuple[str, int, Rows]]:
    days = time[rows].astype("datetime64[us]").astype("datetime64[D]")
    for day in np.unique(days):
        yield from _by_bucket(person, rows[days == day], str(day), source_bucket, sizes)


def _by_bucket(
    person: U32, rows: Rows, period: str, source_bucket: int, sizes: Sizes
) -> Iterator[tuple[str, int, Rows]]:
    if source_bucket == WHOLE and len(rows) < sizes.split:
        yield period, WHOLE, rows
        return
    buckets = bucket_of(person[rows])
    wanted = range(BUCKETS) if source_bucket == WHOLE else (source_bucket,)
    strays = ~np.isin(buckets, list(wanted))
    for bucket in wanted:
        mine = rows[buckets == bucket]
        if len(mine):
            yield period, bucket, mine
    if strays.any():
        # Persons merged into another bucket since: filed beside it until they are many.
        yield period, WHOLE, rows[strays]
