"""What comes next equals looking at every journey by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journeys import EVENTS, FILTERS, NAMES, Happened, in_chunks, paths, sequences

from hamsafar.journeys import next_events
from hamsafar.kernel.errors import BadInput

CHAINS = st.lists(
    st.sampled_from(["home", "search", frozenset({"home", "cart"})]), min_size=1, max_size=3
)
BASES = st.sampled_from([
    ("forward", "every"),
    ("backward", "every"),
    ("forward", "head"),
    ("backward", "tail"),
    ("forward", "first_match"),
    ("forward", "last_match"),
    ("backward", "first_match"),
    ("backward", "last_match"),
])


def meets(event, what):
    return NAMES[event.code] in ({what} if isinstance(what, str) else what)


def by_hand(events, filters, chain, direction, base):
    """(person, next event or None, seconds) of every time."""
    found = []
    step = 1 if direction == "forward" else -1
    for who, path in paths(events, filters).items():
        first = [i for i, e in enumerate(path) if meets(e, chain[0])]
        bases = {
            "every": range(len(path)),
            "head": [0],
            "tail": [len(path) - 1],
            "first_match": first[:1],
            "last_match": first[-1:],
        }[base]
        for begin in bases:
            places = [begin + k * step for k in range(len(chain) + 1)]
            inside = [p for p in places[:-1] if 0 <= p < len(path)]
            if len(inside) < len(chain):
                continue
            if not all(meets(path[p], what) for p, what in zip(inside, chain, strict=True)):
                continue
            to = places[-1]
            if not 0 <= to < len(path):
                found.append((who, None, None))
                continue
            found.append((
                who,
                NAMES[path[to].code],
                abs(path[to].time - path[inside[-1]].time) / 1e6,
            ))
    return found


class TestNextEvents:
    @given(events=EVENTS, filters=FILTERS, chain=CHAINS, base=BASES)
    def test_equals_brute_force_and_its_people(self, events, filters, chain, base):
        direction, where = base
        found = next_events(
            sequences(events), filters, after=chain, direction=direction, base=where
        )
        expected = by_hand(events, filters, chain, direction, where)
        assert found.count == len(expected)
        assert found.people_with_chain == len({who for who, _, _ in expected})
        assert {p.person: p.count for p in found.people().people} == Counter(
            who for who, _, _ in expected
        )
        assert {i.name for i in found.items} == {n for _, n, _ in expected if n is not None}
        for item in (*found.items, found.nothing):
            mine = [row for row in expected if row[1] == (item.name or None)]
            assert (item.count, item.people) == (len(mine), len({who for who, _, _ in mine}))
            behind = found.people(item.name)
            assert {p.person: p.count for p in behind.people} == Counter(w for w, _, _ in mine)
            if item.name:
                took = [s for _, _, s in mine]
                assert item.median_s == pytest.approx(np.median(took))
                assert behind.median_s == pytest.approx(np.median(took))

    @given(events=EVENTS, limit=st.integers(1, 3))
    def test_reconciles_with_what_is_not_listed(self, events, limit):
        found = next_events(sequences(events), after="home", limit=limit)
        rest = 0 if found.other is None else found.other.count
        assert sum(i.count for i in found.items) + rest + found.nothing.count == found.count
        every = next_events(sequences(events), after="home", limit=9).items
        assert found.items == every[:limit]
        assert found.other_names == len(every[limit:])

    @given(
        events=EVENTS,
        filters=FILTERS,
        pieces=st.integers(1, 3),
        moved=st.frozensets(st.integers(0, 6)),
    )
    def test_is_the_same_over_chunks_with_skipped_people(self, events, filters, pieces, moved):
        cut = next_events(in_chunks(events, pieces, moved), filters, after="home")
        assert repr(cut) == repr(next_events(sequences(events), filters, after="home"))

    def test_takes_a_mask(self):
        s = sequences([Happened(1, 0, 0), Happened(1, 1, 1), Happened(1, 2, 0), Happened(1, 3, 2)])
        late = (np.array([0, 0, 1, 0], np.uint8),)
        assert [i.name for i in next_events(s, after=late).items] == ["cart"]

    @pytest.mark.parametrize(
        ("change", "where"),
        [
            ({"after": "x"}, "after[0]"),
            ({"after": []}, "after"),
            ({"after": (np.zeros(3, np.uint8),)}, "after[0]"),
            ({"limit": 0}, "limit"),
            ({"direction": "up"}, "direction"),
            ({"base": "x"}, "base"),
            ({"base": "tail"}, "base"),
        ],
    )
    def test_refuses_what_cannot_be(self, change, where):
        with pytest.raises(BadInput) as refused:
            next_events(sequences([Happened(1, 0, 0)]), **{"after": "home", **change})
        assert refused.value.where == where

    def test_shows_as_tables(self):
        found = next_events(sequences([Happened(1, 0, 0), Happened(1, 1, 1)]), after="home")
        assert found.to_pandas()["name"].tolist() == ["search"]
        assert found.to_arrow().num_rows == 1
