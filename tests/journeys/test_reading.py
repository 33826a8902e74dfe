"""Tables of pandas, Polars and Arrow become the same sequences; wrong rows are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from support.journeys import CHANNELS, EVENTS, NAMES, Happened, sequences

from hamsafar.expr import parse
from hamsafar.journeys import (
    NodeCell,
    Sequences,
    graph,
    mask_of,
    match,
    next_events,
    paths,
    people_behind,
    retention,
    sessions,
    variants,
)
from hamsafar.kernel.errors import BadInput

LITTLE = (Happened(2, 0, 0), Happened(1, 5, 0), Happened(2, 9, 1))
"""p2: home, search; p1: home."""

COLUMNS = {"person": "who", "time": "at", "event": "did", "channel": "where"}


def frame(events) -> pd.DataFrame:
    return pd.DataFrame({
        "who": pd.Series([f"p{e.person}" for e in events], dtype="object"),
        "at": pd.to_datetime([e.time for e in events], unit="us"),
        "did": pd.Series([NAMES[e.code] for e in events], dtype="object"),
        "where": pd.Series([CHANNELS[e.channel] for e in events], dtype="object"),
    })


def told(s: Sequences):
    """Everything in terms of the caller's names."""
    rows = []
    for chunk in s.chunks:
        channel = np.broadcast_to(chunk.channel, len(chunk.time))
        for who, at, code, where in zip(chunk.person, chunk.time, chunk.code, channel, strict=True):
            label = who if s.labels is None else s.labels[who]
            rows.append((label, int(at), s.names[code], s.channels[where] if s.channels else ""))
    return rows


class TestTables:
    @given(events=EVENTS)
    def test_of_all_kinds_give_the_same_as_arrays(self, events):
        table = frame(events)
        expected = sorted(
            (f"p{who}", at, name, where) for who, at, name, where in told(sequences(events))
        )
        arrow = pa.Table.from_pandas(table)
        made = [
            Sequences.from_pandas(table, **COLUMNS),
            Sequences.from_polars(pl.from_arrow(arrow), **COLUMNS),
            Sequences.from_arrow(arrow, **COLUMNS),
            Sequences.from_pandas(
                table.astype(dict.fromkeys(("who", "did", "where"), "category")), **COLUMNS
            ),
        ]
        for s in made:
            assert sorted(told(s)) == expected
        plain = [e.__class__(e.person, e.time, e.code, e.channel) for e in events]
        assert [g.edges for g in map(graph, made)] == [graph(sequences(plain)).edges] * len(made)

    @pytest.mark.parametrize(
        "who",
        [
            pd.Series([7, 9, 7]),
            pd.Series([7, 9, 7], dtype="UInt8"),
            pd.Series([7, 9, 7], dtype="int64[pyarrow]"),
        ],
    )
    def test_integers_stay_the_persons_ids(self, who):
        table = frame(LITTLE).assign(who=who)
        s = Sequences.from_pandas(table, **COLUMNS)
        assert s.labels is None
        assert s.chunks[0].person.tolist() == [7, 7, 9]

    @pytest.mark.parametrize("who", [[-7, 9, -7], [1 << 40, 9, 1 << 40]])
    def test_integers_out_of_bounds_are_labels(self, who):
        s = Sequences.from_pandas(frame(LITTLE).assign(who=who), **COLUMNS)
        (first, second) = people_behind(s, NodeCell("home")).people
        assert [second.label, first.label] == who[:2]

    def test_times_without_a_zone_are_utc(self):
        naive = pd.to_datetime(["2026-03-01 00:00"] * 3)
        tehran = naive.tz_localize("Asia/Tehran")
        for at, expected in ((naive, "2026-03-01 00:00"), (tehran, "2026-02-28 20:30")):
            for made in (at, at.as_unit("ns"), at.as_unit("s")):
                table = frame(LITTLE).assign(at=made)
                s = Sequences.from_pandas(table, **COLUMNS)
                us = int(pd.Timestamp(expected).timestamp() * 1e6)
                assert s.chunks[0].time.tolist() == [us] * 3
                s = Sequences.from_polars(pl.from_pandas(table), **COLUMNS)
                assert s.chunks[0].time.tolist() == [us] * 3

    def test_equal_rows_are_all_kept_in_their_order(self):
        table = pd.concat([frame(LITTLE)] * 3)
        table["at"] = pd.Timestamp("2026-01-01")
        table["did"] = list("abcabcabc")
        s = Sequences.from_pandas(table, **COLUMNS)
        assert s.events == 9
        assert dict(variants(s)) == {("a", "c", "a", "c", "a", "c"): 1, ("b", "b", "b"): 1}

    def test_properties_answer_conditions(self):
        table = frame(LITTLE).assign(
            total=[1.5, np.nan, 20],
            kind=pd.Categorical(["a", None, "b"]),
            is_new=[True, False, True],
        )
        s = Sequences.from_pandas(table, **COLUMNS, properties=["total", "kind", "is_new"])
        for said, expected in (
            ('{"kind":"property","path":"total","op":"greater","value":10}', {"p2"}),
            ('{"kind":"property","path":"total","op":"missing"}', {"p1"}),
            ('{"kind":"property","path":"kind","op":"equals","value":"a"}', {"p2"}),
            ('{"kind":"property","path":"is_new","op":"equals","value":false}', {"p1"}),
        ):
            (mask,) = mask_of(s, parse(said.encode()))
            assert {s.labels[who] for who in s.chunks[0].person[mask != 0]} == expected

    def test_a_missing_channel_has_no_name(self):
        table = frame(LITTLE).assign(where=["web", None, "app"])
        s = Sequences.from_pandas(table, **COLUMNS)
        assert sorted(c.channel for c in sessions(s).channels) == ["", "web"]

    def test_of_nothing_are_empty(self):
        table = frame([])
        assert Sequences.from_pandas(table, **COLUMNS).events == 0
        assert Sequences.from_arrow(pa.Table.from_pandas(table), **COLUMNS).people == 0

    @pytest.mark.parametrize(
        ("column", "values", "says"),
        [
            ("who", ["a", None, "b"], "no value in row 1"),
            ("who", ["a", 1, "b"], "mixes"),
            ("who", [1.5, 2, 3], "text, categories or integers"),
            ("at", ["2026", "x", "y"], "to_datetime"),
            ("at", [1, 2, 3], "to_datetime"),
            ("at", [pd.Timestamp("2026"), pd.Timestamp("2026"), pd.NaT], "no value in row 2"),
            ("did", ["a", "b", None], "no value in row 2"),
            ("did", [1, 2, 3], "text or categories"),
            ("did", ["a", "", "b"], "empty name in row 1"),
            ("where", [1, 2, 3], "text or categories"),
        ],
    )
    def test_name_the_row_that_is_wrong(self, column, values, says):
        with pytest.raises(BadInput, match=says) as refused:
            Sequences.from_pandas(frame(LITTLE).assign(**{column: values}), **COLUMNS)
        assert refused.value.where == column

    def test_name_the_column_that_is_not_there(self):
        table = frame(LITTLE)
        for made in (
            lambda: Sequences.from_pandas(table, **{**COLUMNS, "person": "x"}),
            lambda: Sequences.from_polars(pl.from_pandas(table), **{**COLUMNS, "person": "x"}),
            lambda: Sequences.from_pandas(table, **COLUMNS, properties=["x"]),
        ):
            with pytest.raises(BadInput, match="no column is named 'x'") as refused:
                made()
            assert refused.value.where == "x"
        with pytest.raises(BadInput, match="more than one"):
            Sequences.from_pandas(pd.concat([table, table["who"]], axis=1), **COLUMNS)


class TestLabels:
    def test_every_result_names_people_as_the_caller_does(self):
        table = frame(LITTLE)
        s = Sequences.from_pandas(table, **COLUMNS)
        assert [p.label for p in retention(s, first="home").people(0).people] == ["p1", "p2"]
        assert [p.label for p in paths(s).people("1|home").people] == ["p1", "p2"]
        assert [p.label for p in next_events(s, after="home").people("search").people] == ["p2"]
        found = match(s, "home search")
        assert found.to_pandas()["person"].tolist() == ["p2"]
        assert found.examples()[0].label == "p2"
        assert found.people().to_pandas()["person"].tolist() == ["p2"]
        assert sessions(s).people().to_arrow().column("person").to_pylist() == ["p2", "p1"]

    def test_a_drop_is_looked_up_by_the_callers_names(self):
        s = Sequences.from_pandas(frame(LITTLE), **COLUMNS)
        found = paths(s, direction="after_dropoff", since_us={"p2": 0, "nobody": 0})
        assert [n.id for n in found.nodes] == ["1|search"]
