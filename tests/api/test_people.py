import time
from datetime import timedelta

import pytest
from support.api import PASSWORD, fill

from hamsafar.access.types import Role
from hamsafar.engines.sqlite_looks import SqliteLooks
from hamsafar.kernel.errors import Retriable


@pytest.fixture(scope="module")
def reader(story):
    return story.program("people.read")


def person_of(site, kind, value):
    return site.river.hamsafar.profiles.find(kind, value)


class TestList:
    @pytest.mark.parametrize(
        "q",
        ["u1", "user_id:u1", "SARA@example.com", "email:sara@example.com", "سارا", "كريمي سارا"],
    )
    def test_finds_a_person_by_any_identifier_and_name(self, reader, q):
        found = reader.get("/api/people", params={"q": q}).json()["items"]
        assert [row["label"] for row in found] == ["سارا کریمی"]
        assert {"kind": "user_id", "value": "u1"} in found[0]["identifiers"]

    def test_without_a_question_lists_who_was_seen_last(self, reader):
        page = reader.get("/api/people").json()
        assert {row["events"] for row in page["items"]} == {4, 2}
        assert page["next"] is None

    def test_pages_without_gap_or_repeat(self, reader):
        first = reader.get("/api/people", params={"limit": 1}).json()
        second = reader.get("/api/people", params={"limit": 1, "cursor": first["next"]}).json()
        assert first["items"][0]["person"] != second["items"][0]["person"]
        assert second["next"] is None

    @pytest.mark.parametrize("params", [{"limit": 0}, {"limit": "x"}, {"cursor": "nonsense"}])
    def test_wrong_parameters_are_named(self, reader, params):
        answer = reader.get("/api/people", params=params)
        assert (answer.status_code, answer.json()["where"]) == (400, next(iter(params)))


class TestPerson:
    def test_shows_traits_with_source_and_time(self, story, reader):
        person = reader.get(f"/api/people/{person_of(story, 'user_id', 'u1')}").json()
        assert person["label"] == "سارا کریمی"
        assert person["events"] == 4
        traits = {trait["name"]: trait for trait in person["traits"]}
        assert traits["age"] == {
            "name": "age",
            "value": 31,
            "source": story.river.source,
            "source_name": "shop",
            "occurred_at": "2025-11-23T12:00:09.000Z",
        }
        assert traits["vip"]["value"] is True
        assert {entry["name"]: entry["count"] for entry in person["activity"]} == {
            "Product Viewed": 1,
            "Cart Opened": 1,
            "Order Completed": 1,
            "identify": 1,
        }
        assert person["channels"] == [{"channel": "web", "count": 4}]
        assert person["first_seen_at"] == "2025-11-23T12:00:01.000Z"

    def test_an_unknown_person_is_not_found(self, reader):
        answer = reader.get("/api/people/424242")
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")

    @pytest.mark.parametrize("person", ["0", "-1", "x", "9" * 30, "1.5"])
    def test_nonsense_is_refused(self, reader, person):
        assert reader.get(f"/api/people/{person}").status_code == 400


class TestTimeline:
    def test_runs_from_the_newest_over_all_identifiers(self, story, reader):
        person = person_of(story, "user_id", "u1")
        items = reader.get(f"/api/people/{person}/timeline").json()["items"]
        assert [item["id"] for item in items] == ["m4", "m3", "m2", "m1"]
        assert items[3]["properties"] == {"price": 12}
        assert items[3]["identifier"] == "anonymous_id:a1"
        assert items[0]["identifier"] == "user_id:u1"
        assert items[1]["traits"]["age"] == 31

    def test_pages_and_filters(self, story, reader):
        address = f"/api/people/{person_of(story, 'user_id', 'u1')}/timeline"
        seen, cursor = [], ""
        while cursor is not None:
            page = reader.get(address, params={"limit": 1, "cursor": cursor}).json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next"]
        assert seen == ["m4", "m3", "m2", "m1"]
        only = reader.get(address, params={"name": "Cart Opened"}).json()["items"]
        assert [item["id"] for item in only] == ["m2"]
        params = {"from": "2025-11-23T12:00:05Z", "to": "2025-11-23T12:00:20Z"}
        between = reader.get(address, params=params).json()["items"]
        assert [item["id"] for item in between] == ["m3", "m2"]

    @pytest.mark.parametrize("text", ["yesterday", "2025-11-23T12:00:05", "2025-13-01"])
    def test_a_wrong_time_is_named(self, reader, story, text):
        address = f"/api/people/{person_of(story, 'user_id', 'u1')}/timeline"
        answer = reader.get(address, params={"from": text})
        assert (answer.status_code, answer.json()["where"]) == (400, "from")


class TestIdentity:
    def test_tells_why_two_identifiers_are_one_person(self, story, reader):
        person = person_of(story, "user_id", "u1")
        told = reader.get(f"/api/people/{person}/identity").json()
        assert {node["kind"] for node in told["nodes"]} == {"anonymous_id", "user_id", "email"}
        labels = {(claim["a_label"], claim["b_label"]) for claim in told["claims"]}
        assert ("anonymous_id:a1", "user_id:u1") in labels
        assert {claim["verdict"] for claim in told["claims"]} == {"accepted"}
        assert told["changes"][0]["cause"] == "claim"

    def test_a_merge_is_undone_and_the_undoing_too(self, site):
        fill(site)
        with site.join(Role.OWNER) as owner:
            person = person_of(site, "user_id", "u1")
            told = owner.get(f"/api/people/{person}/identity").json()
            claim = next(c for c in told["claims"] if c["a_label"] == "anonymous_id:a1")
            body = {"a": claim["a"], "b": claim["b"], "reason": "two people, one tablet"}
            job = self.done(site, owner, owner.post(f"/api/people/{person}/severances", json=body))
            assert job["result"]["still_joined"] is False
            apart = person_of(site, "anonymous_id", "a1"), person_of(site, "user_id", "u1")
            assert apart[0] != apart[1]
            cut = owner.get(f"/api/people/{apart[1]}/identity").json()["severances"][0]
            assert (cut["reason"], cut["undone_at"]) == ("two people, one tablet", None)
            self.done(site, owner, owner.delete(f"/api/severances/{cut['id']}"))
            assert person_of(site, "anonymous_id", "a1") == person_of(site, "user_id", "u1")

    def test_a_link_that_is_none_is_not_found(self, story):
        editor = story.program("people.edit")
        person = person_of(story, "user_id", "u1")
        body = {"a": 1, "b": 99999, "reason": "x"}
        assert editor.post(f"/api/people/{person}/severances", json=body).status_code == 404

    def done(self, site, client, answer):
        assert answer.status_code == 202, answer.text
        site.river.flow()
        job = client.get(f"/api/jobs/{answer.json()['job']}").json()
        assert (job["state"], job["error"]) == ("done", "")
        return job


class TestErase:
    def test_asks_for_the_password_and_leaves_nobody(self, site):
        fill(site)
        with site.join(Role.OWNER) as owner:
            person = person_of(site, "user_id", "u2")
            address = f"/api/people/{person}/erase"
            refused = owner.post(address, json={"reason": "asked", "password": "wrong"})
            assert refused.status_code == 401
            answer = owner.post(address, json={"reason": "asked", "password": PASSWORD})
            assert answer.status_code == 202
            site.river.flow()
            job = owner.get(f"/api/jobs/{answer.json()['job']}").json()
            assert (job["state"], job["error"]) == ("done", "")
            assert person_of(site, "user_id", "u2") is None

    def test_a_token_cannot(self, story):
        eraser = story.program("people.erase")
        person = person_of(story, "user_id", "u1")
        body = {"reason": "x", "password": PASSWORD}
        assert eraser.post(f"/api/people/{person}/erase", json=body).status_code == 403


class TestAudit:
    def test_every_look_at_a_person_is_kept_with_who_and_when(self, site):
        fill(site)
        with site.join(Role.OWNER) as owner, site.program("profiles.read") as program:
            person = person_of(site, "user_id", "u1")
            room = "/v1/spaces/default/collections/users/profiles/user_id:u1"
            for part in ("", "/timeline", "/identity"):
                owner.get(f"/api/people/{person}{part}").raise_for_status()
            for part in ("traits", "external_ids", "events", "metadata"):
                program.get(f"{room}/{part}").raise_for_status()
            params = {"subject": f"person:{person}"}
            rows = owner.get("/api/audit", params=params).json()["items"]
            told = {(row["action"], row["actor"].partition(":")[0]) for row in rows}
            assert told == {
                ("person.read", "account"),
                ("timeline.read", "account"),
                ("identity.read", "account"),
                ("profile.traits", "token"),
                ("profile.external_ids", "token"),
                ("profile.events", "token"),
                ("profile.metadata", "token"),
            }
            assert {row["actor_name"] for row in rows} == {owner.me["name"], "test"}
            owner.get("/api/people").raise_for_status()
            newest = owner.get("/api/audit").json()["items"][0]
            assert newest["action"] == "people.list"
            assert str(person) in newest["detail"].split()
            assert site.access.audit.first_break() is None

    def test_a_read_that_cannot_be_kept_fails(self, site, monkeypatch):
        fill(site)
        person = person_of(site, "user_id", "u1")
        reader = site.program("people.read")
        reader.get("/api/people").raise_for_status()
        monkeypatch.setattr(SqliteLooks, "add", refused)
        answer = reader.get(f"/api/people/{person}")
        assert answer.status_code == 503
        assert "سارا" not in answer.text
        assert answer.headers["retry-after"] == "5"

    def test_a_fault_nobody_foresaw_tells_nothing(self, site, monkeypatch):
        fill(site)
        person = person_of(site, "user_id", "u1")
        reader = site.program("people.read")
        monkeypatch.setattr(SqliteLooks, "add", broken)
        answer = reader.get(f"/api/people/{person}")
        assert answer.status_code == 500
        assert "سارا" not in answer.text
        assert answer.json()["error"] == "internal"
        assert answer.headers["x-request-id"] in answer.json()["detail"]
        assert answer.headers["x-content-type-options"] == "nosniff"

    def test_reading_people_never_waits_for_who_writes(self, site):
        fill(site)
        person = person_of(site, "user_id", "u1")
        reader = site.program("people.read")
        with site.river.hamsafar.database.write():
            # Nobody else can write now, as while an event loops for ever in its transaction.
            for path in ("", f"/{person}", f"/{person}/timeline", f"/{person}/identity"):
                reader.get(f"/api/people{path}").raise_for_status()
        with site.join(Role.OWNER) as owner:
            rows = owner.get("/api/audit", params={"subject": f"person:{person}"}).json()["items"]
        assert [row["action"] for row in rows] == ["identity.read", "timeline.read", "person.read"]


def refused(*_):
    raise Retriable("the book is full", after=timedelta(seconds=5))


def broken(*_):
    raise RuntimeError("سارا")


class TestSpeed:
    def test_reading_a_person_costs_milliseconds(self, story, reader):
        address = f"/api/people/{person_of(story, 'user_id', 'u1')}"
        reader.get(address)
        start = time.process_time()
        for _ in range(20):
            reader.get(address).raise_for_status()
        # Client and server share this process: far above what it takes, far below a regression.
        assert (time.process_time() - start) / 20 < 0.1
