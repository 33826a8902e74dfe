"""Queries over a real server: every kind answers, opens to its people, refuses with the field."""

from __future__ import annotations

import csv
import io

import pytest
from pyarrow import parquet
from support.api import fill
from support.river import track

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


class TestScopeInAnAddress:
    WEALTHY = '{"kind":"property","path":"price","op":"at_least","value":10}'

    def test_takes_conditions_on_events_and_people(self, analyst):
        def people(**given):
            return analyst.get("/api/journeys/graph", params=given).raise_for_status().json()

        assert people()["people"] == 2
        assert (people(where=self.WEALTHY)["people"], people(where=self.WEALTHY)["events"]) == (
            1,
            1,
        )
        bought = '{"kind":"did","names":["Order Completed"]}'
        found = people(people=bought)
        assert (found["people"], found["events"]) == (1, 3)
        params = {"people": bought, "of": "node", "name": "Product Viewed"}
        page = analyst.get("/api/journeys/people", params=params).json()
        assert (page["people"], page["count"]) == (1, 1)
        rows = analyst.get("/api/journeys/variants", params={"people": bought}).json()["items"]
        assert [row["names"] for row in rows] == [
            ["Product Viewed", "Cart Opened", "Order Completed"]
        ]

    @pytest.mark.parametrize(
        ("params", "status", "where"),
        [
            ({"where": "{"}, 400, "where"),
            ({"where": '{"kind":"trait","name":"vip","op":"exists"}'}, 400, "where"),
            ({"people": '{"kind":"event","names":["x"]}'}, 400, "people"),
            ({"group": "nobody"}, 404, "group"),
            ({"channel": "nowhere"}, 400, "channel"),
            ({"include": "Nothing"}, 400, "include"),
        ],
    )
    def test_names_the_parameter_that_is_wrong(self, analyst, params, status, where):
        refused = analyst.get("/api/journeys/graph", params=params)
        assert (refused.status_code, refused.json()["where"]) == (status, where)


class TestFields:
    def test_of_events_have_examples_and_of_people_none(self, analyst):
        (price,) = (row for row in analyst.get("/api/properties").json() if row["path"] == "price")
        assert (price["kind"], price["examples"]) == ("property", [12])
        traits = {row["path"]: row for row in analyst.get("/api/traits").json()}
        assert traits["vip"]["count"] == 1
        assert traits["email"]["examples"] == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("query", "where"),
        [
            ({"kind": "funnel", "steps": [{"name": "Nothing"}]}, "query.steps[0]"),
            ({**FUNNEL, "scope": {"channels": ["nowhere"]}}, "query.scope.channels"),
            ({**FUNNEL, "scope": {"from": "soon"}}, "query.scope.from"),
            ({**FUNNEL, "scope": {"from": "2025-01-02", "to": "2025-01-01"}}, "query.scope.to"),
            ({**FUNNEL, "scope": {"zone": "Mars/Phobos"}}, "query.scope.zone"),
            (
                {**FUNNEL, "scope": {"people": {"kind": "event", "names": ["x"]}}},
                "query.scope.people",
            ),
            ({"kind": "match", "pattern": '"('}, "query.pattern"),
            (
                {
                    "kind": "funnel",
                    "steps": [
                        {"name": "Product Viewed"},
                        {"condition": {"kind": "all", "of": [{"kind": "event"}]}},
                    ],
                },
                "query.steps[1].condition.of[0].names",
            ),
        ],
    )
    def test_name_the_field(self, analyst, query, where):
        refused = analyst.post("/api/journeys/query", json=query)
        assert (refused.status_code, refused.json()["where"]) == (400, where)

    @pytest.mark.parametrize("cell", ["%%%", "WyJhIl0", "WyJjIiwxXQ", "WyJhIiwieCJd"])
    def test_of_a_cell_that_is_none(self, analyst, cell):
        for query in KINDS.values():
            refused = analyst.post(
                "/api/journeys/query/people", json={"query": query, "cell": cell}
            )
            assert (refused.status_code, refused.json()["where"]) == (400, "cell")

    def test_of_a_body_that_is_too_large(self, analyst):
        query = {**FUNNEL, "scope": {"include": ["x" * 900] * 300}}
        refused = analyst.post("/api/journeys/query", json=query)
        assert (refused.status_code, refused.json()["where"]) == (400, "query")

    def test_of_a_body_that_is_no_utf8(self, analyst):
        for path in ("/api/journeys/query", "/api/journeys/query/people", "/api/impact/drivers"):
            refused = analyst.post(path, content=b'{"kind":"funnel","steps":[{"name":"\xff"}]}')
            assert (refused.status_code, refused.json()["error"]) == (400, "bad_input")

    def test_people_are_in_the_audit_before_they_are_seen(self, story):
        analyst = story.join(Role.ANALYST)
        answer = analyst.post("/api/journeys/query", json=FUNNEL).json()
        body = {"query": FUNNEL, "cell": answer["result"]["conversion"]["cell"]}
        (person,) = analyst.post("/api/journeys/query/people", json=body).json()["items"]
        rows = story.join(Role.OWNER).get("/api/audit").json()["items"]
        seen = [row for row in rows if row["action"] == "people.list"]
        assert seen[0]["detail"] == person["person"]
        assert person["label"]


class TestExport:
    @pytest.mark.parametrize("kind", KINDS)
    def test_has_the_figures_of_the_answer_in_both_formats(self, analyst, kind):
        answer = analyst.post("/api/journeys/query", json=KINDS[kind]).json()
        found = analyst.post("/api/journeys/query/export?format=csv", json=KINDS[kind])
        rows = list(csv.DictReader(io.StringIO(found.text)))
        assert f"{kind}.csv" in found.headers["content-disposition"]
        found = analyst.post("/api/journeys/query/export?format=parquet", json=KINDS[kind])
        table = parquet.read_table(io.BytesIO(found.content)).to_pylist()
        assert [{k: _text(v) for k, v in row.items()} for row in table] == rows
        told = {str(count) for _, count in cells_of(answer["result"])}
        exported = {v for row in rows for k, v in row.items() if "count" in k or k == "sessions"}
        assert exported - {""} <= told | {"None"}

    def test_begins_with_a_mark_for_spreadsheets_when_asked(self, analyst):
        found = analyst.post("/api/journeys/query/export?bom=true", json=FUNNEL)
        assert found.content.startswith("\ufeff".encode())
        assert found.headers["content-type"] == "text/csv; charset=utf-8"


def _text(value) -> str:
    return "" if value is None else str(value)


class TestExplain:
    def test_lists_whom_other_programs_count_differently(self, site):
        analyst = site.join(Role.ANALYST)
        steps = [{"name": "Product Viewed"}, {"name": "Order Completed"}]
        fill(site)
        site.river.send([
            track(f"x{n}", name, second=second, userId="late")
            for n, (name, second) in enumerate([
                ("Product Viewed", 0),
                ("Product Viewed", 15),
                ("Order Completed", 30),
            ])
        ])
        site.river.flow()
        query = {"kind": "funnel", "steps": steps, "window_s": 20}
        found = analyst.post("/api/journeys/explain", json=query).raise_for_status().json()
        counts = {row["semantics"]: row["counts"] for row in found["semantics"]}
        assert counts["hamsafar"] == [3, 2]
        assert counts["mixpanel_classic"] == [3, 1]
        assert found["by_rule"] == [{"rule": "window_anchor", "people": 1}]
        (row,) = found["differences"]
        assert (row["label"], row["rule"]) == ("late", "window_anchor")
        assert row["levels"]["mixpanel_classic"] == 1
        assert found["next"] is None
        path = f"/api/journeys/explain/{row['person']}"
        told = analyst.post(path, json=query).raise_for_status().json()
        assert [event["outcome"] for event in told["events"]] == [
            "replaced",
            "entered",
            "completed",
        ]
        assert told["levels"]["mixpanel_classic"] == 1
        assert [attempt["ended"] for attempt in told["attempts"]] == ["completed"]
        assert analyst.post("/api/journeys/explain/999", json=query).status_code == 404

    def test_refuses_what_is_no_funnel(self, analyst):
        refused = analyst.post("/api/journeys/explain", json={"kind": "graph"})
        assert (refused.status_code, refused.json()["where"]) == (400, "query.kind")
