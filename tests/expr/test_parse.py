"""Conditions are read from JSON; what is wrong is named with its place and how to mend it."""

from __future__ import annotations

import json

import pytest

from hamsafar.expr import (
    AllOf,
    Count,
    Did,
    EventNamed,
    Op,
    PropertyIs,
    TimeIs,
    TraitIs,
    parse,
    to_json,
)
from hamsafar.expr.parse import MAX_BYTES, MAX_DEPTH, MAX_PARTS
from hamsafar.kernel.errors import BadInput

EVENT = {"kind": "event", "names": ["a"]}


def prop(op: str, *value: object) -> dict[str, object]:
    said: dict[str, object] = {"kind": "property", "path": "total", "op": op}
    return said | ({"value": value[0]} if value else {})


class TestParse:
    def test_reads_text_bytes_and_decoded_json_alike(self):
        said = {"kind": "all", "of": [EVENT, prop("equals", 1.0)]}
        wanted = AllOf((EventNamed(("a",)), PropertyIs("total", Op.EQUALS, 1)))
        for data in (said, json.dumps(said), json.dumps(said).encode()):
            assert parse(data) == wanted

    def test_did_by_names_is_did_by_the_event_of_these_names(self):
        short = parse({"kind": "did", "names": ["a"], "from": "2026-01-01"})
        long = parse({"kind": "did", "event": EVENT, "from": "2026-01-01T00:00Z"})
        assert short == long
        assert isinstance(short, Did)
        assert (short.count, short.to_us) == (Count(Op.AT_LEAST, 1), None)

    def test_writes_times_as_it_reads_them(self):
        said = parse({"kind": "time", "from": "2026-01-01T03:30:00.5+03:30", "to": None})
        assert isinstance(said, TimeIs)
        assert to_json(said) == b'{"kind":"time","from":"2026-01-01T00:00:00.500Z","to":null}'

    def test_all_of_nothing_holds_of_everything(self):
        assert parse({"kind": "all", "of": []}) == AllOf(())

    def test_a_trait_name_is_whole_whatever_dots_it_has(self):
        said = parse({"kind": "trait", "name": "plan.x", "op": "exists"})
        assert said == TraitIs("plan.x", Op.EXISTS)

    def test_integers_beyond_64_bits_survive(self):
        said = parse(prop("equals", 10**30 + 1))
        assert parse(to_json(said)) == said

    @pytest.mark.parametrize(
        ("said", "where", "words"),
        [
            ("{", "w", "not JSON"),
            ([], "w", "a condition is an object"),
            ({}, "w.kind", "kind must be one of all, any, not"),
            ({"kind": "or"}, "w.kind", '"or"'),
            ({"kind": "all"}, "w.of", "list of conditions"),
            ({"kind": "any", "of": []}, "w.of", "at least one"),
            ({"kind": "all", "of": [EVENT, {"kind": "x"}]}, "w.of[1].kind", "kind must be"),
            ({"kind": "not", "of": [EVENT]}, "w.of", "an object"),
            ({"kind": "event", "names": "a"}, "w.names", "list of at least one text"),
            ({"kind": "event", "names": []}, "w.names", "at least one"),
            ({"kind": "event", "names": ["a", 1]}, "w.names[1]", "a name is text"),
            ({"kind": "event", "name": ["a"]}, "w", "'name' is not known here"),
            ({"kind": "source", "ids": [70000]}, "w.ids[0]", "0 … 65535"),
            ({"kind": "source", "ids": [True]}, "w.ids[0]", "a number"),
            ({"kind": "property", "path": 1, "op": "exists"}, "w.path", "text"),
            ({"kind": "property", "path": "a"}, "w.op", "op must be one of"),
            (prop("is", 1), "w.op", '"is"'),
            (prop("exists", 1), "w.value", "leave it out"),
            (prop("equals"), "w.value", '"missing"'),
            (prop("equals", [1]), "w.value", "text, a number, true or false"),
            (prop("equals", 1e999), "w.value", "too large"),
            (prop("in", 1), "w.value", "list of at least one"),
            (prop("in", []), "w.value", "at least one"),
            (prop("in", [1, None]), "w.value[1]", "compare with a value"),
            (prop("greater", "1"), "w.value", "must be a number"),
            (prop("greater", True), "w.value", "must be a number"),
            (prop("between", [1]), "w.value", "[lowest, highest]"),
            (prop("between", [2, 1]), "w.value", "swap them"),
            (prop("between", [1, "2"]), "w.value[1]", "must be a number"),
            (prop("contains", "\u200c"), "w.value", "visible"),
            (prop("starts_with", 1), "w.value", "must be text"),
            (prop("before", "tomorrow"), "w.value", "2026-11-23T08:00:00Z"),
            (prop("before", "2026-02-30"), "w.value", "2026-11-23T08:00:00Z"),
            ({"kind": "time", "from": 5}, "w.from", "a time such as"),
            ({"kind": "time", "from": "0001-01-01T00:00+01:00"}, "w.from", "a time such as"),
            ({"kind": "time", "from": "2026-01-02", "to": "2026-01-02"}, "w.to", "after from"),
            ({"kind": "did"}, "w.event", 'either "names" or "event"'),
            ({"kind": "did", "names": ["a"], "count": 2}, "w.count", "an object such as"),
            ({"kind": "did", "names": ["a"], "count": {"op": "in"}}, "w.count.op", "compared by"),
            ({"kind": "did", "names": ["a"], "count": {"value": -1}}, "w.count.value", "0 …"),
            (
                {"kind": "did", "event": {"kind": "trait", "name": "a", "op": "exists"}},
                "w.event",
                "beside the did",
            ),
        ],
    )
    def test_says_where_and_how_to_mend_it(self, said, where, words):
        with pytest.raises(BadInput) as caught:
            parse(said, "w")
        assert caught.value.where == where
        assert words in caught.value.detail

    def test_is_bounded(self):
        deep: dict[str, object] = EVENT
        for _ in range(MAX_DEPTH):
            deep = {"kind": "not", "of": deep}
        parse(deep)
        with pytest.raises(BadInput, match="deeper"):
            parse({"kind": "not", "of": deep})
        with pytest.raises(BadInput, match="more than"):
            parse({"kind": "all", "of": [EVENT] * MAX_PARTS})
        with pytest.raises(BadInput, match="bytes"):
            parse(" " * (MAX_BYTES + 1))
        with pytest.raises(BadInput, match="not JSON"):
            parse("[" * 100_000)
