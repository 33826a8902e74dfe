"""Explore within a scope is the plain answer on the narrowed history; few people stay hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.journeys import EVENTS, FILTERS, sequences
from support.queries import Book, queries_of

from hamsafar.expr import parse
from hamsafar.journeys import (
    EdgeCell,
    EndCell,
    EveryoneCell,
    Filters,
    NodeCell,
    StartCell,
    VariantCell,
    graph,
)
from hamsafar.journeys.clause import Clause
from hamsafar.journeys.query import Scope
from hamsafar.journeys.services.scoped import Scoped
from hamsafar.kernel.errors import NotAllowed

CARTED = Clause(parse({"kind": "did", "names": ["cart"]}))
WEB = Clause(parse({"kind": "channel", "names": ["web"]}))


def scope_of(filters: Filters) -> Scope:
    return Scope(
        include=tuple(filters.include or ()),
        exclude=tuple(filters.exclude),
        channels=tuple(filters.channels or ()),
        sources=tuple(filters.sources or ()),
        technical=filters.technical,
        derived=filters.derived,
    )


class TestGraph:
    @given(events=EVENTS, filters=FILTERS)
    def test_of_filters_alone_is_that_of_the_filters(self, events, filters):
        filters = Filters(
            include=filters.include or None,
            exclude=filters.exclude,
            channels=filters.channels or None,
            sources=filters.sources or None,
            technical=filters.technical,
            derived=filters.derived,
        )
        found = Scoped(queries_of(Book(events))).graph(scope_of(filters)).graph
        assert found == graph(sequences(events), filters)

    @given(events=EVENTS)
    def test_of_conditions_is_that_of_the_events_and_people_left(self, events):
        found = Scoped(queries_of(Book(events))).graph(Scope(where=WEB, people=CARTED)).graph
        buyers = {e.person for e in events if e.code == 2}
        left = [e for e in events if e.person in buyers and e.channel == 0]
        assert found == graph(sequences(left))


class TestFewPeople:
    @given(events=EVENTS, least=st.integers(2, 4))
    def test_are_in_no_number_and_no_list(self, events, least):
        scope = Scope()
        everything = Scoped(queries_of(Book(events))).graph(scope).graph
        closed = Scoped(queries_of(Book(events), min_people=least))
        shown = closed.graph(scope).graph
        assert all(node.people >= least for node in shown.nodes)
        assert all(row.count >= least for row in (*shown.starts, *shown.ends))
        assert all(row.count >= least for row in closed.variants(scope).variants)
        cells = [NodeCell(node.name) for node in everything.nodes]
        cells += [EdgeCell(edge.from_, edge.to) for edge in everything.edges]
        cells += [StartCell(row.name) for row in everything.starts]
        cells += [EndCell(row.name) for row in everything.ends]
        cells += [EveryoneCell()] if everything.people else []
        open_to = Scoped(queries_of(Book(events)))
        cells += [VariantCell(key) for key in open_to.variants(scope).variants.variant_keys]
        for cell in cells:
            people = open_to.people_behind(scope, cell).whole.total
            if people < least:
                with pytest.raises(NotAllowed):
                    closed.people_behind(scope, cell)
