"""Compaction: where rows end up, how many files there are, and readers beside it."""

import threading
from collections import Counter
from pathlib import Path

import numpy as np
from support.history import (
    History,
    assert_same,
    everything,
    expected_rows,
    flush,
    joined,
    open_database,
    open_store,
    own_view,
    picked,
    scanned_rows,
    settle,
    view_of,
)

from hamsafar.engines.segments import Sizes
from hamsafar.engines.segments.manifest import MIXED, WHOLE, Level, read_manifest

NODES = 500


def filed(database):
    with database.read() as tx:
        return [one for one in read_manifest(tx).segments if one.level == Level.FILED]


class TestCompact:
    def test_splits_a_dense_month_by_day_and_person(self, tmp_path: Path):
        database = open_database(tmp_path)
        store = open_store(tmp_path, database)
        history = History(nodes=NODES, days=6)
        pieces = [history.events(2_000) for _ in range(26)]
        for piece in pieces:
            flush(store, database, piece)
            settle(store, own_view(NODES), eager=False)
        periods = Counter(len(one.period) for one in filed(database))
        assert periods[len("2026-11-05")] > 0
        assert any(one.bucket != WHOLE for one in filed(database))
        assert_same(everything(store), joined(pieces))
        expected = expected_rows(joined(pieces), own_view(NODES))
        assert np.array_equal(scanned_rows(store.scan(own_view(NODES))), expected)
        database.close()

    def test_keeps_files_few_with_the_default_sizes(self, tmp_path: Path):
        database = open_database(tmp_path)
        store = open_store(tmp_path, database, sizes=Sizes())
        history = History(nodes=NODES, days=700)
        most = 0
        for _ in range(150):
            flush(store, database, history.events(60))
            settle(store, own_view(NODES), eager=False)
            most = max(most, store.stats().files)
        # Sixteen L0 at most, a handful of L1, payload and key files; whatever the months are.
        assert most < 60
        assert {one.period for one in filed(database)} == {MIXED}
        database.close()

    def test_persons_merged_into_another_bucket_are_found_there(self, tmp_path: Path):
        database = open_database(tmp_path)
        store = open_store(tmp_path, database)
        history = History(nodes=NODES, days=20)
        pieces = [history.events(2_000) for _ in range(8)]
        for piece in pieces:
            flush(store, database, piece)
        settle(store, own_view(NODES))
        rng = np.random.default_rng(3)
        for version in range(2_000, 10_000, 2_000):
            view = view_of(np.append(0, rng.integers(1, NODES + 1, NODES)), version)
            settle(store, view)
            found = scanned_rows(store.scan(view))
            assert np.array_equal(found, expected_rows(joined(pieces), view))
            node = int(rng.integers(1, NODES + 1))
            assert store.count([node]) == int((joined(pieces).node == node).sum())
        database.close()

    def test_readers_see_whole_histories_meanwhile(self, tmp_path: Path):
        database = open_database(tmp_path)
        store, reader = open_store(tmp_path, database), open_store(tmp_path, database)
        history = History(nodes=NODES)
        pieces = [history.events(800) for _ in range(25)]
        whole, view = joined(pieces), own_view(NODES)
        is_done = threading.Event()
        wrong: list[object] = []

        def read() -> None:
            try:
                while not is_done.is_set():
                    rows = scanned_rows(reader.scan(view))
                    count = len(rows)
                    if count % 800 or not np.array_equal(
                        rows, expected_rows(picked(whole, np.arange(count)), view)
                    ):
                        wrong.append(count)
                    page = reader.timeline([3], limit=5)
                    if not set(page.payload) <= set(whole.payload):
                        wrong.append(page)
            except Exception as error:  # noqa: BLE001  (shown by the assertion below)
                wrong.append(error)

        thread = threading.Thread(target=read)
        thread.start()
        for piece in pieces:
            flush(store, database, piece)
            settle(store, view, eager=False)
        is_done.set()
        thread.join()
        assert wrong == []
        database.close()
