"""200 means synced, seen from outside on the API process of the real service."""

from __future__ import annotations

import base64
import http.client
import json
import time
from pathlib import Path

import pytest
from support.crash import strace
from support.evidence import write_evidence
from support.ledger import check
from support.load_events import event_of
from support.service import Service, get, service, wait_gone
from support.strace import Acks, acks, traced

SEED = 7
EXIT_IO_ERROR = 74
CALLS = ("-e", "inject=fsync,fdatasync:error=EIO:when=20+")


@pytest.fixture(autouse=True)
def _tracer() -> None:
    if strace() is None:
        pytest.skip("strace is not installed, or may not trace here")


def send(service: Service, books: Path, count: int) -> list[int]:
    """Send one event a request, one after the other; return the statuses."""
    key = base64.b64encode(f"{service.write_key}:".encode()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    statuses = []
    with books.open("a") as ledger:
        for number in range(count):
            ledger.write(f"sent {number}\n")
            body = json.dumps({"batch": [event_of(SEED, number)]})
            try:
                connection.request("POST", "/v1/batch", body, {"Authorization": f"Basic {key}"})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                break
            statuses.append(answer.status)
            if answer.status == 200:
                ledger.write(f"acked {number}\n")
    connection.close()
    return statuses


def seen(folder: Path, count: int, mutant: str = "") -> Acks:
    """Send under strace and return what it saw; everything must be answered with 200."""
    trace = folder / "trace"
    with service(folder / "data", mutant=mutant) as it:
        api = it.pid("api")
        assert api is not None
        with traced(api, trace):
            assert send(it, folder / "books", count) == [200] * count
        it.settle()
        assert it.stop() == 0
    return acks(trace)


class TestSync:
    def test_a_sync_of_the_log_stands_before_every_200(self, tmp_path: Path) -> None:
        found = seen(tmp_path, 100)
        assert found.seen == 100
        assert found.unsynced == []
        assert check(tmp_path / "data", tmp_path / "books").is_clean

    @pytest.mark.long
    def test_a_sync_of_the_log_stands_before_each_of_a_thousand(self, tmp_path: Path) -> None:
        found = seen(tmp_path, 1_000)
        write_evidence(
            "sync",
            "A sync of the log between a request's last read and its 200 (strace)",
            {"requests": found.seen, "without a sync": len(found.unsynced)},
        )
        assert found.seen == 1_000
        assert found.unsynced == []

    @pytest.mark.parametrize("mutant", ["sync_off", "ack_before_commit"])
    def test_a_service_that_cheats_is_caught(self, tmp_path: Path, mutant: str) -> None:
        found = seen(tmp_path, 30, mutant)
        assert len(found.unsynced) > 20


class TestFailedSync:
    def test_the_whole_service_stops_with_an_input_output_error(self, tmp_path: Path) -> None:
        trace, books = tmp_path / "trace", tmp_path / "books"
        with service(tmp_path / "data") as it:
            api = it.pid("api")
            assert api is not None
            with traced(api, trace, *CALLS):
                statuses = send(it, books, 200)
                assert it.process is not None
                assert it.process.wait(15) == EXIT_IO_ERROR
            assert set(statuses) == {200}
            assert 0 < len(statuses) < 200
            assert api_outlived_the_fault_s(trace) <= 1
            it.start()
            it.settle()
            assert it.stop() == 0
        verdict = check(tmp_path / "data", books)
        assert (verdict.lost, verdict.phantom, verdict.doubled, verdict.leak) == (0, 0, 0, 0)

    def test_a_worker_that_cannot_sync_is_replaced_by_one_that_can(self, tmp_path: Path) -> None:
        with service(tmp_path / "data") as it:
            worker = it.pid("worker")
            assert worker is not None
            fault = ("-e", "inject=fsync,fdatasync:error=EIO")
            with traced(worker, tmp_path / "trace", *fault):
                send(it, tmp_path / "books", 20)
                until = time.monotonic() + 15
                while it.pid("worker") == worker and time.monotonic() < until:
                    time.sleep(0.05)
            assert it.pid("worker") != worker
            it.settle()
            assert it.stop() == 0
        assert check(tmp_path / "data", tmp_path / "books").is_clean


def api_outlived_the_fault_s(trace: Path) -> float:
    times = [
        float(line.split()[1])
        for line in trace.read_text(errors="replace").splitlines()
        if "EIO" in line or "+++ exited" in line
    ]
    return times[-1] - times[0]


class TestFailedDatabase:
    def test_an_api_that_cannot_sync_the_database_is_replaced(self, tmp_path: Path) -> None:
        books = tmp_path / "books"
        with service(tmp_path / "data") as it:
            assert send(it, books, 5) == [200] * 5
            it.settle()
            api = it.pid("api")
            assert api is not None
            wal = str(tmp_path / "data" / "main.db-wal")
            fault = ("-P", wal, "-e", "inject=fsync,fdatasync:error=EIO")
            with traced(api, tmp_path / "trace", *fault):
                status = look(it)
                wait_gone(api)
            assert status == 503
            it.wait_ready()
            assert look(it) == 200
            assert it.stop() == 0
        assert check(tmp_path / "data", books).is_clean


def look(service: Service) -> int:
    """Look at people, which writes down who looked; return the status."""
    return get(service.port, "/api/people", token=service.api_token)[0]
