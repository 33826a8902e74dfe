"""What must hold of every detector, whatever happens to whom."""

from __future__ import annotations

import numpy as np
from friction.lives import found, life
from hypothesis import given, settings
from hypothesis import strategies as st

from hamsafar.friction import default_settings, facts_of, findings, tracks
from hamsafar.friction.stream import of_people, people_of
from hamsafar.journeys import Roles, Sequences

CASE = {"case_id": "c", "topic": "t"}
NAMES = [
    ("Page: Checkout Address", {}),
    ("Page: Checkout Shipping", {}),
    ("Checkout Started", {}),
    ("Payment Failed", {"gateway": "saman"}),
    ("Order Completed", {}),
    ("Products Searched", {"results": 0}),
    ("Element Clicked", {"element": "buy", "effect": False}),
    ("Help Article Viewed", {"article": "a", "topic": "t"}),
    ("chat/Chat Started", CASE),
    ("call/Call Started", CASE),
    ("call/Matter Explained", CASE),
    ("call/Call Transferred", {**CASE, "context_passed": False}),
    ("chat/Question Asked", CASE),
    ("chat/Bot Answered", CASE),
    ("call/Call Ended", CASE),
]
GAPS = st.sampled_from([0, 0.4, 20, 200, 900, 1_900, 90_000])
EVENTS = st.lists(st.tuples(GAPS, st.sampled_from(NAMES)), max_size=40)


def person(events, start=0):
    at, said = start, []
    for gap, (name, properties) in events:
        at += gap
        said.append((at, name, properties))
    return said


def told(findings_):
    """Findings without what names rows: comparable between two histories."""
    return [
        (f.detector, f.place, f.cause, f.matter, f.first_at, f.last_at, f.lost_us, len(f.evidence))
        for f in findings_
    ]


class TestEveryDetector:
    @settings(max_examples=60, deadline=None)
    @given(mine=EVENTS, theirs=EVENTS)
    def test_nobody_changes_what_is_found_of_another(self, mine, theirs):
        alone = told(found(life(person(mine))))
        among = found(life(person(mine), person(theirs)))
        assert told([f for f in among if f.person == 0]) == alone

    @settings(max_examples=60, deadline=None)
    @given(events=EVENTS, shift=st.integers(0, 10**6))
    def test_the_same_later_is_the_same(self, events, shift):
        now, later = found(life(person(events))), found(life(person(events, start=shift)))
        moved = [(*f[:4], f[4] - shift * 10**6, f[5] - shift * 10**6, *f[6:]) for f in told(later)]
        assert moved == told(now)

    @settings(max_examples=40, deadline=None)
    @given(people=st.lists(EVENTS, min_size=2, max_size=4), cut=st.integers(0, 3))
    def test_pieces_of_people_make_the_whole(self, people, cut):
        whole = life(*[person(events) for events in people])
        everybody = people_of(whole)
        sides = [everybody[everybody <= cut], everybody[everybody > cut]]
        apart = [one for side in sides for one in _of(whole, side)]
        assert sorted(apart, key=repr) == sorted(found(whole), key=repr)

    @settings(max_examples=40, deadline=None)
    @given(events=EVENTS)
    def test_a_key_names_one_finding(self, events):
        keys = [f.key for f in found(life(person(events)))]
        assert len(keys) == len(set(keys))


def _of(whole: Sequences, side):
    """Findings of some people alone, as the stream looks at them."""
    part = of_people(whole, side)
    if not part.chunks:
        return []
    rows = part.chunks[0].seq
    place = {seq: row for row, seq in enumerate(whole.chunks[0].seq.tolist())}
    picked = np.array([place[seq] for seq in rows.tolist()], np.int64)
    columns = {
        path: type(column)(codes=(column.codes[0][picked],), values=column.values)
        for path, column in whole.properties.items()
    }
    facts = facts_of(part.with_properties(columns), Roles.of(part.names))
    return findings(facts, tracks(facts, default_settings()))
