"""(c) How long until an event is readable in its profile, under load and while a file is imported.

    python -m benchmarks.readable [--rate 2000] [--seconds 60] [--rows 5000000]

A real `hamsafar up`: one process sends live events at a fixed rate in batches of 100, `hamsafar
import` brings a large file down the bulk lane, and a probe sends an `identify` with a trait nobody
had and asks the profile API until it is there. The time runs from before the request was sent.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from benchmarks.collect import event
from benchmarks.report import ROOT, Figure, say

BATCH = 100
PROBE_EVERY_S = 0.3
ASK_EVERY_S = 0.01
PATIENCE_S = 60.0
HAMSAFAR = [sys.executable, "-m", "hamsafar.cli"]


class Server(NamedTuple):
    """A running `hamsafar up`."""

    data: Path
    port: int
    write_key: str
    token: str
    pid: int


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """Run `hamsafar up` on a fresh folder."""
    data = folder / "data"
    done = subprocess.run(
        [*HAMSAFAR, "init", "--data", str(data), "--json"], stdout=subprocess.PIPE, check=True
    )
    made = json.loads(done.stdout)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [*HAMSAFAR, "up", "--data", str(data), "--port", str(port)], stdout=log, stderr=log
        )
    try:
        found = Server(data, port, made["write_key"], made["api_token"], process.pid)
        until = time.monotonic() + 2 * PATIENCE_S
        while not _is_ready(port):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit((folder / "up.log").read_text())
            time.sleep(0.1)
        yield found
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


class Sender(threading.Thread):
    """Sends live events at a fixed rate until stopped."""

    def __init__(self, target: Server, rate: float) -> None:
        super().__init__(daemon=True)
        self._target = target
        self._every_s = BATCH / rate
        self._stop_flag = threading.Event()
        self.sent = 0
        self.refused = 0
        self.late_s = 0.0

    def run(self) -> None:
        rng = random.Random(5)
        connection = http.client.HTTPConnection("127.0.0.1", self._target.port, timeout=30)
        due = time.monotonic()
        number = 0
        while not self._stop_flag.is_set():
            batch = []
            for _ in range(BATCH):
                number += 1
                one = event(rng, number)
                one["anonymousId"] = f"visitor-{rng.randrange(50_000)}"
                batch.append(one)
            if post(connection, self._target.write_key, "/v1/batch", {"batch": batch}) == 200:
                self.sent += BATCH
            else:
                self.refused += BATCH
            due += self._every_s
            wait = due - time.monotonic()
            self.late_s = max(self.late_s, -wait)
            if wait > 0:
                self._stop_flag.wait(wait)

    def stop(self) -> None:
        self._stop_flag.set()
        self.join(PATIENCE_S)


def post(connection: http.client.HTTPConnection, key: str, path: str, body: object) -> int:
    """POST as a client would; return the status."""
    word = base64.b64encode(f"{key}:".encode()).decode()
    headers = {"Authorization": f"Basic {word}", "Content-Type": "application/json"}
    connection.request("POST", path, json.dumps(body).encode(), headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def probe(target: Server, number: int) -> float:
    """Say a trait nobody had; return the seconds until the profile API tells it."""
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=30)
    user, mark = f"probe-{number}", f"mark {number}"
    path = f"/v1/spaces/default/collections/users/profiles/user_id:{user}/traits"
    headers = {"Authorization": f"Bearer {target.token}"}
    began = time.monotonic()
    post(connection, target.write_key, "/v1/identify", {"userId": user, "traits": {"mark": mark}})
    while time.monotonic() - began < PATIENCE_S:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        if mark.encode() in answer.read() and answer.status == 200:
            connection.close()
            return time.monotonic() - began
        time.sleep(ASK_EVERY_S)
    return PATIENCE_S


def write_rows(to: Path, rows: int) -> None:
    """Write a CSV file of events of the past."""
    rng = random.Random(3)
    names = ["Product Viewed", "Product Added", "Order Completed", "Support Called"]
    people = max(rows // 25, 10)
    with to.open("w") as out:
        out.write("user_id,event,timestamp,product,price\n")
        for number in range(rows):
            day, second = number % 28 + 1, number % 60
            out.write(
                f"past-{rng.randrange(people)},{names[number & 3]},2026-05-{day:02d}T08:"
                f"{number // 60 % 60:02d}:{second:02d}Z,p{number % 5000},{number % 977}000\n"
            )


def measure(options: argparse.Namespace, folder: Path) -> dict[str, object]:
    rows = folder / "rows.csv"
    write_rows(rows, options.rows)
    say(f"readable: {options.rows:,} rows are written")
    with server(folder) as target:
        with (folder / "import.log").open("wb") as log:
            importing = subprocess.Popen(
                [*HAMSAFAR, "import", str(rows), "--data", str(target.data), "--yes", "--json"],
                stdout=log,
                stderr=log,
            )
        sender = Sender(target, options.rate)
        sender.start()
        # The first seconds are start-up: the importer's own, and codes and caches.
        time.sleep(3)
        waits: list[float] = []
        began = time.monotonic()
        during = True
        while time.monotonic() - began < options.seconds:
            during = importing.poll() is None
            if not during and waits:
                break
            waits.append(probe(target, len(waits)))
            time.sleep(PROBE_EVERY_S)
        spent = time.monotonic() - began
        sender.stop()
        worker = _worker_memory(target.pid)
        if importing.poll() is None:
            importing.kill()
        importing.wait()
    waits.sort()
    return {
        "probes": len(waits),
        "seconds": round(spent, 1),
        "import_ran_throughout": during,
        "live_events_sent": sender.sent,
        "live_refused": sender.refused,
        "sender_most_late_s": round(sender.late_s, 2),
        "p50_s": round(waits[len(waits) // 2], 3),
        "p95_s": round(waits[min(int(len(waits) * 0.95), len(waits) - 1)], 3),
        "max_s": round(waits[-1], 3),
        "worker_rss_mb": worker,
    }


def _worker_memory(pid: int) -> int:
    for child in psutil.Process(pid).children(recursive=True):
        if "worker-process" in child.cmdline():
            return child.memory_info().rss >> 20
    return 0


def figures(found: dict[str, object]) -> list[Figure]:
    """Return the rows of the report."""
    beside = f"{found['probes']} probes at 2,000 events/s while a file is imported"
    return [
        Figure("readable in the profile, p95", float(str(found["p95_s"])), "s", beside, 1.0),
        Figure("readable in the profile, p50", float(str(found["p50_s"])), "s"),
    ]


def run(arguments: Sequence[str]) -> dict[str, object]:
    """Measure in a temporary folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=2000.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rows", type=int, default=5_000_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        return measure(options, Path(folder))


if __name__ == "__main__":
    os.chdir(ROOT)
    print(json.dumps({"readable": run(sys.argv[1:])}, indent=2))
