"""Intervals and tests agree with scipy and with published values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hamsafar.journeys.figures import (
    benjamini_hochberg,
    figure,
    newcombe,
    p_value,
    wilson,
)

SHARES = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


class TestWilson:
    @given(share=SHARES)
    def test_is_that_of_scipy(self, share):
        expected = stats.binomtest(*share).proportion_ci(method="wilson")
        found = wilson(*share)
        assert found.low == pytest.approx(expected.low, abs=1e-12)
        assert found.high == pytest.approx(expected.high, abs=1e-12)
        assert found.low <= found.value <= found.high

    @pytest.mark.parametrize(("count", "of"), [(1, 0), (-1, 3), (4, 3)])
    def test_refuses_what_is_no_share(self, count, of):
        with pytest.raises(ValueError, match="share"):
            wilson(count, of)


class TestNewcombe:
    # The eight examples of table II of the paper, method 10.
    @pytest.mark.parametrize(
        ("a", "of_a", "b", "of_b", "low", "high"),
        [
            (56, 70, 48, 80, 0.0524, 0.3339),
            (9, 10, 3, 10, 0.1705, 0.8090),
            (6, 7, 2, 7, 0.0582, 0.8062),
            (5, 56, 0, 29, -0.0381, 0.1926),
            (0, 10, 0, 20, -0.1611, 0.2775),
            (0, 10, 0, 10, -0.2775, 0.2775),
            (10, 10, 0, 20, 0.6791, 1.0000),
            (10, 10, 0, 10, 0.6075, 1.0000),
        ],
    )
    def test_is_that_of_the_paper(self, a, of_a, b, of_b, low, high):
        found = newcombe(a, of_a, b, of_b)
        assert found.low == pytest.approx(low, abs=6e-5)
        assert found.high == pytest.approx(high, abs=6e-5)

    @given(a=SHARES, b=SHARES)
    def test_turns_with_its_sides(self, a, b):
        one, other = newcombe(*a, *b), newcombe(*b, *a)
        assert one.low == pytest.approx(-other.high)
        assert one.low <= one.value <= one.high


class TestPValue:
    @given(a=SHARES, b=SHARES)
    def test_is_fishers_where_small_and_pearsons_where_not(self, a, b):
        table = [[a[0], a[1] - a[0]], [b[0], b[1] - b[0]]]
        if 0 in (a[0] + b[0], sum(table[0]) + sum(table[1]) - a[0] - b[0]):
            assert p_value(*a, *b) == 1.0
            return
        _, pearson, _, expected = stats.chi2_contingency(table, correction=False)
        wanted = stats.fisher_exact(table).pvalue if expected.min() < 5 else pearson
        assert p_value(*a, *b) == pytest.approx(wanted, rel=1e-6, abs=1e-12)

    def test_of_a_million_people_takes_no_time(self):
        assert 0 < p_value(3, 10, 100_000, 1_000_000) < 0.2

    def test_refuses_what_is_no_share(self):
        with pytest.raises(ValueError, match="shares"):
            p_value(3, 2, 1, 1)


class TestBenjaminiHochberg:
    @given(p=st.lists(st.floats(0, 1), min_size=1, max_size=30))
    def test_is_that_of_scipy(self, p):
        assert benjamini_hochberg(p) == pytest.approx(stats.false_discovery_control(p).tolist())

    def test_of_nothing_is_nothing(self):
        assert benjamini_hochberg([]) == ()


class TestFigure:
    def test_has_share_and_interval(self):
        found = figure(30, 120, open=4, cell="c")
        assert (found.count, found.of, found.share, found.open, found.cell) == (
            30,
            120,
            0.25,
            4,
            "c",
        )
        assert found.low < 0.25 < found.high

    def test_without_a_base_has_no_share(self):
        assert figure(3).share is None
        assert figure(0, 0).share is None

    @pytest.mark.parametrize(
        ("count", "of", "is_hidden"),
        [(4, 90, True), (86, 90, True), (5, 90, False), (0, 90, False)],
    )
    def test_hides_the_few_and_those_missing_to_the_base(self, count, of, is_hidden):
        found = figure(count, of, cell="c", least=5)
        assert found.suppressed is is_hidden
        if is_hidden:
            assert (found.count, found.share, found.cell, found.of) == (None, None, None, 90)

    def test_hides_a_base_of_few_too(self):
        assert figure(0, 3, least=5).of is None
