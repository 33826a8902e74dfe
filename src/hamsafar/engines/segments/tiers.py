"""Which files to merge next: few files, and each row rewritten about log(n) times."""

from __future__ import annotations

from collections.abc import Sequence

MANY = 3


def tier_of(size: int, *, fan_in: int, floor: int) -> int:
    """Return how many times `floor` was multiplied by `fan_in` to reach `size`; 0 below it."""
    tier = 0
    while size >= floor * fan_in:
        size //= fan_in
        tier += 1
    return tier


def stretch(
    sizes: Sequence[int], *, fan_in: int, floor: int = 1, ceiling: int | None = None
) -> tuple[int, int] | None:
    """Return the stretch [start, end) of neighbours to merge, None when there is none.

    Neighbours of one tier or lower merge when together they reach the next tier, so no row is
    rewritten more often than there are tiers; lower tiers go first. A stretch of very many files
    merges anyway, whatever their sizes. Files of `ceiling` and more rest.

    >>> stretch([64, 8, 1, 1], fan_in=2)
    (2, 4)
    >>> stretch([64, 8, 1], fan_in=2) is None
    True
    """
    tiers = [tier_of(size, fan_in=fan_in, floor=floor) for size in sizes]
    rests = [ceiling is not None and size >= ceiling for size in sizes]
    for tier in sorted(set(tiers)):
        start = 0
        for end in range(len(tiers) + 1):
            if end < len(tiers) and tiers[end] <= tier and not rests[end]:
                continue
            total = sum(max(size, floor) for size in sizes[start:end])
            is_many = end - start >= MANY * fan_in * (tier + 1)
            if end - start > 1 and (is_many or total >= floor * fan_in ** (tier + 1)):
                return start, end
            start = end + 1
    return None


def cascade(sizes: Sequence[int], *, fan_in: int, floor: int = 1) -> tuple[int, int] | None:
    """Return the stretch to merge together with all further merges it would set off.

    >>> cascade([64, 4, 2, 1, 1], fan_in=2)
    (1, 5)
    """
    found = stretch(sizes, fan_in=fan_in, floor=floor)
    while found:
        start, end = found
        merged = [*sizes[:start], sum(sizes[start:end]), *sizes[end:]]
        further = stretch(merged, fan_in=fan_in, floor=floor)
        if further is None or not further[0] <= start < further[1]:
            break
        found = further[0], further[1] + end - start - 1
    return found
