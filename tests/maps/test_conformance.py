from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.maps import journeys

from hamsafar.journeys import Attributes, Filters, Sequences
from hamsafar.kernel.errors import BadInput
from hamsafar.maps import Picture, conformance, from_yaml
from hamsafar.maps.walk import touchpoints_of

MINUTE_US = 60_000_000
LATER = 10**15

BUY = from_yaml("""
id: buy
name: {en: Buy}
goal: [paid]
attempts: {silence_s: 86400}
stages:
- id: look
  of:
  - {kind: touchpoint, id: home, events: [Home], channels: [web]}
  - {kind: optional, of: [{kind: touchpoint, id: search, events: [Search]}]}
- id: pay
  of:
  - kind: choice
    of:
    - {kind: touchpoint, id: card, events: [Card]}
    - {kind: touchpoint, id: cash, events: [Cash]}
  - {kind: touchpoint, id: ship, events: [Ship], at_most_s: 120}
  - {kind: touchpoint, id: paid, events: [Paid]}
""")
NAMES = ("Home", "Search", "Card", "Cash", "Ship", "Paid", "Other")


def lived(*paths: str, gap: int = 1, channels: tuple[str, ...] = ("web", "app")) -> Sequences:
    """One person for each path; a name may carry a channel (`Home/app`) or a pause (`+5`)."""
    rows = []
    for who, path in enumerate(paths):
        minute = 0
        for word in path.split():
            if word.startswith("+"):
                minute += int(word)
                continue
            name, _, channel = word.partition("/")
            rows.append((who, minute, NAMES.index(name), channels.index(channel or "web")))
            minute += gap
    who, minute, code, channel = (np.array(column) for column in zip(*rows, strict=True))
    return Sequences.from_arrays(
        person=who,
        time_us=minute * MINUTE_US,
        code=code,
        names=NAMES,
        attributes=Attributes(channel=channel, channels=channels),
    )


def keys(*paths: str) -> dict[str, int]:
    found = conformance(BUY, lived(*paths), as_of_us=LATER)
    return {one.key: one.times for one in found.deviations}


class TestDeviations:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("Home Card Ship Paid", {}),
            ("Home Search Cash Ship Paid", {}),
            ("Home Ship Paid", {"missing:card": 1}),
            ("Home Card", {"stopped:card": 1}),
            ("Home Home Card Ship Paid", {"too_often:home": 1}),
            ("Home Ship Card Paid", {"out_of_sequence:ship": 1}),
            ("Home Card Cash Ship Paid", {"exclusive:cash": 1}),
            ("Home/app Card Ship Paid", {"wrong_channel:home:app": 1}),
            ("Home Card Ship +5 Paid", {"too_late:ship": 1}),
            ("Home Card Ship Search Paid", {"out_of_sequence:search": 1}),
            ("Home Other Card Ship Paid", {}),
        ],
    )
    def test_each_kind_is_told_by_its_name(self, path, expected):
        found = keys(path)
        if "missing:cash" in found:
            # Either branch of a choice is as cheap to skip.
            found["missing:card"] = found.pop("missing:cash")
        assert found == expected

    def test_only_events_the_map_knows_take_part(self):
        found = conformance(BUY, lived("Home Other Card Ship Paid"), as_of_us=LATER)
        assert [(other.name, other.count) for other in found.others] == [("Other", 1)]
        assert found.fitness == 1.0


class TestAttempts:
    def test_after_the_goal_an_earlier_stage_begins_anew(self):
        found = conformance(BUY, lived("Home Card Ship Paid Home Card Ship Paid"), as_of_us=LATER)
        assert (found.people, found.attempts, found.goal.count) == (1, 2, 2)

    def test_silence_ends_an_attempt(self):
        found = conformance(BUY, lived("Home +2000 Home Card Ship Paid"), as_of_us=LATER)
        assert found.attempts == 2

    def test_what_may_still_come_is_not_held_against_it(self):
        found = conformance(BUY, lived("Home Card"), as_of_us=10 * MINUTE_US)
        assert (found.open, found.fitness, found.deviations) == (1, 1.0, ())
        assert (found.goal.of, found.goal.open) == (0, 1)

    def test_times_choose_attempts_by_their_beginning(self):
        s = lived("Home Card Ship Paid", "+100 Home Card Ship Paid")
        only = Filters(from_us=50 * MINUTE_US, to_us=101 * MINUTE_US)
        found = conformance(BUY, s, only, as_of_us=LATER)
        assert (found.people, found.goal.count) == (1, 1)

    def test_an_empty_range_is_refused(self):
        with pytest.raises(BadInput):
            conformance(BUY, lived("Home"), Filters(from_us=5, to_us=5))


class TestFigures:
    def test_effect_is_the_difference_of_goal_rates(self):
        fits, fails = "Home Card Ship Paid", "Home Home Card"
        found = conformance(BUY, lived(*[fits] * 20, *[fails] * 10), as_of_us=LATER)
        (often,) = [one for one in found.deviations if one.key == "too_often:home"]
        assert often.effect is not None
        assert (often.effect.difference, often.minutes) == (-1.0, 10.0)
        assert often.effect.high < 0
        assert often.effect.q < 0.001

    def test_what_is_allowed_takes_nothing_from_fitness(self):
        s = lived("Home Home Card Ship Paid")
        found = conformance(BUY, s, allowed=["too_often:home"], as_of_us=LATER)
        assert (found.fitness, found.fitting.count) == (1.0, 1)
        assert found.deviations[0].allowed

    def test_few_people_are_hidden(self):
        picture = Picture.of(BUY, lived("Home Home Card Ship Paid"), as_of_us=LATER)
        found = replace(picture, least=5).conformance()
        assert found.deviations == ()
        assert all(card.people.suppressed for card in found.cards if card.touchpoint == "home")


@st.composite
def stories(draw):
    journey = draw(journeys(5))
    names = tuple(one.events[0] for one in touchpoints_of(journey))
    events = draw(
        st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 500), st.integers(0, len(names) - 1)),
            min_size=1,
            max_size=25,
        )
    )
    who, minute, code = (np.array(column) for column in zip(*events, strict=True))
    s = Sequences.from_arrays(person=who, time_us=minute * MINUTE_US, code=code, names=names)
    goal = draw(st.sampled_from([(), (touchpoints_of(journey)[-1].id,)]))
    return replace_goal(journey, goal), s


def replace_goal(journey, goal):
    return type(journey)(id=journey.id, name=journey.name, stages=journey.stages, goal=goal)


class TestPeople:
    @settings(max_examples=150, deadline=None)
    @given(stories(), st.booleans())
    def test_every_number_opens_to_exactly_its_people(self, story, over):
        journey, s = story
        picture = Picture.of(journey, s, as_of_us=LATER if over else None)
        found = picture.conformance()
        assert 0 <= found.fitness <= 1
        for one in found.deviations:
            crowd = picture.crowd(one.key).page(0, None)
            assert (crowd.total, crowd.count) == (one.people.count, one.times)
        for card in found.cards:
            crowd = picture.crowd(f"reached:{card.touchpoint}").page(0, None)
            assert (crowd.total, crowd.count) == (card.people.count, card.times)
        for stage in found.stages:
            assert picture.crowd(f"stage:{stage.stage}").page(0, None).total == stage.people.count
        assert picture.crowd("everyone").page(0, None).total == found.people
        assert picture.crowd("goal").page(0, None).count == found.goal.count

    def test_what_is_no_number_is_refused(self):
        picture = Picture.of(BUY, lived("Home"))
        for name in ("nonsense", "missing:nowhere", "reached:", "missing:home:web"):
            with pytest.raises(BadInput):
                picture.crowd(name)
