"""Reading, cutting, mending, erasing and exporting on real databases."""

import random
from dataclasses import replace

import numpy as np
import pytest
from support.identity import batch, event

from hamsafar.identity import IdentityService, IdentityStage, Limit, Rules
from hamsafar.identity.errors import (
    AlreadySevered,
    AlreadyUndone,
    LinkNotJoining,
    UnknownLink,
    UnknownPerson,
    UnknownSeverance,
)
from hamsafar.identity.types import Cause, Rejudged, Severance, Verdict
from hamsafar.kernel.clock import FixedClock
from hamsafar.storage.types import IdentityView, Statement

NOTHING = Rejudged(claims=0, nodes=0, changes=())
NOW = 1_700_000_000_000_000
SARA = (("user_id", "sara"), ("anonymous_id", "web-1"), ("email", "sara@x.ir"))


@pytest.fixture
def world(database):
    return World(database)


class World:
    """A worker and a reader on one database."""

    def __init__(self, database, rules=None):
        self.database = database
        self.rules = rules or Rules()
        self.clock = FixedClock(NOW)
        self.stage = IdentityStage(self.rules, self.clock)
        self.service = IdentityService(database, self.rules, self.clock)

    def send(self, *events):
        with self.database.write() as tx:
            done = self.stage.apply(batch(events), tx)
        self.stage.committed()
        return done.node.tolist()

    def sever(self, a, b, key="cut-1"):
        cut = Severance(id=key, a=a, b=b, made_at=NOW, made_by="mina", reason="two people")
        with self.database.write() as tx:
            return self.service.sever(tx, cut)

    def rejoin(self, key="cut-1"):
        with self.database.write() as tx:
            return self.service.rejoin(tx, key, by="mina")

    def erase(self, person):
        with self.database.write() as tx:
            return self.service.erase(tx, person)

    def people(self):
        with self.database.read() as tx:
            return [person.identifiers for person in self.service.canonical_people(tx)]


class TestView:
    def test_of_an_empty_database_knows_nobody(self, world):
        view = world.service.view()
        assert (view.version, view.person_of.tolist()) == (0, [0])

    def test_maps_every_node_to_its_person(self, world):
        world.send(event(*SARA), event(("email", "other@x.ir")))
        view = world.service.view()
        assert view.person_of.dtype == np.uint32
        assert view.person_of.tolist() == [0, 1, 1, 1, 4]
        assert not view.person_of.flags.writeable

    def test_is_the_same_object_when_nothing_happened(self, world):
        world.send(event(*SARA))
        view = world.service.view()
        assert world.service.view(view) is view

    def test_takes_up_new_nodes_and_moves(self, world):
        world.send(event(("anonymous_id", "a")), event(("user_id", "u")))
        view = world.service.view()
        world.send(event(("user_id", "u"), ("anonymous_id", "a")), event(("email", "e@x.ir")))
        later = world.service.view(view)
        assert later.person_of.tolist() == [0, 1, 1, 3]
        assert later.version > view.version
        assert view.person_of.tolist() == [0, 1, 2]

    def test_starts_over_when_the_known_view_is_from_the_future(self, world):
        world.send(event(*SARA))
        alien = IdentityView(version=1 << 40, person_of=np.arange(9, dtype=np.uint32))
        assert world.service.view(alien).person_of.tolist() == [0, 1, 1, 1]

    @pytest.mark.parametrize("seed", [1])
    def test_after_a_thousand_merges_and_unmerges_it_equals_a_rebuild(self, world, seed):
        dice = random.Random(seed)
        view = world.service.view()
        cuts, merged = [], 0
        people = 60
        for step in range(1_000 if world.database.dialect == "sqlite" else 300):
            world.clock.move(1)
            act = dice.random()
            if act < 0.55 or not merged:
                user = dice.randrange(people)
                ids = [("user_id", f"u{user}"), ("anonymous_id", f"a{dice.randrange(people * 3)}")]
                world.send(event(*ids, at=dice.randrange(10**6), message_id=f"{step}"))
                merged += 1
            elif act < 0.8:
                self._cut(world, dice, cuts, step)
            elif act < 0.99 and cuts:
                world.rejoin(cuts.pop(dice.randrange(len(cuts))))
            else:
                world.erase(dice.choice(np.unique(world.service.view().person_of)[1:].tolist()))
                cuts = self._standing(world)
            if dice.random() < 0.3:
                view = world.service.view(view)
                whole = world.service.view()
                assert view.version == whole.version
                assert view.person_of.tolist() == whole.person_of.tolist()
        assert np.array_equal(world.service.view(view).person_of, world.service.view().person_of)
        with world.database.write() as tx:
            assert world.service.rejudge(tx) == NOTHING

    @staticmethod
    def _cut(world, dice, cuts, step):
        statement = Statement("test.accepted", "SELECT a, b FROM claim WHERE verdict = 'accepted'")
        with world.database.read() as tx:
            links = sorted(tx.rows(statement))
        if links:
            world.sever(*dice.choice(links), key=f"cut-{step}")
            cuts.append(f"cut-{step}")

    @staticmethod
    def _standing(world):
        statement = Statement("test.cuts", "SELECT id FROM severance WHERE undone_at IS NULL")
        with world.database.read() as tx:
            return sorted(row[0] for row in tx.rows(statement))


class TestPersonOf:
    def test_finds_a_person_by_any_identifier(self, world):
        world.send(event(*SARA))
        assert {world.service.person_of(*identifier) for identifier in SARA} == {1}

    def test_knows_nothing_of_others(self, world):
        assert world.service.person_of("user_id", "nobody") is None

    def test_of_many_nodes_at_once(self, world):
        world.send(event(*SARA), event(("email", "other@x.ir")))
        assert world.service.persons_of([2, 4, 99]) == {2: 1, 4: 4}


class TestMembers:
    def test_are_the_identifiers_oldest_first(self, world):
        world.send(event(*SARA, at=77))
        members = world.service.members(1)
        assert [(node.kind, node.value) for node in members] == list(SARA)
        assert {node.first_seen_at for node in members} == {77}
        assert world.service.members(99) == ()

    def test_people_are_counted(self, world):
        world.send(event(*SARA), event(("email", "other@x.ir")))
        assert world.service.people() == 2


class TestDescribe:
    def test_tells_nodes_claims_changes_and_cuts(self, world):
        world.send(event(("anonymous_id", "web-1"), at=1), event(*SARA, at=5, message_id="m5"))
        world.sever(1, 2)
        card = world.service.describe(2)
        assert card.person == 2
        assert [node.label for node in card.nodes] == ["user_id:sara", "email:sara@x.ir"]
        verdicts = {(c.a_label, c.b_label): c.claim.verdict for c in card.claims}
        assert verdicts == {
            ("anonymous_id:web-1", "user_id:sara"): Verdict.SEVERED,
            ("user_id:sara", "email:sara@x.ir"): Verdict.ACCEPTED,
        }
        assert [(c.node, c.person_from, c.person_to, c.cause) for c in card.changes] == [
            (3, 1, 2, Cause.SEVERED),
            (2, 1, 2, Cause.SEVERED),
            (3, 3, 1, Cause.CLAIM),
            (2, 2, 1, Cause.CLAIM),
        ]
        assert {(c.cause_a, c.cause_b) for c in card.changes[:2]} == {(1, 2)}
        assert [cut.made_by for cut in card.severances] == ["mina"]
        assert card.labels[1] == "anonymous_id:web-1"

    def test_follows_an_id_that_was_merged_away(self, world):
        world.send(event(("anonymous_id", "a")), event(("user_id", "u")))
        world.send(event(("user_id", "u"), ("anonymous_id", "a")))
        assert world.service.describe(2).person == 1

    def test_of_a_public_device_shows_some_of_its_claims(self, world):
        world.send(
            *(
                event(("user_id", f"u{n}"), ("anonymous_id", "kiosk"), at=n, message_id=f"{n}")
                for n in range(900)
            )
        )
        kiosk = world.service.person_of("anonymous_id", "kiosk")
        assert 200 <= len(world.service.describe(kiosk).claims) <= 400

    def test_refuses_an_unknown_person(self, world):
        with pytest.raises(UnknownPerson, match="no person 7"):
            world.service.describe(7)


class TestSever:
    def test_takes_two_apart_and_says_who_moved(self, world):
        world.send(event(*SARA))
        moved = world.sever(2, 1)
        assert [(c.node, c.person_to) for c in moved.changes] == [(2, 2)]
        assert (moved.severance.a, moved.severance.b, moved.still_joined) == (1, 2, False)
        assert world.service.person_of("anonymous_id", "web-1") == 2

    def test_tells_when_another_claim_still_joins_them(self, world):
        world.send(event(*SARA, message_id="1"), event(*SARA[1:], message_id="2"))
        assert world.sever(1, 2).still_joined

    def test_stays_cut_when_the_claim_comes_again(self, world):
        world.send(event(*SARA, at=9))
        world.sever(1, 2)
        world.send(event(*SARA, at=5, message_id="0"), event(*SARA, at=99, message_id="9"))
        assert world.service.person_of("anonymous_id", "web-1") == 2

    def test_after_a_thousand_events_on_both_sides_equals_never_merged(self, database, world):
        dice = random.Random(7)
        left = [("user_id", "u1"), ("anonymous_id", "a1"), ("email", "e1@x.ir")]
        right = [("user_id", "u2"), ("anonymous_id", "a2"), ("phone", "+98912")]
        rules = Rules(limits={"user_id": Limit(most=2)}, join_identified=True)
        world = World(database, rules)
        world.send(event(("email", "e1@x.ir"), ("phone", "+98912"), message_id="bridge"))
        world.send(event(*left, at=1, message_id="l"), event(*right, at=2, message_id="r"))
        assert len(world.people()) == 1
        world.sever(1, 2)
        after = [
            event(*dice.sample(side, 2), at=dice.randrange(10**6), message_id=f"{n}")
            for n in range(1_000)
            for side in (left, right)
        ]
        for start in range(0, len(after), 250):
            world.send(*after[start : start + 250])
        assert world.people() == [tuple(sorted(left)), tuple(sorted(right))]
        world.rejoin()
        assert world.people() == [tuple(sorted(left + right))]

    def test_run_again_with_the_same_id_changes_nothing(self, world):
        world.send(event(*SARA))
        assert world.sever(1, 2).changes
        world.clock.move(9)
        again = world.sever(2, 1)
        assert (again.changes, again.still_joined) == ((), False)
        assert len(world.service.describe(1).severances) == 1

    def test_refuses_what_is_not_linked_blocked_or_cut_before(self, world):
        world.send(event(*SARA), event(*SARA[:1], ("card", "guest"), message_id="2"))
        with pytest.raises(UnknownLink, match="no event links node 2 with node 3"):
            world.sever(2, 3)
        with pytest.raises(LinkNotJoining):
            world.sever(1, 4)
        world.sever(1, 2)
        with pytest.raises(AlreadySevered, match="cut-1"):
            world.sever(1, 2, key="cut-2")


class TestRejoin:
    def test_brings_them_together_again(self, world):
        world.send(event(*SARA))
        world.sever(1, 2)
        moved = world.rejoin()
        assert [(c.node, c.person_to, c.cause) for c in moved.changes] == [(2, 1, Cause.REJOINED)]
        assert moved.severance.undone_by == "mina"
        assert moved.still_joined
        assert len(world.people()) == 1

    def test_can_be_cut_anew(self, world):
        world.send(event(*SARA))
        world.sever(1, 2)
        world.rejoin()
        assert not world.sever(1, 2, key="cut-2").still_joined
        assert len(world.service.describe(1).severances) == 2

    def test_refuses_what_it_does_not_know_or_was_undone(self, world):
        with pytest.raises(UnknownSeverance):
            world.rejoin("nothing")
        world.send(event(*SARA))
        world.sever(1, 2)
        world.rejoin()
        with pytest.raises(AlreadyUndone):
            world.rejoin()


class TestErase:
    def test_removes_every_row_with_a_value_and_returns_the_nodes(self, world):
        world.send(event(*SARA), event(("email", "other@x.ir")))
        world.sever(1, 2)
        world.rejoin()
        assert world.erase(1) == (1, 2, 3)
        assert world.people() == [(("email", "other@x.ir"),)]
        with world.database.read() as tx:
            for table in ("claim", "severance"):
                assert not tx.rows(Statement("test.left", f"SELECT * FROM {table}"))
            left = tx.rows(
                Statement(
                    "test.changes",
                    "SELECT node, person_to, cause FROM identity_change ORDER BY node",
                )
            )
        assert left == [(1, 0, "erased"), (2, 0, "erased"), (3, 0, "erased")]

    def test_an_identifier_seen_again_is_a_new_person_even_for_a_warm_stage(self, world):
        world.send(event(*SARA))
        world.erase(1)
        assert world.send(event(*SARA)) == [4]
        assert world.service.view().person_of.tolist() == [0, 0, 0, 0, 4, 4, 4]

    def test_what_others_shared_with_the_person_is_judged_anew(self, world):
        tablet = ("anonymous_id", "tablet")
        world.send(
            *(event(("user_id", f"u{n}"), tablet, at=n, message_id=f"{n}") for n in range(3))
        )
        assert len(world.people()) == 4
        world.erase(world.service.person_of("user_id", "u0"))
        assert (tablet, ("user_id", "u1")) in world.people()

    def test_refuses_an_unknown_person(self, world):
        with pytest.raises(UnknownPerson):
            world.erase(3)


class TestRejudge:
    def test_finds_nothing_to_do_after_a_random_life(self, world):
        dice = random.Random(5)
        world = World(world.database, Rules(limit_else=Limit(most=2), shared_else=1, max_links=4))
        for step in range(150):
            ids = [("user_id", f"u{dice.randrange(9)}"), ("email", f"e{dice.randrange(9)}@x.ir")]
            ids += [("anonymous_id", dice.choice(["guest", "a1", "a2", "a3"]))]
            world.send(event(*ids, at=dice.randrange(10**6), message_id=f"{step}"))
            if step % 10 == 0:
                TestView._cut(world, dice, [], step)
            if step % 40 == 39:
                world.erase(dice.choice(np.unique(world.service.view().person_of)[1:].tolist()))
        before = world.people()
        with world.database.write() as tx:
            assert world.service.rejudge(tx) == NOTHING
        assert world.people() == before

    def test_new_rules_reach_old_claims(self, world):
        users = [
            event(("user_id", f"u{n}"), ("email", "all@x.ir"), at=n, message_id=f"{n}")
            for n in (1, 2)
        ]
        world.send(*users, event(*SARA, at=9, message_id="s"))
        world.sever(world.service.person_of("user_id", "sara"), 5)
        strict = World(world.database, Rules(shared_else=1, blocked=("sara@x.ir",)))
        with world.database.write() as tx:
            changes = strict.service.rejudge(tx).changes
            verdicts = [c.verdict.value for c in strict.service.canonical_claims(tx)]
        assert sorted(verdicts) == ["blocked", "severed", "shared", "shared"]
        assert {change.cause for change in changes} == {Cause.RULES}
        assert all(len(person) == 1 for person in world.people())
        assert world.service.view(world.service.view()).person_of.tolist() == [0, 1, 2, 3, 4, 5, 6]
        with world.database.write() as tx:
            world.service.rejudge(tx)
        assert sorted(map(len, world.people())) == [1, 1, 2, 2]


class TestCanonicalPeople:
    def test_are_named_by_their_smallest_identifier_whatever_came_first(self, database):
        events = [
            event(("user_id", "u"), ("email", "b@x.ir"), at=1, message_id="1"),
            event(("email", "a@x.ir"), at=2, message_id="2"),
            event(("user_id", "u"), ("email", "a@x.ir"), at=3, message_id="3"),
        ]
        world = World(database)
        world.send(*reversed(events))
        with database.read() as tx:
            (person,) = world.service.canonical_people(tx)
            claims = world.service.canonical_claims(tx)
        assert person.name == ("email", "a@x.ir")
        assert person.identifiers == (("email", "a@x.ir"), ("email", "b@x.ir"), ("user_id", "u"))
        assert [replace(c, verdict=Verdict.ACCEPTED) for c in claims] == claims
        assert [(c.a, c.b, c.message_id) for c in claims] == [
            (("email", "a@x.ir"), ("user_id", "u"), "3"),
            (("email", "b@x.ir"), ("user_id", "u"), "1"),
        ]
