import pytest
from support.api import serving
from support.river import track

from hamsafar.access.types import Permission, Role

HOURS = {
    "id": "desk",
    "zone": "Asia/Tehran",
    "week": {"saturday": [["09:00", "17:00"]]},
    "country": "IR",
    "respond_s": 600,
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("ledger") / "data") as site:
        case = {"case_id": "c1"}
        site.river.send([
            track("c1", "Call Started", second=0, userId="u1", properties=case),
            track("c2", "Page: Help", second=5, userId="u1"),
            track("c3", "Call Answered", second=20, userId="u1", properties=case),
            track("c4", "Call Ended", second=50, userId="u1", properties=case),
            track("c5", "Question Asked", second=3, userId="u2", properties={"case_id": "c2"}),
        ])
        site.river.flow()
        site.owner = site.join(Role.OWNER)
        yield site


class TestLedger:
    def test_tells_who_waited_for_whom_and_who_still_waits(self, desk):
        found = desk.owner.get("/api/ledger").json()
        shares = {share["party"]: share["wall_s"] for share in found["shares"]}
        assert shares["queue"] == 20
        assert (found["people"], found["strands"], found["waiting"]) == (2, 2, 1)
        assert sum(shares.values()) == found["elapsed_s"] == 50
        assert (found["response"]["done"], found["response"]["open"]) == (1, 1)
        people = desk.owner.get("/api/ledger/people", params={"cell": "response:all:open"}).json()
        assert people["people"] == 1
        wrong = desk.owner.get("/api/ledger/people", params={"cell": "nonsense"})
        assert (wrong.status_code, wrong.json()["where"]) == (400, "cell")

    def test_counts_what_a_map_knows_with_its_expectations(self, desk):
        body = {
            "id": "help",
            "name": {"en": "Help"},
            "stages": [
                {
                    "id": "talk",
                    "owner": "Support",
                    "of": [
                        {
                            "kind": "touchpoint",
                            "id": "ring",
                            "events": ["Call Started"],
                            "waits_for": "third_party",
                        },
                        {"kind": "touchpoint", "id": "talk", "events": ["Call Answered"]},
                    ],
                }
            ],
        }
        desk.owner.post("/api/maps", json={"body": body}).raise_for_status()
        found = desk.owner.get("/api/ledger", params={"map": "help"}).json()
        shares = {share["party"]: share["wall_s"] for share in found["shares"]}
        assert shares["third_party"] == 20
        assert "Support" in [row["key"] for row in found["rows"] if row["dimension"] == "owner"]


class TestWorkingHours:
    def test_are_set_as_a_whole_and_come_back(self, desk):
        assert desk.owner.put("/api/working-hours", json={"items": [HOURS]}).status_code == 200
        (found,) = desk.owner.get("/api/working-hours").json()["items"]
        assert found["week"] == HOURS["week"]
        assert desk.owner.get("/api/ledger").json()["response"]["target_s"] == 600

    def test_a_fault_names_its_place(self, desk):
        bad = {**HOURS, "zone": "Mars/Base"}
        answer = desk.owner.put("/api/working-hours", json={"items": [HOURS, bad]})
        assert (answer.status_code, answer.json()["where"]) == (400, "items[1].zone")

    def test_who_may_only_read_cannot_set_them(self, desk):
        reader = desk.program(Permission.JOURNEYS_READ)
        assert reader.put("/api/working-hours", json={"items": []}).status_code == 403
