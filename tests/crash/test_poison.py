"""Events that kill the worker, hang it or break it are set aside; the others go on."""

from __future__ import annotations

import base64
import http.client
import json
import time
from pathlib import Path

import pytest
from support.ledger import ledger
from support.load_events import event_of
from support.service import Service, service

LIMIT_S = 60.0
QUARANTINE = "SELECT reason, message_id, tries FROM quarantine"
SEED = 5


def send(service: Service, events: list[dict[str, object]]) -> None:
    key = base64.b64encode(f"{service.write_key}:".encode()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    body = json.dumps({"batch": events})
    connection.request("POST", "/v1/batch", body, {"Authorization": f"Basic {key}"})
    assert connection.getresponse().status == 200
    connection.close()


class TestPoison:
    @pytest.mark.timeout(300)
    @pytest.mark.parametrize("how", ["exit", "loop", "memory"])
    def test_it_is_set_aside_after_five_tries_and_the_others_go_on(
        self, tmp_path: Path, how: str
    ) -> None:
        books = tmp_path / "books"
        with service(tmp_path / "data", mutant="poison", HAMSAFAR_POISON=how) as it:
            with ledger(it, books, seed=SEED, per_s=100, again=0) as client:
                time.sleep(1)
                began = time.monotonic()
                send(it, [{**event_of(9, n), "messageId": f"9-{n}"} for n in range(40)])
                send(it, [{**event_of(9, 40), "messageId": "poison", "event": "Poison"}])
                while not it.rows(QUARANTINE):
                    assert time.monotonic() - began < 3 * LIMIT_S, it.last_words()
                    time.sleep(0.2)
                took_s = time.monotonic() - began
                said = client.finish()
            sheet = it.settle()
            assert it.rows(QUARANTINE) == [("poison", "poison", 5)]
            assert it.stop() == 0
        assert client.failures() == {}
        assert said["unanswered"] == 0
        assert sheet["quarantined"] == 1
        assert sheet["stored"] == sheet["received"] - 1
        assert took_s <= LIMIT_S * stretch(), took_s


def stretch() -> float:
    """Return by how much restarts take longer on a machine that is busy with other things."""
    one, _, _ = map(float, Path("/proc/loadavg").read_text().split()[:3])
    return max(1.0, one / 2)
