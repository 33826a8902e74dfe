"""Funnels equal trying every chain of events, whatever the rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support.funnels import (
    ANY_STEPS,
    BANS,
    LIVES,
    ONE,
    OVERLAPPING,
    WINDOWS,
    Asked,
    best,
    fitting,
    hits,
    level_or_dropped,
    levels,
    sequences,
    told,
)

from hamsafar.journeys import Filters, funnel


class TestOrdered:
    @given(lives=LIVES, steps=ANY_STEPS, window=WINDOWS, strict_time=st.booleans())
    def test_tells_the_attempt_that_trying_all_finds(self, lives, steps, window, strict_time):
        ties = "strict_time" if strict_time else "favour"
        found = funnel(sequences(lives), steps, window_s=window, ties=ties, compute=ONE)
        asked = Asked(len(steps), window, strict_time=strict_time)
        for who, life in enumerate(lives):
            assert told(found, who) == best(hits(life, steps), asked)

    @given(lives=LIVES, steps=OVERLAPPING, window=WINDOWS)
    def test_may_use_an_event_again_when_asked(self, lives, steps, window):
        found = funnel(sequences(lives), steps, window_s=window, reuse=True, compute=ONE)
        asked = Asked(len(steps), window, reuse=True)
        for who, life in enumerate(lives):
            assert told(found, who) == best(hits(life, steps), asked)

    @given(lives=LIVES, steps=ANY_STEPS, window=WINDOWS, bans=BANS, strict_time=st.booleans())
    def test_voids_attempts_that_an_exclusion_hits(self, lives, steps, window, bans, strict_time):
        bans = fitting(bans, len(steps))
        ties = "strict_time" if strict_time else "favour"
        found = funnel(
            sequences(lives), steps, window_s=window, exclusions=bans, ties=ties, compute=ONE
        )
        asked = Asked(len(steps), window, strict_time=strict_time, bans=tuple(b[1:] for b in bans))
        for who, life in enumerate(lives):
            assert told(found, who) == best(hits(life, steps, [b[0] for b in bans]), asked)

    @given(lives=LIVES, steps=ANY_STEPS, window=WINDOWS, bans=BANS)
    def test_drops_people_whose_furthest_attempts_are_all_hit(self, lives, steps, window, bans):
        bans = fitting(bans, len(steps))
        found = funnel(
            sequences(lives),
            steps,
            window_s=window,
            exclusions=bans,
            exclusion_policy="drop_person",
            compute=ONE,
        )
        asked = Asked(len(steps), window, bans=tuple(b[1:] for b in bans))
        expected = [
            level_or_dropped(hits(life, steps, [b[0] for b in bans]), asked) for life in lives
        ]
        assert levels(found, len(lives)) == expected

    @given(lives=LIVES, steps=ANY_STEPS, window=WINDOWS, low=st.integers(0, 8))
    def test_range_bounds_entering_alone(self, lives, steps, window, low):
        filters = Filters(from_us=low * 1_000_000, to_us=(low + 4) * 1_000_000)
        found = funnel(sequences(lives), steps, filters, window_s=window, compute=ONE)
        asked = Asked(len(steps), window, from_=low, to=low + 4)
        for who, life in enumerate(lives):
            assert told(found, who) == best(hits(life, steps), asked)
