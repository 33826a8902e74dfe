"""The smaller rooms: pulse, journeys, sources, tokens, workspace, quarantine, webhooks, metrics."""

import pytest
from support.api import fill, second_source

from hamsafar.access.types import Permission, Role

NAMES = ["Cart Opened", "Order Completed", "Product Viewed"]


@pytest.fixture(scope="module")
def reader(story):
    return story.program(*Permission)


class TestPulse:
    def test_counts_what_happened(self, reader):
        pulse = reader.get("/api/pulse").json()
        assert pulse["totals"] == {
            "received": 7,
            "stored": 6,
            "duplicates": 0,
            "quarantined": 1,
            "rejected": 0,
        }
        assert len(pulse["events_per_minute"]) == 60
        assert sum(minute["stored"] for minute in pulse["events_per_minute"]) == 6
        assert (pulse["people"], pulse["lag_events"], pulse["lag_seconds"]) == (2, 0, 0)
        assert pulse["sources"][0]["events_last_hour"] == 6
        assert pulse["health"]["disk_free_bytes"] > 0
        assert pulse["alerts"] == []

    def test_a_silent_source_is_told(self, site):
        number = second_source(site)
        with site.join(Role.OWNER) as owner:
            owner.patch(f"/api/sources/{number}", json={"silent_after_s": 60}).raise_for_status()
            site.river.clock.move(61_000_000)
            sources = {
                row["id"]: row["silent"] for row in owner.get("/api/pulse").json()["sources"]
            }
        assert sources == {site.river.source: False, number: True}


class TestMetrics:
    def test_speak_prometheus(self, story):
        answer = story.stranger().get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        lines = answer.text.splitlines()
        assert 'hamsafar_events_total{outcome="stored"} 6.0' in lines
        assert "hamsafar_received_total 7.0" in lines
        assert "hamsafar_lag_seconds 0.0" in lines
        assert "hamsafar_people 2.0" in lines
        assert 'hamsafar_source_events_total{outcome="stored",source="shop"} 6.0' in lines
        assert any(line.startswith('hamsafar_store_bytes{store="history"}') for line in lines)
        names = {line.split("{")[0].split(" ")[0] for line in lines if not line.startswith("#")}
        assert {
            "hamsafar_lag_events",
            "hamsafar_disk_free_bytes",
            "hamsafar_history_events",
            "hamsafar_history_files",
            "hamsafar_source_last_event_timestamp_seconds",
            "hamsafar_worker_silence_seconds",
        } <= names

    def test_a_silent_worker_is_an_alert(self, site):
        site.river.flow()
        site.river.clock.move(61_000_000)
        lines = site.stranger().get("/metrics").text.splitlines()
        assert 'hamsafar_alerts_open{kind="worker"} 1.0' in lines


class TestJourneys:
    def test_the_graph_counts_what_followed_what(self, reader):
        graph = reader.get("/api/journeys/graph").json()
        edges = {(edge["from"], edge["to"]): edge for edge in graph["edges"]}
        assert edges["Product Viewed", "Cart Opened"]["count"] == 2
        assert edges["Product Viewed", "Cart Opened"]["mean_s"] == 15.5
        assert edges["Cart Opened", "Order Completed"]["count"] == 1
        assert (graph["people"], graph["events"]) == (2, 5)
        assert graph["starts"] == [{"name": "Product Viewed", "count": 2}]

    def test_filters_leave_out(self, reader):
        params = {"exclude": "Cart Opened", "technical": "true", "source": 1, "channel": "web"}
        graph = reader.get("/api/journeys/graph", params=params).json()
        assert [node["name"] for node in graph["nodes"]].count("identify") == 1
        assert "Cart Opened" not in {node["name"] for node in graph["nodes"]}
        only = reader.get("/api/journeys/graph", params={"include": NAMES[:2]}).json()
        assert {node["name"] for node in only["nodes"]} == set(NAMES[:2])

    @pytest.mark.parametrize(
        ("params", "where"),
        [
            ({"from": "x"}, "from"),
            ({"from": "2026-01-02", "to": "2026-01-01"}, "to"),
            ({"include": "No Such Event"}, "include"),
            ({"technical": "maybe"}, "technical"),
        ],
    )
    def test_a_wrong_filter_is_named(self, reader, params, where):
        answer = reader.get("/api/journeys/graph", params=params)
        assert (answer.status_code, answer.json()["where"]) == (400, where)

    def test_an_edge_opens_to_its_people(self, reader):
        params = {"of": "edge", "name": ["Product Viewed", "Cart Opened"], "limit": 1}
        first = reader.get("/api/journeys/people", params=params).json()
        assert (first["people"], first["count"], first["median_s"]) == (2, 2, 15.5)
        params["cursor"] = first["next"]
        second = reader.get("/api/journeys/people", params=params).json()
        labels = {row["label"] for row in first["items"] + second["items"]}
        assert "سارا کریمی" in labels
        assert second["next"] is None

    def test_every_number_opens_to_its_people(self, reader):
        graph = reader.get("/api/journeys/graph").json()
        variants = reader.get("/api/journeys/variants").json()["items"]
        cells = [("node", row["name"], row["people"], row["count"]) for row in graph["nodes"]]
        for of in ("start", "end"):
            cells += [(of, row["name"], row["count"], row["count"]) for row in graph[f"{of}s"]]
        asked = [({"of": of, "name": name}, people, count) for of, name, people, count in cells]
        asked += [
            ({"of": "variant", "variant": v["key"]}, v["count"], v["count"]) for v in variants
        ]
        asked.append(({"of": "everyone"}, graph["people"], graph["events"]))
        assert len(asked) == 3 + 1 + 2 + 2 + 1
        for params, people, count in asked:
            found = reader.get("/api/journeys/people", params=params).json()
            assert (found["people"], found["count"], len(found["items"])) == (people, count, people)

    def test_the_people_of_a_variant_tell_how_long_it_took(self, reader):
        longest = max(
            reader.get("/api/journeys/variants").json()["items"], key=lambda v: v["names"]
        )
        params = {"of": "variant", "variant": longest["key"]}
        (row,) = reader.get("/api/journeys/people", params=params).json()["items"]
        assert (row["label"], row["seconds"]) == ("سارا کریمی", 19.0)
        assert row["last_at"] == "2025-11-23T12:00:20.000Z"

    @pytest.mark.parametrize(
        ("params", "where"),
        [
            ({}, "of"),
            ({"of": "everybody"}, "of"),
            ({"of": "edge", "name": "Cart Opened"}, "name"),
            ({"of": "node"}, "name"),
            ({"of": "everyone", "name": "Cart Opened"}, "name"),
            ({"of": "end", "name": ["Cart Opened", "Cart Opened"]}, "name"),
            ({"of": "start", "name": "No Such Event"}, "name"),
            ({"of": "variant"}, "variant"),
            ({"of": "variant", "variant": "٣" * 32}, "variant"),
            ({"of": "node", "name": "Cart Opened", "limit": 201}, "limit"),
        ],
    )
    def test_a_number_that_is_none_is_named(self, reader, params, where):
        answer = reader.get("/api/journeys/people", params=params)
        assert (answer.status_code, answer.json()["where"]) == (400, where)

    def test_whoever_looks_at_the_people_behind_a_number_is_in_the_audit(self, site):
        fill(site)
        with site.join(Role.ANALYST) as analyst, site.join(Role.OWNER) as owner:
            params = {"of": "node", "name": "Cart Opened"}
            shown = analyst.get("/api/journeys/people", params=params).json()["items"]
            newest = owner.get("/api/audit").json()["items"][0]
            assert newest["action"] == "people.list"
            assert set(newest["detail"].split()) == {row["person"] for row in shown}

    def test_an_agent_may_not_ask_who_is_behind_a_number(self, site):
        with site.join(Role.AGENT) as agent:
            params = {"of": "node", "name": "Cart Opened"}
            assert agent.get("/api/journeys/people", params=params).status_code == 403

    def test_variants_are_whole_sequences(self, reader):
        found = reader.get("/api/journeys/variants").json()
        assert {tuple(row["names"]): row["share"] for row in found["items"]} == {
            ("Product Viewed", "Cart Opened", "Order Completed"): 0.5,
            ("Product Viewed", "Cart Opened"): 0.5,
        }

    def test_names_and_channels_are_listed(self, reader):
        assert {row["name"] for row in reader.get("/api/names").json()} == {*NAMES, "identify"}
        assert reader.get("/api/channels").json() == ["web"]


class TestSources:
    def test_are_made_changed_and_keyed(self, site):
        with site.join(Role.OWNER) as owner:
            body = {"name": "app", "channel": "app", "internal_networks": ["10.1.1.1/8"]}
            made = owner.post("/api/sources", json=body).json()
            assert made["internal_networks"] == ["10.0.0.0/8"]
            address = f"/api/sources/{made['id']}"
            key = owner.post(f"{address}/keys", json={"name": "android"}).json()
            assert owner.get(address).json()["keys"] == [key]
            assert len(key["write_key"]) == 32
            assert owner.delete(f"{address}/keys/{key['id']}").status_code == 204
            assert owner.get(address).json()["keys"][0]["revoked_at"] is not None
            assert owner.patch(address, json={"name": "App 2"}).json()["name"] == "App 2"
            wrong = owner.patch(address, json={"zone": "Mars/Base"})
            assert (wrong.status_code, wrong.json()["where"]) == (400, "zone")
            unknown = owner.patch(address, json={"nmae": "x"})
            assert (unknown.status_code, unknown.json()["where"]) == (400, "nmae")

    def test_show_what_they_sent(self, story, reader):
        row = reader.get(f"/api/sources/{story.river.source}").json()
        assert (row["stored"], row["quarantined"]) == (6, 1)
        assert row["last_event_at"] is not None


class TestTokens:
    def test_are_shown_once(self, site):
        with site.join(Role.OWNER) as owner:
            body = {"name": "crm", "scopes": ["profiles.read"], "expires_in_days": 30}
            made = owner.post("/api/tokens", json=body).json()
            assert made["token"].startswith("hms_")
            listed = owner.get("/api/tokens").json()["items"]
            assert made["token"] not in str(listed)
            assert listed[0]["prefix"] == made["token"][:12]
            stranger = site.stranger()
            stranger.headers["Authorization"] = f"Bearer {made['token']}"
            room = "/v1/spaces/default/collections/users/profiles/user_id:x/traits"
            assert stranger.get(room).status_code == 404
            assert owner.delete(f"/api/tokens/{made['id']}").status_code == 204
            assert stranger.get(room).status_code == 401


class TestWorkspace:
    def test_changes_field_by_field(self, site):
        with site.join(Role.OWNER) as owner:
            body = {"zone": "Europe/Berlin", "calendar": "gregorian"}
            changed = owner.patch("/api/workspace", json=body).json()
            assert (changed["zone"], changed["currency"]) == ("Europe/Berlin", "IRR")
            assert owner.get("/api/me").json()["workspace"] == changed
            wrong = owner.patch("/api/workspace", json={"calendar": "lunar"})
            assert (wrong.status_code, wrong.json()["where"]) == (400, "calendar")


class TestQuarantine:
    def test_shows_the_event_and_why(self, reader):
        page = reader.get("/api/quarantine").json()
        assert page["reasons"] == [{"reason": "no_name", "count": 1}]
        assert page["items"][0]["event"]["messageId"] == "m7"
        assert page["items"][0]["detail"]

    def test_replays_with_a_fix(self, site):
        fill(site)
        with site.join(Role.OWNER) as owner:
            row = owner.get("/api/quarantine").json()["items"][0]
            body = {"ids": [row["id"]], "fix": {"event": "Wish Made"}}
            answer = owner.post("/api/quarantine/replay", json=body)
            assert answer.status_code == 202
            site.river.flow()
            job = owner.get(f"/api/jobs/{answer.json()['job']}").json()
            assert (job["state"], job["result"]["stored"]) == ("done", 1)
            assert owner.get("/api/quarantine").json()["items"] == []
            names = {row["name"] for row in owner.get("/api/names").json()}
            assert "Wish Made" in names

    def test_discards(self, site):
        fill(site)
        with site.join(Role.OWNER) as owner:
            row = owner.get("/api/quarantine").json()["items"][0]
            owner.post("/api/quarantine/discard", json={"ids": [row["id"]]}).raise_for_status()
            site.river.flow()
            assert owner.get("/api/quarantine").json()["items"] == []
            gone = owner.get("/api/quarantine", params={"state": "discarded"}).json()["items"]
            assert [item["id"] for item in gone] == [row["id"]]

    @pytest.mark.parametrize("body", [{}, {"reason": "x"}, {"ids": [0]}, {"ids": "all"}])
    def test_a_replay_of_nothing_is_refused(self, reader, body):
        assert reader.post("/api/quarantine/replay", json=body).status_code == 400


class TestWebhooks:
    def test_come_and_go(self, site):
        with site.join(Role.OWNER) as owner:
            made = owner.post("/api/webhooks", json={"url": "https://example.com/a"}).json()
            assert owner.get("/api/webhooks").json()["items"] == [made]
            assert owner.delete(f"/api/webhooks/{made['id']}").status_code == 204
            assert owner.post("/api/webhooks", json={"url": "file:///etc"}).status_code == 400


class TestJobs:
    def test_of_others_are_not_shown(self, site):
        fill(site)
        with site.join(Role.OWNER) as owner:
            row = owner.get("/api/quarantine").json()["items"][0]
            job = owner.post("/api/quarantine/discard", json={"ids": [row["id"]]}).json()["job"]
            agent = site.join(Role.AGENT)
            assert agent.get(f"/api/jobs/{job}").status_code == 404


class TestBounds:
    def test_a_body_that_is_too_large_or_too_deep_is_refused(self, site):
        with site.join(Role.OWNER) as owner:
            headers = {"Content-Type": "application/json"}
            large = owner.patch("/api/me", content=b'"' + b"x" * 2_100_000 + b'"', headers=headers)
            deep = owner.patch("/api/me", content=b"[" * 100_000, headers=headers)
            odd = owner.patch("/api/me", content=b'{"name": "\\ud800"}', headers=headers)
            nul = owner.patch("/api/me", content=b'{"name": "\\u0000"}', headers=headers)
            pieces = (b"x" * 100_000 for _ in range(30))
            unsaid = owner.patch("/api/me", content=pieces, headers=headers)
        assert [large.status_code, unsaid.status_code] == [413, 413]
        assert [deep.status_code, odd.status_code, nul.status_code] == [400] * 3
        assert all(answer.json()["detail"] for answer in (large, unsaid, deep, odd, nul))

    def test_a_wrong_method_is_told(self, site):
        answer = site.stranger().put("/api/people")
        assert (answer.status_code, answer.json()["error"]) == (405, "bad_method")
