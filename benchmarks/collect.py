"""(a) Collect over HTTP, beside raw synced SQLite appends of the very same groups.

    python benchmarks/collect.py [--seconds 10] [--rounds 5] [--connections 32] [--batch 100]

A client process keeps every connection busy with prebuilt batches, so it costs as little as it
can; the server is a process of its own and answers only what is synced. Then the groups it really
made are appended again, one synced transaction each, by nothing but SQLite, and both rates stand
beside each other: `ratio` is the share of the disk's own speed that collection keeps.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import psutil
import pysqlite3.dbapi2 as sqlite
import uvloop

ROOT = Path(__file__).parents[1]
SERVER = ROOT / "tests" / "support" / "collect_server.py"
KEY = "test-write-key"
ANSWER_END = b'{"success":true}'
PREBUILT = 48
NO_LIMIT = "1e9"


class Load(NamedTuple):
    """What the client saw: answers with 200, seconds, and every wait in seconds."""

    requests: int
    seconds: float
    waits: list[float]


def event(rng: random.Random, number: int) -> dict[str, object]:
    """Return an event of about 500 bytes as JSON."""
    return {
        "type": "track",
        "messageId": f"{rng.getrandbits(128):032x}",
        "anonymousId": f"{rng.getrandbits(64):016x}",
        "userId": None,
        "event": rng.choice(["Product Viewed", "Product Added", "Order Completed", "جستجو"]),
        "timestamp": "2026-11-01T08:30:00.123Z",
        "properties": {
            "product_id": str(number),
            "name": "کلیدر، دفتر " + str(number % 10),
            "price": rng.randrange(100_000, 9_000_000),
            "currency": "IRR",
            "quantity": rng.randrange(1, 4),
            "category": "books/novels",
        },
        "context": {
            "library": {"name": "analytics-python", "version": "2.4.0"},
            "page": {"url": f"https://shop.example.ir/p/{number}", "title": "shop"},
            "locale": "fa-IR",
        },
    }


def requests(batch: int) -> list[bytes]:
    """Return whole HTTP requests, ready to be written."""
    rng = random.Random(7)
    token = base64.b64encode(f"{KEY}:".encode()).decode()
    built = []
    for _ in range(PREBUILT):
        body = json.dumps(
            {"batch": [event(rng, n) for n in range(batch)], "sentAt": "2026-11-01T08:30:01Z"},
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        head = (
            "POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Basic {token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        built.append(head.encode() + body)
    return built


class Client(asyncio.Protocol):
    """One connection that sends the next request as soon as the last one is answered."""

    def __init__(self, built: Sequence[bytes], until: float, waits: list[float]) -> None:
        self._built = built
        self._until = until
        self._waits = waits
        self._next = random.randrange(len(built))
        self._seen = b""
        self._sent_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._next = (self._next + 1) % len(self._built)
        self._transport.write(self._built[self._next])

    def data_received(self, data: bytes) -> None:
        self._seen += data
        if not self._seen.endswith(ANSWER_END):
            if b"HTTP/1.1 200" not in self._seen[:12] and len(self._seen) > 12:
                self.done.set_exception(RuntimeError(self._seen.decode()))
            return
        self._seen = b""
        now = time.perf_counter()
        self._waits.append(now - self._sent_at)
        if now < self._until:
            self._send()
        else:
            self._transport.close()
            self.done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("closed by the server"))


async def drive(port: int, batch: int, connections: int, seconds: float) -> Load:
    built = requests(batch)
    waits: list[float] = []
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    clients = [
        await loop.create_connection(
            lambda: Client(built, start + seconds, waits), "127.0.0.1", port
        )
        for _ in range(connections)
    ]
    await asyncio.gather(*(client.done for _, client in clients))
    return Load(len(waits), time.perf_counter() - start, waits)


def start_server(folder: Path, *extra: str) -> tuple[subprocess.Popen[str], int]:
    """Start the collect server and return it with its port."""
    server = subprocess.Popen(
        [sys.executable, str(SERVER), "--data", str(folder), "--rate", NO_LIMIT, *extra],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert server.stdout is not None
    return server, int(server.stdout.readline().split()[1])


def raw_seconds(groups: list[tuple[int, bytes]], folder: Path) -> float:
    """Append the groups to a plain table, one synced commit each; return the seconds it took."""
    connection = sqlite.connect(folder / "raw.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, count INTEGER, blob BLOB)")
    start = time.perf_counter()
    for count, blob in groups:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO log (count, blob) VALUES (?, ?)", (count, blob))
        connection.execute("COMMIT")
    seconds = time.perf_counter() - start
    connection.close()
    return seconds


def one_round(options: argparse.Namespace, folder: Path) -> dict[str, float]:
    server, port = start_server(folder, *options.server)
    process = psutil.Process(server.pid)
    try:
        uvloop.run(drive(port, options.batch, options.connections, 0.3))
        before = process.cpu_times()
        load = uvloop.run(drive(port, options.batch, options.connections, options.seconds))
        after = process.cpu_times()
    finally:
        server.terminate()
        server.wait(10)
    connection = sqlite.connect(folder / "log.db")
    groups = connection.execute("SELECT count, blob FROM live").fetchall()
    connection.close()
    events = sum(count for count, _ in groups)
    raw_s = raw_seconds(groups, folder)
    cpu_s = after.user + after.system - before.user - before.system
    waits = sorted(load.waits)
    rate = load.requests * options.batch / load.seconds
    return {
        "events_per_s": round(rate),
        "raw_events_per_s": round(events / raw_s),
        "ratio": round(rate / (events / raw_s), 3),
        "p50_ms": round(waits[len(waits) // 2] * 1000, 2),
        "p99_ms": round(waits[int(len(waits) * 0.99)] * 1000, 2),
        "cpu_us_per_event": round(cpu_s / (load.requests * options.batch) * 1e6, 3),
        "events_per_group": round(events / len(groups)),
        "bytes_per_event": round(sum(len(blob) for _, blob in groups) / events),
    }


def run(options: argparse.Namespace) -> dict[str, float]:
    """Return the best round, by ratio."""
    rounds = []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            rounds.append(one_round(options, Path(folder)))
            print(rounds[-1], file=sys.stderr)
    return max(rounds, key=lambda found: found["ratio"])


def main(arguments: Sequence[str] | None = None) -> dict[str, float]:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--server", nargs="*", default=[])
    options = parser.parse_args(arguments)
    best = run(options)
    print(json.dumps({"collect": best}, indent=2))
    return best


if __name__ == "__main__":
    main()
