"""Paths of touches against a slow walk, and what is left out of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hamsafar.impact import Options, PathRules, Touch, TouchKind, attribution, touch_paths
from hamsafar.journeys import Attributes, Sequences
from hamsafar.kernel.errors import BadInput

CHANNELS = ("web", "mail", "shop")
EVENTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(0, 1), st.integers(0, 2)),
    min_size=1,
    max_size=40,
)


def sequences(events, **attributes):
    person, time, code, channel = (np.array(column) for column in zip(*events, strict=True))
    return Sequences.from_arrays(
        person=person,
        time_us=time * 1_000_000,
        code=code,
        names=["touch", "won"],
        attributes=Attributes(channel=channel, channels=CHANNELS, **attributes),
    )


def slowly(s, lookback):
    """(path, end) of everybody, and how many people are open."""
    chunk = s.chunks[0]
    rows = zip(chunk.person, chunk.time // 1_000_000, chunk.code, chunk.channel, strict=True)
    found, still = [], set()
    newest = int(chunk.time.max()) // 1_000_000
    by_person: dict[int, list] = {}
    for person, at, code, channel in rows:
        by_person.setdefault(int(person), []).append((int(at), int(code), CHANNELS[channel]))
    for person, events in by_person.items():
        here: list[tuple[int, str]] = []

        def end(here=here, person=person):
            if here and here[-1][0] + lookback > newest:
                still.add(person)
            elif here:
                near = [name for at, name in here if here[-1][0] - at <= lookback]
                found.append((" > ".join(near), False))
            here.clear()

        for at, code, name in events:
            if here and at - here[-1][0] > lookback:
                end()
            if code:
                found.append((" > ".join(n for t, n in here if at - t <= lookback), True))
                here.clear()
            else:
                here.append((at, name))
        end()
    return sorted(found), len(still)


class TestTouchPaths:
    @settings(max_examples=200, deadline=None)
    @given(EVENTS, st.integers(1, 30))
    def test_equal_a_slow_walk(self, events, lookback):
        s = sequences(events)
        paths = touch_paths(s, "won", rules=PathRules(lookback_s=lookback))
        found = zip(paths.texts(), (paths.conversions > 0).tolist(), strict=True)
        assert (sorted(found), paths.open) == slowly(s, lookback)

    def test_by_event_and_by_property(self):
        s = sequences(
            [(1, 0, 0, 0), (1, 1, 0, 1), (1, 2, 1, 0), (2, 99, 0, 2)],
            properties={"campaign": ["autumn", None, None, "winter"], "worth": [None, None, 7, 3]},
        )
        by_event = touch_paths(s, "won", Touch(kind=TouchKind.EVENT), PathRules(lookback_s=9))
        assert by_event.texts() == ("touch > touch",)
        by_campaign = touch_paths(
            s,
            "won",
            Touch(kind=TouchKind.PROPERTY, path="campaign"),
            PathRules(lookback_s=9, value="worth"),
        )
        assert by_campaign.texts() == ("autumn",)
        assert by_campaign.value.tolist() == [7]
        assert by_campaign.before_s.tolist() == [2]

    def test_only_paths_that_end_in_the_range_count(self):
        s = sequences([(1, 0, 0, 0), (1, 10, 1, 0), (2, 20, 0, 1), (2, 30, 1, 0)])
        rules = PathRules(lookback_s=15, ended=(15_000_000, None))
        assert touch_paths(s, "won", rules=rules).texts() == ("mail",)

    @pytest.mark.parametrize(
        ("ask", "where"),
        [
            (lambda s: touch_paths(s, "no"), "conversion"),
            (lambda s: touch_paths(s, "won", Touch(kind=TouchKind.PROPERTY)), "touch.path"),
            (lambda s: touch_paths(s, "won", Touch(names=("no",))), "touch.names"),
            (lambda s: touch_paths(s, "won", rules=PathRules(lookback_s=0)), "lookback_s"),
            (lambda s: touch_paths(s, "won", rules=PathRules(value="no")), "value"),
        ],
    )
    def test_says_what_is_wrong_where(self, ask, where):
        with pytest.raises(BadInput) as refused:
            ask(sequences([(1, 0, 0, 0), (1, 1, 1, 0)]))
        assert refused.value.where == where


class TestPeople:
    @settings(max_examples=60, deadline=None)
    @given(EVENTS)
    def test_of_a_touch_are_those_whose_paths_meet_it(self, events):
        paths = touch_paths(sequences(events), "won", rules=PathRules(lookback_s=10))
        found = attribution(paths, ("last",), Options(replicates=0))
        for touch in paths.touches:
            expected = sum(
                won > 0 and touch in text.split(" > ")
                for text, won in zip(paths.texts(), paths.conversions, strict=True)
            )
            assert found.crowd(touch, "converted").page(0, None).count == expected
        assert found.crowd(None, "converted").page(0, None).count == found.conversions
        assert found.crowd("", "converted").page(0, None).count == found.untouched
        assert found.crowd(None, "null").page(0, None).count == found.nulls
