"""What a trouble costs: against a brute-force count, and where the truth is known."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
import pytest
from friction.lives import life

from hamsafar.friction import Detector, facts_of
from hamsafar.friction.board import board_of
from hamsafar.friction.comparing import EDGES, loss_of, moments_of, places_of
from hamsafar.friction.definitions import default_settings
from hamsafar.friction.problems import unusual_share
from hamsafar.journeys import Roles

CHECKOUT = ["Checkout Started", "Shipping Chosen"]


def town(size, *, seed, harm):
    """Sessions that come to the checkout; a third meet an error that costs `harm` of chance."""
    chance = random.Random(seed)
    people = []
    for _ in range(size):
        events = [(n, "Page: Home") for n in range(chance.randint(1, 4))]
        at = len(events)
        events += [(at, "Product Added"), (at + 1, "Checkout Started")]
        error = chance.random() < 0.33
        if error:
            events.append((at + 2, "Payment Failed", {"gateway": "saman"}))
        if chance.random() < (0.6 - harm if error else 0.6):
            events.append((at + 3, "Order Completed", {"revenue": 10}))
        people.append(events)
    return life(*people)


def brute(sequences, exposed_name):
    """Expected and reached goals of sessions with this event, in plain Python."""
    chunk = sequences.chunks[0]
    strata, exposed, reached = defaultdict(lambda: [0, 0]), [], 0
    for first, beyond in zip(chunk.starts[:-1], chunk.starts[1:], strict=True):
        names = [sequences.names[c] for c in chunk.code[first:beyond]]
        is_exposed = exposed_name in names
        goal = names.index("Order Completed") if "Order Completed" in names else None
        depth, steps, came = 0, set(), []
        for place, name in enumerate(names):
            state = (depth, int(np.searchsorted(EDGES, place, side="right")))
            came.append(state)
            if name == exposed_name:
                exposed.append(state)
                reached += goal is not None
                break
            if name == "Order Completed":
                break
            if name == "Product Added":
                depth = max(depth, 1)
            if name in CHECKOUT:
                steps.add(name)
                depth = 1 + len(steps)
        else:
            came.append((depth, int(np.searchsorted(EDGES, len(names), side="right"))))
        for state in set(came) if not is_exposed else ():
            strata[state][0] += 1
            strata[state][1] += goal is not None
    expected = sum((strata[s][1] + 0.5) / (strata[s][0] + 1) for s in exposed)
    return len(exposed), reached, expected


def rows_named(sequences, name):
    rows = np.flatnonzero(sequences.chunks[0].code == sequences.names.index(name))
    return places_of(np.zeros(len(rows), np.int64), rows)


class TestLossOf:
    @pytest.mark.parametrize("seed", range(5))
    def test_equals_a_count_by_hand(self, seed):
        s = town(200, seed=seed, harm=0.3)
        moments = moments_of(facts_of(s, Roles.of(s.names)))
        loss = loss_of(moments, rows_named(s, "Payment Failed"))
        exposed, reached, expected = brute(s, "Payment Failed")
        assert (loss.exposed, loss.reached) == (exposed, reached)
        assert loss.expected == pytest.approx(expected)
        assert loss.low < loss.lost < loss.high

    def test_its_interval_holds_the_truth_about_as_often_as_it_says(self):
        held = 0
        for seed in range(60):
            s = town(300, seed=100 + seed, harm=0.3)
            loss = loss_of(
                moments_of(facts_of(s, Roles.of(s.names))), rows_named(s, "Payment Failed")
            )
            held += loss.low <= 0.3 * loss.exposed <= loss.high
        assert held >= 54

    def test_what_does_no_harm_costs_nothing(self):
        s = town(3_000, seed=9, harm=0.0)
        loss = loss_of(moments_of(facts_of(s, Roles.of(s.names))), rows_named(s, "Payment Failed"))
        assert loss.low < 0 < loss.high

    def test_nobody_exposed_loses_nothing(self):
        s = town(20, seed=1, harm=0.0)
        moments = moments_of(facts_of(s, Roles.of(s.names)))
        assert loss_of(moments, np.zeros(0, np.int64)).lost == 0


class TestBoard:
    def test_groups_hold_every_finding_once(self):
        s = town(200, seed=3, harm=0.3)
        board = board_of(facts_of(s, Roles.of(s.names)), default_settings())
        lane = board.lanes[Detector.DROP_AFTER_ERROR]
        assert [g.cause for g in lane.groups] == ["gateway=saman"]
        assert len(lane.group) == len(board.tracks[Detector.DROP_AFTER_ERROR].anchor)


class TestUnusualShare:
    def test_the_same_share_of_visits_is_usual(self):
        visits = np.array([100, 200, 50, 100])
        assert unusual_share(visits // 10, visits) == 0

    def test_only_what_goes_beyond_counts(self):
        counts = np.array([10, 10, 10, 10, 60])
        visits = np.full(5, 100)
        assert unusual_share(counts, visits) == pytest.approx(40 / 100)

    def test_too_few_days_tell_nothing(self):
        assert unusual_share(np.array([1, 50]), np.array([50, 50])) == 0
