"""Any order, strict order, attempts, sessions, optional steps, breakdowns; and what always holds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.funnels import (
    ANY_STEPS,
    BANS,
    LIFE,
    LIVES,
    NAMES,
    ONE,
    OVERLAPPING,
    STEPS,
    WINDOWS,
    Asked,
    any_order,
    episodes,
    fitting,
    hits,
    levels,
    sequences,
    strict,
)

from hamsafar.journeys import (
    Attributes,
    Breakdown,
    Filters,
    Part,
    Sequences,
    Threads,
    funnel,
    funnel_run,
    step,
)
from hamsafar.kernel.errors import BadInput

SECOND = 1_000_000
SHORT = st.lists(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 5)), max_size=7), min_size=1, max_size=3
)


class TestAnyOrder:
    @given(lives=SHORT, steps=st.one_of(STEPS, OVERLAPPING), window=WINDOWS, low=st.integers(-9, 4))
    def test_finds_the_most_steps_a_window_holds(self, lives, steps, window, low):
        filters = Filters(from_us=low * SECOND, to_us=(low + 12) * SECOND)
        found = funnel(sequences(lives), steps, filters, window_s=window, order="any", compute=ONE)
        asked = Asked(len(steps), window, from_=low, to=low + 12)
        expected = [any_order(hits(life, steps), asked) for life in lives]
        assert levels(found, len(lives)) == expected

    @given(lives=SHORT, steps=st.one_of(STEPS, OVERLAPPING), window=WINDOWS, low=st.integers(-9, 4))
    def test_only_what_begins_in_the_range_enters(self, lives, steps, window, low):
        filters = Filters(from_us=low * SECOND, to_us=(low + 5) * SECOND)
        found = funnel(sequences(lives), steps, filters, window_s=window, order="any", compute=ONE)
        asked = Asked(len(steps), window, from_=low, to=low + 5)
        expected = [any_order(hits(life, steps), asked) for life in lives]
        assert levels(found, len(lives)) == expected

    @given(lives=SHORT, steps=STEPS, window=WINDOWS)
    def test_an_exclusion_parts_what_lies_around_it(self, lives, steps, window):
        assume(len(steps) > 1)
        bans = [("x", 0, len(steps) - 1)]
        found = funnel(
            sequences(lives), steps, window_s=window, order="any", exclusions=bans, compute=ONE
        )
        asked = Asked(len(steps), window, bans=((0, len(steps) - 1),))
        expected = [any_order(hits(life, steps, ["x"]), asked) for life in lives]
        assert levels(found, len(lives)) == expected


class TestStrictOrder:
    @given(lives=SHORT, steps=ANY_STEPS, window=WINDOWS, strict_time=st.booleans())
    def test_nothing_else_happens_between(self, lives, steps, window, strict_time):
        ties = "strict_time" if strict_time else "favour"
        found = funnel(
            sequences(lives), steps, window_s=window, order="strict", ties=ties, compute=ONE
        )
        asked = Asked(len(steps), window, strict_time=strict_time)
        assert levels(found, len(lives)) == [strict(hits(one, steps), asked) for one in lives]


class TestAttempts:
    @given(lives=LIVES, steps=ANY_STEPS, window=WINDOWS, bans=BANS)
    def test_follow_each_other_as_they_end(self, lives, steps, window, bans):
        bans = fitting(bans, len(steps))
        found = funnel(
            sequences(lives),
            steps,
            window_s=window,
            exclusions=bans,
            count_by="attempts",
            compute=ONE,
        )
        asked = Asked(len(steps), window, bans=tuple(b[1:] for b in bans))
        units = found.attempts.units
        for who, life in enumerate(lives):
            expected = episodes(hits(life, steps, [b[0] for b in bans]), asked)
            assert units.length[units.person == who].tolist() == expected

    @given(
        lives=LIVES,
        steps=ANY_STEPS,
        window=WINDOWS,
        order=st.sampled_from(["ordered", "any", "strict"]),
    )
    def test_reach_as_many_people_as_people_do(self, lives, steps, window, order):
        s = sequences(lives)
        each = funnel(s, steps, window_s=window, order=order, count_by="attempts", compute=ONE)
        people = funnel(s, steps, window_s=window, order=order, compute=ONE)
        for number in range(len(steps)):
            assert each.people(number).tolist() == people.people(number).tolist()
            assert each.counts[number] >= people.counts[number]


class TestSessions:
    @given(lives=LIVES, steps=ANY_STEPS, gap=st.integers(1, 20))
    def test_are_people_cut_at_the_pauses(self, lives, steps, gap):
        found = funnel(
            sequences(lives),
            steps,
            window_s=100,
            count_by="sessions",
            session_gap_s=gap,
            compute=ONE,
        )
        cut, owner = [], []
        for who, life in enumerate(lives):
            rows = sorted(life)
            starts = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(rows)) if b[0] - a[0] > gap)]
            for first, last in pairwise([*starts, len(rows)]):
                cut.append(rows[first:last])
                owner.append(who)
        by_hand = funnel(sequences(cut), steps, window_s=100, compute=ONE)
        assert found.counts == by_hand.counts
        for number in range(len(steps)):
            wanted = sorted({owner[p] for p in by_hand.people(number).tolist()})
            assert found.people(number).tolist() == wanted


class TestOptional:
    @given(lives=LIVES, window=WINDOWS)
    def test_step_changes_nothing_for_the_others(self, lives, window):
        s = sequences(lives)
        steps = ["a", step("b", optional=True), "c", step("d", optional=True), "x"]
        found = funnel(s, steps, window_s=window, compute=ONE)
        plain = funnel(s, ["a", "c", "x"], window_s=window, compute=ONE)
        assert [found.counts[n] for n in (0, 2, 4)] == list(plain.counts)
        for mine, theirs in ((0, 0), (2, 1), (4, 2)):
            assert found.people(mine).tolist() == plain.people(theirs).tolist()
            assert (
                found.attempts.times_us(mine).tolist() == plain.attempts.times_us(theirs).tolist()
            )

    @given(lives=LIVES, window=WINDOWS)
    def test_step_is_found_between_the_steps_around_it(self, lives, window):
        found = funnel(
            sequences(lives), ["a", step("b", optional=True), "c"], window_s=window, compute=ONE
        )
        attempts = found.attempts
        entered, came = attempts.times_us(0).tolist(), attempts.times_us(2).tolist()
        has = attempts.reached(1).tolist()
        for row, who in enumerate(attempts.units.person.tolist()):
            last = came[row] if came[row] > -(1 << 59) else entered[row] + window * SECOND
            happened = [t * SECOND for t, code in lives[who] if NAMES[code] == "b"]
            assert has[row] == any(entered[row] <= t <= last for t in happened)

    def test_times_run_from_the_step_taken_before(self):
        s = sequences([[(0, 0), (10, 1), (30, 2)], [(0, 0), (40, 2)]])
        found = funnel(s, ["a", step("b", optional=True), "c"], window_s=100)
        assert found.counts == (2, 1, 2)
        assert found.mean_s[1:] == (10, 30)


class TestOpen:
    def test_who_may_still_get_further_is_open(self):
        s = sequences([[(0, 0)], [(95, 0)], [(0, 0), (5, 1)], [(100, 4)]])
        found = funnel(s, ["a", "b"], window_s=10)
        assert found.as_of_us == 100 * SECOND
        assert found.counts == (3, 1)
        assert found.steps[0].dropped == 2
        assert found.open == (1, 0)
        assert found.people(0, Part.OPEN).tolist() == [1]
        assert found.people(0, Part.DROPPED).tolist() == [0, 1]
        later = funnel(s, ["a", "b"], window_s=10, as_of_us=105 * SECOND)
        assert later.open == (0, 0)


def coloured(lives: list[list[tuple[int, int, str | None]]]) -> Sequences:
    rows = [(who, *event) for who, life in enumerate(lives) for event in life]
    return Sequences.from_arrays(
        person=np.array([r[0] for r in rows]),
        time_us=np.array([r[1] * SECOND for r in rows]),
        code=np.array([r[2] for r in rows]),
        names=NAMES,
        attributes=Attributes(
            properties={"colour": [r[3] for r in rows]},
            traits={"plan": {0: "gold", 1: "free", 2: "free"}},
            channel=np.array([r[0] % 2 for r in rows]),
            channels=("web", "app"),
        ),
    )


class TestBreakdown:
    LIVES = (
        [(0, 0, "red"), (1, 1, "blue")],
        [(0, 0, "red"), (5, 1, "red")],
        [(0, 0, None), (1, 1, "blue")],
        [(0, 0, None)],
    )

    @pytest.mark.parametrize(
        ("attribution", "expected"),
        [
            ("first_touch", {"red": (2, 2), "blue": (1, 1), "unknown": (1, 0)}),
            ("last_touch", {"blue": (2, 2), "red": (1, 1), "unknown": (1, 0)}),
            ("step", {"red": (2, 2), "unknown": (2, 1)}),
            ("all_events", {"red": (2, 1), "unknown": (2, 0)}),
        ],
    )
    def test_follows_its_attribution(self, attribution, expected):
        s = coloured(list(self.LIVES))
        split = Breakdown(by=s.properties["colour"], attribution=attribution, label="colour")
        found = funnel(s, ["a", "b"], window_s=60, breakdown=split)
        assert {part.label: part.counts for part in found.breakdown} == expected

    def test_by_trait_and_channel(self):
        s = coloured(list(self.LIVES))
        by_plan = funnel(s, ["a"], window_s=60, breakdown=Breakdown(by=s.traits["plan"]))
        assert {p.label: p.counts for p in by_plan.breakdown} == {
            "free": (2,),
            "gold": (1,),
            "unknown": (1,),
        }
        by_channel = funnel(s, ["a"], window_s=60, breakdown=Breakdown())
        assert [(p.label, p.counts) for p in by_channel.breakdown] == [("web", (2,)), ("app", (2,))]

    @given(
        lives=st.lists(
            st.lists(
                st.tuples(st.integers(0, 9), st.integers(0, 3), st.sampled_from([None, *"pqrs"])),
                max_size=6,
            ),
            min_size=1,
            max_size=6,
        ),
        attribution=st.sampled_from(["first_touch", "last_touch", "step"]),
        limit=st.integers(1, 3),
    )
    def test_sums_reconcile(self, lives, attribution, limit):
        s = coloured(lives)
        if not len(s.chunks[0].time):
            return
        split = Breakdown(by=s.properties["colour"], attribution=attribution, limit=limit, step=1)
        found = funnel(s, ["a", "b", "c"], window_s=5, breakdown=split, compute=ONE)
        parts = np.array([part.counts for part in found.breakdown]).reshape(-1, 3)
        assert tuple(parts.sum(axis=0).tolist()) == found.counts
        assert len(parts) <= limit + 2


class TestAlways:
    RULES = (
        {},
        {"order": "any"},
        {"order": "strict"},
        {"ties": "strict_time"},
        {"semantics": "posthog"},
        {"semantics": "clickhouse"},
        {"semantics": "mixpanel_classic"},
        {"count_by": "attempts"},
    )

    @pytest.mark.parametrize("rules", RULES, ids=str)
    @given(
        lives=LIVES,
        steps=STEPS,
        window=WINDOWS,
        more=LIFE,
        shift=st.integers(-50, 50),
        seed=st.integers(),
    )
    def test_order_of_rows_time_and_strangers_play_no_part(
        self, rules, lives, steps, window, more, shift, seed
    ):
        def ask(s: Sequences):
            return funnel(s, steps, window_s=window, compute=ONE, **rules)

        plain = ask(sequences(lives))
        assert ask(sequences(lives, shuffle=seed)).counts == plain.counts
        moved = [[(time + shift, code) for time, code in life] for life in lives]
        assert ask(sequences(moved)).counts == plain.counts
        beside = ask(sequences([*lives, more]))
        alone = ask(sequences([more]))
        both = [a + b for a, b in zip(plain.counts, alone.counts, strict=True)]
        assert list(beside.counts) == both

    @pytest.mark.parametrize("rules", RULES[:6], ids=str)
    @given(lives=LIVES, steps=STEPS, window=WINDOWS, wider=st.integers(0, 30))
    def test_a_wider_window_never_lowers(self, rules, lives, steps, window, wider):
        s = sequences(lives)
        narrow = funnel(s, steps, window_s=window, compute=ONE, **rules)
        wide = funnel(s, steps, window_s=window + wider, compute=ONE, **rules)
        assert all(b >= a for a, b in zip(narrow.counts, wide.counts, strict=True))

    @pytest.mark.parametrize("rules", RULES, ids=str)
    @given(lives=LIVES, steps=STEPS, window=WINDOWS)
    def test_people_are_as_many_as_counted(self, rules, lives, steps, window):
        found = funnel(sequences(lives), steps, window_s=window, compute=ONE, **rules)
        for number, row in enumerate(found.steps):
            crowd = found.crowd(number).page(0, None)
            assert crowd.count == row.count
            assert sorted(p.person for p in crowd.people) == found.people(number).tolist()
            if "count_by" not in rules:
                assert len(found.people(number)) == row.count
                assert len(found.people(number, Part.DROPPED)) == row.dropped
                assert len(found.people(number, Part.OPEN)) == row.open
        assert list(found.counts) == sorted(found.counts, reverse=True)

    def test_a_long_life_is_dropped_unless_one_of_its_attempts_was_spared(self):
        turns = 20_000
        times, codes = np.arange(2 * turns) * 5, np.tile([0, 2], turns)
        spared = np.flatnonzero((codes == 2) & (times > 50_000))[:3]
        for gone, left in (([], 0), (spared, 1)):
            kept = np.delete(np.arange(2 * turns), gone)
            lived = Sequences.from_arrays(
                person=np.zeros(len(kept), int),
                time_us=times[kept] * 1_000_000,
                code=codes[kept],
                names=["A", "B", "X"],
            )
            rules = {"exclusions": [("X", 0, 1)], "exclusion_policy": "drop_person"}
            found = funnel(lived, ["A", "B"], window_s=9, compute=ONE, **rules)
            assert found.counts == (left, 0)

    @given(lives=st.lists(LIFE, min_size=3, max_size=6), steps=STEPS, window=WINDOWS)
    def test_chunks_and_blocks_merge_to_the_whole(self, lives, steps, window):
        whole = funnel(sequences(lives), steps, window_s=window, compute=ONE)
        parts = [replace(sequences([*([[]] * n), life]).chunks[0]) for n, life in enumerate(lives)]
        merged = Sequences.from_chunks(parts, names=NAMES)
        for rules in ({}, {"exclusions": [("y", 0, 1)]} if len(steps) > 1 else {}):
            one = funnel(sequences(lives), steps, window_s=window, compute=ONE, **rules)
            two = funnel(merged, steps, window_s=window, compute=Threads(2), **rules)
            assert one.counts == two.counts
            for number in range(len(steps)):
                assert one.people(number).tolist() == two.people(number).tolist()
        assert whole.counts == funnel(merged, steps, window_s=window, compute=ONE).counts

    def test_many_people_need_many_blocks(self, monkeypatch):
        monkeypatch.setattr(funnel_run, "BLOCK", 4)
        lives = [[(0, 0), (n, 1)] for n in range(30)]
        for rules in ({}, {"count_by": "attempts"}, {"exclusions": [("y", 0, 1)]}):
            found = funnel(sequences(lives), ["a", "b"], window_s=9, compute=ONE, **rules)
            assert found.counts == (30, 10)


class TestRefuses:
    @pytest.mark.parametrize(
        ("words", "where"),
        [
            ({"steps": []}, "steps"),
            ({"steps": ["a", "nothing"]}, "steps[1]"),
            ({"steps": ["a", 7]}, "steps[1]"),
            ({"steps": [step("a", optional=True), "b"]}, "steps[0].optional"),
            ({"steps": ["a", "b"], "window_s": -1}, "window_s"),
            ({"steps": ["a", "b"], "order": "sideways"}, "order"),
            ({"steps": ["a", "b"], "exclusions": [("x", 1, 1)]}, "exclusions[0].to_step"),
            ({"steps": ["a", "b"], "exclusions": ["x"]}, "exclusions[0]"),
            ({"steps": ["a", "b"], "exclusions": [("z", 0, 1)]}, "exclusions[0]"),
            ({"steps": ["a", "b"], "speed": 3}, "speed"),
            (
                {
                    "steps": ["a", "b"],
                    "exclusions": [("x", 0, 1)],
                    "exclusion_policy": "drop_person",
                    "count_by": "attempts",
                },
                "exclusion_policy",
            ),
            ({"steps": ["a"] * 63}, "steps"),
            ({"steps": ["a", "b"], "order": "strict", "reuse": True}, "reuse"),
            ({"steps": ["a", "b"], "semantics": "clickhouse", "order": "any"}, "order"),
            ({"steps": ["a", "b"], "breakdown": Breakdown(step=2)}, "breakdown.step"),
        ],
    )
    def test_names_what_is_wrong(self, words, where):
        with pytest.raises(BadInput) as refused:
            funnel(sequences([[(0, 0)]]), **{"window_s": 5, **words})
        assert refused.value.where == where


class TestTold:
    def test_as_table_and_chart(self):
        s = sequences([[(0, 0), (60, 1)], [(0, 0)]])
        found = funnel(s, ["a", "b"], window_s=100)
        assert found.conversion == 0.5
        assert found.to_pandas()["count"].tolist() == [2, 1]
        assert found.to_arrow().column("median_s").to_pylist()[1] == 60
        assert found.durations_s().tolist() == [60]
        chart = found._repr_html_()
        assert "50.0%" in chart
        assert "1.0 min" in chart
        assert funnel(sequences([[]]), [["a", "b"]], window_s=1).counts == (0,)
