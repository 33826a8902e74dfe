import pytest

from hamsafar.access.types import Permission, Role

BODY = {
    "id": "buy",
    "name": {"en": "Buy", "fa": "خرید"},
    "goal": ["order"],
    "attempts": {"silence_s": 86400, "restart": True},
    "stages": [
        {
            "id": "look",
            "of": [{"kind": "touchpoint", "id": "product", "events": ["Product Viewed"]}],
        },
        {
            "id": "pay",
            "of": [
                {"kind": "touchpoint", "id": "cart", "events": ["Cart Opened"], "at_most_s": 10},
                {
                    "kind": "touchpoint",
                    "id": "order",
                    "events": ["Order Completed"],
                    "channels": ["app"],
                },
            ],
        },
    ],
}


@pytest.fixture(scope="module")
def owner(story):
    return story.join(Role.OWNER)


@pytest.fixture(scope="module", autouse=True)
def buy(owner):
    owner.post("/api/maps", json={"body": BODY}).raise_for_status()
    return "/api/maps/buy"


class TestMaps:
    def test_a_map_is_listed_and_comes_back_as_it_was_saved(self, owner, buy):
        assert "buy" in [row["id"] for row in owner.get("/api/maps").json()["items"]]
        body = owner.get(buy, params={"version": 1}).json()["body"]
        assert body["stages"][1]["of"][0]["at_most_s"] == 10
        assert body["name"] == BODY["name"]

    def test_the_same_id_is_refused_once_it_is_taken(self, owner):
        answer = owner.post("/api/maps", json={"body": BODY})
        assert (answer.status_code, answer.json()["where"]) == (409, "id")

    def test_every_save_is_a_version_and_an_old_one_can_be_restored(self, owner, buy):
        first = owner.get(buy).json()
        changed = {**first["body"], "owner": "Sara"}
        saved = owner.post(f"{buy}/versions", json={"body": changed, "note": "owner"}).json()
        assert saved["version"] == first["newest"] + 1
        stale = owner.post(f"{buy}/versions", json={"body": BODY, "based_on": first["newest"]})
        assert (stale.status_code, stale.json()["where"]) == (409, "based_on")
        back = owner.post(f"{buy}/versions", json={"restore": first["version"]}).json()
        assert back["body"] == first["body"]
        changes = owner.get(f"{buy}/diff", params={"before": 1, "version": 2}).json()["items"]
        assert {"part": "map", "kind": "changed", "fields": ["owner"]} in changes
        notes = [one["note"] for one in owner.get(f"{buy}/versions").json()["items"]]
        assert notes[:2] == [f"version {first['version']} restored", "owner"]

    def test_yaml_goes_out_and_comes_in_and_errors_name_line_and_field(self, owner, buy):
        text = owner.get(f"{buy}/yaml").json()["yaml"]
        assert owner.put(f"{buy}/yaml", json={"yaml": text}).status_code == 200
        broken = text.replace("Cart Opened", "''", 1)
        answer = owner.put(f"{buy}/yaml", json={"yaml": broken})
        assert answer.status_code == 400
        assert answer.json()["where"] == "stages[1].of[0].events"
        assert answer.json()["detail"].startswith("line ")

    def test_a_fault_in_the_body_names_its_place(self, owner):
        body = {**BODY, "id": "other", "goal": ["nowhere"]}
        answer = owner.post("/api/maps", json={"body": body})
        assert (answer.status_code, answer.json()["where"]) == (400, "goal[0]")

    def test_who_may_only_read_cannot_save(self, story):
        reader = story.program(Permission.JOURNEYS_READ)
        assert reader.get("/api/maps/buy").status_code == 200
        assert reader.post("/api/maps", json={"body": BODY}).status_code == 403


class TestConformance:
    def test_figures_open_to_exactly_their_people(self, owner, buy):
        found = owner.get(f"{buy}/conformance").json()
        assert (found["people"], found["attempts"]) == (2, 2)
        keys = {one["key"]: one for one in found["deviations"]}
        assert keys["wrong_channel:order:web"]["people"]["count"] == 1
        assert keys["too_late:cart"]["people"]["count"] == 1
        for one in found["deviations"]:
            people = owner.get(f"{buy}/people", params={"deviation": one["key"]}).json()
            assert (people["people"], people["count"]) == (one["people"]["count"], one["times"])
        wrong = owner.get(f"{buy}/people", params={"deviation": "nonsense:x"})
        assert (wrong.status_code, wrong.json()["where"]) == (400, "deviation")

    def test_what_is_allowed_takes_nothing_from_fitness(self, owner, buy):
        before = owner.get(f"{buy}/conformance").json()["fitness"]
        given = {"deviation": "wrong_channel:order:web", "reason": "pilot", "owner": "Sara"}
        made = owner.post(f"{buy}/allowances", json=given).json()
        after = owner.get(f"{buy}/conformance").json()
        assert after["fitness"] > before
        assert {d["key"] for d in after["deviations"] if d["allowed"]} == {given["deviation"]}
        past = {"reason": "pilot", "owner": "Sara", "expires_at": "2001-01-01T00:00:00Z"}
        url = f"{buy}/allowances/{made['id']}"
        assert owner.patch(url, json=past).json()["where"] == "expires_at"
        assert owner.delete(url).status_code == 204
        assert owner.get(f"{buy}/conformance").json()["fitness"] == before
