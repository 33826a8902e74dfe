"""Attribution: rules of thumb and the Markov model against sums done by hand and by brute force."""

from __future__ import annotations

import csv
import gzip
import json
import os
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hamsafar.impact import Options, Shape, TouchPaths, attribution
from hamsafar.impact.markov import _by_inverse, _by_solving, chain_of, flows, removal_effects
from hamsafar.impact.resample import replicas_of
from hamsafar.kernel.errors import BadInput, NotFound

SHARED = Path(__file__).parents[3] / "shared"
DATA = Path(os.environ.get("HAMSAFAR_DATA", SHARED / "data")) / "attribution_paths.csv.gz"
ORACLE = Path(os.environ.get("HAMSAFAR_ORACLE", SHARED / "oracle")) / "attribution.json"
EXACT = Options(replicates=0)
RAW = Options(replicates=0, collapse=False)


@st.composite
def path_tables(draw):
    names = "abcd"
    rows = draw(
        st.lists(
            st.tuples(
                st.lists(st.sampled_from(names), max_size=6),
                st.integers(0, 5),
                st.integers(0, 5),
            ),
            min_size=1,
            max_size=12,
        )
    )
    return TouchPaths.from_texts(
        [">".join(path) for path, _, _ in rows],
        [won for _, won, _ in rows],
        nulls=[lost for _, _, lost in rows],
    )


def brute(paths: TouchPaths, order: int, removed: str | None) -> float:
    """The chance to convert, by pushing mass through the chain of states until none is left."""
    steps: dict[tuple, dict[tuple, float]] = {}
    for text, won, lost in zip(
        paths.texts(), paths.conversions.tolist(), paths.nulls.tolist(), strict=True
    ):
        touches = text.split(" > ") if text else []
        if not touches:
            continue
        here: tuple = ()
        for touch in touches:
            there = (*here, touch)[-order:]
            steps.setdefault(here, {}).setdefault(there, 0.0)
            steps[here][there] += won + lost
            here = there
        for end, weight in ((("won!",), won), (("lost!",), lost)):
            steps.setdefault(here, {}).setdefault(end, 0.0)
            steps[here][end] += weight
    mass, won = {(): 1.0}, 0.0
    for _ in range(4_000):
        following: dict[tuple, float] = {}
        for state, amount in mass.items():
            out = sum(steps.get(state, {}).values())
            for there, weight in steps.get(state, {}).items():
                part = amount * weight / out if out else 0.0
                if there == ("won!",):
                    won += part
                elif there != ("lost!",) and there[-1] != removed:
                    following[there] = following.get(there, 0.0) + part
        mass = following
    return won


@pytest.fixture(scope="module")
def truth():
    return json.loads(ORACLE.read_text())


@pytest.fixture(scope="module")
def paths():
    with gzip.open(DATA, "rt") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    return TouchPaths.from_texts(
        [row["path"] for row in rows],
        [float(row["total_conversions"]) for row in rows],
        nulls=[float(row["total_null"]) for row in rows],
        values=[float(row["total_conversion_value"]) for row in rows],
    )


class TestOracle:
    pytestmark = pytest.mark.skipif(
        not (DATA.exists() and ORACLE.exists()),
        reason=f"{DATA} or {ORACLE} is not there; set HAMSAFAR_DATA and HAMSAFAR_ORACLE",
    )

    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [("first", "first_touch"), ("last", "last_touch"), ("linear", "linear_touch")],
    )
    def test_rules_of_thumb_equal_channel_attribution(self, paths, truth, ours, theirs):
        heuristic = truth["heuristic"]
        model = attribution(paths, (ours,), RAW).model(ours)
        for place, touch in enumerate(heuristic["channel_name"]):
            row = model.of(touch)
            assert row.conversions == pytest.approx(
                heuristic[f"{theirs}_conversions"][place], rel=1e-9
            )
            assert row.value == pytest.approx(heuristic[f"{theirs}_value"][place], rel=1e-9)

    @pytest.mark.parametrize("options", [EXACT, RAW])
    def test_markov_equals_the_exact_solution_with_and_without_repeats(self, paths, truth, options):
        model = attribution(paths, ("markov",), options).model("markov")
        for touch, expected in truth["markov1_exact_noself"].items():
            assert model.of(touch).conversions == pytest.approx(expected, rel=1e-9)
            removal = truth["removal_effects_exact"][touch]
            assert model.of(touch).removal_effect == pytest.approx(removal, rel=1e-9)

    def test_intervals_hold_what_they_are_about(self, paths):
        found = attribution(paths, ("linear", "markov"), Options(replicates=100))
        for model in found.models:
            for row in model.rows:
                assert row.low <= row.conversions <= row.high

    def test_higher_orders_are_solved_too(self, paths):
        found = attribution(paths, ("markov",), Options(order=2, replicates=0))
        assert sum(row.conversions for row in found.models[0].rows) == pytest.approx(
            found.attributed
        )


class TestRules:
    def test_position_gives_forty_twenty_forty(self):
        found = attribution(TouchPaths.from_texts(["a>b>c>d"], [10]), ("position",), EXACT)
        owed = {row.touch: row.conversions for row in found.models[0].rows}
        assert owed == pytest.approx({"a": 4, "d": 4, "b": 1, "c": 1})

    @pytest.mark.parametrize(("path", "owed"), [("a", {"a": 6}), ("a>b", {"a": 3, "b": 3})])
    def test_position_of_short_paths_still_gives_everything(self, path, owed):
        found = attribution(TouchPaths.from_texts([path], [6]), ("position",), EXACT)
        assert {r.touch: r.conversions for r in found.models[0].rows} == pytest.approx(owed)

    def test_time_decay_halves_with_every_half_life(self):
        paths = TouchPaths(
            touches=("a", "b"),
            code=np.array([0, 1]),
            starts=np.array([0, 2]),
            conversions=np.array([3.0]),
            nulls=np.zeros(1),
            value=np.array([9.0]),
            before_s=np.array([7 * 86_400.0, 0.0]),
        )
        rows = attribution(paths, ("time_decay",), EXACT).models[0]
        assert rows.of("b").conversions == pytest.approx(2)
        assert rows.of("a").value == pytest.approx(3)

    def test_time_decay_of_paths_long_ago_does_not_vanish(self):
        paths = TouchPaths(
            touches=("a",),
            code=np.array([0]),
            starts=np.array([0, 1]),
            conversions=np.array([1.0]),
            nulls=np.zeros(1),
            value=np.array([1.0]),
            before_s=np.array([1e12]),
        )
        assert attribution(paths, ("time_decay",), EXACT).models[0].rows[0].conversions == 1

    def test_conversions_without_a_touch_are_owed_to_nobody(self):
        found = attribution(TouchPaths.from_texts(["", "a"], [5, 2], nulls=[1, 1]), None, EXACT)
        assert (found.conversions, found.attributed, found.untouched) == (7, 2, 5)
        for model in found.models:
            assert sum(row.conversions for row in model.rows) == pytest.approx(2)

    def test_repeats_and_loops_are_told(self):
        paths = TouchPaths.from_texts(["a>a>b", "a>b>a", "b"], [1, 1, 1])
        found = attribution(paths, ("linear",), EXACT)
        assert (found.self_loops, found.loops, found.is_collapsed) == (1, 1, True)
        assert found.models[0].of("a").conversions == pytest.approx(1 / 2 + 2 / 3)
        raw = attribution(paths, ("linear",), RAW)
        assert raw.models[0].of("a").conversions == pytest.approx(2 / 3 + 2 / 3)


class TestMarkov:
    def test_a_chain_solved_by_hand(self):
        # Half of those at a go on to b, half are lost; of those at b half convert.
        paths = TouchPaths.from_texts(["a", "a>b", "b"], [0, 1, 1], nulls=[2, 1, 1])
        effects = attribution(paths, ("markov",), EXACT).model("markov")
        # P(conversion) = 4/6 · (1/2 · 1/2) + 2/6 · 1/2 = 1/3; without a 1/6; without b 0.
        assert effects.of("a").removal_effect == pytest.approx(0.5)
        assert effects.of("b").removal_effect == pytest.approx(1.0)
        assert effects.of("a").conversions == pytest.approx(2 / 3)

    def test_loops_between_touches_do_not_end_it(self):
        paths = TouchPaths.from_texts(["a>b>a>b>a"], [1], nulls=[1])
        rows = attribution(paths, ("markov",), EXACT).model("markov")
        assert rows.of("a").removal_effect == pytest.approx(1)
        assert rows.of("b").conversions == pytest.approx(
            rows.of("b").removal_effect / (1 + rows.of("b").removal_effect)
        )

    @settings(max_examples=40, deadline=None)
    @given(path_tables(), st.integers(1, 3))
    def test_removal_effects_equal_brute_force(self, paths, order):
        chain = chain_of(paths, order)
        lived = np.where(paths.lengths > 0, paths.conversions + paths.nulls, 0)
        won = np.where(paths.lengths > 0, paths.conversions, 0)
        effects = removal_effects(flows(chain, lived, won))
        whole = brute(paths, order, None)
        for touch, effect in zip(paths.touches, effects.tolist(), strict=True):
            expected = 1 - brute(paths, order, touch) / whole if whole else 0
            assert effect == pytest.approx(expected, abs=1e-6)

    def test_both_ways_of_solving_agree(self):
        rng = np.random.default_rng(3)
        texts = [">".join(rng.choice(list("abcdef"), rng.integers(1, 7))) for _ in range(300)]
        paths = TouchPaths.from_texts(texts, rng.integers(0, 4, 300), nulls=rng.integers(0, 4, 300))
        flow = flows(chain_of(paths, 1), paths.conversions + paths.nulls, paths.conversions)
        assert _by_inverse(flow) == pytest.approx(_by_solving(flow), abs=1e-12)

    def test_nothing_converts_and_nothing_is_owed(self):
        found = attribution(
            TouchPaths.from_texts(["a>b"], [0], nulls=[4]), ("markov", "last"), EXACT
        )
        assert [row.conversions for model in found.models for row in model.rows] == [0, 0, 0, 0]


class TestSums:
    @settings(max_examples=60, deadline=None)
    @given(path_tables(), st.booleans())
    def test_every_model_shares_out_exactly_the_conversions_with_touches(self, paths, collapse):
        found = attribution(paths, None, Options(replicates=0, collapse=collapse))
        for model in found.models:
            total = sum(row.conversions for row in model.rows)
            assert total == pytest.approx(found.attributed, abs=1e-6)
            assert all(row.conversions >= -1e-9 for row in model.rows)

    @settings(max_examples=30, deadline=None)
    @given(path_tables(), st.randoms())
    def test_order_of_the_table_and_splitting_a_row_change_nothing(self, paths, random):
        rows = list(zip(paths.texts(), paths.conversions, paths.nulls, strict=True))
        split = [(text, won / 2, lost / 2) for text, won, lost in rows for _ in range(2)]
        random.shuffle(split)
        other = TouchPaths.from_texts(
            [r[0] for r in split], [r[1] for r in split], nulls=[r[2] for r in split]
        )
        for ours, theirs in zip(
            attribution(paths, None, EXACT).models,
            attribution(other, None, EXACT).models,
            strict=True,
        ):
            for row in ours.rows:
                assert theirs.of(row.touch).conversions == pytest.approx(row.conversions, abs=1e-6)


class TestBootstrap:
    def test_equal_seeds_give_equal_intervals_and_others_others(self):
        paths = TouchPaths.from_texts(["a>b", "b", "a"], [30, 10, 5], nulls=[40, 60, 30])
        one, same, other = (
            attribution(paths, ("markov",), Options(replicates=60, seed=seed)).models[0].rows
            for seed in (1, 1, 2)
        )
        assert one == same
        assert one != other

    def test_intervals_narrow_as_customers_come(self):
        def width(times):
            paths = TouchPaths.from_texts(
                ["a>b", "b", "a"], [30 * times, 10 * times, 5 * times], nulls=[40 * times] * 3
            )
            row = attribution(paths, ("linear",), Options(replicates=200)).models[0].of("a")
            return (row.high - row.low) / row.conversions

        assert width(100) < width(1) / 5

    @pytest.mark.parametrize("order", [1, 2])
    def test_worlds_of_markov_equal_solving_each_of_them(self, order):
        paths = TouchPaths.from_texts(
            ["a>b>a", "b>c", "a", "c>a>b"], [5, 3, 2, 4], nulls=[3, 6, 9, 1], values=[9, 1, 2, 8]
        )
        replicas = replicas_of(paths, 5, seed=4)
        count, value = replicas.of_chain(order)
        chain = chain_of(replicas.paths, order)
        for b in range(5):
            lived = replicas.conversions[b] + replicas.nulls[b]
            for won, found in ((replicas.conversions[b], count), (replicas.value[b], value)):
                effects = removal_effects(flows(chain, lived, won))
                assert found[b] == pytest.approx(effects / effects.sum() * won.sum())

    def test_a_person_with_many_paths_is_drawn_as_one(self):
        def paths_of(person):
            return TouchPaths(
                touches=("a", "b"),
                code=np.array([0, 0, 0, 0, 1, 1, 1, 1]),
                starts=np.arange(9),
                conversions=np.ones(8),
                nulls=np.zeros(8),
                value=np.ones(8),
                person=np.array(person),
            )

        def width(paths):
            row = attribution(paths, ("last",), Options(replicates=400)).models[0].of("a")
            return row.high - row.low

        alone, together = paths_of(range(8)), paths_of([0, 0, 0, 0, 1, 1, 1, 1])
        assert width(together) > width(alone)
        assert width(together) == 8


class TestRefusals:
    @pytest.mark.parametrize(
        ("call", "where"),
        [
            (lambda p: attribution(p, ("best",)), "models[0]"),
            (lambda p: attribution(p, ("last", "last")), "models[1]"),
            (lambda p: attribution(p, ("time_decay",)), "models"),
            (lambda p: attribution(p, options=Options(order=9)), "order"),
            (lambda p: attribution(p, options=Options(replicates=-1)), "replicates"),
            (
                lambda p: attribution(p, options=Options(shape=Shape(first_share=0.9))),
                "first_share",
            ),
            (lambda _: TouchPaths.from_texts(["a"], [-1]), "conversions"),
            (lambda _: TouchPaths.from_texts(["a"], [1], nulls=[1, 2]), "nulls"),
            (lambda p: attribution(p).model("best"), "model"),
        ],
    )
    def test_says_what_is_wrong_where(self, call, where):
        with pytest.raises(BadInput) as refused:
            call(TouchPaths.from_texts(["a>b"], [1]))
        assert refused.value.where == where

    def test_an_unknown_touch_is_not_found(self):
        with pytest.raises(NotFound):
            attribution(TouchPaths.from_texts(["a"], [1])).models[0].of("z")


class TestTables:
    def test_frames_hold_a_row_per_model_and_touch(self):
        found = attribution(TouchPaths.from_texts(["a>b"], [1], nulls=[1]), ("first", "markov"))
        frame = found.to_pandas()
        assert list(frame["model"]) == ["first", "first", "markov", "markov"]
        assert found.to_arrow().num_rows == 4
        assert "1 conversions" in found._repr_html_()

    def test_choices_are_many(self):
        texts = [">".join(path) for path in product("ab", repeat=3)]
        found = attribution(TouchPaths.from_texts(texts, [1] * 8))
        assert {model.name for model in found.models} == {
            "first",
            "last",
            "linear",
            "position",
            "markov",
        }
