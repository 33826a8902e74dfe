"""Every rule of the wire, over real HTTP."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable

import httpx
import pytest
from support.collect_process import WRITE_KEY, CollectProcess
from support.collect_server import BROWSER_DIR

from hamsafar.collect.types import Envelope

New = Callable[[], list[Envelope]]
AUTH = (WRITE_KEY, "")
EVENT = {"event": "Order Completed", "userId": "u1", "messageId": "m1"}
OK = b'{"success":true}'


class TestEndpoints:
    @pytest.mark.parametrize(
        ("path", "kind"),
        [
            (f"/v1/{word}", kind)
            for kind, short in (
                ("identify", "i"),
                ("track", "t"),
                ("page", "p"),
                ("screen", "s"),
                ("group", "g"),
                ("alias", "a"),
            )
            for word in (kind, short)
        ],
    )
    def test_one_event_goes_into_the_log_as_it_came(
        self, client: httpx.Client, new_envelopes: New, path: str, kind: str
    ) -> None:
        body = b'{ "userId": "\\u0633", "x" : 1.0 }'
        answer = client.post(path, content=body, auth=AUTH, headers={"user-agent": "test/1"})
        assert (answer.status_code, answer.content) == (200, OK)
        assert answer.headers["content-type"] == "application/json"
        (envelope,) = new_envelopes()
        assert (envelope.kind, envelope.body, envelope.count) == (kind, body, 1)
        assert (envelope.source_id, envelope.address) == (1, "127.0.0.1")
        assert envelope.user_agent == "test/1"

    @pytest.mark.parametrize("path", ["/v1/batch", "/v1/b", "/b", "/batch", "/v1/batch/"])
    def test_a_batch_goes_into_the_log_whole(
        self, client: httpx.Client, new_envelopes: New, path: str
    ) -> None:
        answer = client.post(path, json={"batch": [EVENT] * 3, "writeKey": WRITE_KEY})
        assert (answer.status_code, answer.content) == (200, OK)
        (envelope,) = new_envelopes()
        assert (envelope.kind, envelope.count) == ("batch", 3)

    def test_an_empty_batch_is_fine_and_leaves_nothing(
        self, client: httpx.Client, new_envelopes: New
    ) -> None:
        assert client.post("/v1/batch", json={"batch": []}, auth=AUTH).content == OK
        assert new_envelopes() == []

    @pytest.mark.parametrize("path", ["/v1/m", "/m"])
    def test_metrics_are_taken_and_thrown_away(
        self, client: httpx.Client, new_envelopes: New, path: str
    ) -> None:
        assert client.post(path, content=b"{not json").content == OK
        assert new_envelopes() == []

    def test_unknown_paths_and_methods_say_so(self, client: httpx.Client) -> None:
        assert client.post("/v1/nothing").status_code == 404
        assert client.get("/v1/track").status_code == 405
        assert client.put("/v1/batch").status_code == 405
        assert client.post("/v1/nothing").json() == {
            "code": "not_found",
            "message": "no such path: /v1/nothing",
            "success": False,
        }


class TestContentTypes:
    @pytest.mark.parametrize(
        "content_type",
        ["application/json", "text/plain", "application/x-www-form-urlencoded", "image/png", ""],
    )
    def test_any_content_type_is_read_as_json(
        self, client: httpx.Client, new_envelopes: New, content_type: str
    ) -> None:
        headers = {"content-type": content_type} if content_type else {}
        body = json.dumps(EVENT).encode()
        assert client.post("/v1/track", content=body, auth=AUTH, headers=headers).content == OK
        assert new_envelopes()[0].body == body

    @pytest.mark.parametrize("headers", [{"content-encoding": "gzip"}, {}])
    def test_gzip_is_seen_by_its_header_or_its_first_bytes(
        self, client: httpx.Client, new_envelopes: New, headers: dict[str, str]
    ) -> None:
        body = json.dumps(EVENT).encode()
        answer = client.post("/v1/track", content=gzip.compress(body), auth=AUTH, headers=headers)
        assert answer.content == OK
        assert new_envelopes()[0].body == body

    def test_gzip_of_several_members_is_one_body(
        self, client: httpx.Client, new_envelopes: New
    ) -> None:
        body = gzip.compress(b'{"userId":') + gzip.compress(b'"u"}')
        assert client.post("/v1/track", content=body, auth=AUTH).content == OK
        assert new_envelopes()[0].body == b'{"userId":"u"}'

    def test_a_large_gzip_body_is_inflated_beside_the_event_loop(
        self, client: httpx.Client, new_envelopes: New
    ) -> None:
        noise = base64.b64encode(bytes(range(256)) * 700).decode()
        events = [{**EVENT, "properties": {"n": str(n) + noise[n:]}} for n in range(12)]
        body = json.dumps({"batch": events}).encode()
        packed = gzip.compress(body, 0)
        assert len(packed) > 1 << 20
        assert client.post("/v1/batch", content=packed, auth=AUTH).content == OK
        assert new_envelopes()[0].body == body

    def test_a_proxy_that_inflates_may_leave_the_header(
        self, client: httpx.Client, new_envelopes: New
    ) -> None:
        headers = {"content-encoding": "gzip"}
        answer = client.post("/v1/track", content=b'{"userId":"u"}', auth=AUTH, headers=headers)
        assert answer.content == OK
        assert new_envelopes()[0].count == 1

    def test_a_byte_order_mark_is_dropped(self, client: httpx.Client, new_envelopes: New) -> None:
        answer = client.post("/v1/track", content=b'\xef\xbb\xbf{"userId":"u"}', auth=AUTH)
        assert answer.content == OK
        assert new_envelopes()[0].body == b'{"userId":"u"}'

    def test_a_chunked_body_is_one_body(self, client: httpx.Client, new_envelopes: New) -> None:
        pieces = (bytes([byte]) for byte in b'{"userId":"u"}')
        assert client.post("/v1/track", content=pieces, auth=AUTH).content == OK
        assert new_envelopes()[0].body == b'{"userId":"u"}'


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


class TestKeys:
    @pytest.mark.parametrize(
        ("headers", "query", "body"),
        [
            ({"authorization": basic(WRITE_KEY + ":")}, "", {}),
            ({"authorization": basic(WRITE_KEY)}, "", {}),
            ({"authorization": basic(WRITE_KEY + ":")}, "?writeKey=other", {"writeKey": "other"}),
            ({"x-write-key": WRITE_KEY}, "", {"writeKey": "id:***"}),
            ({}, f"?writeKey={WRITE_KEY}", {}),
            ({}, "", {"writeKey": WRITE_KEY}),
            ({}, "", {"api_key": WRITE_KEY}),
            ({}, "", {"token": WRITE_KEY}),
            ({"authorization": "Bearer abc"}, "", {"writeKey": WRITE_KEY}),
        ],
    )
    def test_a_key_is_found_wherever_clients_put_it(
        self,
        client: httpx.Client,
        headers: dict[str, str],
        query: str,
        body: dict[str, str],
    ) -> None:
        answer = client.post(f"/v1/track{query}", json={**EVENT, **body}, headers=headers)
        assert (answer.status_code, answer.content) == (200, OK)

    @pytest.mark.parametrize(
        ("headers", "body"),
        [
            ({}, {}),
            ({}, {"writeKey": "wrong"}),
            ({}, {"writeKey": 7}),
            ({}, {"writeKey": "x" * 10_000}),
            ({}, {"writeKey": "a\u0000b"}),
            ({"authorization": basic("wrong:")}, {"writeKey": WRITE_KEY}),
            ({"x-write-key": "wrong"}, {"writeKey": WRITE_KEY}),
        ],
    )
    def test_no_or_a_wrong_key_is_401_and_leaves_nothing(
        self,
        client: httpx.Client,
        new_envelopes: New,
        headers: dict[str, str],
        body: dict[str, object],
    ) -> None:
        answer = client.post("/v1/track", json={**EVENT, **body}, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["code"] == "unknown_write_key"
        assert answer.json()["success"] is False
        assert new_envelopes() == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "code", "words"),
        [
            (b"{", "bad_json", "not JSON"),
            (b'{"batch":[NaN]}', "bad_json", "not JSON"),
            (b'{"batch":["\xff"]}', "bad_text", "not UTF-8"),
            (b'{"batch":7}', "bad_json", "wrong shape"),
            (b'{"batch":[' + b",".join([b"{}"] * 5_001) + b"]}", "too_large", "5001 events"),
            (
                json.dumps({"batch": [{"a": "x" * 262_144}]}).encode(),
                "too_large",
                "limit is 262144",
            ),
            (b'{"batch":[' + b'{"a":' * 65 + b"1" + b"}" * 65 + b"]}", "too_large", "65 levels"),
            (
                b'{"batch":[{}],"context":' + b'{"a":' * 65 + b"1" + b"}" * 66,
                "too_large",
                "context",
            ),
            (b'{"batch":["' + b"x" * 4_194_304 + b'"]}', "too_large", "4194304 bytes"),
            (gzip.compress(b" " * 4_194_305, mtime=0), "too_large", "4194304 bytes"),
            (gzip.compress(b"{}", mtime=0)[:-4], "bad_json", "too early"),
            (b"\x1f\x8bnot gzip at all", "bad_json", "not gzip"),
        ],
    )
    def test_what_is_refused_is_told_in_words_and_left_for_the_quarantine(
        self, client: httpx.Client, new_envelopes: New, body: bytes, code: str, words: str
    ) -> None:
        answer = client.post("/v1/batch", content=body, auth=AUTH)
        assert answer.status_code == 400
        told = answer.json()
        assert (told["code"], told["success"]) == (code, False)
        assert words in told["message"]
        (envelope,) = new_envelopes()
        assert (envelope.kind, envelope.count, envelope.source_id) == ("refused", 1, 1)
        kept = json.loads(envelope.body)
        assert kept["refused"] == told["message"]
        assert kept["reason"] == code
        assert len(kept["head"].encode()) <= 6_200
        assert len(envelope.body) < 20_000

    def test_without_a_valid_key_nothing_is_left(
        self, client: httpx.Client, new_envelopes: New
    ) -> None:
        assert client.post("/v1/batch", content=b"{").status_code == 400
        assert client.post("/v1/batch", content=b"{", auth=("wrong", "")).status_code == 401
        assert new_envelopes() == []

    def test_limits_hold_also_when_the_key_is_only_in_the_body(
        self, client: httpx.Client, new_envelopes: New
    ) -> None:
        body = {"writeKey": WRITE_KEY, "batch": [{}] * 5_001}
        assert client.post("/v1/batch", json=body).status_code == 400
        assert [envelope.kind for envelope in new_envelopes()] == ["refused"]

    def test_the_largest_batch_passes(self, client: httpx.Client, new_envelopes: New) -> None:
        body = {"batch": [{"a": "x" * 780}] * 5_000}
        assert client.post("/v1/batch", json=body, auth=AUTH).content == OK
        assert new_envelopes()[0].count == 5_000


class TestBrowsers:
    def test_a_preflight_echoes_origin_and_asked_headers(self, client: httpx.Client) -> None:
        answer = client.options(
            "/v1/t",
            headers={
                "origin": "https://shop.example.ir",
                "access-control-request-method": "POST",
                "access-control-request-headers": "authorization,x-retry-count",
            },
        )
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://shop.example.ir"
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["access-control-allow-headers"] == "authorization,x-retry-count"
        assert "POST" in answer.headers["access-control-allow-methods"]
        assert int(answer.headers["access-control-max-age"]) >= 900

    @pytest.mark.parametrize("auth", [AUTH, ("wrong", "")])
    def test_every_answer_lets_the_page_read_it(
        self, client: httpx.Client, auth: tuple[str, str]
    ) -> None:
        headers = {"origin": "https://shop.example.ir"}
        answer = client.post("/v1/t", json=EVENT, auth=auth, headers=headers)
        assert answer.headers["access-control-allow-origin"] == "https://shop.example.ir"
        assert answer.headers["access-control-expose-headers"] == "Retry-After, X-RateLimit-Reset"
        assert answer.headers["vary"] == "Origin"

    def test_without_an_origin_nothing_is_said_about_it(self, client: httpx.Client) -> None:
        answer = client.post("/v1/t", json=EVENT, auth=AUTH)
        assert "access-control-allow-origin" not in answer.headers


class TestSettings:
    @pytest.mark.parametrize("path", ["/v1/projects/{}/settings", "/projects/{}/settings"])
    def test_they_send_the_client_to_us(
        self, client: httpx.Client, server: CollectProcess, path: str
    ) -> None:
        answer = client.get(path.format(WRITE_KEY), headers={"origin": "https://a.ir"})
        destination = answer.json()["integrations"]["Segment.io"]
        assert destination["apiHost"] == f"127.0.0.1:{server.port}/v1"
        assert destination["protocol"] == "http"
        assert destination["apiKey"] == WRITE_KEY
        assert answer.json()["metrics"] == {"sampleRate": 0}
        assert answer.headers["access-control-allow-origin"] == "https://a.ir"

    def test_behind_a_reverse_proxy_they_name_the_public_host(self, client: httpx.Client) -> None:
        headers = {"x-forwarded-proto": "https", "x-forwarded-host": "events.example.ir"}
        answer = client.get(f"/v1/projects/{WRITE_KEY}/settings", headers=headers)
        destination = answer.json()["integrations"]["Segment.io"]
        assert (destination["protocol"], destination["apiHost"]) == (
            "https",
            "events.example.ir/v1",
        )

    def test_an_unknown_key_has_none(self, client: httpx.Client) -> None:
        answer = client.get("/v1/projects/wrong/settings")
        assert answer.status_code == 404
        assert answer.json()["success"] is False


class TestLibrary:
    def test_it_is_served_packed_with_a_tag(self, client: httpx.Client) -> None:
        path = f"/analytics.js/v1/{WRITE_KEY}/analytics.min.js"
        answer = client.get(path)
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["content-encoding"] == "gzip"
        assert "analytics" in answer.text
        again = client.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
        plain = client.get(path, headers={"accept-encoding": "identity"})
        assert plain.text == answer.text
        assert "content-encoding" not in plain.headers

    def test_its_parts_are_served_and_nothing_else(self, client: httpx.Client) -> None:
        (part,) = BROWSER_DIR.glob("ajs-destination.bundle.*.js")
        assert client.get(f"/analytics-next/bundles/{part.name}").content == part.read_bytes()
        assert client.get("/analytics-next/bundles/index.js").status_code == 200
        for name in (
            "../package.json",
            "%2e%2e/package.json",
            "LICENSE.md",
            "x.js",
            "",
            "..%2fa.js",
        ):
            assert client.get(f"/analytics-next/bundles/{name}").status_code == 404


class TestAddresses:
    def test_a_trusted_proxy_tells_the_client_s_address(
        self, client: httpx.Client, new_envelopes: New
    ) -> None:
        headers = {"x-forwarded-for": "6.6.6.6, 203.0.113.9, 127.0.0.1"}
        client.post("/v1/t", json=EVENT, auth=AUTH, headers=headers)
        assert new_envelopes()[0].address == "203.0.113.9"
