"""Conditions on the real running system: right at once, whatever happens to events and people."""

from __future__ import annotations

import json
import time
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from support.river import track
from support.service import Service, get, service

BIG = {"kind": "property", "path": "total", "op": "at_least", "value": 10}
TEHRAN = {"kind": "trait", "name": "city", "op": "equals", "value": "تهران"}
OFTEN = {"kind": "did", "event": BIG, "count": {"op": "at_least", "value": 2}}


def post(it: Service, *events: dict[str, object]) -> None:
    address = f"http://127.0.0.1:{it.port}/v1/batch"
    with httpx.Client(auth=(it.write_key, ""), trust_env=False, timeout=30) as client:
        assert client.post(address, json={"batch": events}).status_code == 200
    it.settle()


def ask(it: Service, path: str):
    status, body = get(it.port, path, token=it.api_token, timeout_s=60)
    assert status == 200, body
    return json.loads(body)


def counted(it: Service, **conditions: object) -> tuple[object, object]:
    """Return (people, events) of the graph under conditions."""
    query = "&".join(f"{name}={quote(json.dumps(said))}" for name, said in conditions.items())
    found = ask(it, f"/api/journeys/graph?{query}")
    return found["people"], found["events"]


def erase(it: Service, person: object) -> None:
    transport = httpx.HTTPTransport(uds=str(it.data / "local.sock"))
    with httpx.Client(transport=transport, timeout=30) as client:
        body = {"kind": "erase", "args": {"person": person}}
        job = client.post("http://local/local/job", json=body).json()["id"]
    until = time.monotonic() + 60
    while it.rows(f"SELECT state FROM job WHERE id = '{job}'") != [("done",)]:
        assert time.monotonic() < until, it.last_words()
        time.sleep(0.05)


@pytest.mark.timeout(200)
class TestServer:
    def test_answers_at_once_after_events_merges_and_erasure(self, tmp_path: Path):
        with service(tmp_path / "data", HAMSAFAR_MIN_PEOPLE="1") as it:
            post(
                it,
                track("a", "Bought", second=1, userId="u", properties={"total": 10}),
                track("b", "Bought", second=2, userId="u", properties={"total": "11"}),
                track("c", "Bought", second=3, anonymousId="x", properties={"total": 12.5}),
                {"type": "identify", "messageId": "i", "userId": "u", "traits": {"city": "تهران"}},
            )
            assert counted(it, where=BIG) == (2, 2)
            assert counted(it, people=TEHRAN) == (1, 2)
            assert counted(it, people=OFTEN) == (0, 0)
            post(it, track("a", "Bought", second=1, userId="u", properties={"total": 10}))
            assert counted(it, where=BIG) == (2, 2)
            post(it, track("m", "Seen", second=4, userId="u", anonymousId="x"))
            assert counted(it, where=BIG) == (1, 2)
            assert counted(it, people=OFTEN) == (1, 4)
            fields = ask(it, "/api/properties?name=Bought")
            assert [(one["path"], one["count"]) for one in fields if one["path"] == "total"] == [
                ("total", 3)
            ]
            [(person,)] = it.rows("SELECT person FROM node WHERE value = 'u'")
            post(it, track("s", "Bought", second=5, userId="stays", properties={"total": 99}))
            assert counted(it, where=BIG) == (2, 3)
            erase(it, person)
            assert counted(it, where=BIG) == (1, 1)
            assert counted(it, people=TEHRAN) == (0, 0)
            assert it.stop() == 0
