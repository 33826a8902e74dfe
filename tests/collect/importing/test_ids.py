"""Ids of rows: the same row has the same id in every file, each occurrence its own."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hamsafar.collect.importing import Occurrences

ROWS = st.lists(st.binary(max_size=3), max_size=60)


def ids_in_chunks(rows: list[bytes], size: int, source: str = "import") -> list[str]:
    occurrences = Occurrences(source)
    found: list[str] = []
    for first in range(0, len(rows), size):
        found += occurrences.ids(rows[first : first + size])
    return found


class TestIds:
    @given(ROWS, st.integers(1, 20), st.integers(1, 20), st.randoms(use_true_random=False))
    def test_order_and_chunks_do_not_matter(
        self, rows: list[bytes], one: int, other: int, chance: random.Random
    ) -> None:
        shuffled = rows.copy()
        chance.shuffle(shuffled)
        first, second = ids_in_chunks(rows, one), ids_in_chunks(shuffled, other)
        assert sorted(first) == sorted(second)
        assert len(set(first)) == len(rows)

    @given(ROWS, ROWS)
    def test_a_longer_file_keeps_the_ids_of_the_shorter(
        self, rows: list[bytes], more: list[bytes]
    ) -> None:
        assert set(ids_in_chunks(rows, 7)) <= set(ids_in_chunks(more + rows, 5))

    def test_rows_are_counted_through_many_chunks(self) -> None:
        chance = random.Random(3)
        rows = [str(chance.randrange(3000)).encode() for _ in range(20_000)]
        found = ids_in_chunks(rows, 777)
        assert len(set(found)) == len(rows)
        first = dict(reversed(list(zip(rows, found, strict=True))))
        assert ids_in_chunks(list(first), 100) == list(first.values())

    def test_other_sources_give_other_ids(self) -> None:
        assert not set(ids_in_chunks([b"a", b"b"], 9, "x")) & set(ids_in_chunks([b"a", b"b"], 9))

    def test_repeated_prefixes_of_different_rows_stay_apart(self) -> None:
        occurrences = Occurrences("import")
        high = np.array([5, 5, 9], dtype=np.uint64)
        before, suspects = occurrences._suspects(high)
        assert (before, suspects) == ([False] * 3, [0, 1])
        assert occurrences._suspects(high)[0] == [True] * 3

    def test_no_rows_give_no_ids(self) -> None:
        assert Occurrences("import").ids([]) == []
        assert Counter(ids_in_chunks([b""], 1)).total() == 1
