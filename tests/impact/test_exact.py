"""The common odds ratio against scipy, against brute force, and against what it promises."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact, hypergeom
from scipy.stats.contingency import odds_ratio

from hamsafar.impact.exact import Tables, _by_mantel_haenszel, common_odds, haldane

CELL = st.integers(0, 12)
TABLE = st.tuples(CELL, CELL, CELL, CELL)


def tables_of(rows):
    return Tables.of([row[:2] for row in rows], [row[2:] for row in rows])


def brute(rows, psi):
    """The distribution of the summed count of exposed hits, by every combination of tables."""
    parts = []
    for a, b, c, d in rows:
        low, high = max(0, a + c - (c + d)), min(a + b, a + c)
        counts = np.arange(low, high + 1)
        weight = hypergeom.pmf(counts, a + b + c + d, a + c, a + b) * psi**counts
        parts.append(list(zip(counts.tolist(), (weight / weight.sum()).tolist(), strict=True)))
    found: dict[int, float] = {}
    for combination in product(*parts):
        count = sum(one for one, _ in combination)
        found[count] = found.get(count, 0) + math.prod(p for _, p in combination)
    return found


class TestOneTable:
    @settings(max_examples=80, deadline=None)
    @given(TABLE)
    def test_equals_scipy(self, row):
        a, b, c, d = row
        assume(a + b and c + d and a + c and b + d)
        ours = common_odds(tables_of([row]))
        theirs = odds_ratio([[a, b], [c, d]], kind="conditional")
        interval = theirs.confidence_interval(0.95)
        assert ours.low == pytest.approx(interval.low, rel=1e-4, abs=1e-9)
        assert ours.high == pytest.approx(interval.high, rel=1e-4)
        if not ours.is_corrected:
            assert ours.value == pytest.approx(theirs.statistic, rel=1e-4)
        tails = [fisher_exact([[a, b], [c, d]], side).pvalue for side in ("less", "greater")]
        assert ours.p == pytest.approx(min(1, 2 * min(tails)))

    @pytest.mark.parametrize("row", [(0, 0, 3, 4), (3, 4, 0, 0), (3, 0, 4, 0), (0, 3, 0, 4)])
    def test_a_table_that_says_nothing_gives_one_without_bounds(self, row):
        found = common_odds(tables_of([row]))
        assert (found.value, found.low, found.high, found.p) == (1, 0, math.inf, 1)

    def test_an_empty_cell_is_corrected_and_said(self):
        found = common_odds(tables_of([(0, 20, 10, 10)]))
        assert found.is_corrected
        assert found.low == 0
        assert 0 < found.value < found.high < 1
        assert found.value == pytest.approx(0.5 * 10.5 / (20.5 * 10.5))


class TestManyTables:
    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.tuples(*[st.integers(0, 5)] * 4), min_size=1, max_size=4))
    def test_interval_and_p_hold_by_brute_force(self, rows):
        told = [r for r in rows if r[0] + r[1] and r[2] + r[3] and r[0] + r[2] and r[1] + r[3]]
        assume(told)
        found = common_odds(tables_of(rows))
        count = sum(row[0] for row in told)

        def tail(psi, *, upper):
            chances = brute(told, psi).items()
            return sum(p for k, p in chances if (k >= count if upper else k <= count))

        least = min(tail(1, upper=True), tail(1, upper=False))
        assert found.p == pytest.approx(min(1, 2 * least))
        if found.low > 0:
            assert tail(found.low, upper=True) == pytest.approx(0.025, rel=1e-4)
        if math.isfinite(found.high):
            assert tail(found.high, upper=False) == pytest.approx(0.025, rel=1e-4)
        if not found.is_corrected:
            mean = sum(k * p for k, p in brute(told, found.value).items())
            assert mean == pytest.approx(count, rel=1e-6)

    def test_known_strata_give_the_known_answer(self):
        # Admissions of Berkeley, 1973 (admitted, rejected; men, women), departments A to F:
        # Mantel-Haenszel 0.9047 (0.7719 … 1.0603) in R's mantelhaen.test.
        rows = [
            (512, 313, 89, 19),
            (353, 207, 17, 8),
            (120, 205, 202, 391),
            (138, 279, 131, 244),
            (53, 138, 94, 299),
            (22, 351, 24, 317),
        ]
        about = _by_mantel_haenszel(tables_of(rows))
        assert (about.value, about.low, about.high) == pytest.approx(
            (0.9046968, 0.7719074, 1.0603298), rel=1e-5
        )
        exact = common_odds(tables_of(rows))
        assert exact.is_exact
        assert exact.value == pytest.approx(about.value, rel=0.01)
        assert exact.low == pytest.approx(about.low, rel=0.02)

    def test_large_tables_are_approximated_and_said_so(self):
        rng = np.random.default_rng(2)
        rows = [tuple(rng.integers(300, 900, 4)) for _ in range(40)]
        assert not common_odds(tables_of(rows)).is_exact

    def test_order_and_empty_strata_change_nothing(self):
        rows = [(3, 4, 5, 9), (2, 8, 7, 3), (1, 1, 4, 2)]
        assert common_odds(tables_of(rows)) == common_odds(tables_of([*rows[::-1], (0, 0, 9, 9)]))

    def test_haldane_weighs_others_like_the_exposed(self):
        assert haldane(tables_of([(4, 6, 40, 60)])) == pytest.approx(1)

    def test_the_interval_covers_at_least_as_often_as_it_says(self):
        rng = np.random.default_rng(5)
        psi, covered, rounds = 2.5, 0, 300
        for _ in range(rounds):
            base = rng.uniform(0.1, 0.6, 6)
            raised = psi * base / (1 - base + psi * base)
            m, n = rng.integers(3, 15, 6), rng.integers(5, 40, 6)
            a, c = rng.binomial(m, raised), rng.binomial(n, base)
            found = common_odds(Tables(hit=a, exposed=m, other_hit=c, others=n))
            covered += found.low <= psi <= found.high
        assert covered / rounds >= 0.95


class TestWidened:
    def test_repeats_widen_the_interval_and_raise_p(self):
        plain = common_odds(tables_of([(30, 10, 40, 60)]))
        wide = plain.widened(2.0)
        assert wide.low < plain.low < plain.value < plain.high < wide.high
        assert wide.p > plain.p
        assert not wide.is_exact

    def test_no_repeats_change_nothing(self):
        plain = common_odds(tables_of([(30, 10, 40, 60)]))
        assert plain.widened(1.0) is plain
