"""Taint: planted colouring is recovered with its size, where there is none none is found."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.impact import DAY_S, bookshop

from hamsafar.expr import parse
from hamsafar.impact import Side, TaintRules, taint
from hamsafar.impact.contrast import contrast
from hamsafar.journeys import Attributes, Sequences
from hamsafar.kernel.errors import BadInput, NotFound
from hamsafar.simulate import Settings

LATE = parse(
    {
        "kind": "all",
        "of": [
            {"kind": "event", "names": ["Order Delivered"]},
            {"kind": "property", "path": "late", "op": "equals", "value": True},
        ],
    },
    where="bad",
)
WEEKS = (7 * DAY_S, 30 * DAY_S)


def weekly(seed, *, leaves, drop, people=900):
    """Everybody comes every few days and rates what he met before; some meet bad, once.

    Afterwards each visit is left out with chance `leaves`, and ratings are lower by `drop`.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        is_bad = False
        for at in np.cumsum(rng.exponential(3, 60)):
            if at > 110:
                break
            if not is_bad and 30 < at < 60 and rng.random() < 0.03:
                is_bad = True
                rows.append((person, at, "bad", None, None))
                continue
            if is_bad and rng.random() < leaves:
                continue
            item = int(rng.integers(6))
            rows.append((person, at, "visit", item, None))
            if rng.random() < 0.5:
                score = rng.normal(7, 1) - (drop if is_bad else 0)
                rows.append((person, at + 0.01, "rate", item, score))
    names = ["visit", "bad", "rate"]
    return Sequences.from_arrays(
        person=np.array([row[0] for row in rows]),
        time_us=(np.array([row[1] for row in rows]) * DAY_S * 1e6).astype(np.int64),
        code=np.array([names.index(row[2]) for row in rows]),
        names=names,
        attributes=Attributes(
            properties={"item": [row[3] for row in rows], "score": [row[4] for row in rows]}
        ),
    )


@pytest.fixture(scope="module")
def town():
    return bookshop(Settings(people=5_000, days=120, seed=21))[0]


class TestPlanted:
    def test_a_late_parcel_lowers_ratings_of_books_bought_before_and_after(self, town):
        rules = TaintRules(
            anchor="Order Delivered", rating="rating", subject="product_id", edges_s=WEEKS
        )
        found = taint(town, LATE, rules)
        assert found.is_rating
        for side in Side:
            point = found.side(side)[-1]
            assert point.is_significant
            # Some of those beside them rate badly for other reasons, so it is less than two.
            assert -2 <= point.difference < -0.5
            assert point.high < 0

    def test_a_late_parcel_keeps_people_from_filling_the_cart_again(self, town):
        found = taint(town, LATE, TaintRules(anchor="Order Delivered", good="Product Added"))
        last = found.side("after")[-1]
        assert (last.from_s, last.to_s) == (14 * DAY_S, 30 * DAY_S)
        assert last.high < 0

    def test_who_stays_away_is_seen_after_and_not_before(self):
        found = taint(
            weekly(1, leaves=0.8, drop=0),
            "bad",
            TaintRules(anchor="visit", good="visit", edges_s=WEEKS),
        )
        assert all(point.high < 0 for point in found.side(Side.AFTER))
        assert not any(point.is_significant for point in found.side(Side.BEFORE))

    def test_the_size_of_the_drop_is_recovered(self):
        s = weekly(2, leaves=0.0, drop=2.0)
        rules = TaintRules(anchor="visit", rating="score", subject="item", edges_s=(60 * DAY_S,))
        for point in taint(s, "bad", rules).points:
            assert point.low <= -2 <= point.high
            assert point.high < -1

    def test_nothing_planted_nothing_found(self):
        hits = []
        for seed in range(6):
            s = weekly(seed, leaves=0.0, drop=0.0)
            for rules in (
                TaintRules(anchor="visit", good="visit", edges_s=WEEKS),
                TaintRules(anchor="visit", rating="score", subject="item", edges_s=(60 * DAY_S,)),
            ):
                hits += [point.p < 0.05 for point in taint(s, "bad", rules).points]
        assert np.mean(hits) <= 0.1


class TestDrillDown:
    @pytest.fixture(scope="class")
    @classmethod
    def found(cls):
        return taint(weekly(4, leaves=0.5, drop=0), "bad", TaintRules(anchor="visit", good="visit"))

    def test_the_people_are_those_counted(self, found):
        for place, point in enumerate(found.points):
            assert found.crowd(place, "affected").page(0, 0).total == point.people
            assert found.crowd(place, "alike").page(0, 0).total == point.alike
            came = found.crowd(place, "affected", "yes").page(0, 0).total
            assert came == pytest.approx(point.value * point.people)
            left = found.crowd(place, "affected", "no").page(0, 0).total
            assert came + left == point.people

    def test_asks_for_what_there_is(self, found):
        with pytest.raises(NotFound):
            found.crowd(99, "affected")
        with pytest.raises(BadInput):
            found.crowd(0, "nobody")

    def test_tables_hold_the_points(self, found):
        assert len(found.to_pandas()) == found.to_arrow().num_rows == 10
        assert "observational" in found._repr_html_()


class TestRefusals:
    @pytest.mark.parametrize(
        ("ask", "where"),
        [
            (lambda s: taint(s, "no"), "bad"),
            (lambda s: taint(s, "bad", TaintRules(anchor="no")), "anchor"),
            (lambda s: taint(s, "bad", TaintRules(good="no")), "good"),
            (lambda s: taint(s, "bad", TaintRules(rating="no", subject="item")), "rating"),
            (lambda s: taint(s, "bad", TaintRules(rating="score")), "subject"),
            (lambda s: taint(s, "bad", TaintRules(edges_s=(3, 2))), "edges_s"),
            (lambda s: taint(s, "bad", TaintRules(edges_s=())), "edges_s"),
        ],
    )
    def test_say_what_is_wrong_where(self, ask, where):
        with pytest.raises(BadInput) as refused:
            ask(weekly(1, leaves=0, drop=0, people=20))
        assert refused.value.where == where

    def test_nothing_bad_ever_happened(self):
        s = Sequences.from_arrays(
            person=np.array([1, 2]),
            time_us=np.array([1, 2]),
            code=np.array([0, 0]),
            names=["a", "bad"],
        )
        found = taint(s, "bad")
        assert (found.people, found.alike) == (0, 0)
        assert all(math.isnan(point.value) for point in found.points)


PEOPLE = st.lists(st.tuples(st.floats(-5, 5), st.integers(0, 3)), min_size=1, max_size=30)


class TestContrast:
    @settings(max_examples=100, deadline=None)
    @given(PEOPLE, PEOPLE)
    def test_equals_the_sum_done_slowly(self, one, other):
        def columns(rows):
            return np.array([r[0] for r in rows]), np.array([r[1] for r in rows])

        found = contrast(columns(one), columns(other))
        both = {r[1] for r in one} & {r[1] for r in other}
        mine = [r for r in one if r[1] in both]
        assert found.people == len(mine)
        assert found.kept[0].sum() == found.people
        if not mine:
            assert math.isnan(found.value)
            return
        alike = {k: np.mean([v for v, stratum in other if stratum == k]) for k in both}
        assert found.value == pytest.approx(np.mean([v for v, _ in mine]), abs=1e-9)
        assert found.expected == pytest.approx(np.mean([alike[k] for _, k in mine]), abs=1e-9)

    def test_the_interval_covers(self):
        rng = np.random.default_rng(9)
        covered = 0
        for _ in range(300):
            strata = rng.integers(0, 8, 300)
            base = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])[strata]
            values = (rng.random(300) < base).astype(float)
            is_one = rng.random(300) < 0.2
            found = contrast((values[is_one], strata[is_one]), (values[~is_one], strata[~is_one]))
            covered += found.difference.low <= 0 <= found.difference.high
        assert 0.92 <= covered / 300 <= 0.985
