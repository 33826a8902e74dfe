"""A real worker opens an alert and a real webhook hears of it; the river does not wait."""

import json
import time

import httpx
import pytest
from standardwebhooks.webhooks import Webhook as Judge
from support.receiver import receiving
from support.service import service

from hamsafar.access import local_caller
from hamsafar.access.types import SourceDraft
from hamsafar.wiring.build import opened
from hamsafar.wiring.settings import read_settings

LOCAL = local_caller("test")
PRIVATE = {"HAMSAFAR_PRIVATE_WEBHOOKS": "1"}


def wait_for(condition, patience_s: float = 60) -> None:
    until = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.crash
class TestSilentSource:
    def test_is_told_signed_and_again_when_it_speaks(self, tmp_path):
        with service(tmp_path / "data", **PRIVATE) as running, receiving() as peer:
            peer.silent.set()
            with opened(read_settings(running.data, PRIVATE)) as hamsafar:
                hook = hamsafar.access.webhooks.add(LOCAL, peer.url)
                source = hamsafar.access.sources.all()[0].id
                hamsafar.access.sources.change(LOCAL, source, SourceDraft(silent_after_s=2))
            wait_for(lambda: peer.received)
            # The peer is slow to answer now; events flow meanwhile.
            body = {"event": "Viewed", "userId": "u"}
            with httpx.Client(auth=(running.write_key, ""), trust_env=False) as client:
                sent = client.post(f"http://127.0.0.1:{running.port}/v1/track", json=body)
                assert sent.status_code == 200
                assert running.settle(3)["stored"] == 1
                peer.silent.clear()
                wait_for(lambda: client.post(str(sent.url), json=body) and _kinds(peer)[1:])
            running.kill("worker")
            running.wait_worker()
        first, second = peer.received[:2]
        assert _kinds(peer)[:2] == ["alert.opened", "alert.closed"]
        assert Judge(hook.secret).verify(first.body, first.headers)["data"]["subject"] == "1"
        assert Judge(hook.secret).verify(second.body, second.headers)["data"]["closed_at"]


def _kinds(peer) -> list[str]:
    kinds = [json.loads(got.body)["type"] for got in peer.received]
    return list(dict.fromkeys(kinds))
