"""Settling a few persons gives what replaying everything gives."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from identity.strategies import BLOCKED, DAY, RULES, batches, event_lists
from support.identity import Held, Model, event, pair

from hamsafar.identity import settle
from hamsafar.identity.settle import Step
from hamsafar.identity.types import Cause, Limit, Period, Rules


def user(number):
    return ("user_id", f"u{number}")


def device(number):
    return ("anonymous_id", f"a{number}")


def email(number):
    return ("email", f"e{number}@x.ir")


def together(held, *identifiers):
    return len({held.held_nodes[held.numbers[i]].person for i in identifiers}) == 1


class TestSettle:
    @pytest.mark.parametrize("patience", [0, 8])
    @settings(
        max_examples=300,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(data=st.data(), rules=st.sampled_from(RULES))
    def test_any_order_and_batching_gives_the_brute_force_outcome(
        self, monkeypatch, data, rules, patience
    ):
        monkeypatch.setattr(settle, "PATIENCE", patience)
        events = data.draw(event_lists())
        model = Model(rules, BLOCKED)
        model.add(events)
        held = Held(rules, BLOCKED)
        for some in data.draw(batches(events)):
            held.add(some)
        assert held.outcome() == model.outcome()
        held.check_counts()

    def test_a_late_claim_splits_a_person_and_says_so(self):
        held = Held(Rules())
        held.add([event(user(1), device(1), at=10, message_id="first")])
        assert together(held, user(1), device(1))
        held.add([event(user(2), device(1), at=5, message_id="late")])
        assert together(held, user(2), device(1))
        assert not together(held, user(1), user(2))
        moved = {change.node: change.cause for change in held.changes[1:]}
        assert moved[held.numbers[device(1)]] is Cause.LATE_CLAIM

    def test_a_late_claim_ripples_through_refused_ones(self):
        held = Held(Rules())
        held.add([event(user(1), device(1), at=10), event(user(2), device(2), at=11)])
        held.add([event(device(1), email(1), at=20), event(device(2), email(1), at=30)])
        held.add([event(user(3), email(1), at=40)])
        assert together(held, user(1), device(1), email(1))
        held.add([event(user(3), device(1), at=1)])
        assert together(held, user(3), device(1), email(1))
        assert not together(held, user(1), device(1))

    def test_a_claim_that_joined_earlier_may_make_room_in_a_later_window(self):
        held = Held(Rules(limit_else=Limit(most=1, period=Period.MONTHLY)))
        held.add([event(user(1), email(1), at=35 * DAY), event(user(1), email(2), at=40 * DAY)])
        assert not together(held, user(1), email(2))
        held.add([event(user(1), email(1), at=5 * DAY)])
        assert together(held, user(1), email(1), email(2))

    @pytest.mark.parametrize("length", [3, 7, 9, 20, 70])
    def test_a_late_claim_may_push_a_whole_chain_of_persons(self, length):
        held, model = Held(Rules(limit_else=Limit(most=1))), Model(Rules(limit_else=Limit(most=1)))
        events = []
        for n in range(length):
            # each holds its own phone; had it room it would hold its neighbour's, claimed before
            own = event(user(n), ("phone", f"p{n}"), at=10 * n, message_id=f"own{n}")
            late = event(user(n + 1), ("phone", f"p{n}"), at=10 * n + 5, message_id=f"next{n}")
            events += [own, late]
        held.add(events)
        model.add(events)
        assert held.outcome() == model.outcome()
        first = [event(user(0), ("phone", "p-new"), at=-1, message_id="first")]
        held.add(first)
        model.add(first)
        assert together(held, user(0), ("phone", "p-new"))
        assert together(held, user(length), ("phone", f"p{length - 1}"))
        assert held.outcome() == model.outcome()

    def test_events_in_order_read_only_the_persons_at_their_ends(self):
        held = Held(Rules())
        for n in range(1, 50):
            held.add([event(user(n), device(n), at=n), event(user(n + 1), device(n), at=n)])
        held.read.clear()
        held.add([event(user(7), email(7), at=1_000)])
        assert held.read <= {held.numbers[i] for i in (user(7), device(7), device(6))}

    def test_a_late_claim_reads_a_neighbour_but_not_the_neighbours_of_all(self):
        held = Held(Rules())
        for n in range(1, 50):
            held.add([event(user(n), device(n), at=n), event(user(n + 1), device(n), at=n)])
        held.read.clear()
        held.add([event(user(7), email(7), at=0)])
        assert len(held.read) < 12

    def test_a_third_user_makes_a_device_public_and_frees_the_first(self):
        held = Held(Rules())
        held.add([event(user(1), device(1), at=1), event(user(2), device(1), at=2)])
        assert together(held, user(1), device(1))
        held.add([event(user(3), device(1), at=3)])
        assert not together(held, user(1), device(1))
        assert set(held.outcome()[1].values()) == {"shared"}
        assert held.changes[-1].cause is Cause.SHARED

    def test_a_public_device_is_never_read_whole(self):
        held = Held(Rules())
        for n in range(1, 200):
            held.add([event(user(n), device(1), at=n)])
        asked = []
        plain = held.claims
        held.claims = lambda nodes: asked.append(found := plain(nodes)) or found
        held.add([event(user(500), device(1), at=1_000)])
        assert sum(map(len, asked)) <= 1

    def test_a_cut_stays_cut_whatever_comes_and_counts_for_nothing(self):
        held = Held(Rules())
        held.add([event(user(1), device(1), at=1)])
        held.cut(user(1), device(1), Step.CUT)
        assert not together(held, user(1), device(1))
        held.add([event(user(1), device(1), at=0), event(user(1), device(1), at=9)])
        assert not together(held, user(1), device(1))
        held.add([event(user(2), device(1), at=5), event(user(3), device(1), at=6)])
        assert together(held, user(2), device(1))
        held.cut(user(1), device(1), Step.MEND)
        assert held.outcome()[1][pair(user(1), device(1))] == "shared"
        held.check_counts()

    def test_erasing_one_of_three_users_gives_the_device_back(self):
        held = Held(Rules())
        held.add([event(user(n), device(1), at=n) for n in (1, 2, 3)])
        assert held.erase(held.numbers[user(2)]) == [user(2)]
        assert together(held, user(1), device(1))
        held.check_counts()


@pytest.mark.parametrize("seed", range(6))
class TestUnmerge:
    def test_after_a_thousand_events_on_both_sides_it_is_as_if_never_merged(self, seed):
        dice = random.Random(seed)
        left = [user(1), device(1), device(2), email(1)]
        right = [user(2), device(3), email(2), ("phone", "+981")]
        before = [
            event(*dice.sample(side, 2), at=dice.randrange(1_000), message_id=f"b{n}")
            for n in range(20)
            for side in (left, right)
        ]
        bridge = event(email(1), device(3), at=dice.randrange(1_000), message_id="bridge")
        after = [
            event(
                *dice.sample(side, dice.randint(1, 3)), at=dice.randrange(9_000), message_id=f"a{n}"
            )
            for n in range(1_000)
            for side in (left, right)
        ]
        rules = Rules(limits={"user_id": Limit(most=2)}, join_identified=True)
        never, merged = Held(rules), Held(rules)
        never.add([*before, event(email(1)), event(device(3))])
        merged.add([*before, bridge])
        merged.cut(email(1), device(3), Step.CUT)
        for start in range(0, len(after), 97):
            never.add(after[start : start + 97])
            merged.add(after[start : start + 97])
        people, verdicts = merged.outcome()
        assert verdicts.pop(pair(email(1), device(3))) == "severed"
        assert (people, verdicts) == never.outcome()


class Identity(RuleBasedStateMachine):
    """Events, cuts, mends and erasures in any order, against the model."""

    links = Bundle("links")

    def __init__(self):
        super().__init__()
        self.rules = RULES[1]
        self.held = Held(self.rules, BLOCKED)
        self.model = Model(self.rules, BLOCKED)
        self.sent = 0

    @rule(target=links, events=event_lists(max_size=8))
    def send(self, events):
        for one in events:
            self.sent += 1
            one.message_id = f"{one.message_id}-{self.sent}"
        self.held.add(events)
        self.model.add(events)
        own = self.model.own(events[0])
        return own, next((i for i in events[0].identifiers if i != own), own)

    @rule(link=links)
    def cut(self, link):
        key = pair(*link)
        blocked = any(value in BLOCKED for _, value in key)
        if key in self.model.causes and key not in self.model.cuts and not blocked:
            self.held.cut(*key, Step.CUT)
            self.model.cuts.add(key)

    @rule(link=links)
    def mend(self, link):
        key = pair(*link)
        if key in self.model.cuts:
            self.held.cut(*key, Step.MEND)
            self.model.cuts.discard(key)

    @rule(link=links)
    def erase(self, link):
        if link[0] in self.model.seen:
            person = self.held.held_nodes[self.held.numbers[link[0]]].person
            self.model.erase(self.held.erase(person))

    @invariant()
    def equals_the_model(self):
        assert self.held.outcome() == self.model.outcome()
        self.held.check_counts()


TestIdentity = Identity.TestCase
TestIdentity.settings = settings(max_examples=150, stateful_step_count=12, deadline=None)
