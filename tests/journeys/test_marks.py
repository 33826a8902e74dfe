"""A condition is a name, names, a tree or a mask; all mean the same events."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journeys import EVENTS, NAMES, Happened, in_chunks, sequences

from hamsafar.expr import parse
from hamsafar.journeys import (
    match,
    next_events,
    paths,
    retention,
    sequence_count,
    sessions,
    stickiness,
)
from hamsafar.journeys.marks import MOST, marks_of
from hamsafar.kernel.errors import BadInput

IS_HOME = parse(b'{"kind":"event","names":["home"]}')


def words(s, conditions):
    """Each event's word, by chunk."""
    found = marks_of(s, [(f"c[{k}]", what) for k, what in enumerate(conditions)])
    return [
        [
            int(m.by_code[code] | m.by_event[i & m.event_mask])
            for i, code in enumerate(chunk.code.tolist())
        ]
        for m, chunk in zip(found, s.chunks, strict=True)
    ]


class TestMarks:
    @given(events=EVENTS, pieces=st.integers(1, 3), moved=st.frozensets(st.integers(0, 6)))
    def test_bit_k_is_condition_k_however_it_is_given(self, events, pieces, moved):
        s = in_chunks(events, pieces, moved)
        mask = tuple((chunk.code == 1).astype(np.uint8) for chunk in s.chunks)
        conditions = ["home", frozenset({"cart", "order"}), mask, IS_HOME]
        expected = [
            [
                (9 if c == 0 else 0) | (2 if c in {2, 3} else 0) | (4 if c == 1 else 0)
                for c in chunk.code
            ]
            for chunk in s.chunks
        ]
        assert words(s, conditions) == expected

    @given(events=EVENTS)
    def test_every_question_takes_a_condition(self, events):
        near = [Happened(e.person, abs(e.time) % 10**12, e.code) for e in events]
        s = sequences(near)
        for ask in (
            lambda what: retention(s, first=what, again="search").total,
            lambda what: stickiness(s, of=what).bars,
            lambda what: repr(next_events(s, after=[what, "search"])),
            lambda what: repr(paths(s, start=what)),
            lambda what: match(s, "x search", conditions={"x": what}).matches,
            lambda what: match(s, "[^x, cart] x", conditions={"x": what}).matches,
            lambda what: sequence_count(s, "(?1)(?2)", [what, "search"]).count,
        ):
            assert ask(IS_HOME) == ask("home") == ask(frozenset({"home"}))

    def test_names_cost_no_word_per_event(self):
        s = sequences([Happened(1, t, 0) for t in range(9)])
        (marks,) = marks_of(s, [("a", "home"), ("b", frozenset(NAMES))])
        assert (len(marks.by_event), marks.event_mask) == (1, 0)

    @pytest.mark.parametrize(
        ("conditions", "where"),
        [
            (["home", "hom"], "c[1]"),
            ([(np.zeros(3, np.uint8),)], "c[0]"),
            ([()], "c[0]"),
            ([parse(b'{"kind":"property","path":"x","op":"exists"}')], "c[0]"),
            (["home"] * (MOST + 1), f"c[{MOST}]"),
        ],
    )
    def test_refuse_what_cannot_be(self, conditions, where):
        with pytest.raises(BadInput) as refused:
            words(sequences([Happened(1, 0, 0)]), conditions)
        assert refused.value.where == where


class TestOrder:
    @given(events=EVENTS, random=st.randoms())
    def test_of_input_does_not_matter_where_times_differ(self, events, random):
        distinct = list({(e.person, e.time): e for e in events}.values())
        shuffled = random.sample(distinct, len(distinct))
        one, two = sequences(distinct), sequences(shuffled)
        for ask in (paths, sessions, lambda s: next_events(s, after="home")):
            assert repr(ask(one)) == repr(ask(two))
        rows = [match(s, "home ... cart").to_pandas().values.tolist() for s in (one, two)]
        assert rows[0] == rows[1]
