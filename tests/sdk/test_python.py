"""The unchanged Python client, against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sdk.conftest import Trial
from segment.analytics.client import Client
from support.fault_proxy import fault_proxy

EVENTS = 2_000


@contextmanager
def client(trial: Trial, url: str, *, gzip: bool = False) -> Iterator[Client]:
    errors: list[object] = []
    made = Client(
        trial.deployment.write_key,
        host=url,
        gzip=gzip,
        upload_interval=0.05,
        on_error=lambda e, _: errors.append(e),
    )
    yield made
    made.shutdown()
    assert errors == []


def send(to: Client, prefix: str, count: int) -> set[str]:
    ids: set[str] = set()

    def message(kind: str, n: int) -> str:
        ids.add(f"{prefix}-{kind}-{n}")
        return f"{prefix}-{kind}-{n}"

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
    def test_every_event_arrives_once(self, trial: Trial, gzip: bool) -> None:
        with client(trial, trial.deployment.url, gzip=gzip) as sender:
            ids = send(sender, trial.prefix, EVENTS)
        trial.check(ids, may_resend=False)

    def test_lost_answers_and_500s_lose_nothing_and_change_nothing(self, trial: Trial) -> None:
        with (
            fault_proxy(trial.deployment.port, share=0.3, seed=5) as proxy,
            client(trial, proxy.url) as sender,
        ):
            ids = send(sender, trial.prefix, EVENTS)
        assert proxy.faults > 0
        trial.check(ids, may_resend=True)
