"""200 means on disk: proven from outside, with strace."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
from support.collect_process import WRITE_KEY, CollectProcess, collect_process, logged
from support.deployment import deployment, up_again
from support.strace import Acks, acks, traced

CLIENTS = 8

pytestmark = pytest.mark.crash


def send(url: str, first: int, count: int, key: str = WRITE_KEY) -> list[str]:
    """Send events one by one; return the ids that were answered with 200."""
    sent = []
    with httpx.Client(base_url=url, timeout=20) as client:
        for n in range(first, first + count):
            try:
                answer = client.post(
                    "/v1/track",
                    json={"event": "x", "userId": "u", "messageId": str(n)},
                    auth=(key, ""),
                )
            except httpx.HTTPError:
                break
            if answer.status_code == 200:
                sent.append(str(n))
    return sent


def send_from_many(url: str, each: int, key: str = WRITE_KEY) -> set[str]:
    with ThreadPoolExecutor(CLIENTS) as pool:
        parts = pool.map(lambda n: send(url, n * 100_000, each, key), range(CLIENTS))
        return {one for part in parts for one in part}


def stored(data: Path) -> set[str]:
    return {
        str(one) for envelope in logged(data) for one in [envelope.body.split(b'"')[-2].decode()]
    }


def traced_acks(data: Path, each: int, *extra: str) -> tuple[set[str], Acks]:
    trace = data.with_suffix(".strace")
    with collect_process(data, *extra) as server:
        with traced(server.process.pid, trace):
            acknowledged = send_from_many(server.url, each)
        server.stop()
    return acknowledged, acks(trace)


class TestSyncBeforeAck:
    def test_a_sync_of_the_log_stands_between_every_request_and_its_200(self, data: Path) -> None:
        acknowledged, found = traced_acks(data, 125)
        assert len(acknowledged) == found.seen == 1_000
        assert found.unsynced == []
        assert stored(data) == acknowledged

    @pytest.mark.parametrize("mutant", ["sync-off", "ack-before-commit"])
    def test_a_server_that_cheats_is_caught(self, data: Path, mutant: str) -> None:
        _, found = traced_acks(data, 10, "--mutant", mutant)
        assert found.seen == 80
        assert found.unsynced


class TestFailedSync:
    @pytest.mark.parametrize("at", [1, 7, 40])
    def test_the_process_ends_at_once_and_nothing_acknowledged_is_lost(
        self, data: Path, at: int
    ) -> None:
        trace = data.with_suffix(".strace")
        with collect_process(data) as server:
            fault = f"inject=fsync,fdatasync:error=EIO:when={at}+"
            with traced(server.process.pid, trace, "-e", fault):
                acknowledged = send_from_many(server.url, 200)
                code = self.exit_code(server)
        assert code not in {0, None}
        assert len(acknowledged) < CLIENTS * 200
        assert self.seconds_from_fault_to_end(trace) <= 1
        # What was synced before may still be answered now; what was not, never.
        assert acks(trace).unsynced == []
        with collect_process(data) as server:
            again = send(server.url, 999_999, 1)
        assert again == ["999999"]
        assert acknowledged | set(again) <= stored(data)

    @staticmethod
    def exit_code(server: CollectProcess) -> int | None:
        try:
            return server.process.wait(5)
        except subprocess.TimeoutExpired:
            return None

    @staticmethod
    def seconds_from_fault_to_end(trace: Path) -> float:
        times = [
            float(line.split()[1])
            for line in trace.read_text(errors="replace").splitlines()
            if "EIO" in line or "+++ exited" in line
        ]
        return times[-1] - times[0]


def api_process(data: Path) -> int:
    """Return the id of the API process of a running deployment."""
    (found,) = [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if {"api-process", str(data)} <= set(process.info["cmdline"] or [])
    ]
    return found


class TestWholeDeployment:
    def test_a_failed_sync_ends_it_with_an_error_and_the_next_start_lost_nothing(
        self, data: Path
    ) -> None:
        trace = data.with_suffix(".strace")
        with deployment(data) as made:
            fault = "inject=fsync,fdatasync:error=EIO:when=30+"
            with traced(api_process(data), trace, "-e", fault):
                acknowledged = send_from_many(made.url, 100, made.write_key)
                assert made.process.wait(10) != 0
        found = acks(trace)
        assert found.seen >= len(acknowledged) > 0
        assert found.unsynced == []
        with up_again(data, made.write_key, made.api_token) as again:
            assert send(again.url, 999_999, 1, made.write_key) == ["999999"]
            status = again.settled()
        assert acknowledged | {"999999"} <= stored(data)
        assert status["stored"] == len(stored(data))
        assert status["quarantined"] == 0
