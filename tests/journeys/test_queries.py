"""Queries over random histories: every figure opens to its people, what is hidden stays hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.journeys import EVENTS, NAMES, Happened
from support.queries import DAY_US, Book, queries_of

from hamsafar.journeys import Threads
from hamsafar.journeys.answers import write_answer
from hamsafar.journeys.compare import shares_of
from hamsafar.journeys.export import rows_of, table_of, to_csv, to_parquet
from hamsafar.journeys.figures import Figure
from hamsafar.journeys.kinds.ground import Place
from hamsafar.journeys.kinds.walking import cells_of
from hamsafar.journeys.ports import NullGroups, NullJournal
from hamsafar.journeys.query_json import read_query, write_query
from hamsafar.journeys.services.explore import Explore
from hamsafar.journeys.services.queries import Queries
from hamsafar.kernel.clock import FixedClock
from hamsafar.kernel.errors import BadInput, NotAllowed

TIMES = st.integers(0, 40).map(lambda n: n * DAY_US // 4)
HISTORIES = st.lists(
    st.builds(
        Happened,
        person=st.integers(0, 9),
        time=TIMES,
        code=st.integers(0, len(NAMES) - 1),
        channel=st.integers(0, 2),
    ),
    min_size=1,
    max_size=60,
)
HOME, SEARCH, CART = ({"name": name} for name in NAMES[:3])
SOME = settings(max_examples=20)
"""Each example walks a whole query; seeds differ from run to run."""

SHAPES = [
    {"kind": "funnel", "steps": [HOME, SEARCH, CART]},
    {"kind": "funnel", "steps": [HOME, {**SEARCH, "optional": True}, CART]},
    {
        "kind": "funnel",
        "steps": [HOME, CART],
        "exclusions": [{**SEARCH, "from_step": 0, "to_step": 1}],
        "exclusion_policy": "drop_person",
    },
    {"kind": "funnel", "steps": [HOME, CART], "breakdown": {"channel": True, "limit": 1}},
    {"kind": "paths"},
    {"kind": "paths", "start": HOME, "direction": "backward"},
    {"kind": "paths", "start": HOME, "end": CART, "direction": "between"},
    {
        "kind": "paths",
        "direction": "after_dropoff",
        "funnel": {"kind": "funnel", "steps": [HOME, CART]},
    },
    {"kind": "retention", "first": HOME, "again": SEARCH, "unit": "day", "periods": 3},
    {
        "kind": "retention",
        "first": HOME,
        "again": HOME,
        "unit": "week",
        "periods": 2,
        "mode": "rolling",
    },
    {"kind": "lifecycle", "unit": "day", "periods": 4},
    {"kind": "stickiness", "unit": "day", "periods": 10},
    {"kind": "sessions"},
    {"kind": "next", "after": HOME, "limit": 2},
    {"kind": "match", "pattern": "home ... cart"},
    {"kind": "graph", "limit": 4},
    {"kind": "variants", "limit": 3},
]
SCOPES = st.fixed_dictionaries(
    {},
    optional={
        "channels": st.just(["web"]),
        "where": st.just({"kind": "channel", "names": ["web", "app"]}),
        "people": st.just({"kind": "did", "names": ["cart"]}),
        "exclude": st.just(["order"]),
    },
)


def figures_of(part):
    """Every (cell, count) of a result, of figures and of bins alike."""
    if isinstance(part, tuple | list):
        for one in part:
            yield from figures_of(one)
    elif isinstance(part, Figure):
        yield part.cell, part.count
    elif hasattr(part, "__struct_fields__"):
        if "cell" in part.__struct_fields__:
            yield part.cell, part.count
        for name in part.__struct_fields__:
            yield from figures_of(getattr(part, name))


class TestPeople:
    @pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["kind"])
    @SOME
    @given(events=HISTORIES, scope=SCOPES)
    def test_are_as_many_as_every_figure_counts(self, shape, events, scope):
        queries = queries_of(Book(events))
        query = read_query({**shape, "scope": scope})
        for cell, count in figures_of(queries.answer(query).result):
            if cell is None:
                continue
            found = queries.people(query, cell, limit=500)
            of_people = shape["kind"] != "sessions" or count == found.whole.total
            assert found.whole.total == len(found.page.items)
            assert (found.whole.total if of_people else found.whole.count) == count

    @SOME
    @given(events=HISTORIES)
    def test_of_sessions_are_whose_they_are(self, events):
        queries = queries_of(Book(events))
        scope = {"grain": "session", "session_gap_s": 86_400}
        for shape in SHAPES:
            if shape["kind"] == "sessions" or shape.get("direction") == "after_dropoff":
                with pytest.raises(BadInput) as refused:
                    read_query({**shape, "scope": scope})
                assert refused.value.where == "query.scope.grain"
                continue
            query = read_query({**shape, "scope": scope})
            answer = queries.answer(query)
            for cell, count in figures_of(answer.result):
                if cell is not None:
                    assert queries.people(query, cell).whole.count == count

    def test_are_refused_when_the_cell_is_of_another_answer(self):
        queries = queries_of(Book([Happened(1, 0, 0)]))
        graph, variants = (read_query({"kind": kind}) for kind in ("graph", "variants"))
        (cell, *_) = cells_of(queries.answer(variants).result)
        with pytest.raises(BadInput) as refused:
            queries.people(graph, cell)
        assert refused.value.where == "cell"


class TestSuppression:
    @pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["kind"])
    @SOME
    @given(events=HISTORIES, least=st.integers(2, 5))
    def test_tells_and_opens_nothing_of_few_people(self, shape, events, least):
        open_queries, closed = queries_of(Book(events)), queries_of(Book(events), min_people=least)
        query = read_query(shape)
        everything = {
            cell: count for cell, count in figures_of(open_queries.answer(query).result) if cell
        }
        answer = closed.answer(query)
        shown = dict(figures_of(answer.result))
        shown.pop(None, None)
        for cell, count in everything.items():
            people = open_queries.people(query, cell).whole.total
            if 0 < people < least:
                assert cell not in shown
                with pytest.raises(NotAllowed):
                    closed.people(query, cell)
            if cell in shown:
                assert shown[cell] == count
        assert answer.header.min_people == least

    def test_counts_people_only(self):
        queries = queries_of(Book([Happened(1, 0, 0)]), min_people=3)
        for change, where in (
            ({"scope": {"grain": "session"}}, "query.scope.grain"),
            ({"count_by": "attempts"}, "query.count_by"),
        ):
            with pytest.raises(BadInput) as refused:
                queries.answer(read_query({**SHAPES[0], **change}))
            assert refused.value.where == where

    def test_cannot_be_asked_away(self):
        queries = queries_of(Book([Happened(1, 0, 0)]), min_people=3)
        answer = queries.answer(read_query({"kind": "graph", "min_people": 0}))
        assert answer.header.people is None
        assert answer.result.nodes[0].people.suppressed


class TestSums:
    @SOME
    @given(events=HISTORIES)
    def test_of_a_breakdown_are_the_whole(self, events):
        result = queries_of(Book(events)).answer(read_query(SHAPES[3])).result
        for number, step in enumerate(result.steps):
            parts = [split.steps[number].reached.count for split in result.breakdown]
            assert sum(parts) == step.reached.count
            assert step.dropped.count + (result.steps[1].reached.count if number == 0 else 0) == (
                step.reached.count if number == 0 else 0
            )

    @SOME
    @given(events=HISTORIES)
    def test_of_bins_are_the_converted(self, events):
        result = queries_of(Book(events)).answer(read_query(SHAPES[0])).result
        bins = sum(one.count for one in result.time_to_convert.bins)
        assert bins == result.conversion.count


class TestComparison:
    @pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["kind"])
    @SOME
    @given(events=HISTORIES)
    def test_of_two_groups_is_the_two_answers(self, shape, events):
        queries = queries_of(Book(events))
        did = {"kind": "did", "names": ["cart"]}
        sides = [did, {"kind": "not", "of": did}]
        groups = [{"name": name, "people": side} for name, side in zip("ab", sides, strict=True)]
        both = queries.answer(read_query({**shape, "compare": {"by": "groups", "groups": groups}}))
        alone = [queries.answer(read_query({**shape, "scope": {"people": side}})) for side in sides]
        assert counts(both.result) == counts(alone[0].result)
        assert counts(both.compared.result_b) == counts(alone[1].result)
        assert not both.header.notes
        q = [one.q for one in both.compared.differences if one.q is not None]
        assert q == sorted(q)
        assert len(both.compared.differences) == len({
            one.key for side in alone for one in shares_of(side.result)
        })

    def test_says_that_groups_overlap(self):
        queries = queries_of(Book([Happened(1, 0, 0), Happened(2, 0, 1)]))
        everybody = {"people": {"kind": "not", "of": {"kind": "did", "names": ["cart"]}}}
        compare = {"by": "groups", "groups": [everybody, everybody]}
        answer = queries.answer(read_query({"kind": "graph", "compare": compare}))
        (note,) = answer.header.notes
        assert (note.code, note.values) == ("overlapping_groups", {"people": 2})

    def test_of_two_periods_takes_each_its_own(self):
        events = [Happened(person, person * DAY_US, 0) for person in range(10)]
        query = {
            "kind": "graph",
            "scope": {"from": "1970-01-01", "to": "1970-01-04"},
            "compare": {"by": "period", "from": "1970-01-04", "to": "1970-01-11"},
        }
        answer = queries_of(Book(events)).answer(read_query(query))
        assert [node.people.count for node in answer.result.nodes] == [3]
        assert [node.people.count for node in answer.compared.result_b.nodes] == [7]
        assert not answer.header.notes


def counts(result) -> list:
    return [count for _, count in figures_of(result)]


class TestAnswers:
    def test_are_kept_until_the_history_changes(self):
        book = Book([Happened(1, 0, 0)])
        queries = queries_of(book)
        query = read_query({"kind": "graph"})
        assert [queries.answer(query).header.is_warm for _ in range(2)] == [False, True]
        book.events = [*book.events, Happened(2, 0, 0)]
        book.now = replace(book.now, manifest=2)
        answer = queries.answer(query)
        assert (answer.header.is_warm, answer.header.people) == (False, 2)

    def test_of_nothing_are_empty(self):
        queries = Queries(
            Explore(NullJournal(), Threads(1)),
            NullGroups(),
            compute=Threads(1),
            clock=FixedClock(0),
            place=Place,
        )
        for kind in ("graph", "variants", "lifecycle", "stickiness", "sessions", "paths"):
            answer = queries.answer(read_query({"kind": kind}))
            assert answer.header.people == 0
            write_answer(answer)

    @SOME
    @given(events=EVENTS.filter(bool))
    def test_are_written_whatever_clocks_say(self, events):
        queries = queries_of(Book(events))
        for kind in ("graph", "variants", "sessions", "paths"):
            write_answer(queries.answer(read_query({"kind": kind})))


class TestExport:
    @pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["kind"])
    @SOME
    @given(events=HISTORIES)
    def test_is_the_answer(self, shape, events):
        answer = queries_of(Book(events)).answer(read_query(shape))
        table = table_of(answer)
        rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        expected = list(rows_of(answer.result))
        assert [{k: v for k, v in row.items() if v is not None} for row in rows] == [
            {k: v for k, v in row.items() if v is not None} for row in expected
        ]
        assert to_csv(table).count(b"\r\n") >= len(rows)
        assert to_parquet(table)

    def test_runs_no_formula(self):
        book = Book([Happened(1, 0, 0)])
        named = ("=1+1", *NAMES[1:])
        book.snapshot = lambda: replace(Book.snapshot(book), names=named)
        answer = queries_of(book).answer(read_query({"kind": "variants"}))
        assert b"\r\n'=1+1," in to_csv(table_of(answer))


class TestJson:
    @pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["kind"])
    def test_reads_what_it_wrote(self, shape):
        query = read_query(shape)
        assert read_query(write_query(query)) == query
        assert write_query(read_query(write_query(query))) == write_query(query)

    @pytest.mark.parametrize(
        ("change", "where"),
        [
            ({"steps": []}, "query.steps"),
            ({"steps": [{}]}, "query.steps[0]"),
            ({"steps": [{**HOME, "optional": True}, CART]}, "query.steps[0].optional"),
            ({"window_s": -1}, "query.window_s"),
            (
                {"exclusions": [{**HOME, "from_step": 2, "to_step": 1}]},
                "query.exclusions[0].to_step",
            ),
            ({"breakdown": {}}, "query.breakdown"),
            ({"breakdown": {"channel": True, "step": 9}}, "query.breakdown.step"),
            ({"scope": {"grain": "session"}, "count_by": "sessions"}, "query.count_by"),
            ({"scope": {"calender": "jalali"}}, "query.scope"),
            ({"kind": "paths", "direction": "between"}, "query"),
            ({"compare": {"by": "groups", "groups": [{}, {}]}}, "query.compare.groups[0]"),
        ],
    )
    def test_names_what_is_wrong(self, change, where):
        with pytest.raises(BadInput) as refused:
            read_query({**SHAPES[0], **change})
        assert refused.value.where == where

    def test_refuses_what_is_no_json_too_long_or_too_deep(self):
        for body in (b"{", b" " * 200_001, b"[" * 100_000):
            with pytest.raises(BadInput):
                read_query(body)
