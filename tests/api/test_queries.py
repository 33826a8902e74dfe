"""Queries over a real server: every kind answers, opens to its people, refuses with the field."""

from __future__ import annotations

import pytest

from hamsafar.access.types import Role

FUNNEL = {"kind": "funnel", "steps": [{"name": "Product Viewed"}, {"name": "Order Completed"}]}
KINDS = {
    "funnel": FUNNEL,
    "paths": {"kind": "paths", "start": {"name": "Product Viewed"}},
    "retention": {
        "kind": "retention",
        "first": {"name": "Product Viewed"},
        "again": {"name": "Order Completed"},
        "unit": "day",
        "periods": 2,
    },
    "lifecycle": {"kind": "lifecycle", "unit": "day", "periods": 2},
    "stickiness": {"kind": "stickiness", "unit": "day", "periods": 2},
    "sessions": {"kind": "sessions"},
    "next": {"kind": "next", "after": {"name": "Product Viewed"}},
    "match": {"kind": "match", "pattern": '"Product Viewed" ... "Order Completed"'},
    "graph": {"kind": "graph"},
    "variants": {"kind": "variants"},
}


@pytest.fixture(scope="module")
def analyst(story):
    return story.join(Role.ANALYST)


def cells_of(part):
    """Every (cell, count) in an answer."""
    if isinstance(part, dict):
        if part.get("cell"):
            yield part["cell"], part["count"]
        for value in part.values():
            yield from cells_of(value)
    elif isinstance(part, list):
        for value in part:
            yield from cells_of(value)


class TestAsk:
    @pytest.mark.parametrize("kind", KINDS)
    def test_answers_every_kind_and_each_figure_opens_to_as_many(self, analyst, kind):
        answer = analyst.post("/api/journeys/query", json=KINDS[kind]).raise_for_status().json()
        assert answer["kind"] == answer["result"]["kind"] == kind
        assert answer["header"]["people"] == 2
        assert answer["header"]["events"] == 5
        cells = list(cells_of(answer["result"]))
        assert cells
        for cell, count in cells:
            body = {"query": KINDS[kind], "cell": cell}
            page = analyst.post("/api/journeys/query/people", json=body).raise_for_status().json()
            assert page["people"] == len(page["items"]) == count, cell
