"""A full disk: 503 with Retry-After, nothing acknowledged is lost, and it recovers by itself."""

from __future__ import annotations

import base64
import http.client
import json
import time
from pathlib import Path

import pytest
from support.ledger import check, ledger
from support.load_events import event_of
from support.mounts import mounted
from support.service import Service, service

FILL = 4 * 1024**2


def post(service: Service, number: int) -> tuple[int, str | None]:
    """Send one event; return the status and the Retry-After header."""
    key = base64.b64encode(f"{service.write_key}:".encode()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    event = {**event_of(2, number), "properties": {"pad": "x" * 60_000}}
    body = json.dumps({"batch": [event]})
    connection.request("POST", "/v1/batch", body, {"Authorization": f"Basic {key}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.getheader("Retry-After")


def fill(disk: Path) -> Path:
    """Take what room there is."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as handle:
        for size in (FILL, 65_536, 4_096):
            try:
                while handle.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    return ballast


class TestFullDisk:
    @pytest.mark.timeout(300)
    def test_it_refuses_politely_and_recovers_alone(self, tmp_path: Path) -> None:
        disk, books = tmp_path / "disk", tmp_path / "books"
        with (
            mounted("tmpfs", "size=120m", "tmpfs", disk),
            service(disk / "data", said_at=tmp_path / "service.log") as it,
            ledger(it, books, seed=3, per_s=200) as client,
        ):
            time.sleep(2)
            pids = (it.pid("api"), it.pid("worker"))
            ballast = fill(disk)
            refused = self.refused(it)
            time.sleep(6)
            ballast.unlink()
            said = client.finish()
            sheet = it.settle()
            assert (it.pid("api"), it.pid("worker")) == pids
            assert it.stop() == 0
            verdict = check(disk / "data", books)
        status, wait = refused
        assert status == 503
        assert wait is not None
        assert int(wait) >= 1
        assert client.statuses.get("send 503", 0) > 0
        assert said["unanswered"] == 0
        assert (verdict.lost, verdict.doubled, verdict.leak, verdict.quarantined) == (0, 0, 0, 0)
        assert sheet["stored"] > 0

    @staticmethod
    def refused(service: Service) -> tuple[int, str | None]:
        """Send until it is refused; each event is large, so that soon nothing fits."""
        for number in range(2_000):
            found = post(service, number)
            if found[0] != 200:
                return found
        raise AssertionError("the disk never got full")
