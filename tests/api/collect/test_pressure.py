"""Too fast, too slow, too much: what is answered, and that the others do not suffer."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from pathlib import Path

import httpx
import pytest
from support.collect_process import WRITE_KEY, CollectProcess, collect_process, logged

from hamsafar.api.collect.sources import SourceFinder
from hamsafar.collect import Limits
from hamsafar.collect.ports import SourceRef
from hamsafar.kernel.errors import Retriable

AUTH = (WRITE_KEY, "")
EVENT = {"event": "x", "userId": "u"}


def post(url: str, **changes: object) -> httpx.Response:
    return httpx.post(f"{url}/v1/track", **{"json": EVENT, "auth": AUTH, "timeout": 20, **changes})  # type: ignore[arg-type]


def limits(**changed: float) -> tuple[str, str]:
    return ("--limits", json.dumps(changed))


def head(length: int) -> bytes:
    return (
        f"POST /v1/track?writeKey={WRITE_KEY} HTTP/1.1\r\nHost: x\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


class TestTooFast:
    @pytest.mark.parametrize("which", ["key_requests_per_s", "address_requests_per_s"])
    def test_over_the_rate_is_429_with_whole_seconds_to_wait(self, data: Path, which: str) -> None:
        with collect_process(data, *limits(**{which: 1})) as server:
            answers = [post(server.url) for _ in range(4)]
        assert [answer.status_code for answer in answers[:2]] == [200, 200]
        last = answers[-1]
        assert last.status_code == 429
        assert last.json()["code"] == "rate_limited"
        assert int(last.headers["retry-after"]) >= 1
        assert last.headers["x-ratelimit-reset"] == last.headers["retry-after"]
        assert len(logged(data)) == sum(answer.status_code == 200 for answer in answers)

    def test_guessing_keys_is_slow_and_hurts_only_the_guesser(self, data: Path) -> None:
        with collect_process(data, *limits(address_requests_per_s=50)) as server:
            trusted = {"x-forwarded-for": "198.51.100.7"}
            guesses = [
                post(server.url, auth=(f"guess{n}", ""), headers=trusted).status_code
                for n in range(10)
            ]
            assert guesses[0] == 401
            assert guesses[-1] == 429
            assert post(server.url, headers={"x-forwarded-for": "198.51.100.8"}).status_code == 200


class TestTooSlow:
    @pytest.mark.parametrize(
        ("changed", "pause_s"), [({"body_idle": 0.3}, 5.0), ({"body_total": 0.5}, 0.05)]
    )
    def test_a_body_that_drips_is_408_and_leaves_nothing(
        self, data: Path, changed: dict[str, float], pause_s: float
    ) -> None:
        with collect_process(data, *limits(**changed)) as server:
            start = time.monotonic()
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
                client.sendall(head(1_000))
                client.settimeout(pause_s)
                answer = b""
                while not answer:
                    client.sendall(b" ")
                    try:
                        answer = client.recv(4096)
                    except TimeoutError:
                        continue
            assert answer.startswith(b"HTTP/1.1 408")
            assert time.monotonic() - start < 4
            assert post(server.url).status_code == 200
        assert len(logged(data)) == 1

    def test_a_client_that_goes_away_leaves_nothing(self, data: Path) -> None:
        with collect_process(data) as server:
            with socket.create_connection(("127.0.0.1", server.port)) as client:
                client.sendall(head(1_000) + b'{"event":')
            assert post(server.url).status_code == 200
        assert len(logged(data)) == 1


class TestTooMuch:
    def test_over_the_memory_of_all_requests_is_503_until_some_is_free(self, data: Path) -> None:
        with collect_process(data, *limits(inflight_bytes=100_000)) as server:
            with socket.create_connection(("127.0.0.1", server.port)) as holder:
                holder.sendall(head(90_001) + b" " * 90_000)
                busy = self.until(server, 503)
                assert int(busy.headers["retry-after"]) >= 1
                assert busy.json()["code"] == "unavailable"
            assert self.until(server, 200).status_code == 200

    @staticmethod
    def until(server: CollectProcess, status: int) -> httpx.Response:
        body = {**EVENT, "properties": {"a": "x" * 20_000}}
        for _ in range(100):
            answer = post(server.url, json=body)
            if answer.status_code == status:
                return answer
            time.sleep(0.02)
        pytest.fail(f"never {status}")

    def test_a_full_log_is_503_and_what_was_acknowledged_stays(self, data: Path) -> None:
        body = {**EVENT, "properties": {"a": "x" * 50_000}}
        with collect_process(data, "--max-bytes", "500000") as server:
            codes = [post(server.url, json=body).status_code for _ in range(15)]
            full = post(server.url, json=body)
        assert set(codes) == {200, 503}
        assert full.status_code == 503
        assert int(full.headers["retry-after"]) >= 1
        assert len(logged(data)) == codes.count(200)


class BrokenRing:
    """A key ring whose database comes and goes."""

    def __init__(self) -> None:
        self.is_down = False
        self.asked = 0

    def find(self, write_key: str) -> SourceRef | None:
        self.asked += 1
        if self.is_down:
            raise OSError("no database")
        if write_key != "known":
            return None
        return SourceRef(source_id=1, key_id="k", channel="web")


class TestKeyRingOutage:
    def test_known_keys_go_on_and_others_are_told_to_come_again(self) -> None:
        async def scene() -> None:
            ring = BrokenRing()
            finder = SourceFinder(ring, Limits())
            known = await finder.find("known")
            assert known is not None
            assert await finder.find("unknown") is None
            ring.is_down = True
            finder._memory._known = {
                key: type(one)(one.source, 0.0, one.outage_until_s)
                for key, one in finder._memory._known.items()
            }
            assert await finder.find("known") == known
            with pytest.raises(Retriable):
                await finder.find("other")

        asyncio.run(scene())

    def test_many_requests_ask_once(self) -> None:
        async def scene() -> int:
            ring = BrokenRing()
            finder = SourceFinder(ring, Limits())
            await asyncio.gather(*(finder.find("known") for _ in range(50)))
            return ring.asked

        assert asyncio.run(scene()) == 1
