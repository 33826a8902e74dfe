"""What was decided is remembered by the arrays it was read from, and by nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.expr import CONDITIONS, EVENTS, PEOPLE_CONDITIONS, TRAITS_OF, World

from hamsafar.expr import parse
from hamsafar.journeys import Attributes, Sequences
from hamsafar.journeys.columns import PropertyColumn
from hamsafar.journeys.masks import CLOSURES, mask_of, people_mask_of
from hamsafar.journeys.verdicts import Verdicts
from hamsafar.kernel.errors import BadInput

IS_ONE = parse({"kind": "property", "path": "a", "op": "equals", "value": 1})
IS_TRUE = parse({"kind": "property", "path": "a", "op": "equals", "value": True})
HAS_PLAN = parse({"kind": "trait", "name": "plan", "op": "exists"})


class Counting:
    """Closures that count how often they are asked."""

    def __init__(self) -> None:
        self.asked = 0

    def event_mask(self, told, at, condition):
        self.asked += 1
        return CLOSURES.event_mask(told, at, condition)

    def person_mask(self, told, at, condition):
        self.asked += 1
        return CLOSURES.person_mask(told, at, condition)


def sequences(*values: object) -> Sequences:
    n = len(values)
    return Sequences.from_arrays(
        person=np.arange(n),
        time_us=np.arange(n),
        code=np.zeros(n, np.int64),
        names=["view"],
        attributes=Attributes(properties={"a": list(values)}, traits={"plan": {0: "pro"}}),
    )


class TestVerdicts:
    @settings(max_examples=100, deadline=None)
    @given(
        worlds=st.lists(st.builds(World, EVENTS, TRAITS_OF), min_size=1, max_size=3),
        events=CONDITIONS,
        people=PEOPLE_CONDITIONS,
    )
    def test_are_those_of_the_judge_however_often_asked(self, worlds, events, people):
        verdicts = Verdicts(CLOSURES)
        for _ in range(2):
            for world in worlds:
                plain = world.sequences()
                told = replace(plain, judge=verdicts)
                assert [m.tolist() for m in mask_of(told, events)] == [
                    m.tolist() for m in mask_of(plain, events)
                ]
                assert [m.tolist() for m in people_mask_of(told, people)] == [
                    m.tolist() for m in people_mask_of(plain, people)
                ]

    def test_are_asked_for_once_while_nothing_changes(self):
        judge = Counting()
        told = replace(sequences(1, True, "1"), judge=Verdicts(judge))
        for _ in range(3):
            assert mask_of(told, IS_ONE)[0].tolist() == [1, 0, 0]
            assert mask_of(told, IS_TRUE)[0].tolist() == [0, 1, 0]
            assert people_mask_of(told, HAS_PLAN)[0].tolist() == [1, 0, 0]
            assert mask_of(told, HAS_PLAN)[0].tolist() == [1, 0, 0]
        assert judge.asked == 4

    def test_of_another_column_of_the_same_events_are_others(self):
        told = replace(sequences(1, 2), judge=Verdicts(CLOSURES))
        assert mask_of(told, IS_ONE)[0].tolist() == [1, 0]
        other = told.with_properties({"a": PropertyColumn.of_values([[2, 1]])})
        assert mask_of(other, IS_ONE)[0].tolist() == [0, 1]

    def test_of_chunks_that_are_gone_are_forgotten(self):
        verdicts = Verdicts(CLOSURES)
        one, other = sequences(1, 2), sequences(2, 1)
        for told in (one, other):
            mask_of(replace(told, judge=verdicts), IS_ONE)
        assert len(verdicts) == 2
        verdicts.keep(other)
        assert len(verdicts) == 1

    def test_are_held_within_bounds(self):
        verdicts = Verdicts(CLOSURES, room_bytes=8)
        for number in range(5):
            mask_of(replace(sequences(number, 1, 2, 3), judge=verdicts), IS_ONE)
        assert len(verdicts) == 2


class TestMaskOf:
    def test_names_the_field_that_is_not_loaded(self):
        told = sequences(1)
        with pytest.raises(BadInput, match="property 'b' is not loaded") as caught:
            mask_of(told, parse({"kind": "property", "path": "b", "op": "exists"}), where="query.x")
        assert caught.value.where == "query.x"
        with pytest.raises(BadInput, match="trait 'city' is not loaded"):
            people_mask_of(told, parse({"kind": "trait", "name": "city", "op": "exists"}))

    def test_refuses_people_by_what_only_an_event_has(self):
        with pytest.raises(BadInput, match="put it into"):
            people_mask_of(sequences(1), IS_ONE)

    def test_one_code_may_stand_for_all_events(self):
        told = sequences(1, 2)
        assert mask_of(told, parse({"kind": "source", "ids": [0]}))[0].tolist() == [1, 1]
        assert mask_of(told, parse({"kind": "channel", "names": ["web"]}))[0].tolist() == [0, 0]


class TestWithProperties:
    def test_refuses_columns_that_do_not_fit(self):
        told = sequences(1, 2)
        short = PropertyColumn.of_values([[1]])
        with pytest.raises(BadInput, match=r"codes must have \[2\] values") as caught:
            told.with_properties({"b": short})
        assert caught.value.where == "properties['b']"
        wild = PropertyColumn(codes=(np.array([0, 7], np.uint32),), values=(None, 1))
        with pytest.raises(BadInput, match="a code is 2 or more"):
            told.with_properties({"b": wild})

    def test_numbers_are_nan_where_there_is_none(self):
        column = PropertyColumn.of_values([[1, "1", None, True, 2.5]])
        assert np.isnan(column.numbers(0)).tolist() == [False, True, True, True, False]
        assert len(column) == 4

    def test_values_follow_their_events_into_order(self):
        told = Sequences.from_arrays(
            person=[2, 1, 2],
            time_us=[3, 2, 1],
            code=[0, 0, 0],
            names=["view"],
            attributes=Attributes(properties={"a": ["late", "other", "early"]}),
        )
        column = told.properties["a"]
        assert [column.values[code] for code in column.codes[0]] == ["other", "early", "late"]
        with pytest.raises(BadInput, match="has 1 values but person has 3"):
            Sequences.from_arrays(
                person=[2, 1, 2],
                time_us=[3, 2, 1],
                code=[0, 0, 0],
                names=["view"],
                attributes=Attributes(properties={"a": [1]}),
            )
