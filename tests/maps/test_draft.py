import numpy as np
import pytest

from hamsafar.journeys import Attributes, Filters, Sequences
from hamsafar.kernel.errors import BadInput
from hamsafar.maps import conformance
from hamsafar.maps.draft import DraftWish, draft
from hamsafar.maps.types import Maybe, Touchpoint, Words
from hamsafar.maps.walk import touchpoints_of

MINUTE_US = 60_000_000
NAMES = ("Page: Home", "Screen: Home", "Search", "Cart", "Paid", "Noise", "ثبت نظر")


def lived(*paths: tuple[str, ...], channel: int = 0) -> Sequences:
    person = [who for who, path in enumerate(paths) for _ in path]
    time = [minute * MINUTE_US for path in paths for minute, _ in enumerate(path)]
    code = [NAMES.index(name) for path in paths for name in path]
    return Sequences.from_arrays(
        person=np.array(person),
        time_us=np.array(time),
        code=np.array(code),
        names=NAMES,
        attributes=Attributes(channel=np.full(len(code), channel), channels=("web", "app")),
    )


def wish(**more) -> DraftWish:
    return DraftWish(**{"goal": ("Paid",), "id": "buy", "name": Words(en="Buy"), **more})


SHOP = lived(
    *[("Page: Home", "Search", "Cart", "Paid")] * 6,
    *[("Screen: Home", "Cart", "Paid")] * 4,
    ("Page: Home", "Noise"),
)


class TestDraft:
    def test_takes_what_led_to_the_goal_with_pages_and_screens_as_one(self):
        found = draft(SHOP, wish())
        home, search, cart, paid = touchpoints_of(found.journey)
        assert home.events == ("Page: Home", "Screen: Home")
        assert [one.events for one in (search, cart, paid)] == [("Search",), ("Cart",), ("Paid",)]
        steps = [block for stage in found.journey.stages for block in stage.of]
        assert [type(block) for block in steps] == [Touchpoint, Maybe, Touchpoint, Touchpoint]
        assert (found.attempts, found.covered, found.variants) == (10, 10, 2)
        assert found.journey.goal == ("paid",)
        assert cart.channels == ("web",)
        assert cart.expected_s == 60.0

    def test_those_it_was_drafted_from_fit_it(self):
        found = conformance(draft(SHOP, wish()).journey, SHOP, as_of_us=10**15)
        assert found.fitting.count == 10
        assert [one.key for one in found.deviations] == ["stopped:home"]

    def test_covers_a_chosen_share(self):
        found = draft(SHOP, wish(share=0.5))
        assert (found.covered, found.variants) == (6, 1)

    def test_takes_only_events_asked_for(self):
        found = draft(SHOP, wish(names=("Search", "Paid")))
        assert [one.id for one in touchpoints_of(found.journey)] == ["search", "paid"]

    def test_a_name_without_latin_letters_gets_a_number(self):
        found = draft(lived(*[("ثبت نظر", "Paid")] * 3), wish())
        assert "ثبت نظر" in [one.label.en for one in touchpoints_of(found.journey)]

    def test_refuses_what_cannot_be(self):
        for bad, where in (
            (wish(goal=("Nowhere",)), "goal[0]"),
            (wish(goal=()), "goal"),
            (wish(share=0), "share"),
            (wish(silence_s=-1), "silence_s"),
            (wish(filters=Filters(exclude=frozenset({"Paid"}))), "goal"),
        ):
            with pytest.raises(BadInput) as caught:
                draft(SHOP, bad)
            assert caught.value.where == where
