"""Queries through the API of a real server: cold (never asked before) and warm (asked again).

    python benchmarks/queries.py [--events 5000000] [--rounds 5] [--keep DIR]

A data folder with so many events of a shop (payloads of about 500 bytes) is filled first, unless
DIR holds one; then `hamsafar up` serves it. *first* is the very first query of a server that has
just begun: the history is read from disk for it. *cold* is each kind of query with an answer that
nobody asked for yet (another `min_people` does not count; another window or limit does), *warm*
the same again. Wall milliseconds of the whole request, medians of the rounds.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.conditions import FLUSH, NAMES, Shop
from hamsafar.access import local_caller
from hamsafar.access.types import Permission, SourceDraft
from hamsafar.identity.settle import Settlement
from hamsafar.identity.store import Store
from hamsafar.identity.types import Node
from hamsafar.kernel.ids import digest128
from hamsafar.storage.types import Statement
from hamsafar.wiring.build import Hamsafar, opened
from hamsafar.wiring.settings import read_settings

SHARE = 0.1
PEOPLE_EACH = 25
GOALS_MS = {"cold": 2_000.0, "warm": 200.0}
CHANNELS = ("web", "app", "store")
DEAR = {
    "kind": "all",
    "of": [
        {"kind": "event", "names": [NAMES[1]]},
        {"kind": "property", "path": "total", "op": "at_least", "value": 5_000_000},
    ],
}


def shapes(n: int) -> dict[str, dict[str, object]]:
    """Return a query of each kind that was not asked with another n."""
    steps = [{"name": NAMES[code]} for code in (2, 5, 9, 1)]
    first, again = steps[0], steps[-1]
    side = {"kind": "did", "names": [NAMES[1]], "count": {"op": "at_least", "value": 2 + n}}
    groups = [{"name": "a", "people": side}, {"name": "b", "people": {"kind": "not", "of": side}}]
    funnel = {"kind": "funnel", "steps": steps, "window_s": 604_800 + n}
    return {
        "funnel": funnel,
        "funnel by property": {
            **funnel,
            "steps": [*steps[:-1], {"condition": DEAR, "label": "dear"}],
            "breakdown": {"channel": True},
        },
        "funnel, two groups": {**funnel, "compare": {"by": "groups", "groups": groups}},
        "paths": {"kind": "paths", "start": first, "limit": 40 + n},
        "retention": {"kind": "retention", "first": first, "again": again, "periods": 6 + n},
        "lifecycle": {"kind": "lifecycle", "periods": 6 + n},
        "stickiness": {"kind": "stickiness", "periods": 20 + n},
        "sessions": {"kind": "sessions", "gap_s": 1_800 + n},
        "next": {"kind": "next", "after": first, "limit": 20 + n},
        "match": {"kind": "match", "pattern": f'"{NAMES[2]}" ...(<={10 + n}m) "{NAMES[1]}"'},
        "graph": {"kind": "graph", "limit": 200 + n},
        "variants": {"kind": "variants", "limit": 50 + n},
    }


def fill(data: Path, events: int) -> None:
    """Fill a data folder as the pipeline and compaction would have."""
    with opened(read_settings(data)) as hamsafar:
        if hamsafar.store.stats().events >= events:
            return
        people = events // PEOPLE_EACH
        hamsafar.access.sources.create(
            local_caller("bench"), SourceDraft(name="shop", channel="web")
        )
        _names(hamsafar)
        now = hamsafar.clock.now_us()
        for start in range(1, people + 1, FLUSH):
            nodes = [_node(n, now) for n in range(start, min(start + FLUSH, people + 1))]
            with hamsafar.database.write() as tx:
                fresh = Settlement(claims=(), nodes=tuple(nodes), changes=())
                Store(tx).write(fresh, {node.node for node in nodes})
        shop = Shop(people, SHARE)
        while (stored := hamsafar.store.stats().events) < events:
            with hamsafar.database.write() as tx:
                hamsafar.store.flush(tx, shop.events(FLUSH, stored / events))
            while hamsafar.store.compact(hamsafar.identity.view(None)):
                pass


def _names(hamsafar: Hamsafar) -> None:
    name = (
        "INSERT INTO name (code, name, source_id) VALUES (:code, :name, 1) ON CONFLICT DO NOTHING"
    )
    channel = "INSERT INTO channel (code, name) VALUES (:code, :name) ON CONFLICT DO NOTHING"
    with hamsafar.database.write() as tx:
        for sql, rows in ((name, NAMES), (channel, CHANNELS)):
            for code, word in enumerate(rows):
                if word:
                    tx.run(Statement("bench.names", sql), {"code": code, "name": word})


def _node(number: int, now: int) -> Node:
    value = f"user_{number:08d}"
    return Node(number, "user_id", value, digest128("user_id", value), number, now, 1)


@contextmanager
def server(data: Path, log: Path) -> Iterator[httpx.Client]:
    """Run `hamsafar up` on the folder and return a client with a token."""
    with opened(read_settings(data)) as hamsafar:
        _, token = hamsafar.access.tokens.create(
            local_caller("bench"), name="bench", scopes=(Permission.JOURNEYS_READ,)
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "hamsafar.cli", "up", "--data", str(data), "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port}",
        headers={"Authorization": f"Bearer {token}"},
        timeout=120,
        trust_env=False,
    )
    try:
        while True:
            try:
                if client.get("/healthz").status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if process.poll() is not None:
                raise SystemExit(log.read_text())
            time.sleep(0.1)
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait(60)


def ask(client: httpx.Client, query: dict[str, object]) -> tuple[float, dict]:
    """Return the milliseconds of a query, and its answer."""
    began = time.perf_counter()
    response = client.post("/api/journeys/query", json=query)
    took = (time.perf_counter() - began) * 1000
    if response.is_error:
        raise SystemExit(f"{query['kind']}: {response.text}")
    return took, response.json()


def measure(client: httpx.Client, rounds: int) -> dict[str, object]:
    """Return the times of every kind."""
    first, answer = ask(client, {"kind": "graph", "limit": 7})
    found: dict[str, object] = {
        "first_ms": round(first, 1),
        "people": answer["header"]["people"],
        "events": answer["header"]["events"],
    }
    times: dict[str, dict[str, list[float]]] = {}
    for n in range(rounds):
        for name, query in shapes(n).items():
            row = times.setdefault(name, {"cold": [], "warm": []})
            for how, is_warm in (("cold", False), ("warm", True)):
                took, answer = ask(client, query)
                if answer["header"]["is_warm"] is not is_warm:
                    raise SystemExit(f"{name} should have been {how}")
                row[how].append(took)
    found["median_ms"] = {
        name: {how: round(statistics.median(ms), 1) for how, ms in row.items()}
        for name, row in times.items()
    }
    found["worst_ms"] = {
        how: round(max(max(row[how]) for row in times.values()), 1) for how in GOALS_MS
    }
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="a folder that is filled once")
    parser.add_argument("--fill-only", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as fresh:
        data = options.keep or Path(fresh) / "data"
        fill(data, options.events)
        if options.fill_only:
            return 0
        with server(data, Path(fresh) / "up.log") as client:
            found = measure(client, options.rounds)
    print(json.dumps({"queries": found, "goals_ms": GOALS_MS}, indent=2))
    return int(any(found["worst_ms"][how] > goal for how, goal in GOALS_MS.items()))


if __name__ == "__main__":
    sys.exit(main())
