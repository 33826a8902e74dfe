"""The unchanged Python client, against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from segment.analytics.client import Client
from support.collect_process import WRITE_KEY, collect_process, delivered
from support.fault_proxy import fault_proxy

EVENTS = 2_000


@contextmanager
def client(url: str, *, gzip: bool = False) -> Iterator[Client]:
    errors: list[object] = []
    made = Client(
        WRITE_KEY, host=url, gzip=gzip, upload_interval=0.05, on_error=lambda e, _: errors.append(e)
    )
    yield made
    made.shutdown()
    assert errors == []


def send(to: Client, count: int) -> set[str]:
    ids: set[str] = set()

    def message(kind: str, n: int) -> str:
        ids.add(f"py-{kind}-{n}")
        return f"py-{kind}-{n}"

    for n in range(count):
        user = f"u{n % 50}"
        properties = {"n": n, "title": "کتاب", "price": 1250.5, "tags": ["a", None]}
        to.track(user, "Product Viewed", properties, message_id=message("track", n))
        if n % 100 == 0:
            to.identify(user, {"email": f"u{n}@example.ir"}, message_id=message("identify", n))
        if n % 100 == 1:
            to.page(None, "Docs", "Home", anonymous_id="a1", message_id=message("page", n))
        if n % 100 == 2:
            to.group(user, "g1", {"name": "گروه"}, message_id=message("group", n))
        if n % 100 == 3:
            to.alias(f"a{n}", user, message_id=message("alias", n))
        if n % 100 == 4:
            to.screen(user, name="Cart", message_id=message("screen", n))
    to.flush()
    return ids


class TestDelivery:
    @pytest.mark.parametrize("gzip", [False, True])
    def test_every_event_arrives_once(self, tmp_path: Path, gzip: bool) -> None:
        with collect_process(tmp_path) as server, client(server.url, gzip=gzip) as sender:
            ids = send(sender, EVENTS)
        found = delivered(tmp_path)
        assert found.ids == ids
        assert found.resent == {}

    def test_lost_answers_and_500s_lose_nothing_and_change_nothing(self, tmp_path: Path) -> None:
        with (
            collect_process(tmp_path) as server,
            fault_proxy(server.port, share=0.3, seed=5) as proxy,
            client(proxy.url) as sender,
        ):
            ids = send(sender, EVENTS)
        found = delivered(tmp_path)
        assert proxy.faults > 0
        assert found.ids == ids
        assert found.resent, "no answer was lost after the events were stored: not tested"
        assert found.conflicts == []
