"""Impact over a real server: drivers and attribution answer, open to people, refuse with the field."""

from __future__ import annotations

import pytest
from support.api import serving
from support.river import track

from hamsafar.access.types import Permission, Role

WON = {"kind": "event", "event": {"name": "Order Completed"}}
DRIVERS = {
    "kind": "drivers",
    "outcome": WON,
    "entry": {"name": "Checkout Started"},
    "candidates": [
        {"kind": "events"},
        {"kind": "property", "path": "gateway"},
        {"kind": "trait", "name": "member"},
        {"kind": "channels"},
        {"kind": "first"},
    ],
    "window_s": 600,
    "support": 10,
}
ATTRIBUTION = {
    "kind": "attribution",
    "conversion": {"name": "Order Completed"},
    "touch": {"kind": "property", "path": "campaign"},
    "lookback_s": 3_600,
    "value": "revenue",
    "replicates": 30,
}


TAINT = {
    "kind": "taint",
    "bad": {"name": "Payment Failed"},
    "anchor": {"name": "Payment Started"},
    "good": {"name": "Order Completed"},
    "edges_s": [60, 600],
}


def happenings():
    """Eighty checkouts: those at the broken gateway fail, members of the club buy more often."""
    for n in range(80):
        user, second = f"u{n}", n * 20
        gateway = "saman" if n % 2 else "mellat"
        yield {
            "type": "identify",
            "messageId": f"i{n}",
            "userId": user,
            "traits": {"member": n % 4 < 2},
            "timestamp": "2025-11-23T12:00:00Z",
        }
        campaign = "autumn" if n % 3 else "winter"
        yield track(
            f"a{n}", "Ad Seen", second=second, userId=user, properties={"campaign": campaign}
        )
        yield track(f"c{n}", "Checkout Started", second=second + 5, userId=user)
        paid = {"gateway": gateway}
        yield track(f"p{n}", "Payment Started", second=second + 8, userId=user, properties=paid)
        if n % 2 and n % 10 < 8:
            yield track(f"f{n}", "Payment Failed", second=second + 11, userId=user)
        else:
            worth = {"revenue": 100 + n}
            yield track(
                f"o{n}", "Order Completed", second=second + 12, userId=user, properties=worth
            )
    yield track("end", "Page Closed", second=20_000, userId="u0")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("impact") / "data") as opened:
        opened.river.send(list(happenings()))
        opened.river.flow()
        yield opened


@pytest.fixture(scope="module")
def analyst(shop):
    return shop.join(Role.ANALYST)


def ask(client, question):
    path = f"/api/impact/{question['kind']}"
    return client.post(path, json=question).raise_for_status().json()


def figures(part):
    if isinstance(part, dict):
        if part.get("cell"):
            yield part
        for value in part.values():
            yield from figures(value)
    elif isinstance(part, list):
        for value in part:
            yield from figures(value)


class TestDrivers:
    def test_the_broken_gateway_is_found(self, analyst):
        answer = ask(analyst, DRIVERS)
        rows = {row["key"]: row for row in answer["result"]["rows"]}
        broken = rows['property:gateway="saman"']
        assert broken["direction"] == "worse"
        assert broken["high"] < 1
        assert broken["reached"]["count"] + 32 == broken["exposed"]["count"] == 40
        assert answer["header"]["people"] == 80
        assert answer["result"]["observational"] is True
        assert {"code": "observational", "values": {}} in answer["header"]["notes"]
        assert rows["trait:member=true"]["source"] == "trait"

    def test_every_figure_opens_to_exactly_its_people(self, analyst):
        found = list(figures(ask(analyst, DRIVERS)["result"]))
        assert found
        for figure in found:
            body = {"question": DRIVERS, "cell": figure["cell"]}
            page = analyst.post("/api/impact/people", json=body).raise_for_status().json()
            assert page["count"] == figure["count"]
            assert page["people"] == len(page["items"]) or page["next"]

    def test_pages_go_on_where_they_ended(self, analyst):
        cell = ask(analyst, DRIVERS)["result"]["attempts"]["cell"]
        seen, cursor = [], None
        while True:
            body = {"question": DRIVERS, "cell": cell, "limit": 30, "cursor": cursor}
            page = analyst.post("/api/impact/people", json=body).raise_for_status().json()
            seen += [item["person"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 80

    def test_asking_again_is_warm(self, analyst):
        ask(analyst, DRIVERS)
        assert ask(analyst, DRIVERS)["header"]["is_warm"] is True

    def test_the_scope_narrows_it(self, analyst):
        members = {"kind": "trait", "name": "member", "op": "equals", "value": True}
        answer = ask(analyst, {**DRIVERS, "scope": {"people": members}})
        assert answer["header"]["people"] == 40
        assert answer["result"]["attempts"]["count"] == 40

    def test_the_range_is_that_of_entries(self, analyst):
        scope = {"from": "2025-11-23T12:10:00Z", "to": "2025-11-23T12:20:00Z"}
        answer = ask(analyst, {**DRIVERS, "scope": scope, "support": 5})
        assert answer["result"]["attempts"]["count"] == 30

    def test_silence_and_ratings_are_outcomes_too(self, analyst):
        silence = {"kind": "silence", "days": 0.01}
        found = ask(analyst, {**DRIVERS, "outcome": silence})["result"]
        assert found["is_good"] is False
        rating = {"kind": "rating", "property": "revenue"}
        rated = ask(analyst, {**DRIVERS, "outcome": rating})["result"]
        assert rated["mean"] > 100
        assert rated["unrated"] == 32
        assert all(row["odds_ratio"] is None for row in rated["rows"])

    def test_few_people_stay_hidden(self, analyst):
        question = {**DRIVERS, "min_people": 20}
        rows = {row["key"]: row for row in ask(analyst, question)["result"]["rows"]}
        broken = rows['property:gateway="saman"']
        assert broken["reached"]["suppressed"] is True
        assert broken["odds_ratio"] is broken["effect"] is broken["expected"] is None
        open_cell = {r["key"]: r for r in ask(analyst, DRIVERS)["result"]["rows"]}
        cell = open_cell['property:gateway="saman"']["reached"]["cell"]
        body = {"question": question, "cell": cell}
        assert analyst.post("/api/impact/people", json=body).status_code == 403


class TestAttribution:
    def test_campaigns_share_the_conversions(self, analyst):
        result = ask(analyst, ATTRIBUTION)["result"]
        assert result["conversions"]["count"] == 48
        assert result["nulls"]["count"] == 32
        touches = [row["touch"] for row in result["touches"]]
        assert set(touches) == {"autumn", "winter"}
        assert [m["model"] for m in result["models"]] == [
            "first",
            "last",
            "linear",
            "position",
            "time_decay",
            "markov",
        ]
        for model in result["models"]:
            assert [row["touch"] for row in model["rows"]] == touches
            assert sum(row["conversions"] for row in model["rows"]) == pytest.approx(48)
            assert all(row["low"] <= row["conversions"] <= row["high"] for row in model["rows"])
        assert result["value"] == sum(100 + n for n in range(80) if not (n % 2 and n % 10 < 8))

    def test_every_figure_opens_to_exactly_its_people(self, analyst):
        found = list(figures(ask(analyst, ATTRIBUTION)["result"]))
        assert found
        for figure in found:
            body = {"question": ATTRIBUTION, "cell": figure["cell"]}
            page = analyst.post("/api/impact/people", json=body).raise_for_status().json()
            assert page["count"] == figure["count"]

    def test_by_channel_and_by_event(self, analyst):
        for touch in ({"kind": "channel"}, {"kind": "event", "names": ["Ad Seen"]}):
            result = ask(analyst, {**ATTRIBUTION, "touch": touch})["result"]
            assert result["conversions"]["count"] == 48


class TestTaint:
    def test_who_failed_does_not_order_afterwards(self, analyst):
        result = ask(analyst, TAINT)["result"]
        assert result["people"] == 32
        after = [point for point in result["points"] if point["side"] == "after"]
        assert after[0]["value"] == 0
        assert after[0]["expected"] > 0.5
        assert after[0]["high"] < 0

    def test_every_figure_opens_to_exactly_its_people(self, analyst):
        found = list(figures(ask(analyst, TAINT)["result"]))
        assert found
        for figure in found:
            body = {"question": TAINT, "cell": figure["cell"]}
            page = analyst.post("/api/impact/people", json=body).raise_for_status().json()
            assert page["people"] == figure["count"]

    def test_ratings_of_subjects(self, analyst):
        question = {**TAINT, "rating": "revenue", "subject": "campaign"}
        assert ask(analyst, question)["result"]["is_rating"] is True


class TestRefusals:
    @pytest.mark.parametrize(
        ("question", "where"),
        [
            ({**DRIVERS, "entry": {"name": "No Such"}}, "query.entry"),
            ({**DRIVERS, "entry": {}}, "query.entry"),
            ({**DRIVERS, "outcome": {"kind": "event", "event": {}}}, "query.outcome.event"),
            ({**DRIVERS, "window_s": -1}, "query.window_s"),
            ({**DRIVERS, "wndow_s": 1}, "query"),
            (
                {**DRIVERS, "candidates": [{"kind": "events", "names": ["No"]}]},
                "query.candidates[0].names",
            ),
            ({**DRIVERS, "scope": {"from": "tomorrow"}}, "query.scope.from"),
            ({**ATTRIBUTION, "conversion": {"name": "No"}}, "query.conversion"),
            ({**ATTRIBUTION, "touch": {"kind": "property"}}, "query.touch.path"),
            ({**ATTRIBUTION, "models": ["last", "last"]}, "query.models[1]"),
            ({**ATTRIBUTION, "first_share": 0.9}, "query.first_share"),
            ({**TAINT, "bad": {"name": "No"}}, "query.bad"),
            ({**TAINT, "edges_s": [5, 4]}, "query.edges_s"),
            ({**TAINT, "rating": "revenue"}, "query.subject"),
        ],
    )
    def test_say_what_is_wrong_where(self, analyst, question, where):
        refused = analyst.post(f"/api/impact/{question['kind']}", json=question)
        assert (refused.status_code, refused.json()["where"]) == (400, where)

    @pytest.mark.parametrize("cell", ["nonsense", "WyJhIl0"])
    def test_a_cell_of_another_answer_is_refused(self, analyst, cell):
        body = {"question": DRIVERS, "cell": cell}
        assert analyst.post("/api/impact/people", json=body).status_code == 400

    def test_only_who_may_read_journeys_gets_an_answer(self, shop):
        program = shop.program(Permission.PEOPLE_READ)
        assert program.post("/api/impact/drivers", json=DRIVERS).status_code == 403
