"""Scans under a changing identity, against a brute-force sort."""

from pathlib import Path

import numpy as np
import pytest
from support.history import (
    History,
    expected_rows,
    flush,
    joined,
    open_database,
    open_store,
    own_view,
    scanned_rows,
    view_of,
)

from hamsafar.engines.segments import scan

NODES = 400


@pytest.fixture(params=[0, 200, 100_000], ids=["resettles", "sometimes", "never"])
def resettle_rows(request, monkeypatch) -> int:
    monkeypatch.setattr(scan, "RESETTLE_ROWS", request.param)
    return request.param


def random_change(rng, person_of: np.ndarray) -> None:
    """Merge two persons, or let one node go back to itself."""
    if rng.random() < 0.6:
        a, b = rng.integers(1, NODES + 1, 2)
        person_of[person_of == person_of[a]] = person_of[b]
    else:
        node = rng.integers(1, NODES + 1)
        person_of[node] = node


class TestScan:
    def test_a_thousand_merges_and_unmerges_between_queries_equal_a_rebuild(
        self, tmp_path: Path, resettle_rows: int
    ):
        rng = np.random.default_rng(resettle_rows + 5)
        database = open_database(tmp_path)
        store = open_store(tmp_path, database)
        history = History(seed=resettle_rows, nodes=NODES)
        pieces = [history.events(1_500) for _ in range(4)]
        for piece in pieces:
            flush(store, database, piece)
        person_of = np.arange(NODES + 1)
        recent = history.events(40)
        for version in range(1, 1_001):
            random_change(rng, person_of)
            if version % 10:
                continue
            view = view_of(person_of, version)
            if version % 150 == 0:
                flush(store, database, recent)
                pieces.append(recent)
                recent = history.events(40)
            if version % 200 == 0:
                store.compact(view, eager=True)
            found = scanned_rows(store.scan(view, recent if version % 20 else None))
            whole = joined([*pieces, recent] if version % 20 else pieces)
            assert np.array_equal(found, expected_rows(whole, view)), version
        fresh = open_store(tmp_path, database)
        rebuilt = scanned_rows(fresh.scan(view_of(person_of, 1_000)))
        assert np.array_equal(rebuilt, expected_rows(joined(pieces), view_of(person_of, 1_000)))
        database.close()

    def test_a_few_merges_gather_a_few_rows(self, tmp_path: Path):
        database = open_database(tmp_path)
        store = open_store(tmp_path, database)
        whole = History(nodes=NODES).events(8_000)
        flush(store, database, whole)
        while store.compact(own_view(NODES), eager=True):
            pass
        store.scan(own_view(NODES))
        person_of = np.arange(NODES + 1)
        person_of[7] = 3
        chunks = store.scan(view_of(person_of, 1))
        overlay = min(chunks, key=lambda chunk: len(chunk.person))
        assert set(overlay.person.tolist()) == {3}
        expected = expected_rows(whole, view_of(person_of, 1))
        assert np.array_equal(scanned_rows(chunks), expected)
        database.close()

    def test_the_same_question_again_gives_the_same_arrays(self, tmp_path: Path):
        database = open_database(tmp_path)
        store = open_store(tmp_path, database)
        flush(store, database, History(nodes=NODES).events(500))
        view = own_view(NODES)
        first, second = store.scan(view), store.scan(view)
        assert all(a.time is b.time for a, b in zip(first, second, strict=True))
        database.close()


class TestBases:
    def fill(self, tmp_path: Path):
        database = open_database(tmp_path)
        store = open_store(tmp_path, database)
        history = History(nodes=NODES)
        pieces = [history.events(1_900) for _ in range(12)]
        for piece in pieces:
            flush(store, database, piece)
            while store.compact(own_view(NODES)):
                pass
        return database, store, joined(pieces)

    def test_are_kept_in_files_a_second_process_uses(self, tmp_path: Path):
        database, store, whole = self.fill(tmp_path)
        store.scan(own_view(NODES))
        cache = tmp_path / "lake" / "cache"
        made = {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
        assert made
        other = open_store(tmp_path, database)
        found = scanned_rows(other.scan(own_view(NODES)))
        assert np.array_equal(found, expected_rows(whole, own_view(NODES)))
        assert made == {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
        database.close()

    def test_damaged_are_built_again(self, tmp_path: Path):
        database, store, whole = self.fill(tmp_path)
        store.scan(own_view(NODES))
        for path in (tmp_path / "lake" / "cache").iterdir():
            data = bytearray(path.read_bytes())
            data[len(data) // 3] ^= 4
            path.write_bytes(data)
        other = open_store(tmp_path, database)
        found = scanned_rows(other.scan(own_view(NODES)))
        assert np.array_equal(found, expected_rows(whole, own_view(NODES)))
        database.close()

    def test_of_gone_segments_are_swept(self, tmp_path: Path):
        database, store, _ = self.fill(tmp_path)
        store.scan(own_view(NODES))
        cache = tmp_path / "lake" / "cache"
        made = {path.name for path in cache.iterdir()}
        store.erase([1, 2, 3])
        left = {path.name for path in cache.iterdir()}
        assert left < made
        store.scan(own_view(NODES))
        assert left < {path.name for path in cache.iterdir()}
        store.erase(range(1, NODES + 1))
        assert list(cache.iterdir()) == []
        database.close()

    def test_that_cannot_be_written_are_kept_in_memory(self, tmp_path: Path, monkeypatch):
        database, store, whole = self.fill(tmp_path)

        def full(_what: str) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(store._cache, "step", full)
        found = scanned_rows(store.scan(own_view(NODES)))
        assert np.array_equal(found, expected_rows(whole, own_view(NODES)))
        database.close()
