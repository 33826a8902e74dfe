from hypothesis import given, settings
from hypothesis import strategies as st
from support.maps import cheapest, journeys, texts_of

from hamsafar.journeys import Threads
from hamsafar.maps.alignment import aligned
from hamsafar.maps.automaton import EXTRA, SKIP, WRONG, machine_of
from hamsafar.maps.walk import touchpoints_of

ONE = Threads(1)


@st.composite
def cases(draw):
    """A map and variants whose events may be one touchpoint (or several in a row of steps)."""
    journey = draw(journeys())
    touchpoints = len(touchpoints_of(journey))
    one = st.integers(0, touchpoints - 1).map(lambda t: 1 << t)
    event = st.tuples(one, st.booleans()).map(lambda e: (e[0], e[0] if e[1] else 0))
    return journey, draw(st.lists(st.lists(event, max_size=7), min_size=1, max_size=4))


class TestAligned:
    @settings(max_examples=400, deadline=None)
    @given(cases())
    def test_costs_are_those_of_dijkstra_on_the_product_graph(self, case):
        journey, variants = case
        number = {one.id: at for at, one in enumerate(touchpoints_of(journey))}
        found = aligned(machine_of(journey), texts_of(variants), ONE)
        assert found.cost.tolist() == [cheapest(journey, v, number) for v in variants]

    @settings(max_examples=200, deadline=None)
    @given(cases())
    def test_moves_add_up_to_the_cost(self, case):
        journey, variants = case
        texts = texts_of(variants)
        found = aligned(machine_of(journey), texts, ONE)
        for v, variant in enumerate(variants):
            touch = found.touch[texts.starts[v] : texts.starts[v + 1]].tolist()
            spent = SKIP * int((found.skip_variant == v).sum())
            for (match, wrong), used in zip(variant, touch, strict=True):
                assert used < 0 or match >> used & 1
                spent += EXTRA if used < 0 else WRONG * (wrong >> used & 1)
            assert spent == found.cost[v]
