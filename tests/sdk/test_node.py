"""The unchanged Node client, against a real server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from support.collect_process import WRITE_KEY, collect_process, delivered
from support.fault_proxy import fault_proxy

FOLDER = Path(__file__).parent / "node"
EVENTS = 400
THROUGH_FAULTS = 150


def send(url: str, count: int = EVENTS) -> set[str]:
    if not (FOLDER / "node_modules").is_dir():
        pytest.fail("the Node clients are not installed: run `make setup`")
    ran = subprocess.run(
        ["node", "send.mjs", url, WRITE_KEY, str(count)],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["errors"] == []
    return set(told["ids"])


class TestDelivery:
    def test_every_event_arrives_once(self, tmp_path: Path) -> None:
        with collect_process(tmp_path) as server:
            ids = send(server.url)
        found = delivered(tmp_path)
        assert found.ids == ids
        assert found.resent == {}

    def test_lost_answers_and_500s_lose_nothing_and_change_nothing(self, tmp_path: Path) -> None:
        with (
            collect_process(tmp_path) as server,
            fault_proxy(server.port, share=0.3, seed=11) as proxy,
        ):
            ids = send(proxy.url, THROUGH_FAULTS)
        found = delivered(tmp_path)
        assert proxy.faults > 0
        assert found.ids == ids
        assert found.resent, "no answer was lost after the events were stored: not tested"
        assert found.conflicts == []
