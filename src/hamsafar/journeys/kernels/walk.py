"""Which events count: shared by every kernel that walks along a person's events."""

from __future__ import annotations

from hamsafar.journeys.kernels.jit import kernel
from hamsafar.journeys.shards import Events, Sieve


@kernel
def is_kept(events: Events, sieve: Sieve | None, i: int) -> bool:
    """Return whether event `i` counts.

    A column that plays no part has one element and a mask of 0, so no case needs a branch. With
    `sieve` None numba drops the test altogether.
    """
    if sieve is None:
        return True
    ok = sieve.code_ok[events.code[i]]
    ok &= sieve.channel_ok[sieve.channel[i & sieve.channel_mask]]
    ok &= sieve.source_ok[sieve.source[i & sieve.source_mask]]
    ok &= (sieve.flags[i & sieve.flags_mask] & sieve.blocked) == 0
    at = events.time[i]
    return bool(ok & (at >= sieve.from_us) & (at < sieve.to_us))


@kernel
def is_skipped(events: Events, person: int) -> bool:
    """Return whether another chunk holds this person."""
    return bool(events.skip[person & events.skip_mask])
