"""The real shop: paths, retention, lifecycle, sessions and the rest equal counts by pandas."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hamsafar.journeys import (
    Sequences,
    lifecycle,
    match,
    next_events,
    paths,
    retention,
    sessions,
    stickiness,
)

FOLDER = Path(os.environ.get("HAMSAFAR_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILE = FOLDER / "shop_clickstream.csv.gz"

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"{FILE} is not there; set HAMSAFAR_DATA to the folder with it"
)


@pytest.fixture(scope="module")
def shop():
    read = pd.read_csv(FILE, parse_dates=["timestamp"])
    return read.sort_values(["user_id", "timestamp"], kind="stable").reset_index(drop=True)


@pytest.fixture(scope="module")
def s(shop):
    return Sequences.from_pandas(shop, person="user_id", time="timestamp", event="event")


@pytest.fixture(scope="module")
def cut(shop):
    """Each event with its session: half an hour of silence, strictly longer, begins another."""
    silence = shop.groupby("user_id")["timestamp"].diff()
    begins = silence.isna() | (silence > pd.Timedelta(minutes=30))
    return shop.assign(session=begins.cumsum())


class TestShop:
    def test_sessions_equal_pandas(self, s, cut):
        by_session = cut.groupby("session").agg(
            events=("event", "size"),
            took=("timestamp", lambda t: (t.iloc[-1] - t.iloc[0]).total_seconds()),
        )
        found = sessions(s).everywhere
        assert found.sessions == len(by_session)
        assert found.single == (by_session["events"] == 1).sum()
        assert found.median_s == pytest.approx(by_session["took"].median(), rel=0.01)
        assert found.median_events == by_session["events"].median()

    def test_paths_equal_pandas(self, s, cut):
        changed = cut[cut["event"] != cut.groupby("session")["event"].shift()].copy()
        changed["step"] = changed.groupby("session").cumcount() + 1
        changed["next"] = changed.groupby("session")["event"].shift(-1)
        told = changed[changed["step"] <= 4]
        expected = told[told["step"] < 4].dropna(subset=["next"])
        expected = expected.groupby(["step", "event", "next"])["session"].size().to_dict()
        found = paths(s, gap_s=1800, depth=4, limit=500)
        links = {
            (k.position, k.from_.partition("|")[2], k.to.partition("|")[2]): k.count
            for k in found.links
        }
        assert links == {key: count for key, count in expected.items() if key in links}
        assert sum(links.values()) + found.hidden_count == sum(expected.values())
        people = told.groupby(["step", "event"])["user_id"].nunique().to_dict()
        for node in found.nodes:
            if not node.is_other:
                assert node.people == people[node.position, node.name]

    def test_next_events_equal_pandas(self, s, shop):
        after = shop.groupby("user_id")["event"].shift(-1)[shop["event"] == "payment_error"]
        found = next_events(s, after="payment_error", limit=99)
        assert {i.name: i.count for i in found.items} == after.value_counts().to_dict()
        assert found.nothing.count == after.isna().sum()

    def test_retention_equals_pandas(self, s, shop):
        week = shop["timestamp"].dt.to_period("W-FRI").dt.start_time
        first = week.groupby(shop["user_id"]).transform("min")
        period = (week - first).dt.days // 7
        seen = (
            pd
            .DataFrame({"first": first, "period": period, "who": shop["user_id"]})
            .drop_duplicates()
            .groupby(["first", "period"])
            .size()
        )
        last = week.max()
        found = retention(s, first=frozenset(s.names), unit="week", periods=6)
        for cohort in found.cohorts:
            begins = pd.Timestamp(cohort.label)
            for cell in cohort.cells:
                is_over = begins + pd.Timedelta(weeks=cell.period) < last or cell.period == 0
                came = int(seen.get((begins, cell.period), 0))
                assert cell.count == (came if is_over else 0)
                assert cell.early == (0 if is_over else came)
                assert cell.of == (cohort.size if is_over else 0)

    def test_lifecycle_and_stickiness_equal_pandas(self, s, shop):
        day = shop["timestamp"].dt.floor("D")
        active = shop.groupby(day)["user_id"].agg(set).to_dict()
        born = day.groupby(shop["user_id"]).min()
        for interval in lifecycle(s).intervals:
            on = pd.Timestamp(interval.label)
            now = active.get(on, set())
            before = active.get(on - pd.Timedelta(days=1), set())
            new = {who for who in now if born[who] == on}
            assert (interval.new, interval.returning) == (len(new), len(now & before))
            assert interval.resurrecting == len(now - before - new)
            assert interval.dormant == len(before - now)
        days = day.groupby(shop["user_id"]).nunique().value_counts().to_dict()
        assert {b.intervals: b.people for b in stickiness(s).bars if b.people} == days

    def test_the_planted_friction_is_found_by_a_pattern(self, s, shop):
        found = match(s, "payment_error ...(<=1h) support_chat")
        expected = 0
        for _, journey in shop.groupby("user_id"):
            errors = journey["timestamp"][journey["event"] == "payment_error"].to_numpy()
            chats = journey["timestamp"][journey["event"] == "support_chat"].to_numpy()
            expected += any(
                ((chats > error) & (chats <= error + np.timedelta64(1, "h"))).any()
                for error in errors
            )
        assert found.people_matched == expected > 0
