"""Bodies made to hurt: a 4xx or quarantine, never a 5xx, bounded memory, little work."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable

import httpx
import psutil
import pytest
from support.collect_process import WRITE_KEY, CollectProcess, FixedSources, logged

from hamsafar.collect.read import Reader, Reading
from hamsafar.collect.types import Bots, Envelope, SourceInfo

AUTH = (WRITE_KEY, "")
MIB = 1 << 20
MOST_CPU_S = 0.1
MOST_GROWTH = 96 * MIB


def batch(*events: bytes) -> bytes:
    return b'{"batch":[' + b",".join(events) + b"]}"


def event(**fields: object) -> bytes:
    return json.dumps({"type": "track", "event": "x", "userId": "u", **fields}).encode()


DEEP = 100_000
GOOD = event(messageId="good")
BODIES: dict[str, tuple[bytes, int]] = {
    "gzip bomb": (gzip.compress(b" " * 200 * MIB, mtime=0), 400),
    "gzip bomb in gzip": (gzip.compress(gzip.compress(b" " * 200 * MIB), mtime=0), 400),
    "many gzip members": (gzip.compress(b" ", mtime=0) * 50_000, 400),
    "deep arrays": (batch(b"[" * DEEP + b"]" * DEEP), 400),
    "deep objects": (batch(b'{"a":' * DEEP + b"1" + b"}" * DEEP), 400),
    "deep and never closed": (batch(b"[" * DEEP), 400),
    "deep beside the batch": (
        b'{"batch":[],"x":' + b"[" * DEEP + b"]" * DEEP + b"}",
        400,
    ),
    "a million keys": (
        batch(b"{" + b",".join(b'"%d":0' % n for n in range(400_000)) + b"}"),
        400,
    ),
    "a million keys, 50 MB": (
        batch(b"{" + b",".join(b'"key%d":%d' % (n, n) for n in range(1_000_000)) + b"}"),
        400,
    ),
    "keys over many events": (
        batch(*[b"{" + b",".join(b'"%d":0' % n for n in range(20_000)) + b"}"] * 16),
        400,
    ),
    "two million events": (batch(b"1," * 2_000_000 + b"1"), 400),
    "fifty megabytes": (batch(b'"' + b"x" * 50 * MIB + b'"'), 400),
    "NaN": (batch(b'{"a":NaN}'), 400),
    "Infinity": (batch(b'{"a":-Infinity}'), 400),
    "half a number": (batch(b'{"a":1.}'), 400),
    "a NUL byte": (batch(b'{"a":"\x00"}'), 400),
    "not UTF-8": (batch(b'{"a":"\xc3\x28"}'), 400),
    "overlong UTF-8": (batch(b'{"a":"\xc0\xaf"}'), 400),
    "UTF-16": (batch(GOOD).decode().encode("utf-16"), 400),
    "surrogates as bytes": (batch(b'{"a":"\xed\xa0\xbd"}'), 400),
    "nothing": (b"", 400),
    "only spaces": (b" " * MIB, 400),
    "a million quotes": (b'"' * MIB, 400),
    "a million backslashes": (batch(b'"' + b"\\\\" * MIB + b'"', GOOD), 400),
    "a million surrogates": (batch(b'"' + rb"\ud83d" * 600_000 + b'"'), 400),
    "number out of range": (batch(event(), b'{"a":1e999}'), 200),
    "a huge integer": (batch(event().replace(b'"u"', b"9" * 10_000)), 200),
    "lone surrogates": (batch(GOOD, rb'{"userId":"\ud83d","type":"track","event":"x"}'), 200),
    "escaped NUL": (batch(GOOD, event(userId="a\0b")), 200),
    "duplicate keys": (batch(b'{"userId":"a","userId":"b","type":"track","event":"x"}'), 200),
    "duplicate batches": (b'{"batch":[1,2,3],"batch":[' + GOOD + b"]}", 200),
    "RTL and ZWNJ in ids": (
        batch(event(userId="\u202eعلی\u200cرضا\u2066", messageId="\u200f1")),
        200,
    ),
    "no objects": (batch(b"1", b"null", b'"x"', b"[]", b"true"), 200),
    "wide but shallow": (batch(b'{"a":[' + b",".join([b"[]"] * 60_000) + b"]}"), 200),
}


def read(envelope: Envelope) -> Reading:
    info = SourceInfo(
        id=1, slug="w", channel="web", zone="UTC", bots=Bots.KEEP, internal_networks=()
    )
    out = Reading(next_seq=0)
    Reader(FixedSources(info), "IR").read_envelope(envelope, out)
    return out


@pytest.fixture(scope="module", autouse=True)
def base_rss(server: CollectProcess) -> int:
    """Memory of the server before anybody sent anything."""
    return psutil.Process(server.process.pid).memory_info().rss


class TestHostileBodies:
    @pytest.mark.parametrize("name", list(BODIES))
    def test_it_is_refused_or_quarantined_cheaply(
        self,
        server: CollectProcess,
        client: httpx.Client,
        new_envelopes: Callable[[], list[Envelope]],
        base_rss: int,
        name: str,
    ) -> None:
        body, status = BODIES[name]
        process = psutil.Process(server.process.pid)
        client.get("/v1/nothing")
        before = process.cpu_times()
        answer = client.post("/v1/batch", content=body, auth=AUTH)
        after = process.cpu_times()
        assert answer.status_code == status, answer.text
        assert answer.json()["success"] is (status == 200)
        (envelope,) = new_envelopes()
        reading = read(envelope)
        told = len(reading.events) + len(reading.quarantined) + len(reading.rejected)
        assert told == envelope.count, "an event is neither kept nor quarantined"
        if status == 400:
            assert [envelope.kind, len(reading.quarantined)] == ["refused", 1]
            assert reading.quarantined[0].detail == answer.json()["message"]
        spent_s = after.user + after.system - before.user - before.system
        # Reading 50 MB off a socket costs the kernel alone more than the limit.
        assert spent_s <= MOST_CPU_S + len(body) / (100 * MIB)
        assert process.memory_info().rss < base_rss + MOST_GROWTH

    def test_good_events_beside_a_bad_one_are_kept(
        self, client: httpx.Client, new_envelopes: Callable[[], list[Envelope]]
    ) -> None:
        for name in ("lone surrogates", "escaped NUL"):
            assert client.post("/v1/batch", content=BODIES[name][0], auth=AUTH).status_code == 200
        for envelope in new_envelopes():
            reading = read(envelope)
            assert [one.message_id for one in reading.events] == ["good"]
            assert [one.reason.value for one in reading.quarantined] == ["bad_text"]

    def test_the_same_bodies_to_one_event_endpoints_never_break_them(
        self, client: httpx.Client
    ) -> None:
        for body, _ in BODIES.values():
            if len(body) < 8 * MIB:
                assert client.post("/v1/identify", content=body, auth=AUTH).status_code in {
                    200,
                    400,
                }

    def test_strange_headers_never_break_it(self, server: CollectProcess) -> None:
        for name, value in (
            ("authorization", b"Basic \xff\xfe"),
            ("authorization", b"Basic " + b"A" * 20_000),
            ("origin", b"https://a.ir\x01"),
            ("origin", "https://فروشگاه.ایران".encode()),
            ("x-forwarded-for", b"\xff" * 500),
            ("x-write-key", b"\xd8\xb3"),
            ("content-encoding", b"br"),
            ("user-agent", b"\xff\x80"),
        ):
            answer = httpx.post(f"{server.url}/v1/t", content=b"{}", headers=[(name, value)])
            assert answer.status_code in {400, 401}, name
        many = [(f"x-{n}", "1") for n in range(2_000)]
        answer = httpx.post(f"{server.url}/v1/t", content=b"{}", auth=AUTH, headers=many)
        assert answer.status_code in {200, 400, 431}

    def test_after_all_of_it_the_log_is_whole(self, server: CollectProcess) -> None:
        assert isinstance(logged(server.data), list)

    def test_many_at_once_stay_within_the_memory(
        self, server: CollectProcess, base_rss: int
    ) -> None:
        body = batch(b'"' + b"x" * 3 * MIB + b'"')
        process = psutil.Process(server.process.pid)
        most = 0

        async def all_at_once() -> list[int]:
            async with httpx.AsyncClient(base_url=server.url, timeout=60) as sender:
                tasks = [
                    asyncio.create_task(sender.post("/v1/batch", content=body, auth=AUTH))
                    for _ in range(60)
                ]
                nonlocal most
                while not all(task.done() for task in tasks):
                    most = max(most, process.memory_info().rss)
                    await asyncio.sleep(0.01)
                return [task.result().status_code for task in tasks]

        codes = asyncio.run(all_at_once())
        assert set(codes) <= {400, 503}
        assert most < base_rss + MOST_GROWTH
