"""Funnels against what ClickHouse and PostHog answered, and against PostHog's way written anew."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.funnels import BANS, LIVES, NAMES, ONE, WINDOWS, fitting, levels, sequences
from support.posthog import posthog_level

from hamsafar.journeys import FunnelResult, Sequences, funnel

CASES = Path(__file__).parent / "cases"
ORACLE = Path(__file__).parents[3] / "shared" / "oracle"
needs_oracle = pytest.mark.skipif(not ORACLE.exists(), reason="needs ../shared/oracle")


def read(path: Path) -> list[dict]:
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else [*map(json.loads, text.splitlines())]


def lived(people: dict[str, list], names: list[str]) -> Sequences:
    rows = [
        (who, round(time * 1_000_000), names.index(name))
        for who, events in enumerate(people.values())
        for time, name in events
    ]
    table = np.array(rows, np.int64).reshape(-1, 3)
    return Sequences.from_arrays(
        person=table[:, 0], time_us=table[:, 1], code=table[:, 2], names=names
    )


@cache
def alone(events: str, names: str) -> Sequences:
    return lived({"one": json.loads(events)}, json.loads(names))


def level(case: dict, **rules: object) -> int:
    names = sorted({name for _, name in case["events"]} | set(case["steps"]))
    s = alone(json.dumps(case["events"]), json.dumps(names))
    return sum(funnel(s, case["steps"], window_s=case["window"], compute=ONE, **rules).counts)


class TestClickHouse:
    @needs_oracle
    def test_its_thousand_logs(self):
        cases = read(ORACLE / "window_funnel.jsonl")
        assert len(cases) == 1000
        for case in cases:
            expected = case["expected"]
            assert level(case) == expected["strict_once"] == case["bruteforce_once"]
            assert level(case, reuse=True) == expected["default"]
            assert level(case, semantics="clickhouse") == expected["default"]
            assert level(case, ties="strict_time") == case["bruteforce_increase"]

    def test_logs_of_our_own(self):
        cases = read(CASES / "window_funnel.jsonl")
        assert len(cases) == 400
        for case in cases:
            assert level(case) == case["strict_once"], case
            assert level(case, reuse=True) == case["default"], case
            assert level(case, semantics="clickhouse") == case["default"], case


def asked(case: dict) -> FunnelResult:
    names = {name for events in case["people"].values() for _, name in events}
    bans = [(one["event"], one["from"], one["to"]) for one in case["exclusions"]]
    s = lived(case["people"], sorted(names | set(case["steps"]) | {ban[0] for ban in bans}))
    rules = {"order": case["order"], "exclusions": bans, "semantics": "posthog"}
    return funnel(s, case["steps"], window_s=case["window_s"], compute=ONE, **rules)


class TestPostHog:
    @needs_oracle
    @pytest.mark.parametrize(
        "case", read(ORACLE / "posthog_funnels.json"), ids=lambda case: case["name"]
    )
    def test_its_own_scenarios(self, case):
        found, expected = asked(case), case["expect"]
        who = list(case["people"])
        assert list(found.counts) == expected["counts"]
        for number, people in expected.get("who", {}).items():
            assert [who[person] for person in found.people(int(number) - 1)] == people
        for figure, values in (("avg", found.mean_s), ("median", found.median_s)):
            for number in range(2, len(case["steps"]) + 1):
                wanted = expected.get(f"{figure}_time_step{number}")
                assert wanted is None or values[number - 1] == pytest.approx(wanted)

    @pytest.mark.parametrize(
        "case", read(CASES / "posthog_funnels.json"), ids=lambda case: case["name"]
    )
    def test_scenarios_of_our_own(self, case):
        found = asked(case)
        assert list(found.counts) == case["expect"]["counts"]
        if "avg_time_step2" in case["expect"]:
            assert found.mean_s[1] == pytest.approx(case["expect"]["avg_time_step2"])

    @given(
        lives=LIVES,
        steps=st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True),
        window=WINDOWS,
        bans=BANS,
        order=st.sampled_from(["ordered", "strict"]),
    )
    def test_its_way_written_anew(self, lives, steps, window, bans, order):
        bans = fitting(bans, len(steps))
        found = funnel(
            sequences(lives),
            steps,
            window_s=window,
            exclusions=bans,
            order=order,
            semantics="posthog",
            compute=ONE,
        )
        named = [sorted(((t, NAMES[c]) for t, c in life), key=lambda e: e[0]) for life in lives]
        expected = [
            posthog_level(life, steps, window=window, bans=bans, is_strict=order == "strict")
            for life in named
        ]
        assert levels(found, len(lives)) == expected


class TestMixpanelClassic:
    @pytest.mark.parametrize(
        ("events", "counts"),
        [
            ([(0, "a"), (30, "a"), (45, "b"), (75, "c")], (1, 1, 0)),
            ([(0, "a"), (30, "a"), (61, "a"), (70, "b"), (80, "c")], (1, 1, 1)),
            ([(0, "a"), (45, "b"), (60, "c")], (1, 1, 1)),
            ([(0, "a"), (45, "b"), (61, "c")], (1, 1, 0)),
        ],
    )
    def test_window_begins_once(self, events, counts):
        s = lived({"one": events}, ["a", "b", "c"])
        found = funnel(s, ["a", "b", "c"], window_s=60, semantics="mixpanel_classic")
        assert found.counts == counts

    def test_attempts_begin_anew_when_the_last_is_over(self):
        events = [(0, "a"), (30, "a"), (61, "a"), (70, "b"), (71, "a"), (72, "b")]
        s = lived({"one": events}, ["a", "b"])
        rules = {"semantics": "mixpanel_classic", "count_by": "attempts"}
        assert funnel(s, ["a", "b"], window_s=60, **rules).counts == (3, 2)
