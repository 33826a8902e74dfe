"""Queries over a real server: every kind answers, opens to its people, refuses with the field."""

from __future__ import annotations

import pytest

from hamsafar.access.types import Permission, Role

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


VIEWED = {"kind": "did", "names": ["Product Viewed"]}


class TestGroups:
    def test_live_from_being_made_to_being_dropped(self, shared):
        analyst = shared.join(Role.ANALYST)
        made = analyst.post("/api/groups", json={"name": " Lookers ", "condition": VIEWED})
        group = made.raise_for_status().json()
        assert (group["name"], group["people"]) == ("Lookers", 0)
        assert group["created_by"].startswith("account:")
        assert analyst.get("/api/groups").json() == {"items": [group]}
        path = f"/api/groups/{group['id']}"
        assert analyst.patch(path, json={"name": "Buyers"}).json()["name"] == "Buyers"
        twin = analyst.post("/api/groups", json={"name": "Buyers", "condition": VIEWED})
        assert (twin.status_code, twin.json()["where"]) == (409, "name")
        assert analyst.delete(path).status_code == 204
        assert analyst.delete(path).status_code == 404
        owner = shared.join(Role.OWNER)
        audit = owner.get("/api/audit", params={"subject": f"group:{group['id']}"}).json()
        told = [row["action"] for row in audit["items"]]
        assert told == ["group.drop", "group.change", "group.create"]

    def test_are_filters_and_sides_of_a_comparison(self, analyst):
        bought = {"kind": "did", "names": ["Order Completed"]}
        body = {"name": "Bought", "condition": bought}
        group = analyst.post("/api/groups", json=body).raise_for_status().json()
        assert group["people"] == 1
        query = {**FUNNEL, "scope": {"groups": [group["id"]]}}
        answer = analyst.post("/api/journeys/query", json=query).raise_for_status().json()
        assert answer["header"]["people"] == 1
        assert answer["result"]["conversion"]["count"] == 1
        sides = [{"id": group["id"]}, {"name": "Others", "people": {"kind": "not", "of": bought}}]
        query = {**FUNNEL, "compare": {"by": "groups", "groups": sides}}
        answer = analyst.post("/api/journeys/query", json=query).raise_for_status().json()
        compared = answer["compared"]
        assert (compared["name_a"], compared["name_b"]) == ("Bought", "Others")
        (row,) = compared["differences"]
        assert (row["key"], row["difference"], row["q"]) == ("reached:1", 1.0, 1.0)
        assert not answer["header"]["notes"]

    @pytest.mark.parametrize(
        ("body", "where"),
        [
            ({"name": "", "condition": VIEWED}, "name"),
            ({"name": "x"}, ""),
            ({"name": "x", "condition": {"kind": "event", "names": ["A"]}}, "condition"),
            (
                {"name": "x", "condition": {"kind": "all", "of": [{"kind": "?"}]}},
                "condition.of[0].kind",
            ),
        ],
    )
    def test_refuse_what_is_none(self, analyst, body, where):
        refused = analyst.post("/api/groups", json=body)
        assert (refused.status_code, refused.json()["where"]) == (400, where)

    def test_are_not_edited_without_the_permission(self, story):
        reader = story.program(Permission.JOURNEYS_READ)
        body = {"name": "x", "condition": VIEWED}
        assert reader.post("/api/groups", json=body).status_code == 403
        assert reader.get("/api/groups").status_code == 200
