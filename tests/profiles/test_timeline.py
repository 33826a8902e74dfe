"""A person's timeline: filters, bounds and pages, over recent events and history."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hamsafar.profiles.types import TimelineQuery
from tests.support.river import River, river, track


def _lived(water: River, *, covered: bool) -> int:
    """Send a long life with few orders; return the person."""
    events = [
        track(f"m{n}", "Order" if n % 500 == 0 else "Seen", second=n // 4, userId="u1")
        for n in range(2_000)
    ]
    water.send(events)
    water.flow()
    if covered:
        water.worker.tidy()
    person = water.hamsafar.profiles.find("user_id", "u1")
    assert person is not None
    return person


def _ids(water: River, person: int, query: TimelineQuery) -> list[str]:
    found: list[str] = []
    place = query.before
    while True:
        events, place = water.hamsafar.profiles.timeline(person, replace(query, before=place))
        assert len(events) <= query.limit
        found += [event.id for event in events]
        if place is None:
            return found
        assert events


class TestTimeline:
    """Profiles.timeline."""

    @pytest.mark.parametrize("covered", [False, True])
    def test_filters_and_bounds_hold_page_by_page(self, tmp_path: Path, *, covered: bool) -> None:
        with river(tmp_path) as water:
            person = _lived(water, covered=covered)
            orders = ["m1500", "m1000", "m500", "m0"]
            assert _ids(water, person, TimelineQuery(name="Order", limit=3)) == orders
            assert _ids(water, person, TimelineQuery(name="Order", limit=4)) == orders
            assert _ids(water, person, TimelineQuery(name="Nothing", limit=3)) == []
            assert _ids(water, person, TimelineQuery(channel="web", name="Order")) == orders
            assert _ids(water, person, TimelineQuery(channel="shop")) == []
            everything = _ids(water, person, TimelineQuery(limit=7))
            assert len(everything) == len(set(everything)) == 2_000
            events, _ = water.hamsafar.profiles.timeline(person, TimelineQuery(limit=1_000))
            since, until = events[100].occurred_at, events[40].occurred_at
            inside = [e.id for e in events if since <= e.occurred_at < until]
            found = _ids(water, person, TimelineQuery(since=since, until=until, limit=9))
            assert found == inside
