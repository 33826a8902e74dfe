"""The unchanged Node client, against a real server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from sdk.conftest import Trial
from support.fault_proxy import fault_proxy

FOLDER = Path(__file__).parent / "node"
EVENTS = 400
THROUGH_FAULTS = 150


def send(trial: Trial, url: str, count: int = EVENTS) -> set[str]:
    if not (FOLDER / "node_modules").is_dir():
        pytest.fail("the Node clients are not installed: run `make setup`")
    ran = subprocess.run(
        ["node", "send.mjs", url, trial.deployment.write_key, str(count), trial.prefix],
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
    def test_every_event_arrives_once(self, trial: Trial) -> None:
        ids = send(trial, trial.deployment.url)
        trial.check(ids, may_resend=False)

    def test_lost_answers_and_500s_lose_nothing_and_change_nothing(self, trial: Trial) -> None:
        with fault_proxy(trial.deployment.port, share=0.3, seed=11) as proxy:
            ids = send(trial, proxy.url, THROUGH_FAULTS)
        assert proxy.faults > 0
        trial.check(ids, may_resend=True)
