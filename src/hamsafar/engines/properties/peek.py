"""Which properties events have, from some of the newest: for those who build a question."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec
import numpy as np

from hamsafar.collect import decode_payload
from hamsafar.engines.segments.stored import StoredView
from hamsafar.expr import Normal, decoded, normal, path_of
from hamsafar.storage import BlockKey
from hamsafar.storage.types import Columns

Blocks = Mapping[BlockKey, Columns]

MOST_PATHS = 200
MOST_EXAMPLES = 10
DEEPEST = 4
LONGEST_EXAMPLE = 100


@dataclass(slots=True)
class Seen:
    """A path and what stood there.

    Attributes:
        kind: `property` or `context`.
        path: as conditions have it.
        count: of the events looked at, how many have it.
        examples: some distinct values in normal form, as first seen.
    """

    kind: str
    path: str
    count: int = 0
    examples: list[Normal] = field(default_factory=list)


def peek_newest(
    view: StoredView, blocks: Blocks, codes: Collection[int] | None, most: int
) -> tuple[list[Seen], int]:
    """Return the paths in some of the newest events, and in how many it was looked.

    Args:
        view: what the history holds.
        blocks: what it does not hold yet.
        codes: of these names; None: of any.
        most: at most so many events.
    """
    payloads: list[bytes] = []
    wanted = None if codes is None else np.array(sorted(codes), np.uint32)
    for block in reversed(list(blocks.values())):
        is_meant = np.ones(len(block), np.bool_) if wanted is None else np.isin(block.code, wanted)
        rows = np.flatnonzero(is_meant)[::-1].tolist()
        payloads += [block.payload[row] for row in rows[: most - len(payloads)]]
    if len(payloads) < most:
        for pack in reversed(view.newest(codes, most - len(payloads))):
            for piece in pack.pieces():
                payloads += pack.texts(piece).payloads()
    return peek(payloads[:most]), min(len(payloads), most)


def peek(payloads: Iterable[bytes]) -> list[Seen]:
    """Return the paths in these events, most frequent first, at most `MOST_PATHS`."""
    found: dict[tuple[str, str], Seen] = {}
    for payload in payloads:
        try:
            stored = decode_payload(payload)
        except msgspec.DecodeError:
            continue
        for kind, raw in (("property", stored.properties), ("context", stored.context)):
            for path, value in _walked(decoded(raw), ()):
                if (seen := found.get((kind, path))) is None:
                    seen = found[kind, path] = Seen(kind, path)
                _note(seen, value)
    ranked = sorted(found.values(), key=lambda seen: (-seen.count, seen.kind, seen.path))
    return ranked[:MOST_PATHS]


def _note(seen: Seen, value: Normal) -> None:
    seen.count += 1
    is_short = not isinstance(value, str) or len(value) <= LONGEST_EXAMPLE
    if is_short and len(seen.examples) < MOST_EXAMPLES and value not in seen.examples:
        seen.examples.append(value)


def _walked(value: object, keys: tuple[str, ...]) -> Iterator[tuple[str, Normal]]:
    if isinstance(value, Mapping) and len(keys) < DEEPEST:
        for key, inner in value.items():
            yield from _walked(inner, (*keys, str(key)))
    elif keys and (plain := normal(value)) is not None:
        yield path_of(*keys), plain
