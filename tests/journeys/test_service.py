"""Explore answers from the history as it is now, and pages without gaps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journeys import CHANNELS, EVENTS, FILTERS, NAMES, Happened, in_chunks, sequences

from hamsafar.journeys import (
    EdgeCell,
    EndCell,
    NodeCell,
    Snapshot,
    Stamp,
    Threads,
    VariantCell,
    graph,
    people_behind,
)
from hamsafar.journeys.ports import NullJournal
from hamsafar.journeys.services.explore import LONGEST, CellQuery, Explore
from hamsafar.kernel.errors import BadInput
from hamsafar.kernel.paging import encode_cursor

EDGE = EdgeCell("home", "search")
PATH = [Happened(p, t * 1_000_000, t % 2) for p in range(7) for t in range(p)]


class Book:
    """A journal that is written by hand and counts how often it is read."""

    def __init__(self, events: list[Happened]) -> None:
        self.events = events
        self.now = Stamp(manifest=1, identity=1)
        self.reads = 0

    def stamp(self) -> Stamp:
        return self.now

    def snapshot(self) -> Snapshot:
        self.reads += 1
        chunks = in_chunks(self.events, 2, frozenset({3})).chunks
        return Snapshot(stamp=self.now, chunks=chunks, names=NAMES, channels=CHANNELS)


class TestGraph:
    @given(events=EVENTS, filters=FILTERS)
    def test_is_the_graph_of_the_history(self, events, filters):
        answer = Explore(Book(events), Threads(1)).graph(filters)
        assert answer.graph == graph(sequences(events), filters)
        assert answer.stamp.identity == 1

    def test_reads_the_history_again_only_when_its_stamp_changed(self):
        book = Book(PATH)
        explore = Explore(book, Threads(1))
        explore.graph()
        explore.variants()
        explore.people_behind(CellQuery(cell=EDGE))
        assert book.reads == 1
        for change in ({"manifest": 2}, {"identity": 2}, {"recent": 9}):
            book.now = replace(book.now, **change)
            book.events = [*book.events, Happened(50, book.reads, 3)]
            assert explore.graph().graph == graph(sequences(book.events))
        assert book.reads == 4

    def test_of_an_empty_history_is_empty(self):
        assert Explore(NullJournal(), Threads(1)).graph().graph.people == 0


class TestPeopleBehind:
    @given(events=EVENTS, limit=st.integers(1, 3))
    def test_pages_give_everybody_once_in_order(self, events, limit):
        explore = Explore(Book(events), Threads(1))
        found = explore.graph().graph
        cells = [(EdgeCell(edge.from_, edge.to), edge.count) for edge in found.edges]
        cells += [(NodeCell(node.name), node.count) for node in found.nodes]
        cells += [(EndCell(end.name), end.count) for end in found.ends]
        for cell, count in cells:
            query = CellQuery(cell=cell, limit=limit)
            people, cursor = [], None
            while cursor is not None or not people:
                answer = explore.people_behind(replace(query, cursor=cursor))
                people += answer.page.items
                cursor = answer.page.next
                assert answer.whole.count == count
                assert len(answer.page.items) <= limit
            assert tuple(people) == people_behind(sequences(events), cell).people

    def test_nobody_comes_twice_when_people_arrive_between_pages(self):
        book = Book(PATH)
        explore = Explore(book, Threads(1))
        first = explore.people_behind(CellQuery(cell=EDGE, limit=2))
        book.events = [*PATH, *(Happened(99, t, t % 2) for t in range(20))]
        book.now = Stamp(manifest=2, identity=1)
        second = explore.people_behind(CellQuery(cell=EDGE, limit=2, cursor=first.page.next))
        assert [p.person for p in first.page.items] == [6, 4]
        assert [p.person for p in second.page.items] == [5, 2]

    def test_a_sequence_cut_in_the_list_opens_to_those_who_lived_it(self):
        long = [Happened(p, t, t % 2) for p in (1, 2) for t in range(LONGEST + p)]
        explore = Explore(
            Book([*long, *(Happened(4, t, t % 2) for t in range(LONGEST))]), Threads(1)
        )
        listed = explore.variants().variants
        counts = [
            explore.people_behind(CellQuery(cell=VariantCell(key))).whole.total
            for key in listed.variant_keys
        ]
        assert counts == [row.count for row in listed] == [2, 1]

    @pytest.mark.parametrize(
        ("change", "where"),
        [
            ({"cell": EdgeCell("nowhere", "home")}, "name"),
            ({"limit": 0}, "limit"),
            ({"limit": 501}, "limit"),
            ({"cursor": "%%%"}, "cursor"),
            ({"cursor": encode_cursor(("a",))}, "cursor"),
        ],
    )
    def test_refuses_what_it_cannot_answer(self, change, where):
        explore = Explore(Book(PATH), Threads(1))
        with pytest.raises(BadInput) as refused:
            explore.people_behind(replace(CellQuery(cell=EDGE), **change))
        assert refused.value.where == where


class TestVariants:
    def test_are_the_variants_of_the_history(self):
        answer = Explore(Book(PATH), Threads(1)).variants(limit=2)
        assert answer.variants.people == 6
        assert answer.variants[0].names == ("home",)

    def test_refuses_a_limit_out_of_bounds(self):
        with pytest.raises(BadInput) as refused:
            Explore(Book(PATH), Threads(1)).variants(limit=1001)
        assert refused.value.where == "limit"
