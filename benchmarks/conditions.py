"""Conditions over history: a property that nobody asked for before, and one that is known.

    python benchmarks/conditions.py [--events 5000000] [--share 0.1] [--keep DIR]

A history of so many events with payloads of about 500 bytes; `share` of them are of the one event
that is asked about. Cold reads the payload files for the property of these events, lays it beside
the chunks and decides the condition; warm asks again. Beside them stand the same values found by
decoding each event (msgspec) and by DuckDB's `json_extract`, on one thread each, and deciding by
closures alone, or by the whole tree in SQL. Wall seconds, but for `…_cpu_s`; two of them have goals.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from hamsafar.collect import Stored, decode_payload
from hamsafar.collect.payload import encode
from hamsafar.engines.duckdb_judge import DuckJudge
from hamsafar.engines.properties import PropertyLoader, warm_properties
from hamsafar.engines.segments import SegmentStore
from hamsafar.engines.sql.sqlite import SqliteDatabase
from hamsafar.engines.threads import ThreadCompute
from hamsafar.expr import Condition, fields, parse
from hamsafar.journeys import Sequences
from hamsafar.journeys.masks import CLOSURES, ByValue
from hamsafar.journeys.verdicts import Verdicts
from hamsafar.storage.types import Columns, IdentityView

FLUSH = 50_000
START = 1_793_491_200_000_000
DAY_US = 86_400_000_000
NAMES = ("", "Checkout Started", *(f"Event {code}" for code in range(2, 60)))
ASKED = 1
TEMPLATES = 40_000
GOALS = {"cold_s": 2.0, "warm_s": 0.2}

CONDITION = parse({
    "kind": "all",
    "of": [
        {"kind": "event", "names": [NAMES[ASKED]]},
        {"kind": "property", "path": "total", "op": "at_least", "value": 5_000_000},
        {"kind": "property", "path": "coupon", "op": "missing"},
    ],
})
ONE = parse({
    "kind": "all",
    "of": [
        {"kind": "event", "names": [NAMES[ASKED]]},
        {"kind": "property", "path": "total", "op": "at_least", "value": 5_000_000},
    ],
})
EVERY = parse({"kind": "property", "path": "currency", "op": "equals", "value": "IRR"})
UNIQUE = parse({
    "kind": "all",
    "of": [
        {"kind": "event", "names": [NAMES[ASKED]]},
        {"kind": "property", "path": "order_id", "op": "ends_with", "value": "77"},
    ],
})


class Shop:
    """Endless events as the pipeline leaves them."""

    def __init__(self, people: int, share: float) -> None:
        self.rng = np.random.default_rng(7)
        self.people = people
        self.share = share
        self.seq = 1 << 20
        self.templates = [self._payload(at) for at in range(TEMPLATES)]

    def _payload(self, at: int) -> bytes:
        rng = self.rng
        properties = {
            "product_id": f"p{rng.integers(0, 5000):05d}",
            "title": f"کتاب شماره {rng.integers(0, 900)}",
            "total": int(rng.integers(0, 10_000)) * 1000,
            "currency": "IRR",
            "order_id": f"o-{rng.integers(0, 10**9)}",
            "items": [{"id": int(rng.integers(0, 999)), "n": 1} for _ in range(at % 3)],
        }
        if at % 4 == 0:
            properties["coupon"] = "نوروز"
        context = {
            "ip": f"10.{at % 250}.{rng.integers(0, 255)}.1",
            "userAgent": "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120 Mobile",
            "page": {"url": f"https://shop.example/{at}", "title": "فروشگاه"},
            "library": {"name": "analytics.js", "version": "next-1.70.0"},
        }
        stored = Stored(
            type="track",
            message_id=rng.bytes(16).hex(),
            label="Checkout Started",
            user_id=f"user_{rng.integers(0, 10**6)}",
            client_at=START + at,
            sent_at=START + at,
            properties=json.dumps(properties, ensure_ascii=False).encode(),
            context=json.dumps(context, ensure_ascii=False).encode(),
        )
        return encode(stored)

    def events(self, n: int, progress: float) -> Columns:
        """Return the next n events."""
        rng = self.rng
        code = rng.integers(2, 60, n).astype(np.uint32)
        code[rng.random(n) < self.share] = ASKED
        seq = np.arange(self.seq, self.seq + n)
        self.seq += n
        now = START + int(progress * 60 * DAY_US)
        return Columns(
            node=rng.integers(1, self.people + 1, n),
            occurred_at=now - rng.exponential(DAY_US / 4, n).astype(np.int64),
            received_at=np.full(n, now),
            seq=seq,
            code=code,
            channel=rng.integers(0, 3, n).astype(np.uint16),
            source=np.ones(n, np.uint16),
            flags=np.zeros(n, np.uint16),
            fp_hi=rng.integers(0, 2**64, n, dtype=np.uint64),
            fp_lo=rng.integers(0, 2**64, n, dtype=np.uint64),
            body=rng.integers(0, 2**64, n, dtype=np.uint64),
            payload=[self.templates[at] for at in rng.integers(0, TEMPLATES, n)],
        )


def filled(root: Path, events: int, share: float) -> tuple[SegmentStore, IdentityView]:
    """Return a history of so many events; one that is there already is taken."""
    people = max(1000, events // 25)
    view = IdentityView(version=1, person_of=np.arange(people + 1, dtype=np.uint32))
    root.mkdir(parents=True, exist_ok=True)
    database = SqliteDatabase(root / "main.db")
    database.migrate()
    store = SegmentStore(root / "lake", database)
    store.warm()
    shop = Shop(people, share) if store.stats().events < events else None
    while shop is not None and store.stats().events < events:
        with database.write() as tx:
            store.flush(tx, shop.events(FLUSH, store.stats().events / events))
        while store.compact(view):
            pass
    return store, view


def timed(task: Callable[[], object]) -> float:
    """Return the wall seconds of a task."""
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


class Asker:
    """Asks a history as `Explore` does."""

    def __init__(self, store: SegmentStore, view: IdentityView) -> None:
        self.store = store
        self.told = Sequences.from_chunks(
            store.scan(view), names=NAMES, channels=("web", "app", "store")
        )
        self.loader = self.fresh()
        self.whole = DuckJudge(2)
        self.judge = self.fresh_judge()

    def fresh_judge(self) -> ByValue:
        """Return a judge as `Explore` has it, that has decided nothing."""
        return ByValue(DuckJudge(2).table)

    def fresh(self) -> PropertyLoader:
        """Return a loader that knows nothing."""
        return PropertyLoader(self.store.stored, dict, ThreadCompute(2))

    def loaded(self, condition: Condition) -> Sequences:
        """Return the history with the columns of a condition."""
        return self.told.with_properties(self.loader.columns(self.told, fields(condition)))

    def masks(self, told: Sequences, condition: Condition, judge: object) -> list[np.ndarray]:
        """Decide a condition on every chunk."""
        return [judge.event_mask(told, at, condition) for at in range(len(told.chunks))]

    def cold(self, condition: Condition) -> float:
        """Return the seconds from nothing to an answer."""
        self.loader, self.judge = self.fresh(), self.fresh_judge()
        return timed(lambda: self.masks(self.loaded(condition), condition, self.judge))


def beside(store: SegmentStore) -> dict[str, float]:
    """Find the same values by decoding whole events, and by DuckDB."""
    view = store.stored()
    packs = view.rows(view.ids, {ASKED})
    payloads = [
        p for pack in packs for piece in pack.pieces() for p in pack.texts(piece).payloads()
    ]

    def by_msgspec() -> object:
        decode = json_decoder()
        return [decode(decode_payload(payload).properties).get("total") for payload in payloads]

    properties = [decode_payload(payload).properties.decode() for payload in payloads]
    table = pa.table({"properties": pa.array(properties, pa.large_string())})
    with duckdb.connect(":memory:", config={"threads": "1"}) as connection:
        connection.register("asked", table)
        query = "SELECT count(DISTINCT json_extract(properties, '$.total')) FROM asked"
        by_duckdb = timed(lambda: connection.execute(query).fetchall())
    return {"msgspec_s": timed(by_msgspec), "json_extract_s": by_duckdb}


def json_decoder() -> Callable[[bytes], dict[str, object]]:
    """Return msgspec's decoder of one object."""
    import msgspec  # noqa: PLC0415  (only for the comparison)

    return msgspec.json.Decoder(dict[str, object]).decode


def measured(store: SegmentStore, view: IdentityView) -> dict[str, float]:
    """Return every figure."""
    asker = Asker(store, view)
    warm_properties()
    asker.cold(ONE)
    began = time.process_time()
    rounds = [asker.cold(ONE) for _ in range(3)]
    figures = {"cold_s": min(rounds), "cold_cpu_s": (time.process_time() - began) / len(rounds)}
    told = asker.loaded(ONE)
    verdicts = Verdicts(asker.judge)
    figures["decide_s"] = min(
        timed(lambda: asker.masks(told, ONE, asker.fresh_judge())) for _ in range(3)
    )
    figures["whole_sql_s"] = min(
        timed(lambda: asker.masks(told, ONE, asker.whole)) for _ in range(3)
    )
    figures["closures_s"] = min(timed(lambda: asker.masks(told, ONE, CLOSURES)) for _ in range(3))
    asker.masks(told, ONE, verdicts)
    figures["warm_s"] = max(
        timed(lambda: asker.masks(asker.loaded(ONE), ONE, verdicts)) for _ in range(3)
    )
    figures["cold_two_fields_s"] = asker.cold(CONDITION)
    figures["cold_unique_s"] = asker.cold(UNIQUE)
    figures["cold_every_event_s"] = asker.cold(EVERY)
    ours = asker.masks(asker.loaded(CONDITION), CONDITION, asker.whole)
    theirs = asker.masks(asker.loaded(CONDITION), CONDITION, CLOSURES)
    assert all((a == b).all() for a, b in zip(ours, theirs, strict=True))
    figures["matching_events"] = float(sum(int(mask.sum()) for mask in ours))
    return figures


def main() -> None:
    """Print the figures, and JSON with --json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--keep", type=Path, default=None, help="fill (or take) this folder")
    parser.add_argument("--fill-only", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = arguments.keep or Path(folder)
        store, view = filled(root, arguments.events, arguments.share)
        if arguments.fill_only:
            return
        figures = measured(store, view) | beside(store)
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        goal = GOALS.get(name)
        verdict = (
            "" if goal is None else f"  (at most {goal:g}: {'pass' if value <= goal else 'FAIL'})"
        )
        print(f"{name:22} {value:12.3f}{verdict}")


if __name__ == "__main__":
    main()
