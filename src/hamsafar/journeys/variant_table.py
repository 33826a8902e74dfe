"""Variants: the whole sequences people lived, and how many lived each: `variants(sequences)`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

import numpy as np

from hamsafar.journeys.filters import shards_of, sieves_of
from hamsafar.journeys.kernels import path_kernels
from hamsafar.journeys.sequences import Sequences, events_of
from hamsafar.journeys.shards import Prints, Shard, all_threads
from hamsafar.journeys.types import CUT, EVERYTHING, Filters, Variant, Variants
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.ports import Compute
from hamsafar.storage.types import I64

PERSON_BITS = 40
"""`Prints.person` of a merged tally is `chunk << 40 | place of the person in the chunk`."""

_UNBOUNDED = 1 << 62
_HALF = 16
"""Hexadecimal digits of one half of a fingerprint."""
_KEY = re.compile(r"[0-9a-f]{32}")

Rules = tuple[bool, int]


def variants(
    sequences: Sequences,
    filters: Filters = EVERYTHING,
    *,
    limit: int | None = None,
    collapse: bool = False,
    max_length: int | None = None,
    compute: Compute | None = None,
) -> Variants:
    """Count equal sequences.

    Args:
        sequences: whose events.
        filters: which events count; the others vanish first.
        limit: how many variants to list; None: all.
        collapse: count a run of the same event as one.
        max_length: cut longer sequences there; a cut variant ends with `CUT`.
        compute: where shards run; None: a thread for each processor.

    Raises:
        BadInput: `limit` or `max_length` is below 1, or a filter is wrong.
    """
    if limit is not None and limit < 1:
        raise BadInput(f"limit must be 1 or more, not {limit}", where="limit")
    rules = rules_of(collapse=collapse, max_length=max_length)
    workers = compute or all_threads()
    shards = shards_of(sequences, filters, workers.width)
    prints = merged(list(workers.map(partial(print_shard, rules=rules), shards)))
    chosen = _most_frequent(prints, limit)
    sieves = sieves_of(sequences, filters)
    rows: list[tuple[Variant, str]] = []
    for at in chosen.tolist():
        person = int(prints.person[at])
        chunk = person >> PERSON_BITS
        place = person & ((1 << PERSON_BITS) - 1)
        events = events_of(sequences.chunks[chunk])
        path = path_kernels().path_of(events, sieves[chunk], rules, place)
        names = _names(path.tolist(), sequences.names, rules[1])
        key = f"{int(prints.a[at]):0{_HALF}x}{int(prints.b[at]):0{_HALF}x}"
        rows.append((Variant(names, int(prints.counts[at])), key))
    rows.sort(key=lambda row: (-row[0].count, len(row[0].names), row[0].names, row[1]))
    return Variants(
        rows=tuple(variant for variant, _ in rows),
        variant_keys=tuple(key for _, key in rows),
        people=int(prints.counts.sum()),
        distinct=len(prints.counts),
    )


def print_shard(shard: Shard, *, rules: Rules) -> Prints:
    """Return the tally of one shard's sequences; pure, so any machine may run it.

    Args:
        shard: whose events.
        rules: (collapse runs, longest sequence).
    """
    tally = _tallied(fingerprints(shard, rules=rules))
    return tally._replace(person=tally.person | shard.chunk << PERSON_BITS)


def fingerprints(shard: Shard, *, rules: Rules) -> Prints:
    """Return a fingerprint for each person of a shard who has any event that counts.

    Args:
        shard: whose events.
        rules: (collapse runs, longest sequence).
    """
    people = shard.events.hi - shard.events.lo
    prints = Prints(
        a=np.empty(people, np.uint64),
        b=np.empty(people, np.uint64),
        counts=np.empty(people, np.int64),
        length=np.empty(people, np.int64),
        person=np.empty(people, np.int64),
    )
    found = path_kernels().fingerprint(shard.events, shard.sieve, rules, prints)
    return _first(prints, found)


def rules_of(*, collapse: bool, max_length: int | None) -> Rules:
    """Return the rules of fingerprints.

    Raises:
        BadInput: `max_length` is below 1.
    """
    if max_length is not None and max_length < 1:
        raise BadInput(f"max_length must be 1 or more, not {max_length}", where="max_length")
    return collapse, _UNBOUNDED if max_length is None else max_length


def halves_of(key: str) -> tuple[int, int]:
    """Return the two halves of a variant's fingerprint from its key.

    Raises:
        BadInput: not a key of `Variants.variant_keys`.
    """
    if not _KEY.fullmatch(key):
        raise BadInput(f"no variant has the key {key!r}; take one of the list", where="variant")
    return int(key[:_HALF], 16), int(key[_HALF:], 16)


def merged(partials: Sequence[Prints]) -> Prints:
    """Return the tally of all; their people are disjoint. Order of the rows is not defined."""
    if not partials:
        none = np.zeros(0, np.int64)
        return Prints(none.astype(np.uint64), none.astype(np.uint64), none, none, none)
    if len(partials) == 1:
        return partials[0]
    return _tallied(
        Prints(
            a=np.concatenate([p.a for p in partials]),
            b=np.concatenate([p.b for p in partials]),
            counts=np.concatenate([p.counts for p in partials]),
            length=np.concatenate([p.length for p in partials]),
            person=np.concatenate([p.person for p in partials]),
        )
    )


def _tallied(prints: Prints) -> Prints:
    places = np.full(1 << (2 * len(prints.a) + 1).bit_length(), -1, np.int64)
    found = path_kernels().tally_prints(prints, places)
    return _first(prints, found)


def _first(prints: Prints, n: int) -> Prints:
    """Return the first n rows, copied so that the room for all persons can go."""
    return Prints(
        a=prints.a[:n].copy(),
        b=prints.b[:n].copy(),
        counts=prints.counts[:n].copy(),
        length=prints.length[:n].copy(),
        person=prints.person[:n].copy(),
    )


def _most_frequent(prints: Prints, limit: int | None) -> I64:
    """Return the rows to list: by count, then shorter, then fingerprint, so it is repeatable."""
    chosen = np.arange(len(prints.counts))
    if limit is not None and limit < len(chosen):
        least = np.partition(prints.counts, -limit)[-limit]
        chosen = chosen[prints.counts >= least]
    keys = (prints.b, prints.a, prints.length, -prints.counts)
    order = np.lexsort([key[chosen] for key in keys])
    return chosen[order][:limit]


def _names(path: list[int], names: tuple[str, ...], longest: int) -> tuple[str, ...]:
    words = tuple(names[code] for code in path[:longest])
    return (*words, CUT) if len(path) > longest else words
