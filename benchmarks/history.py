"""Micro-benchmarks of the history: CPU time per event of each step, printed as ns/event.

    .venv/bin/python benchmarks/history.py [--events 2000000] [--keys 100000000] [--only scan,...]

Budgets: flush 2,000 ns CPU, compaction 3,000 ns CPU amortised, seen 1,000 ns per key at 100 M keys;
a warm graph after 10,000 merges costs at most twice one before them.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from hamsafar.engines.segments import SegmentStore
from hamsafar.engines.segments.container import FileKind, map_file
from hamsafar.engines.segments.disk import Disk
from hamsafar.engines.segments.keyfile import KeyFile, look_up, write_keys
from hamsafar.engines.sql.sqlite import SqliteDatabase
from hamsafar.journeys import Sequences, graph
from hamsafar.storage.types import Columns, IdentityView

FLUSH = 50_000
DAY_US = 86_400_000_000
START = 1_793_491_200_000_000
AGENTS = (
    "Mozilla/5.0 (Linux; Android 13; SM-A515F) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 Version/17.2",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/121.0.0.0 Safari/537.36",
)


class Shop:
    """Endless events of a heavy-tailed crowd, ~450 B each."""

    def __init__(self, people: int, days: int) -> None:
        self.rng = np.random.default_rng(7)
        self.people = people
        self.days = days
        self.seq = 1 << 20
        self.templates = [self._payload(at) for at in range(20_000)]

    def _payload(self, at: int) -> bytes:
        rng = self.rng
        return json.dumps(
            {
                "messageId": rng.bytes(16).hex(),
                "type": "track",
                "event": "Product Viewed",
                "userId": f"user_{rng.integers(0, 10**6)}",
                "properties": {
                    "product_id": f"p{rng.integers(0, 5000):05d}",
                    "title": f"کتاب شماره {rng.integers(0, 900)}",
                    "price": int(rng.integers(0, 10**7)),
                    "currency": "IRR",
                },
                "context": {
                    "ip": f"10.{at % 250}.{rng.integers(0, 255)}.{rng.integers(0, 255)}",
                    "userAgent": AGENTS[at % 3],
                    "page": {"url": f"https://shop.example/{at}", "title": "فروشگاه"},
                },
            },
            ensure_ascii=False,
        ).encode()

    def events(self, n: int, progress: float) -> Columns:
        rng = self.rng
        node = rng.integers(1, self.people + 1, n)
        heavy = rng.random(n) < 0.1
        node[heavy] = (rng.pareto(1.2, int(heavy.sum())) * 50).astype(np.int64) % self.people + 1
        late = rng.exponential(DAY_US / 4, n)
        occurred = START + int(progress * self.days * DAY_US) - late.astype(np.int64)
        seq = np.arange(self.seq, self.seq + n)
        self.seq += n
        return Columns(
            node=node,
            occurred_at=occurred,
            received_at=np.full(n, START + int(progress * self.days * DAY_US)),
            seq=seq,
            code=rng.integers(1, 60, n).astype(np.uint32),
            channel=rng.integers(1, 8, n).astype(np.uint16),
            source=np.ones(n, np.uint16),
            flags=np.zeros(n, np.uint16),
            fp_hi=rng.integers(0, 2**64, n, dtype=np.uint64),
            fp_lo=rng.integers(0, 2**64, n, dtype=np.uint64),
            body=rng.integers(0, 2**64, n, dtype=np.uint64),
            payload=[self.templates[at] for at in rng.integers(0, len(self.templates), n)],
        )


class Meter:
    """CPU and wall time of all its `with` blocks."""

    def __init__(self) -> None:
        self.cpu = self.wall = 0.0

    def __enter__(self) -> Meter:
        self._cpu, self._wall = time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.cpu += time.process_time() - self._cpu
        self.wall += time.perf_counter() - self._wall


def per(name: str, meter: Meter, n: int) -> dict[str, float]:
    cpu, wall = meter.cpu / n * 1e9, meter.wall / n * 1e9
    print(f"{name:28} {cpu:9.0f} ns CPU/event {wall:9.0f} ns wall/event")
    return {f"{name}_ns_cpu": cpu, f"{name}_ns_wall": wall}


def best(task: Callable[[], object], times: int = 5) -> float:
    spent = []
    for _ in range(times):
        began = time.process_time()
        task()
        spent.append(time.process_time() - began)
    return min(spent)


def fill(store: SegmentStore, database: SqliteDatabase, events: int, days: int) -> dict[str, float]:
    people = max(1000, events // 25)
    shop = Shop(people, days)
    view = IdentityView(version=0, person_of=np.arange(people + 1, dtype=np.uint32))
    flushing, compacting = Meter(), Meter()
    for done in range(0, events, FLUSH):
        columns = shop.events(FLUSH, done / events)
        with flushing, database.write() as tx:
            store.flush(tx, columns)
        with compacting:
            while store.compact(view):
                pass
    figures = per("flush", flushing, events) | per("compaction", compacting, events)
    stats = store.stats()
    print(f"{'':28} {stats}")
    print(f"{'files per 10 M events':28} {stats.files / events * 1e7:9.0f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{'peak memory':28} {peak:9,} MB")
    return figures | {"files": stats.files, "bytes_per_event": stats.bytes / events}


NAMES = tuple(f"Event {code}" for code in range(60))


def ask(store: SegmentStore, view: IdentityView) -> None:
    """What the console asks: scan, then the graph with quantiles."""
    graph(Sequences.from_chunks(store.scan(view), names=NAMES))


def scans(store: SegmentStore, events: int) -> dict[str, float]:
    """The graph before and after 10,000 merges; on a crowd whose events are evenly spread."""
    people = max(1000, events // 25)
    person_of = np.arange(people + 1, dtype=np.uint32)
    view = IdentityView(version=0, person_of=person_of)
    with Meter() as cold:
        store.scan(view)
    figures = per("scan, cold (joins bases)", cold, events)
    ask(store, view)
    before = best(lambda: ask(store, view))
    rng = np.random.default_rng(3)
    firsts = []
    for version in range(1, 4):
        pairs = rng.integers(1, people + 1, (10_000, 2))
        person_of = person_of.copy()
        person_of[pairs.max(axis=1)] = pairs.min(axis=1)
        view = IdentityView(version=version * 10_000, person_of=person_of)
        firsts.append(best(lambda: ask(store, view), 1))  # noqa: B023  (called at once)
    after = best(lambda: ask(store, view))
    print(f"{'graph, warm':28} {before * 1e3:9.1f} ms CPU")
    print(
        f"{'first after 10,000 merges':28} {min(firsts) * 1e3:9.1f} ms CPU, {min(firsts) / before:.2f} x"
    )
    print(f"{'warm after 30,000 merges':28} {after * 1e3:9.1f} ms CPU, {after / before:.2f} x")
    return figures | {"graph_ms": before * 1e3, "merged_x": min(firsts) / before}


def timelines(store: SegmentStore, events: int) -> dict[str, float]:
    people = max(1000, events // 25)
    rng = np.random.default_rng(5)
    store.timeline([1], limit=50)
    spent = []
    for node in rng.integers(1, people + 1, 200).tolist():
        began = time.process_time()
        store.timeline([node], limit=50)
        spent.append(time.process_time() - began)
    p50, p95 = np.quantile(spent, [0.5, 0.95]) * 1e3
    print(f"{'timeline of 50':28} p50 {p50:.2f} ms CPU, p95 {p95:.2f} ms CPU")
    return {"timeline_p50_ms": p50, "timeline_p95_ms": p95}


def keys(root: Path, count: int) -> dict[str, float]:
    """Look 200 batches of 1,000 keys up in files of halving sizes, a tenth of them known."""
    rng = np.random.default_rng(9)
    disk = Disk(root)
    disk.prepare()
    files, left = [], count
    while left > 0:
        size = left // 2 if left > count // 1024 else left
        hi = np.sort(rng.integers(0, 2**64, size, dtype=np.uint64))
        with disk.create(f"{len(files)}.keys") as file:
            write_keys(file, (hi, hi, hi))
        files.append(KeyFile(map_file(root / f"{len(files)}.keys", FileKind.KEYS)))
        files[-1].mapped.verify()
        left -= size
    batches = [rng.integers(0, 2**64, 1000, dtype=np.uint64) for _ in range(200)]
    for batch in batches:
        batch[:100] = files[0].hi[rng.integers(0, len(files[0].hi), 100)]
    look_up(files, batches[0], batches[0])
    meter = Meter()
    for batch in batches:
        with meter:
            known, _ = look_up(files, batch, batch)
        assert known[:100].all()
        assert known.sum() == 100
    print(f"{len(files)} key files, {count:,} keys")
    return per("seen", meter, 200_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--keys", type=int, default=10_000_000)
    parser.add_argument("--only", default="fill,scan,timeline,keys")
    arguments = parser.parse_args()
    only = arguments.only.split(",")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        database = SqliteDatabase(root / "main.db")
        database.migrate()
        store = SegmentStore(root / "lake", database)
        store.warm()
        if "fill" in only:
            fill(store, database, arguments.events, arguments.days)
        if "scan" in only:
            scans(store, arguments.events)
        if "timeline" in only:
            timelines(store, arguments.events)
        if "keys" in only:
            keys(root / "keys", arguments.keys)


if __name__ == "__main__":
    main()
