"""Friction over a real server: found, opened to its people, judged, set; containment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from support.api import serving

from hamsafar.access.types import Permission, Role

START = datetime(2025, 11, 20, 8, tzinfo=UTC)


def events():
    """Eight people check out; the last three meet an error at one gateway, two of them write."""
    found = []

    def say(person, minute, name, **properties):
        found.append({
            "type": "track",
            "messageId": f"{person}-{minute}-{name}",
            "userId": f"u{person}",
            "event": name,
            "timestamp": (START + timedelta(minutes=minute)).isoformat(),
            "properties": properties,
        })

    for person in range(8):
        say(person, 0, "Product Viewed", product_id="b1")
        say(person, 1, "Product Added", product_id="b1")
        say(person, 2, "Checkout Started")
        if person < 5:
            say(person, 3, "Order Completed", revenue=100)
            continue
        say(person, 3, "Payment Failed", gateway="saman")
        if person < 7:
            say(person, 5, "Help Article Viewed", article="charged", topic="payment")
            say(person, 7, "Chat Started", topic="payment", case_id=f"c{person}")
            say(person, 8, "Chat Ended", topic="payment", case_id=f"c{person}", solved=True)
    return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("friction") / "data") as opened:
        opened.river.send(events())
        opened.river.flow()
        yield opened


@pytest.fixture(scope="module")
def analyst(shop):
    shop.join(Role.OWNER)
    return shop.join(Role.ANALYST)


@pytest.fixture
def problems(analyst):
    return problems_of(analyst)


def problems_of(client, **asked):
    answer = client.get("/api/friction", params=asked).raise_for_status().json()
    return {(p["detector"], p["place"]): p for p in answer["problems"]}


class TestProblems:
    def test_tell_place_cause_people_and_cost(self, problems):
        found = problems["drop_after_error", "Payment Failed"]
        assert found["cause"] == "gateway=saman"
        assert (found["count"], found["people"]["count"], found["people"]["of"]) == (3, 3, 8)
        assert found["lost_outcomes"] > 0
        assert found["lost_value"] == pytest.approx(found["lost_outcomes"] * 100)
        assert sum(point["count"] for point in found["trend"]) == 3
        assert {e["label"] for e in found["examples"]} == {"u5", "u6", "u7"}
        assert problems["error_to_support", "Payment Failed"]["count"] == 2
        assert problems["abandoned_self_service", "Help Article Viewed"]["cause"] == (
            "article=charged"
        )

    def test_open_to_exactly_their_people(self, analyst, problems):
        for found in problems.values():
            url = f"/api/friction/{found['key']}/people"
            first = analyst.get(url, params={"limit": 1}).raise_for_status().json()
            seen = list(first["items"])
            while first["next"]:
                asked = {"limit": 1, "cursor": first["next"]}
                first = analyst.get(url, params=asked).raise_for_status().json()
                seen += first["items"]
            assert len(seen) == len({p["person"] for p in seen}) == first["people"]
            assert first["people"] == found["people"]["count"]
            assert sum(p["count"] for p in seen) == first["count"] == found["count"]

    def test_count_only_the_range_and_channels_asked_for(self, analyst):
        assert problems_of(analyst, to=START.isoformat()) == {}
        assert problems_of(analyst, channel="web").keys() == problems_of(analyst).keys()
        assert problems_of(analyst, channel="call") == {}

    def test_come_with_what_to_change_by_expected_effect(self, analyst):
        changes = analyst.get("/api/friction").json()["changes"]
        assert changes[0]["change"] == "fix_error"
        assert changes[0]["values"] == {"place": "Payment Failed", "cause": "gateway=saman"}
        assert len(changes[0]["problems"]) == 2

    @pytest.mark.parametrize(
        ("asked", "where"),
        [
            ({"from": "yesterday"}, "from"),
            ({"from": "2025-11-24T00:00:00Z", "to": "2025-11-23T00:00:00Z"}, "to"),
        ],
    )
    def test_refuse_a_range_that_is_none(self, analyst, asked, where):
        answer = analyst.get("/api/friction", params=asked)
        assert answer.status_code == 400
        assert answer.json()["where"] == where

    def test_there_is_no_other_problem(self, analyst):
        assert analyst.get("/api/friction/loop.0000/people").status_code == 404
        assert analyst.patch("/api/friction/loop.0000", json={"owner": "a"}).status_code == 404


class TestVerdicts:
    def test_dismiss_snooze_and_undo(self, analyst, problems):
        url = f"/api/friction/{problems['error_to_support', 'Payment Failed']['key']}"
        answer = analyst.patch(url, json={"state": "dismissed"})
        assert (answer.status_code, answer.json()["where"]) == (400, "reason")
        body = {"state": "dismissed", "reason": "known", "owner": "Sara"}
        assert analyst.patch(url, json=body).json()["reason"] == "known"
        now = problems_of(analyst)["error_to_support", "Payment Failed"]
        assert (now["state"], now["owner"]) == ("dismissed", "Sara")
        assert analyst.patch(url, json={"state": "snoozed"}).json()["where"] == "until"
        body = {"state": "snoozed", "until": "2199-01-01T00:00:00Z"}
        assert analyst.patch(url, json=body).json()["until"] == "2199-01-01T00:00:00.000Z"
        undone = analyst.patch(url, json={"state": "open"}).json()
        assert (undone["state"], undone["reason"], undone["until"]) == ("open", "", None)
        assert undone["owner"] == "Sara"

    def test_a_snoozed_problem_comes_back(self, shop, analyst, problems):
        url = f"/api/friction/{problems['drop_after_error', 'Payment Failed']['key']}"
        soon = datetime.fromtimestamp(shop.river.clock.now_us() / 1e6, tz=UTC) + timedelta(hours=1)
        analyst.patch(url, json={"state": "snoozed", "until": soon.isoformat()}).raise_for_status()
        changes = analyst.get("/api/friction").json()["changes"]
        assert not any("drop_after_error" in k for c in changes for k in c["problems"])
        shop.river.clock.move(2 * 3_600_000_000)
        assert problems_of(analyst)["drop_after_error", "Payment Failed"]["state"] == "open"

    def test_are_in_the_audit(self, shop, analyst, problems):
        key = problems["error_to_support", "Payment Failed"]["key"]
        analyst.patch(f"/api/friction/{key}", json={"owner": "Reza"}).raise_for_status()
        rows = shop.program(Permission.AUDIT_READ).get("/api/audit").json()["items"]
        assert any(r["action"] == "friction.judge" and r["subject"] == key for r in rows)

    def test_need_the_permission_to_edit(self, shop, problems):
        key = problems["error_to_support", "Payment Failed"]["key"]
        reader = shop.program(Permission.JOURNEYS_READ)
        assert reader.get("/api/friction").status_code == 200
        assert reader.patch(f"/api/friction/{key}", json={"owner": "x"}).status_code == 403
        assert reader.put("/api/friction/detectors", json={"items": []}).status_code == 403
        assert reader.put("/api/friction/roles", json={"items": []}).status_code == 403


class TestSettings:
    def test_a_detector_works_as_it_is_set(self, analyst):
        row = {"detector": "error_to_support", "parameters": {"within_s": 60}}
        analyst.put("/api/friction/detectors", json={"items": [row]}).raise_for_status()
        assert ("error_to_support", "Payment Failed") not in problems_of(analyst)
        row = {"detector": "error_to_support", "parameters": {}}
        analyst.put("/api/friction/detectors", json={"items": [row]}).raise_for_status()
        assert ("error_to_support", "Payment Failed") in problems_of(analyst)

    @pytest.mark.parametrize(
        ("row", "status", "where"),
        [
            ({"detector": "nothing"}, 404, "detector"),
            ({"detector": "loop", "parameters": {"x": 1}}, 400, "items[0].parameters.x"),
            ({"detector": "loop", "parameters": {"rounds": 1}}, 400, "items[0].parameters.rounds"),
        ],
    )
    def test_a_wrong_setting_is_refused_with_its_place(self, analyst, row, status, where):
        answer = analyst.put("/api/friction/detectors", json={"items": [row]})
        assert (answer.status_code, answer.json()["where"]) == (status, where)

    def test_a_name_means_what_somebody_says(self, analyst):
        def put(roles):
            row = {"name": "Payment Failed", "roles": roles}
            answer = analyst.put("/api/friction/roles", json={"items": [row]})
            rows = answer.raise_for_status().json()["items"]
            return next(r for r in rows if r["name"] == "Payment Failed")

        assert put(["checkout"])["is_set"]
        assert ("drop_after_error", "Payment Failed") not in problems_of(analyst)
        assert put(None)["roles"] == ["checkout", "error"]
        assert ("drop_after_error", "Payment Failed") in problems_of(analyst)


class TestContainment:
    def test_tells_the_plain_rate_beside_the_verified_one(self, analyst):
        found = analyst.get("/api/friction/containment").raise_for_status().json()
        whole = found["whole"]
        assert (whole["episodes"], whole["people"]) == (2, 2)
        assert whole["plain"]["count"] == 0
        assert whole["verified"]["share"] == 0
        assert [part["name"] for part in found["topics"]] == ["payment"]

    def test_refuses_days_out_of_bounds(self, analyst):
        asked = {"within_days": 0}
        assert analyst.get("/api/friction/containment", params=asked).status_code in {400, 422}
