"""The targets of a condition are one: closures on events, masks on columns, DuckDB."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.expr import (
    CONDITIONS,
    EVENTS,
    NUMBERS,
    PEOPLE_CONDITIONS,
    TEXTS,
    TRAITS_OF,
    VALUES,
    World,
)

from hamsafar.engines import duckdb_judge
from hamsafar.engines.duckdb_judge import DuckJudge
from hamsafar.expr import (
    ContextIs,
    Op,
    PropertyIs,
    TraitIs,
    event_test,
    normal,
    parse,
    person_test,
    to_json,
)
from hamsafar.journeys.columns import encode_values
from hamsafar.journeys.masks import closure_table, mask_of, people_mask_of

MOMENTS = st.builds(
    lambda at, minutes, form: form(at.replace(tzinfo=timezone(timedelta(minutes=minutes)))),
    st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001
    st.sampled_from([0, 210, -210, 1439, -1439, 59]),
    st.sampled_from([
        datetime.isoformat,
        lambda at: at.strftime("%Y-%m-%d").zfill(10),
        lambda at: at.isoformat(timespec="minutes").replace(":", "", 0),
        lambda at: at.isoformat(" ", "milliseconds"),
        lambda at: at.replace(tzinfo=None).isoformat() + "z",
    ]),
)
WORLDS = st.builds(World, EVENTS, TRAITS_OF)


@pytest.fixture(scope="module")
def duck():
    judge = DuckJudge(1)
    yield judge
    judge.close()


class TestEventMask:
    @settings(max_examples=150)
    @given(world=WORLDS, condition=CONDITIONS)
    def test_on_columns_is_the_closure_on_events(self, world, condition):
        test = event_test(condition)
        expected = [int(test(event)) for event in world.events()]
        (mask,) = mask_of(world.sequences(), condition)
        assert mask.tolist() == expected

    @settings(max_examples=200, deadline=None)
    @given(world=WORLDS, condition=CONDITIONS)
    def test_of_duckdb_is_that_of_the_closures(self, duck, world, condition):
        told = world.sequences()
        (mask,) = mask_of(told, condition)
        assert duck.event_mask(told, 0, condition).tolist() == mask.tolist()


class TestTable:
    @settings(max_examples=150, deadline=None)
    @given(
        values=st.lists(VALUES, max_size=30),
        leaf=CONDITIONS.filter(lambda c: isinstance(c, PropertyIs | TraitIs | ContextIs)),
    )
    def test_of_duckdb_is_that_of_the_closures(self, duck, values, leaf):
        _, distinct = encode_values([values])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(duckdb_judge, "FEW", 0)
            found = duck.table(leaf, distinct)
        assert found.tolist() == closure_table(leaf, distinct).tolist()

    @settings(max_examples=100, deadline=None)
    @given(
        moments=st.lists(MOMENTS, min_size=1, max_size=20),
        texts=st.lists(TEXTS, max_size=20),
        op=st.sampled_from([Op.BEFORE, Op.AFTER]),
    )
    def test_of_times_is_that_of_the_closures(self, duck, moments, texts, op):
        self._agree(duck, PropertyIs("a", op, moments[0]), [*moments, *texts])

    @settings(max_examples=100, deadline=None)
    @given(
        numbers=st.lists(NUMBERS, min_size=1, max_size=20),
        op=st.sampled_from([Op.GREATER, Op.AT_LEAST, Op.LESS, Op.AT_MOST, Op.EQUALS]),
    )
    def test_of_numbers_is_that_of_the_closures(self, duck, numbers, op):
        bound = normal(numbers[0])
        self._agree(duck, PropertyIs("a", op, bound), [*numbers, *map(str, numbers), True])

    @settings(max_examples=100, deadline=None)
    @given(
        texts=st.lists(TEXTS, min_size=1, max_size=20),
        at=st.integers(0, 3),
        op=st.sampled_from([Op.CONTAINS, Op.STARTS_WITH, Op.ENDS_WITH, Op.EQUALS, Op.NOT_EQUALS]),
    )
    def test_of_texts_is_that_of_the_closures(self, duck, texts, at, op):
        part = texts[0][at:] or "a"
        self._agree(duck, PropertyIs("a", op, part), [*texts, texts, [part], {"a": part}])

    def _agree(self, duck, leaf, values):
        _, distinct = encode_values([values])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(duckdb_judge, "FEW", 0)
            found = duck.table(leaf, distinct)
        assert found.tolist() == closure_table(leaf, distinct).tolist()

    def test_is_asked_once_for_all_chunks(self, duck):
        distinct = (None, *(f"v{number}" for number in range(2000)))
        leaf = PropertyIs("a", Op.ENDS_WITH, "77")
        assert duck.table(leaf, distinct) is duck.table(leaf, distinct)
        assert int(duck.table(leaf, distinct).sum()) == 20

    def test_of_one_is_not_that_of_true(self, duck):
        distinct = (None, 1, True, *(f"v{number}" for number in range(2000)))
        for value in (1, True):
            leaf = PropertyIs("told apart", Op.EQUALS, value)
            assert duck.table(leaf, distinct).tolist() == closure_table(leaf, distinct).tolist()

    def test_of_a_column_that_grew_is_asked_for_what_is_new(self, duck, monkeypatch):
        distinct = (None, *(f"v{number}" for number in range(2000)))
        leaf = PropertyIs("grown", Op.ENDS_WITH, "77")
        duck.table(leaf, distinct)
        asked: list[int] = []
        decided = DuckJudge._decided

        def counting(self, leaf, values):
            asked.append(len(values))
            return decided(self, leaf, values)

        monkeypatch.setattr(DuckJudge, "_decided", counting)
        grown = (*distinct, "x77", True)
        other = (None, True, *(f"w{number}" for number in range(2000)))
        for values in (grown, other):
            assert duck.table(leaf, values).tolist() == closure_table(leaf, values).tolist()
        assert asked == [2, 2002]


class TestPeopleMask:
    @settings(max_examples=150)
    @given(world=WORLDS, condition=PEOPLE_CONDITIONS)
    def test_on_columns_is_the_closure_on_people(self, world, condition):
        test = person_test(condition)
        expected = [int(test(person)) for _, person in sorted(world.people().items())]
        (mask,) = people_mask_of(world.sequences(), condition)
        assert mask.tolist() == expected

    @settings(max_examples=200, deadline=None)
    @given(world=WORLDS, condition=PEOPLE_CONDITIONS)
    def test_of_duckdb_is_that_of_the_closures(self, duck, world, condition):
        told = world.sequences()
        (mask,) = people_mask_of(told, condition)
        assert duck.person_mask(told, 0, condition).tolist() == mask.tolist()

    @settings(max_examples=20, deadline=None)
    @given(world=WORLDS, condition=PEOPLE_CONDITIONS)
    def test_is_that_of_the_judge_of_the_sequences(self, duck, world, condition):
        told = world.sequences()
        judged = replace(told, judge=duck)
        for ours, theirs in zip(
            people_mask_of(judged, condition), people_mask_of(told, condition), strict=True
        ):
            assert ours.tolist() == theirs.tolist()


class TestJson:
    @given(condition=st.one_of(CONDITIONS, PEOPLE_CONDITIONS))
    def test_of_a_condition_is_read_as_the_same(self, condition):
        assert parse(to_json(condition)) == condition
        assert to_json(parse(to_json(condition))) == to_json(condition)


class TestDuckJudge:
    @pytest.mark.parametrize(
        "query",
        [
            "SELECT * FROM read_csv('/etc/passwd')",
            "COPY (SELECT 1) TO '/tmp/never.csv'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
        ],
    )
    def test_reaches_nothing_outside(self, duck, query):
        with duck._cursor() as cursor, pytest.raises(Exception, match=r"disabled|locked"):
            cursor.execute(query)
