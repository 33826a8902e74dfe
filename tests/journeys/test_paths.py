"""Paths equal walking every journey by hand; whatever is hidden, the numbers reconcile."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journeys import EVENTS, FILTERS, NAMES, Happened, in_chunks, sequences
from support.journeys import paths as lived

from hamsafar.journeys import Filters, Sequences, Threads, paths
from hamsafar.kernel.errors import BadInput

RULES = st.fixed_dictionaries({
    "depth": st.integers(2, 5),
    "gap_s": st.sampled_from([None, 0.0, 2e-6]),
    "collapse": st.booleans(),
})
PARTS = st.sampled_from([
    {"direction": "forward"},
    {"direction": "forward", "start": "home"},
    {"direction": "backward"},
    {"direction": "backward", "end": frozenset({"order", "خرید"})},
    {"direction": "between", "start": "home", "end": "cart"},
    {"direction": "after_dropoff", "since_us": {0: 1, 2: 0, 3: -5, 6: 10**14, 77: 0}},
])


def meets(event, what):
    return NAMES[event.code] in ({what} if isinstance(what, str) else what)


def first(stretch, what, begin=0):
    return next((i for i in range(begin, len(stretch)) if stretch[i][1] & {what}), None)


def stretches(path, rules, part):
    """Runs of (event, names of what it meets) between silences."""
    after = part.get("since_us")
    found, before = [[]], None
    for event in path:
        gap_us = float("inf") if rules["gap_s"] is None else round(rules["gap_s"] * 1e6)
        if before is not None and event.time - before.time > gap_us:
            found.append([])
        before = event
        met = {k for k in ("start", "end") if part.get(k) and meets(event, part[k])}
        if rules["collapse"] and found[-1] and found[-1][-1][0].code == event.code:
            found[-1][-1][1].update(met)
            continue
        found[-1].append((event, met))
    return found[:1] if after is not None else found


def by_hand(events, filters, rules, part):
    """(person, [(name, time)], whether it goes on), a row per path, backward against time."""
    rows = []
    since = part.get("since_us")
    for who, everything in lived(events, filters).items():
        begins = -(10**18) if since is None else since.get(who, 10**18)
        path = [e for e in everything if e.time > begins]
        for stretch in stretches(path, rules, part):
            if not stretch:
                continue
            low, high = 0, len(stretch) - 1
            match part["direction"]:
                case "forward" if "start" in part:
                    low = first(stretch, "start")
                case "backward" if "end" in part:
                    high = first(stretch, "end")
                case "between":
                    low = first(stretch, "start")
                    high = None if low is None else first(stretch, "end", low + 1)
            if low is None or high is None:
                continue
            steps = [(NAMES[e.code], e.time) for e, _ in stretch[low : high + 1]]
            if part["direction"] == "backward":
                steps = steps[::-1]
            depth = rules["depth"]
            if part["direction"] == "between" and len(steps) > depth:
                head = (depth + 1) // 2
                middle = ("…", steps[head][1])
                steps = [*steps[:head], middle, *steps[len(steps) - (depth - head) :]]
                rows.append((who, steps, False))
                continue
            rows.append((who, steps[:depth], len(steps) > depth))
    return rows


class TestPaths:
    @given(events=EVENTS, filters=FILTERS, rules=RULES, part=PARTS)
    def test_equal_brute_force_and_their_people(self, events, filters, rules, part):
        found = paths(sequences(events), filters, **rules, **part, limit=500)
        expected = by_hand(events, filters, rules, part)
        nodes, links, stops = defaultdict(list), defaultdict(list), defaultdict(list)
        for who, steps, goes_on in expected:
            for k, (name, _) in enumerate(steps):
                nodes[k + 1, name].append(who)
            for k, ((a, at), (b, to)) in enumerate(pairwise(steps)):
                links[k + 1, a, b].append((who, abs(to - at) / 1e6))
            if not goes_on:
                stops[len(steps)].append(who)
        assert found.paths == len(expected)
        assert found.people_on_paths == len({who for who, _, _ in expected})
        assert found.hidden_links == found.hidden_names == 0
        assert {(n.position, n.name): (n.count, n.people) for n in found.nodes} == {
            key: (len(who), len(set(who))) for key, who in nodes.items()
        }
        for node in found.nodes:
            behind = found.people(node.id)
            assert {p.person: p.count for p in behind.people} == Counter(
                nodes[node.position, node.name]
            )
        names = {node.id: node.name for node in found.nodes}
        told = {}
        for link in found.links:
            ends = (names[link.from_], names[link.to])
            key = (link.position, *(ends[::-1] if part["direction"] == "backward" else ends))
            told[key] = (link.count, link.people)
            took = [s for _, s in links[key]]
            assert link.median_s == pytest.approx(np.median(took), rel=0.01)
            behind = found.people(link.from_, link.to)
            assert {p.person: p.count for p in behind.people} == Counter(w for w, _ in links[key])
        assert told == {k: (len(v), len({w for w, _ in v})) for k, v in links.items()}
        for stop in found.exits:
            assert (stop.count, stop.people) == (
                len(stops[stop.position]),
                len(set(stops[stop.position])),
            )
            behind = found.exit_crowd(stop.position).page(0, None)
            assert (behind.count, behind.total) == (stop.count, stop.people)

    @given(
        events=EVENTS,
        rules=RULES,
        part=PARTS,
        limit=st.integers(1, 6),
    )
    def test_reconcile_however_few_links_are_shown(self, events, rules, part, limit):
        s = sequences(events)
        found, whole = paths(s, **rules, **part, limit=limit), paths(s, **rules, **part, limit=500)
        assert len(found.links) <= limit
        assert (found.paths, found.exits, found.goes_on) == (
            whole.paths,
            whole.exits,
            whole.goes_on,
        )
        into, out = Counter(), Counter()
        for link in found.links:
            out[link.from_] += link.count
            into[link.to] += link.count
        deep = max((n.position for n in found.nodes), default=0)
        is_backward = part["direction"] == "backward"
        for node in found.nodes:
            ahead, behind = out[node.id] + node.hidden_out, into[node.id] + node.hidden_in
            if is_backward:
                ahead, behind = behind, ahead
            assert node.count == ahead + node.stops + node.goes_on
            assert node.count == behind or node.position == 1
            assert node.goes_on == 0 or node.position == deep
        shown = sum(link.count for link in found.links)
        assert shown + found.hidden_count == sum(link.count for link in whole.links)
        assert sum(n.count for n in found.nodes if n.position == 1) == found.paths
        at_step = Counter()
        for node in whole.nodes:
            at_step[node.position] += node.count
        for node in found.nodes:
            at_step[node.position] -= node.count
            assert found.people(node.id).total == node.people
        assert not +at_step
        for link in found.links:
            assert found.people(link.from_, link.to).total == link.people

    @given(
        events=EVENTS,
        filters=FILTERS,
        rules=RULES,
        part=PARTS,
        pieces=st.integers(1, 3),
        moved=st.frozensets(st.integers(0, 6)),
    )
    def test_are_the_same_over_chunks_with_skipped_people(
        self, events, filters, rules, part, pieces, moved
    ):
        cut = paths(in_chunks(events, pieces, moved), filters, **rules, **part, limit=4)
        assert repr(cut) == repr(paths(sequences(events), filters, **rules, **part, limit=4))

    @given(events=EVENTS, rules=RULES, shift=st.integers(-(10**15), 10**15))
    def test_do_not_change_when_all_times_shift(self, events, rules, shift):
        moved = [Happened(e.person, e.time + shift, e.code, flags=e.flags) for e in events]
        assert repr(paths(sequences(moved), **rules)) == repr(paths(sequences(events), **rules))

    @given(events=EVENTS)
    def test_an_unrelated_person_adds_only_themselves(self, events):
        before = paths(sequences(events), limit=500)
        after = paths(sequences([*events, Happened(99, 0, 2)]), limit=500)
        assert after.links == before.links
        assert after.paths == before.paths + 1

    def test_names_beyond_the_limit_become_other(self):
        events = [Happened(p, t, c) for p in range(9) for t, c in enumerate([0, 1 + p % 4, 0])]
        many = (*NAMES, *(f"rare {k}" for k in range(9)))
        events += [Happened(20 + k, t, c) for k in range(9) for t, c in enumerate([0, 5 + k])]
        found = paths(sequences(events, many), limit=1)
        (other,) = [n for n in found.nodes if n.is_other]
        assert (other.id, other.name, other.count) == ("2~other", "other", 11)
        assert found.hidden_names == 10
        assert found.people("2~other").total == 11

    def test_an_event_named_other_is_not_the_other(self):
        events = [Happened(1, 0, 0), Happened(1, 1, 1)]
        found = paths(sequences(events, ("a", "other")))
        assert [n.id for n in found.nodes] == ["1|a", "2|other"]
        assert not found.nodes[1].is_other

    def test_take_masks(self):
        s = sequences([Happened(1, 0, 0), Happened(1, 1, 1), Happened(1, 2, 0), Happened(1, 3, 2)])
        late = (np.array([0, 0, 1, 0], np.uint8),)
        assert [n.name for n in paths(s, start=late).nodes] == ["home", "cart"]

    def test_are_the_same_on_two_threads(self):
        random = np.random.default_rng(5)
        big = Sequences.from_arrays(
            person=random.integers(0, 50_000, 500_000),
            time_us=random.integers(0, 10**13, 500_000),
            code=random.integers(0, 4, 500_000),
            names=NAMES,
        )
        rules = {"gap_s": 3_600, "limit": 7}
        one = paths(big, compute=Threads(1), **rules)
        assert paths(big, compute=Threads(2), **rules) == one

    def test_of_nothing_are_empty(self):
        found = paths(sequences([]))
        assert (found.nodes, found.links, found.paths) == ((), (), 0)
        assert found.everyone().page(0, None).total == 0

    def test_show_as_tables(self):
        found = paths(sequences([Happened(1, 0, 0), Happened(1, 1, 1)]))
        assert found.to_pandas()[["from", "to", "count"]].values.tolist() == [
            ["1|home", "2|search", 1]
        ]
        assert found.to_arrow().num_rows == 1

    @pytest.mark.parametrize(
        ("change", "where"),
        [
            ({"direction": "up"}, "direction"),
            ({"start": "x"}, "start"),
            ({"direction": "backward", "start": "home"}, "start"),
            ({"direction": "between", "start": "home"}, "end"),
            ({"direction": "after_dropoff"}, "since_us"),
            ({"since_us": {}}, "since_us"),
            ({"depth": 1}, "depth"),
            ({"limit": 0}, "limit"),
            ({"gap_s": -1}, "gap_s"),
        ],
    )
    def test_refuse_what_cannot_be(self, change, where):
        with pytest.raises(BadInput) as refused:
            paths(sequences([Happened(1, 0, 0)]), Filters(), **change)
        assert refused.value.where == where

    def test_refuse_a_cell_that_is_not_there(self):
        found = paths(sequences([Happened(1, 0, 0), Happened(1, 1, 1), Happened(1, 2, 2)]))
        for ask in (
            lambda: found.people("9|x"),
            lambda: found.people("1|home", "3|cart"),
            lambda: found.exit_crowd(9),
        ):
            with pytest.raises(BadInput):
                ask()
