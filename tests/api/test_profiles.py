import base64

import pytest

ROOM = "/v1/spaces/default/collections/users/profiles"


@pytest.fixture(scope="module")
def program(story):
    return story.program("profiles.read")


class TestToken:
    def test_goes_as_bearer_or_as_basic_user_name(self, story, program):
        token = program.headers["Authorization"].partition(" ")[2]
        stranger = story.stranger()
        address = f"{ROOM}/user_id:u1/traits"
        assert stranger.get(address, auth=(token, "")).status_code == 200
        bare = base64.b64encode(token.encode()).decode()
        assert stranger.get(address, headers={"Authorization": f"Basic {bare}"}).is_success
        refused = stranger.get(address)
        assert refused.status_code == 401
        assert refused.json()["error"]["code"] == "authentication_error"
        assert refused.headers["www-authenticate"].startswith("Basic")

    def test_without_the_scope_is_refused_in_segments_words(self, story):
        answer = story.program("people.read").get(f"{ROOM}/user_id:u1/traits")
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "authentication_error")


class TestTraits:
    def test_are_found_by_any_identifier(self, program):
        for external_id in (
            "user_id:u1",
            "anonymous_id:a1",
            "email:SARA@example.com",
            "email:sara%40example.com",
        ):
            traits = program.get(f"{ROOM}/{external_id}/traits").json()["traits"]
            assert traits["name"] == "سارا کریمی"
            assert (traits["age"], traits["vip"]) == (31, True)

    def test_page_by_name_and_keep_the_question(self, program):
        seen, params = {}, {"limit": 1, "include": "age, name,vip"}
        while True:
            page = program.get(f"{ROOM}/user_id:u1/traits", params=params).json()
            seen |= page["traits"]
            assert page["cursor"]["limit"] == 1
            if not page["cursor"]["has_more"]:
                break
            params["next"] = page["cursor"]["next"]
            assert "include=age" in page["cursor"]["url"]
        assert set(seen) == {"age", "name", "vip"}

    def test_verbose_tells_source_and_time(self, program, story):
        params = {"verbose": "true", "include": "age"}
        traits = program.get(f"{ROOM}/user_id:u1/traits", params=params).json()["traits"]
        assert traits == {
            "age": {
                "value": 31,
                "source_id": str(story.river.source),
                "updated_at": "2025-11-23T12:00:09.000Z",
            }
        }


class TestExternalIds:
    def test_list_every_identifier(self, program):
        page = program.get(f"{ROOM}/user_id:u1/external_ids").json()
        assert {(row["type"], row["id"]) for row in page["data"]} == {
            ("anonymous_id", "a1"),
            ("user_id", "u1"),
            ("email", "sara@example.com"),
        }
        assert {(row["collection"], row["encoding"]) for row in page["data"]} == {("users", "none")}

    def test_page_and_filter(self, program):
        first = program.get(f"{ROOM}/user_id:u1/external_ids", params={"limit": 2}).json()
        rest = program.get(
            f"{ROOM}/user_id:u1/external_ids",
            params={"limit": 2, "next": first["cursor"]["next"]},
        ).json()
        assert len(first["data"] + rest["data"]) == 3
        assert rest["cursor"]["has_more"] is False
        only = program.get(f"{ROOM}/user_id:u1/external_ids", params={"include": "email"}).json()
        assert [row["type"] for row in only["data"]] == ["email"]


class TestEvents:
    def test_run_from_the_newest(self, program):
        data = program.get(f"{ROOM}/user_id:u1/events").json()["data"]
        assert [event["message_id"] for event in data] == ["m4", "m3", "m2", "m1"]
        assert data[3]["event"] == "Product Viewed"
        assert data[3]["properties"] == {"price": 12}
        assert data[3]["external_ids"] == [
            {"collection": "users", "type": "anonymous_id", "id": "a1", "encoding": "none"}
        ]

    def test_page_include_and_exclude(self, program):
        seen, params = [], {"limit": 1, "exclude": "identify"}
        for _ in range(9):
            page = program.get(f"{ROOM}/user_id:u1/events", params=params).json()
            seen += [event["message_id"] for event in page["data"]]
            if not page["cursor"]["has_more"]:
                break
            params["next"] = page["cursor"]["next"]
        assert seen == ["m4", "m2", "m1"]
        only = program.get(f"{ROOM}/user_id:u1/events", params={"include": "Cart Opened"}).json()
        assert [event["message_id"] for event in only["data"]] == ["m2"]

    def test_keep_to_the_time_asked_for(self, program):
        params = {"start": "2025-11-23T12:00:02Z", "end": "2025-11-23T12:00:09Z"}
        data = program.get(f"{ROOM}/user_id:u1/events", params=params).json()["data"]
        assert [event["message_id"] for event in data] == ["m2"]


class TestMetadata:
    def test_tells_first_and_last(self, program, story):
        found = program.get(f"{ROOM}/user_id:u1/metadata").json()["metadata"]
        assert found["created_at"] == "2025-11-23T12:00:01.000Z"
        assert found["updated_at"] == "2025-11-23T12:00:20.000Z"
        assert found["last_message_id"] == "m4"
        assert found["first_source_id"] == str(story.river.source)
        assert found["expires_at"] is None


class TestNobody:
    @pytest.mark.parametrize("part", ["traits", "external_ids", "events", "metadata"])
    @pytest.mark.parametrize(
        "path",
        [
            f"{ROOM}/user_id:nobody",
            f"{ROOM}/user_id:a/b",
            f"{ROOM}/email:not-one",
            f"{ROOM}/wrong_kind:u1",
            "/v1/spaces/other/collections/users/profiles/user_id:u1",
        ],
    )
    def test_is_not_found_in_segments_words(self, program, path, part):
        answer = program.get(f"{path}/{part}")
        assert answer.status_code == 404
        assert answer.json() == {
            "error": {"code": "not_found", "message": "Profile was not found."}
        }

    def test_an_id_without_a_kind_is_refused(self, program):
        answer = program.get(f"{ROOM}/u1/traits")
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "validation_error")
