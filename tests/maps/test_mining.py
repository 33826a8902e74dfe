from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from support.maps import cheapest

from hamsafar.maps.checks import checked
from hamsafar.maps.mining import mined
from hamsafar.maps.types import (
    AnyOrder,
    Choice,
    InOrder,
    JourneyMap,
    Loop,
    Maybe,
    Stage,
    Touchpoint,
    Words,
)
from hamsafar.maps.walk import touchpoints_of

LOGS = st.dictionaries(
    st.text("ABCDEF", max_size=7).map(tuple), st.integers(1, 9), min_size=1, max_size=8
)


def make(name: str) -> Touchpoint:
    return Touchpoint(id=name.lower(), events=(name,))


def mine(**counts: int) -> object:
    return mined({tuple(trace): count for trace, count in counts.items()}, make)


A, B, C, D, X = map(make, "ABCDX")


class TestMined:
    def test_what_always_comes_in_order_is_a_sequence(self):
        assert mine(ABC=9) == InOrder(of=(A, B, C))

    def test_what_comes_both_ways_is_any_order(self):
        assert mine(ABCD=10, ACBD=9) == InOrder(of=(A, AnyOrder(of=(B, C)), D))

    def test_either_or_is_a_choice_and_what_may_be_missing_is_optional(self):
        assert mine(ABD=5, ACD=5) == InOrder(of=(A, Choice(of=(B, C)), D))
        assert mine(ABC=5, AC=5) == InOrder(of=(A, Maybe(of=(B,)), C))

    def test_what_repeats_is_a_loop(self):
        assert mine(ABAB=3, AB=5) == Loop(of=(A, B))
        assert mine(AB=5, ABXAB=4) == Loop(of=(A, B, Maybe(of=(X,))))
        assert mine(AAA=2, A=3) == Loop(of=(A,))

    def test_a_rare_way_does_not_spoil_the_map(self):
        assert mine(ABCD=200, ABDC=1) == InOrder(of=(A, B, C, D))

    def test_nothing_gives_nothing(self):
        assert mined({(): 4}, make) is None

    @settings(max_examples=300, deadline=None)
    @given(LOGS)
    def test_every_log_gives_a_sound_map_with_each_event_at_most_once(self, log):
        block = mined(log, make)
        if block is None:
            return
        journey = checked(
            JourneyMap(id="m", name=Words(en="M"), stages=(Stage(id="s", of=(block,)),))
        )
        ids = [one.id for one in touchpoints_of(journey)]
        assert len(ids) == len(set(ids))

    @settings(max_examples=100, deadline=None)
    @given(LOGS)
    def test_the_most_frequent_way_fits_when_it_is_nearly_all(self, log):
        trace = max(log, key=lambda t: (log[t], t))
        if not trace:
            return
        log = Counter(log) + Counter({trace: 10_000})
        block = mined(log, make)
        journey = JourneyMap(id="m", name=Words(en="M"), stages=(Stage(id="s", of=(block,)),))
        number = {one.id: at for at, one in enumerate(touchpoints_of(journey))}
        events = [
            (1 << number[name.lower()], 0) if name.lower() in number else None for name in trace
        ]
        assert None not in events
        assert cheapest(journey, events, number) == 0
