"""A write key can append events to its source, and nothing else whatever."""

import base64

import pytest
from support.api import fill

OPEN = {
    ("POST", "/api/sign-in"),
    ("GET", "/api/links/{token}"),
    ("POST", "/api/links/{token}"),
    ("GET", "/healthz"),
    ("GET", "/metrics"),
}


def basic(key):
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


@pytest.fixture(scope="module")
def keyed(story):
    return story, story.write_key()


class TestWriteKey:
    def test_appends_events(self, site):
        key = site.write_key()
        body = {"batch": [{"type": "track", "event": "Seen", "userId": "u9", "messageId": "k1"}]}
        answer = site.stranger().post("/v1/batch", json=body, headers={"Authorization": basic(key)})
        assert answer.json() == {"success": True}
        site.river.flow()
        assert site.river.hamsafar.profiles.find("user_id", "u9")

    @pytest.mark.parametrize("way", ["basic", "bearer", "cookie", "query"])
    def test_opens_no_route_of_ours(self, keyed, way):
        site, key = keyed
        stranger = site.stranger()
        params = {}
        match way:
            case "basic":
                stranger.headers["Authorization"] = basic(key)
            case "bearer":
                stranger.headers["Authorization"] = f"Bearer {key}"
            case "cookie":
                stranger.cookies.set("hamsafar", key)
            case "query":
                params = {"writeKey": key, "token": key}
        paths = stranger.get("/api/openapi.json").json()["paths"]
        for path, item in paths.items():
            for method in item:
                if (method.upper(), path) in OPEN:
                    continue
                address = path.replace("{external_id}", "user_id:u1").replace("{space}", "default")
                for name in ("person", "source", "user", "token", "key", "job"):
                    address = address.replace(f"{{{name}}}", "1")
                answer = stranger.request(method, address, params=params, json={})
                assert answer.status_code == 401, (method, path)

    def test_cannot_name_another_source(self, site):
        key = site.write_key()
        body = {
            "batch": [
                {
                    "type": "track",
                    "event": "Seen",
                    "userId": "u9",
                    "messageId": "k2",
                    "source_id": 99,
                    "sourceId": 99,
                    "source": 99,
                    "context": {"source_id": 99, "source": "x"},
                }
            ]
        }
        site.stranger().post("/v1/batch", json=body, headers={"Authorization": basic(key)})
        site.river.flow()
        person = site.river.hamsafar.profiles.find("user_id", "u9")
        with site.program("people.read") as program:
            events = program.get(f"/api/people/{person}/timeline").json()["items"]
        assert [event["source"] for event in events] == [site.river.source]

    def test_cannot_merge_two_known_people(self, site):
        fill(site)
        key = site.write_key()
        people = site.river.hamsafar.profiles
        before = people.find("user_id", "u1"), people.find("user_id", "u2")
        body = {"batch": [{"type": "alias", "userId": "u1", "previousId": "u2", "messageId": "k3"}]}
        site.stranger().post("/v1/batch", json=body, headers={"Authorization": basic(key)})
        site.river.flow()
        assert (people.find("user_id", "u1"), people.find("user_id", "u2")) == before
        assert before[0] != before[1]

    def test_an_api_token_appends_nothing(self, site):
        with site.program("people.read") as program:
            token = program.headers["Authorization"].partition(" ")[2]
            answer = site.stranger().post(
                "/v1/track",
                json={"event": "x", "userId": "u"},
                headers={"Authorization": basic(token)},
            )
        assert answer.status_code == 401
