"""The real shop: the graph equals an independent count by pandas."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from hamsafar.journeys import Sequences, edge_people, graph, variants

FOLDER = Path(os.environ.get("HAMSAFAR_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILE = FOLDER / "shop_clickstream.csv.gz"

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"{FILE} is not there; set HAMSAFAR_DATA to the folder with it"
)


@pytest.fixture(scope="module")
def shop():
    return pd.read_csv(FILE, parse_dates=["timestamp"])


@pytest.fixture(scope="module")
def s(shop):
    codes, names = pd.factorize(shop["event"])
    people, _ = pd.factorize(shop["user_id"])
    return Sequences.from_arrays(
        person=people,
        time_us=shop["timestamp"].astype("datetime64[us]").astype("int64").to_numpy(),
        code=codes,
        names=list(names),
    )


@pytest.fixture(scope="module")
def follows(shop):
    ordered = shop.sort_values(["user_id", "timestamp"], kind="stable")
    by_person = ordered.groupby("user_id")
    return ordered.assign(
        before=by_person["event"].shift(),
        seconds=by_person["timestamp"].diff().dt.total_seconds(),
        after=by_person["event"].shift(-1),
    )


class TestShop:
    def test_has_every_event_and_person(self, s):
        found = graph(s)
        assert (s.events, found.events) == (31_106, 31_106)
        assert (s.people, found.people) == (600, 600)

    def test_edges_equal_pandas(self, s, follows):
        pairs = follows.dropna(subset=["before"]).groupby(["before", "event"])["seconds"]
        expected = pairs.agg(["size", "mean", "median"]).assign(p95=pairs.quantile(0.95))
        found = graph(s).to_pandas().set_index(["from", "to"]).sort_index()
        assert found["count"].to_dict() == expected["size"].to_dict()
        for ours, theirs, rel in (
            ("mean_s", "mean", 1e-9),
            ("median_s", "median", 0.01),
            ("p95_s", "p95", 0.01),
        ):
            assert found[ours].to_dict() == pytest.approx(expected[theirs].to_dict(), rel=rel)

    def test_starts_ends_and_nodes_equal_pandas(self, s, follows):
        found = graph(s)
        first, last = follows[follows["before"].isna()], follows[follows["after"].isna()]
        assert dict(found.starts) == first["event"].value_counts().to_dict()
        assert dict(found.ends) == last["event"].value_counts().to_dict()
        people = follows.groupby("event")["user_id"].nunique().to_dict()
        assert {n.name: n.people for n in found.nodes} == people

    def test_people_behind_an_edge_equal_pandas(self, s, follows):
        took = follows[(follows["before"] == "home") & (follows["event"] == "catalog")]["seconds"]
        behind = edge_people(s, "home", "catalog")
        assert behind.count == len(took) > 0
        assert behind.median_s == pytest.approx(took.median())
        assert behind.p95_s == pytest.approx(took.quantile(0.95))

    def test_variants_equal_pandas(self, s, follows):
        expected = follows.groupby("user_id")["event"].agg(tuple).value_counts().to_dict()
        assert dict(variants(s)) == expected
