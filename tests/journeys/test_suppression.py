"""What is hidden cannot be computed from what is shown."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hamsafar.journeys.suppression import chain, shown


def is_fixed(sums, hidden, key) -> bool:
    """Whether a hidden number follows from the sums, by exact elimination."""
    keys = sorted(hidden, key=str)
    rows = []
    for total, parts in sums:
        members = [(total, 1), *((part, -1) for part in parts)]
        row = [Fraction(sum(sign for k, sign in members if k == one)) for one in keys]
        if any(row):
            rows.append(row)
    wanted = [Fraction(int(one == key)) for one in keys]
    return _rank(rows) == _rank([*rows, wanted])


def _rank(rows) -> int:
    rows = [list(row) for row in rows]
    rank = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(len(rows)):
            if r != rank and rows[r][column]:
                factor = rows[r][column] / rows[rank][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


GRIDS = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=1, max_size=4
    )
)


def table_of(grid):
    """Counts and sums of a grid with totals of rows, columns and all."""
    height, width = len(grid), len(grid[0])
    counts = {(y, x): grid[y][x] for y in range(height) for x in range(width)}
    counts |= {("row", y): sum(grid[y]) for y in range(height)}
    counts |= {("column", x): sum(row[x] for row in grid) for x in range(width)}
    counts["all"] = sum(map(sum, grid))
    sums = [(("row", y), [(y, x) for x in range(width)]) for y in range(height)]
    sums += [(("column", x), [(y, x) for y in range(height)]) for x in range(width)]
    sums += [("all", [("row", y) for y in range(height)])]
    sums += [("all", [("column", x) for x in range(width)])]
    return counts, sums


class TestShown:
    @given(grid=GRIDS, least=st.integers(2, 8))
    def test_tells_no_small_count_of_a_grid(self, grid, least):
        counts, sums = table_of(grid)
        found = shown(counts, sums, least=least)
        for key, count in counts.items():
            if 0 < count < least:
                assert key in found.hidden
                assert not is_fixed(sums, found.hidden, key)

    @given(drops=st.lists(st.integers(0, 9), min_size=1, max_size=6), least=st.integers(2, 6))
    def test_tells_no_small_drop_of_a_funnel(self, drops, least):
        reached = [sum(drops[i:]) for i in range(len(drops))]
        counts = {("reached", i): n for i, n in enumerate(reached)}
        counts |= {("dropped", i): drops[i - 1] for i in range(1, len(drops))}
        steps = range(len(drops))
        sums = chain([("reached", i) for i in steps], [("dropped", i) for i in steps[1:]])
        found = shown(counts, sums, least=least)
        told = [reached[i] for i in range(len(drops)) if ("reached", i) not in found.hidden]
        for before, after in pairwise([*told, 0]):
            assert before - after == 0 or before - after >= least

    def test_hides_a_second_part_beside_a_small_one(self):
        found = shown({"all": 30, "a": 2, "b": 8, "c": 20}, [("all", "abc")], least=5)
        assert found.hidden == {"a", "b"}

    def test_hides_the_total_when_nothing_else_is_left(self):
        found = shown({"all": 3, "a": 2, "b": 1}, [("all", "ab")], least=5)
        assert found.hidden == {"all", "a", "b"}

    def test_hides_nothing_when_nobody_asks_for_it(self):
        assert not shown({"a": 1}, [], least=1).hidden


class TestFigure:
    def test_of_a_hidden_number_tells_its_base_alone(self):
        found = shown({"all": 30, "a": 2, "b": 28}, [("all", "ab")], least=5)
        told = found.figure("a", "all", cell="x")
        assert (told.count, told.of, told.cell, told.suppressed) == (None, 30, None, True)

    def test_hides_how_few_are_open(self):
        found = shown({"a": 10}, [], least=5)
        assert found.figure("a", open=2).open is None
        assert found.figure("a", open=6).open == 6
