"""Why four programs differ, and what each event of a person did."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.funnels import LIVES, ONE, STEPS, WINDOWS, fitting, sequences

from hamsafar.journeys import Filters, Semantics, Sequences, explain, explain_person, funnel
from hamsafar.kernel.errors import NotFound

SECOND = 1_000_000
A, B, C, D, X, Y = range(6)


def rules_of(found) -> dict[str, int]:
    return {row.rule.value: row.people for row in found.by_rule}


class TestExplain:
    @pytest.mark.parametrize(
        ("life", "words", "rule", "levels"),
        [
            ([(0, A), (8, A), (16, B)], {}, "window_anchor", {"mixpanel_classic": 1}),
            ([(0, A), (30, A), (35, B)], {"to": 32}, "range_end", {"posthog": 1, "clickhouse": 1}),
            (
                [(0, A), (2, X), (3, B)],
                {"exclusions": [("x", 0, 1)]},
                "exclusion_drops_person",
                {"posthog": 0},
            ),
            (
                [(0, A), (2, X), (3, B)],
                {"exclusions": [("x", 0, 1)]},
                "exclusions_ignored",
                {"clickhouse": 2},
            ),
            ([(0, A), (0, B)], {"ties": "strict_time"}, "tie", {"clickhouse": 2}),
        ],
    )
    def test_names_the_rule_a_person_hangs_on(self, life, words, rule, levels):
        words = dict(words)
        filters = Filters(to_us=words.pop("to", 1000) * SECOND)
        found = explain(sequences([life]), ["a", "b"], filters, window_s=10, compute=ONE, **words)
        (one,) = found.differences()
        assert rule in {cause.value for cause in one.rules.values()}
        assert rules_of(found)[rule] == 1
        for semantics, level in levels.items():
            assert one.levels[Semantics(semantics)] == level

    def test_an_event_that_meets_two_steps(self):
        found = explain(sequences([[(0, A)]]), [["a", "b"], ["a", "c"]], window_s=10, compute=ONE)
        assert rules_of(found) == {"reuse": 1}
        (one,) = found.differences()
        assert one.levels == {
            Semantics.HAMSAFAR: 1,
            Semantics.POSTHOG: 1,
            Semantics.CLICKHOUSE: 2,
            Semantics.MIXPANEL_CLASSIC: 1,
        }

    def test_times_within_a_second(self):
        s = Sequences.from_arrays(person=[1, 1], time_us=[200, 100], code=[A, B], names=["a", "b"])
        found = explain(s, ["a", "b"], window_s=10, compute=ONE)
        assert rules_of(found) == {"seconds": 1}

    def test_steps_at_one_time_are_left_out_of_posthogs_means(self):
        found = explain(sequences([[(0, A), (0, B)]]), ["a", "b"], window_s=10, compute=ONE)
        assert rules_of(found) == {"zero_duration": 1}
        assert found.total == 0

    @given(lives=LIVES, steps=STEPS, window=WINDOWS, ban=st.booleans())
    def test_counts_are_those_of_each_program_and_everybody_who_differs_is_named(
        self, lives, steps, window, ban
    ):
        s = sequences(lives)
        bans = fitting([("x", 0, 1)], len(steps)) if ban else []
        found = explain(s, steps, window_s=window, exclusions=bans, compute=ONE)
        by = {row.semantics: row.counts for row in found.semantics}
        for whose in Semantics:
            words = {} if whose is Semantics.CLICKHOUSE else {"exclusions": bans}
            alone = funnel(s, steps, window_s=window, semantics=whose, compute=ONE, **words)
            assert by[whose] == alone.counts
        told = found.differences()
        assert len(told) == found.total
        assert found.differences(1, 1) == told[1:2]
        for one in told:
            differing = {w for w in Semantics if one.levels[w] != one.levels[Semantics.HAMSAFAR]}
            assert set(one.rules) == differing


class TestExplainPerson:
    def outcomes(self, life, steps=("a", "b", "c"), **words) -> list[str]:
        told = explain_person(sequences([life]), 0, steps, **{"window_s": 10, **words})
        return [event.outcome.value for event in told.events]

    def test_tells_what_each_event_did(self):
        assert self.outcomes([(0, A), (2, B), (3, X), (4, B), (5, C)]) == [
            "entered",
            "advanced",
            "unused",
            "repeated",
            "completed",
        ]
        assert self.outcomes([(0, A), (5, A), (12, B), (13, C)]) == [
            "replaced",
            "entered",
            "advanced",
            "completed",
        ]
        assert self.outcomes([(0, B), (1, A), (2, C), (30, B)]) == [
            "out_of_order",
            "entered",
            "out_of_order",
            "too_late",
        ]
        assert self.outcomes([(0, A), (1, X), (2, B)], exclusions=[("x", 0, 1)]) == [
            "entered",
            "excluded",
            "out_of_order",
        ]

    def test_tells_how_each_attempt_ended(self):
        life = [(0, A), (1, B), (2, C), (20, A), (40, A), (41, B), (95, A), (100, X)]
        told = explain_person(sequences([life]), 0, ["a", "b", "c"], window_s=10)
        assert [(a.level, a.ended.value, a.ended_at_us // SECOND) for a in told.attempts] == [
            (3, "completed", 2),
            (1, "expired", 30),
            (2, "expired", 50),
            (1, "open", 105),
        ]
        assert told.levels[Semantics.HAMSAFAR] == 3

    def test_what_the_filters_leave_out(self):
        life = [(0, A), (1, X), (2, B)]
        assert self.outcomes(life, ("a", "b"), filters=Filters(exclude=frozenset({"x"}))) == [
            "entered",
            "filtered",
            "completed",
        ]
        assert self.outcomes(life, ("a", "b"), filters=Filters(from_us=1)) == [
            "outside_range",
            "unused",
            "out_of_order",
        ]

    def test_breaks_strict_order(self):
        told = explain_person(
            sequences([[(0, A), (1, X), (2, B)]]), 0, ["a", "b"], window_s=10, order="strict"
        )
        assert told.attempts[0].ended.value == "broken"

    def test_knows_nobody_else(self):
        with pytest.raises(NotFound):
            explain_person(sequences([[(0, A)]]), 5, ["a"], window_s=1)

    @given(lives=LIVES, steps=STEPS, window=WINDOWS, order=st.sampled_from(["ordered", "any"]))
    def test_taken_steps_are_those_of_the_attempts(self, lives, steps, window, order):
        s = sequences(lives)
        for who in np.unique(s.chunks[0].person).tolist():
            told = explain_person(s, who, steps, window_s=window, order=order)
            took = [
                e for e in told.events if e.outcome.value in {"entered", "advanced", "completed"}
            ]
            assert len(took) == sum(a.level for a in told.attempts)
            best = max((a.level for a in told.attempts), default=0)
            assert best == told.levels[Semantics.HAMSAFAR]
