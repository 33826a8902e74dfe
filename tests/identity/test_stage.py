"""The stage on real databases."""

import random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from identity.strategies import RULES, batches, event_lists
from support.identity import Model, batch, event, pair, wipe

from hamsafar.identity import IdentityService, IdentityStage, Rules
from hamsafar.identity.types import Verdict
from hamsafar.kernel.clock import FixedClock

CLOCK = FixedClock(1_700_000_000_000_000)
FIXTURE_ONCE = [HealthCheck.function_scoped_fixture]


def send(database, stage, *events):
    """One batch, committed; returns the nodes."""
    with database.write() as tx:
        done = stage.apply(batch(events), tx)
    stage.committed()
    return done.node.tolist()


def crash(database, stage, *events):
    """One batch that is applied and rolled back."""
    with database.write() as tx:
        stage.apply(batch(events), tx)
        raise RuntimeError("crash")


def outcome(database, rules):
    service = IdentityService(database, rules, CLOCK)
    with database.read() as tx:
        people = sorted(p.identifiers for p in service.canonical_people(tx))
        claims = {(c.a, c.b): c.verdict.value for c in service.canonical_claims(tx)}
    return people, claims


BLOCKED = frozenset({"guest", "ناشناس", "000"})


class TestApply:
    @settings(max_examples=40, deadline=None, suppress_health_check=FIXTURE_ONCE)
    @given(data=st.data(), rules=st.sampled_from(RULES), size=st.sampled_from([2, 8, 1_000]))
    def test_any_order_and_batching_gives_the_brute_force_outcome(
        self, database, data, rules, size
    ):
        wipe(database)
        events = data.draw(event_lists(max_size=20))
        model = Model(rules, BLOCKED)
        model.add(events)
        stage = IdentityStage(rules, CLOCK, identifiers=size, claims=size)
        for some in data.draw(batches(events)):
            send(database, stage, *some)
        assert outcome(database, rules) == model.outcome()

    def test_the_node_is_the_first_identifiers_and_never_changes(self, database):
        stage = IdentityStage(Rules(), CLOCK)
        anonymous = event(("anonymous_id", "a"), message_id="1")
        known = event(("user_id", "u"), ("anonymous_id", "a"), message_id="2")
        assert send(database, stage, anonymous, known, anonymous) == [1, 2, 1]
        assert send(database, stage, known, anonymous) == [2, 1]
        assert send(database, IdentityStage(Rules(), CLOCK), known, anonymous) == [2, 1]

    def test_an_identifier_is_first_seen_where_it_first_stands_in_a_batch(self, database):
        stage = IdentityStage(Rules(), CLOCK)
        node, _, _ = send(
            database,
            stage,
            event(("user_id", "u1"), at=10, source_id=1),
            event(("user_id", "u1"), at=20, source_id=2),
            event(("user_id", "u1"), at=30, source_id=3),
        )
        (member,) = IdentityService(database, Rules(), CLOCK).members(node)
        assert (member.first_seen_at, member.source_id) == (10, 1)

    def test_returns_int64_and_leaves_the_rest_of_the_batch(self, database):
        stage = IdentityStage(Rules(), CLOCK)
        given_batch = batch([event(("email", "a@b.ir"))])
        with database.write() as tx:
            done = stage.apply(given_batch, tx)
        assert done.node.dtype == np.int64
        assert done.events is given_batch.events

    def test_an_empty_batch_does_nothing(self, database):
        assert send(database, IdentityStage(Rules(), CLOCK)) == []

    @pytest.mark.parametrize("word", ["guest", "ناشناس", "بی‌نام", "بي نام", "0000", "NULL"])
    def test_a_value_that_names_nobody_joins_nobody_and_owns_no_event(self, database, word):
        stage = IdentityStage(Rules(), CLOCK)
        nodes = send(
            database,
            stage,
            event(("user_id", word), ("anonymous_id", "a"), message_id="1"),
            event(("user_id", word), ("anonymous_id", "b"), message_id="2"),
            event(("user_id", word), message_id="3"),
        )
        people, claims = outcome(database, Rules())
        assert len(people) == len(set(nodes)) == 3
        assert set(claims.values()) == {"blocked"}

    def test_an_alias_is_a_claim_between_the_two_ids(self, database):
        stage = IdentityStage(Rules(), CLOCK)
        send(database, stage, event(("user_id", "new"), ("anonymous_id", "old")))
        assert outcome(database, Rules())[0] == [(("anonymous_id", "old"), ("user_id", "new"))]

    def test_an_alias_of_two_users_is_refused(self, database):
        stage = IdentityStage(Rules(), CLOCK)
        send(database, stage, event(("user_id", "new"), ("user_id", "old")))
        key = pair(("user_id", "new"), ("user_id", "old"))
        assert outcome(database, Rules())[1] == {key: "limit"}

    def test_the_same_value_of_two_kinds_is_two_identifiers(self, database):
        stage = IdentityStage(Rules(), CLOCK)
        assert send(database, stage, event(("user_id", "7")), event(("card", "7"))) == [1, 2]

    def test_right_to_left_and_half_spaces_in_values_are_kept_apart(self, database):
        stage = IdentityStage(Rules(), CLOCK)
        values = ["علی", "عل‌ی", "علی\u202e", "عليی", "x" * 500]
        nodes = send(database, stage, *(event(("user_id", value)) for value in values))
        assert len(set(nodes)) == len(values)

    def test_a_kiosk_of_two_thousand_customers_in_one_batch(self, database):
        stage = IdentityStage(Rules(), CLOCK)
        visits = [
            event(("user_id", f"u{n}"), ("anonymous_id", "kiosk"), at=n, message_id=f"{n:05}")
            for n in range(2_000)
        ]
        send(database, stage, *visits[:1_000])
        send(database, stage, *visits[1_000:])
        people, claims = outcome(database, Rules())
        assert len(people) == 2_001
        assert set(claims.values()) == {"shared"}

    def test_an_earlier_event_of_a_known_claim_becomes_its_cause(self, database):
        stage = IdentityStage(Rules(), CLOCK)
        ids = (("user_id", "u"), ("anonymous_id", "a"))
        send(database, stage, event(*ids, at=50, message_id="b"))
        send(database, stage, event(*ids, at=50, message_id="a"), event(*ids, at=60))
        send(database, stage, event(*ids, at=40, message_id="z"), event(*ids, at=45))
        service = IdentityService(database, Rules(), CLOCK)
        with database.read() as tx:
            (claim,) = service.canonical_claims(tx)
        assert (claim.occurred_at, claim.message_id) == (40, "z")
        assert claim.verdict is Verdict.ACCEPTED

    def test_of_two_sources_with_one_message_id_the_smaller_is_the_cause(self, database):
        stage = IdentityStage(Rules(), CLOCK)
        ids = (("user_id", "u"), ("anonymous_id", "a"))
        send(database, stage, event(*ids, message_id="same", source_id=2))
        send(database, stage, event(*ids, message_id="same", source_id=1))
        (shown,) = IdentityService(database, Rules(), CLOCK).describe(1).claims
        assert shown.claim.source_id == 1


class TestRolledBack:
    def test_a_batch_that_was_rolled_back_leaves_no_phantom_node(self, database):
        stage = IdentityStage(Rules(), CLOCK)
        lost = event(("user_id", "u"), ("anonymous_id", "a"))
        with pytest.raises(RuntimeError, match="crash"):
            crash(database, stage, lost)
        stage.rolled_back()
        assert outcome(database, Rules()) == ([], {})
        assert send(database, stage, event(("email", "e@x.ir")), lost) == [1, 2]
        assert len(outcome(database, Rules())[0]) == 2

    def test_even_if_nobody_says_so(self, database):
        stage = IdentityStage(Rules(), CLOCK)
        lost = event(("user_id", "u"), ("anonymous_id", "a"))
        with pytest.raises(RuntimeError, match="crash"):
            crash(database, stage, lost)
        assert send(database, stage, event(("email", "e@x.ir"))) == [1]
        assert send(database, stage, lost) == [2]
        assert len(outcome(database, Rules())[0]) == 2

    @pytest.mark.parametrize("seed", range(3))
    def test_crashes_at_random_change_nothing_in_the_end(self, database, seed):
        dice = random.Random(seed)
        rules = RULES[1]
        stage = IdentityStage(rules, CLOCK, identifiers=16, claims=8)
        events = [
            event(
                ("user_id", f"u{dice.randrange(9)}"),
                ("anonymous_id", f"a{dice.randrange(12)}"),
                at=dice.randrange(10**9),
                message_id=f"{n:04}",
            )
            for n in range(200)
        ]
        for start in range(0, 200, 10):
            some = events[start : start + 10]
            while dice.random() < 0.4:
                with pytest.raises(RuntimeError, match="crash"):
                    crash(database, stage, *some)
                stage.rolled_back()
            send(database, stage, *some)
        model = Model(rules)
        model.add(events)
        assert outcome(database, rules) == model.outcome()
